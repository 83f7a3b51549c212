// Peers move: their address changes, or their router gives them another port. What an established session receives from an
// endpoint that is nobody's is tried with every session, and one that opens it goes where its peer is now, as in WireGuard.
// c-toxcore drops such packets, and waits until the DHT tells the new address.
//
// Whoever recorded a packet could send it again from an address of their own. So only a packet newer than all that came before
// moves a session; who catches one and is faster than it gets our answers, which he cannot read, until the peer's next packet.

import { type Endpoint, type Env, type Millis, TokenBucket } from '../base/index.js'
import type { Connection } from './connection.js'

/** Packets from nobody's endpoint that are looked at; the rest of a flood costs a look-up each, as before. */
const LOOKS_BURST = 64
const LOOK_REFILL_MS: Millis = 10
/** … and how often one may be tried with a key (1.5 µs): less than a thousandth of a core. */
const TRIALS_BURST = 256
const TRIAL_REFILL_MS: Millis = 2

export class Roaming {
  readonly #env: Env
  readonly #looks: TokenBucket
  readonly #trials: TokenBucket

  constructor(env: Env) {
    const nowMs = env.clock.now()
    this.#env = env
    this.#looks = new TokenBucket(LOOKS_BURST, LOOK_REFILL_MS, nowMs)
    this.#trials = new TokenBucket(TRIALS_BURST, TRIAL_REFILL_MS, nowMs)
  }

  /**
   * Hands a data packet from an endpoint that is none of its peer's to the session whose it is; false when it is nobody's, or
   * too many come. `tried`: those who are known there.
   */
  receive(
    connections: Iterable<Connection>,
    tried: readonly Connection[] | undefined,
    packet: Uint8Array,
    from: Endpoint,
  ): boolean {
    const nowMs = this.#env.clock.now()
    if (!from.isSendable || !this.#looks.take(nowMs)) return false
    const mayTry = (): boolean => this.#trials.take(nowMs)
    for (const one of connections) {
      if (tried?.includes(one) !== true && one.receiveFromElsewhere(packet, from, mayTry)) return true
    }
    return false
  }
}
