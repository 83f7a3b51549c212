// A client of our TCP relay server, from the first byte to the last. It is nobody until its handshake has come whole, and is
// believed to be who it says only when its first packet has opened.

import { concatBytes, type Endpoint, type Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, DhtPublicKey } from '../crypto/keys.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'
import { acceptHandshake, CLIENT_HANDSHAKE_BYTES } from './handshake.js'
import { Routes } from './routes.js'
import { type RelayMeter, SecureStream } from './secure-stream.js'

/** What a client asks of the server that holds it. */
export interface RelayClientOwner {
  readonly crypto: Crypto
  readonly keyPair: DhtKeyPair
  /** Counts the packets of one that comes now. */
  meter(): RelayMeter | undefined
  /** Packets that may wait for one client, in bytes: beyond it data is left out. */
  queueMaxBytes(): number
  /** Whether a handshake from there may cost us its 100 µs. */
  mayGreet(remote: Endpoint): boolean
  /** The client has shown that it is `client.publicKey`. */
  onConfirmed(client: RelayClient): void
  /** One packet, not empty; false when the client must go. */
  onPacket(client: RelayClient, packet: Uint8Array): boolean
  /** The client does not read what it must get: to be closed, but not within this call. */
  onStuck(client: RelayClient): void
  /** The connection is over. Called once. */
  onGone(client: RelayClient): void
}

/** Answers to the client itself (routes, pings) may fill so many queues on top, then the client reads too slowly to be kept. */
const CONTROL_QUEUES = 2

export class RelayClient implements StreamHandler {
  readonly routes = new Routes()
  /** When it came, later when its last ping left. */
  sinceMs: Millis = 0
  /** Of the ping that it has not answered yet. */
  pingId: bigint | undefined
  readonly #owner: RelayClientOwner
  readonly #stream: AcceptedStream
  #publicKey: DhtPublicKey | undefined
  #secure: SecureStream | undefined
  #greeting: Uint8Array = NOTHING
  #isConfirmed = false
  #isGone = false

  constructor(
    owner: RelayClientOwner,
    stream: AcceptedStream,
    /** Names it in return addresses; never used twice. */
    readonly number: bigint,
  ) {
    this.#owner = owner
    this.#stream = stream
  }

  get remote(): Endpoint {
    return this.#stream.remote
  }

  /** Only of a client that has been confirmed. */
  get publicKey(): DhtPublicKey {
    return this.#publicKey!
  }

  onData(bytes: Uint8Array): void {
    const left = this.#secure === undefined ? this.#greet(bytes) : bytes
    if (left === undefined || left.length === 0) return
    const isGood = this.#secure!.receive(left, (packet) => !this.#isGone && this.#receive(packet))
    if (!isGood) this.close()
  }

  onClosed(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#secure?.wipe()
    this.#owner.onGone(this)
  }

  /** Ends the connection. */
  close(): void {
    this.#stream.destroy()
    this.onClosed()
  }

  /** Sends what the client must get: one that leaves too much of it waiting is closed. */
  control(packet: Uint8Array): void {
    if (this.#isGone) return
    if (this.#secure!.queuedBytes > CONTROL_QUEUES * this.#owner.queueMaxBytes()) this.#owner.onStuck(this)
    else this.#secure!.send(packet)
  }

  /** Sends what may get lost, as on any network; false when too much waits already. */
  data(packet: Uint8Array): boolean {
    if (this.#isGone || this.#secure!.queuedBytes > this.#owner.queueMaxBytes()) return false
    this.#secure!.send(packet)
    return true
  }

  /** Collects the handshake and answers it; what came behind it, undefined while it is not whole or when it was bad. */
  #greet(bytes: Uint8Array): Uint8Array | undefined {
    const missing = CLIENT_HANDSHAKE_BYTES - this.#greeting.length
    const greeting = concatBytes(this.#greeting, bytes.subarray(0, missing))
    this.#greeting = greeting
    if (greeting.length < CLIENT_HANDSHAKE_BYTES) return undefined
    const { crypto, keyPair } = this.#owner
    const accepted = this.#owner.mayGreet(this.remote) ? acceptHandshake(crypto, keyPair, greeting) : undefined
    if (accepted === undefined) {
      this.close()
      return undefined
    }
    this.#greeting = NOTHING
    this.#publicKey = accepted.publicKey
    this.#secure = new SecureStream(crypto, this.#stream, accepted.keys, this.#owner.meter())
    this.#stream.write(accepted.answer)
    return bytes.subarray(missing)
  }

  #receive(packet: Uint8Array): boolean {
    if (!this.#isConfirmed) {
      this.#isConfirmed = true
      this.#owner.onConfirmed(this)
    }
    return this.#owner.onPacket(this, packet)
  }
}

const NOTHING = new Uint8Array(0)
