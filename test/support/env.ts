// A virtual environment for engine tests: a clock that moves when told, seeded dice, and a switchboard between endpoints.

import type { Env, Random } from '../../src/base/index.js'
import { Counters, Deadlines, Endpoint, silentLogger } from '../../src/base/index.js'
import type { UdpSender } from '../../src/transport/udp.js'
import { UdpRouter } from '../../src/transport/udp.js'

/** Marsaglia's xorshift128 (period 2^128 - 1) is enough for tests: equal seeds give equal runs. */
export function seededRandom(seed: number): Random {
  let x = seed | 1
  let y = 0x9e3779b9
  let z = 0x243f6a88 ^ seed
  let w = 0xb7e15162
  const next = (): number => {
    const t = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8)
    return w >>> 0
  }
  // The first numbers of neighbouring seeds resemble each other.
  for (let i = 0; i < 20; i++) next()
  const fill = (target: Uint8Array): void => {
    for (let i = 0; i < target.length; i++) target[i] = next() >>> 13
  }
  return {
    fill,
    bytes: (length) => {
      const bytes = new Uint8Array(length)
      fill(bytes)
      return bytes
    },
    uniform: (limit) => Math.floor((next() / 2 ** 32) * limit),
  }
}

/** Virtual time shared by all hosts of one test. */
export class VirtualTime {
  nowMs = 1_000_000
}

/** Lets `ms` pass for one host: its deadlines fire at their moments, each followed by `endTurn`. */
export function pass(ms: number, host: { readonly time: VirtualTime; readonly env: Env; endTurn(): void }): void {
  const { time, env } = host
  const endMs = time.nowMs + ms
  for (let next = env.deadlines.nextMs(); next <= endMs; next = env.deadlines.nextMs()) {
    time.nowMs = Math.max(time.nowMs, next)
    env.deadlines.run(time.nowMs)
    host.endTurn()
  }
  time.nowMs = endMs
}

/** One host of a test: an Env on virtual time with deadlines of its own. */
export function virtualEnv(time: VirtualTime, seed = 1): Env {
  return {
    clock: { now: () => time.nowMs, unixSeconds: () => 1_700_000_000 + Math.floor(time.nowMs / 1000) },
    random: seededRandom(seed),
    log: silentLogger,
    deadlines: new Deadlines(),
    drops: new Counters(),
  }
}

interface Host {
  env: Env
  endpoint: Endpoint
  router: UdpRouter
  udp: UdpSender
}

/** Delivers datagrams between hosts after `latencyMs`; `filter` may drop (return false) or watch them. */
export class Switchboard {
  readonly time = new VirtualTime()
  readonly hosts: Host[] = []
  latencyMs = 10
  filter: (from: Endpoint, to: Endpoint, packet: Uint8Array) => boolean = () => true
  #flying: { atMs: number; from: Endpoint; to: Endpoint; packet: Uint8Array }[] = []

  /** A new host at 10.0.x.y:33445. */
  host(seed = this.hosts.length + 1): Host {
    const n = this.hosts.length + 1
    const endpoint = Endpoint.of(Uint8Array.of(10, 0, n >> 8, n & 255), 33_445)
    const env = virtualEnv(this.time, seed)
    const send = (to: Endpoint, packet: Uint8Array): void => {
      if (!this.filter(endpoint, to, packet)) return
      this.#flying.push({ atMs: this.time.nowMs + this.latencyMs, from: endpoint, to, packet })
    }
    const udp: UdpSender = {
      send: (to, packet) => send(to, packet.slice()),
      reserve: (to, size) => {
        const packet = new Uint8Array(size)
        send(to, packet)
        return packet
      },
    }
    const host = { env, endpoint, router: new UdpRouter(env.drops), udp }
    this.hosts.push(host)
    return host
  }

  /** Runs the world for `ms` of virtual time, event by event. */
  run(ms: number): void {
    const endMs = this.time.nowMs + ms
    for (;;) {
      const nextMs = Math.min(
        ...this.#flying.map(({ atMs }) => atMs),
        ...this.hosts.map(({ env }) => env.deadlines.nextMs()),
      )
      if (!(nextMs <= endMs)) break
      this.time.nowMs = Math.max(this.time.nowMs, nextMs)
      const arrived = this.#flying.filter(({ atMs }) => atMs <= this.time.nowMs)
      this.#flying = this.#flying.filter(({ atMs }) => atMs > this.time.nowMs)
      for (const { from, to, packet } of arrived) {
        this.hosts.find(({ endpoint }) => endpoint.equals(to))?.router.receive(from, packet)
      }
      for (const { env } of this.hosts) env.deadlines.run(this.time.nowMs)
    }
    this.time.nowMs = endMs
  }

  /** Runs until `done()` or `limitMs` of virtual time; returns whether it was done. */
  runUntil(done: () => boolean, limitMs = 60_000, stepMs = 10): boolean {
    for (let spent = 0; spent < limitMs; spent += stepMs) {
      if (done()) return true
      this.run(stepMs)
    }
    return done()
  }
}
