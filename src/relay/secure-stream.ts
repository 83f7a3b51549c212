// The encrypted stream between a TCP relay and its client, after the handshake. Spec: TCP server, encrypted payload packets.
// Each packet has the next nonce of its direction, so one that is forged, repeated or left out does not open, and the stream ends.
// What one turn sends is sealed into one buffer and written once.

import type { Crypto } from '../crypto/crypto.js'
import { MAC_BYTES, type Nonce, type SharedKey } from '../crypto/keys.js'
import { incrementNonce } from '../crypto/nonce.js'
import { RELAY_FRAME_MAX_BYTES, RELAY_PACKET_MAX_BYTES } from '../packet/relay/index.js'
import { FrameReader, LENGTH_BYTES, writeFrameLength } from '../transport/frames.js'
import type { ByteStream } from '../transport/stream.js'

/** What both sides agreed on. The nonces are the stream's own from then on. */
export interface StreamKeys {
  readonly key: SharedKey
  readonly sendNonce: Nonce
  readonly receiveNonce: Nonce
}

/** Counts packets, by the first byte of each and the bytes inside its frame. */
export interface RelayMeter {
  sent(kind: number, bytes: number): void
  received(kind: number, bytes: number): void
}

/**
 * A turn that sends more writes several times. Within one machine a piece may become one segment, and large segments make the
 * system of a c-toxcore relay wait for more room than it has (see relay-flow.ts).
 */
const PIECE_MAX_BYTES = 64 * 1024
const SMALL_PIECE_MAX_BYTES = 16 * 1024

/** A ping or a pong more than the turn before had. */
const SPARE_BYTES = 64

/** Opened packets stand here, one after the other: a packet is handled before the next one is opened, on whichever stream. */
const opened = new Uint8Array(RELAY_PACKET_MAX_BYTES)
/** Its first bytes, by how many: each view is made once. */
const openedViews: (Uint8Array | undefined)[] = new Array<undefined>(RELAY_PACKET_MAX_BYTES + 1).fill(undefined)

export class SecureStream {
  readonly #crypto: Crypto
  readonly #stream: ByteStream
  readonly #keys: StreamKeys
  readonly #meter: RelayMeter | undefined
  readonly #frames = new FrameReader(MAC_BYTES + 1, RELAY_FRAME_MAX_BYTES)
  /** Sealed frames of this turn. */
  #gathered: Uint8Array = NOTHING
  #gatheredBytes = 0
  /** What the turn before and this one gathered: turns are alike, so that one buffer is usually enough. */
  #lastTurnBytes = 0
  #turnBytes = 0
  #awaitsTurnEnd = false
  /** Where a packet is written by somebody else, to be sealed before anything that follows; made when first asked for. */
  #plain: Uint8Array = NOTHING
  #reserved: Uint8Array | undefined
  #isClosed = false
  #pieceMaxBytes: number

  constructor(crypto: Crypto, stream: ByteStream, keys: StreamKeys, meter?: RelayMeter) {
    this.#crypto = crypto
    this.#meter = meter
    this.#stream = stream
    this.#keys = keys
    this.#pieceMaxBytes = stream.remote?.isLoopback === true ? SMALL_PIECE_MAX_BYTES : PIECE_MAX_BYTES
  }

  /** Whether much that is sent at once leaves in small pieces; at first within one machine only. */
  set isSmall(isSmall: boolean) {
    this.#pieceMaxBytes = isSmall ? SMALL_PIECE_MAX_BYTES : PIECE_MAX_BYTES
  }

  /** Packets that the system has not taken yet, in bytes on the wire. */
  get queuedBytes(): number {
    return this.#stream.queuedBytes + this.#gatheredBytes
  }

  /** Sends a packet of 1 to 2,032 bytes; it may change afterwards. */
  send(packet: Uint8Array): void {
    this.#sealReserved()
    this.#seal(packet)
  }

  /** A place for a packet of `size` bytes (1 to 2,032), to be written whole before anything else happens to this stream. */
  reserve(size: number): Uint8Array {
    this.#sealReserved()
    if (this.#plain.length === 0) this.#plain = new Uint8Array(RELAY_PACKET_MAX_BYTES)
    this.#reserved = this.#plain.subarray(0, size)
    this.#askTurnEnd()
    return this.#reserved
  }

  /** Opens what arrived and hands each packet to `onPacket`, a view valid until that returns; false: the stream must end. */
  receive(bytes: Uint8Array, onPacket: (packet: Uint8Array) => boolean): boolean {
    return this.#frames.read(bytes, (sealed) => {
      const size = sealed.length - MAC_BYTES
      const packet = (openedViews[size] ??= opened.subarray(0, size))
      if (!this.#crypto.open(packet, sealed, this.#keys.receiveNonce, this.#keys.key)) return false
      incrementNonce(this.#keys.receiveNonce)
      this.#meter?.received(packet[0]!, packet.length)
      return onPacket(packet)
    })
  }

  /** Sends no more, and overwrites the key. */
  wipe(): void {
    this.#isClosed = true
    this.#crypto.wipe(this.#keys.key)
  }

  /** Writes what this turn sent. */
  flush(): void {
    this.#sealReserved()
    this.#write()
    this.#lastTurnBytes = this.#turnBytes
    this.#turnBytes = 0
  }

  #sealReserved(): void {
    if (this.#reserved === undefined) return
    const packet = this.#reserved
    this.#reserved = undefined
    this.#seal(packet)
  }

  #seal(packet: Uint8Array): void {
    if (this.#isClosed) return
    const sealedBytes = packet.length + MAC_BYTES
    const at = this.#place(LENGTH_BYTES + sealedBytes)
    writeFrameLength(this.#gathered, at, sealedBytes)
    const start = at + LENGTH_BYTES
    this.#crypto.seal(this.#gathered.subarray(start, start + sealedBytes), packet, this.#keys.sendNonce, this.#keys.key)
    incrementNonce(this.#keys.sendNonce)
    this.#meter?.sent(packet[0]!, packet.length)
  }

  /** Room for a frame of `size` bytes among those of this turn: where it begins. */
  #place(size: number): number {
    this.#askTurnEnd()
    if (this.#gatheredBytes + size > this.#gathered.length) {
      this.#write()
      if (this.#gathered.length === 0) {
        const expected = Math.max(this.#lastTurnBytes - this.#turnBytes, this.#turnBytes) + SPARE_BYTES
        this.#gathered = new Uint8Array(Math.max(size, Math.min(expected, this.#pieceMaxBytes)))
      }
    }
    const at = this.#gatheredBytes
    this.#gatheredBytes = at + size
    this.#turnBytes += size
    return at
  }

  #write(): void {
    if (this.#gatheredBytes === 0) return
    this.#stream.write(this.#gathered.subarray(0, this.#gatheredBytes))
    this.#gatheredBytes = 0
    // What the system has taken at once may be written over, as long as much is sent.
    const isFree = this.#stream.queuedBytes === 0 && this.#turnBytes >= this.#pieceMaxBytes / 2
    if (!isFree || this.#gathered.length !== this.#pieceMaxBytes) this.#gathered = NOTHING
  }

  #askTurnEnd(): void {
    if (this.#awaitsTurnEnd) return
    this.#awaitsTurnEnd = true
    this.#stream.atTurnEnd(() => {
      if (!this.#isClosed) this.flush()
      this.#awaitsTurnEnd = false
    })
  }
}

const NOTHING = new Uint8Array(0)
