// File transfers. c-toxcore's errors come in the order in which it looks.
import { core, data, FILE, FRIEND, fixed, optionalFixed, requiredOut, scalar } from './rows.js'
import type { FunctionRow } from './schema.js'

export const FILES: readonly FunctionRow[] = [
  core('tox', 'bool', 'tox_file_control', [FRIEND, FILE, scalar('Tox_File_Control', 'control')], {
    error: 'Tox_Err_File_Control',
    failed: 'false',
    internalError: 'NOT_FOUND',
  }),
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
  core(
    'tox',
    'bool',
    'tox_file_send_chunk',
    [FRIEND, FILE, scalar('uint64_t', 'position'), data('data', 'length', 'TOX_MAX_CUSTOM_PACKET_SIZE')],
    {
      error: 'Tox_Err_File_Send_Chunk',
      failed: 'false',
      nullError: 'NULL',
      internalError: 'NOT_FOUND',
    },
  ),
]
