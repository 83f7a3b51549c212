// Seals and opens the data packets of one session. Spec: Net crypto, Encrypted packets. A packet shows the last two bytes of
// its nonce; the receiver completes them from the base that it keeps, which follows in steps so that up to 43,690 packets
// may overtake one another. Nonces never repeat under a key: the session key is fresh, and the nonce counts every packet.

import { type Crypto, incrementNonce, type Nonce, type SharedKey } from '../crypto/index.js'
import { MAC_BYTES, NONCE_BYTES } from '../crypto/keys.js'
import { PacketKind } from '../packet/kinds.js'
import { DATA_PACKET_MAX_BYTES, DATA_PREFIX_BYTES } from '../packet/net-crypto/index.js'

/** c-toxcore: DATA_NUM_THRESHOLD, a third of the 65,536 nonces that two bytes tell apart. */
const NONCE_STEP = 21_845
/** So many packets may have been lost before one that still counts as the next: half of the send window. */
const AHEAD_MAX = 16_384

/** A buffer for plain texts with its views ready made, for one text at a time. */
export class Scratch {
  readonly #bytes = new Uint8Array(DATA_PACKET_MAX_BYTES)
  readonly #views: (Uint8Array | undefined)[] = new Array<undefined>(DATA_PACKET_MAX_BYTES + 1).fill(undefined)

  /** The first `size` bytes. */
  view(size: number): Uint8Array {
    return (this.#views[size] ??= this.#bytes.subarray(0, size))
  }

  wipe(): void {
    this.#bytes.fill(0)
  }
}

export class SessionCipher {
  readonly #crypto: Crypto
  readonly #key: SharedKey
  readonly #sendNonce: Nonce
  /** The base and, for numbers that wrapped around, the base plus 2^16; their last two bytes are set for each packet. */
  readonly #receiveNonce: Uint8Array
  readonly #receiveNonceWrapped: Uint8Array
  #receiveBase: number
  /** Of all nonces that were received the last one. */
  #newest: number

  /** Takes the key over and wipes it in the end; the nonces are copied. */
  constructor(crypto: Crypto, key: SharedKey, sendNonce: Nonce, receiveNonce: Nonce) {
    this.#crypto = crypto
    this.#key = key
    this.#sendNonce = sendNonce.slice() as Nonce
    this.#receiveNonce = receiveNonce.slice()
    this.#receiveNonceWrapped = receiveNonce.slice()
    this.#receiveBase = lastTwo(receiveNonce)
    this.#newest = (this.#receiveBase - 1) & 0xffff
    incrementNonce(this.#receiveNonceWrapped, 1 << 16)
  }

  /** The nonce of the next packet to be sent. */
  get sendNonce(): Nonce {
    return this.#sendNonce.slice() as Nonce
  }

  /** Bytes of a data packet that holds a plain text of `size` bytes. */
  static packetSize(size: number): number {
    return DATA_PREFIX_BYTES + MAC_BYTES + size
  }

  /** Writes the data packet of `plain` into `out` (`packetSize(plain.length)` bytes). */
  seal(plain: Uint8Array, out: Uint8Array): void {
    const nonce = this.#sendNonce
    out[0] = PacketKind.CRYPTO_DATA
    out[1] = nonce[NONCE_BYTES - 2]!
    out[2] = nonce[NONCE_BYTES - 1]!
    this.#crypto.seal(out.subarray(DATA_PREFIX_BYTES), plain, nonce, this.#key)
    for (let i = NONCE_BYTES - 1; i >= 0; i--) {
      nonce[i] = nonce[i]! + 1
      if (nonce[i] !== 0) break
    }
  }

  /** The plain text of data packet `packet` (28 to 1,400 bytes), in `scratch`; `undefined` when it is not authentic. */
  open(packet: Uint8Array, scratch: Scratch): Uint8Array | undefined {
    const number = (packet[1]! << 8) | packet[2]!
    const nonce = number < this.#receiveBase ? this.#receiveNonceWrapped : this.#receiveNonce
    nonce[NONCE_BYTES - 2] = packet[1]!
    nonce[NONCE_BYTES - 1] = packet[2]!
    const plain = scratch.view(packet.length - DATA_PREFIX_BYTES - MAC_BYTES)
    if (!this.#crypto.open(plain, packet.subarray(DATA_PREFIX_BYTES), nonce, this.#key)) return undefined
    if (((number - this.#newest) & 0xffff) < 0x8000) this.#newest = number
    if (((number - this.#receiveBase) & 0xffff) > 2 * NONCE_STEP) this.#advanceBase()
    return plain
  }

  /** Whether a packet shows a later nonce than all that came, though not by far: the peer's next one may look like that. */
  mayBeNext(packet: Uint8Array): boolean {
    const ahead = (((packet[1]! << 8) | packet[2]!) - this.#newest) & 0xffff
    return ahead > 0 && ahead <= AHEAD_MAX
  }

  wipe(): void {
    this.#crypto.wipe(this.#key)
  }

  #advanceBase(): void {
    const base = this.#receiveBase + NONCE_STEP
    if (base > 0xffff) {
      this.#receiveNonce.set(this.#receiveNonceWrapped)
      incrementNonce(this.#receiveNonceWrapped, 1 << 16)
    }
    this.#receiveBase = base & 0xffff
  }
}

function lastTwo(nonce: Uint8Array): number {
  return (nonce[NONCE_BYTES - 2]! << 8) | nonce[NONCE_BYTES - 1]!
}
