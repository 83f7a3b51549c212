// TCP relays as the Node API shows them.

import { Endpoint, type Millis, toHex } from '../base/index.js'
import type { RelayFailure, RelaySnapshot, RelayState } from '../relay/index.js'

/** A TCP relay that we use or may use, at one moment. */
export interface Relay {
  /** Its key: 64 upper-case hex digits. */
  readonly publicKey: string
  /** IP address, or the name that it was given with. */
  readonly host: string
  readonly port: number
  /** `'resting'`: not connected because nobody needs it now; `'waiting'`: it failed, and is tried again later. */
  readonly state: RelayState
  /** Why it is not connected, or was not at last: `code` from a closed set, `text` for people. */
  readonly failure: RelayFailure | undefined
  /** The round trip between us and it, in ms; undefined until measured. */
  readonly rttMs: Millis | undefined
  /** Friends who are reached through it now. */
  readonly friends: number
}

export function relayOf({ target, publicKey, state, failure, rttMs, peers }: RelaySnapshot): Relay {
  const host = target instanceof Endpoint ? target.ip : target.host
  return { publicKey: toHex(publicKey), host, port: target.port, state, failure, rttMs, friends: peers }
}

/** Tells which relays changed since it was asked last. */
export class RelayWatch {
  /** By key: what of it counts as a change. */
  #seen = new Map<string, string>()

  changes(relays: readonly Relay[]): Relay[] {
    const seen = new Map(relays.map((relay) => [relay.publicKey, `${relay.state} ${relay.failure?.code ?? ''}`]))
    const changed = relays.filter(({ publicKey }) => this.#seen.get(publicKey) !== seen.get(publicKey))
    this.#seen = seen
    return changed
  }
}
