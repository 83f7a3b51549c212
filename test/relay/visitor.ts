// A relay server in virtual time, and visitors who speak the client's half byte by byte: honest ones and others. Nothing of the
// server's own code seals or opens here.

import { Endpoint } from '../../src/base/index.js'
import type { Crypto } from '../../src/crypto/crypto.js'
import { incrementNonce, loadCrypto } from '../../src/crypto/index.js'
import type { DhtKeyPair, Nonce, SharedKey } from '../../src/crypto/keys.js'
import { RelayServer, type RelayServerLimits } from '../../src/relay/index.js'
import type { AcceptedStream, StreamHandler } from '../../src/transport/stream.js'
import { pass, VirtualTime, virtualEnv } from '../support/env.js'

export class RelayWorld {
  readonly time = new VirtualTime()
  readonly env = virtualEnv(this.time)
  readonly keyPair: DhtKeyPair
  readonly server: RelayServer
  readonly atTurnEnd: (() => void)[] = []
  /** What left for the UDP network. */
  readonly onion: { nonce: Nonce; layer: Uint8Array; mark: Uint8Array }[] = []
  readonly forwarded: { to: Endpoint; data: Uint8Array; mark: Uint8Array }[] = []

  private constructor(
    readonly crypto: Crypto,
    limits: RelayServerLimits,
  ) {
    this.keyPair = crypto.keyPair()
    const uplink = {
      onion: (nonce: Nonce, layer: Uint8Array, mark: Uint8Array) => this.onion.push({ nonce, layer, mark }),
      forward: (to: Endpoint, data: Uint8Array, mark: Uint8Array) => this.forwarded.push({ to, data, mark }),
    }
    this.server = new RelayServer({ env: this.env, crypto, keyPair: this.keyPair, uplink, limits })
  }

  static async create(limits: RelayServerLimits = {}): Promise<RelayWorld> {
    return new RelayWorld(await loadCrypto(), limits)
  }

  /** A connection from `ip`; no byte has been sent. */
  visitor(ip = '192.0.2.1'): Visitor {
    return new Visitor(this, ip)
  }

  /** A visitor whose handshake is done and who has sent a first packet. */
  client(ip?: string): Visitor {
    const visitor = this.visitor(ip)
    visitor.shakeHands()
    visitor.send([4, 0, 0, 0, 0, 0, 0, 0, 7])
    visitor.received.length = 0
    return visitor
  }

  run(ms: number): void {
    pass(ms, this)
  }

  /** What the server's streams do when a turn is over. */
  endTurn(): void {
    for (const action of this.atTurnEnd) action()
    this.atTurnEnd.length = 0
  }
}

export class Visitor implements AcceptedStream {
  readonly remote: Endpoint
  /** What the server's writes wait for: bytes that the visitor has not read. */
  queuedBytes = 0
  isReading = true
  isOpen = true
  /** Packets from the server, opened. */
  readonly received: number[][] = []
  readonly keyPair: DhtKeyPair
  readonly handler: StreamHandler | undefined
  readonly #world: RelayWorld
  #inbox = new Uint8Array(0)
  #session: { key: SharedKey; sendNonce: Nonce; receiveNonce: Nonce } | undefined

  constructor(world: RelayWorld, ip: string) {
    this.#world = world
    this.remote = Endpoint.parse(ip, 40_000)!
    this.keyPair = world.crypto.keyPair()
    this.handler = world.server.accept(this)
  }

  get key(): number[] {
    return [...this.keyPair.publicKey]
  }

  write(bytes: Uint8Array): void {
    if (!this.isReading) this.queuedBytes += bytes.length
    this.#inbox = Uint8Array.of(...this.#inbox, ...bytes)
    if (this.#session !== undefined) this.#open()
  }

  atTurnEnd(action: () => void): void {
    this.#world.atTurnEnd.push(action)
  }

  destroy(): void {
    this.isOpen = false
  }

  /** Bytes as they are. */
  sendRaw(bytes: Uint8Array): void {
    this.handler?.onData(bytes)
    this.#world.endTurn()
  }

  /** The 128 bytes of a good handshake, and what is agreed on by it once it is answered. */
  handshake(): { bytes: Uint8Array; finish(): void } {
    const { crypto, keyPair: server } = this.#world
    const session = crypto.keyPair()
    const plain = new Uint8Array(56)
    crypto.randomFill(plain)
    plain.set(session.publicKey)
    const bytes = new Uint8Array(128)
    crypto.randomFill(bytes)
    bytes.set(this.keyPair.publicKey)
    const longKey = crypto.sharedKey(server.publicKey, this.keyPair.secretKey)!
    crypto.seal(bytes.subarray(56), plain, bytes.subarray(32, 56), longKey)
    const finish = (): void => {
      const answer = this.#inbox.subarray(0, 96)
      const theirs = new Uint8Array(56)
      if (!crypto.open(theirs, answer.subarray(24), answer.subarray(0, 24), longKey)) throw new Error('no answer')
      this.#inbox = this.#inbox.slice(96)
      this.#session = {
        key: crypto.sharedKey(theirs.slice(0, 32) as never, session.secretKey)!,
        sendNonce: plain.slice(32) as Nonce,
        receiveNonce: theirs.slice(32) as Nonce,
      }
      this.#open()
    }
    return { bytes, finish }
  }

  shakeHands(): void {
    const { bytes, finish } = this.handshake()
    this.sendRaw(bytes)
    finish()
  }

  /** A packet in its frame. */
  seal(packet: ArrayLike<number>): Uint8Array {
    const { key, sendNonce } = this.#session!
    const frame = new Uint8Array(2 + 16 + packet.length)
    new DataView(frame.buffer).setUint16(0, 16 + packet.length)
    this.#world.crypto.seal(frame.subarray(2), Uint8Array.from(packet), sendNonce, key)
    incrementNonce(sendNonce)
    return frame
  }

  send(packet: ArrayLike<number>): void {
    this.sendRaw(this.seal(packet))
  }

  /** Asks for a route; its id. */
  route(to: Visitor): number {
    this.send([0, ...to.key])
    return this.received.find(([kind]) => kind === 1)![1]!
  }

  /** Takes all packets that came. */
  take(): number[][] {
    this.#world.endTurn()
    return this.received.splice(0)
  }

  #open(): void {
    const { key, receiveNonce } = this.#session!
    while (this.#inbox.length >= 2) {
      const length = (this.#inbox[0]! << 8) | this.#inbox[1]!
      if (this.#inbox.length < 2 + length) return
      const plain = new Uint8Array(length - 16)
      if (!this.#world.crypto.open(plain, this.#inbox.subarray(2, 2 + length), receiveNonce, key)) {
        throw new Error('a packet of the server does not open')
      }
      incrementNonce(receiveNonce)
      this.received.push([...plain])
      this.#inbox = this.#inbox.slice(2 + length)
    }
  }
}
