// All friend connections of one instance: who may connect to us, who is pinged when, and who handles which packet.
// Spec: Friend connection. Sessions are taken from people we hold a connection for, nobody else's handshake costs a thing.

import type { Deadline, Env, Millis } from '../base/index.js'
import { bytesKey } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import { Alive } from '../packet/friend/alive.js'
import { LOSSLESS_ID_FIRST, LOSSY_ID_FIRST, LOSSY_ID_LAST, PacketId } from '../packet/friend/packet-id.js'
import { SHARED_RELAYS_MAX, ShareRelays } from '../packet/friend/share-relays.js'
import { type RelayInfo, relayNode } from '../packet/node-info.js'
import { ALIVE_INTERVAL_MS, FriendConnection } from './friend-connection.js'
import type { FriendConnectionOwner, FriendPath } from './friend-connection-owner.js'
import type { FriendDht, FriendOnion, FriendPool, FriendSessions, IncomingSession } from './slices.js'

/** Handles one packet, id first; a view valid for the turn. */
export type FriendPacketHandler = (connection: FriendConnection, packet: Uint8Array) => void

/** What the modules above hear of every connection. */
export interface FriendConnectionListener {
  onStatus?(connection: FriendConnection, connected: boolean): void
  onPath?(connection: FriendConnection, path: FriendPath): void
  /** Lossless packets numbered before `upTo` (modulo 2^32) have arrived. */
  onAcked?(connection: FriendConnection, upTo: number): void
  /** The send window may have room for more packets than before. */
  onWritable?(connection: FriendConnection): void
  /** Relays through which the friend can be reached. */
  onRelays?(connection: FriendConnection, relays: readonly RelayInfo[]): void
}

export interface FriendConnectionsDependencies {
  readonly env: Env
  readonly onion: FriendOnion
  readonly dht: FriendDht
  readonly sessions: FriendSessions
  /** Absent where there is no TCP. */
  readonly relays?: FriendPool | undefined
}

/** Friends are told of our relays so often (c-toxcore: SHARE_RELAYS_INTERVAL). */
const SHARE_RELAYS_INTERVAL_MS = 5 * 60_000
/** A refused Alive packet (send window full) is tried again this soon. */
const ALIVE_RETRY_MS = 500

const ALIVE_PACKET = encode(Alive, { id: PacketId.ALIVE })

export class FriendConnections {
  readonly #env: Env
  readonly #owner: FriendConnectionOwner
  /** One per long-term key that somebody above asked for; only the user makes it grow. */
  readonly #connections = new Map<string, FriendConnection>()
  readonly #connected = new Set<FriendConnection>()
  readonly #handlers: (FriendPacketHandler | undefined)[] = new Array(256).fill(undefined)
  readonly #listeners: FriendConnectionListener[] = []
  readonly #aliveDeadline: Deadline

