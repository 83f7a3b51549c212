// TCP for simulated hosts: who listens where, and how a connection comes to stand.

import { Endpoint, type Millis } from '../base/index.js'
import type {
  AcceptedStream,
  DialAttempt,
  DialFailureCode,
  DialHandler,
  StreamDialer,
  StreamHandler,
  StreamTarget,
} from '../transport/stream.js'
import type { Station } from './network.js'
import { StreamEnd, type StreamNetwork, type StreamPlace } from './stream-end.js'

/** An attempt that nobody answers, and how often it knocks. */
const DIAL_TIMEOUT_MS = 10_000
const KNOCK_MS = 1_000
const FIRST_EPHEMERAL_PORT = 49_152
const EPHEMERAL_PORTS = 16_384

/** Takes what comes to a port; undefined refuses it (and destroys the stream). */
export type AcceptStream = (stream: AcceptedStream) => StreamHandler | undefined

/** TCP of one host: the life of its streams is that of its engine. */
export class HostTcp implements StreamPlace, StreamDialer {
  readonly #network: TcpNetwork
  readonly #runTurn: (action: () => void) => void
  readonly #flushSoon: () => void
  readonly #listeners = new Map<number, AcceptStream>()
  readonly #ends = new Set<StreamEnd>()
  readonly #touched = new Set<StreamEnd>()
  readonly #attempts = new Set<Attempt>()
  /** Nothing is heard of an engine that was stopped. */
  #isClosed = false

  constructor(
    network: TcpNetwork,
    readonly station: Station,
    host: { turn(action: () => void): void; flushSoon(): void },
  ) {
    this.#network = network
    this.#runTurn = host.turn
    this.#flushSoon = host.flushSoon
  }

