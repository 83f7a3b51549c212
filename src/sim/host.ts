// One machine of the simulated world: addresses, a line, clocks, a power switch, and the engine that runs on it.

import { Counters, Endpoint, type Env, type LogLevel, type Millis } from '../base/index.js'
import type { Crypto } from '../crypto/index.js'
import { HostClock } from './clock.js'
import type { CreateEngine, EngineSetup, SimEngine } from './engine.js'
import { type AccessLine, checkLink, IDEAL_LINE, NarrowLine } from './link.js'
import type { Loss, Network, Router } from './network.js'
import { Outbox } from './outbox.js'
import type { SeededRandom } from './random.js'
import type { Scheduler } from './scheduler.js'
import { seededCrypto } from './seeded-crypto.js'
import type { SharedSecrets } from './shared-secrets.js'
import type { HostTcp, TcpNetwork } from './tcp.js'
import { Traffic } from './traffic.js'
import { Waker, WatchedDeadlines } from './waker.js'

/** Tox's own port. */
export const DEFAULT_PORT = 33_445
/** Clocks start at different numbers: up to 12 days of uptime. */
const UPTIME_MAX_MS = 12 * 24 * 3600 * 1000

export interface HostOptions {
  /** Behind this router; a public address unless given. */
  readonly router?: Router
  /** True unless told. */
  readonly ipv4?: boolean
  /** False unless told. */
  readonly ipv6?: boolean
  /** UDP port: 33,445 unless told. */
  readonly port?: number
  /** The host's own line; adds nothing unless told. */
  readonly line?: Partial<AccessLine>
}

/** Of a change of network. */
export interface MoveOptions {
  /** Whether the engine is told, as by a host that watches its addresses. False unless told. */
  readonly isTold?: boolean
}

/** @internal What a host needs of its world. */
export interface HostWorld {
  readonly scheduler: Scheduler
  readonly network: Network
  readonly tcp: TcpNetwork
  readonly random: SeededRandom
  readonly crypto: Crypto | undefined
  readonly secrets: SharedSecrets | undefined
  readonly startUnixSeconds: number
  readonly log: (host: string, level: LogLevel, module: string, text: string) => void
}

/** From one start of an engine to its end. */
interface Life<E> {
  readonly env: Env
  readonly tcp: HostTcp
  engine: E | undefined
}

export class SimHost<E extends SimEngine = SimEngine> {
  /** What it has sent and received since it was made, over all lives of its engine. */
  readonly traffic = new Traffic()
  /** @internal */
  readonly upLine = new NarrowLine()
  /** @internal */
  readonly downLine = new NarrowLine()
  /** @internal Hosts on different sides of a partition do not hear each other. */
  side = 0

  readonly #world: HostWorld
  readonly #clock: HostClock
  readonly #outbox: Outbox
  readonly #waker: Waker
  #router: Router | undefined
  #ipv4: Endpoint | undefined
  #ipv6: Endpoint | undefined
  #line: AccessLine = IDEAL_LINE
  #isPlugged = true
  #isAsleep = false
  #wakeUp: (() => void) | undefined
  #life: Life<E> | undefined
  #create: CreateEngine<E> | undefined
  #starts = 0
  #isInTurn = false

