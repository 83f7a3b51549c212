// The encrypted stream between a TCP relay and its client, after the handshake. Spec: TCP server, encrypted payload packets.
// Each packet has the next nonce of its direction, so one that is forged, repeated or left out does not open, and the stream ends.

import type { Crypto } from '../crypto/crypto.js'
import { MAC_BYTES, type Nonce, type SharedKey } from '../crypto/keys.js'
import { incrementNonce } from '../crypto/nonce.js'
import { RELAY_FRAME_MAX_BYTES } from '../packet/relay/index.js'
import { FrameReader, newFrame } from '../transport/frames.js'
import type { ByteStream } from '../transport/stream.js'

/** What both sides agreed on. The nonces are the stream's own from then on. */
export interface StreamKeys {
  readonly key: SharedKey
  readonly sendNonce: Nonce
  readonly receiveNonce: Nonce
}

export class SecureStream {
  readonly #crypto: Crypto
  readonly #stream: ByteStream
  readonly #keys: StreamKeys
  readonly #frames = new FrameReader(MAC_BYTES + 1, RELAY_FRAME_MAX_BYTES)

  constructor(crypto: Crypto, stream: ByteStream, keys: StreamKeys) {
    this.#crypto = crypto
    this.#stream = stream
    this.#keys = keys
  }

  /** Packets that the system has not taken yet, in bytes on the wire. */
  get queuedBytes(): number {
    return this.#stream.queuedBytes
  }

  /** Seals and sends a packet of 1 to 2,032 bytes. */
  send(packet: Uint8Array): void {
    const frame = newFrame(packet.length + MAC_BYTES)
    this.#crypto.seal(frame.subarray(2), packet, this.#keys.sendNonce, this.#keys.key)
    incrementNonce(this.#keys.sendNonce)
    this.#stream.write(frame)
  }

  /** Opens what arrived and hands each packet to `onPacket`, until that says false; false when the stream must end. */
  receive(bytes: Uint8Array, onPacket: (packet: Uint8Array) => boolean): boolean {
    return this.#frames.read(bytes, (sealed) => {
      const packet = new Uint8Array(sealed.length - MAC_BYTES)
      if (!this.#crypto.open(packet, sealed, this.#keys.receiveNonce, this.#keys.key)) return false
      incrementNonce(this.#keys.receiveNonce)
      return onPacket(packet)
    })
  }

  /** Overwrites the key. */
  wipe(): void {
    this.#crypto.wipe(this.#keys.key)
  }
}
