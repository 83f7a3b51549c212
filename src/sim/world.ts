// The simulated world: hosts, routers and the network between them, on one virtual clock and from one seed. The same seed gives
// the same run, byte for byte; an hour of a thousand engines takes as long as their work does.

import type { Counters, LogLevel, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/index.js'
import type { CreateEngine, SimEngine } from './engine.js'
import { type HostOptions, type HostWorld, SimHost } from './host.js'
import { CALM, checkLink, type LinkConditions } from './link.js'
import type { NatOptions } from './nat.js'
import { Network, type Router, type Transit } from './network.js'
import { SeededRandom } from './random.js'
import { Scheduler } from './scheduler.js'
import { SharedSecrets } from './shared-secrets.js'
import { TcpNetwork } from './tcp.js'

export interface WorldOptions<E extends SimEngine> {
  /** Any number or text. Print it when a story fails: it is all that is needed to see it again. */
  readonly seed: number | string
  /** What engines seal and open with; its keys and nonces then come from the seed. Needed by engines that want crypto. */
  readonly crypto?: Crypto
  /** How `addPeer` makes an engine. */
  readonly engine?: CreateEngine<E>
  /** The network between hosts; what is not named is calm: 25 ms one way, nothing lost. */
  readonly link?: Partial<LinkConditions>
  /** The calendar at the start, in seconds since 1970: 14 November 2023 unless told. */
  readonly startUnixSeconds?: number
  /** How many shared keys are kept that the other peer has yet to compute; for whoever measures memory, who wants few. */
  readonly sharedKeysMax?: number
  /** Hears what engines log; nobody does unless told. */
  readonly log?: (host: string, level: LogLevel, module: string, text: string) => void
}

export interface PeerOptions<E extends SimEngine> extends HostOptions {
  /** In place of the world's `engine`: `toxPeer()`, or any engine of yours. */
  readonly engine?: CreateEngine<E>
}

/** How often `runUntil` looks, in virtual time. */
const LOOK_EVERY_MS = 10
const START_UNIX_SECONDS = 1_700_000_000
/** Promises settle in chains; this many links of one are followed before virtual time goes on. */
const SETTLE_TICKS = 20

/** Something did not happen in time. Names the seed, so that the run can be repeated. */
export class SimTimeout extends Error {
  override readonly name = 'SimTimeout'
}

export class World<E extends SimEngine = SimEngine> {
  readonly seed: number | string
  /** Seeded dice for the story itself; engines and network have their own. */
  readonly random: SeededRandom
  readonly #scheduler = new Scheduler()
  readonly #network: Network
  readonly #engine: CreateEngine<E> | undefined
  readonly #hostWorld: HostWorld
  readonly #hosts = new Map<string, SimHost<E>>()

  constructor(options: WorldOptions<E>) {
    this.seed = options.seed
    const random = new SeededRandom(options.seed)
    this.random = random.fork('story')
    this.#engine = options.engine
    this.#network = new Network(this.#scheduler, random.fork('network'))
    this.#hostWorld = {
      scheduler: this.#scheduler,
      network: this.#network,
      tcp: new TcpNetwork({ scheduler: this.#scheduler, network: this.#network, random: random.fork('tcp') }),
      random: random.fork('hosts'),
      crypto: options.crypto,
      secrets: options.crypto && new SharedSecrets(options.crypto, options.sharedKeysMax),
      startUnixSeconds: options.startUnixSeconds ?? START_UNIX_SECONDS,
      log: options.log ?? (() => {}),
    }
    this.setLink(options.link ?? {})
  }

  /** Virtual milliseconds since the world began. */
  get nowMs(): Millis {
    return this.#scheduler.nowMs
  }

  /** All hosts by name. */
  get hosts(): ReadonlyMap<string, SimHost<E>> {
    return this.#hosts
  }

  /** Packets that did not arrive, by cause: `'loss'`, `'nat'`, `'partition'`, … */
  get lost(): Counters {
    return this.#network.lost
  }

  /** Adds a machine that runs nothing yet. Names are unique. */
  addHost(name: string, options: HostOptions = {}): SimHost<E> {
    if (this.#hosts.has(name)) throw new RangeError(`there is a host ${name} already`)
    const host = new SimHost<E>(name, this.#hostWorld, options)
    this.#hosts.set(name, host)
    return host
  }

  /** Adds a machine and starts an engine on it. */
  addPeer<T extends E>(name: string, options: HostOptions & { readonly engine: CreateEngine<T> }): SimHost<T>
  addPeer(name: string, options?: HostOptions): SimHost<E>
  addPeer(name: string, { engine, ...options }: PeerOptions<E> = {}): SimHost<E> {
    const create = engine ?? this.#engine
    if (create === undefined) throw new Error('addPeer needs an engine: name one here or in the options of the world')
    const host = this.addHost(name, options)
    host.start(create)
    return host
  }

  /** Removes a machine for good. */
  removeHost(host: SimHost<E>): void {
    host.kill()
    this.#network.unbind(host)
    this.#hosts.delete(host.name)
  }

  /** Adds a router with a LAN behind it; hosts join it by their option `router`. */
  addRouter(options: NatOptions): Router {
    return this.#network.addRouter(options)
  }

  /** Changes the network between hosts; what is not named becomes calm. */
  setLink(link: Partial<LinkConditions>): void {
    checkLink(link)
    this.#network.link = { ...CALM, ...link }
  }

  /** Shows each sent packet to `filter`; one that it answers with false is lost. `undefined` lets all pass. */
  setFilter(filter: ((transit: Transit) => boolean) | undefined): void {
    this.#network.filter = filter
  }

  /** Splits the world: hosts of different groups no longer hear each other; those that are not named are a group too. */
  partition(...groups: readonly Iterable<SimHost<E>>[]): void {
    this.heal()
    groups.forEach((group, i) => {
      for (const host of group) host.side = i + 1
    })
  }

  /** Ends the partition. */
  heal(): void {
    for (const host of this.#hosts.values()) host.side = 0
  }

  /** Calls `action` in `delayMs` of virtual time; returns a function that calls it off. */
  after(delayMs: Millis, action: () => void): () => void {
    return this.#scheduler.after(delayMs, action)
  }

  /** Lets `ms` of virtual time pass. An engine's exception ends the run. */
  run(ms: Millis): void {
    this.#scheduler.runTo(this.nowMs + ms)
  }

  /** Lets time pass until `predicate` holds; false when it did not within `limitMs`. It looks every 10 ms. */
  runUntil(predicate: () => boolean, limitMs: Millis): boolean {
    const endMs = this.nowMs + limitMs
    while (!predicate()) {
      if (this.nowMs >= endMs) return false
      this.#scheduler.runTo(Math.min(endMs, this.nowMs + LOOK_EVERY_MS))
    }
    return true
  }

  /** As `runUntil`, but throws SimTimeout with `what`, the seed and the moment when time is up. */
  expect(what: string, predicate: () => boolean, limitMs: Millis): void {
    if (!this.runUntil(predicate, limitMs)) throw this.#timeout(what, limitMs)
  }

  /** As `run`, for programs with promises: between two moments of virtual time, what they wait for settles. */
  async runAsync(ms: Millis): Promise<void> {
    const endMs = this.nowMs + ms
    await settle()
    while (this.#scheduler.queue.nextMs <= endMs) {
      this.#scheduler.runTo(this.#scheduler.queue.nextMs)
      await settle()
    }
    this.#scheduler.runTo(endMs)
  }

  /** As `expect`, for programs with promises. */
  async expectAsync(what: string, predicate: () => boolean, limitMs: Millis): Promise<void> {
    const endMs = this.nowMs + limitMs
    await settle()
    while (!predicate()) {
      if (this.nowMs >= endMs) throw this.#timeout(what, limitMs)
      this.#scheduler.runTo(Math.min(endMs, this.nowMs + LOOK_EVERY_MS, this.#scheduler.queue.nextMs))
      await settle()
    }
  }

  /** Lets time pass until `promise` settles, and settles as it does. Throws SimTimeout when time is up. */
  async settled<T>(what: string, promise: Promise<T>, limitMs: Millis): Promise<T> {
    let isSettled = false
    const note = (): void => {
      isSettled = true
    }
    promise.then(note, note)
    await this.expectAsync(what, () => isSettled, limitMs)
    return promise
  }

  #timeout(what: string, limitMs: Millis): SimTimeout {
    return new SimTimeout(`${what}: not within ${limitMs} ms (seed ${this.seed}, at ${this.nowMs.toFixed(1)} ms)`)
  }
}

async function settle(): Promise<void> {
  for (let tick = 0; tick < SETTLE_TICKS; tick++) await undefined
}
