// What must be known of a file transfer to go on with it after a restart, and where that is kept.

/** One transfer between our own file system and a friend. `friend`, `direction` and `fileId` together name it. */
export interface TransferRecord {
  /** The friend's long-term public key: 64 upper-case hex digits. */
  readonly friend: string
  readonly direction: 'sending' | 'receiving'
  /** What the protocol knows the transfer by: 64 upper-case hex digits. */
  readonly fileId: string
  /** The number on the wire: 0 data, 1 avatar, others between the applications. */
  readonly kind: number
  /** As it was offered: any text at all, no path. */
  readonly name: string
  /** `undefined`: not known before the end. */
  readonly size: bigint | undefined
  /** The file that is sent, or the final name of the one that is received; absolute. */
  readonly path: string
  /** Receiving: the file that grows beside `path`. None once it has its final name. */
  readonly partPath?: string
  /** Receiving: so much of the file is safely on disk. 0 when sending: the receiver knows how far it has come. */
  readonly position: bigint
  /** The file's time of change: sending, when it was offered; receiving, once it is complete. */
  readonly mtimeMs?: number
  /** Receiving: an existing file at `path` is to be replaced. */
  readonly overwrite?: boolean
}

/** Calls are done when they return; a throw means that the disk failed. */
export interface TransferStore {
  /** The transfers with this friend, oldest first. */
  load(friend: string): readonly TransferRecord[]
  /** Adds a transfer, or replaces what was known of it; its place in the order stays. */
  put(record: TransferRecord): void
  /** Forgets a transfer; one that is not known is no mistake. */
  remove(friend: string, direction: TransferRecord['direction'], fileId: string): void
}

/** Forgets everything with the process: transfers go on after lost connections alone. */
export class MemoryTransferStore implements TransferStore {
  readonly #ofFriend = new Map<string, Map<string, TransferRecord>>()

  load(friend: string): readonly TransferRecord[] {
    return [...(this.#ofFriend.get(friend)?.values() ?? [])]
  }

  put(record: TransferRecord): void {
    const records = this.#ofFriend.get(record.friend) ?? new Map<string, TransferRecord>()
    this.#ofFriend.set(record.friend, records)
    records.set(nameOf(record.direction, record.fileId), record)
  }

  remove(friend: string, direction: TransferRecord['direction'], fileId: string): void {
    const records = this.#ofFriend.get(friend)
    records?.delete(nameOf(direction, fileId))
    if (records?.size === 0) this.#ofFriend.delete(friend)
  }
}

function nameOf(direction: TransferRecord['direction'], fileId: string): string {
  return `${direction} ${fileId}`
}
