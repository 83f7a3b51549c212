// A peer without an engine: seals what a test wants to say, opens what it hears.

import type { Endpoint } from '../../src/base/index.js'
import { decode, encode } from '../../src/codec/index.js'
import { type Crypto, type DhtKeyPair, type DhtPublicKey, MAC_BYTES, type Nonce } from '../../src/crypto/index.js'
import { nodesRequest, nodesResponse, pingRequest, pingResponse, sealedPacket } from '../../src/packet/dht/index.js'
import { PacketKind } from '../../src/packet/kinds.js'
import type { NodeInfo } from '../../src/packet/node-info.js'
import type { DhtWorld, Host, Peer } from './support.js'

interface Heard {
  readonly from: Endpoint
  readonly kind: number
  readonly plain: Uint8Array
}

export class RawPeer {
  readonly heard: Heard[] = []
  readonly host: Host
  readonly endpoint: Endpoint
  readonly crypto: Crypto

  constructor(
    world: DhtWorld,
    readonly keyPair: DhtKeyPair = world.keyPair(),
  ) {
    this.crypto = world.crypto
    this.host = world.host()
    this.endpoint = this.host.endpoint
    for (const kind of [0, 1, 2, 4]) {
      this.host.router.on(kind, (from, packet) => this.heard.push({ from, kind, plain: this.open(packet) }))
    }
  }

  /** What was heard of one kind. */
  of(kind: number): Heard[] {
    return this.heard.filter((one) => one.kind === kind)
  }

  seal(to: DhtPublicKey, kind: number, plain: Uint8Array): Uint8Array {
    const nonce = this.host.env.random.bytes(24) as Nonce
    const box = new Uint8Array(plain.length + MAC_BYTES)
    this.crypto.seal(box, plain, nonce, this.crypto.sharedKey(to, this.keyPair.secretKey)!)
    return encode(sealedPacket(kind, 'any', 0, 2048), { kind, sender: this.keyPair.publicKey, nonce, box })
  }

  open(packet: Uint8Array): Uint8Array {
    const { sender, nonce, box } = decode(sealedPacket(packet[0]!, 'any', 0, 2048), packet)!
    const plain = new Uint8Array(box.length - MAC_BYTES)
    const key = this.crypto.sharedKey(sender, this.keyPair.secretKey)!
    if (!this.crypto.open(plain, box, nonce, key)) throw new Error('forged')
    return plain
  }

  send(to: Peer, kind: number, plain: Uint8Array): void {
    this.host.udp.send(to.endpoint, this.seal(to.keyPair.publicKey, kind, plain))
  }

  ping(to: Peer, requestId = 1n): void {
    this.send(to, PacketKind.PING_REQUEST, encode(pingRequest, { kind: 0, requestId }))
  }

  askNodes(to: Peer, sought: DhtPublicKey = this.keyPair.publicKey, requestId = 1n): void {
    this.send(to, PacketKind.NODES_REQUEST, encode(nodesRequest, { sought, requestId }))
  }

  /** Answers the last ping request, if there is one that was not answered yet. */
  answerPing(to: Peer): void {
    const last = this.of(PacketKind.PING_REQUEST).at(-1)!
    const { requestId } = decode(pingRequest, last.plain)!
    this.send(to, PacketKind.PING_RESPONSE, encode(pingResponse, { kind: 1, requestId }))
  }

  /** Answers the last nodes request with these nodes. */
  answerNodes(to: Peer, nodes: readonly NodeInfo[] = []): void {
    const { requestId } = decode(nodesRequest, this.of(PacketKind.NODES_REQUEST).at(-1)!.plain)!
    this.send(to, PacketKind.NODES_RESPONSE, encode(nodesResponse, { nodes, requestId }))
  }
}
