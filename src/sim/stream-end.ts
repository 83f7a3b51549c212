// One end of a simulated TCP connection: bytes arrive in order and whole, or not at all. Delays and widths are those of the
// datagrams' network; a lost segment comes later instead of never; a partition, a pulled cable or a moved host makes the
// connection wait until it is given up. Sizes are those of a usual system, not of any in particular.

import { concatBytes, type Endpoint, type Millis } from '../base/index.js'
import type { AcceptedStream, StreamHandler } from '../transport/stream.js'
import { delayOf, inSeries, LAN, type LinkConditions } from './link.js'
import type { Network, Router, Station } from './network.js'
import type { SeededRandom } from './random.js'
import type { Scheduler } from './scheduler.js'

/** What is carried as one event. */
const SEGMENT_BYTES = 8 * 1024
/** Bytes that may be under way unacknowledged; what is written beyond waits at the sender. */
const WINDOW_BYTES = 1024 * 1024
/** A lost segment comes so much later, and a round trip; a way that is cut is tried again after so long. */
const RETRANSMIT_MS = 200
const BLOCKED_RETRY_MS = 500
/** A connection that cannot get through for so long is over. */
const GIVE_UP_MS = 60_000

/** Comes before the first bytes to whoever dialled, and behind the last ones. */
const READY = new Uint8Array(0)
const END = new Uint8Array(0)

/** A host, as its streams see it. */
export interface StreamPlace {
  readonly station: Station
  turn(action: () => void): void
  /** The stream has something to do at the end of the turn, or soon when none runs. */
  touch(end: StreamEnd): void
  forget(end: StreamEnd): void
}

/** The network between the ends. */
export interface StreamNetwork {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly network: Network
}

export interface StreamEndParts {
  readonly place: StreamPlace
  /** The other end's address, as seen here. */
  readonly remote: Endpoint
  /** Our own address, as our host knew it then. */
  readonly local: Endpoint
  /** The LAN that the connection does not leave. */
  readonly lan: Router | undefined
}

export class StreamEnd implements AcceptedStream {
  readonly remote: Endpoint
  handler: StreamHandler | undefined
  /** @internal Called when the connection stands, on the side that dialled. */
  onReady: (() => void) | undefined
  readonly #between: StreamNetwork
  readonly #parts: StreamEndParts
  #other!: StreamEnd
  #isOpen = true
  #hasEnded = false
  #actions: (() => void)[] = []
  readonly #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #hasMuchWaiting = false
  #underWayBytes = 0
  #lastArrivalMs: Millis = 0
  /** Arrived, but the way is cut. */
  readonly #blocked: Uint8Array[] = []
  #blockedSinceMs: Millis | undefined

  constructor(between: StreamNetwork, parts: StreamEndParts) {
    this.#between = between
    this.#parts = parts
    this.remote = parts.remote
  }

  /** Two ends of one connection; the second one accepts it. */
  static join(a: StreamEnd, b: StreamEnd): void {
    a.#other = b
    b.#other = a
    b.#send(READY)
  }

