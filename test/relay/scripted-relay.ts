// One connection of ours to a relay that says what the test tells it to. The relay's half is spoken byte by byte here: nothing of
// our own server, sealing or framing takes part.

import type { Env } from '../../src/base/index.js'
import type { Crypto } from '../../src/crypto/crypto.js'
import { incrementNonce, loadCrypto } from '../../src/crypto/index.js'
import type { DhtKeyPair, DhtPublicKey, Nonce, SharedKey } from '../../src/crypto/keys.js'
import { RelayConnection, type RelayFailure } from '../../src/relay/index.js'
import type { ByteStream } from '../../src/transport/stream.js'
import { pass, VirtualTime, virtualEnv } from '../support/env.js'

export class ScriptedRelay implements ByteStream {
  readonly remote = undefined
  readonly time = new VirtualTime()
  readonly env: Env
  readonly relayKeys: DhtKeyPair
  readonly clientKeys: DhtKeyPair
  readonly connection: RelayConnection
  /** What the client's writes wait for. */
  queuedBytes = 0
  /** Calls of `write` since `take` was called last. */
  writes = 0
  isOpen = true
  // What the connection told.
  isReady = false
  readonly failures: RelayFailure[] = []
  readonly pongs: number[] = []
  readonly oob: { sender: DhtPublicKey; packet: number[] }[] = []
  readonly onion: number[][] = []
  readonly forwarding: number[][] = []
  drained = 0
  readonly #crypto: Crypto
  readonly #atTurnEnd: (() => void)[] = []
  readonly #received: number[][] = []
  #inbox = new Uint8Array(0)
  #session: { key: SharedKey; sendNonce: Nonce; receiveNonce: Nonce } | undefined

  private constructor(crypto: Crypto) {
    this.#crypto = crypto
    this.env = virtualEnv(this.time)
    this.relayKeys = crypto.keyPair()
    this.clientKeys = crypto.keyPair()
    const parts = {
      env: this.env,
      crypto,
      keyPair: this.clientKeys,
      relay: this.relayKeys.publicKey,
      onReady: () => {
        this.isReady = true
      },
      onPong: (rttMs: number) => this.pongs.push(rttMs),
      onOob: (sender: DhtPublicKey, packet: Uint8Array) => this.oob.push({ sender, packet: [...packet] }),
      onOnionResponse: (packet: Uint8Array) => this.onion.push([...packet]),
      onForwarding: (packet: Uint8Array) => this.forwarding.push([...packet]),
      onDrained: () => this.drained++,
      onClosed: (failure: RelayFailure) => this.failures.push(failure),
    }
    this.connection = new RelayConnection(parts, this)
  }

  static async create(): Promise<ScriptedRelay> {
    return new ScriptedRelay(await loadCrypto())
  }

  /** A connection whose handshake is done and whose first ping was answered. */
  static async ready(): Promise<ScriptedRelay> {
    const relay = await ScriptedRelay.create()
    relay.sendRaw(relay.answer())
    const [ping] = relay.take()
    relay.send([5, ...ping!.slice(1)])
    return relay
  }

  write(bytes: Uint8Array): void {
    this.writes++
    this.#inbox = Uint8Array.of(...this.#inbox, ...bytes)
  }

  atTurnEnd(action: () => void): void {
    this.#atTurnEnd.push(action)
  }

  destroy(): void {
    this.isOpen = false
  }

  /** The relay's 96 bytes, which answer the client's 128. */
  answer(): Uint8Array {
    const crypto = this.#crypto
    const hello = this.#inbox.slice(0, 128)
    this.#inbox = this.#inbox.slice(128)
    const longKey = crypto.sharedKey(this.clientKeys.publicKey, this.relayKeys.secretKey)!
    const theirs = new Uint8Array(56)
    if (!crypto.open(theirs, hello.subarray(56), hello.subarray(32, 56), longKey)) throw new Error('no hello')
    const session = crypto.keyPair()
    const plain = new Uint8Array(56)
    crypto.randomFill(plain)
    plain.set(session.publicKey)
    const answer = new Uint8Array(96)
    crypto.randomFill(answer)
    crypto.seal(answer.subarray(24), plain, answer.subarray(0, 24), longKey)
    this.#session = {
      key: crypto.sharedKey(theirs.slice(0, 32) as never, session.secretKey)!,
      sendNonce: plain.slice(32) as Nonce,
      receiveNonce: theirs.slice(32) as Nonce,
    }
    return answer
  }

  sendRaw(bytes: Uint8Array): void {
    if (this.isOpen) this.connection.onData(bytes)
    this.endTurn()
  }

  /** A packet in its frame. */
  seal(packet: ArrayLike<number>): Uint8Array {
    const { key, sendNonce } = this.#session!
    const frame = new Uint8Array(2 + 16 + packet.length)
    new DataView(frame.buffer).setUint16(0, 16 + packet.length)
    this.#crypto.seal(frame.subarray(2), Uint8Array.from(packet), sendNonce, key)
    incrementNonce(sendNonce)
    return frame
  }

  send(packet: ArrayLike<number>): void {
    this.sendRaw(this.seal(packet))
  }

  endTurn(): void {
    for (const action of this.#atTurnEnd.splice(0)) action()
  }

  /** Takes the packets that the client has sent. */
  take(): number[][] {
    this.endTurn()
    this.writes = 0
    const { key, receiveNonce } = this.#session!
    while (this.#inbox.length >= 2) {
      const length = (this.#inbox[0]! << 8) | this.#inbox[1]!
      const plain = new Uint8Array(length - 16)
      if (!this.#crypto.open(plain, this.#inbox.subarray(2, 2 + length), receiveNonce, key)) {
        throw new Error('a packet of the client does not open')
      }
      incrementNonce(receiveNonce)
      this.#received.push([...plain])
      this.#inbox = this.#inbox.slice(2 + length)
    }
    return this.#received.splice(0)
  }

  run(ms: number): void {
    pass(ms, this)
  }
}

/** Whoever uses a route. */
export class RouteListener {
  readonly states: string[] = []
  readonly data: number[][] = []

  onRouteState({ state }: { readonly state: string }): void {
    this.states.push(state)
  }

  onRouteData(packet: Uint8Array): void {
    this.data.push([...packet])
  }
}
