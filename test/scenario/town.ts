// The stage of the stories: a small network of nodes on a link that is no better than most, and people who join it.

import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import type { MessengerEvents } from '../../src/messenger/index.js'
import {
  addNodes,
  type HostOptions,
  type LinkConditions,
  type SimHost,
  type SimNode,
  type SimTox,
  toxPeer,
  World,
} from '../../src/sim/index.js'

export interface TownOptions extends HostOptions {
  /** Bootstrap nodes; 8 unless told. */
  readonly nodes?: number
  readonly link?: Partial<LinkConditions>
}

interface PersonOptions extends HostOptions {
  readonly events?: Partial<MessengerEvents>
}

export class Town {
  readonly world: World
  readonly nodes: readonly SimHost<SimNode>[]

  constructor(
    crypto: Crypto,
    seed: string,
    { nodes = 8, link = { loss: 0.02, jitterMs: 15 }, ...host }: TownOptions = {},
  ) {
    this.world = new World({ seed, crypto, link })
    this.nodes = addNodes(this.world, nodes, host)
    this.world.run(15_000)
  }

  person(name: string, { events = {}, ...options }: PersonOptions = {}): SimHost<SimTox> {
    const host = this.world.addPeer(name, { ...options, engine: toxPeer({ events }) })
    this.join(host)
    return host
  }

  /** Tells a person of three nodes. */
  join(host: SimHost<SimTox>): void {
    for (const node of this.nodes.slice(0, 3)) host.engine.bootstrap(node)
  }

  /** A asks for B's friendship, and both are online. */
  befriend(a: SimHost<SimTox>, b: SimHost<SimTox>): void {
    a.engine.addFriend(b.engine.toxId)
    this.expectOnline(a, b)
  }

  expectOnline(a: SimHost<SimTox>, b: SimHost<SimTox>, limitMs = 180_000): void {
    const meets = (): boolean => a.engine.sees(0) && b.engine.sees(0)
    this.world.expect(`${a.name} and ${b.name} see each other`, meets, limitMs)
  }

  /** Each says something, the other hears it, and its sender knows. */
  expectTalk(a: SimHost<SimTox>, b: SimHost<SimTox>, text: string): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const said = `${from.name} says: ${text}`
      const id = from.engine.say(0, said)
      const heard = (): boolean => to.engine.heard.at(-1)?.text === said
      const confirmed = (): boolean => from.engine.receipts.some(({ messageId }) => messageId === id)
      this.world.expect(`${to.name} hears '${said}'`, () => heard() && confirmed(), 30_000)
    }
  }
}

/**
 * A test that tells a story. Its title is its seed: every run is the same, and no two stories are. A failure names the seed;
 * `TOXCORE_TS_SEED` tells all stories with another one.
 */
export function story(title: string, tell: (seed: string, crypto: Crypto) => void): void {
  it(title, async () => {
    const seed = process.env.TOXCORE_TS_SEED ?? title
    const crypto = await loadCrypto()
    try {
      tell(seed, crypto)
    } catch (error) {
      if (error instanceof Error && !error.message.includes(seed)) error.message += ` (seed ${seed})`
      throw error
    }
  })
}

/** A story in a town of its own. */
export function townStory(title: string, options: TownOptions, tell: (town: Town) => void): void {
  story(title, (seed, crypto) => tell(new Town(crypto, seed, options)))
}
