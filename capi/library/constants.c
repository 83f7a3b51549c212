/* The constants of the headers as functions, for languages that cannot read headers, and the version of the library,
 * where the headers tell the one that the program was compiled with. */

#include "tox/tox.h"
#include "tox/tox_private.h"
#include "tox/toxencryptsave.h"

#define CONSTANT(function, value) \
  uint32_t function(void) { return value; }

CONSTANT(tox_version_major, TOX_VERSION_MAJOR)
CONSTANT(tox_version_minor, TOX_VERSION_MINOR)
CONSTANT(tox_version_patch, TOX_VERSION_PATCH)

bool tox_version_is_compatible(uint32_t major, uint32_t minor, uint32_t patch) {
  return TOX_VERSION_IS_API_COMPATIBLE(major, minor, patch);
}

CONSTANT(tox_public_key_size, TOX_PUBLIC_KEY_SIZE)
CONSTANT(tox_secret_key_size, TOX_SECRET_KEY_SIZE)
CONSTANT(tox_dht_id_size, TOX_DHT_ID_SIZE)
CONSTANT(tox_conference_uid_size, TOX_CONFERENCE_UID_SIZE)
CONSTANT(tox_conference_id_size, TOX_CONFERENCE_ID_SIZE)
CONSTANT(tox_nospam_size, TOX_NOSPAM_SIZE)
CONSTANT(tox_address_size, TOX_ADDRESS_SIZE)
CONSTANT(tox_max_name_length, TOX_MAX_NAME_LENGTH)
CONSTANT(tox_max_status_message_length, TOX_MAX_STATUS_MESSAGE_LENGTH)
CONSTANT(tox_max_friend_request_length, TOX_MAX_FRIEND_REQUEST_LENGTH)
CONSTANT(tox_max_message_length, TOX_MAX_MESSAGE_LENGTH)
CONSTANT(tox_max_custom_packet_size, TOX_MAX_CUSTOM_PACKET_SIZE)
CONSTANT(tox_hash_length, TOX_HASH_LENGTH)
CONSTANT(tox_file_id_length, TOX_FILE_ID_LENGTH)
CONSTANT(tox_max_filename_length, TOX_MAX_FILENAME_LENGTH)
CONSTANT(tox_max_hostname_length, TOX_MAX_HOSTNAME_LENGTH)

CONSTANT(tox_group_max_topic_length, TOX_GROUP_MAX_TOPIC_LENGTH)
CONSTANT(tox_group_max_part_length, TOX_GROUP_MAX_PART_LENGTH)
CONSTANT(tox_group_max_message_length, TOX_GROUP_MAX_MESSAGE_LENGTH)
CONSTANT(tox_group_max_custom_lossy_packet_length, TOX_GROUP_MAX_CUSTOM_LOSSY_PACKET_LENGTH)
CONSTANT(tox_group_max_custom_lossless_packet_length, TOX_GROUP_MAX_CUSTOM_LOSSLESS_PACKET_LENGTH)
CONSTANT(tox_group_max_group_name_length, TOX_GROUP_MAX_GROUP_NAME_LENGTH)
CONSTANT(tox_group_max_password_size, TOX_GROUP_MAX_PASSWORD_SIZE)
CONSTANT(tox_group_chat_id_size, TOX_GROUP_CHAT_ID_SIZE)
CONSTANT(tox_group_peer_public_key_size, TOX_GROUP_PEER_PUBLIC_KEY_SIZE)
CONSTANT(tox_group_peer_ip_string_max_length, TOX_GROUP_PEER_IP_STRING_MAX_LENGTH)

CONSTANT(tox_dht_node_ip_string_size, TOX_DHT_NODE_IP_STRING_SIZE)
CONSTANT(tox_dht_node_public_key_size, TOX_DHT_NODE_PUBLIC_KEY_SIZE)

CONSTANT(tox_pass_salt_length, TOX_PASS_SALT_LENGTH)
CONSTANT(tox_pass_key_length, TOX_PASS_KEY_LENGTH)
CONSTANT(tox_pass_encryption_extra_length, TOX_PASS_ENCRYPTION_EXTRA_LENGTH)
