// Conferences, the older kind of group chat.
import { CONFERENCE, core, data, FRIEND, fixed, out, requiredData, scalar } from './rows.js'
import type { Failure, FunctionRow } from './schema.js'

const PEER = scalar('uint32_t', 'peer_number')
const OFFLINE_PEER = scalar('uint32_t', 'offline_peer_number')

function peerQuery(failed: string): Failure {
  return { error: 'Tox_Err_Conference_Peer_Query', failed, internalError: 'CONFERENCE_NOT_FOUND' }
}

function title(failed: string): Failure {
  return { error: 'Tox_Err_Conference_Title', failed, internalError: 'CONFERENCE_NOT_FOUND' }
}

export const CONFERENCES: readonly FunctionRow[] = [
  core('tox', 'uint32_t', 'tox_conference_new', [], {
    error: 'Tox_Err_Conference_New',
    failed: 'UINT32_MAX',
    internalError: 'INIT',
  }),
  core('tox', 'bool', 'tox_conference_delete', [CONFERENCE], {
    error: 'Tox_Err_Conference_Delete',
    failed: 'false',
    internalError: 'CONFERENCE_NOT_FOUND',
  }),
  core('const tox', 'uint32_t', 'tox_conference_peer_count', [CONFERENCE], peerQuery('UINT32_MAX')),
  core('const tox', 'size_t', 'tox_conference_peer_get_name_size', [CONFERENCE, PEER], peerQuery('SIZE_MAX')),
  core('const tox', 'bool', 'tox_conference_peer_get_name', [CONFERENCE, PEER, out('name')], peerQuery('false')),
  core(
    'const tox',
    'bool',
    'tox_conference_peer_get_public_key',
    [CONFERENCE, PEER, out('public_key')],
    peerQuery('false'),
  ),
  core('const tox', 'bool', 'tox_conference_peer_number_is_ours', [CONFERENCE, PEER], peerQuery('false')),
  core('const tox', 'uint32_t', 'tox_conference_offline_peer_count', [CONFERENCE], peerQuery('UINT32_MAX')),
  core(
    'const tox',
    'size_t',
    'tox_conference_offline_peer_get_name_size',
    [CONFERENCE, OFFLINE_PEER],
    peerQuery('SIZE_MAX'),
  ),
  core(
    'const tox',
    'bool',
    'tox_conference_offline_peer_get_name',
    [CONFERENCE, OFFLINE_PEER, out('name')],
    peerQuery('false'),
  ),
  core(
    'const tox',
    'bool',
    'tox_conference_offline_peer_get_public_key',
    [CONFERENCE, OFFLINE_PEER, out('public_key')],
    peerQuery('false'),
  ),
  core(
    'const tox',
    'uint64_t',
    'tox_conference_offline_peer_get_last_active',
    [CONFERENCE, OFFLINE_PEER],
    peerQuery('UINT64_MAX'),
  ),
  core('tox', 'bool', 'tox_conference_set_max_offline', [CONFERENCE, scalar('uint32_t', 'max_offline')], {
    error: 'Tox_Err_Conference_Set_Max_Offline',
    failed: 'false',
    internalError: 'CONFERENCE_NOT_FOUND',
  }),
  core('tox', 'bool', 'tox_conference_invite', [FRIEND, CONFERENCE], {
    error: 'Tox_Err_Conference_Invite',
    failed: 'false',
    internalError: 'CONFERENCE_NOT_FOUND',
  }),
  core(
    'tox',
    'uint32_t',
    'tox_conference_join',
    [FRIEND, requiredData('cookie', 'length', 'TOX_MAX_CUSTOM_PACKET_SIZE')],
    {
      error: 'Tox_Err_Conference_Join',
      failed: 'UINT32_MAX',
      nullError: 'NULL',
      internalError: 'INIT_FAIL',
    },
  ),
  core(
    'tox',
    'bool',
    'tox_conference_send_message',
    [CONFERENCE, scalar('Tox_Message_Type', 'type'), data('message', 'length', 'TOX_MAX_MESSAGE_LENGTH')],
    { error: 'Tox_Err_Conference_Send_Message', failed: 'false', internalError: 'CONFERENCE_NOT_FOUND' },
  ),
  core('const tox', 'size_t', 'tox_conference_get_title_size', [CONFERENCE], title('SIZE_MAX')),
  core('const tox', 'bool', 'tox_conference_get_title', [CONFERENCE, out('title')], title('false')),
  core(
    'tox',
    'bool',
    'tox_conference_set_title',
    [CONFERENCE, data('title', 'length', 'TOX_MAX_NAME_LENGTH')],
    title('false'),
  ),
  core('const tox', 'size_t', 'tox_conference_get_chatlist_size', [], { failed: '0' }),
  core('const tox', 'void', 'tox_conference_get_chatlist', [out('chatlist', 'uint32_t')], {}),
  core('const tox', 'Tox_Conference_Type', 'tox_conference_get_type', [CONFERENCE], {
    error: 'Tox_Err_Conference_Get_Type',
    failed: 'static_cast<Tox_Conference_Type>(-1)',
    internalError: 'CONFERENCE_NOT_FOUND',
  }),
  core('const tox', 'bool', 'tox_conference_get_id', [CONFERENCE, out('id')], { failed: 'false' }),
  core('const tox', 'uint32_t', 'tox_conference_by_id', [fixed('id', 'TOX_CONFERENCE_ID_SIZE')], {
    error: 'Tox_Err_Conference_By_Id',
    failed: 'UINT32_MAX',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
  core('const tox', 'bool', 'tox_conference_get_uid', [CONFERENCE, out('uid')], { failed: 'false' }),
  core('const tox', 'uint32_t', 'tox_conference_by_uid', [fixed('uid', 'TOX_CONFERENCE_UID_SIZE')], {
    error: 'Tox_Err_Conference_By_Uid',
    failed: 'UINT32_MAX',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
]
