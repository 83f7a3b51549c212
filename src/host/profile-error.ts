// Why a profile cannot be opened, read or saved.

export type ProfileErrorCode =
  /** Another process, or this one, has the profile open. */
  | 'locked'
  /** The lock file was taken away or replaced while we held it: somebody else may be writing. */
  | 'lock-lost'
  /** The disk or the quota is full. */
  | 'no-space'
  /** The file or its folder may not be read or written. */
  | 'denied'
  /** The folder of the profile does not exist, or the profile is a folder. */
  | 'bad-path'
  /** The profile has been closed. */
  | 'closed'
  /** Any other failure of the system. */
  | 'io'

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** When it was taken, as ISO 8601 text. */
  readonly since: string
}

export class ProfileError extends Error {
  override readonly name = 'ProfileError'
  /** Set when the code is `locked` and the holder is known. */
  readonly holder: LockHolder | undefined

  constructor(
    readonly code: ProfileErrorCode,
    readonly path: string,
    message: string,
    options: { holder?: LockHolder; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.holder = options.holder
  }
}

/** The error for a failed system call; `doing` says what was tried: `'save the profile'`. */
export function profileErrorOf(error: unknown, path: string, doing: string): ProfileError {
  if (error instanceof ProfileError) return error
  const system = (error as NodeJS.ErrnoException | null)?.code
  const [code, reason] = reasonOf(system)
  return new ProfileError(code, path, `cannot ${doing} ${path}: ${reason}`, { cause: error })
}

function reasonOf(system: string | undefined): [ProfileErrorCode, string] {
  switch (system) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['no-space', 'the disk is full']
    case 'EACCES':
    case 'EPERM':
      return ['denied', 'permission denied']
    case 'EROFS':
      return ['denied', 'the file system is read-only']
    case 'ENOENT':
    case 'ENOTDIR':
      return ['bad-path', 'its folder does not exist']
    case 'EISDIR':
      return ['bad-path', 'it is a folder']
    case 'ELOOP':
      return ['bad-path', 'too many symbolic links']
    default:
      return ['io', system ?? 'unknown error']
  }
}
