// All ways to one peer: its UDP endpoints, and relays that both are connected to. Which one carries a packet is decided here,
// as c-toxcore decides it: directly while that works, else through relays, while a small packet tries the direct way now and
// then. One thing differs: while a relay stands ready, three silent seconds are enough to take it instead of eight.

import type { Endpoint, Millis } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/index.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { OobRelay, RelayedPeerHandlers } from '../relay/index.js'
import type { UdpSender } from '../transport/udp.js'
import { DIRECT_TIMEOUT_MS, DirectPath, type EndpointIndex } from './path.js'
import { RateMeter } from './rate-meter.js'
import type { RelayedPath, RelayedPeers } from './relayed.js'

/** Peers say something every second: after missing two, a relay that is there carries on. */
const DIRECT_PATIENCE_MS = 3_000
/** While relays carry the data, the direct way is tried so often (c-toxcore: UDP_DIRECT_TIMEOUT / 2). */
const DIRECT_PROBE_MS = DIRECT_TIMEOUT_MS / 2

export interface WaysParts {
  readonly udp: UdpSender
  readonly relays: RelayedPeers | undefined
  readonly index: EndpointIndex
}

/**
 * What a packet is for: `'data'` goes where packets are known to arrive, `'probe'` wherever they might, and `'direct'` tries
 * the direct way alone.
 */
export type Purpose = 'data' | 'probe' | 'direct'

export class Ways {
  readonly #udp: UdpSender
  readonly #direct: DirectPath
  readonly #relayed: RelayedPath | undefined
  readonly #sent = new RateMeter()
  readonly #received = new RateMeter()
  #probedMs = Number.NEGATIVE_INFINITY
  #mayRelaysSleep = false

  constructor({ udp, relays, index }: WaysParts, dhtPublicKey: DhtPublicKey, handlers: RelayedPeerHandlers) {
    this.#udp = udp
    this.#direct = new DirectPath(index)
    this.#relayed = relays?.open(dhtPublicKey, handlers)
  }

  /** Relays that both are connected to. */
  get relayCount(): number {
    return this.#relayed?.relayCount ?? 0
  }

  /** Where direct packets go, when any endpoint is known. */
  endpoint(nowMs: Millis): Endpoint | undefined {
    return this.#direct.best(nowMs)
  }

  /** Whether packets go directly to the peer. */
  isDirect(nowMs: Millis): boolean {
    return this.#direct.isUp(nowMs, this.relayCount > 0 ? DIRECT_PATIENCE_MS : DIRECT_TIMEOUT_MS)
  }

  /** As `DirectPath.learn`. */
  learn(endpoint: Endpoint, heard: boolean, nowMs: Millis): boolean {
    return this.#direct.learn(endpoint, heard, nowMs)
  }

  /** An authentic packet of `size` bytes came from an endpoint, or by a relay. */
  heard(endpoint: Endpoint | undefined, size: number, nowMs: Millis): void {
    this.#received.add(size, nowMs)
    if (endpoint !== undefined) this.#direct.heard(endpoint, nowMs)
  }

  /** The relays themselves, for whoever asks what carries the packets. */
  get relayed(): RelayedPath | undefined {
    return this.#relayed
  }

  /** Bytes of packets a second. */
  rates(nowMs: Millis): { readonly sendRate: number; readonly receiveRate: number } {
    return { sendRate: this.#sent.rate(nowMs), receiveRate: this.#received.rate(nowMs) }
  }

  addRelay(relay: RelayInfo): void {
    this.#relayed?.addRelay(relay)
  }

  /** The relay that brought the peer's word out of band. */
  addOobRelay(relay: OobRelay): void {
    this.#relayed?.addOobRelay(relay)
  }

  /** While packets come directly, relays that nobody else needs may sleep; they wake before the direct path counts as dead. */
  letRelaysSleep(nowMs: Millis): void {
    const mayThey = this.#direct.isUp(nowMs, DIRECT_PATIENCE_MS)
    if (mayThey === this.#mayRelaysSleep) return
    this.#mayRelaysSleep = mayThey
    this.#relayed?.setDirect(mayThey)
  }

  /** A place of `size` bytes for a packet; `undefined` while no way works, or its queue is full. */
  reserve(size: number, purpose: Purpose, nowMs: Millis): Uint8Array | undefined {
    const place = this.#place(size, purpose, nowMs)
    if (place !== undefined) this.#sent.add(size, nowMs)
    return place
  }

  #place(size: number, purpose: Purpose, nowMs: Millis): Uint8Array | undefined {
    const endpoint = this.#direct.best(nowMs)
    if (endpoint !== undefined) {
      const mayGoDirectly = this.isDirect(nowMs) || (purpose === 'probe' && this.relayCount === 0)
      if (mayGoDirectly || purpose === 'direct') return this.#udp.reserve(endpoint, size)
    }
    return purpose === 'direct' ? undefined : this.#relayed?.reserve(size)
  }

  /** Whether to try the direct way now, while relays carry the data. */
  takeDirectProbe(nowMs: Millis): boolean {
    const isDue = nowMs - this.#probedMs >= DIRECT_PROBE_MS
    if (!isDue || this.isDirect(nowMs) || this.relayCount === 0 || this.#direct.best(nowMs) === undefined) return false
    this.#probedMs = nowMs
    return true
  }

  /** Sends a cookie request or a handshake by every way that might work; false when there is none. */
  greet(packet: Uint8Array, nowMs: Millis): boolean {
    const endpoint = this.#direct.best(nowMs)
    if (endpoint !== undefined) this.#udp.send(endpoint, packet)
    if (endpoint !== undefined && this.isDirect(nowMs)) return true
    return this.greetByRelay(packet) || endpoint !== undefined
  }

  /** … by relays alone: out of band while it is unknown whether the peer is there. */
  greetByRelay(packet: Uint8Array): boolean {
    if (this.#relayed === undefined) return false
    if (this.#relayed.relayCount === 0) return this.#relayed.sendOob(packet)
    const place = this.#relayed.reserve(packet.length)
    place?.set(packet)
    return place !== undefined
  }

  /** Forgets all of them. */
  close(): void {
    this.#direct.clear()
    this.#relayed?.close()
  }
}
