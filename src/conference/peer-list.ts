// The peers of one conference: those who are present, numbered as the user sees them, and those who were and may come back.

import { bytesKey, type Millis } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { Peer } from './peer.js'

/**
 * Present peers of one conference. Every peer can name any number of others, so there has to be an end: 4,096 × about 1 kB.
 * c-toxcore stops where the numbers end, at 65,536.
 */
export const PEERS_MAX = 4096
/** Offline peers that are remembered unless the user tells, as in c-toxcore. */
export const FROZEN_MAX_DEFAULT = 128

export class PeerList {
  readonly #present: Peer[] = []
  readonly #frozen: Peer[] = []
  readonly #byNumber = new Map<number, Peer>()
  readonly #byKey = new Map<string, Peer>()

  get present(): readonly Peer[] {
    return this.#present
  }

  get frozen(): readonly Peer[] {
    return this.#frozen
  }

  /** A peer, present or frozen. */
  ofNumber(number: number): Peer | undefined {
    return this.#byNumber.get(number)
  }

  /** A peer, present or frozen. */
  ofKey(publicKey: LongTermPublicKey): Peer | undefined {
    return this.#byKey.get(bytesKey(publicKey))
  }

  /** Takes in somebody whose number and key nobody has. */
  add(peer: Peer): void {
    this.#byNumber.set(peer.number, peer)
    this.#byKey.set(bytesKey(peer.publicKey), peer)
    append(peer.isFrozen ? this.#frozen : this.#present, peer)
  }

  remove(peer: Peer): void {
    this.#byNumber.delete(peer.number)
    this.#byKey.delete(bytesKey(peer.publicKey))
    takeOut(peer.isFrozen ? this.#frozen : this.#present, peer)
  }

  freeze(peer: Peer): void {
    takeOut(this.#present, peer)
    peer.isFrozen = true
    append(this.#frozen, peer)
  }

  thaw(peer: Peer): void {
    takeOut(this.#frozen, peer)
    peer.isFrozen = false
    peer.isDhtKeyFresh = false
    append(this.#present, peer)
  }

  /** Forgets frozen peers until `max` are left: friends stay longest, then who was seen last. */
  trimFrozen(max: number, isFriend: (peer: Peer) => boolean): void {
    if (this.#frozen.length <= max) return
    const order = this.#frozen.map((peer) => ({ peer, isFriend: isFriend(peer) }))
    order.sort((a, b) => Number(b.isFriend) - Number(a.isFriend) || b.peer.lastActiveUnix - a.peer.lastActiveUnix)
    for (const { peer } of order.slice(max)) this.remove(peer)
  }

  /** Who of the present was heard last before `sinceMs`. */
  silentSince(sinceMs: Millis): Peer[] {
    return this.#present.filter((peer) => peer.lastActiveMs <= sinceMs)
  }
}

function append(list: Peer[], peer: Peer): void {
  peer.index = list.length
  list.push(peer)
}

/** The last one takes the free place, as in c-toxcore, whose clients know peers by their places. */
function takeOut(list: Peer[], peer: Peer): void {
  const last = list.pop()!
  if (last !== peer) {
    list[peer.index] = last
    last.index = peer.index
  }
  peer.index = -1
}
