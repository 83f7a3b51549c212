// One peer's connection: cookie, handshake, session. Spec: Net crypto, Connection states. Both sides may start at once;
// whoever receives the other's handshake takes its session key, so both end in the same session.
//
// Departures from c-toxcore, which keeps an established session whatever comes until its ping times out (32 s):
//  - a fresh handshake of a peer that fell silent for 2.5 s replaces the session: it restarted and need not wait;
//  - while the session is alive, such a handshake is refused: a delayed one must not break what works.

import type { Deadline, Endpoint, Millis } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey, Nonce, SessionKeyPair, SessionPublicKey } from '../crypto/index.js'
import { randomNonce } from '../crypto/index.js'
import type { ConnectionContext } from './context.js'
import { openCookieResponse, sealCookieRequest } from './cookie-exchange.js'
import type { OpenedHandshake } from './handshake.js'
import type { PacketHold } from './held-packets.js'
import { DirectPath, type Path } from './path.js'
import type { SessionStats } from './sender.js'
import { Session, type SessionOwner } from './session.js'
import type { ClosedReason, SessionHandlers } from './session-handlers.js'

/** c-toxcore: CRYPTO_SEND_PACKET_INTERVAL, MAX_NUM_SENDPACKET_TRIES. */
const RETRY_MS = 1_000
const TRIES_MAX = 8
/** Peers send at least a packet request a second: after missing two, a session counts as abandoned when its peer asks anew. */
const SILENT_MS = 2_500
/** After missing five, the peer may be gone, or have started anew: then other ways to it are worth a try. */
const SUSPICIOUS_MS = 5_000
/** While a relay carries the data, the direct path is tried so often (c-toxcore: UDP_DIRECT_TIMEOUT / 2). */
const DIRECT_PROBE_MS = 4_000

/** A packet that is sent again each second until it is answered. */
interface Attempt {
  readonly packet: Uint8Array
  tries: number
  sentMs: Millis
}

/** A state owns exactly what is true in it. */
export type ConnectionState =
  | { readonly name: 'new' }
  | { readonly name: 'cookie-requesting'; readonly requestId: bigint; readonly attempt: Attempt }
  | { readonly name: 'handshake-sent'; readonly attempt: Attempt; readonly rttMs: Millis | undefined }
  | { readonly name: 'not-confirmed'; readonly attempt: Attempt; readonly session: Session }
  | { readonly name: 'established'; readonly session: Session }
  | { readonly name: 'killed' }

export class Connection implements SessionOwner {
  readonly longTermPublicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  readonly #context: ConnectionContext
  readonly #handlers: SessionHandlers
  readonly #direct: DirectPath
  readonly #retry: Deadline
  readonly #sessionKeys: SessionKeyPair
  #sendNonce: Nonce
  #state: ConnectionState = { name: 'new' }
  #relay: Path | undefined
  #hadDirect = false
  #heardMs = Number.NEGATIVE_INFINITY
  #isSilent = false
  #directProbeMs = Number.NEGATIVE_INFINITY

  /** @internal Made by NetCrypto. */
  constructor(
    context: ConnectionContext,
    peer: { readonly longTermPublicKey: LongTermPublicKey; readonly dhtPublicKey: DhtPublicKey },
    handlers: SessionHandlers,
  ) {
    this.#context = context
    this.#handlers = handlers
    this.longTermPublicKey = peer.longTermPublicKey.slice() as LongTermPublicKey
    this.dhtPublicKey = peer.dhtPublicKey.slice() as DhtPublicKey
    this.#direct = new DirectPath(context.indexOf(this))
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
    return this.#direct.isUp(this.#now)
  }
  /** Where direct packets go, when any endpoint is known. */
  get endpoint(): Endpoint | undefined {
    return this.#direct.best(this.#now)
  }

