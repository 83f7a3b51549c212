// A small town under attack: four nodes, two friends, and packets from any address that an attacker likes to claim. Everything
// in it is real, crypto included, but for time and network; what an attack costs is counted in X25519 computations and in bytes.

import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Endpoint } from '../../src/base/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import {
  bareNode,
  type SimEngine,
  type SimHost,
  type SimNode,
  type SimTox,
  toxPeer,
  World,
} from '../../src/sim/index.js'
import { countedCrypto } from '../support/counted-crypto.js'
import { Attacker } from './attacker.js'

/** Whether the long lane runs: as many packets as the issue names. */
export const isLong = process.env.TOXCORE_TS_LONG === '1'

/** An address that nobody has, one of 2^24. */
export function stranger(n: number, port = 33_445): Endpoint {
  return Endpoint.of(Uint8Array.of(60, n >> 16, n >> 8, n), port)
}

export class Siege {
  readonly nodes: SimHost<SimNode>[]
  readonly alice: SimHost<SimTox>
  readonly bob: SimHost<SimTox>

  private constructor(
    readonly world: World,
    readonly counter: ReturnType<typeof countedCrypto>,
  ) {
    this.nodes = Array.from({ length: 4 }, (_, i) => world.addPeer(`node ${i}`, { engine: bareNode }))
    for (const node of this.nodes.slice(1)) node.engine.bootstrap(this.nodes[0]!)
    this.alice = world.addPeer('alice', { engine: toxPeer() })
    this.bob = world.addPeer('bob', { engine: toxPeer() })
    world.run(10_000)
  }

  static async begin(seed: string): Promise<Siege> {
    const counter = countedCrypto(await loadCrypto())
    return new Siege(new World({ seed, crypto: counter.crypto }), counter)
  }

  attackers(count: number): Attacker[] {
    return Array.from({ length: count }, () => new Attacker(this.counter.crypto))
  }

  /** Both enter the network, and Alice asks Bob. */
  introduce(): void {
    for (const person of [this.alice, this.bob]) person.engine.bootstrap(this.nodes[0]!)
    this.alice.engine.addFriend(this.bob.engine.toxId)
  }

  get areTogether(): boolean {
    return this.alice.engine.sees(0) && this.bob.engine.sees(0)
  }

  befriend(): void {
    this.introduce()
    this.world.expect('the friends meet', () => this.areTogether, 30_000)
    this.world.run(5000)
  }

  /** Both say something and hear it within `limitMs`. */
  expectTalk(limitMs = 500): void {
    const { alice, bob } = this
    const text = `it is ${this.world.nowMs}`
    alice.engine.say(0, text)
    bob.engine.say(0, text)
    const heard = (): boolean => [alice, bob].every(({ engine }) => engine.heard.at(-1)?.text === text)
    this.world.expect('both hear the other', heard, limitMs)
  }

  /** `perSecond` packets of `next` a second, in lots of 10 ms, for `ms`, or until `isDone`. Returns for how long it went on. */
  flood(
    target: SimHost<SimEngine>,
    perSecond: number,
    ms: number,
    next: (i: number) => { from: Endpoint; packet: Uint8Array },
    isDone: () => boolean = () => false,
  ): number {
    const lot = perSecond / 100
    let spentMs = 0
    for (let i = 0; spentMs < ms && !isDone(); spentMs += 10) {
      for (const end = i + lot; i < end; i++) {
        const { from, packet } = next(i)
        target.deliver(from, packet)
      }
      this.world.run(10)
    }
    return spentMs
  }

  /** X25519 computations during `work`, by all of the town and by attackers who seal meanwhile. */
  computedBy(work: () => void): number {
    const before = this.counter.computed
    work()
    return this.counter.computed - before
  }
}

let gc: (() => void) | undefined

/** Bytes in use after everything unused is gone. */
function usedBytes(): number {
  if (gc === undefined) {
    setFlagsFromString('--expose-gc')
    gc = runInNewContext('gc') as () => void
  }
  gc()
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Runs `work` and fails if it leaves more than `limitBytes` behind. */
export function expectNoGrowth(limitBytes: number, work: () => void): void {
  const before = usedBytes()
  work()
  const grown = usedBytes() - before
  assert.ok(
    grown <= limitBytes,
    `${(grown / 2 ** 20).toFixed(1)} MiB more than before, ${limitBytes / 2 ** 20} allowed`,
  )
}
