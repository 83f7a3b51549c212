// The file transfers of one instance: brings what the engine says to the transfers of each friend.

import { fromUtf8 } from '../../base/index.js'
import type { FileControlName, FileEvents, Files } from '../../messenger/index.js'
import { FILE_SIZE_UNKNOWN } from '../../packet/messenger/file-send.js'
import type { TransferStore } from '../../store/transfers.js'
import { ToxError } from '../../tox/errors.js'
import type { FileOffer } from '../events.js'
import type { Friend } from '../friend.js'
import type { FileContent, SendFileOptions } from '../options.js'
import type { Runtime } from '../runtime.js'
import { FriendFiles } from './friend-files.js'
import { kindNameOf } from './kind.js'
import type { OutgoingTransfer, Transfer } from './transfer.js'

export class FileTransfers implements FileEvents {
  readonly #runtime: Runtime
  readonly #store: TransferStore
  readonly #deliver: (offer: FileOffer) => void
  /** By friend number; as many as the friend list has. */
  readonly #ofFriend = new Map<number, FriendFiles>()
  #isClosed = false

  constructor(runtime: Runtime, store: TransferStore, deliver: (offer: FileOffer) => void) {
    this.#runtime = runtime
    this.#store = store
    this.#deliver = deliver
  }

  /** A friend is there: what an earlier process has begun with them goes on. */
  add(friend: Friend): void {
    const runtime = this.#runtime
    const files = new FriendFiles({
      friend,
      store: this.#store,
      // Files change nothing that a profile holds.
      turn: (work) => runtime.turn(() => work(this.#files), false),
      now: () => runtime.now(),
      announce: (transfer) => this.#deliver({ friend, transfer }),
      drop: (why) => runtime.drops.count(why),
    })
    this.#ofFriend.set(friend.number, files)
  }

  remove(friend: Friend): void {
    const files = this.#ofFriend.get(friend.number)
    this.#ofFriend.delete(friend.number)
    files?.remove(new ToxError('FRIEND_QUERY', 'friend-not-found'))
  }

  /** Users listen from now on. */
  begin(): void {
    setImmediate(() => {
      if (!this.#isClosed) for (const files of this.#ofFriend.values()) files.finishEarlier()
    })
  }

  send(friend: Friend, content: FileContent, options: SendFileOptions): OutgoingTransfer {
    const { signal } = options
    if (signal?.aborted) throw new ToxError('FILE_SEND', 'aborted')
    const files = this.#ofFriend.get(friend.number)
    if (files === undefined) throw new ToxError('FILE_SEND', 'friend-not-found')
    const transfer = files.send(content, options)
    if (signal !== undefined) {
      const onAbort = (): void => transfer.cancel()
      signal.addEventListener('abort', onAbort, { once: true })
      const stop = (): void => signal.removeEventListener('abort', onAbort)
      transfer.finished.then(stop, stop)
    }
    return transfer
  }

  with(friend: Friend): readonly Transfer[] {
    return this.#ofFriend.get(friend.number)?.all ?? []
  }

  /** Everything settles; what can go on in another process is on disk when this resolves. */
  async close(error: ToxError): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#ofFriend.values()].map((files) => files.suspend(error)))
  }

  // What the engine says.

  friendConnection(friend: number, isOnline: boolean): void {
    const files = this.#find(friend)
    if (isOnline) files?.onOnline()
    else files?.onOffline()
  }

  fileOffer(friend: number, number: number, kind: number, size: bigint, name: Uint8Array): void {
    const known = size === FILE_SIZE_UNKNOWN ? undefined : size
    this.#find(friend)?.onOffer(this.#files, number, { kind: kindNameOf(kind), size: known, name: fromUtf8(name) })
  }

  fileControl(friend: number, number: number, control: FileControlName): void {
    this.#find(friend)?.onControl(number, control)
  }

  fileChunkRequest(friend: number, number: number, position: bigint, length: number): void {
    this.#find(friend)?.onRequest(this.#files, number, position, length)
  }

  fileChunk(friend: number, number: number, _position: bigint, data: Uint8Array): void {
    this.#find(friend)?.onChunk(number, data)
  }

  #find(friend: number): FriendFiles | undefined {
    return this.#isClosed ? undefined : this.#ofFriend.get(friend)
  }

  get #files(): Files {
    return this.#runtime.engine.messenger.files
  }
}
