// File transfers. c-toxcore's errors come in the order in which it looks.
import { core, data, FILE, FRIEND, fixed, optionalFixed, plain, requiredOut, scalar } from './rows.js'
import type { FunctionRow } from './schema.js'

export const FILES: readonly FunctionRow[] = [
  // Around core_file_control: callbacks cancel transfers of which there is more to tell.
  ...plain('tox_file_control'),
  core('tox', 'bool', 'tox_file_seek', [FRIEND, FILE, scalar('uint64_t', 'position')], {
    error: 'Tox_Err_File_Seek',
    failed: 'false',
    internalError: 'NOT_FOUND',
  }),
  core('const tox', 'bool', 'tox_file_get_file_id', [FRIEND, FILE, requiredOut('file_id')], {
    error: 'Tox_Err_File_Get',
    failed: 'false',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
  core('const tox', 'uint32_t', 'tox_file_by_id', [FRIEND, fixed('file_id', 'TOX_FILE_ID_LENGTH')], {
    error: 'Tox_Err_File_By_Id',
    failed: 'UINT32_MAX',
    nullError: 'NULL',
    internalError: 'NOT_FOUND',
  }),
  core(
    'tox',
    'uint32_t',
    'tox_file_send',
    [
      FRIEND,
      scalar('uint32_t', 'kind'),
      scalar('uint64_t', 'file_size'),
      optionalFixed('file_id', 'TOX_FILE_ID_LENGTH'),
      data('filename', 'filename_length', 'TOX_MAX_FILENAME_LENGTH'),
    ],
    {
      error: 'Tox_Err_File_Send',
      failed: 'UINT32_MAX',
      nullError: 'NULL',
      internalError: 'TOO_MANY',
    },
  ),
  // In front of core_file_send_chunk: what the client gives in callbacks goes to the core in lots.
  ...plain('tox_file_send_chunk'),
]
