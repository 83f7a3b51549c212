// Relays through which one friend may be reached, as they told us. Spec: Friend connection, Share Relays.

import { type Endpoint, sameBytes } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { FriendPool, Session } from './slices.js'

/** As c-toxcore (FRIEND_MAX_STORED_TCP_RELAYS): the oldest makes room. */
const RELAYS_MAX = 24

/** Relays of the friend that a session begins with: half of what it may have (c-toxcore: MAX_FRIEND_TCP_CONNECTIONS / 2). */
const RELAYS_AT_FIRST = 3

/** The friend, as far as relays go. */
export interface FriendOfRelays {
  readonly dhtPublicKey: DhtPublicKey | undefined
  /** Where they are. */
  readonly endpoint: Endpoint | undefined
  readonly session: Pick<Session, 'addRelay'> | undefined
}

export class FriendRelays {
  /** The one that was named last at the end. */
  readonly #relays: RelayInfo[] = []
  /** The friend is a relay themselves; their address is not known yet. */
  #hosted: RelayInfo | undefined

  constructor(private readonly pool: FriendPool) {}

  get isEmpty(): boolean {
    return this.#relays.length === 0
  }

  /**
   * The friend named a relay of theirs. One who is a relay names themselves at their own loopback: then it is where they are.
   * Other relays of a LAN count only where we have such: friends shall not have us knock at doors of our own network.
   */
  named(relay: RelayInfo, friend: FriendOfRelays): void {
    if (!relay.relay.isSendable) return
    const isHost = friend.dhtPublicKey !== undefined && sameBytes(relay.publicKey, friend.dhtPublicKey)
    if (relay.relay.isLoopback && isHost) {
      this.#hosted = relay
      return this.foundFriend(friend)
    }
    if (relay.relay.isLan && !this.pool.isLocal && friend.endpoint?.isLan !== true) return
    this.use(relay, friend)
  }

  /** The friend was found: the relay is there, if they are one. */
  foundFriend(friend: FriendOfRelays): void {
    if (this.#hosted === undefined || friend.endpoint === undefined) return
    const { relay, publicKey } = this.#hosted
    this.#hosted = undefined
    this.use({ relay: friend.endpoint.withPort(relay.port), publicKey }, friend)
  }

  /** Remembers a relay for this friend; the session, if there is one, may use it. */
  use(relay: RelayInfo, { session }: FriendOfRelays): void {
    const known = this.#relays.findIndex(({ publicKey }) => sameBytes(publicKey, relay.publicKey))
    if (known >= 0) this.#relays.splice(known, 1)
    else if (this.#relays.length >= RELAYS_MAX) this.#relays.shift()
    this.#relays.push(relay)
    session?.addRelay(relay)
  }

  /** A session begins: it may use those that were named last. */
  begin(session: Pick<Session, 'addRelay'>): void {
    for (const relay of this.#relays.slice(-RELAYS_AT_FIRST).reverse()) session.addRelay(relay)
  }
}
