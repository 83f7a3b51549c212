// Writes an incoming transfer to disk. How far it has come is recorded only after that much has been synced, so that whatever
// a record says is there after a kill or a power loss.

import { chooseTarget, discardPart, giveFinalName, ReceivedFile, type Target } from '../../host/received-file.js'
import type { TransferRecord, TransferStore } from '../../store/transfers.js'
import type { Sink } from './sink.js'

/** Synced each time so much has been written: what a kill makes the friend send again. */
const SYNC_BYTES = 8n << 20n
/** And so long after anything was written, on a slow line. */
const SYNC_MS = 2_000

/** A record without what the file on disk says. */
export type RecordBase = Omit<TransferRecord, 'path' | 'partPath' | 'position' | 'mtimeMs' | 'overwrite'>

export interface FileSinkParts {
  readonly record: RecordBase
  /** Where it is recorded how far it is; `undefined`: it is not to go on in another process. */
  readonly store: TransferStore | undefined
}

export class FileSink implements Sink {
  readonly enough = 256 << 10
  readonly patienceMs = 100
  readonly keepsBytes = false
  readonly #target: Target
  readonly #file: ReceivedFile
  readonly #parts: FileSinkParts
  #syncedTo: bigint
  #syncing: Promise<void> | undefined
  #syncTimer: NodeJS.Timeout | undefined
  #isComplete = false
  /** Why a sync behind the back of the writer failed. */
  #error: unknown

  private constructor(target: Target, file: ReceivedFile, parts: FileSinkParts) {
    this.#target = target
    this.#file = file
    this.#parts = parts
    this.#syncedTo = file.position
  }

  /** Begins a new file. Rejects with FileError when it cannot be. */
  static async create(path: string, overwrite: boolean, parts: FileSinkParts): Promise<FileSink> {
    const target = await chooseTarget(path, overwrite, parts.record.size)
    // Before the file: a kill in between must not leave one that nobody knows of.
    parts.store?.put(recordOf(parts.record, target, 0n))
    try {
      return new FileSink(target, await ReceivedFile.create(target), parts)
    } catch (error) {
      parts.store?.remove(parts.record.friend, 'receiving', parts.record.fileId)
      throw error
    }
  }

  /** Goes on with what an earlier process has recorded; from the start when the part file is gone. */
  static async reopen(record: TransferRecord, store: TransferStore): Promise<FileSink> {
    const { path, partPath, overwrite = false } = record
    const parts = { record, store }
    if (partPath === undefined) return FileSink.create(path, overwrite, parts)
    const target = { path, partPath, overwrite }
    const file = await ReceivedFile.reopen(target, record.position)
    if (file !== undefined) return new FileSink(target, file, parts)
    await discardPart(partPath)
    return FileSink.create(path, overwrite, parts)
  }

  get path(): string {
    return this.#target.path
  }

  /** So much has been written. */
  get position(): bigint {
    return this.#file.position
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#error !== undefined) throw this.#error
    await this.#file.write(bytes)
    if (this.#file.position - this.#syncedTo >= SYNC_BYTES) this.#sync()
    else if (this.#parts.store !== undefined && this.#syncTimer === undefined) {
      this.#syncTimer = setTimeout(() => this.#sync(), SYNC_MS)
      this.#syncTimer.unref()
    }
  }

  async finish(): Promise<number> {
    // Now it is known, also of a stream: a record whose position is its size is complete.
    const size = this.#file.position
    await this.#settleOnDisk(size)
    this.#isComplete = true
    const record = recordOf({ ...this.#parts.record, size }, this.#target, size)
    return (await finishOnDisk(record, this.#parts.store)).mtimeMs!
  }

  async abort(): Promise<void> {
    clearTimeout(this.#syncTimer)
    await this.#syncing
    this.#parts.store?.remove(this.#parts.record.friend, 'receiving', this.#parts.record.fileId)
    // What only lacks its name is not thrown away.
    if (!this.#isComplete) await this.#file.discard().catch(() => {})
  }

  async suspend(): Promise<void> {
    await this.#settleOnDisk(this.#parts.record.size)
  }

  /** Everything on disk, recorded, and the file closed. */
  async #settleOnDisk(size: bigint | undefined): Promise<void> {
    clearTimeout(this.#syncTimer)
    await this.#syncing
    if (this.#error !== undefined) throw this.#error
    await this.#file.sync()
    this.#parts.store?.put(recordOf({ ...this.#parts.record, size }, this.#target, this.#file.position))
    await this.#file.close()
  }

  /** One at a time, while writing goes on. */
  #sync(): void {
    clearTimeout(this.#syncTimer)
    this.#syncTimer = undefined
    if (this.#syncing !== undefined) return
    this.#syncing = this.#file
      .sync()
      .then((position) => {
        this.#syncedTo = position
        this.#parts.store?.put(recordOf(this.#parts.record, this.#target, position))
      })
      .catch((error) => {
        this.#error = error
      })
      .finally(() => {
        this.#syncing = undefined
      })
  }
}

/**
 * The last steps of a file that is complete on disk; doing them again after a kill does what is missing. What remains is a
 * record without part file: should the friend not know that we have everything, it says so.
 */
export async function finishOnDisk(record: TransferRecord, store: TransferStore | undefined): Promise<TransferRecord> {
  const { partPath, ...rest } = record
  const mtimeMs = await giveFinalName({ path: record.path, partPath: partPath!, overwrite: record.overwrite ?? false })
  const done = { ...rest, mtimeMs }
  store?.put(done)
  return done
}

/** Nobody will go on with it. */
export async function forgetOnDisk({ partPath }: TransferRecord): Promise<void> {
  if (partPath !== undefined) await discardPart(partPath)
}

function recordOf(base: RecordBase, { path, partPath, overwrite }: Target, position: bigint): TransferRecord {
  const { friend, direction, fileId, kind, name, size } = base
  return { friend, direction, fileId, kind, name, size, path, partPath, position, ...(overwrite && { overwrite }) }
}
