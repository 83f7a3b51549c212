// Half of the simulator's arithmetic, saved: in life both peers compute their shared key, each on a machine of its own; here
// one process computes for all, and what the first peer has computed serves the second a moment later. A shared key is the
// same from both sides (X25519), so nothing that an engine sees changes.

import { BoundedMap, bytesKey } from '../base/index.js'
import type { AnyPublicKey, AnySecretKey, Crypto, SharedKey } from '../crypto/index.js'

/** Pairs of which one side has computed. A request that nobody answers leaves one behind: the oldest give way. */
const PAIRS_MAX = 32_768

export class SharedSecrets {
  /** Public keys by the arrays of their secret keys; gone with them. */
  readonly #publicKeys = new WeakMap<AnySecretKey, string>()
  readonly #halves: BoundedMap<string, SharedKey>

  constructor(
    private readonly crypto: Pick<Crypto, 'sharedKey'>,
    pairsMax = PAIRS_MAX,
  ) {
    this.#halves = new BoundedMap({ capacity: pairsMax, whenFull: 'evict-oldest' })
  }

  /** A key pair of this world. */
  add(publicKey: AnyPublicKey, secretKey: AnySecretKey): void {
    this.#publicKeys.set(secretKey, bytesKey(publicKey))
  }

  /** As `Crypto.sharedKey`. The caller owns the result and may wipe it. */
  sharedKey(publicKey: AnyPublicKey, secretKey: AnySecretKey): SharedKey | undefined {
    const ours = this.#publicKeys.get(secretKey)
    if (ours === undefined) return this.crypto.sharedKey(publicKey, secretKey)
    const theirs = bytesKey(publicKey)
    const computed = this.#halves.get(theirs + ours)
    if (computed !== undefined) {
      this.#halves.delete(theirs + ours)
      return computed
    }
    const shared = this.crypto.sharedKey(publicKey, secretKey)
    if (shared !== undefined) this.#halves.set(ours + theirs, shared.slice() as SharedKey)
    return shared
  }
}
