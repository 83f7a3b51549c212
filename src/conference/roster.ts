// Who is in a conference, and what is believed about them. Spec: Group.
// Any peer can say anything about any other: numbers and keys are taken from whoever comes first, our own entry from nobody.

import { type Env, type Millis, sameBytes } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { NewPeer } from '../packet/conference/index.js'
import { isPublicKey } from '../packet/messenger/tox-id.js'
import { Peer } from './peer.js'
import { FROZEN_MAX_DEFAULT, PEERS_MAX, PeerList } from './peer-list.js'
import { isNeighbour, neighbours, ringPosition } from './ring.js'

export interface RosterHooks {
  /** A peer is present no longer. */
  onGone(peer: Peer): void
  /** A frozen peer was heard. */
  onThaw(peer: Peer): void
  /** Others than before are our neighbours on the ring. */
  onNeighbours(): void
  /** Peers came, left or changed places: the last that is called. */
  onChange(): void
  isFriend(publicKey: LongTermPublicKey): boolean
}

export class Roster {
  readonly #list = new PeerList()
  readonly #env: Env
  readonly #publicKey: LongTermPublicKey
  readonly #hooks: RosterHooks
  readonly #position: bigint
  #own: Peer | undefined
  #neighbours: readonly Peer[] = []
  #areNeighboursStale = false
  #maxFrozen = FROZEN_MAX_DEFAULT

  /** `publicKey` is ours. */
  constructor(env: Env, publicKey: LongTermPublicKey, hooks: RosterHooks) {
    this.#env = env
    this.#publicKey = publicKey
    this.#hooks = hooks
    this.#position = ringPosition(publicKey)
  }

  /** By the numbers that the user sees, ourselves among them. */
  get present(): readonly Peer[] {
    return this.#list.present
  }

  get frozen(): readonly Peer[] {
    return this.#list.frozen
  }

  /** Ourselves, once we have a number. */
  get own(): Peer | undefined {
    return this.#own
  }

  /** Present or frozen. */
  ofNumber(number: number): Peer | undefined {
    return this.#list.ofNumber(number)
  }

  /** Present or frozen. */
  ofKey(publicKey: LongTermPublicKey): Peer | undefined {
    return this.#list.ofKey(publicKey)
  }

  /** Whom we should be linked with. */
  neighbours(): readonly Peer[] {
    if (this.#areNeighboursStale) {
      const others = this.#list.present.filter((peer) => peer !== this.#own)
      this.#neighbours = neighbours(this.#position, others)
      this.#areNeighboursStale = false
    }
    return this.#neighbours
  }

