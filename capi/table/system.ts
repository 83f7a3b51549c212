// What surrounds the instances: their birth, steps and death, the network's view, options, constants, words for enums,
// encryption of profiles.
import { ERROR_ENUMS, VALUE_ENUMS } from './enums.js'
import { core, plain, scalar } from './rows.js'
import type { FunctionRow } from './schema.js'

const TYPE = scalar('Tox_Netprof_Packet_Type', 'type')
const ID = scalar('uint8_t', 'id')
const DIRECTION = scalar('Tox_Netprof_Direction', 'direction')
const NONE = { failed: '0' } as const

export const INSTANCES: readonly FunctionRow[] = plain(
  'tox_new',
  'tox_new_testing',
  'tox_kill',
  'tox_iterate',
  'tox_iterate_with_options',
  'tox_iteration_interval',
  'tox_iterate_options_new',
  'tox_iterate_options_free',
  'tox_iterate_options_get_fail_hard',
  'tox_iterate_options_set_fail_hard',
  'tox_bootstrap',
  'tox_add_tcp_relay',
  'tox_lock',
  'tox_unlock',
  'tox_get_av_object',
  'tox_set_av_object',
  'tox_get_system',
  'tox_default_system',
)

export const NETWORK: readonly FunctionRow[] = [
  core('const tox', 'uint16_t', 'tox_dht_get_num_closelist', [], NONE),
  core('const tox', 'uint16_t', 'tox_dht_get_num_closelist_announce_capable', [], NONE),
  // Resolves a name, then asks core_dht_send_nodes_request.
  ...plain('tox_dht_send_nodes_request'),
  core('const tox', 'uint64_t', 'tox_netprof_get_packet_id_count', [TYPE, ID, DIRECTION], NONE),
  core('const tox', 'uint64_t', 'tox_netprof_get_packet_total_count', [TYPE, DIRECTION], NONE),
  core('const tox', 'uint64_t', 'tox_netprof_get_packet_id_bytes', [TYPE, ID, DIRECTION], NONE),
  core('const tox', 'uint64_t', 'tox_netprof_get_packet_total_bytes', [TYPE, DIRECTION], NONE),
]

const OPTIONS_FIELDS = [
  'dht_announcements_enabled',
  'end_port',
  'experimental_disable_dns',
  'experimental_groups_persistence',
  'experimental_owned_data',
  'experimental_thread_safety',
  'hole_punching_enabled',
  'ipv6_enabled',
  'local_discovery_enabled',
  'log_callback',
  'log_user_data',
  'operating_system',
  'proxy_host',
  'proxy_port',
  'proxy_type',
  'savedata_data',
  'savedata_length',
  'savedata_type',
  'start_port',
  'tcp_port',
  'udp_enabled',
] as const

export const OPTIONS: readonly FunctionRow[] = plain(
  'tox_options_new',
  'tox_options_copy',
  'tox_options_free',
  'tox_options_default',
  ...OPTIONS_FIELDS.flatMap((field) => [`tox_options_get_${field}`, `tox_options_set_${field}`]),
)

export const CONSTANTS: readonly FunctionRow[] = plain(
  'tox_version_major',
  'tox_version_minor',
  'tox_version_patch',
  'tox_version_is_compatible',
  'tox_address_size',
  'tox_conference_id_size',
  'tox_conference_uid_size',
  'tox_dht_id_size',
  'tox_dht_node_ip_string_size',
  'tox_dht_node_public_key_size',
  'tox_file_id_length',
  'tox_group_chat_id_size',
  'tox_group_max_custom_lossless_packet_length',
  'tox_group_max_custom_lossy_packet_length',
  'tox_group_max_group_name_length',
  'tox_group_max_message_length',
  'tox_group_max_part_length',
  'tox_group_max_password_size',
  'tox_group_max_topic_length',
  'tox_group_peer_ip_string_max_length',
  'tox_group_peer_public_key_size',
  'tox_hash_length',
  'tox_max_custom_packet_size',
  'tox_max_filename_length',
  'tox_max_friend_request_length',
  'tox_max_hostname_length',
  'tox_max_message_length',
  'tox_max_name_length',
  'tox_max_status_message_length',
  'tox_nospam_size',
  'tox_public_key_size',
  'tox_secret_key_size',
)

/** Enums of the private header and of toxav.h for which no release has words. */
const WORDLESS: readonly string[] = [
  'Tox_Err_New_Testing',
  'Tox_Err_Iterate_Options_New',
  'Tox_Err_Dht_Send_Nodes_Request',
]

export const STRINGS: readonly FunctionRow[] = plain(
  ...[...Object.keys(ERROR_ENUMS), ...Object.keys(VALUE_ENUMS), 'Tox_Event_Type', 'Tox_Netprof_Packet_Id']
    .filter((name) => !name.startsWith('Toxav') && !WORDLESS.includes(name))
    .map((name) => `${name.toLowerCase()}_to_string`),
)

export const ENCRYPTSAVE: readonly FunctionRow[] = plain(
  'tox_pass_salt_length',
  'tox_pass_key_length',
  'tox_pass_encryption_extra_length',
  'tox_pass_encrypt',
  'tox_pass_decrypt',
  'tox_pass_key_free',
  'tox_pass_key_derive',
  'tox_pass_key_derive_with_salt',
  'tox_pass_key_encrypt',
  'tox_pass_key_decrypt',
  'tox_get_salt',
  'tox_is_data_encrypted',
)