  /**
   * Learns where the peer may be reached (one endpoint of IPv4 and one of IPv6 are kept); `confirmed`: it answered there just
   * now. While connecting, a new endpoint is tried at once.
   */
  setEndpoint(endpoint: Endpoint, confirmed = false): void {
    if (this.#state.name === 'killed' || !endpoint.isSendable) return
    if (!this.#direct.learn(endpoint, confirmed, this.#now)) return
    if (!('attempt' in this.#state)) return this.#watchDirect()
    if (this.#retry.isSet) this.#context.udp.send(endpoint, this.#count(this.#state.attempt).packet)
    else this.#tryAgain()
  }

  /** A relay to use while no direct path works; `undefined` takes it away. */
  setRelay(relay: Path | undefined): void {
    this.#relay = relay
    if (relay !== undefined && 'attempt' in this.#state && !this.#retry.isSet) this.#tryAgain()
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
  accept(handshake: OpenedHandshake, from: Endpoint | undefined): boolean {
    this.#handlers.onConnection?.(this)
    return this.state === 'new' && this.#take(handshake, from)
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
    if (from !== undefined) this.#direct.heard(from, this.#now)
    const rttMs = state.attempt.tries === 1 ? this.#now - state.attempt.sentMs : undefined
    this.#state = { name: 'handshake-sent', attempt: newAttempt(handshake), rttMs }
    this.#tryAgain()
    return true
  }

  /**
   * @internal A valid and new handshake of this peer under its known DHT key. `'replace'`: the peer abandoned this session; whoever
   * calls closes it and accepts anew.
   */
  receiveHandshake(handshake: OpenedHandshake, from: Endpoint | undefined): 'taken' | 'ignored' | 'replace' {
    const state = this.#state
    switch (state.name) {
      case 'cookie-requesting':
      case 'handshake-sent':
      case 'not-confirmed':
        return this.#take(handshake, from) ? 'taken' : 'ignored'
      case 'established':
        return this.#now - this.#heardMs < SILENT_MS ? 'ignored' : 'replace'
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
    if (from !== undefined) this.#direct.heard(from, this.#now)
    if (!this.#hadDirect && this.#state.name === 'established') this.#watchDirect()
    return true
  }

  /** @internal Once a second while a session stands. */
  tick(now: Millis): void {
    this.#session?.tick(now)
    this.#watchDirect()
    if (this.#state.name === 'established' && now - this.#heardMs >= SUSPICIOUS_MS) this.#tellSilence(true)
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
  reserve(size: number, purpose: 'data' | 'probe'): Uint8Array | undefined {
    const now = this.#now
    const endpoint = this.#direct.best(now)
    if (endpoint !== undefined) {
      if (this.#direct.isUp(now)) return this.#context.udp.reserve(endpoint, size)
      const mayProbe = this.#relay === undefined || now - this.#directProbeMs >= DIRECT_PROBE_MS
      if (purpose === 'probe' && mayProbe) {
        this.#directProbeMs = now
        return this.#context.udp.reserve(endpoint, size)
      }
    }
    return this.#relay?.reserve(size)
  }

  /** @internal */
  atTurnEnd(session: Session): void {
    this.#context.atTurnEnd(session)
  }

  /** @internal */
  onAuthentic(): void {
    this.#heardMs = this.#now
    if (this.#isSilent) this.#tellSilence(false)
    const state = this.#state
    if (state.name !== 'not-confirmed') return
    this.#retry.clear()
    this.#state = { name: 'established', session: state.session }
    this.#handlers.onEstablished?.()
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
  #take(handshake: OpenedHandshake, from: Endpoint | undefined): boolean {
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
    if (from !== undefined) this.#direct.learn(from, true, this.#now)
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
    const packet = state.attempt.packet
    const endpoint = this.#direct.best(this.#now)
    const place = this.#direct.isUp(this.#now) ? undefined : this.#relay?.reserve(packet.length)
    place?.set(packet)
    if (endpoint !== undefined) this.#context.udp.send(endpoint, packet)
    if (endpoint === undefined && place === undefined) return
    this.#count(state.attempt)
    this.#retry.set(this.#now + RETRY_MS)
  }

  #count(attempt: Attempt): Attempt {
    if (attempt.tries++ === 0) attempt.sentMs = this.#now
    return attempt
  }

  #tellSilence(isSilent: boolean): void {
    if (isSilent === this.#isSilent) return
    this.#isSilent = isSilent
    this.#handlers.onSilence?.(isSilent)
  }

  #watchDirect(): void {
    const has = this.#state.name === 'established' && this.hasDirectPath
    if (has === this.#hadDirect) return
    this.#hadDirect = has
    this.#handlers.onDirectPath?.(has)
  }

  #end(tellPeer: boolean): boolean {
    if (this.#state.name === 'killed') return false
    this.#session?.close(tellPeer)
    this.#state = { name: 'killed' }
    this.#retry.clear()
    this.#direct.clear()
    this.#relay = undefined
    this.#context.crypto.wipe(this.#sessionKeys.secretKey)
    this.#context.forget(this)
    return true
  }
}

function newAttempt(packet: Uint8Array): Attempt {
  return { packet, tries: 0, sentMs: 0 }
}
