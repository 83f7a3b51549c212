// One of ours that sends and receives files in the way of CPeer: contents follow from positions, what comes is hashed, and every
// event is kept. It stands on the engine, below the Node API.

import { createHash, type Hash } from 'node:crypto'
import { openRuntime, type Runtime } from '../../src/api/runtime.js'
import { toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import type { FileControlName, Messenger, MessengerEvents } from '../../src/messenger/index.js'
import { fileContent } from './file-content.mjs'
import { type Address, bootstrapText, DEADLINE_MS } from './pair.js'

export type FilePeerEvent =
  | { what: 'online' | 'offline'; friend: number }
  | { what: 'offer'; friend: number; file: number; kind: number; size: bigint; name: Uint8Array }
  | { what: 'control'; friend: number; file: number; control: FileControlName }
  | { what: 'sent'; friend: number; file: number; position: bigint }
  | { what: 'received'; friend: number; file: number; from: bigint; to: bigint; chunks: number; sha256: string }
  | { what: 'message'; friend: number; text: Uint8Array }

interface Incoming {
  readonly from: bigint
  to: bigint
  chunks: number
  readonly hash: Hash
}

export class FilePeer {
  readonly events: FilePeerEvent[] = []
  readonly #waiters = new Set<() => void>()
  /** By `friend/file`: where the file of an outgoing transfer ends, and what of an incoming one is here. */
  readonly #lengths = new Map<string, bigint>()
  readonly #incoming = new Map<string, Incoming>()
  #runtime!: Runtime

  static async start(nodes: readonly Address[]): Promise<FilePeer> {
    const peer = new FilePeer()
    const options = { bindAddress: '127.0.0.1', ipv6: false, bootstrap: nodes.map(bootstrapText) } as const
    peer.#runtime = await openRuntime(options, { messenger: peer.#listening(), connection() {} })
    await peer.#runtime.start()
    return peer
  }

  /** Port and DHT key, for others to join through. */
  get address(): Address {
    return { host: '127.0.0.1', port: this.#runtime.udpPort, key: this.#runtime.engine.dht.publicKey }
  }

  get publicKey(): Uint8Array {
    return this.#runtime.engine.longTermKeys.publicKey
  }

  get runtime(): Runtime {
    return this.#runtime
  }

  /** Does something as a call of the user, and unwraps what it answers. */
  do<T>(
    work: (
      messenger: Messenger,
    ) => { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
  ): T {
    const result = this.#runtime.turn(() => work(this.#runtime.engine.messenger))
    if (!result.ok) throw new Error(result.error)
    return result.value
  }

  add(publicKey: Uint8Array): number {
    return this.do((messenger) => messenger.addFriendWithoutRequest(publicKey as LongTermPublicKey))
  }

  /** As `CPeer.fileSend`. */
  send(
    friend: number,
    file: { size: bigint; length?: bigint; kind?: number; name?: string; fileId?: Uint8Array },
  ): number {
    const { size, length = size, kind = 0, name = 'file', fileId } = file
    const offer = { kind, size, name: toUtf8(name), ...(fileId && { fileId }) }
    const number = this.do((messenger) => messenger.files.send(friend, offer))
    this.#lengths.set(`${friend}/${number}`, length)
    return number
  }

  control(friend: number, file: number, control: FileControlName): void {
    this.do((messenger) => messenger.files.control(friend, file, control))
  }

  /** How far a file that is being received has come. */
  progress(friend: number, file: number): bigint {
    return this.#incoming.get(`${friend}/${file}`)?.to ?? 0n
  }

  /** The first event of a kind that `accept` takes, past (from index `from` on) or still to come. */
  until<What extends FilePeerEvent['what']>(
    what: What,
    accept: (event: Extract<FilePeerEvent, { what: What }>) => boolean = () => true,
    from = 0,
    deadlineMs = DEADLINE_MS,
  ): Promise<Extract<FilePeerEvent, { what: What }>> {
    return new Promise((resolve, reject) => {
      let next = from
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(look)
      }
      const look = (): void => {
        while (next < this.events.length) {
          const event = this.events[next++] as Extract<FilePeerEvent, { what: What }>
          if (event.what !== what || !accept(event)) continue
          end()
          return resolve(event)
        }
      }
      const timer = setTimeout(() => {
        end()
        const kinds = this.events.slice(-12).map((event) => event.what)
        reject(new Error(`${what} did not come within ${deadlineMs} ms; last came ${kinds.join(', ')}`))
      }, deadlineMs)
      this.#waiters.add(look)
      look()
    })
  }

  async close(): Promise<void> {
    await this.#runtime.close()
  }

  #tell(event: FilePeerEvent): void {
    this.events.push(event)
    for (const look of [...this.#waiters]) look()
  }

  #listening(): MessengerEvents {
    const nothing = (): void => {}
    return {
      friendRequest: nothing,
      friendName: nothing,
      friendStatusMessage: nothing,
      friendStatus: nothing,
      friendTyping: nothing,
      friendReadReceipt: nothing,
      friendLosslessPacket: nothing,
      friendLossyPacket: nothing,
      friendConnectionStatus: (friend, status) =>
        this.#tell({ what: status === 'none' ? 'offline' : 'online', friend }),
      friendMessage: (friend, _kind, text) => this.#tell({ what: 'message', friend, text: text.slice() }),
      fileOffer: (friend, file, kind, size, name) => {
        // Of a transfer that was cancelled, something may be left.
        this.#incoming.delete(`${friend}/${file}`)
        this.#tell({ what: 'offer', friend, file, kind, size, name })
      },
      fileControl: (friend, file, control) => this.#tell({ what: 'control', friend, file, control }),
      fileChunkRequest: (friend, file, position, length) => this.#onRequest(friend, file, position, length),
      fileChunk: (friend, file, position, data) => this.#onChunk(friend, file, position, data),
    }
  }

  #onRequest(friend: number, file: number, position: bigint, length: number): void {
    if (length === 0) return this.#tell({ what: 'sent', friend, file, position })
    const left = this.#lengths.get(`${friend}/${file}`)! - position
    const size = left < BigInt(length) ? Number(left) : length
    // What lies behind the end of a stream was asked for before the end was known.
    if (size < 0) return
    this.do(({ files }) => files.sendChunk(friend, file, position, fileContent(position, size)))
  }

  #onChunk(friend: number, file: number, position: bigint, data: Uint8Array): void {
    const id = `${friend}/${file}`
    const one = this.#incoming.get(id) ?? { from: position, to: position, chunks: 0, hash: createHash('sha256') }
    if (position !== one.to) throw new Error(`a chunk at ${position} where ${one.to} is due`)
    this.#incoming.set(id, one)
    if (data.length > 0) {
      one.hash.update(data)
      one.to += BigInt(data.length)
      one.chunks++
      return
    }
    this.#incoming.delete(id)
    const { from, to, chunks, hash } = one
    this.#tell({ what: 'received', friend, file, from, to, chunks, sha256: hash.digest('hex') })
  }
}

/** The SHA-256 of the file of `fileContent` from `from` to `to`, as both kinds of peers report it. */
export function contentHash(from: bigint, to: bigint): string {
  return createHash('sha256')
    .update(fileContent(from, Number(to - from)))
    .digest('hex')
}
