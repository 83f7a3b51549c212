// A file that is being received. It grows under a name of its own beside its target and gets the target's name in one step,
// when it is complete and on disk: nothing partial ever stands under the final name, and no existing file is replaced unless
// that is wanted. What `sync` has reported survives a kill and, where the disk keeps its word, a power loss.

import { randomBytes } from 'node:crypto'
import { type BigIntStats, constants, readFileSync } from 'node:fs'
import { type FileHandle, link, lstat, open, rename, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { FileError, fileErrorOf } from './file-error.js'
import { removeFile, syncFolder } from './folder.js'

/** Names are at most so many bytes on the usual file systems. */
const NAME_BYTES_MAX = 255
/** Part files are for their owner alone, and no link leads us to another file. */
const PART_MODE = 0o600
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
const MODE_MAX = 0o666
const WRITABLE_BITS = 0o222

export interface Target {
  /** Absolute. */
  readonly path: string
  /** Where it grows: in the same folder. */
  readonly partPath: string
  /** Whether an existing file may be replaced. */
  readonly overwrite: boolean
}

/** A target for `path`, with a new name to grow under. Rejects with FileError when it cannot become a file of `size` bytes. */
export async function chooseTarget(path: string, overwrite: boolean, size: bigint | undefined): Promise<Target> {
  const target = { path: resolve(path), partPath: partPathOf(path), overwrite }
  await assertFree(target)
  await assertRoom(target.path, size)
  return target
}

export class ReceivedFile {
  readonly #target: Target
  readonly #handle: FileHandle
  #position: bigint

  private constructor(target: Target, handle: FileHandle, position: bigint) {
    this.#target = target
    this.#handle = handle
    this.#position = position
  }

  /** Begins a new file. Rejects with FileError. */
  static async create(target: Target): Promise<ReceivedFile> {
    try {
      return new ReceivedFile(target, await open(target.partPath, 'wx', PART_MODE), 0n)
    } catch (error) {
      throw fileErrorOf(error, 'unwritable', target.path)
    }
  }

  /**
   * Goes on at `position`, which an earlier `sync` has reported; `undefined` when so much of it is not there any more. Rejects
   * with FileError when it cannot be opened.
   */
  static async reopen(target: Target, position: bigint): Promise<ReceivedFile | undefined> {
    let handle: FileHandle | undefined
    try {
      handle = await open(target.partPath, constants.O_RDWR | NO_FOLLOW)
      const found = await handle.stat({ bigint: true })
      if (found.isFile() && found.size >= position) {
        // What lies behind was written but not synced: it may be anything.
        await handle.truncate(Number(position))
        return new ReceivedFile(target, handle, position)
      }
    } catch (error) {
      await handle?.close()
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw fileErrorOf(error, 'unwritable', target.path)
    }
    await handle.close()
    return undefined
  }

  /** So much has been written. */
  get position(): bigint {
    return this.#position
  }

  /** Appends. One call at a time. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, Number(this.#position))
        at += bytesWritten
        this.#position += BigInt(bytesWritten)
      }
    } catch (error) {
      throw fileErrorOf(error, 'unwritable', this.#target.path)
    }
  }

  /** Puts what was written so far on disk; how much. Writing may go on meanwhile. */
  async sync(): Promise<bigint> {
    const position = this.#position
    try {
      await this.#handle.datasync()
    } catch (error) {
      throw fileErrorOf(error, 'unwritable', this.#target.path)
    }
    return position
  }

  /** Closes it where it stands, to be opened again. */
  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** Closes and deletes it. */
  async discard(): Promise<void> {
    await this.#handle.close()
    await removeFile(this.#target.partPath)
  }
}

/**
 * Gives a complete, synced and closed part file its final name and the rights of a new file. Can be done again after a kill
 * at any moment: then it does what is missing. Its time of change, in ms. Rejects with FileError; the part file stays.
 */
export async function giveFinalName(target: Target): Promise<number> {
  const { path, partPath, overwrite } = target
  try {
    const part = await statOf(partPath)
    const final = await statOf(path)
    if (part === undefined && final === undefined) throw new FileError('unwritable', `${partPath} has vanished`)
    if (part !== undefined) {
      const isLinked = final !== undefined && final.ino === part.ino && final.dev === part.dev
      if (!isLinked) {
        await setRights(partPath)
        if (overwrite) await assertFree(target).then(() => rename(partPath, path))
        else await renameToNew(partPath, path)
      }
      await removeFile(partPath)
      await syncFolder(dirname(path))
    }
    return (await stat(path)).mtimeMs
  } catch (error) {
    const { code, message } = fileErrorOf(error, 'unwritable', path)
    const kept = await statOf(partPath).catch(() => undefined)
    const where = kept === undefined ? '' : `; what was received stands complete in ${partPath}`
    throw new FileError(code, message + where, { cause: error })
  }
}

/** Deletes what stands under a part name. Failing changes nothing. */
export async function discardPart(partPath: string): Promise<void> {
  await removeFile(partPath).catch(() => {})
}

/** Whether `path` still is the file of `size` bytes that was last changed at `mtimeMs`. */
export async function isStill(path: string, size: bigint, mtimeMs: number): Promise<boolean> {
  try {
    const found = await stat(path)
    return found.isFile() && BigInt(found.size) === size && found.mtimeMs === mtimeMs
  } catch {
    return false
  }
}

/** A second name first: unlike renaming, that never replaces a file which came meanwhile. */
async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') throw new FileError('exists', `${to} exists already`)
    if (code === 'ENOENT' || code === 'ENOSPC' || code === 'EROFS' || code === 'EACCES') throw error
    // No second names on this file system (FAT): what came since this look is lost.
    if ((await statOf(to)) !== undefined) throw new FileError('exists', `${to} exists already`)
    await rename(from, to)
  }
}

async function assertFree({ path, overwrite }: Target): Promise<void> {
  const found = await statOf(path).catch((error) => {
    throw fileErrorOf(error, 'unwritable', path)
  })
  if (found === undefined) return
  if (found.isDirectory()) throw new FileError('unwritable', `cannot write ${path}: it is a folder`)
  if (!overwrite) throw new FileError('exists', `${path} exists already`)
  if (!found.isFile() && !found.isSymbolicLink()) {
    throw new FileError('unwritable', `cannot write ${path}: it is no regular file`)
  }
  if (found.isFile() && (Number(found.mode) & WRITABLE_BITS) === 0) {
    throw new FileError('unwritable', `cannot write ${path}: it is read-only`)
  }
}

/** Better now than after an hour. Who cannot say how much room there is, is asked by writing. */
async function assertRoom(path: string, size: bigint | undefined): Promise<void> {
  if (size === undefined) return
  const found = await statfs(dirname(path), { bigint: true }).catch(() => undefined)
  if (found === undefined || found.blocks === 0n || found.bavail * found.bsize >= size) return
  throw new FileError('unwritable', `cannot write ${path}: ${size} bytes do not fit on the disk`)
}

function partPathOf(path: string): string {
  const suffix = `.${randomBytes(4).toString('hex')}.part`
  const name = Buffer.from(basename(resolve(path)))
  // A name cut inside a character would not be what the system makes of it.
  let end = Math.min(name.length, NAME_BYTES_MAX - suffix.length)
  while (end > 0 && end < name.length && (name[end]! & 0xc0) === 0x80) end--
  return join(dirname(resolve(path)), name.subarray(0, end).toString() + suffix)
}

/** Follows no link. */
async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The rights that a new file would have had. Some file systems have none. */
async function setRights(path: string): Promise<void> {
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW)
  try {
    await file.chmod(MODE_MAX & ~umask()).catch(() => {})
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Asking `process.umask` sets it to 0 for a moment, in which other threads may make files. */
function umask(): number {
  try {
    const mask = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    if (mask !== undefined) return Number.parseInt(mask, 8)
  } catch {
    // Not Linux.
  }
  return process.umask()
}
