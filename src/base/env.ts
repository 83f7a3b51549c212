// Time, chance, waiting and speech arrive as parameters: engines own no clock, no dice, no timers and no console.

import type { Counters } from './counters.js'
import type { Deadlines } from './deadlines.js'

/** Milliseconds on a monotonic clock (may be fractional); only differences mean anything. */
export type Millis = number

export interface Clock {
  /** The moment of this turn: monotonic milliseconds. Frozen by the host while one turn runs, so one turn is one time. */
  now(): Millis
  /** Wall-clock time in whole seconds since 1970, for timestamps that leave the process (savedata, "last seen"). */
  unixSeconds(): number
}

export interface Random {
  /** Overwrites all of `target` with random bytes. */
  fill(target: Uint8Array): void
  /** `length` fresh random bytes. */
  bytes(length: number): Uint8Array
  /** A uniform integer in [0, `limit`), 1 ≤ limit ≤ 2^32. */
  uniform(limit: number): number
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** Receives event names and short public facts; never message text, never secret keys. */
export interface Logger {
  log(level: LogLevel, module: string, text: string): void
}

/** What every engine is given. One `Env` serves one Tox instance. */
export interface Env {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** All waiting of this instance, in one table. */
  readonly deadlines: Deadlines
  /** Why packets were dropped and how often. */
  readonly drops: Counters
  /** How many times its usual share one address is served (`SourceLimit`): 1 unless told. */
  readonly sourceShare?: number
}

/** Says nothing. */
export const silentLogger: Logger = { log() {} }
