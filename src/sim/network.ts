// The simulated internet: public addresses, routers with LANs behind them, and the way of each packet between hosts.
// Public IPv4 addresses come from 198.18.0.0/15 (RFC 2544: made for tests), IPv6 from 2001:db8::/32, one /64 a host. Every LAN
// is 192.168.1.0/24, as in life: a private address means something else behind each router; so do IPv6 hosts' link-local ones.

import { Counters, Endpoint, type Millis, sameBytes } from '../base/index.js'
import { SimEvent } from './event-queue.js'
import { type AccessLine, CALM, delayOf, inSeries, LAN, type LinkConditions, type NarrowLine } from './link.js'
import { Nat, type NatOptions } from './nat.js'
import { PacketPool } from './packet-pool.js'
import type { SeededRandom } from './random.js'
import type { Scheduler } from './scheduler.js'
import type { Traffic } from './traffic.js'

/** Why a packet did not arrive. */
export type Loss =
  | 'loss'
  | 'filter'
  | 'partition'
  | 'unplugged'
  | 'asleep'
  | 'no such host'
  | 'no route'
  | 'nat'
  | 'nat ports exhausted'
  | 'no hairpin'
  | 'queue full'
  | 'no engine'

/** A host as the network sees it: `SimHost`. */
export interface Station {
  readonly name: string
  readonly ipv4: Endpoint | undefined
  readonly ipv6: Endpoint | undefined
  readonly router: Router | undefined
  readonly isPlugged: boolean
  readonly isAsleep: boolean
  readonly side: number
  readonly line: AccessLine
  readonly hasLine: boolean
  readonly upLine: NarrowLine
  readonly downLine: NarrowLine
  readonly traffic: Traffic
  /** Takes a packet in, or says why not. */
  deliver(from: Endpoint, packet: Uint8Array): Loss | undefined
}

/** A packet on its way, as filters see it. */
export interface Transit {
  readonly sender: Station
  readonly to: Endpoint
  /** Its bytes; to be read alone. */
  readonly packet: Uint8Array
}

/** A router and the LAN behind it. */
export class Router {
  readonly nat: Nat
  /** @internal Hosts by their inner endpoint. */
  readonly hosts = new Map<string, Station>()
  #count = 1

  constructor(options: NatOptions, address: Endpoint, random: SeededRandom) {
    this.nat = new Nat(options, address, random)
  }

