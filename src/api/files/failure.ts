// Failures of files and streams as the errors that users get.

import { FileError } from '../../host/file-error.js'
import { ToxError } from '../../tox/errors.js'

/** `otherwise`: what a failure is that says nothing of itself, such as one of a user's stream. */
export function toxErrorOf(error: unknown, otherwise: FileError['code'] = 'unreadable'): ToxError {
  if (error instanceof ToxError) return error
  const code = error instanceof FileError ? error.code : otherwise
  const text = error instanceof Error ? error.message : String(error)
  return new ToxError('FILE_SEND', `file-${code}`, text, { cause: error })
}
