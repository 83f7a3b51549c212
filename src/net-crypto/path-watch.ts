// Notices which way carries an established session: tells the user of paths that come and go, the session when its packets take
// another way, and the relays when they may sleep.

import type { Millis } from '../base/index.js'
import type { Session } from './session.js'
import type { SessionHandlers } from './session-handlers.js'
import type { Ways } from './ways.js'

export class PathWatch {
  /** Whether packets went directly, and through how many relays they might go, when it was told last. */
  #wasDirect = false
  #relayCount = 0
  #carrier: 'direct' | 'relay' | undefined

  constructor(
    private readonly ways: Ways,
    private readonly handlers: SessionHandlers,
  ) {}

  /** Whether packets went directly when this was told last. */
  get wasDirect(): boolean {
    return this.#wasDirect
  }

  look(session: Session, nowMs: Millis): void {
    const isDirect = this.ways.isDirect(nowMs)
    const { relayCount } = this.ways
    const hasMore = relayCount > this.#relayCount
    const carrier = isDirect ? 'direct' : relayCount > 0 ? 'relay' : this.#carrier
    const isOther = this.#carrier !== undefined && carrier !== this.#carrier
    const changes = { direct: isDirect !== this.#wasDirect, relays: relayCount !== this.#relayCount }
    this.#carrier = carrier
    this.#wasDirect = isDirect
    this.#relayCount = relayCount
    this.ways.letRelaysSleep(nowMs)
    if (isOther) session.pathChanged()
    else if (hasMore && !isDirect) session.resume()
    if (changes.direct) this.handlers.onDirectPath?.(isDirect)
    if (changes.relays) this.handlers.onRelays?.(relayCount)
  }
}