  /** @internal Made by `World.addHost`. */
  constructor(
    readonly name: string,
    world: HostWorld,
    options: HostOptions,
  ) {
    this.#world = world
    const uptimeMs = world.random.fork(`uptime of ${name}`).uniform(UPTIME_MAX_MS)
    this.#clock = new HostClock(world.scheduler, world.startUnixSeconds, uptimeMs)
    this.#waker = new Waker(world.scheduler, this.#clock, () => this.#wake())
    this.#outbox = new Outbox(
      world.network.pool,
      (to, packet) => world.network.transmit(this, to, packet),
      () => this.#flushSoon(),
    )
    if (options.line !== undefined) this.setLine(options.line)
    this.#settle(options.router, options.ipv4 ?? true, options.ipv6 ?? false, options.port ?? DEFAULT_PORT)
  }

  /** The address of its own interface: private behind a router. */
  get ipv4(): Endpoint | undefined {
    return this.#ipv4
  }

  get ipv6(): Endpoint | undefined {
    return this.#ipv6
  }

  /** Its IPv4 endpoint, or IPv6 where it has no other: what others bootstrap from when it is public. */
  get endpoint(): Endpoint {
    const endpoint = this.#ipv4 ?? this.#ipv6
    if (endpoint === undefined) throw new Error(`${this.name} has no address`)
    return endpoint
  }

  get router(): Router | undefined {
    return this.#router
  }

  get line(): AccessLine {
    return this.#line
  }

  /** @internal */
  get hasLine(): boolean {
    return this.#line !== IDEAL_LINE
  }

  /** Changes its line; what is not named becomes ideal. */
  setLine(line: Partial<AccessLine>): void {
    checkLink(line)
    this.#line = { ...IDEAL_LINE, ...line }
  }

  get isPlugged(): boolean {
    return this.#isPlugged
  }

  /** Pulls the cable: packets are lost both ways, the engine runs on. */
  unplug(): void {
    this.#isPlugged = false
  }

  plug({ isTold = false }: MoveOptions = {}): void {
    this.#isPlugged = true
    if (isTold) this.#tell()
  }

  /** Moves to another network, with new addresses. The engine is not told, unless you say that its host watches them. */
  moveTo(router: Router | undefined, { isTold = false }: MoveOptions = {}): void {
    const { ipv4, ipv6, endpoint } = this
    this.#world.network.unbind(this)
    this.#settle(router, ipv4 !== undefined, ipv6 !== undefined, endpoint.port)
    if (isTold) this.#tell()
  }

  /** Whether an engine runs here. */
  get isRunning(): boolean {
    return this.#life?.engine !== undefined
  }

  /** The engine that runs here. Throws when there is none. */
  get engine(): E {
    const engine = this.#life?.engine
    if (engine === undefined) throw new Error(`${this.name} runs no engine`)
    return engine
  }

  /** The engine's environment. Throws when none runs. */
  get env(): Env {
    if (this.#life === undefined) throw new Error(`${this.name} runs no engine`)
    return this.#life.env
  }

  /** Starts an engine: with dice, deadlines and keys of its own, on this host's clocks. */
  start(create: CreateEngine<E>): E {
    if (this.#life !== undefined) throw new Error(`${this.name} runs an engine already`)
    this.#create = create
    const random = this.#world.random.fork(`${this.name}, start ${++this.#starts}`)
    const host = { turn: (action: () => void) => this.#turn(action), flushSoon: () => this.#flushSoon() }
    const tcp = this.#world.tcp.open(this, host)
    const life: Life<E> = { env: this.#environment(random), tcp, engine: undefined }
    this.#life = life
    try {
      this.#turn(() => {
        life.engine = create(this.#setup(life, random))
      })
    } catch (error) {
      this.#endLife(false)
      throw error
    }
    return this.engine
  }

  /** Closes the engine; its goodbyes still go out. */
  stop(): void {
    const engine = this.#life?.engine
    if (engine?.close !== undefined) this.#turn(() => engine.close?.())
    this.#endLife(true)
  }

  /** Ends the engine as a crash or a power cut does. */
  kill(): void {
    this.#endLife(false)
    this.#outbox.clear()
  }

  /** Kills the engine and starts it again, as before or as told, on this port or another. */
  restart(options: { port?: number; create?: CreateEngine<E> } = {}): E {
    const create = options.create ?? this.#create
    if (create === undefined) throw new Error(`${this.name} has run no engine yet`)
    this.kill()
    if (options.port !== undefined) this.#rebind(options.port)
    return this.start(create)
  }

  get isAsleep(): boolean {
    return this.#isAsleep
  }

  /**
   * Closes the lid for `ms`: nothing arrives and nothing happens, and on waking the clocks have jumped. Linux stops the
   * monotonic clock of a sleeping machine, others do not: `monotonic` tells, `'runs'` unless given.
   */
  sleep(ms: Millis, { monotonic = 'runs' }: { monotonic?: 'runs' | 'stops' } = {}): void {
    if (this.#isAsleep) throw new Error(`${this.name} sleeps already`)
    const sinceMs = this.#world.scheduler.nowMs
    this.#isAsleep = true
    const wakeUp = (): void => {
      cancel()
      this.#isAsleep = false
      this.#wakeUp = undefined
      const sleptMs = Math.ceil(this.#world.scheduler.nowMs - sinceMs)
      this.jumpClocks(monotonic === 'stops' ? { monotonicMs: -sleptMs } : {})
    }
    const cancel = this.#world.scheduler.after(ms, wakeUp)
    this.#wakeUp = wakeUp
  }

  /** Opens the lid before its time. */
  wake(): void {
    this.#wakeUp?.()
  }

  /** Sets clocks forward or back, by whole milliseconds: somebody sets the date, or a virtual machine is moved. */
  jumpClocks({ monotonicMs = 0, wallMs = 0 }: { monotonicMs?: Millis; wallMs?: Millis }): void {
    this.#clock.monotonicOffsetMs += Math.round(monotonicMs)
    this.#clock.wallOffsetMs += Math.round(wallMs)
    this.#waker.reset()
    this.#watch()
  }

  /** @internal Hands a packet to the engine, or says why not. */
  deliver(from: Endpoint, packet: Uint8Array): Loss | undefined {
    if (!this.#isPlugged) return 'unplugged'
    if (this.#isAsleep) return 'asleep'
    const engine = this.#life?.engine
    if (engine === undefined) return 'no engine'
    this.traffic.countReceived(packet)
    this.#turn(() => engine.receive(from, packet))
    return undefined
  }

  #tell(): void {
    const engine = this.#life?.engine
    if (engine?.networkChanged !== undefined && !this.#isAsleep) this.#turn(() => engine.networkChanged?.())
  }

  #endLife(gently: boolean): void {
    const tcp = this.#life?.tcp
    this.#life = undefined
    if (tcp === undefined) return
    tcp.close(gently)
    this.#world.tcp.close(tcp)
  }

  #settle(router: Router | undefined, wantsIpv4: boolean, wantsIpv6: boolean, port: number): void {
    const { ipv4, ipv6 } = this.#world.network.addresses(router, wantsIpv4, wantsIpv6)
    this.#router = router
    this.#ipv4 = ipv4 && Endpoint.of(ipv4, port)
    this.#ipv6 = ipv6 && Endpoint.of(ipv6, port)
    this.#world.network.bind(this)
  }

  #rebind(port: number): void {
    this.#world.network.unbind(this)
    this.#ipv4 = this.#ipv4?.withPort(port)
    this.#ipv6 = this.#ipv6?.withPort(port)
    this.#world.network.bind(this)
  }

  #environment(random: SeededRandom): Env {
    return {
      clock: this.#clock,
      random: random.fork('engine'),
      log: { log: (level, module, text) => this.#world.log(this.name, level, module, text) },
      deadlines: new WatchedDeadlines((deadlines) => {
        if (!this.#isInTurn && this.#life?.env.deadlines === deadlines) this.#watch()
      }),
      drops: new Counters(),
    }
  }

  #setup(life: Life<E>, random: SeededRandom): EngineSetup {
    const { crypto, secrets } = this.#world
    const { name } = this
    const seeded = crypto && seededCrypto(crypto, random.fork('crypto'), secrets)
    return {
      name,
      env: life.env,
      udp: this.#outbox.sender(() => this.#life === life),
      dialer: life.tcp,
      listen: (port, accept) => life.tcp.listen(port, accept),
      ipv4: this.#ipv4 !== undefined,
      ipv6: this.#ipv6 !== undefined,
      get crypto(): Crypto {
        if (seeded === undefined) throw new Error(`${name} wants crypto, but the world was made without`)
        return seeded
      },
    }
  }

  /** What the user's own calls send outside of a turn leaves before time goes on. */
  #flushSoon(): void {
    if (!this.#isInTurn) this.#world.scheduler.after(0, () => this.#flush())
  }

  #turn(action: () => void): void {
    if (this.#isInTurn) return action()
    this.#isInTurn = true
    try {
      action()
    } finally {
      this.#life?.tcp.endTurn()
      this.#isInTurn = false
      this.#outbox.flush()
      this.#watch()
    }
  }

  #flush(): void {
    this.#life?.tcp.endTurn()
    this.#outbox.flush()
  }

  #watch(): void {
    if (this.#life !== undefined && !this.#isAsleep) this.#waker.watch(this.#life.env.deadlines)
  }

  #wake(): void {
    if (this.#life === undefined || this.#isAsleep) return
    const { deadlines } = this.#life.env
    this.#waker.checkSpin(this.name, deadlines)
    this.#turn(() => deadlines.run(this.#clock.now()))
  }
}