  constructor({ env, onion, dht, sessions, relays = NO_RELAYS }: FriendConnectionsDependencies) {
    this.#env = env
    this.#aliveDeadline = env.deadlines.create('friend alive packets', () => this.#sendAlivePackets())
    const dispatch = (connection: FriendConnection, packet: Uint8Array): void => this.#dispatch(connection, packet)
    this.#owner = {
      env,
      onion,
      dht,
      sessions,
      relays,
      onStatus: (connection, connected) => this.#onStatus(connection, connected),
      onPath: (connection, path) => {
        for (const listener of this.#listeners) listener.onPath?.(connection, path)
      },
      onAcked: (connection, upTo) => {
        for (const listener of this.#listeners) listener.onAcked?.(connection, upTo)
      },
      onWritable: (connection) => {
        for (const listener of this.#listeners) listener.onWritable?.(connection)
      },
      onRelays: (connection, relays) => this.#onRelays(connection, relays),
      onLossless: dispatch,
      onLossy: dispatch,
    }
    this.onPacket(PacketId.ALIVE, (connection) => connection.onAlive())
    this.onPacket(PacketId.SHARE_RELAYS, (connection, packet) => this.#onShareRelays(connection, packet))
    sessions.onIncoming((incoming) => this.#onIncoming(incoming))
  }

  /** Registers the one handler of packet id `id` (16 to 254, lossless and lossy ones alike). */
  onPacket(id: number, handler: FriendPacketHandler): void {
    if (id < LOSSLESS_ID_FIRST || id > LOSSY_ID_LAST) throw new RangeError(`not a packet id inside a session: ${id}`)
    if (this.#handlers[id] !== undefined) throw new Error(`packet id ${id} has a handler already`)
    this.#handlers[id] = handler
  }

  /** Tells `listener` of every connection from now on. */
  listen(listener: FriendConnectionListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Begins to look for `publicKey`, or joins those who do already: each `open` needs a `release`. `lastSeenUnix` in seconds:
   * of many, those seen last are sought first; somebody new counts as seen now.
   */
  open(publicKey: LongTermPublicKey, lastSeenUnix = this.#env.clock.unixSeconds()): FriendConnection {
    const key = bytesKey(publicKey)
    const known = this.#connections.get(key)
    if (known !== undefined) {
      known.references++
      return known
    }
    const connection = new FriendConnection(publicKey.slice() as LongTermPublicKey, this.#owner, lastSeenUnix)
    this.#connections.set(key, connection)
    return connection
  }

  /** The connection of `publicKey`, if anybody asked for one. */
  get(publicKey: LongTermPublicKey): FriendConnection | undefined {
    return this.#connections.get(bytesKey(publicKey))
  }

  /** Gives up a connection; when the last user does, it ends. */
  release(connection: FriendConnection): void {
    if (--connection.references > 0) return
    this.#connections.delete(bytesKey(connection.publicKey))
    this.#connected.delete(connection)
    connection.destroy()
  }

  /** Our address has changed, or we were cut off: who is not connected is tried at once. */
  networkChanged(): void {
    for (const connection of [...this.#connections.values()]) connection.networkChanged()
  }

  /** Seeks the connected friends of whom nothing has come since `sinceMs`. */
  seekSilent(sinceMs: Millis): void {
    for (const connection of this.#silentSince(sinceMs)) connection.onQuiet()
  }

  /** They have given us up long ago: their sessions are begun anew. */
  giveUpSilent(sinceMs: Millis): void {
    for (const connection of this.#silentSince(sinceMs)) connection.giveUp()
  }

  /** We are connected to other relays than before: friends who were not told of any lately are told of these. */
  relaysChanged(): void {
    for (const connection of this.#connected) this.#shareRelays(connection)
  }

  /** Ends all connections, so that friends see us leave at once. */
  close(): void {
    this.#aliveDeadline.clear()
    for (const connection of this.#connections.values()) connection.destroy()
    this.#connections.clear()
    this.#connected.clear()
  }

  #silentSince(sinceMs: Millis): FriendConnection[] {
    return [...this.#connected].filter(({ heardMs = Number.NEGATIVE_INFINITY }) => heardMs <= sinceMs)
  }

  #onIncoming(incoming: IncomingSession): boolean {
    const connection = this.get(incoming.longTermPublicKey)
    if (connection !== undefined) return connection.accept(incoming)
    this.#env.drops.count('friend/session of a stranger')
    return false
  }

  #dispatch(connection: FriendConnection, packet: Uint8Array): void {
    const handler = this.#handlers[packet[0]!]
    if (handler !== undefined) return handler(connection, packet)
    const isLossy = packet[0]! >= LOSSY_ID_FIRST
    this.#env.drops.count(isLossy ? 'friend/unknown lossy packet' : 'friend/unknown lossless packet')
  }

  #onShareRelays(connection: FriendConnection, bytes: Uint8Array): void {
    const packet = decode(ShareRelays, bytes)
    if (packet === undefined) return this.#env.drops.count('friend/share-relays malformed')
    const relays: RelayInfo[] = []
    for (const { address, publicKey } of packet.relays) {
      if (address.protocol === 'tcp') relays.push({ relay: address.endpoint, publicKey })
    }
    if (relays.length > 0) this.#onRelays(connection, relays)
  }

  #shareRelays(connection: FriendConnection): void {
    const now = this.#env.clock.now()
    if (now < connection.shareDueMs) return
    const relays = this.#owner.relays.connected(SHARED_RELAYS_MAX)
    if (relays.length === 0) return
    const packet = encode(ShareRelays, { id: PacketId.SHARE_RELAYS, relays: relays.map(relayNode) })
    if (connection.sendLossless(packet) === undefined) return
    connection.shareDueMs = now + SHARE_RELAYS_INTERVAL_MS
    connection.shareRelays(relays)
  }

  #onRelays(connection: FriendConnection, relays: readonly RelayInfo[]): void {
    connection.learnRelays(relays)
    for (const listener of this.#listeners) listener.onRelays?.(connection, relays)
  }

  #onStatus(connection: FriendConnection, connected: boolean): void {
    if (connected) {
      this.#connected.add(connection)
      connection.aliveDueMs = nextAliveMs(this.#env.clock.now())
      this.#aliveDeadline.setSooner(connection.aliveDueMs)
      connection.shareDueMs = 0
      this.#shareRelays(connection)
    } else {
      this.#connected.delete(connection)
    }
    for (const listener of this.#listeners) listener.onStatus?.(connection, connected)
  }

  #sendAlivePackets(): void {
    const now = this.#env.clock.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const connection of this.#connected) {
      if (connection.aliveDueMs <= now) {
        const isSent = connection.sendLossless(ALIVE_PACKET) !== undefined
        connection.aliveDueMs = isSent ? nextAliveMs(now) : now + ALIVE_RETRY_MS
        this.#shareRelays(connection)
      }
      nextMs = Math.min(nextMs, connection.aliveDueMs)
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#aliveDeadline.set(nextMs)
  }
}

const NO_RELAYS: FriendPool = { connected: () => [], isLocal: false }

/** All friends are pinged in the same turns, at whole multiples of the interval: an idle process wakes once for all. */
function nextAliveMs(nowMs: Millis): Millis {
  return (Math.floor(nowMs / ALIVE_INTERVAL_MS) + 1) * ALIVE_INTERVAL_MS
}
