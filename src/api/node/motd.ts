// The message of the day, filled in anew when somebody asks: `up {uptime}, {relay_clients} by TCP`.

import { toUtf8 } from '../../base/index.js'

/** The packet holds 256 bytes, of which C programs want the last to be zero. */
export const MOTD_BYTES_MAX = 255

/** The names that may stand in braces, and what they become. */
export interface MotdFacts {
  /** Since the start: `3d 4h 5m`. */
  readonly uptime: string
  readonly version: string
  /** Nodes of the DHT that this one knows. */
  readonly dht_nodes: string
  readonly relay_clients: string
  /** Peers that can be found through this node. */
  readonly announced: string
  /** Packets that arrived since the start. */
  readonly packets: string
}

const PLACEHOLDERS: ReadonlySet<string> = new Set<keyof MotdFacts>([
  'uptime',
  'version',
  'dht_nodes',
  'relay_clients',
  'announced',
  'packets',
])

/** The names in braces that mean nothing and stay as they are; c-toxcore's nodes know none at all. */
export function unknownPlaceholders(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).filter((name) => !PLACEHOLDERS.has(name))
}

/** The message as bytes, cut where it is too long, but never inside a character. */
export function renderMotd(template: string, facts: Partial<MotdFacts>): Uint8Array {
  const text = template.replace(/\{(\w+)\}/g, (all, name: string) =>
    PLACEHOLDERS.has(name) ? (facts[name as keyof MotdFacts] ?? all) : all,
  )
  const bytes = toUtf8(text)
  let end = Math.min(bytes.length, MOTD_BYTES_MAX)
  // 10xxxxxx goes on with the character before it.
  if (end < bytes.length) while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.slice(0, end)
}

/** Filled in at most once in so long, however many ask. */
const INTERVAL_MS = 1000

export class MessageOfTheDay {
  #template: string
  #rendered: { readonly bytes: Uint8Array; readonly atMs: number } | undefined

  /** What it is filled in with, from when on it is known. */
  facts: (() => MotdFacts) | undefined

  constructor(template: string) {
    this.#template = template
  }

  set template(template: string) {
    this.#template = template
    this.#rendered = undefined
  }

  /** As it is sent now. */
  bytes(): Uint8Array {
    const nowMs = performance.now()
    if (this.#rendered === undefined || nowMs - this.#rendered.atMs >= INTERVAL_MS) {
      this.#rendered = { bytes: renderMotd(this.#template, this.facts?.() ?? {}), atMs: nowMs }
    }
    return this.#rendered.bytes
  }
}

/** `3d 4h 5m`; below an hour `5m 6s`. */
export function formatUptime(seconds: number): string {
  const [d, h, m, s] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(Math.floor)
  if (d! > 0) return `${d}d ${h}h ${m}m`
  return h! > 0 ? `${h}h ${m}m` : `${m}m ${s}s`
}
