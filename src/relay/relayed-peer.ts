// The way to one peer through relays: at most six, of which those are used where the peer is connected too.

import type { DhtPublicKey } from '../crypto/keys.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { PooledRelay, Tie } from './pooled-relay.js'
import type { RelayRoute, RouteUser } from './relay-route.js'
import type { OobRelay, RelayedPeer, RelayedPeerHandlers, RelaySnapshot } from './relay-types.js'

/** c-toxcore: MAX_FRIEND_TCP_CONNECTIONS. */
const RELAYS_PER_PEER_MAX = 6

/** What a peer needs of the pool. */
export interface PeerOwner {
  /** The relay of a peer, which may be new: undefined when there is no room for it. */
  learn(relay: RelayInfo, onlineCount: number): PooledRelay | undefined
  known(publicKey: DhtPublicKey): PooledRelay | undefined
  /** When to look who needs which relay: soon. */
  changed(): void
  /** A route was asked for, or lost. */
  awaits(relay: PooledRelay): void
  forget(peer: PeerThroughRelays): void
}

/** One relay of one peer. */
class PeerTie implements Tie, RouteUser {
  route: RelayRoute | undefined

  constructor(
    readonly peer: PeerThroughRelays,
    readonly relay: PooledRelay,
  ) {}

  get isAsleep(): boolean {
    return this.peer.isDirect
  }

  get isOnline(): boolean {
    return this.route?.state === 'online'
  }

  /** Asks for the route, as soon as the relay is connected. */
  ask(): void {
    this.route = this.relay.connection?.addRoute(this.peer.publicKey, this)
  }

  onRouteState({ state }: RelayRoute): void {
    this.peer.onRouteState(this, state)
  }

  onRouteData(packet: Uint8Array): void {
    this.peer.receive(packet)
  }
}

export class PeerThroughRelays implements RelayedPeer {
  readonly publicKey: DhtPublicKey
  isDirect = false
  readonly #owner: PeerOwner
  readonly #handlers: RelayedPeerHandlers
  /** The first ones are used first. */
  readonly #ties: PeerTie[] = []
  #isClosed = false
  /** A packet found no room. */
  #wasRefused = false

  constructor(owner: PeerOwner, publicKey: DhtPublicKey, handlers: RelayedPeerHandlers) {
    this.#owner = owner
    this.publicKey = publicKey.slice() as DhtPublicKey
    this.#handlers = handlers
  }

  get relayCount(): number {
    let count = 0
    for (const tie of this.#ties) if (tie.isOnline) count++
    return count
  }

  get relays(): RelayInfo[] {
    const online = this.#ties.filter((tie) => tie.isOnline)
    const others = this.#ties.filter((tie) => !tie.isOnline)
    return [...online, ...others].flatMap(({ relay }) => relay.info ?? [])
  }

  get best(): RelaySnapshot | undefined {
    return this.#ties.find((tie) => tie.isOnline)?.relay.snapshot
  }

  reserve(size: number): Uint8Array | undefined {
    for (const { relay, route } of this.#ties) {
      if (route?.state !== 'online') continue
      const place = relay.connection?.reserve(route, size)
      if (place !== undefined) return place
      this.#wasRefused = true
    }
    return undefined
  }

  sendOob(packet: Uint8Array): boolean {
    let isSent = false
    for (const { relay, route } of this.#ties) {
      if (route?.state === 'registered' && relay.sendOob(this.publicKey, packet)) isSent = true
    }
    return isSent
  }

  addRelay(info: RelayInfo): boolean {
    return !this.#isClosed && this.#tie(this.#owner.learn(info, this.relayCount))
  }

  addOobRelay({ publicKey }: OobRelay): boolean {
    return !this.#isClosed && this.#tie(this.#owner.known(publicKey))
  }

  setDirect(direct: boolean): void {
    if (direct === this.isDirect) return
    this.isDirect = direct
    // Now they are needed: old failures do not hold them back.
    if (!direct) for (const { relay } of this.#ties) relay.retryMs = Number.NEGATIVE_INFINITY
    this.#owner.changed()
  }

  suspect(): void {
    const at = this.#ties.findIndex((tie) => tie.isOnline)
    if (at < 0) return
    const [suspect] = this.#ties.splice(at, 1)
    this.#ties.push(suspect!)
    suspect!.relay.probe()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const tie of [...this.#ties]) this.#untie(tie)
    this.#owner.forget(this)
  }

  /** @internal Whether it is reached, or waited for, on this relay. */
  isOn(relay: PooledRelay): boolean {
    return this.#ties.some((tie) => tie.relay === relay)
  }

  /** @internal A packet of the peer. */
  receive(packet: Uint8Array): void {
    if (!this.#isClosed) this.#handlers.onData(packet)
  }

  /** @internal The relay is connected: asks for the route. */
  onConnected(relay: PooledRelay): void {
    this.#ties.find((tie) => tie.relay === relay)?.ask()
  }

  /** @internal The relay is not connected any more; `isForgotten`: it will not be again. */
  onDisconnected(relay: PooledRelay, isForgotten: boolean): void {
    const tie = this.#ties.find((one) => one.relay === relay)
    if (tie === undefined) return
    const wasOnline = tie.isOnline
    tie.route = undefined
    if (isForgotten) this.#untie(tie)
    if (wasOnline) this.#handlers.onChange()
  }

  /** @internal A relay of it takes packets again. */
  onDrained(): void {
    if (!this.#wasRefused) return
    this.#wasRefused = false
    this.#handlers.onWritable?.()
  }

  /** @internal */
  onRouteState(tie: PeerTie, state: RelayRoute['state']): void {
    if (state === 'refused') return this.#untie(tie)
    this.#owner.awaits(tie.relay)
    this.#handlers.onChange()
    this.#owner.changed()
  }

  #tie(relay: PooledRelay | undefined): boolean {
    if (relay === undefined || this.isOn(relay)) return false
    if (this.#ties.length >= RELAYS_PER_PEER_MAX && !this.#makeRoom()) return false
    const tie = new PeerTie(this, relay)
    this.#ties.push(tie)
    relay.ties.add(tie)
    if (relay.connection !== undefined) {
      tie.ask()
      this.#owner.awaits(relay)
    }
    this.#owner.changed()
    return true
  }

  /** A relay that does not work makes room for another one. */
  #makeRoom(): boolean {
    const broken = this.#ties.find(({ relay }) => relay.state === 'waiting')
    if (broken !== undefined) this.#untie(broken)
    return broken !== undefined
  }

  #untie(tie: PeerTie): void {
    const at = this.#ties.indexOf(tie)
    if (at >= 0) this.#ties.splice(at, 1)
    tie.relay.ties.delete(tie)
    if (tie.route !== undefined) tie.relay.connection?.removeRoute(tie.route)
    tie.route = undefined
    this.#owner.changed()
  }
}
