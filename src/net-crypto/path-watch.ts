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
    const isFirst = this.#carrier === undefined
    this.#carrier = carrier
    this.#wasDirect = isDirect
    this.#relayCount = relayCount
    this.ways.letRelaysSleep(nowMs)
    const isRelayed = carrier === 'relay'
    if (isFirst) session.setRelayed(isRelayed)
    else if (isOther) session.pathChanged(isRelayed)
    else if (hasMore && !isDirect) session.resume()
    if (isRelayed && session.isStalled) this.#doubtRelay(session)
    if (changes.direct) this.handlers.onDirectPath?.(isDirect)
    if (changes.relays) this.handlers.onRelays?.(relayCount)
  }

  /** The relay takes our packets, and nothing comes of them: another one carries on, where there is one. */
  #doubtRelay(session: Session): void {
    this.ways.relayed?.suspect()
    if (this.ways.relayCount > 1) session.pathChanged(true)
  }
}
