// Somebody who sends endless files to several friends over one line, and talks to them meanwhile.

import type { MessengerEvents } from '../../src/messenger/index.js'
import type { AccessLine, SimHost, SimTox, World } from '../../src/sim/index.js'

const ENDLESS = 2n ** 40n

/** A network with people. */
export interface Place {
  readonly world: World
  person(name: string, options: { readonly events: Partial<MessengerEvents> }): SimHost<SimTox>
}

export class Shipping {
  readonly sender: SimHost<SimTox>
  readonly friends: readonly SimHost<SimTox>[]
  readonly #place: Place
  readonly #received: number[]
  readonly #chunk = new Uint8Array(2048)

  /** `friends` of them, all online. */
  constructor(place: Place, friends: number, line: Partial<AccessLine> = {}) {
    this.#place = place
    this.#received = new Array<number>(friends).fill(0)
    this.sender = place.person('sender', {
      events: {
        fileChunkRequest: (friend, file, position, length) =>
          void filesOf(this.sender).sendChunk(friend, file, position, this.#chunk.subarray(0, length)),
      },
    })
    this.friends = this.#received.map((_, i) => {
      const host: SimHost<SimTox> = place.person(`friend ${i}`, {
        events: {
          fileOffer: (friend, file) => void filesOf(host).control(friend, file, 'resume'),
          fileChunk: (_friend, _file, _position, data) => {
            this.#received[i]! += data.length
          },
        },
      })
      this.sender.engine.addFriend(host.engine.toxId)
      place.world.expect(`they see each other`, () => this.sender.engine.sees(i) && host.engine.sees(0), 180_000)
      return host
    })
    this.sender.setLine(line)
  }

  /** Offers an endless file, which the friend accepts. */
  send(friend: number): void {
    filesOf(this.sender).send(friend, { kind: 0, size: ENDLESS, name: new Uint8Array(0) })
  }

  /** What each friend receives of files within so much time. */
  received(ms: number): number[] {
    const before = [...this.#received]
    this.#place.world.run(ms)
    return this.#received.map((bytes, i) => bytes - before[i]!)
  }

  /** How long a message and its receipt take. */
  messageMs(friend: number): number {
    const { world } = this.#place
    const startMs = world.nowMs
    const id = this.sender.engine.say(friend, 'how long do I take?')
    const isThere = (): boolean =>
      this.sender.engine.receipts.some((one) => one.messageId === id && one.friendNumber === friend)
    world.expect('the receipt', isThere, 60_000)
    return world.nowMs - startMs
  }
}

/** Jain's index: 1 when all get the same, 1/n when one gets all. */
export function fairness(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return (sum * sum) / (shares.length * squares)
}

/** The files of a simulated Tox. */
export function filesOf(host: SimHost<SimTox>): SimTox['tox']['messenger']['files'] {
  return host.engine.tox.messenger.files
}
