// Groups, the newer kind of group chat: not built yet. There is none, and none can be made.
import type { ErrorEnum } from './enums.js'
import { absent, data, FRIEND, fixed, GROUP, GROUP_PEER, out, requiredData, scalar } from './rows.js'
import type { Failure, FunctionRow } from './schema.js'

const NAME = data('name', 'name_length', 'TOX_MAX_NAME_LENGTH')
const PASSWORD = data('password', 'password_length', 'TOX_GROUP_MAX_PASSWORD_SIZE')
const MESSAGE_TYPE = scalar('Tox_Message_Type', 'message_type')
const MESSAGE = data('message', 'length', 'TOX_GROUP_MAX_MESSAGE_LENGTH')
const LOSSLESS = scalar('bool', 'lossless')
const PACKET = data('data', 'length', 'TOX_GROUP_MAX_CUSTOM_LOSSLESS_PACKET_LENGTH')
const CHAT_ID = fixed('chat_id', 'TOX_GROUP_CHAT_ID_SIZE')

/** Every group number is wrong while there are no groups. */
function noGroup(error: ErrorEnum, failed: string): Failure {
  return { error, failed, internalError: 'GROUP_NOT_FOUND' }
}

function selfQuery(failed: string): Failure {
  return noGroup('Tox_Err_Group_Self_Query', failed)
}

function peerQuery(failed: string): Failure {
  return noGroup('Tox_Err_Group_Peer_Query', failed)
}

function stateQuery(failed: string): Failure {
  return noGroup('Tox_Err_Group_State_Query', failed)
}

/** Where the released libraries answer an enum that has no such value. */
function minusOne(type: string): string {
  return `static_cast<${type}>(-1)`
}

const MEMBERSHIP: readonly FunctionRow[] = [
  absent(
    'tox',
    'uint32_t',
    'tox_group_new',
    [
      scalar('Tox_Group_Privacy_State', 'privacy_state'),
      requiredData('group_name', 'group_name_length', 'TOX_GROUP_MAX_GROUP_NAME_LENGTH'),
      requiredData('name', 'name_length', 'TOX_MAX_NAME_LENGTH'),
    ],
    { error: 'Tox_Err_Group_New', failed: 'UINT32_MAX', nullError: 'EMPTY', internalError: 'INIT' },
  ),
  absent('tox', 'uint32_t', 'tox_group_join', [CHAT_ID, NAME, PASSWORD], {
    error: 'Tox_Err_Group_Join',
    failed: 'UINT32_MAX',
    nullError: 'BAD_CHAT_ID',
    internalError: 'INIT',
  }),
  absent('const tox', 'bool', 'tox_group_is_connected', [GROUP], noGroup('Tox_Err_Group_Is_Connected', 'false')),
  absent('const tox', 'bool', 'tox_group_disconnect', [GROUP], noGroup('Tox_Err_Group_Disconnect', 'false')),
  absent('tox', 'bool', 'tox_group_reconnect', [GROUP], noGroup('Tox_Err_Group_Reconnect', 'false')),
  absent(
    'tox',
    'bool',
    'tox_group_leave',
    [GROUP, data('part_message', 'length', 'TOX_GROUP_MAX_PART_LENGTH')],
    noGroup('Tox_Err_Group_Leave', 'false'),
  ),
  absent(
    'const tox',
    'bool',
    'tox_group_invite_friend',
    [GROUP, FRIEND],
    noGroup('Tox_Err_Group_Invite_Friend', 'false'),
  ),
  absent(
    'tox',
    'uint32_t',
    'tox_group_invite_accept',
    [
      FRIEND,
      requiredData('invite_data', 'length', 'TOX_MAX_CUSTOM_PACKET_SIZE'),
      requiredData('name', 'name_length', 'TOX_MAX_NAME_LENGTH'),
      PASSWORD,
    ],
    {
      error: 'Tox_Err_Group_Invite_Accept',
      failed: 'UINT32_MAX',
      nullError: 'NULL',
      internalError: 'INIT_FAILED',
      unknownFriend: 'FRIEND_NOT_FOUND',
    },
  ),
]

