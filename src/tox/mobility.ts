// Notices that the machine slept or was cut off, and takes what follows from that, or from new addresses of which the host
// tells: everybody learns at once where we are, and whoever does not answer is sought. Sessions outlive it.
//
// c-toxcore waits until its nodes and friends have timed out (two minutes and 32 s) and finds them anew.

import type { Deadline, Env, Millis } from '../base/index.js'

/** What it moves. */
export interface MobilityParts {
  readonly env: Env
  readonly dht: {
    /** Asks all nodes again; what was sought counts as lost until it answers. */
    networkChanged(): void
    /** Asks the nodes near us, so that they see where we are. */
    show(): void
    /** Asks some of all nodes that were ever known, alive or not. */
    feel(): void
  }
  readonly onion: { restart(): void }
  readonly relays: { networkChanged(): void } | undefined
  readonly sessions: { networkChanged(): void }
  readonly friends: {
    networkChanged(): void
    /** Seeks the connected friends of whom nothing has come since `sinceMs`. */
    seekSilent(sinceMs: Millis): void
    /** Begins the sessions of those anew. */
    giveUpSilent(sinceMs: Millis): void
  }
}

/** It looks this often, together with the upkeep of the DHT. */
const BEAT_MS: Millis = 1_000
/** A beat that is so late, by any clock, means that the machine slept. More than a busy one is ever late. */
const SLEPT_MS: Millis = 5_000
/** Beats without any packet, after which somebody is asked whether the network is there: a silent network is rare. */
const FEEL_AFTER_BEATS = 3
/** … and after which it is not. */
const DARK_AFTER_BEATS = 6
/** A network that stays away is felt for only every other beat, so that it is still found within 3 s. */
const SLOW_AFTER_BEATS = 600
/** Friends give up a session that says nothing for so long (CONNECTION_TIMEOUT_MS). */
const FORGOTTEN_MS: Millis = 32_000
/** Who is there speaks every second: who has not by then, after such a sleep, has given us up. */
const GIVE_UP_MS: Millis = 1_200
/** A link that comes and goes has us announced anew, which takes dozens of packets through others' hands, at most so often. */
const ONION_PAUSE_MS: Millis = 5_000
/** After a change: first our neighbours learn of it (one and a half round trips), then the friends learn to ask them. */
const FOLLOW_UPS_MS: readonly Millis[] = [200, 600, GIVE_UP_MS, 2_000]

export class Mobility {
  readonly #parts: MobilityParts
  readonly #beat: Deadline
  readonly #followUp: Deadline
  readonly #onion: Deadline
  #onionMs: Millis = Number.NEGATIVE_INFINITY
  #beatMs: Millis
  #wallSeconds: number
  #hasHeard = false
  #silentBeats = 0
  #changedMs: Millis = Number.NEGATIVE_INFINITY
  #sleptMs: Millis = 0
  #followUps = FOLLOW_UPS_MS.length

  constructor(parts: MobilityParts) {
    const { clock, deadlines } = parts.env
    this.#parts = parts
    this.#beatMs = clock.now()
    this.#wallSeconds = clock.unixSeconds()
    this.#beat = deadlines.create('mobility beat', () => this.#look())
    this.#followUp = deadlines.create('mobility follow-up', () => this.#follow())
    this.#onion = deadlines.create('mobility onion', () => this.#restartOnion())
    this.#setBeat()
  }

  /** Something came from the network. */
  heard(): void {
    if (this.#hasHeard) return
    this.#hasHeard = true
    if (this.#silentBeats >= DARK_AFTER_BEATS) this.#beat.set(this.#parts.env.clock.now())
  }

  /** Our addresses have changed, or may have. */
  changed(why: string, sleptMs: Millis = 0): void {
    const { env, dht, relays, sessions, friends } = this.#parts
    env.log.log('info', 'mobility', `${why}: greeting everybody anew`)
    this.#changedMs = env.clock.now()
    this.#sleptMs = sleptMs
    this.#silentBeats = 0
    relays?.networkChanged()
    sessions.networkChanged()
    dht.networkChanged()
    friends.networkChanged()
    this.#onion.set(Math.max(this.#changedMs, this.#onionMs + ONION_PAUSE_MS))
    this.#followUps = 0
    this.#planFollowUp()
  }

  /** Friends went silent all of a sudden: perhaps they moved, perhaps it was our router. */
  missing(): void {
    this.#parts.dht.show()
  }

  close(): void {
    this.#beat.clear()
    this.#followUp.clear()
    this.#onion.clear()
  }

  #look(): void {
    const { clock } = this.#parts.env
    const nowMs = clock.now()
    const passedMs = nowMs - this.#beatMs
    const wallPassedMs = (clock.unixSeconds() - this.#wallSeconds) * 1_000
    this.#beatMs = nowMs
    this.#wallSeconds = clock.unixSeconds()
    this.#setBeat()
    // Some systems stop the monotonic clock while they sleep; the wall clock goes on.
    const sleptMs = Math.max(passedMs - BEAT_MS, wallPassedMs - passedMs)
    if (sleptMs >= SLEPT_MS) this.changed('woken after a sleep', sleptMs)
    else this.#listen()
  }

  #listen(): void {
    const wasDark = this.#silentBeats >= DARK_AFTER_BEATS
    if (this.#hasHeard) {
      this.#hasHeard = false
      this.#silentBeats = 0
      if (wasDark) this.changed('the network is back')
      return
    }
    this.#silentBeats++
    const isSlow = this.#silentBeats > SLOW_AFTER_BEATS && this.#silentBeats % 2 === 1
    if (this.#silentBeats >= FEEL_AFTER_BEATS && !isSlow) this.#parts.dht.feel()
  }

  #follow(): void {
    const { env, dht, friends } = this.#parts
    dht.show()
    // A clock that was set looks like a sleep: so they are asked first.
    const isOver = this.#sleptMs >= FORGOTTEN_MS && env.clock.now() >= this.#changedMs + GIVE_UP_MS
    if (isOver) friends.giveUpSilent(this.#changedMs)
    else friends.seekSilent(this.#changedMs)
    this.#planFollowUp()
  }

  #restartOnion(): void {
    this.#onionMs = this.#parts.env.clock.now()
    this.#parts.onion.restart()
  }

  #planFollowUp(): void {
    const afterMs = FOLLOW_UPS_MS[this.#followUps++]
    if (afterMs !== undefined) this.#followUp.set(this.#changedMs + afterMs)
  }

  /** On the grid of the DHT's upkeep: one wake-up for both. */
  #setBeat(): void {
    this.#beat.set((Math.floor(this.#beatMs / BEAT_MS) + 1) * BEAT_MS)
  }
}