  get queuedBytes(): number {
    // What the window has room for is as good as taken.
    return Math.max(0, this.#waitingBytes + this.#underWayBytes - WINDOW_BYTES)
  }

  write(bytes: Uint8Array): void {
    if (!this.#isOpen || bytes.length === 0) return
    this.#waiting.push(bytes.slice())
    this.#waitingBytes += bytes.length
    this.#parts.place.touch(this)
  }

  atTurnEnd(action: () => void): void {
    this.#actions.push(action)
    this.#parts.place.touch(this)
  }

  destroy(): void {
    if (!this.#isOpen) return
    this.#close()
    this.#sendEnd()
  }

  end(): void {
    this.endTurn()
    while (this.#waiting.length > 0) this.#send(this.#nextSegment())
    this.destroy()
  }

  /** @internal Does what the turn asked for, and sends what it wrote. */
  endTurn(): void {
    for (const action of this.#actions) action()
    this.#actions = []
    this.#pump()
  }

  get #station(): Station {
    return this.#parts.place.station
  }

  get #link(): LinkConditions {
    const { network } = this.#between
    if (this.#parts.lan !== undefined) return LAN
    return this.#station.hasLine ? inSeries(network.link, this.#station.line) : network.link
  }

  #close(): void {
    this.#isOpen = false
    this.#waiting.length = this.#waitingBytes = 0
    this.#parts.place.forget(this)
  }

  #sendEnd(): void {
    if (!this.#hasEnded) this.#send(END)
    this.#hasEnded = true
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#underWayBytes < WINDOW_BYTES) this.#send(this.#nextSegment())
    if (this.#waitingBytes > SEGMENT_BYTES) this.#hasMuchWaiting = true
    if (!this.#hasMuchWaiting || this.#waitingBytes > 0) return
    this.#hasMuchWaiting = false
    this.#between.scheduler.after(0, () => this.#inTurn(() => this.handler?.onDrained?.()))
  }

  #nextSegment(): Uint8Array {
    const parts: Uint8Array[] = []
    let room = SEGMENT_BYTES
    while (room > 0 && this.#waiting.length > 0) {
      const first = this.#waiting[0]!
      const part = first.subarray(0, room)
      if (part.length === first.length) this.#waiting.shift()
      else this.#waiting[0] = first.subarray(part.length)
      parts.push(part)
      room -= part.length
    }
    const segment = concatBytes(...parts)
    this.#waitingBytes -= segment.length
    return segment
  }

  #send(segment: Uint8Array): void {
    const { scheduler, random } = this.#between
    const { line, upLine, hasLine } = this.#station
    const link = this.#link
    this.#underWayBytes += segment.length
    let atMs = scheduler.nowMs
    if (this.#parts.lan === undefined && hasLine) {
      atMs = upLine.pass(atMs, segment.length, line.upBytesPerSecond, Number.POSITIVE_INFINITY)!
    }
    atMs += delayOf(link, random)
    if (link.loss > 0 && random.share() < link.loss) atMs += RETRANSMIT_MS + 2 * link.latencyMs
    // Nothing overtakes what was sent before it.
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, atMs)
    scheduler.after(this.#lastArrivalMs - scheduler.nowMs, () => this.#enterLine(segment))
  }

  /** The receiver's own line. */
  #enterLine(segment: Uint8Array): void {
    const { scheduler } = this.#between
    const { hasLine, line, downLine } = this.#other.#station
    if (this.#parts.lan !== undefined || !hasLine) return this.#arrive(segment)
    const { nowMs } = scheduler
    const passedMs = downLine.pass(nowMs, segment.length, line.downBytesPerSecond, Number.POSITIVE_INFINITY)!
    scheduler.after(passedMs - nowMs + line.latencyMs, () => this.#arrive(segment))
  }

  #arrive(segment: Uint8Array): void {
    this.#blocked.push(segment)
    if (this.#blockedSinceMs === undefined) this.#deliver()
  }

  #deliver(): void {
    const { scheduler } = this.#between
    if (this.isThere && this.#other.isThere && this.#station.side === this.#other.#station.side) {
      this.#blockedSinceMs = undefined
      for (const segment of this.#blocked.splice(0)) this.#other.#take(segment)
      return
    }
    this.#blockedSinceMs ??= scheduler.nowMs
    if (scheduler.nowMs - this.#blockedSinceMs < GIVE_UP_MS) {
      scheduler.after(BLOCKED_RETRY_MS, () => this.#deliver())
    } else {
      this.#breakOff()
      this.#other.#breakOff()
    }
  }

  #take(segment: Uint8Array): void {
    const back = (action: () => void): void => void this.#between.scheduler.after(this.#link.latencyMs, action)
    const sender = this.#other
    if (segment === END) return this.#breakOff()
    // Nobody reads here any more: the sender is told.
    if (!this.#isOpen) return back(() => sender.#breakOff())
    if (segment === READY) return this.onReady?.()
    this.#inTurn(() => this.handler?.onData(segment))
    back(() => sender.#acknowledged(segment.length))
  }

  #acknowledged(bytes: number): void {
    this.#underWayBytes -= bytes
    if (this.#isOpen) this.#pump()
  }

  /** The connection is over, without our doing. */
  #breakOff(): void {
    this.#hasEnded = true
    if (!this.#isOpen) return
    this.#close()
    this.#parts.place.turn(() => this.handler?.onClosed())
  }

  #inTurn(action: () => void): void {
    if (!this.#isOpen) return
    this.#parts.place.turn(() => {
      if (this.#isOpen) action()
    })
  }

  /** @internal Whether the host still has the address that the connection has, and is awake. */
  get isThere(): boolean {
    const { isPlugged, isAsleep, ipv4, ipv6 } = this.#station
    const { local } = this.#parts
    const address = local.family === 4 ? ipv4 : ipv6
    return isPlugged && !isAsleep && address?.ip === local.ip
  }
}
