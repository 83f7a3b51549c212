// Friends: the list, what is known about each, and what is sent to one.
import { core, FRIEND, fixed, plain, requiredData, requiredOut, scalar } from './rows.js'
import type { Failure, FunctionRow } from './schema.js'

const ADD: Failure = {
  error: 'Tox_Err_Friend_Add',
  failed: 'UINT32_MAX',
  nullError: 'NULL',
  internalError: 'MALLOC',
}

function query(failed: string): Failure {
  return { error: 'Tox_Err_Friend_Query', failed, nullError: 'NULL', internalError: 'FRIEND_NOT_FOUND' }
}

const CUSTOM_PACKET: Failure = {
  error: 'Tox_Err_Friend_Custom_Packet',
  failed: 'false',
  nullError: 'NULL',
  internalError: 'SENDQ',
}

const PACKET = requiredData('data', 'length', 'TOX_MAX_CUSTOM_PACKET_SIZE')

export const FRIENDS: readonly FunctionRow[] = [
  core(
    'tox',
    'uint32_t',
    'tox_friend_add',
    [fixed('address', 'TOX_ADDRESS_SIZE'), requiredData('message', 'length', 'TOX_MAX_FRIEND_REQUEST_LENGTH')],
    ADD,
  ),
  core('tox', 'uint32_t', 'tox_friend_add_norequest', [fixed('public_key', 'TOX_PUBLIC_KEY_SIZE')], ADD),
  ...plain('tox_friend_delete'),
  core('const tox', 'uint32_t', 'tox_friend_by_public_key', [fixed('public_key', 'TOX_PUBLIC_KEY_SIZE')], {
    error: 'Tox_Err_Friend_By_Public_Key',
    failed: 'UINT32_MAX',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
  core('const tox', 'bool', 'tox_friend_exists', [FRIEND], { failed: 'false' }),
  // Its enum has no NULL: a NULL buffer is refused without a word.
  core('const tox', 'bool', 'tox_friend_get_public_key', [FRIEND, requiredOut('public_key')], {
    error: 'Tox_Err_Friend_Get_Public_Key',
    failed: 'false',
    internalError: 'FRIEND_NOT_FOUND',
  }),
  core('const tox', 'uint64_t', 'tox_friend_get_last_online', [FRIEND], {
    error: 'Tox_Err_Friend_Get_Last_Online',
    failed: 'UINT64_MAX',
    internalError: 'FRIEND_NOT_FOUND',
  }),
  core('const tox', 'size_t', 'tox_friend_get_name_size', [FRIEND], query('SIZE_MAX')),
  core('const tox', 'bool', 'tox_friend_get_name', [FRIEND, requiredOut('name')], query('false')),
  core('const tox', 'size_t', 'tox_friend_get_status_message_size', [FRIEND], query('SIZE_MAX')),
  core('const tox', 'bool', 'tox_friend_get_status_message', [FRIEND, requiredOut('status_message')], query('false')),
  core('const tox', 'Tox_User_Status', 'tox_friend_get_status', [FRIEND], query('TOX_USER_STATUS_NONE')),
  core('const tox', 'Tox_Connection', 'tox_friend_get_connection_status', [FRIEND], query('TOX_CONNECTION_NONE')),
  core('const tox', 'bool', 'tox_friend_get_typing', [FRIEND], query('false')),
  core(
    'tox',
    'uint32_t',
    'tox_friend_send_message',
    [FRIEND, scalar('Tox_Message_Type', 'type'), requiredData('message', 'length', 'TOX_MAX_MESSAGE_LENGTH')],
    { error: 'Tox_Err_Friend_Send_Message', failed: '0', nullError: 'NULL', internalError: 'SENDQ' },
  ),
  core('tox', 'bool', 'tox_friend_send_lossy_packet', [FRIEND, PACKET], CUSTOM_PACKET),
  core('tox', 'bool', 'tox_friend_send_lossless_packet', [FRIEND, PACKET], CUSTOM_PACKET),
]