  /** @internal The next address of the LAN. */
  nextAddress(): Uint8Array {
    if (this.#count >= 254) throw new RangeError('a LAN has room for 253 hosts')
    return Uint8Array.of(192, 168, 1, ++this.#count)
  }
}

class Arrival extends SimEvent {
  constructor(
    atMs: Millis,
    private readonly network: Network,
    readonly sender: Station,
    readonly from: Endpoint,
    readonly to: Endpoint,
    readonly packet: Uint8Array,
    /** The LAN that the packet never leaves. */
    readonly lan: Router | undefined,
    /** The host whose line it has passed already. */
    readonly receiver: Station | undefined,
  ) {
    super(atMs)
  }

  happen(): void {
    this.network.arrive(this)
  }
}

export class Network {
  /** Between any two hosts that are not on one LAN. */
  link: LinkConditions = CALM
  /** Sees each packet as it is sent; one that it answers with false is lost. */
  filter: ((transit: Transit) => boolean) | undefined
  readonly lost = new Counters()
  readonly pool = new PacketPool()
  readonly #hosts = new Map<string, Station>()
  readonly #routers = new Map<string, Router>()
  #addresses = 0

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: SeededRandom,
  ) {}

  addRouter(options: NatOptions): Router {
    const n = ++this.#addresses
    const router = new Router(options, Endpoint.of(publicIpv4(n), 0), this.random.fork(`router ${n}`))
    this.#routers.set(addressKey(router.nat.address), router)
    return router
  }

  /** Fresh addresses for a host, on the LAN of `router` or public. */
  addresses(router: Router | undefined, ipv4: boolean, ipv6: boolean): { ipv4?: Uint8Array; ipv6?: Uint8Array } {
    const n = ++this.#addresses
    return {
      ...(ipv4 ? { ipv4: router?.nextAddress() ?? publicIpv4(n) } : {}),
      ...(ipv6 ? { ipv6: publicIpv6(n) } : {}),
    }
  }

  /** Makes a host's endpoints reachable. */
  bind(host: Station): void {
    for (const [table, endpoint] of this.#placesOf(host)) {
      if (table.has(endpoint.key)) throw new RangeError(`${host.name}: ${endpoint} is taken`)
      table.set(endpoint.key, host)
    }
  }

  unbind(host: Station): void {
    for (const [table, endpoint] of this.#placesOf(host)) table.delete(endpoint.key)
  }

  /** Sends a packet on its way. The network owns `packet` from here on. */
  transmit(sender: Station, to: Endpoint, packet: Uint8Array): void {
    sender.traffic.countSent(packet)
    if (!sender.isPlugged) return this.#lose(packet, 'unplugged')
    if (this.filter !== undefined && !this.filter({ sender, to, packet })) return this.#lose(packet, 'filter')
    const local = to.family === 4 ? sender.ipv4 : to.isLinkLocal || isBroadcast(to) ? linkLocalOf(sender) : sender.ipv6
    if (local === undefined || !isRoutable(to)) return this.#toNobody(sender, local, to, packet)
    const { router } = sender
    if (router !== undefined && this.#isOnLan(router, to)) return this.#carry(LAN, sender, local, to, packet, router)
    if (to.family === 6 || router === undefined) return this.#carry(this.link, sender, local, to, packet)
    if (!router.nat.hairpin && sameBytes(to.address, router.nat.address.address))
      return this.#lose(packet, 'no hairpin')
    const outer = router.nat.outbound(local, to, this.scheduler.nowMs)
    if (outer === undefined) return this.#lose(packet, 'nat ports exhausted')
    this.#carry(this.link, sender, outer, to, packet)
  }

  /** @internal Whom a TCP connection from `sender` to this address reaches, and from where it seems to come. */
  find(sender: Station, to: Endpoint): { station: Station; lan: Router | undefined; from: Endpoint } | undefined {
    const { router } = sender
    const local = to.family === 4 ? sender.ipv4 : sender.ipv6
    if (local === undefined) return undefined
    const lan = router !== undefined && this.#isOnLan(router, to) ? router : undefined
    for (const station of (lan?.hosts ?? this.#hosts).values()) {
      const address = to.family === 4 ? station.ipv4 : station.ipv6
      if (address === undefined || addressKey(address) !== addressKey(to)) continue
      const isBehindNat = lan === undefined && router !== undefined && to.family === 4
      return { station, lan, from: isBehindNat ? router.nat.address : local }
    }
    return undefined
  }

  /** @internal One way between two hosts, without jitter. */
  latencyMs(a: Station, b: Station | undefined, lan: Router | undefined): Millis {
    return lan !== undefined ? LAN.latencyMs : this.link.latencyMs + a.line.latencyMs + (b?.line.latencyMs ?? 0)
  }

  /** @internal */
  arrive(arrival: Arrival): void {
    const { sender, from, packet, lan } = arrival
    const receiver = arrival.receiver ?? this.#receiverOf(arrival)
    if (typeof receiver === 'string') return this.#lose(packet, receiver)
    if (receiver.side !== sender.side) return this.#lose(packet, 'partition')
    if (arrival.receiver === undefined && lan === undefined && receiver.hasLine)
      return this.#enterLine(arrival, receiver)
    const refusal = receiver.deliver(from, packet)
    if (refusal !== undefined) return this.#lose(packet, refusal)
    this.pool.release(packet)
  }

  #carry(link: LinkConditions, sender: Station, from: Endpoint, to: Endpoint, packet: Uint8Array, lan?: Router): void {
    const { random, scheduler } = this
    let departMs: Millis | undefined = scheduler.nowMs
    if (lan === undefined && sender.hasLine) {
      link = inSeries(link, sender.line)
      departMs = sender.upLine.pass(departMs, packet.length, sender.line.upBytesPerSecond, sender.line.queueMs)
      if (departMs === undefined) return this.#lose(packet, 'queue full')
    }
    if (link.loss > 0 && random.share() < link.loss) return this.#lose(packet, 'loss')
    // Whoever receives a packet may open it in place, so its twin has bytes of its own.
    const isDoubled = link.duplicate > 0 && random.share() < link.duplicate
    const twin = isDoubled ? this.pool.copy(packet) : undefined
    for (const bytes of twin === undefined ? [packet] : [twin, packet]) {
      const atMs = departMs + delayOf(link, random)
      scheduler.queue.push(new Arrival(atMs, this, sender, from, to, bytes, lan, undefined))
    }
  }

  /** The last mile: the receiver's own line, which may lose, delay or queue the packet. */
  #enterLine({ sender, from, to, packet }: Arrival, receiver: Station): void {
    const { line } = receiver
    if (line.loss > 0 && this.random.share() < line.loss) return this.#lose(packet, 'loss')
    const { nowMs } = this.scheduler
    const passedMs = receiver.downLine.pass(nowMs, packet.length, line.downBytesPerSecond, line.queueMs)
    if (passedMs === undefined) return this.#lose(packet, 'queue full')
    const atMs = passedMs + delayOf(line, this.random)
    this.scheduler.queue.push(new Arrival(atMs, this, sender, from, to, packet, undefined, receiver))
  }

  #receiverOf({ from, to, lan }: Arrival): Station | Loss {
    if (lan !== undefined) return lan.hosts.get(to.key) ?? 'no such host'
    const host = this.#hosts.get(to.key)
    if (host !== undefined) return host
    const router = this.#routers.get(addressKey(to))
    if (router === undefined) return 'no such host'
    const local = router.nat.inbound(to.port, from, this.scheduler.nowMs)
    return local === undefined ? 'nat' : (router.hosts.get(local.key) ?? 'no such host')
  }

  /** Broadcast and multicast reach the LAN; what else is left reaches nobody. */
  #toNobody(sender: Station, local: Endpoint | undefined, to: Endpoint, packet: Uint8Array): void {
    const { router } = sender
    if (local === undefined || router === undefined || !isBroadcast(to)) return this.#lose(packet, 'no route')
    for (const host of new Set(router.hosts.values())) {
      const target = to.family === 4 ? host.ipv4 : host.ipv6
      if (host === sender || target === undefined || target.port !== to.port) continue
      this.#carry(LAN, sender, local, target, this.pool.copy(packet), router)
    }
    this.pool.release(packet)
  }

