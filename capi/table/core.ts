// Functions of the core that are no C names: what the hand-written half of the library asks for on behalf of tox_new,
// tox_kill, tox_iterate, tox_bootstrap, … They stand first, so that their numbers never move.
import { core, data, FILE, FRIEND, fixed, scalar } from './rows.js'
import type { SignatureRow } from './schema.js'

/** A list of at most 64 resolved addresses, or a name (capi/library/resolve.h). */
const ADDRESSES = data('addresses', 'length', '64 * 17')
const PORT = scalar('uint16_t', 'port')
const PUBLIC_KEY = fixed('public_key', 'TOX_DHT_ID_SIZE')

export const CORE: readonly SignatureRow[] = [
  // Answers the number of the new instance.
  core(
    'none',
    'uint32_t',
    'core_new',
    [
      scalar('bool', 'ipv6'),
      scalar('bool', 'udp'),
      scalar('bool', 'local_discovery'),
      scalar('bool', 'dht_announcements'),
      scalar('bool', 'hole_punching'),
      scalar('uint16_t', 'start_port'),
      scalar('uint16_t', 'end_port'),
      scalar('uint16_t', 'tcp_port'),
      scalar('Tox_Proxy_Type', 'proxy_type'),
      data('proxy_addresses', 'proxy_length', '64 * 17'),
      scalar('uint16_t', 'proxy_port'),
      scalar('bool', 'groups_persistence'),
      scalar('Tox_Savedata_Type', 'savedata_type'),
      data('savedata', 'length', 'SIZE_MAX - 1'),
    ],
    { error: 'Tox_Err_New', internalError: 'MALLOC' },
  ),
  core('tox', 'void', 'core_kill'),
  // The lowest Tox_Log_Level that is worth a record; one above the highest for none.
  core('const tox', 'void', 'core_set_log', [scalar('uint32_t', 'level')]),
  // Answers a batch of events in the block.
  core('tox', 'void', 'core_iterate'),
  core('const tox', 'uint32_t', 'core_iteration_interval', [], { failed: '50' }),
  core('tox', 'bool', 'core_bootstrap', [ADDRESSES, PORT, PUBLIC_KEY], {
    error: 'Tox_Err_Bootstrap',
    failed: 'false',
    internalError: 'BAD_HOST',
  }),
  core('tox', 'bool', 'core_add_tcp_relay', [ADDRESSES, PORT, PUBLIC_KEY], {
    error: 'Tox_Err_Bootstrap',
    failed: 'false',
    internalError: 'BAD_HOST',
  }),
  core(
    'tox',
    'bool',
    'core_dht_send_nodes_request',
    [ADDRESSES, PORT, PUBLIC_KEY, fixed('target_public_key', 'TOX_DHT_NODE_PUBLIC_KEY_SIZE')],
    { error: 'Tox_Err_Dht_Send_Nodes_Request', failed: 'false', internalError: 'FAIL' },
  ),
  // The library also leaves out what still waits to be told of this friend.
  core('tox', 'bool', 'core_friend_delete', [FRIEND], {
    error: 'Tox_Err_Friend_Delete',
    failed: 'false',
    internalError: 'FRIEND_NOT_FOUND',
  }),
  // The library also leaves out what still waits to be told of a file that is cancelled.
  core('tox', 'bool', 'core_file_control', [FRIEND, FILE, scalar('Tox_File_Control', 'control')], {
    error: 'Tox_Err_File_Control',
    failed: 'false',
    internalError: 'NOT_FOUND',
  }),
  core(
    'tox',
    'bool',
    'core_file_send_chunk',
    [FRIEND, FILE, scalar('uint64_t', 'position'), data('data', 'length', 'TOX_MAX_CUSTOM_PACKET_SIZE')],
    { error: 'Tox_Err_File_Send_Chunk', failed: 'false', nullError: 'NULL', internalError: 'NOT_FOUND' },
  ),
  // Answers in the block what core_file_send_chunks takes (capi/library/file_chunks.h).
  core('const tox', 'void', 'core_file_awaited_chunks'),
  core('tox', 'void', 'core_file_send_chunks', [data('chunks', 'length', 'SIZE_MAX - 1')]),
  // Answers log records in the block. Instance 0 asks for those of a core_new that failed.
  core('const tox', 'void', 'core_take_logs'),
]
