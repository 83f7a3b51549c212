// Notices that this machine's addresses or its way out have changed. It compares, and so needs no socket, no permission and no
// addon: 60 µs a look. Whoever turns anyway asks at every turn; sleep is the engine's to notice, by its clocks.

import { closeSync, openSync, readSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { Millis } from '../base/index.js'

/** It looks this often, however often it is asked: a friend who is missed is to be back within 3 s. */
const LOOK_EVERY_MS: Millis = 1_000
/** Linux: the routes of IPv4, one a line, those to anywhere first: of a server that knows the world's no more is read. */
const ROUTES_FILE = '/proc/net/route'
const ROUTES_BYTES = 4096
/** Columns of a line: interface, destination, gateway, flags, counters (2), metric, mask. */
const [INTERFACE, DESTINATION, GATEWAY, METRIC] = [0, 1, 2, 6]
const ANYWHERE = '00000000'
/** They come and go with every container, and lead nowhere. */
const LINK_LOCAL = 'fe80:'

export interface NetworkWatchOptions {
  /** What to compare; the addresses and default routes of this machine unless given. */
  readonly look?: () => string
}

export class NetworkWatch {
  readonly #look: () => string
  #seen: string
  #dueMs: Millis = 0

  constructor({ look = addressesAndRoutes }: NetworkWatchOptions = {}) {
    this.#look = look
    this.#seen = look()
  }

  /** Whether anything has changed since it was last said. Costs a comparison of numbers when it is not yet time. */
  hasChanged(nowMs: Millis): boolean {
    if (nowMs < this.#dueMs) return false
    this.#dueMs = nowMs + LOOK_EVERY_MS
    const seen = this.#look()
    if (seen === this.#seen) return false
    this.#seen = seen
    return true
  }
}

/** Addresses beyond this machine and default routes, as text. */
export function addressesAndRoutes(): string {
  const addresses: string[] = []
  for (const [name, all = []] of Object.entries(interfaces())) {
    for (const { address, cidr, internal } of all) {
      if (!internal && !address.startsWith(LINK_LOCAL)) addresses.push(`${name} ${cidr ?? address}`)
    }
  }
  return [...addresses.sort(), ...defaultRoutes()].join('\n')
}

function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces()
  } catch {
    // Sandboxes may forbid to ask.
    return {}
  }
}

function defaultRoutes(): string[] {
  if (process.platform !== 'linux') return []
  try {
    const routes = beginningOf(ROUTES_FILE)
      .split('\n')
      .map((line) => line.split('\t'))
      .filter((columns) => columns[DESTINATION] === ANYWHERE)
    return routes.map((columns) => [INTERFACE, GATEWAY, METRIC].map((column) => columns[column]).join(' ')).sort()
  } catch {
    return []
  }
}

function beginningOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(ROUTES_BYTES)
    return bytes.toString('latin1', 0, readSync(file, bytes))
  } finally {
    closeSync(file)
  }
}
