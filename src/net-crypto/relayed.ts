// Who uses the relays of which peer. A DHT key has one entry in the pool of relays, but friends choose their DHT keys: one who
// claims another's key gets no packet of theirs opened, and must not take their relays away either. So connections to one
// key share its entry, and each packet is offered to all of them.

import { bytesKey } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/index.js'
import type { OobRelay, RelayedPeer, RelayedPeerHandlers } from '../relay/index.js'

/** What net-crypto needs of the pool of relays. */
export interface RelayPaths {
  peer(dhtPublicKey: DhtPublicKey, handlers: RelayedPeerHandlers): RelayedPeer
}

/** The relays of one peer as one connection sees them. */
export type RelayedPath = Pick<
  RelayedPeer,
  'reserve' | 'sendOob' | 'addRelay' | 'setDirect' | 'suspect' | 'relayCount' | 'relays' | 'best' | 'close'
> & { addOobRelay(relay: OobRelay): void }

interface Shared {
  readonly peer: RelayedPeer
  readonly users: User[]
}

interface User {
  readonly handlers: RelayedPeerHandlers
  isDirect: boolean
}

export class RelayedPeers {
  readonly #paths: RelayPaths
  /** At most one per connection. */
  readonly #byKey = new Map<string, Shared>()

  constructor(paths: RelayPaths) {
    this.#paths = paths
  }

  /** The relays of `dhtPublicKey`, for one connection more. */
  open(dhtPublicKey: DhtPublicKey, handlers: RelayedPeerHandlers): RelayedPath {
    const key = bytesKey(dhtPublicKey)
    const user: User = { handlers, isDirect: false }
    const known = this.#byKey.get(key)
    if (known !== undefined) known.users.push(user)
    const shared = known ?? this.#begin(dhtPublicKey, key, user)
    const { peer } = shared
    return {
      reserve: (size) => peer.reserve(size),
      sendOob: (packet) => peer.sendOob(packet),
      addRelay: (relay) => peer.addRelay(relay),
      addOobRelay: (relay) => void peer.addOobRelay(relay),
      suspect: () => peer.suspect(),
      setDirect(isDirect) {
        user.isDirect = isDirect
        peer.setDirect(shared.users.every((one) => one.isDirect))
      },
      get relayCount() {
        return peer.relayCount
      },
      get relays() {
        return peer.relays
      },
      get best() {
        return peer.best
      },
      close: () => this.#leave(key, shared, user),
    }
  }

  #begin(dhtPublicKey: DhtPublicKey, key: string, first: User): Shared {
    const users = [first]
    const each = (tell: (handlers: RelayedPeerHandlers) => void): void => {
      for (const { handlers } of [...users]) tell(handlers)
    }
    const peer = this.#paths.peer(dhtPublicKey, {
      onData: (packet) => each((handlers) => handlers.onData(packet)),
      onChange: () => each((handlers) => handlers.onChange()),
      onWritable: () => each((handlers) => handlers.onWritable?.()),
    })
    const shared = { peer, users }
    this.#byKey.set(key, shared)
    return shared
  }

  #leave(key: string, { peer, users }: Shared, user: User): void {
    const at = users.indexOf(user)
    if (at < 0) return
    users.splice(at, 1)
    if (users.length > 0) return
    this.#byKey.delete(key)
    peer.close()
  }
}
