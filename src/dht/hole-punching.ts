// Reaching a friend behind a NAT: nodes near the friend tell where they see it, a NAT ping travels to it through them, and
// when it answers that it looks for us too, both sides send pings at the other's likely ports. Spec: DHT, Hole punching.

import type { Endpoint, Env, Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { NatPing } from '../packet/dht/index.js'
import type { Search } from './search.js'

/** c-toxcore: PUNCH_INTERVAL, in seconds there. */
export const PUNCH_INTERVAL_MS: Millis = 3000
const PUNCH_RESET_MS: Millis = 40_000
/** A friend that asked for us within this time holds its own side of the hole open. */
const FRIEND_PUNCHES_MS: Millis = 2 * PUNCH_INTERVAL_MS
/** Ports tried in one round around those that were seen. */
const PORTS_A_ROUND = 48
/** After so many rounds the low ports are tried too, 48 at a time, overlapping by half. */
const ROUNDS_BEFORE_LOW_PORTS = 5
const LOW_PORT = 1024
/** Nodes that must tell the friend's address before a round is worth it. */
const TELLERS_MIN = 2

/** What one search remembers of its punching. */
export interface HolePunching {
  requestId: bigint
  askedMs: Millis
  /** When the friend last asked for us. */
  heardMs: Millis
  /** Whether the friend has answered since the last round. */
  answered: boolean
  punchedMs: Millis
  rounds: number
  portIndex: number
  lowPortIndex: number
}

export interface HolePuncherOptions {
  readonly env: Env
  /** Pings an address that may be the friend's. */
  readonly ping: (to: Endpoint, publicKey: DhtPublicKey) => void
  /** Sends a NAT ping through the nodes that know the friend: a request through all, a response through one. */
  readonly send: (search: Search, ping: NatPing) => void
}

export class HolePuncher {
  constructor(private readonly options: HolePuncherOptions) {}

  /** A NAT ping of the friend that `search` seeks has come in. */
  receive(search: Search, ping: NatPing): void {
    const state = this.#stateOf(search)
    if (!ping.isResponse) {
      state.heardMs = this.options.env.clock.now()
      this.options.send(search, { isResponse: true, requestId: ping.requestId })
    } else if (ping.requestId === state.requestId) {
      state.requestId = this.#freshId()
      state.answered = true
    } else {
      this.options.env.drops.count('dht/nat-ping unexpected')
    }
  }

  /** Does what is due for `search`; returns when to call again, `Infinity` when there is nothing to punch. */
  upkeep(search: Search, nowMs: Millis): Millis {
    const told = toldEndpoints(search, nowMs)
    if (told.length < TELLERS_MIN || search.isFound(nowMs)) return Number.POSITIVE_INFINITY
    const state = this.#stateOf(search)
    if (nowMs - state.askedMs >= PUNCH_INTERVAL_MS) {
      state.askedMs = nowMs
      this.options.send(search, { isResponse: false, requestId: state.requestId })
    }
    const isDue = nowMs - state.punchedMs >= PUNCH_INTERVAL_MS && nowMs - state.heardMs <= FRIEND_PUNCHES_MS
    if (state.answered && isDue) this.#punch(search, state, told, nowMs)
    return nowMs + PUNCH_INTERVAL_MS
  }

  #punch(search: Search, state: HolePunching, told: readonly Endpoint[], nowMs: Millis): void {
    const common = commonAddress(told)
    if (common === undefined) return
    if (nowMs - state.punchedMs > PUNCH_RESET_MS) {
      state.rounds = 0
      state.portIndex = 0
      state.lowPortIndex = 0
    }
    state.punchedMs = nowMs
    state.answered = false
    const ports = told.filter(({ ip }) => ip === common.ip).map(({ port }) => port)
    for (const port of this.#portsOfRound(state, ports)) {
      if (port > 0 && port < 65_536) this.options.ping(common.withPort(port), search.publicKey)
    }
    state.rounds++
  }

  /** A NAT that shows one port to all keeps it; otherwise ports near those that were seen are likely next. */
  #portsOfRound(state: HolePunching, seen: readonly number[]): Set<number> {
    const ports = new Set<number>()
    if (seen.every((port) => port === seen[0])) {
      ports.add(seen[0]!)
    } else {
      for (let i = 0; i < PORTS_A_ROUND; i++) {
        const step = state.portIndex + i
        const sign = step % 2 === 0 ? 1 : -1
        ports.add(seen[Math.floor(step / 2) % seen.length]! + sign * Math.floor(step / (2 * seen.length)))
      }
      state.portIndex += PORTS_A_ROUND
    }
    if (state.rounds > ROUNDS_BEFORE_LOW_PORTS) {
      for (let i = 0; i < PORTS_A_ROUND; i++) ports.add(LOW_PORT + state.lowPortIndex + i)
      state.lowPortIndex += PORTS_A_ROUND / 2
    }
    return ports
  }

  #stateOf(search: Search): HolePunching {
    search.holePunching ??= {
      requestId: this.#freshId(),
      askedMs: Number.NEGATIVE_INFINITY,
      heardMs: Number.NEGATIVE_INFINITY,
      answered: false,
      punchedMs: Number.NEGATIVE_INFINITY,
      rounds: 0,
      portIndex: 0,
      lowPortIndex: 0,
    }
    return search.holePunching
  }

  #freshId(): bigint {
    const { random } = this.options.env
    return (BigInt(random.uniform(2 ** 32)) << 32n) | BigInt(random.uniform(2 ** 32))
  }
}

/** Where nodes say that the friend is, in the address family that more of them name (IPv6 on equality). */
function toldEndpoints(search: Search, nowMs: Millis): Endpoint[] {
  const tellers = search.knowing(nowMs)
  const told4 = tellers.flatMap(({ told4 }) => told4 ?? [])
  const told6 = tellers.flatMap(({ told6 }) => told6 ?? [])
  return told6.length >= told4.length ? told6 : told4
}

/** The address that at least half of the tellers name. */
function commonAddress(told: readonly Endpoint[]): Endpoint | undefined {
  return told.find((one) => 2 * told.filter(({ ip }) => ip === one.ip).length >= told.length)
}
