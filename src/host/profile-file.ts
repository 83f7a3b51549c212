// The profile on disk: one process at a time, never half written, with a backup of the state before.
//
// At every instant the file's name stands for one complete state: a new state is written and synced under another name, the
// current file gets the backup's name as a second name, and then the new file takes the main name in one step. What `save`
// has reported survives a kill and, where the disk keeps its word, a power loss.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { copyFile, link, rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { removeFile, syncFolder, writeSynced } from './folder.js'
import { ProfileError, profileErrorOf } from './profile-error.js'
import { ProfileLock } from './profile-lock.js'

/** A change is saved this long after the last one, and so long after the first unsaved one at most. */
const QUIET_MS = 500
const LATEST_MS = 5_000
/** After a failed save: so long until the next attempt, doubled each time. */
const RETRY_MS = 1_000
const RETRY_MAX_MS = 60_000
/** A profile holds kilobytes; whatever is larger than this is something else. */
const PROFILE_BYTES_MAX = 256 * 1024 * 1024
const SYMLINKS_MAX = 40 // as Linux

export interface ProfileFileOptions {
  /** A scheduled save failed; it is tried again by itself. */
  readonly onError?: (error: ProfileError) => void
  readonly quietMs?: number
  readonly latestMs?: number
}

/** Where the bytes of `load` came from. */
export type ProfileSource = 'main' | 'backup' | 'nothing'

export class ProfileFile {
  /** The file itself: symbolic links are followed once, when it is opened. */
  readonly path: string
  readonly #lock: ProfileLock
  readonly #options: ProfileFileOptions
  #source: ProfileSource = 'nothing'
  /** Whether the file that is there now deserves to become the backup. */
  #mainIsGood = true
  #mainIsDamaged = false
  #closed = false
  #tail: Promise<void> = Promise.resolve()
  #queued: { bytes: Uint8Array; done: Promise<void> } | undefined
  #produce: (() => Uint8Array) | undefined
  #firstRequestMs = 0
  #timer: NodeJS.Timeout | undefined
  #failures = 0

  private constructor(path: string, lock: ProfileLock, options: ProfileFileOptions) {
    this.path = path
    this.#lock = lock
    this.#options = options
  }

  /** Locks the profile; the file itself need not exist. Throws ProfileError (`locked`, `denied`, `bad-path`, `io`). */
  static open(path: string, options: ProfileFileOptions = {}): ProfileFile {
    const file = followLinks(path)
    return new ProfileFile(file, ProfileLock.take(`${file}.lock`, path), options)
  }

  get backupPath(): string {
    return `${this.path}.bak`
  }

  /** Where the last `load` found its bytes. */
  get source(): ProfileSource {
    return this.#source
  }

  /**
   * The saved bytes; those of the backup when the file is missing, empty, or refused by `accept` while the backup is
   * accepted. `undefined` when nothing was ever saved. A file that nobody accepts is returned as it is, for the caller to
   * say what is wrong with it. Throws ProfileError (`denied`, `io`, `closed`).
   */
  load(accept: (bytes: Uint8Array) => boolean = () => true): Uint8Array | undefined {
    if (this.#closed) throw closedError(this.path)
    const main = readProfileBytes(this.path)
    if (main !== undefined && accept(main)) return this.#loaded('main', main)
    const backup = readProfileBytes(this.backupPath)
    this.#mainIsGood = false
    this.#mainIsDamaged = main !== undefined
    if (backup !== undefined && accept(backup)) return this.#loaded('backup', backup)
    return this.#loaded(main === undefined ? 'nothing' : 'main', main)
  }

  #loaded(source: ProfileSource, bytes: Uint8Array | undefined): Uint8Array | undefined {
    this.#source = source
    return bytes
  }

