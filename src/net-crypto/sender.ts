// The sending half of a session: what leaves, when, and what leaves again. It holds the send window and decides by round trip,
// congestion and what the peer tells. Timers are one deadline: pace, suspects and probes share it.

import type { Deadline, Env, Millis } from '../base/index.js'
import { Congestion, WINDOW_MIN } from './congestion.js'
import type { PacketBlocks } from './packet-blocks.js'
import { Reordering } from './reordering.js'
import { RoundTrip } from './round-trip.js'
import { SendWindow } from './send-window.js'
import type { Purpose } from './ways.js'
import { type LossRules, WindowNews } from './window-news.js'

/** So many probes without an answer mean that the path is gone or choked. */
const PROBES_BEFORE_STALL = 3
/** While packets wait, the first acknowledgement of c-toxcore is awaited only so long. */
const EARLY_PROBE_MS = 150
/** New packets that make a probe: four within 50 ms make c-toxcore acknowledge within 100. */
const PROBE_PACKETS = 4
/** After a refusal the queue is reported as writable when it has room for so many packets. */
const ROOM_AGAIN_SLOTS = 1024

/** What the peer misses is lost when it was sent so many round trips ago, each with what packets may overtake by. */
const LOSS_ROUND_TRIPS = 1.25
/** c-toxcore acknowledges this often when loaded and iterated every 50 ms; longer round trips come from idle times. */
const LOADED_ACK_MS = 100
/** What was sent again and arrives within three quarters of a round trip has arrived the first time. */
const SPURIOUS_ROUND_TRIPS = 0.75
/** Who answers `onWritable` within so much time had enough to send. */
const STARVED_MS = 2

/**
 * Packets that may be in the air through relays while it is not known how the peer reads: 57 KB. c-toxcore reads a relay's
 * stream every 50 ms, and only whole packets: where the system's buffer (128 KB, half of it overhead) is filled by more, it never
 * holds a whole one again, and nothing moves until c-toxcore gives the relay up after 40 s. It sends no faster than this itself.
 */
const CAUTIOUS_PACKETS = 40
/**
 * A peer that acknowledges again within so short a time reads packets as they come: c-toxcore turns every 50 ms, 20 at best.
 * That often more than not, for a relay that turns every 30 ms brings two acknowledgements together now and then.
 */
const QUICK_MS = 10
const QUICK_TIMES = 6
/** So many probes without an answer make whoever has another way take it. */
const STALLED_PROBES = 2

/** Numbers so far ahead of the first unacknowledged one were acknowledged long ago. */
const WINDOW_SPAN = 2 ** 31

/** What the sending half needs of its session. */
export interface Line {
  /** Seals and sends a text of the window; false when no path works. */
  seal(plain: Uint8Array, purpose: Purpose): boolean
  /** The queue ran empty or has room again after a refusal, or packets left the air. */
  onWritable(): void
}

/** How sending goes, for people who look into it: packets now (window to waiting) and since the start. */
export interface SessionStats {
  readonly window: number
  readonly inFlight: number
  /** Judged lost and not yet sent again. */
  readonly lost: number
  readonly waiting: number
  /** Lossless packets sent for the first time, sent again, and times when nothing was heard for too long. */
  readonly sent: number
  readonly resent: number
  readonly probes: number
  readonly rttMs: Millis | undefined
  readonly minRttMs: Millis | undefined
}

export class Sender {
  readonly rtt = new RoundTrip()
  readonly #env: Env
  readonly #line: Line
  readonly #congestion: Congestion
  readonly #reordering = new Reordering()
  readonly #window: SendWindow
  readonly #news = new WindowNews()
  readonly #deadline: Deadline
  #isClosed = false
  /** The last moment at which a packet left or was acknowledged: silence is counted from there. */
  #activeMs = 0
  #probes = 0
  #suspectsAtMs = Number.POSITIVE_INFINITY
  /** Since when nothing waits to be sent. */
  #emptyMs = 0
  #wasRefused = false
  /** Whether relays carry the packets; how often the peer was quick, and when it acknowledged something last. */
  #isRelayed = false
  #quickTimes = 0
  #ackedMs = Number.NEGATIVE_INFINITY
  /** Packets left the air since the owner was last told. */
  #hasLeftAir = false
  #sentPackets = 0
  #resentPackets = 0
  #sentProbes = 0

  constructor(env: Env, blocks: PacketBlocks, line: Line, firstPacketNumber?: number) {
    this.#env = env
    this.#line = line
    this.#congestion = new Congestion(env, this.rtt, this.#reordering)
    this.#window = new SendWindow(blocks, firstPacketNumber)
    this.#deadline = env.deadlines.create('net-crypto send', () => this.#wake())
  }

