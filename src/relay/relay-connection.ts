// Our connection to somebody's TCP relay: the handshake shows that it owns its key, pings that it is alive. Spec: TCP client.

import { concatBytes, type Random } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtKeyPair, DhtPublicKey } from '../crypto/keys.js'
import { RelayPacketKind, RelayPing, RelayPong } from '../packet/relay/index.js'
import type { ByteStream, StreamHandler } from '../transport/stream.js'
import { type BegunHandshake, beginHandshake, SERVER_HANDSHAKE_BYTES } from './handshake.js'
import { freshPingId } from './ping-id.js'
import { SecureStream } from './secure-stream.js'

export interface RelayConnectionParts {
  readonly crypto: Crypto
  readonly random: Random
  readonly keyPair: DhtKeyPair
  /** The relay's key. */
  readonly relay: DhtPublicKey
  /** The first pong came: the relay is who it should be, and alive. */
  onAlive(): void
  /** The connection ended, from the other side or because what it said made no sense. */
  onClosed(): void
}

export class RelayConnection implements StreamHandler {
  readonly #parts: RelayConnectionParts
  readonly #stream: ByteStream
  #handshake: BegunHandshake | undefined
  #secure: SecureStream | undefined
  #answer: Uint8Array = new Uint8Array(0)
  #pingId = 0n
  #isAlive = false
  #isClosed = false

  /** Greets the relay at the other end of `stream`. */
  constructor(parts: RelayConnectionParts, stream: ByteStream) {
    this.#parts = parts
    this.#stream = stream
    this.#handshake = beginHandshake(parts.crypto, parts.keyPair, parts.relay)
    if (this.#handshake === undefined) this.close()
    else stream.write(this.#handshake.packet)
  }

  onData(bytes: Uint8Array): void {
    const left = this.#secure === undefined ? this.#greet(bytes) : bytes
    if (left === undefined || left.length === 0 || this.#isClosed) return
    if (!this.#secure!.receive(left, (packet) => !this.#isClosed && this.#receive(packet))) this.close()
  }

  onClosed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#handshake?.wipe()
    this.#secure?.wipe()
    this.#parts.onClosed()
  }

  /** Ends the connection. */
  close(): void {
    this.#stream.destroy()
    this.onClosed()
  }

  /** Collects the relay's answer; what came behind it, undefined while it is not whole or when it was bad. */
  #greet(bytes: Uint8Array): Uint8Array | undefined {
    const missing = SERVER_HANDSHAKE_BYTES - this.#answer.length
    const answer = concatBytes(this.#answer, bytes.subarray(0, missing))
    this.#answer = answer
    if (answer.length < SERVER_HANDSHAKE_BYTES) return undefined
    const keys = this.#handshake!.finish(answer)
    this.#handshake = undefined
    if (keys === undefined) {
      this.close()
      return undefined
    }
    this.#secure = new SecureStream(this.#parts.crypto, this.#stream, keys)
    this.#pingId = freshPingId(this.#parts.random)
    this.#secure.send(encode(RelayPing, { kind: RelayPacketKind.PING, id: this.#pingId }))
    return bytes.subarray(missing)
  }

  /** False when the relay says what no relay says. */
  #receive(packet: Uint8Array): boolean {
    if (packet[0] === RelayPacketKind.PING) {
      const ping = decode(RelayPing, packet)
      if (ping === undefined || ping.id === 0n) return false
      this.#secure!.send(encode(RelayPong, { kind: RelayPacketKind.PONG, id: ping.id }))
      return true
    }
    if (packet[0] !== RelayPacketKind.PONG) return true
    const pong = decode(RelayPong, packet)
    if (pong?.id === this.#pingId && !this.#isAlive) {
      this.#isAlive = true
      this.#parts.onAlive()
    }
    return pong !== undefined
  }
}
