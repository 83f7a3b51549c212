// Who is in a conference, for one who listens. The engine tells every single coming and going, hundreds at once when we join:
// here they become one event with who came and who left, and a name that came with its bearer is no change of name.

import type { ConferencePeer } from './events.js'

export interface RosterChange {
  readonly peers: readonly ConferencePeer[]
  readonly joined: readonly ConferencePeer[]
  readonly left: readonly ConferencePeer[]
}

export class Roster {
  /** As listeners know it, by public key. */
  #told: Map<string, ConferencePeer>
  #isChanged = false

  constructor(peers: readonly ConferencePeer[]) {
    this.#told = byKey(peers)
  }

  /** The peers are no longer those that were told. True for the first of several changes. */
  changed(): boolean {
    const isFirst = !this.#isChanged
    this.#isChanged = true
    return isFirst
  }

  /** What listeners do not know yet about `peers`, those who are there now; nothing when they know. */
  take(peers: () => readonly ConferencePeer[]): RosterChange | undefined {
    if (!this.#isChanged) return undefined
    this.#isChanged = false
    const now = peers()
    const before = this.#told
    this.#told = byKey(now)
    const joined = now.filter(({ publicKey }) => !before.has(publicKey))
    const left = [...before.values()].filter(({ publicKey }) => !this.#told.has(publicKey))
    return joined.length === 0 && left.length === 0 ? undefined : { peers: now, joined, left }
  }

  /** A peer has another name: the one before, or nothing when listeners will hear of the peer with this name. */
  renamed(peer: ConferencePeer): string | undefined {
    const told = this.#told.get(peer.publicKey)
    if (told === undefined) return undefined
    this.#told.set(peer.publicKey, peer)
    return told.name
  }
}

function byKey(peers: readonly ConferencePeer[]): Map<string, ConferencePeer> {
  return new Map(peers.map((peer) => [peer.publicKey, peer]))
}
