// Sessions that end with a conference are held until the goodbye has arrived: a session that is closed at once takes with it
// what is still under way, and the others would wait a minute for somebody who has left.

import type { Deadline, Env, Millis } from '../base/index.js'
import type { FriendConnections } from '../friend/index.js'
import type { Link } from './links.js'

/** A goodbye that has not arrived by then does not arrive. */
const PATIENCE_MS = 5_000

export class Farewells {
  readonly #connections: FriendConnections
  readonly #env: Env
  /** In the order of their ends; only the user's leaving makes it grow. */
  readonly #held: { readonly link: Link; readonly untilMs: Millis }[] = []
  readonly #deadline: Deadline

  constructor(connections: FriendConnections, env: Env) {
    this.#connections = connections
    this.#env = env
    this.#deadline = env.deadlines.create('conference goodbyes', () => this.#endDue())
  }

  /** Takes over links of a conference that has been left. */
  hold(links: readonly Link[]): void {
    const untilMs = this.#env.clock.now() + PATIENCE_MS
    for (const link of links) {
      if (link.isOnline) this.#held.push({ link, untilMs })
      else this.#connections.release(link.connection)
    }
    if (links.length > 0) this.#deadline.setSooner(untilMs)
  }

  /** Lets all go at once. */
  close(): void {
    this.#deadline.clear()
    for (const { link } of this.#held.splice(0)) this.#connections.release(link.connection)
  }

  #endDue(): void {
    const nowMs = this.#env.clock.now()
    while (this.#held.length > 0 && this.#held[0]!.untilMs <= nowMs) {
      this.#connections.release(this.#held.shift()!.link.connection)
    }
    if (this.#held.length > 0) this.#deadline.set(this.#held[0]!.untilMs)
  }
}