  /**
   * Saves a copy of `bytes`; resolves when they are safe on disk. Saves run one behind another; one that is overtaken by a
   * newer one while it waits resolves with that one. Rejects with ProfileError; the file is then as it was.
   */
  save(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(closedError(this.path))
    const copy = bytes.slice()
    if (this.#queued !== undefined) {
      this.#queued.bytes.fill(0)
      this.#queued.bytes = copy
      return this.#queued.done
    }
    const done = this.#tail.then(async () => {
      const next = this.#queued!
      this.#queued = undefined
      try {
        await this.#write(next.bytes)
      } finally {
        next.bytes.fill(0) // secret keys
      }
    })
    this.#queued = { bytes: copy, done }
    this.#tail = done.catch(() => {})
    return done
  }

  /** Saves what `produce` gives when it has been quiet for half a second, at most five seconds after the first request. */
  scheduleSave(produce: () => Uint8Array): void {
    if (this.#closed) return
    const nowMs = performance.now()
    if (this.#produce === undefined) this.#firstRequestMs = nowMs
    this.#produce = produce
    const { quietMs = QUIET_MS, latestMs = LATEST_MS } = this.#options
    const waitMs = Math.max(0, Math.min(quietMs, this.#firstRequestMs + latestMs - nowMs))
    // While the disk refuses, retries keep their own pace.
    if (this.#failures === 0 || this.#timer === undefined) this.#saveIn(waitMs)
  }

  /** Saves at once what is scheduled and waits for every save under way. Rejects with ProfileError. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const produce = this.#produce
    this.#produce = undefined
    if (produce === undefined) return this.#tail
    try {
      await this.save(produce())
      this.#failures = 0
    } catch (error) {
      this.#produce ??= produce
      throw error
    }
  }

  /** Flushes, then gives the lock back, also when the flush failed (then it rejects). Harmless twice. */
  async close(): Promise<void> {
    if (this.#closed) return this.#tail
    try {
      await this.flush()
    } finally {
      this.#closed = true
      clearTimeout(this.#timer)
      await this.#tail
      this.#lock.release()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.flush().catch((error: unknown) => this.#failed(error))
    }, ms)
  }

  #failed(error: unknown): void {
    const waitMs = Math.min(RETRY_MS * 2 ** this.#failures++, RETRY_MAX_MS)
    if (!this.#closed) {
      this.#saveIn(waitMs)
      // A disk that never recovers must not keep the process from ending.
      this.#timer?.unref()
    }
    this.#options.onError?.(profileErrorOf(error, this.path, 'save the profile'))
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#lock.isHeld()) {
      throw new ProfileError(
        'lock-lost',
        this.path,
        `the lock of ${this.path} was taken away: another process may use it`,
      )
    }
    const draft = `${this.path}.tmp`
    try {
      await writeSynced(draft, bytes)
      await this.#keepOld()
      this.#checkLock()
      await rename(draft, this.path)
      await syncFolder(dirname(this.path))
    } catch (error) {
      await removeFile(draft)
      throw profileErrorOf(error, this.path, 'save the profile')
    }
    this.#mainIsGood = true
    this.#mainIsDamaged = false
  }

  /** A lock that was taken away means that somebody else may write: then we must not. */
  #checkLock(): void {
    let isHeld = false
    try {
      isHeld = this.#lock.isHeld()
    } catch (error) {
      throw profileErrorOf(error, this.path, 'save the profile')
    }
    if (isHeld) return
    throw new ProfileError(
      'lock-lost',
      this.path,
      `the lock of ${this.path} was taken away: another process may use it`,
    )
  }

  /** The current file becomes the backup; a damaged one gets a name of its own, so that a good backup stays. */
  async #keepOld(): Promise<void> {
    if (!this.#mainIsGood && !this.#mainIsDamaged) return
    if (!isFilled(this.path)) return
    await alsoName(this.path, this.#mainIsDamaged ? `${this.path}.damaged` : this.backupPath)
  }
}

function closedError(path: string): ProfileError {
  return new ProfileError('closed', path, `the profile ${path} has been closed`)
}

/** The file that `path` means, which need not exist; its folder must. Saving by rename would replace a symbolic link. */
function followLinks(path: string): string {
  let file = resolve(path)
  try {
    for (let steps = 0; steps < SYMLINKS_MAX; steps++) {
      file = join(realpathSync(dirname(file)), basename(file))
      const found = lstatSync(file, { throwIfNoEntry: false })
      if (found?.isDirectory() === true) throw new ProfileError('bad-path', path, `the profile ${path} is a folder`)
      if (found?.isSymbolicLink() !== true) return file
      file = resolve(dirname(file), readlinkSync(file))
    }
  } catch (error) {
    throw profileErrorOf(error, path, 'open the profile')
  }
  throw new ProfileError('bad-path', path, `cannot open the profile ${path}: too many symbolic links`)
}

/** All bytes of a regular file; `undefined` when it is missing or empty. Throws ProfileError (`bad-path`, `denied`, `io`). */
export function readProfileBytes(path: string): Uint8Array | undefined {
  let fd: number | undefined
  try {
    // Not blocking: a named pipe must not hang the program.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const found = fstatSync(fd)
    if (!found.isFile()) throw new ProfileError('bad-path', path, `the profile ${path} is not a regular file`)
    if (found.size > PROFILE_BYTES_MAX) throw new ProfileError('io', path, `the profile ${path} is too large to be one`)
    const bytes = readFileSync(fd)
    const copy = Uint8Array.from(bytes)
    bytes.fill(0) // Secret keys, maybe in memory that Node shares out again.
    return copy.length === 0 ? undefined : copy
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw profileErrorOf(error, path, 'read the profile')
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function isFilled(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && found.size > 0
}

/** Gives the file `path` the name `other` as well, in one step, over whatever has that name. */
async function alsoName(path: string, other: string): Promise<void> {
  const step = `${other}.tmp`
  await removeFile(step)
  try {
    await link(path, step)
  } catch (error) {
    // No hard links on this file system (FAT), or forbidden.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error
    await copyFile(path, step, constants.COPYFILE_EXCL)
  }
  await rename(step, other)
  // Renaming one name of a file over another name of the same file does nothing and leaves both.
  await removeFile(step)
}
