// One path of three hops: its keys are made once, so that a packet costs three seals and no multiplication. Spec: Onion.

import type { Env, Millis } from '../base/index.js'
import { encode, encodeInto } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import {
  type DhtPublicKey,
  type EphemeralPublicKey,
  type EphemeralSecretKey,
  MAC_BYTES,
  NONCE_BYTES,
  type Nonce,
  type SharedKey,
} from '../crypto/keys.js'
import { PacketKind } from '../packet/kinds.js'
import type { NodeInfo } from '../packet/node-info.js'
import { ExitLayer, FORWARD_HEAD_BYTES, Layer1, Layer2, OnionInitial } from '../packet/onion/index.js'
import type { UdpSender } from '../transport/udp.js'
import type { FirstHop } from './slice.js'

/** Hop 1 over UDP: its layer is sealed with our DHT key. */
export class UdpFirstHop implements FirstHop {
  readonly key: string

  /** `sharedKey` is owned from here on and wiped with the path. */
  constructor(
    private readonly crypto: Crypto,
    private readonly udp: UdpSender,
    private readonly ownKey: DhtPublicKey,
    private readonly node: NodeInfo,
    private readonly sharedKey: SharedKey,
  ) {
    this.key = node.endpoint.key
  }

  send(nonce: Nonce, layer: Uint8Array): void {
    const size = FORWARD_HEAD_BYTES + layer.length + MAC_BYTES
    const sealed = new Uint8Array(layer.length + MAC_BYTES)
    this.crypto.seal(sealed, layer, nonce, this.sharedKey)
    const packet = { kind: PacketKind.ONION_INITIAL, nonce, publicKey: this.ownKey, sealed } as const
    encodeInto(OnionInitial, packet, this.udp.reserve(this.node.endpoint, size))
  }

  wipe(): void {
    this.crypto.wipe(this.sharedKey)
  }
}

/** A hop that a path seals a layer for with an ephemeral key of its own. */
interface Hop {
  readonly node: NodeInfo
  readonly publicKey: EphemeralPublicKey
  readonly sharedKey: SharedKey
}

/** Three hops and what is known about how they do. */
export class OnionPath {
  answeredMs: Millis | undefined
  usedMs: Millis
  /** Uses since the last answer; a new path starts half used. */
  unanswered: number
  /** The first use since the last answer, and how many there were. */
  waitingSinceMs: Millis | undefined
  waitingUses = 0

  private constructor(
    private readonly env: Env,
    private readonly crypto: Crypto,
    /** Names the path in what waits for an answer. Never used twice. */
    readonly id: number,
    private readonly first: FirstHop | UdpFirstHop,
    readonly nodes: readonly NodeInfo[],
    private readonly second: Hop,
    private readonly exit: Hop,
    readonly createdMs: Millis,
  ) {
    this.usedMs = createdMs
    this.unanswered = 0
  }

  /** A path by `first` to hop 2 and the exit; `undefined` when one of them has an impossible key. */
  static create(
    env: Env,
    crypto: Crypto,
    id: number,
    first: FirstHop | UdpFirstHop,
    nodes: readonly NodeInfo[],
    second: NodeInfo,
    exit: NodeInfo,
  ): OnionPath | undefined {
    const hop2 = makeHop(crypto, second)
    const hop3 = makeHop(crypto, exit)
    if (hop2 === undefined || hop3 === undefined) return undefined
    return new OnionPath(env, crypto, id, first, nodes, hop2, hop3, env.clock.now())
  }

  /** Whether it goes through few nodes because few were known. */
  get isPoor(): boolean {
    return new Set(this.nodes.map(({ endpoint }) => endpoint.key)).size < this.nodes.length
  }

  /** Equal for paths through the same hops in the same order. */
  get key(): string {
    return `${this.first.key} ${this.second.node.endpoint.key} ${this.exit.node.endpoint.key}`
  }

  /** Sends `data` (at most 1,174 bytes) to `to` as if from the exit. */
  send(to: NodeInfo['endpoint'], data: Uint8Array): void {
    const nonce = this.env.random.bytes(NONCE_BYTES) as Nonce
    const sealed3 = this.#seal(encode(ExitLayer, { to, data }), nonce, this.exit.sharedKey)
    const layer2 = encode(Layer2, { to: this.exit.node.endpoint, publicKey: this.exit.publicKey, sealed: sealed3 })
    const sealed2 = this.#seal(layer2, nonce, this.second.sharedKey)
    const layer1 = encode(Layer1, { to: this.second.node.endpoint, publicKey: this.second.publicKey, sealed: sealed2 })
    this.first.send(nonce, layer1)
  }

  wipe(): void {
    if (this.first instanceof UdpFirstHop) this.first.wipe()
    this.crypto.wipe(this.second.sharedKey)
    this.crypto.wipe(this.exit.sharedKey)
  }

  #seal(plain: Uint8Array, nonce: Nonce, key: SharedKey): Uint8Array {
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    this.crypto.seal(sealed, plain, nonce, key)
    return sealed
  }
}

function makeHop(crypto: Crypto, node: NodeInfo): Hop | undefined {
  const { publicKey, secretKey } = crypto.keyPair<EphemeralPublicKey, EphemeralSecretKey>()
  const sharedKey = crypto.sharedKey(node.publicKey, secretKey)
  crypto.wipe(secretKey)
  return sharedKey && { node, publicKey, sharedKey }
}
