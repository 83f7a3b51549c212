// The native socket class as native/udp.cc exports it, typed.

import { loadAddon, whyNoAddon } from '../addon/index.js'

/** Counts since the socket was opened. */
export interface NativeUdpStats {
  readonly packetsIn: number
  readonly messagesIn: number
  readonly receiveErrors: number
  readonly oversizedIn: number
  readonly packetsOut: number
  readonly messagesOut: number
  readonly unsent: number
  readonly invalidRows: number
  /** Segmented messages that the system refused; they went out plain. */
  readonly refusedSegments: number
  /** The system's number of the last error of a send. */
  readonly lastError: number
  /** Whether the kernel joins packets on their way in (UDP_GRO) and splits them on their way out (UDP_SEGMENT). */
  readonly joins: boolean
  readonly segments: boolean
}

/** Rows are described in native/udp.cc. Negative results are `-errno`. */
export interface NativeUdp {
  open(family: 4 | 6 | 46, address: Uint8Array, firstPort: number, lastPort: number, joins?: boolean): number
  letJoin(): number
  spread(kinds: Uint8Array): number
  receive(arena: Uint8Array, rows: Int32Array): number
  send(arena: Uint8Array, rows: Int32Array, first: number, end: number): number
  multicastBy(index: number): number
  start(callback: (events: number) => void): number
  wantWritable(wanted: boolean): number
  ref(): void
  unref(): void
  descriptor(): number
  isSound(): boolean
  stats(): NativeUdpStats
  close(): void
}

export interface NativeUdpClass {
  new (): NativeUdp
  readonly SLOT_BYTES: number
  readonly RECEIVE_MESSAGES: number
  readonly SEGMENTS_IN_MAX: number
}

/** The class, or the reason why there is none here. */
export function loadNativeUdp(): NativeUdpClass | string {
  const addon = loadAddon()
  if (addon === undefined) return `there is no native addon (${whyNoAddon()})`
  const socketClass = addon.UdpSocket as NativeUdpClass | undefined
  return socketClass ?? 'this platform has no batched UDP'
}