  /** Number of the first packet that the peer has not acknowledged. */
  get start(): number {
    return this.#window.start
  }
  /** Number of the first packet that was never sent. */
  get next(): number {
    return this.#window.next
  }
  get freeSlots(): number {
    return this.#window.freeSlots
  }
  /** Packets that could leave now or within milliseconds: more would only wait here, before messages. */
  get readySlots(): number {
    const { inFlight, lost, waiting } = this.#window
    return this.#congestion.room(inFlight, lost + waiting, this.#env.clock.now())
  }
  get stats(): SessionStats {
    const { inFlight, lost, waiting } = this.#window
    return {
      window: this.#congestion.window,
      inFlight,
      lost,
      waiting,
      sent: this.#sentPackets,
      resent: this.#resentPackets,
      probes: this.#sentProbes,
      rttMs: this.rtt.isKnown ? this.rtt.middleMs : undefined,
      minRttMs: this.rtt.isKnown ? this.rtt.minMs : undefined,
    }
  }

  /** Whether nothing was acknowledged though it was asked for again and again. */
  get isStalled(): boolean {
    return this.#probes >= STALLED_PROBES
  }

  /** Sends a payload, or queues it; its packet number, or `undefined` when 32,768 packets wait already. */
  push(payload: Uint8Array): number | undefined {
    const number = this.#isClosed ? undefined : this.#window.push(payload)
    if (number === undefined) {
      this.#wasRefused = true
      return undefined
    }
    if (this.#window.waiting === 1 && this.#window.lost === 0) {
      const now = this.#env.clock.now()
      const { inFlight } = this.#window
      if (now - this.#emptyMs > STARVED_MS && this.#congestion.isOpen(inFlight, now))
        this.#window.flights.starved(inFlight)
      this.#pump(now)
    }
    return number
  }

  /** Whether the peer has acknowledged packet `number` and all before it. */
  isAcked(number: number): boolean {
    return (number - this.#window.start) >>> 0 >= WINDOW_SPAN
  }

  /** The peer has all packets before `upTo`; false when that cannot be. */
  acknowledge(upTo: number): boolean {
    this.#news.spuriousFromMs = this.#env.clock.now() - SPURIOUS_ROUND_TRIPS * this.rtt.minMs
    return this.#window.acknowledge(upTo, this.#news)
  }

  /** Applies the gap list of a packet request that came with our current acknowledgement. */
  applyRequest(gaps: Uint8Array): void {
    const now = this.#env.clock.now()
    const rules: LossRules = {
      sentBeforeMs: now - this.#lossMs,
      longBeforeMs: now - this.rtt.probeMs,
      reorderMs: this.#reordering.toleranceMs(this.rtt.minMs, now),
    }
    if (!this.#window.applyRequest(gaps, rules, this.#news)) {
      this.#env.drops.count('net-crypto/packet request malformed')
    }
    this.#judgeSuspects()
  }

  /** Feeds round trip and congestion with what the last packet told; false when that was nothing. */
  settle(): boolean {
    const news = this.#news
    if (news.arrived === 0 && news.lost === 0) return false
    const now = this.#env.clock.now()
    if (news.arrived > 0) {
      if (this.#isRelayed && this.#quickTimes < QUICK_TIMES) this.#noteQuickness(now)
      this.rtt.noteAck(now)
      if (news.youngestArrivedSentMs >= 0) this.rtt.sample(now - news.youngestArrivedSentMs, now)
      if (news.latenessMs > 0) this.#reordering.note(news.latenessMs, now)
      if (news.spurious > 0) this.#congestion.foundAgain(news.spurious)
      this.#congestion.arrived(this.#window.flights.settle(news, now), this.#window.inFlight, now)
      this.#activeMs = now
      this.#probes = 0
      this.#hasLeftAir = true
    }
    if (news.lost > 0) this.#congestion.lost(news.lost, news.youngestLostSentMs)
    news.clear()
    return true
  }

  /** A packet that the peer misses, while it has younger ones, is lost when it was sent longer ago than this. */
  get #lossMs(): Millis {
    const { minMs, middleMs } = this.rtt
    const usualMs = Math.max(minMs, Math.min(middleMs, 2 * minMs + LOADED_ACK_MS))
    return Math.max(1, LOSS_ROUND_TRIPS * (usualMs + this.#reordering.toleranceMs(minMs, this.#env.clock.now())))
  }

  #judgeSuspects(): void {
    const lossMs = this.#lossMs
    const oldest = this.#window.judgeSuspects(this.#env.clock.now() - lossMs, this.#news)
    this.#suspectsAtMs = oldest + lossMs
    this.#deadline.setSooner(this.#suspectsAtMs)
  }

  /** Sends what is lost and what waits, as far as window and pace allow. */
  #pump(now: Millis): void {
    for (;;) {
      const number = this.#window.nextToSend()
      if (number === undefined) {
        this.#emptyMs = now
        return
      }
      const delayMs = this.#congestion.delayMs(this.#window.inFlight, this.#window.lost > 0, now)
      if (delayMs > 0) {
        if (delayMs !== Number.POSITIVE_INFINITY) this.#deadline.setSooner(now + delayMs)
        return
      }
      if (!this.#transmit(number, now)) return
    }
  }

  /** As `#pump`, and tells the owner when more may be sent than before: see `Line.onWritable`. */
  pumpAndTell(now: Millis): void {
    const hadWaiting = this.#window.waiting > 0
    this.#pump(now)
    const isDrained = hadWaiting && this.#window.waiting === 0
    const hasRoomAgain = this.#wasRefused && this.#window.freeSlots >= ROOM_AGAIN_SLOTS
    const isReady = this.#hasLeftAir && this.readySlots > 0
    if (!isDrained && !hasRoomAgain && !isReady) return
    this.#wasRefused = this.#hasLeftAir = false
    this.#line.onWritable()
  }

  #transmit(number: number, now: Millis, purpose: Purpose = 'data'): boolean {
    if (!this.#line.seal(this.#window.plainOf(number), purpose)) return false
    if (number === this.#window.next) this.#sentPackets++
    else this.#resentPackets++
    this.#window.sent(number, now)
    this.#congestion.sent(this.#window.inFlight)
    this.#activeMs = now
    this.#deadline.setSooner(now + this.#probeAfterMs)
    return true
  }

  #wake(): void {
    const now = this.#env.clock.now()
    if (now >= this.#suspectsAtMs) {
      this.#judgeSuspects()
      this.settle()
    }
    if (this.#window.inFlight > 0 && now >= this.#activeMs + this.#probeAfterMs) this.#probe(now)
    this.pumpAndTell(now)
    if (this.#isClosed) return
    this.#deadline.setSooner(this.#suspectsAtMs)
    if (this.#window.inFlight > 0) this.#deadline.setSooner(this.#activeMs + this.#probeAfterMs)
  }

  /**
   * Nothing was acknowledged for long. Sends what is known to be lost even past the window (what fills it may have arrived
   * untold); else a few new packets, because c-toxcore acknowledges soon only what is new to it; else the youngest again, so
   * that the peer learns all that it misses.
   */
  #probe(now: Millis): void {
    this.#activeMs = now
    this.#probes++
    this.#sentProbes++
    if (this.#probes === PROBES_BEFORE_STALL) this.#congestion.stalled(now)
    const count = this.#window.lost > 0 ? WINDOW_MIN : Math.min(this.#window.waiting, PROBE_PACKETS)
    for (let i = 0; i < count; i++) {
      const number = this.#window.nextToSend()
      if (number === undefined || !this.#transmit(number, now, 'probe')) return
    }
    const youngest = count > 0 ? undefined : this.#window.youngestInFlight()
    if (youngest !== undefined) this.#transmit(youngest, now, 'probe')
  }

  /** Packets take another way from now on, as fast as it turns out to be: through relays or not. */
  pathChanged(isRelayed: boolean): void {
    const now = this.#env.clock.now()
    this.setRelayed(isRelayed)
    this.rtt.pathChanged()
    this.#congestion.stalled(now)
    this.#probes = 0
    if (this.#window.inFlight > 0) this.#probe(now)
    this.pumpAndTell(now)
  }

  setRelayed(isRelayed: boolean): void {
    this.#isRelayed = isRelayed
    const isCautious = isRelayed && this.#quickTimes < QUICK_TIMES
    this.#congestion.limit = isCautious ? CAUTIOUS_PACKETS : Number.POSITIVE_INFINITY
  }

  #noteQuickness(nowMs: Millis): void {
    const passedMs = nowMs - this.#ackedMs
    this.#ackedMs = nowMs
    if (passedMs >= QUICK_MS) this.#quickTimes = Math.max(0, this.#quickTimes - 1)
    else if (++this.#quickTimes === QUICK_TIMES) this.setRelayed(true)
  }

  get #probeAfterMs(): Millis {
    // While packets wait, a probe is new packets: nothing is lost by being early.
    const { probeMs, minMs, isKnown } = this.rtt
    const soonMs = isKnown ? Math.max(EARLY_PROBE_MS, 2 * minMs) : probeMs
    return (this.#window.waiting > 0 ? Math.min(probeMs, soonMs) : probeMs) * 2 ** Math.min(this.#probes, 5)
  }

  /** Stops, and drops all packets. */
  close(): void {
    this.#isClosed = true
    this.#deadline.clear()
    this.#window.clear()
  }
}
