// Notices which way carries an established session: tells the user of paths that come and go, the session when its packets take
// another way, and the relays when they may sleep.

import { bytesKey, type Endpoint, type Millis } from '../base/index.js'
import type { RelaySnapshot } from '../relay/index.js'
import type { Session } from './session.js'
import type { SessionHandlers } from './session-handlers.js'
import type { Ways } from './ways.js'

/** The way that carries a session, at one moment. */
export interface PathInfo {
  readonly kind: 'udp' | 'relay'
  /** Where packets go, by UDP. */
  readonly endpoint: Endpoint | undefined
  /** The first of the relays that both are connected to, while one carries the packets. */
  readonly relay: RelaySnapshot | undefined
  /** Usual round trip, the peer's acknowledgement delay included; undefined until something was acknowledged. */
  readonly rttMs: Millis | undefined
  /** Bytes of packets a second over the last three seconds, by all ways. */
  readonly sendRate: number
  readonly receiveRate: number
  /** Since when packets go there. */
  readonly sinceMs: Millis
}

/** Which endpoint or relay it is, is looked at so often. */
const NOTE_MS: Millis = 1_000

export class PathWatch {
  /** Whether packets went directly, and through how many relays they might go, when it was told last. */
  #wasDirect = false
  #relayCount = 0
  #carrier: 'direct' | 'relay' | undefined
  /** The endpoint or relay that was told last. */
  #told = ''
  #notedMs: Millis = Number.NEGATIVE_INFINITY
  #sinceMs: Millis = 0

  constructor(
    private readonly ways: Ways,
    private readonly handlers: SessionHandlers,
    private readonly onPath: () => void,
  ) {}

  /** Whether packets went directly when this was told last. */
  get wasDirect(): boolean {
    return this.#wasDirect
  }

  /** The way that carries the session; undefined while none does. */
  info(nowMs: Millis, rttMs: Millis | undefined): PathInfo | undefined {
    const { ways } = this
    const endpoint = ways.isDirect(nowMs) ? ways.endpoint(nowMs) : undefined
    const relay = endpoint === undefined ? ways.relayed?.best : undefined
    if (endpoint === undefined && relay === undefined) return undefined
    const kind = endpoint === undefined ? 'relay' : 'udp'
    return { kind, endpoint, relay, rttMs, sinceMs: this.#sinceMs, ...ways.rates(nowMs) }
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
    if (changes.direct || changes.relays || nowMs >= this.#notedMs + NOTE_MS) this.#note(nowMs)
  }

  #note(nowMs: Millis): void {
    this.#notedMs = nowMs
    const path = this.info(nowMs, undefined)
    const name = path?.endpoint?.key ?? (path?.relay && bytesKey(path.relay.publicKey))
    if (name === undefined || name === this.#told) return
    this.#told = name
    this.#sinceMs = nowMs
    this.onPath()
  }

  /** The relay takes our packets, and nothing comes of them: another one carries on, where there is one. */
  #doubtRelay(session: Session): void {
    this.ways.relayed?.suspect()
    if (this.ways.relayCount > 1) session.pathChanged(true)
  }
}
