// Notices that this machine's addresses or its way out have changed. It compares, and so needs no socket, no permission and no
// addon: 60 µs a look. Whoever turns anyway asks at every turn; sleep is the engine's to notice, by its clocks.

import { networkInterfaces } from 'node:os'
import type { Millis } from '../base/index.js'
import { defaultRoutes } from './default-routes.js'

/** It looks this often, however often it is asked: a friend who is missed is to be back within 3 s. */
const LOOK_EVERY_MS: Millis = 1_000
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
  const routes = defaultRoutes().map(({ interface: name, gateway, metric }) => `${name} ${gateway} ${metric}`)
  return [...addresses.sort(), ...routes.sort()].join('\n')
}

function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces()
  } catch {
    // Sandboxes may forbid to ask.
    return {}
  }
}
