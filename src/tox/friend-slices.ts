// Fits onion client and DHT to what friend connections ask for.

import { bytesKey } from '../base/index.js'
import type { Dht } from '../dht/index.js'
import type { FriendDht, FriendOnion, FriendPool, OnionFriendHandlers } from '../friend/index.js'
import type { OnionClient } from '../onion/index.js'
import type { RelayPool } from '../relay/index.js'

/** The onion client as friend connections see it: one set of handlers per friend instead of one event for all. */
export function friendOnion(onion: OnionClient): FriendOnion {
  const handlersOf = new Map<string, OnionFriendHandlers>()
  onion.events.on('friend-dht-key', ({ publicKey }, { dhtPublicKey, nodes, relays }) => {
    handlersOf.get(bytesKey(publicKey))?.onDhtKey(dhtPublicKey, nodes, relays)
  })
  return {
    addFriend(publicKey, handlers, lastSeenUnix) {
      const friend = onion.addFriend(publicKey, lastSeenUnix)
      handlersOf.set(bytesKey(publicKey), handlers)
      return {
        setOnline: (online) => friend.setOnline(online),
        setDhtKey: (dhtPublicKey) => friend.setDhtPublicKey(dhtPublicKey),
        tell: () => onion.tellDhtKey(friend),
        remove() {
          handlersOf.delete(bytesKey(publicKey))
          friend.remove()
        },
      }
    },
    // The same handle as before, when the friend is sought already; asking for it again seeks nobody new.
    sendData: (publicKey, plain) =>
      handlersOf.has(bytesKey(publicKey)) ? onion.sendData(onion.addFriend(publicKey), plain) : 0,
    onData: (kind, handler) => onion.onData(kind, handler),
  }
}

/** The relays as friend connections see them. */
export function friendPool(pool: RelayPool): FriendPool {
  return {
    connected: (count) => pool.connected(count),
    get isLocal() {
      return pool.list.some(({ target }) => 'isLan' in target && target.isLan)
    },
  }
}

/** The DHT as friend connections see it: an address that is known already is reported as well. */
export function friendDht(dht: Dht): FriendDht {
  return {
    search(dhtPublicKey, onEndpoint) {
      const search = dht.search(dhtPublicKey, onEndpoint)
      const known = search.endpoints[0]
      if (known !== undefined) onEndpoint(known)
      return search
    },
    addCandidate: (node) => dht.addCandidate(node),
  }
}
