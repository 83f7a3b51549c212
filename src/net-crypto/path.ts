// The direct path to a peer: its UDP endpoints, and when each was heard.

import type { Endpoint, Millis } from '../base/index.js'

/** The seam for relays: a way to one peer that somebody else keeps open. */
export interface Path {
  /**
   * A place of `size` bytes for one packet, to be written whole at once; `undefined` while the path does not work, or so much
   * waits on it already that more would only wait longer.
   */
  reserve(size: number): Uint8Array | undefined
}

/** A direct path is dead when nothing came over it for 8 s (c-toxcore: UDP_DIRECT_TIMEOUT). */
export const DIRECT_TIMEOUT_MS = 8_000

/** Peers say something every second: who says nothing for so long has perhaps moved, unless one packet was lost. */
export const QUIET_MS = 1_600

/** Told when an endpoint starts or stops to belong to a connection: the index of arriving packets follows. */
export interface EndpointIndex {
  add(endpoint: Endpoint): void
  remove(endpoint: Endpoint): void
}

interface Known {
  readonly endpoint: Endpoint
  heardMs: Millis
}

/** The peer's UDP endpoints, at most one of each IP version, and when each was heard last. */
export class DirectPath {
  readonly #index: EndpointIndex
  #v4: Known | undefined
  #v6: Known | undefined

  constructor(index: EndpointIndex) {
    this.#index = index
  }

  /**
   * Learns an endpoint; `heard`: it is known to work now. A working LAN endpoint is not given up for another one of IPv4
   * beyond the LAN: the router's outside address, seen by third parties, is the slower way. True when it was new.
   */
  learn(endpoint: Endpoint, heard: boolean, nowMs: Millis): boolean {
    const known = endpoint.family === 4 ? this.#v4 : this.#v6
    if (known?.endpoint.equals(endpoint)) {
      if (heard) known.heardMs = nowMs
      return false
    }
    const patienceMs = heard ? QUIET_MS : DIRECT_TIMEOUT_MS
    const isFarther = known?.endpoint.family === 4 && known.endpoint.isLan && !(heard && endpoint.isLan)
    if (isFarther && isFresh(known, nowMs, patienceMs)) return false
    if (known !== undefined) this.#index.remove(known.endpoint)
    const learnt = { endpoint, heardMs: heard ? nowMs : Number.NEGATIVE_INFINITY }
    if (endpoint.family === 4) this.#v4 = learnt
    else this.#v6 = learnt
    this.#index.add(endpoint)
    return true
  }

  /** Notes that an authentic packet came from `endpoint`, when it is one of ours. */
  heard(endpoint: Endpoint, nowMs: Millis): void {
    const known = endpoint.family === 4 ? this.#v4 : this.#v6
    if (known !== undefined && (known.endpoint === endpoint || known.endpoint.equals(endpoint))) known.heardMs = nowMs
  }

  /** Whether either endpoint was heard within 8 s, or `patienceMs`. */
  isUp(nowMs: Millis, patienceMs = DIRECT_TIMEOUT_MS): boolean {
    return nowMs - this.heardMs < patienceMs
  }

  /** When the direct path was heard last; -Infinity: never. */
  get heardMs(): Millis {
    return Math.max(this.#v4?.heardMs ?? Number.NEGATIVE_INFINITY, this.#v6?.heardMs ?? Number.NEGATIVE_INFINITY)
  }

  /**
   * Where to send: a working endpoint before a silent one, and the one from which the peer speaks before the one from which it
   * does not any more; among equals LAN, then IPv6, then IPv4 (as c-toxcore).
   */
  best(nowMs: Millis): Endpoint | undefined {
    const v4 = this.#v4
    const v6 = this.#v6
    if (v4 === undefined || v6 === undefined) return (v4 ?? v6)?.endpoint
    const v4Works = isFresh(v4, nowMs)
    if (v4Works !== isFresh(v6, nowMs)) return (v4Works ? v4 : v6).endpoint
    if (v4Works && Math.abs(v4.heardMs - v6.heardMs) >= QUIET_MS) return (v4.heardMs > v6.heardMs ? v4 : v6).endpoint
    return (v4.endpoint.isLan ? v4 : v6).endpoint
  }

  /** Forgets both endpoints. */
  clear(): void {
    for (const known of [this.#v4, this.#v6]) if (known !== undefined) this.#index.remove(known.endpoint)
    this.#v4 = this.#v6 = undefined
  }
}

function isFresh(known: Known | undefined, nowMs: Millis, patienceMs = DIRECT_TIMEOUT_MS): boolean {
  return known !== undefined && nowMs - known.heardMs < patienceMs
}
