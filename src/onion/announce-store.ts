// Who announced itself at this node, and how data reaches it. Spec: Onion.

import { bytesKey, type Clock, type Endpoint, type Millis } from '../base/index.js'
import type { AnyPublicKey, DhtPublicKey, EphemeralPublicKey } from '../crypto/keys.js'
import { compareDistance } from '../dht/distance.js'

/** As c-toxcore (ONION_ANNOUNCE_MAX_ENTRIES). When full, only a key closer to our DHT key than the farthest comes in. */
export const ANNOUNCE_ENTRIES_MAX = 160
/** As c-toxcore (ONION_ANNOUNCE_TIMEOUT): two to three announces of a stable peer, which repeats every 120 s. */
export const ANNOUNCE_LIFETIME_MS: Millis = 300 * 1000
/**
 * When full, announces that come through one exit displace those of the same exit once it holds a quarter: a flood through one
 * node costs the others nothing.
 */
const PER_EXIT_MAX = ANNOUNCE_ENTRIES_MAX / 4

export interface AnnounceEntry {
  /** The long-term key that announced itself (an ephemeral one for groups). */
  readonly publicKey: AnyPublicKey
  /** Seals data for it. */
  readonly dataPublicKey: EphemeralPublicKey
  /** The exit of its path. */
  readonly exit: Endpoint
  /** 177 bytes. */
  readonly returnPath: Uint8Array
  readonly storedMs: Millis
}

/** At most 160 announcements, those closest to our DHT key, each for 300 seconds. */
export class AnnounceStore {
  readonly #entries = new Map<string, AnnounceEntry>()

  constructor(
    private readonly clock: Clock,
    private readonly ownKey: DhtPublicKey,
  ) {}

  /** Announcements that have not expired. */
  get size(): number {
    this.#expire()
    return this.#entries.size
  }

  /** The live announcement of `publicKey`. */
  get(publicKey: AnyPublicKey): AnnounceEntry | undefined {
    const entry = this.#entries.get(bytesKey(publicKey))
    return entry !== undefined && this.#isLive(entry) ? entry : undefined
  }

  /** Stores or renews; false when the store is full of closer keys. */
  put(announced: Omit<AnnounceEntry, 'storedMs'>): boolean {
    const key = bytesKey(announced.publicKey)
    if (!this.#entries.has(key) && !this.#makeRoom(announced)) return false
    this.#entries.set(key, { ...announced, storedMs: this.clock.now() })
    return true
  }

  #makeRoom(announced: Omit<AnnounceEntry, 'storedMs'>): boolean {
    if (this.#entries.size < ANNOUNCE_ENTRIES_MAX) return true
    this.#expire()
    if (this.#entries.size < ANNOUNCE_ENTRIES_MAX) return true
    const ofExit = [...this.#entries.values()].filter(({ exit }) => exit.equals(announced.exit))
    const farthest = this.#farthest(ofExit.length >= PER_EXIT_MAX ? ofExit : this.#entries.values())
    if (compareDistance(this.ownKey, announced.publicKey, farthest.publicKey) >= 0) return false
    return this.#entries.delete(bytesKey(farthest.publicKey))
  }

  #farthest(entries: Iterable<AnnounceEntry>): AnnounceEntry {
    let farthest: AnnounceEntry | undefined
    for (const entry of entries) {
      if (farthest === undefined || compareDistance(this.ownKey, entry.publicKey, farthest.publicKey) > 0) {
        farthest = entry
      }
    }
    return farthest!
  }

  #expire(): void {
    for (const [key, entry] of this.#entries) if (!this.#isLive(entry)) this.#entries.delete(key)
  }

  #isLive(entry: AnnounceEntry): boolean {
    return this.clock.now() - entry.storedMs < ANNOUNCE_LIFETIME_MS
  }
}
