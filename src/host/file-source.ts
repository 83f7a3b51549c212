// A file on disk that is being sent: read in large pieces off the event loop, and watched, so that what arrives is the file
// that was offered or nothing.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FileError, fileErrorOf } from './file-error.js'

/** One read; hundreds of chunks. */
export const READ_BYTES = 1 << 20

/** What a file was like when it was offered. */
export interface FileStamp {
  /** Absolute. */
  readonly path: string
  readonly size: bigint
  /** Time of change, in ms since 1970. */
  readonly mtimeMs: number
}

/** Where the bytes of an outgoing transfer come from. */
export interface ByteSource {
  /** Whether any position can be read, again and again. Otherwise positions must follow one another. */
  readonly canSeek: boolean
  /**
   * Bytes from `position` on: as many as the source likes to give at once, none at its end. They are the caller's until
   * `recycle`. One read at a time.
   */
  read(position: bigint): Promise<Uint8Array>
  /** Gives the memory of a piece back. */
  recycle(piece: Uint8Array): void
  /** Lets go of what is open. A source that can seek may be read again. */
  close(): Promise<void>
}

// Not blocking: a named pipe must not hang the program.
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** What the file is like now. Throws FileError. */
export function stampOf(path: string): FileStamp {
  const file = resolve(path)
  let fd: number | undefined
  try {
    fd = openSync(file, READ_ONLY)
    const found = fstatSync(fd, { bigint: true })
    if (!found.isFile()) {
      const what = found.isDirectory() ? 'it is a folder' : 'it is no regular file; send it as a stream'
      throw new FileError('unreadable', `cannot read ${file}: ${what}`)
    }
    return { path: file, size: found.size, mtimeMs: millis(found.mtimeNs) }
  } catch (error) {
    throw fileErrorOf(error, 'unreadable', file)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

export class FileSource implements ByteSource {
  readonly canSeek = true
  readonly #stamp: FileStamp
  #handle: FileHandle | undefined
  /** Memory that came back. */
  readonly #spare: Uint8Array[] = []

  constructor(stamp: FileStamp) {
    this.#stamp = stamp
  }

  async read(position: bigint): Promise<Uint8Array> {
    const { path, size } = this.#stamp
    const left = size - position
    if (left <= 0n) return new Uint8Array(0)
    try {
      this.#handle ??= await open(path, READ_ONLY)
      const length = left < READ_BYTES ? Number(left) : READ_BYTES
      const memory = this.#spare.pop() ?? Buffer.allocUnsafeSlow(Math.min(READ_BYTES, Number(size)))
      const { bytesRead } = await this.#handle.read(memory, 0, length, Number(position))
      await this.#assertUnchanged(this.#handle)
      if (bytesRead === 0) throw this.#changed()
      return memory.subarray(0, bytesRead)
    } catch (error) {
      throw fileErrorOf(error, 'unreadable', path)
    }
  }

  recycle(piece: Uint8Array): void {
    this.#spare.push(new Uint8Array(piece.buffer))
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    this.#spare.length = 0
    await handle?.close()
  }

  /** Looks after each read: what was read before a change belongs to the file that was offered. */
  async #assertUnchanged(handle: FileHandle): Promise<void> {
    const { size, mtimeNs } = await handle.stat({ bigint: true })
    if (size !== this.#stamp.size || millis(mtimeNs) !== this.#stamp.mtimeMs) throw this.#changed()
  }

  #changed(): FileError {
    return new FileError('changed', `${this.#stamp.path} has changed since it was offered`)
  }
}

/** The same fraction for the same file, though nanoseconds do not fit. */
function millis(ns: bigint): number {
  return Number(ns) / 1e6
}
