// Tells friends our DHT key and learns theirs: by onion data, and through the DHT once their DHT key is known. Spec: Onion,
// DHT public key packet. Only a friend's long-term key makes a packet that counts, and each must carry a greater number than
// the one before, so that a recorded one does not bring an old key back.

import { type Env, type Millis, sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type DhtPublicKey,
  type LongTermKeyPair,
  type LongTermPublicKey,
  MAC_BYTES,
  NONCE_BYTES,
  type Nonce,
} from '../crypto/keys.js'
import { type NodeInfo, type RelayInfo, relayNode } from '../packet/node-info.js'
import {
  DHT_PUBLIC_KEY_KIND,
  DHT_PUBLIC_KEY_NODES_MAX,
  DhtPublicKeyPacket,
  DhtPublicKeyRequest,
} from '../packet/onion/index.js'
import type { DataChannel } from './data-channel.js'
import type { Friend } from './friend.js'
import type { StoringNode } from './friend-search.js'
import type { OnionDht, RelayHops } from './slice.js'
import { COALESCE_MS } from './timing.js'

/** What a friend told. */
export interface LearnedDhtKey {
  readonly dhtPublicKey: DhtPublicKey
  /** Whether it differs from the key known before: the friend is new, or has started anew. */
  readonly isNew: boolean
  /** Nodes near the friend, and relays that it is connected to. */
  readonly nodes: readonly NodeInfo[]
  readonly relays: readonly RelayInfo[]
}

export interface DhtKeyExchangeParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly dht: OnionDht
  readonly keyPair: LongTermKeyPair
  readonly data: DataChannel
  readonly relays?: RelayHops | undefined
  friendOf(publicKey: LongTermPublicKey): Friend | undefined
  onLearned(friend: Friend, learned: LearnedDhtKey): void
}

export class DhtKeyExchange {
  readonly #parts: DhtKeyExchangeParts

  constructor(parts: DhtKeyExchangeParts) {
    this.#parts = parts
    parts.data.on(DHT_PUBLIC_KEY_KIND, (sender, plain) => this.#receive(sender, plain, undefined))
    parts.dht.onDhtRequest(DHT_PUBLIC_KEY_KIND, (sender, plain) => this.#receiveRequest(sender, plain))
  }

  /**
   * Tells an offline friend what is due; `maySend` is asked before each sending. Returns when to come again: `Infinity`
   * while there is no way to the friend.
   */
  tick(friend: Friend, maySend: () => boolean): Millis {
    const soon = this.#parts.env.clock.now() + COALESCE_MS
    let next = Number.POSITIVE_INFINITY
    if (friend.dhtPublicKey !== undefined) {
      if (friend.toldByDht.dueMs <= soon && maySend()) this.tellByDht(friend)
      next = friend.toldByDht.dueMs
    }
    const { storing } = friend.search
    if (storing.length === 0) return next
    if (friend.toldByOnion.dueMs <= soon && maySend()) this.#tellByOnion(friend, storing)
    return Math.min(next, friend.toldByOnion.dueMs)
  }

  /** A node was found that stores the friend: our key goes there at once. */
  tellThrough(friend: Friend, found: StoringNode): void {
    const { storing } = friend.search
    if (storing.length > 0) this.#tellByOnion(friend, friend.toldByOnion.times === 0 ? storing : [found])
  }

  /** Tells the friend through the DHT. */
  tellByDht(friend: Friend): void {
    const { env, crypto, dht, keyPair } = this.#parts
    const { dhtPublicKey, sharedKey } = friend
    if (dhtPublicKey === undefined || sharedKey === undefined) return
    const plain = this.#packet()
    const nonce = env.random.bytes(NONCE_BYTES) as Nonce
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    crypto.seal(sealed, plain, nonce, sharedKey)
    const request = encode(DhtPublicKeyRequest, { sender: keyPair.publicKey, nonce, sealed })
    const ways = dht.sendDhtRequest(dhtPublicKey, DHT_PUBLIC_KEY_KIND, request)
    friend.toldByDht.at(env.clock.now(), ways > 0)
  }

  #tellByOnion(friend: Friend, through: readonly StoringNode[]): void {
    const { sharedKey } = friend
    if (sharedKey === undefined) return
    const ways = this.#parts.data.send(friend.publicKey, sharedKey, through, this.#packet())
    friend.toldByOnion.at(this.#parts.env.clock.now(), ways > 0)
  }

  #packet(): Uint8Array {
    const { env, dht, relays } = this.#parts
    const ours = relays?.connected(DHT_PUBLIC_KEY_NODES_MAX / 2) ?? []
    const { publicKey } = dht.keyPair
    const near = dht.closest(publicKey, DHT_PUBLIC_KEY_NODES_MAX - ours.length, { lan: true })
    return encode(DhtPublicKeyPacket, {
      kind: DHT_PUBLIC_KEY_KIND,
      noReplay: BigInt(env.clock.unixSeconds()),
      dhtPublicKey: publicKey,
      nodes: [
        ...ours.map(relayNode),
        ...near.map((node) => ({
          address: { protocol: 'udp' as const, endpoint: node.endpoint },
          publicKey: node.publicKey,
        })),
      ],
    })
  }

  #receiveRequest(sender: DhtPublicKey, content: Uint8Array): void {
    const request = decode(DhtPublicKeyRequest, content)
    if (request === undefined) return this.#drop('dht-public-key request malformed')
    const key = this.#parts.friendOf(request.sender)?.sharedKey
    if (key === undefined) return this.#drop('dht-public-key of a stranger')
    const plain = new Uint8Array(request.sealed.length - MAC_BYTES)
    if (!this.#parts.crypto.open(plain, request.sealed, request.nonce, key)) {
      return this.#drop('dht-public-key does not open')
    }
    this.#receive(request.sender, plain, sender)
  }

  #receive(from: LongTermPublicKey, plain: Uint8Array, dhtSender: DhtPublicKey | undefined): void {
    const friend = this.#parts.friendOf(from)
    if (friend === undefined) return this.#drop('dht-public-key of a stranger')
    const packet = decode(DhtPublicKeyPacket, plain)
    if (packet === undefined) return this.#drop('dht-public-key malformed')
    const { dhtPublicKey, noReplay } = packet
    if (dhtSender !== undefined && !sameBytes(dhtSender, dhtPublicKey)) {
      return this.#drop('dht-public-key by another node')
    }
    if (noReplay <= friend.noReplay) return this.#drop('dht-public-key again')
    friend.noReplay = noReplay
    this.#learn(friend, packet)
  }

  #learn(friend: Friend, { dhtPublicKey, nodes }: DhtPublicKeyPacket): void {
    const isNew = friend.dhtPublicKey === undefined || !sameBytes(friend.dhtPublicKey, dhtPublicKey)
    friend.setDhtPublicKey(dhtPublicKey)
    const udpNodes: NodeInfo[] = []
    const relays: RelayInfo[] = []
    for (const { address, publicKey } of nodes) {
      if (!address.endpoint.isSendable) continue
      if (address.protocol === 'udp') udpNodes.push({ endpoint: address.endpoint, publicKey })
      else relays.push({ relay: address.endpoint, publicKey })
    }
    this.#parts.onLearned(friend, { dhtPublicKey, isNew, nodes: udpNodes, relays })
    // The friend may not have our key yet: this way is the shortest.
    if (!isNew || friend.isOnline || friend.isRemoved) return
    friend.toldByDht.reset()
    this.tellByDht(friend)
  }

  #drop(why: string): void {
    this.#parts.env.drops.count(`onion/${why}`)
  }
}
