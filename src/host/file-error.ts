// Why a file cannot be sent from, or received to, where the user wants it.

export type FileErrorCode =
  /** It is not there, is no regular file, or may not be read. */
  | 'unreadable'
  /** It is not the file any more that was offered. */
  | 'changed'
  /** The target cannot be written: its folder, its rights, the disk. */
  | 'unwritable'
  /** The target exists already. */
  | 'exists'

export class FileError extends Error {
  override readonly name = 'FileError'

  constructor(
    readonly code: FileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The error for a failed system call: `cannot read PATH: permission denied`. */
export function fileErrorOf(error: unknown, code: 'unreadable' | 'unwritable', path: string): FileError {
  if (error instanceof FileError) return error
  const system = (error as NodeJS.ErrnoException | null)?.code
  const verb = code === 'unreadable' ? 'read' : 'write'
  return new FileError(code, `cannot ${verb} ${path}: ${reasonOf(system, code)}`, { cause: error })
}

function reasonOf(system: string | undefined, code: 'unreadable' | 'unwritable'): string {
  switch (system) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full'
    case 'EFBIG':
      return 'it is larger than files may be here'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the file system is read-only'
    case 'ENOENT':
      return code === 'unreadable' ? 'there is no such file' : 'its folder does not exist'
    case 'ENOTDIR':
      return 'a part of the path is no folder'
    case 'EISDIR':
      return 'it is a folder'
    case 'ENAMETOOLONG':
      return 'the name is too long'
    case 'ELOOP':
      return 'too many symbolic links'
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open'
    default:
      return system ?? 'unknown error'
  }
}
