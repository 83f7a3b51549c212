// What an instance knows about itself, and the state it is saved in.
import { core, data, FRIEND, out, plain, scalar } from './rows.js'
import type { Failure, FunctionRow } from './schema.js'

const SET_INFO: Failure = {
  error: 'Tox_Err_Set_Info',
  failed: 'false',
  nullError: 'NULL',
  internalError: 'TOO_LONG',
}

const GET_PORT: Failure = { error: 'Tox_Err_Get_Port', failed: '0', internalError: 'NOT_BOUND' }

export const SELF: readonly FunctionRow[] = [
  core('const tox', 'size_t', 'tox_get_savedata_size', [], { failed: '0' }),
  core('const tox', 'void', 'tox_get_savedata', [out('savedata')]),
  core('const tox', 'Tox_Connection', 'tox_self_get_connection_status', [], { failed: 'TOX_CONNECTION_NONE' }),
  core('const tox', 'void', 'tox_self_get_address', [out('address')]),
  core('tox', 'void', 'tox_self_set_nospam', [scalar('uint32_t', 'nospam')]),
  core('const tox', 'uint32_t', 'tox_self_get_nospam', [], { failed: '0' }),
  core('const tox', 'void', 'tox_self_get_public_key', [out('public_key')]),
  core('const tox', 'void', 'tox_self_get_secret_key', [out('secret_key')]),
  core('const tox', 'void', 'tox_self_get_dht_id', [out('dht_id')]),
  core('tox', 'bool', 'tox_self_set_name', [data('name', 'length', 'TOX_MAX_NAME_LENGTH')], SET_INFO),
  core('const tox', 'size_t', 'tox_self_get_name_size', [], { failed: '0' }),
  core('const tox', 'void', 'tox_self_get_name', [out('name')]),
  core(
    'tox',
    'bool',
    'tox_self_set_status_message',
    [data('status_message', 'length', 'TOX_MAX_STATUS_MESSAGE_LENGTH')],
    SET_INFO,
  ),
  core('const tox', 'size_t', 'tox_self_get_status_message_size', [], { failed: '0' }),
  core('const tox', 'void', 'tox_self_get_status_message', [out('status_message')]),
  core('tox', 'void', 'tox_self_set_status', [scalar('Tox_User_Status', 'status')]),
  core('const tox', 'Tox_User_Status', 'tox_self_get_status', [], { failed: 'TOX_USER_STATUS_NONE' }),
  core('const tox', 'size_t', 'tox_self_get_friend_list_size', [], { failed: '0' }),
  core('const tox', 'void', 'tox_self_get_friend_list', [out('friend_list', 'uint32_t')]),
  core('tox', 'bool', 'tox_self_set_typing', [FRIEND, scalar('bool', 'typing')], {
    error: 'Tox_Err_Set_Typing',
    failed: 'false',
    internalError: 'FRIEND_NOT_FOUND',
  }),
  core('const tox', 'uint16_t', 'tox_self_get_udp_port', [], GET_PORT),
  core('const tox', 'uint16_t', 'tox_self_get_tcp_port', [], GET_PORT),
  ...plain('tox_hash'),
]
