// Routers that hide hosts behind one IPv4 address (RFC 4787, RFC 3489): what most people sit behind, and why Tox punches holes.
// IPv6 passes a router untouched.

import type { Endpoint, Millis } from '../base/index.js'
import type { SeededRandom } from './random.js'

/**
 * How a router answers the two questions of NAT. Which port does an inner endpoint get: one for all (all but
 * `'symmetric'`) or one per destination? And who may send to it: anybody (`'full-cone'`), addresses that it has sent to
 * (`'restricted'`), or endpoints that it has sent to (`'port-restricted'`, `'symmetric'`)?
 */
export type NatKind = 'full-cone' | 'restricted' | 'port-restricted' | 'symmetric'

export interface NatOptions {
  readonly kind: NatKind
  /** A mapping dies when nothing has gone out through it for so long: 120 s unless told (RFC 4787 asks for that at least). */
  readonly timeoutMs?: Millis
  /**
   * Outer ports: the inner one where it is free, one after another, or by chance. `'preserve'` unless told, `'sequential'`
   * for symmetric ones: c-toxcore's hole punching guesses neighbouring ports.
   */
  readonly ports?: 'preserve' | 'sequential' | 'random'
  /** Whether inner hosts reach each other through the outer address. False unless told. */
  readonly hairpin?: boolean
}

interface Mapping {
  readonly local: Endpoint
  readonly external: Endpoint
  /** Under which it stands in the table of inner endpoints. */
  readonly key: string
  /** When each permitted sender was last sent to. */
  readonly permitted: Map<string, Millis>
  usedAtMs: Millis
  /** Prune `permitted` at this size. */
  pruneAt: number
}

export const NAT_TIMEOUT_MS = 120_000
const PORT_MIN = 1024
const PORT_COUNT = 65_536 - PORT_MIN
/** Old entries are swept when a table has grown to this size, and again whenever it has doubled. */
const SWEEP_FROM = 256

/** The tables of one router. */
export class Nat {
  readonly kind: NatKind
  readonly hairpin: boolean
  readonly timeoutMs: Millis
  readonly #ports: 'preserve' | 'sequential' | 'random'
  readonly #byLocal = new Map<string, Mapping>()
  readonly #byPort = new Map<number, Mapping>()
  #nextPort: number
  #sweepAt = SWEEP_FROM

  constructor(
    options: NatOptions,
    /** The outer address; its port means nothing. */
    readonly address: Endpoint,
    private readonly random: SeededRandom,
  ) {
    this.kind = options.kind
    this.hairpin = options.hairpin ?? false
    this.timeoutMs = options.timeoutMs ?? NAT_TIMEOUT_MS
    this.#ports = options.ports ?? (options.kind === 'symmetric' ? 'sequential' : 'preserve')
    this.#nextPort = PORT_MIN + random.uniform(PORT_COUNT)
  }

  /** Live and dead mappings in the table. */
  get size(): number {
    return this.#byPort.size
  }

  /** The outer endpoint from which a packet of `local` to `remote` goes out; `undefined` when all ports are taken. */
  outbound(local: Endpoint, remote: Endpoint, nowMs: Millis): Endpoint | undefined {
    const key = this.kind === 'symmetric' ? local.key + remote.key : local.key
    let mapping = this.#byLocal.get(key)
    if (mapping !== undefined && !this.#isAlive(mapping.usedAtMs, nowMs)) {
      this.#forget(mapping)
      mapping = undefined
    }
    mapping ??= this.#map(local, key, nowMs)
    if (mapping === undefined) return undefined
    mapping.usedAtMs = nowMs
    if (this.kind !== 'full-cone') this.#permit(mapping, remote, nowMs)
    return mapping.external
  }

  /** The inner endpoint that a packet from `remote` to this outer port reaches; `undefined` when the router drops it. */
  inbound(port: number, remote: Endpoint, nowMs: Millis): Endpoint | undefined {
    const mapping = this.#byPort.get(port)
    if (mapping === undefined || !this.#isAlive(mapping.usedAtMs, nowMs)) return undefined
    if (this.kind === 'full-cone') return mapping.local
    const permittedAtMs = mapping.permitted.get(this.#permissionOf(remote))
    return permittedAtMs !== undefined && this.#isAlive(permittedAtMs, nowMs) ? mapping.local : undefined
  }

  /** Forgets everything, as after a power cut: all outer ports change hands. */
  reboot(): void {
    this.#byLocal.clear()
    this.#byPort.clear()
  }

  #isAlive(usedAtMs: Millis, nowMs: Millis): boolean {
    return nowMs - usedAtMs <= this.timeoutMs
  }

  #permissionOf(remote: Endpoint): string {
    return this.kind === 'restricted' ? remote.key.slice(0, -1) : remote.key
  }

  #permit(mapping: Mapping, remote: Endpoint, nowMs: Millis): void {
    const { permitted } = mapping
    permitted.set(this.#permissionOf(remote), nowMs)
    if (permitted.size < mapping.pruneAt) return
    for (const [key, atMs] of permitted) if (!this.#isAlive(atMs, nowMs)) permitted.delete(key)
    mapping.pruneAt = Math.max(SWEEP_FROM, 2 * permitted.size)
  }

  #map(local: Endpoint, key: string, nowMs: Millis): Mapping | undefined {
    if (this.#byPort.size >= Math.min(this.#sweepAt, PORT_COUNT)) this.#sweep(nowMs)
    const port = this.#freePort(local.port)
    if (port === undefined) return undefined
    const external = this.address.withPort(port)
    const mapping: Mapping = { local, external, key, permitted: new Map(), usedAtMs: nowMs, pruneAt: SWEEP_FROM }
    this.#byLocal.set(key, mapping)
    this.#byPort.set(port, mapping)
    return mapping
  }

  #freePort(wanted: number): number | undefined {
    if (this.#byPort.size >= PORT_COUNT) return undefined
    if (this.#ports === 'preserve' && wanted >= PORT_MIN && !this.#byPort.has(wanted)) return wanted
    if (this.#ports === 'random') this.#nextPort = PORT_MIN + this.random.uniform(PORT_COUNT)
    while (this.#byPort.has(this.#nextPort)) this.#step()
    const port = this.#nextPort
    this.#step()
    return port
  }

  #step(): void {
    this.#nextPort = this.#nextPort === 65_535 ? PORT_MIN : this.#nextPort + 1
  }

  #sweep(nowMs: Millis): void {
    for (const mapping of this.#byPort.values()) if (!this.#isAlive(mapping.usedAtMs, nowMs)) this.#forget(mapping)
    this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#byPort.size)
  }

  #forget(mapping: Mapping): void {
    this.#byLocal.delete(mapping.key)
    this.#byPort.delete(mapping.external.port)
  }
}