const SELF: readonly FunctionRow[] = [
  absent(
    'tox',
    'bool',
    'tox_group_self_set_name',
    [GROUP, data('name', 'length', 'TOX_MAX_NAME_LENGTH')],
    noGroup('Tox_Err_Group_Self_Name_Set', 'false'),
  ),
  absent('const tox', 'size_t', 'tox_group_self_get_name_size', [GROUP], selfQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_self_get_name', [GROUP, out('name')], selfQuery('false')),
  absent(
    'tox',
    'bool',
    'tox_group_self_set_status',
    [GROUP, scalar('Tox_User_Status', 'status')],
    noGroup('Tox_Err_Group_Self_Status_Set', 'false'),
  ),
  absent('const tox', 'Tox_User_Status', 'tox_group_self_get_status', [GROUP], selfQuery(minusOne('Tox_User_Status'))),
  absent('const tox', 'Tox_Group_Role', 'tox_group_self_get_role', [GROUP], selfQuery(minusOne('Tox_Group_Role'))),
  absent('const tox', 'uint32_t', 'tox_group_self_get_peer_id', [GROUP], selfQuery('UINT32_MAX')),
  absent('const tox', 'bool', 'tox_group_self_get_public_key', [GROUP, out('public_key')], selfQuery('false')),
]

const PEER = [GROUP, GROUP_PEER] as const

const PEERS: readonly FunctionRow[] = [
  absent('const tox', 'size_t', 'tox_group_peer_get_name_size', PEER, peerQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_peer_get_name', [...PEER, out('name')], peerQuery('false')),
  absent('const tox', 'Tox_User_Status', 'tox_group_peer_get_status', PEER, peerQuery(minusOne('Tox_User_Status'))),
  absent('const tox', 'Tox_Group_Role', 'tox_group_peer_get_role', PEER, peerQuery(minusOne('Tox_Group_Role'))),
  absent('const tox', 'Tox_Connection', 'tox_group_peer_get_connection_status', PEER, peerQuery('TOX_CONNECTION_NONE')),
  absent('const tox', 'bool', 'tox_group_peer_get_public_key', [...PEER, out('public_key')], peerQuery('false')),
  absent('const tox', 'size_t', 'tox_group_peer_get_ip_address_size', PEER, peerQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_peer_get_ip_address', [...PEER, out('ip_addr')], peerQuery('false')),
]

const STATE: readonly FunctionRow[] = [
  absent(
    'tox',
    'bool',
    'tox_group_set_topic',
    [GROUP, data('topic', 'length', 'TOX_GROUP_MAX_TOPIC_LENGTH')],
    noGroup('Tox_Err_Group_Topic_Set', 'false'),
  ),
  absent('const tox', 'size_t', 'tox_group_get_topic_size', [GROUP], stateQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_get_topic', [GROUP, out('topic')], stateQuery('false')),
  absent('const tox', 'size_t', 'tox_group_get_name_size', [GROUP], stateQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_get_name', [GROUP, out('name')], stateQuery('false')),
  absent('const tox', 'bool', 'tox_group_get_chat_id', [GROUP, out('chat_id')], stateQuery('false')),
  absent('const tox', 'uint32_t', 'tox_group_by_id', [CHAT_ID], {
    error: 'Tox_Err_Group_By_Id',
    failed: 'UINT32_MAX',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
  absent('const tox', 'uint32_t', 'tox_group_get_group_list_size', [], { failed: '0' }),
  absent('const tox', 'uint32_t', 'tox_group_get_number_groups', [], { failed: '0' }),
  absent('const tox', 'void', 'tox_group_get_group_list', [out('group_list', 'uint32_t')], {}),
  absent(
    'const tox',
    'Tox_Group_Privacy_State',
    'tox_group_get_privacy_state',
    [GROUP],
    stateQuery(minusOne('Tox_Group_Privacy_State')),
  ),
  absent(
    'const tox',
    'Tox_Group_Topic_Lock',
    'tox_group_get_topic_lock',
    [GROUP],
    stateQuery(minusOne('Tox_Group_Topic_Lock')),
  ),
  absent(
    'const tox',
    'Tox_Group_Voice_State',
    'tox_group_get_voice_state',
    [GROUP],
    stateQuery(minusOne('Tox_Group_Voice_State')),
  ),
  absent('const tox', 'uint16_t', 'tox_group_get_peer_limit', [GROUP], stateQuery('UINT16_MAX')),
  absent('const tox', 'size_t', 'tox_group_get_password_size', [GROUP], stateQuery('SIZE_MAX')),
  absent('const tox', 'bool', 'tox_group_get_password', [GROUP, out('password')], stateQuery('false')),
]

const MESSAGES: readonly FunctionRow[] = [
  absent(
    'const tox',
    'uint32_t',
    'tox_group_send_message',
    [GROUP, MESSAGE_TYPE, MESSAGE],
    noGroup('Tox_Err_Group_Send_Message', 'UINT32_MAX'),
  ),
  absent(
    'const tox',
    'uint32_t',
    'tox_group_send_private_message',
    [...PEER, MESSAGE_TYPE, MESSAGE],
    noGroup('Tox_Err_Group_Send_Private_Message', 'UINT32_MAX'),
  ),
  absent(
    'const tox',
    'bool',
    'tox_group_send_custom_packet',
    [GROUP, LOSSLESS, PACKET],
    noGroup('Tox_Err_Group_Send_Custom_Packet', 'false'),
  ),
  absent(
    'const tox',
    'bool',
    'tox_group_send_custom_private_packet',
    [...PEER, LOSSLESS, PACKET],
    noGroup('Tox_Err_Group_Send_Custom_Private_Packet', 'false'),
  ),
]

const MODERATION: readonly FunctionRow[] = [
  absent(
    'tox',
    'bool',
    'tox_group_set_password',
    [GROUP, data('password', 'length', 'TOX_GROUP_MAX_PASSWORD_SIZE')],
    noGroup('Tox_Err_Group_Set_Password', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_topic_lock',
    [GROUP, scalar('Tox_Group_Topic_Lock', 'topic_lock')],
    noGroup('Tox_Err_Group_Set_Topic_Lock', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_voice_state',
    [GROUP, scalar('Tox_Group_Voice_State', 'voice_state')],
    noGroup('Tox_Err_Group_Set_Voice_State', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_privacy_state',
    [GROUP, scalar('Tox_Group_Privacy_State', 'privacy_state')],
    noGroup('Tox_Err_Group_Set_Privacy_State', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_peer_limit',
    [GROUP, scalar('uint16_t', 'peer_limit')],
    noGroup('Tox_Err_Group_Set_Peer_Limit', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_ignore',
    [...PEER, scalar('bool', 'ignore')],
    noGroup('Tox_Err_Group_Set_Ignore', 'false'),
  ),
  absent(
    'tox',
    'bool',
    'tox_group_set_role',
    [...PEER, scalar('Tox_Group_Role', 'role')],
    noGroup('Tox_Err_Group_Set_Role', 'false'),
  ),
  absent('const tox', 'bool', 'tox_group_kick_peer', PEER, noGroup('Tox_Err_Group_Kick_Peer', 'false')),
]

export const GROUPS: readonly FunctionRow[] = [...MEMBERSHIP, ...SELF, ...PEERS, ...STATE, ...MESSAGES, ...MODERATION]
