// The way that carries what is said with a friend, as the Node API shows it.

import type { Millis } from '../base/index.js'
import type { PathInfo } from '../net-crypto/index.js'
import { type Relay, relayOf } from './relays.js'

/** How packets go to a friend and come from them, at one moment. */
export interface FriendPath {
  /** Straight, or through TCP relays alone. */
  readonly kind: 'udp' | 'relay'
  /** Where packets go, with `'udp'`: the friend's address, or their router's. */
  readonly endpoint: { readonly host: string; readonly port: number } | undefined
  /** With `'relay'`: the relay that carries most; others may stand by. */
  readonly relay: Relay | undefined
  /** Usual round trip in ms, the friend's waiting before an acknowledgement included; undefined until measured. */
  readonly rttMs: Millis | undefined
  /** Bytes of packets a second, over the last three seconds. */
  readonly sendRate: number
  readonly receiveRate: number
  /** Since when it is this address or relay. */
  readonly since: Date
}

export function friendPath(info: PathInfo, clock: { now(): Millis; unixSeconds(): number }): FriendPath {
  const { kind, endpoint, relay, rttMs, sendRate, receiveRate, sinceMs } = info
  return {
    kind,
    endpoint: endpoint && { host: endpoint.ip, port: endpoint.port },
    relay: relay && relayOf(relay),
    rttMs,
    sendRate,
    receiveRate,
    since: new Date(clock.unixSeconds() * 1_000 - (clock.now() - sinceMs)),
  }
}
