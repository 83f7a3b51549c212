// One peer's connection: cookie, handshake, session. Spec: Net crypto, Connection states. Both sides may start at once;
// whoever receives the other's handshake takes its session key, so both end in the same session.
//
// Departures from c-toxcore, which keeps an established session whatever comes until its ping times out (32 s):
//  - a fresh handshake of a peer that fell silent for 2.5 s replaces the session: it restarted and need not wait;
//  - while the session is alive, such a handshake is refused: a delayed one must not break what works.

import type { Deadline, Endpoint, Millis } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey, Nonce, SessionKeyPair, SessionPublicKey } from '../crypto/index.js'
import { randomNonce } from '../crypto/index.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { OobRelay } from '../relay/index.js'
import { type Attempt, type ConnectionState, newAttempt, RETRY_MS, TRIES_MAX } from './connection-state.js'
import type { ConnectionContext } from './context.js'
import { openCookieResponse, sealCookieRequest } from './cookie-exchange.js'
import type { OpenedHandshake } from './handshake.js'
import type { PacketHold } from './held-packets.js'
import { PathWatch } from './path-watch.js'
import type { SessionStats } from './sender.js'
import { Session, type SessionOwner } from './session.js'
import type { ClosedReason, SessionHandlers } from './session-handlers.js'
import { Silence } from './silence.js'
import { type Purpose, Ways } from './ways.js'

export class Connection implements SessionOwner {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  readonly #context: ConnectionContext
  readonly #handlers: SessionHandlers
  readonly #ways: Ways
  readonly #retry: Deadline
  readonly #sessionKeys: SessionKeyPair
  #sendNonce: Nonce
  #state: ConnectionState = { name: 'new' }
  /** @internal */
  readonly silence: Silence
  /** @internal */
  readonly paths: PathWatch
  /** Where the packet that is being received comes from, when that is nobody's endpoint yet. */
  #elsewhere: Endpoint | undefined