  /** Ourselves under a number; false when that is somebody else's. */
  enter(own: Peer): boolean {
    if (this.#list.ofNumber(own.number) !== undefined || this.#list.ofKey(own.publicKey) !== undefined) return false
    this.#markActive(own)
    this.#list.add(own)
    this.#own = own
    return true
  }

  /** Somebody who was here in another life. False when number or key are taken. */
  restore(peer: Peer): boolean {
    if (this.#list.ofNumber(peer.number) !== undefined || this.#list.ofKey(peer.publicKey) !== undefined) return false
    peer.isFrozen = true
    this.#list.add(peer)
    return true
  }

  /**
   * Somebody came in or comes back (`isNews`), or was only named in a list: then a frozen peer stays frozen. `undefined` when
   * that cannot be.
   */
  meet(told: NewPeer, isNews: boolean): Peer | undefined {
    if (!isPublicKey(told.publicKey)) return this.#refuse('impossible key')
    const known = this.#list.ofNumber(told.peerNumber)
    if (known !== undefined && !sameBytes(known.publicKey, told.publicKey)) return this.#refuse('number of another')
    if (known !== undefined) return this.#meetAgain(known, told, isNews)
    // We keep our number; those who were told of another learn ours from our next message.
    if (sameBytes(told.publicKey, this.#publicKey)) return this.#refuse('another number for us')
    const older = this.#list.ofKey(told.publicKey)
    if (this.#list.present.length >= PEERS_MAX) return this.#refuse('too many')
    if (older !== undefined) this.#replace(older)
    const peer = new Peer(told.peerNumber, told.publicKey, told.dhtPublicKey)
    this.#markActive(peer)
    this.#list.add(peer)
    this.#considerNeighbour(peer)
    this.#hooks.onChange()
    return peer
  }

  /** A peer was heard; a frozen one thaws. */
  noteActive(peer: Peer): void {
    this.#markActive(peer)
    if (!peer.isFrozen) return
    this.#list.thaw(peer)
    this.#considerNeighbour(peer)
    this.#hooks.onThaw(peer)
    this.#hooks.onChange()
  }

  /** A peer left for good. */
  remove(peer: Peer): void {
    this.#forget(peer)
    this.#hooks.onChange()
  }

  /** A peer left for now, or is heard no longer. */
  freeze(peer: Peer): void {
    this.#list.freeze(peer)
    this.#lose(peer)
    this.#trimFrozen()
    this.#hooks.onChange()
  }

  /** Everybody but ourselves. */
  freezeOthers(): void {
    this.#freezeAll(this.#list.present.filter((peer) => peer !== this.#own))
  }

  /** Who was not heard since `sinceMs`. */
  freezeSilent(sinceMs: Millis): void {
    this.#freezeAll(this.#list.silentSince(sinceMs).filter((peer) => peer !== this.#own))
  }

  /** When the one who has been silent longest was heard; `Infinity` when we are alone. */
  get oldestActiveMs(): Millis {
    let oldest = Number.POSITIVE_INFINITY
    for (const peer of this.#list.present) if (peer !== this.#own) oldest = Math.min(oldest, peer.lastActiveMs)
    return oldest
  }

  set maxFrozen(max: number) {
    this.#maxFrozen = max
    this.#trimFrozen()
  }

  #meetAgain(known: Peer, { dhtPublicKey }: NewPeer, isNews: boolean): Peer {
    if (known === this.#own) return known
    if (isNews) this.noteActive(known)
    if (isNews || known.isFrozen || !known.isDhtKeyFresh) known.dhtPublicKey = dhtPublicKey
    if (!known.isFrozen) known.isDhtKeyFresh = true
    return known
  }

  #freezeAll(peers: readonly Peer[]): void {
    // A handler of one change may bring another about.
    for (const peer of peers) if (peer.index >= 0 && !peer.isFrozen) this.freeze(peer)
  }

  #forget(peer: Peer): void {
    this.#list.remove(peer)
    if (!peer.isFrozen) this.#lose(peer)
  }

  /** The same key comes with another number: what links us stays. */
  #replace(older: Peer): void {
    this.#list.remove(older)
    if (this.#neighbours.includes(older)) this.#changeNeighbours()
  }

  #lose(peer: Peer): void {
    if (this.#areNeighboursStale || this.#neighbours.includes(peer)) this.#changeNeighbours()
    this.#hooks.onGone(peer)
  }

  #considerNeighbour(peer: Peer): void {
    if (this.#areNeighboursStale || isNeighbour(this.#position, this.#neighbours, peer)) this.#changeNeighbours()
  }

  #changeNeighbours(): void {
    this.#areNeighboursStale = true
    this.#hooks.onNeighbours()
  }

  #markActive(peer: Peer): void {
    const { clock } = this.#env
    peer.lastActiveMs = clock.now()
    peer.lastActiveUnix = clock.unixSeconds()
  }

  #trimFrozen(): void {
    this.#list.trimFrozen(this.#maxFrozen, (peer) => this.#hooks.isFriend(peer.publicKey))
  }

  #refuse(why: string): undefined {
    this.#env.drops.count(`conference/peer refused: ${why}`)
  }
}