  /** Takes connections to a port of this host. Throws RangeError when it is taken. */
  listen(port: number, accept: AcceptStream): void {
    if (this.#listeners.has(port)) throw new RangeError(`${this.station.name}: TCP port ${port} is taken`)
    this.#listeners.set(port, accept)
  }

  dial(to: StreamTarget, handler: DialHandler): DialAttempt {
    const attempt = new Attempt(this.#network, this, handler, () => this.#attempts.delete(attempt))
    this.#attempts.add(attempt)
    attempt.begin(to)
    return attempt
  }

  /** @internal */
  listener(port: number): AcceptStream | undefined {
    return this.#listeners.get(port)
  }

  /** @internal */
  turn(action: () => void): void {
    if (!this.#isClosed) this.#runTurn(action)
  }

  /** @internal */
  add(end: StreamEnd): void {
    this.#ends.add(end)
  }

  /** @internal */
  touch(end: StreamEnd): void {
    this.#touched.add(end)
    if (this.#touched.size === 1) this.#flushSoon()
  }

  /** @internal */
  forget(end: StreamEnd): void {
    this.#ends.delete(end)
  }

  /** @internal Streams do what the turn left them to do. */
  endTurn(): void {
    while (this.#touched.size > 0) {
      const [...touched] = this.#touched
      this.#touched.clear()
      for (const end of touched) end.endTurn()
    }
  }

  /** @internal The engine stopped; `gently`: what it wrote last still leaves. */
  close(gently: boolean): void {
    for (const end of [...this.#ends]) gently ? end.end() : end.destroy()
    for (const attempt of [...this.#attempts]) attempt.cancel()
    this.#touched.clear()
    this.#listeners.clear()
    this.#isClosed = true
  }
}

export class TcpNetwork {
  /** Of the engines that run now. */
  readonly #hosts = new Map<Station, HostTcp>()
  #ports = 0

  constructor(readonly between: StreamNetwork) {}

  /** TCP for an engine that starts. */
  open(station: Station, host: { turn(action: () => void): void; flushSoon(): void }): HostTcp {
    const tcp = new HostTcp(this, station, host)
    this.#hosts.set(station, tcp)
    return tcp
  }

  close(tcp: HostTcp): void {
    if (this.#hosts.get(tcp.station) === tcp) this.#hosts.delete(tcp.station)
  }

  of(station: Station): HostTcp | undefined {
    return this.#hosts.get(station)
  }

  nextPort(): number {
    return FIRST_EPHEMERAL_PORT + (this.#ports++ % EPHEMERAL_PORTS)
  }

  /** A host by name, or by its address as text. */
  resolve(host: string, port: number): Endpoint | undefined {
    const address = Endpoint.parse(host, port)
    if (address !== undefined) return address
    for (const { name, ipv4, ipv6 } of this.#hosts.keys()) if (name === host) return (ipv4 ?? ipv6)?.withPort(port)
    return undefined
  }
}

/** One try to connect, until it is decided. */
class Attempt implements DialAttempt {
  #isDecided = false
  #stopTimer: (() => void) | undefined

  constructor(
    private readonly tcp: TcpNetwork,
    private readonly from: HostTcp,
    private readonly handler: DialHandler,
    private readonly onDecided: () => void,
  ) {}

  begin(target: StreamTarget): void {
    const { scheduler } = this.tcp.between
    const to = target instanceof Endpoint ? target : this.tcp.resolve(target.host, target.port)
    if (to === undefined) return this.#failIn(0, 'not-resolved', 'nobody has this name')
    const { ipv4, ipv6 } = this.from.station
    const local = to.family === 4 ? ipv4 : ipv6
    if (local === undefined || !to.isSendable) return this.#failIn(0, 'unreachable', 'no way leads there')
    this.#stopTimer = scheduler.after(DIAL_TIMEOUT_MS, () => this.#fail('timeout', 'no answer'))
    this.#knock(local.withPort(this.tcp.nextPort()), to)
  }

  cancel(): void {
    this.#decide()
  }

  #decide(): boolean {
    if (this.#isDecided) return false
    this.#isDecided = true
    this.#stopTimer?.()
    this.onDecided()
    return true
  }

  #fail(code: DialFailureCode, text: string): void {
    if (this.#decide()) this.from.turn(() => this.handler.onFailed({ code, text }))
  }

  #failIn(delayMs: Millis, code: DialFailureCode, text: string): void {
    this.tcp.between.scheduler.after(delayMs, () => this.#fail(code, text))
  }

  #knock(local: Endpoint, to: Endpoint): void {
    const { scheduler, network } = this.tcp.between
    const { station } = this.from
    const found = network.find(station, to)
    const awayMs = network.latencyMs(station, found?.station, found?.lan)
    scheduler.after(awayMs, () => {
      if (this.#isDecided) return
      const isReached =
        found !== undefined &&
        station.isPlugged &&
        found.station.isPlugged &&
        !found.station.isAsleep &&
        found.station.side === station.side
      if (!isReached) return void scheduler.after(KNOCK_MS, () => this.#isDecided || this.#knock(local, to))
      const accept = this.tcp.of(found.station)?.listener(to.port)
      if (accept === undefined) this.#failIn(awayMs, 'refused', 'connection refused')
      else this.#join(local, to, { ...found, accept })
    })
  }

  #join(
    local: Endpoint,
    to: Endpoint,
    { station, lan, from, accept }: { station: Station; lan: StreamEndLan; from: Endpoint; accept: AcceptStream },
  ): void {
    const place = this.tcp.of(station)!
    const here = new StreamEnd(this.tcp.between, { place: this.from, remote: to, local, lan })
    const seenFrom = from.withPort(local.port)
    const innerTo = to.family === 4 ? station.ipv4! : station.ipv6!
    const there = new StreamEnd(this.tcp.between, { place, remote: seenFrom, local: innerTo, lan })
    place.add(there)
    here.onReady = () => {
      if (!this.#decide()) return here.destroy()
      this.from.add(here)
      this.from.turn(() => {
        here.handler = this.handler.onConnected(here)
      })
    }
    StreamEnd.join(here, there)
    place.turn(() => {
      there.handler = accept(there)
    })
  }
}

type StreamEndLan = ConstructorParameters<typeof StreamEnd>[1]['lan']