  #isOnLan(router: Router, to: Endpoint): boolean {
    if (to.family === 4) return to.address[0] === 192 && to.address[1] === 168 && to.address[2] === 1
    return router.hosts.has(to.key)
  }

  #placesOf(host: Station): [Map<string, Station>, Endpoint][] {
    const places: [Map<string, Station>, Endpoint][] = []
    if (host.ipv4 !== undefined) places.push([host.router?.hosts ?? this.#hosts, host.ipv4])
    if (host.ipv6 !== undefined) {
      places.push([this.#hosts, host.ipv6])
      if (host.router !== undefined)
        places.push([host.router.hosts, host.ipv6], [host.router.hosts, linkLocalOf(host)!])
    }
    return places
  }

  #lose(packet: Uint8Array, why: Loss): void {
    this.lost.count(why)
    this.pool.release(packet)
  }
}

function publicIpv4(n: number): Uint8Array {
  if (n >= 2 ** 17) throw new RangeError('the simulated internet has room for 131,071 hosts and routers')
  return Uint8Array.of(198, 18 + (n >> 16), n >> 8, n)
}

function publicIpv6(n: number): Uint8Array {
  const address = new Uint8Array(16)
  address.set([0x20, 0x01, 0x0d, 0xb8, n >> 24, n >> 16, n >> 8, n])
  address[15] = 1
  return address
}

/** fe80:: with what is its own in the public address: where a host hears and speaks on its link. */
function linkLocalOf({ ipv6 }: Station): Endpoint | undefined {
  if (ipv6 === undefined) return undefined
  const address = new Uint8Array(16)
  address.set([0xfe, 0x80])
  address.set(ipv6.address.subarray(4, 8), 12)
  return Endpoint.of(address, ipv6.port)
}

/** The address alone: a key without its last character, the port. */
function addressKey({ key }: Endpoint): string {
  return key.slice(0, -1)
}

function isBroadcast({ family, address }: Endpoint): boolean {
  if (family === 6) return address[0] === 0xff && address[1] === 0x02
  return address[3] === 255 && (address[0] === 255 || (address[0] === 192 && address[1] === 168 && address[2] === 1))
}

function isRoutable(to: Endpoint): boolean {
  return to.isSendable && !to.isLoopback && !isBroadcast(to)
}