  /** @internal Made by NetCrypto. */
  constructor(
    context: ConnectionContext,
    peer: { readonly longTermPublicKey: LongTermPublicKey; readonly dhtPublicKey: DhtPublicKey },
    handlers: SessionHandlers,
  ) {
    this.#context = context
    this.#handlers = handlers
    this.silence = new Silence(handlers)
    this.longTermPublicKey = peer.longTermPublicKey.slice() as LongTermPublicKey
    this.dhtPublicKey = peer.dhtPublicKey.slice() as DhtPublicKey
    const parts = { udp: context.udp, relays: context.relays, index: context.indexOf(this) }
    this.#ways = new Ways(parts, this.dhtPublicKey, {
      onData: (packet) => context.receiveRelayed(this, packet),
      onChange: () => this.#onRelays(),
      onWritable: () => this.#session?.resume(),
    })
    this.paths = new PathWatch(this.#ways, handlers, () => context.onPath(this))
    this.#retry = context.env.deadlines.create('net-crypto retry', () => this.#tryAgain())
    this.#sessionKeys = context.crypto.keyPair()
    this.#sendNonce = randomNonce(context.crypto)
  }

  get state(): ConnectionState['name'] {
    return this.#state.name
  }
  /** Usual round trip in milliseconds, the peer's acknowledgement delay included; `undefined` while unknown. */
  get rttMs(): Millis | undefined {
    return this.#session?.stats.rttMs
  }
  /** When an authentic packet came last; `undefined` while no session stands. */
  get heardMs(): Millis | undefined {
    return this.#session === undefined ? undefined : this.silence.heardMs
  }
  /** How sending goes; `undefined` while no session stands. */
  get stats(): SessionStats | undefined {
    return this.#session?.stats
  }
  /** Lossless packets that may be queued: at most 32,768; 0 while not established. */
  get freeSlots(): number {
    return this.#state.name === 'established' ? this.#state.session.freeSlots : 0
  }
  /** Lossless packets that would leave at once: how much a file transfer should hand over. */
  get readySlots(): number {
    return this.#state.name === 'established' ? this.#state.session.readySlots : 0
  }
  /** Whether packets go directly to the peer now. */
  get hasDirectPath(): boolean {
    return this.#ways.isDirect(this.#now)
  }
  /** Where direct packets go, when any endpoint is known. */
  get endpoint(): Endpoint | undefined {
    return this.#ways.endpoint(this.#now)
  }
  /** Relays that both are connected to. */
  get relayCount(): number {
    return this.#ways.relayCount
  }

  /**
   * Learns where the peer may be reached (one endpoint of IPv4 and one of IPv6 are kept); `confirmed`: it answered there just
   * now. While connecting, a new endpoint is tried at once.
   */
  setEndpoint(endpoint: Endpoint, confirmed = false): void {
    if (this.#state.name === 'killed' || !endpoint.isSendable) return
    const isNew = this.#ways.learn(endpoint, confirmed, this.#now)
    if (!('attempt' in this.#state)) return this.#watchPaths()
    if (!isNew) return
    if (this.#retry.isSet) this.#context.udp.send(endpoint, this.#count(this.#state.attempt).packet)
    else this.#tryAgain()
  }

  /** A relay that the peer uses: it carries what cannot go directly. */
  addRelay(relay: RelayInfo): void {
    if (this.#state.name !== 'killed') this.#ways.addRelay(relay)
  }

  /**
   * Sends a lossless packet (id byte 16..191, 1 to 1,373 bytes): delivered once and in order. Returns its packet number;
   * `undefined` when not established or when 32,768 packets wait. Throws RangeError on another id or size.
   */
  sendLossless(data: Uint8Array): number | undefined {
    return this.#state.name === 'established' ? this.#state.session.sendLossless(data) : undefined
  }

  /** Sends a lossy packet (id byte 192..254, 1 to 1,373 bytes); false when not established or no path works. */
  sendLossy(data: Uint8Array): boolean {
    return this.#state.name === 'established' && this.#state.session.sendLossy(data)
  }

  /** Whether the peer has the packet of this number, and all before it. */
  isAcked(packetNumber: number): boolean {
    return this.#session?.isAcked(packetNumber) ?? false
  }

  /** Number of the next lossless packet; a peer who has it has seen what we acknowledge now. 0 while no session stands. */
  get nextPacketNumber(): number {
    return this.#session?.nextPacketNumber ?? 0
  }

  /**
   * From inside `onLossless` alone: holds back the acknowledgement of that packet, and so of all later ones. The peer has at
   * most 32,768 packets under way beyond it, then it waits.
   */
  hold(): PacketHold {
    const session = this.#session
    if (session === undefined) throw new Error('nothing is being delivered')
    return session.hold()
  }

  /** Closes the connection and tells the peer. `onClosed` is not called. */
  kill(): void {
    this.#end(true)
  }

  /** @internal Starts as the asking side; false when the peer's DHT key is impossible. */
  start(): boolean {
    const { crypto, dht, longTerm, env } = this.#context
    const sharedKey = dht.sharedKey(this.dhtPublicKey)
    if (sharedKey === undefined) return false
    const requestId = new DataView(env.random.bytes(8).buffer).getBigUint64(0)
    const our = { dhtPublicKey: dht.keyPair.publicKey, longTermPublicKey: longTerm.publicKey }
    const packet = sealCookieRequest(crypto, our, requestId, sharedKey)
    this.#state = { name: 'cookie-requesting', requestId, attempt: newAttempt(packet) }
    this.#tryAgain()
    return true
  }

  /** @internal Starts as the asked side, with the peer's first handshake; false when it cannot be answered. */
  accept(handshake: OpenedHandshake, from: Endpoint | undefined, relay?: OobRelay): boolean {
    this.#handlers.onConnection?.(this)
    return this.state === 'new' && this.#take(handshake, from, relay)
  }

  /** @internal A cookie response from our endpoint or relay; false when it is not for this connection. */
  receiveCookieResponse(packet: Uint8Array, from: Endpoint | undefined): boolean {
    const state = this.#state
    const { crypto, dht, handshakes } = this.#context
    if (state.name !== 'cookie-requesting') return false
    const sharedKey = dht.sharedKey(this.dhtPublicKey)
    const cookie = sharedKey && openCookieResponse(crypto, packet, state.requestId, sharedKey)
    const handshake = cookie && handshakes.seal(this, cookie, this.#hello)
    if (handshake === undefined) return false
    this.#ways.heard(from, packet.length, this.#now)
    const rttMs = state.attempt.tries === 1 ? this.#now - state.attempt.sentMs : undefined
    this.#state = { name: 'handshake-sent', attempt: newAttempt(handshake), rttMs }
    this.#tryAgain()
    return true
  }

  /**
   * @internal A valid and new handshake of this peer under its known DHT key. `'replace'`: the peer abandoned this session; whoever
   * calls closes it and accepts anew.
   */
  receiveHandshake(
    handshake: OpenedHandshake,
    from: Endpoint | undefined,
    relay?: OobRelay,
  ): 'taken' | 'ignored' | 'replace' {
    const state = this.#state
    switch (state.name) {
      case 'cookie-requesting':
      case 'handshake-sent':
      case 'not-confirmed':
        return this.#take(handshake, from, relay) ? 'taken' : 'ignored'
      case 'established':
        return this.silence.isAbandoned(this.#now) ? 'replace' : 'ignored'
      case 'new':
      case 'killed':
        return 'ignored'
      default:
        return state satisfies never
    }
  }

  /** @internal A data packet; false when it is not of this session. `from`: undefined when a relay brought it. */
  receiveData(packet: Uint8Array, from: Endpoint | undefined): boolean {
    const session = this.#session
    if (session === undefined || !session.receive(packet)) return false
    this.#ways.heard(from, packet.length, this.#now)
    if (from !== undefined && !this.paths.wasDirect) this.#watchPaths()
    return true
  }

  /** @internal A data packet from nobody's endpoint: if it is this peer's next one, packets go there from now on. */
  receiveFromElsewhere(packet: Uint8Array, from: Endpoint, mayTry: () => boolean): boolean {
    if (this.#session?.mayBeNext(packet) !== true || !mayTry()) return false
    this.#elsewhere = from
    const isOurs = this.receiveData(packet, from)
    this.#elsewhere = undefined
    // At once: a router on our side lets the peer's next packets in, and the peer knows that it is heard.
    if (isOurs) this.#session?.sendRequest()
    return isOurs
  }

  /** @internal Nothing has come for long. */
  onQuiet(): void {
    this.#session?.sendRequest()
    this.silence.ask()
  }

  /** @internal Answers what came by relays. */
  answerByRelay(packet: Uint8Array): void {
    this.#ways.greetByRelay(packet)
  }

  /** @internal Our address has changed: the peer hears from the new one at once, or is tried as at the beginning. */
  networkChanged(): void {
    this.#session?.sendRequest()
    if (!('attempt' in this.#state)) return
    this.#state.attempt.tries = 0
    this.#tryAgain()
  }

  /** @internal Once a second while a session stands. */
  tick(now: Millis): void {
    this.#session?.tick(now, this.#ways.takeDirectProbe(now))
    this.#watchPaths()
    if (this.#state.name === 'established') this.silence.look(now)
  }

  /** @internal Shows the peer's new DHT key. */
  announceDhtKey(newDhtPublicKey: DhtPublicKey): void {
    this.#handlers.onDhtKey?.(newDhtPublicKey)
  }

  /** @internal Ends the connection because of the peer. */
  closeFor(reason: ClosedReason): void {
    if (this.#end(false)) this.#handlers.onClosed?.(reason)
  }

  // What the session reports.

  /** @internal */
  reserve(size: number, purpose: Purpose): Uint8Array | undefined {
    return this.#ways.reserve(size, purpose, this.#now)
  }

  /** @internal */
  atTurnEnd(session: Session): void {
    this.#context.atTurnEnd(session)
  }

  /** @internal */
  onAuthentic(): void {
    this.silence.heard(this.#now)
    if (this.#elsewhere !== undefined && this.#ways.learn(this.#elsewhere, true, this.#now)) {
      this.#session?.pathChanged()
      this.#watchPaths()
    }
    const state = this.#state
    if (state.name !== 'not-confirmed') return
    this.#retry.clear()
    this.#state = { name: 'established', session: state.session }
    this.#handlers.onEstablished?.()
    this.#watchPaths()
  }

  /** @internal */
  onLossless(data: Uint8Array): void {
    this.#handlers.onLossless?.(data)
  }
  /** @internal */
  onLossy(data: Uint8Array): void {
    this.#handlers.onLossy?.(data)
  }
  /** @internal */
  onAcked(upTo: number): void {
    this.#handlers.onAcked?.(upTo)
  }
  /** @internal */
  onWritable(): void {
    this.#handlers.onWritable?.()
  }
  /** @internal */
  onKill(): void {
    this.closeFor('killed-by-peer')
  }

  get #now(): Millis {
    return this.#context.env.clock.now()
  }
  get #session(): Session | undefined {
    return 'session' in this.#state ? this.#state.session : undefined
  }
  /** What our handshake tells of this session. */
  get #hello(): { readonly sessionPublicKey: SessionPublicKey; readonly baseNonce: Nonce } {
    return { sessionPublicKey: this.#sessionKeys.publicKey, baseNonce: this.#sendNonce }
  }

  /** Takes the peer's session key, answers with our handshake and shows by a first data packet that we have it. */
  #take(handshake: OpenedHandshake, from: Endpoint | undefined, relay: OobRelay | undefined): boolean {
    const { crypto, handshakes } = this.#context
    const key = crypto.sharedKey(handshake.sessionPublicKey, this.#sessionKeys.secretKey)
    const answer = key && handshakes.seal(this, handshake.peerCookie, this.#hello)
    if (answer === undefined) return false
    handshakes.accepted(handshake)
    const before = this.#state
    if (before.name === 'not-confirmed') {
      this.#sendNonce = before.session.nextSendNonce
      before.session.close(false)
    }
    if (from !== undefined) this.#ways.learn(from, true, this.#now)
    if (relay !== undefined) this.#ways.addOobRelay(relay)
    const session = new Session({
      ...this.#context,
      key: key!,
      sendNonce: this.#sendNonce,
      receiveNonce: handshake.baseNonce,
      owner: this,
      rttMs: before.name === 'handshake-sent' ? before.rttMs : undefined,
    })
    const attempt = newAttempt(answer)
    this.#state = { name: 'not-confirmed', attempt, session }
    this.#tryAgain()
    session.sendRequest()
    return true
  }

  /** Sends the packet of the current attempt, or gives up after eight times. Without any way to the peer it waits for one. */
  #tryAgain(): void {
    const state = this.#state
    if (!('attempt' in state)) return
    if (state.attempt.tries >= TRIES_MAX) return this.closeFor('no-answer')
    if (!this.#ways.greet(state.attempt.packet, this.#now)) return
    this.#count(state.attempt)
    this.#retry.set(this.#now + RETRY_MS)
  }

  #count(attempt: Attempt): Attempt {
    if (attempt.tries++ === 0) attempt.sentMs = this.#now
    return attempt
  }

  /** Relays came or went. What waits for a way to the peer goes at once. */
  #onRelays(): void {
    const state = this.#state
    if (!('attempt' in state)) return this.#watchPaths()
    if (!this.#retry.isSet) this.#tryAgain()
    else if (!this.hasDirectPath) this.#ways.greetByRelay(state.attempt.packet)
  }

  #watchPaths(): void {
    if (this.#state.name === 'established') this.paths.look(this.#state.session, this.#now)
  }

  #end(tellPeer: boolean): boolean {
    if (this.#state.name === 'killed') return false
    this.#session?.close(tellPeer)
    this.#state = { name: 'killed' }
    this.#retry.clear()
    this.#ways.close()
    this.#context.crypto.wipe(this.#sessionKeys.secretKey)
    this.#context.forget(this)
    return true
  }
}
