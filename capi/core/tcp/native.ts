// The TCP sockets of the addon (native/tcp.cc), typed. They never wait.

import { loadAddon, whyNoAddon } from '../../../src/addon/index.js'

/** Negative results are `-errno`. */
export interface NativeTcp {
  /** 0 when the attempt has begun. */
  connect(family: 4 | 6, address: Uint8Array, port: number): number
  /** 0 when the attempt has come to a connection; asked once the socket is writable. */
  outcome(): number
  /** The port. An IPv6 socket takes IPv4 as well. */
  listen(family: 4 | 6, address: Uint8Array, port: number, backlog: number): number
  /** The family of the peer, whose address (16 bytes) and port (2) stand in `source`. */
  accept(listening: number, source: Uint8Array): number
  /** How many bytes came, 0 when the peer sends no more. */
  receive(arena: Uint8Array): number
  /** Sends `parts` from `first` on, without the first `skip` bytes of that one; how many bytes the system took. */
  send(parts: readonly Uint8Array[], first: number, skip: number): number
  descriptor(): number
  close(): void
}

/** What a descriptor is watched for, or ready for: bits. */
export const READABLE = 1
export const WRITABLE = 2

export interface NativeReadiness {
  /** `key` is what `ready` tells. A descriptor that is closed is forgotten by itself. */
  watch(descriptor: number, key: number, interest: number): number
  change(descriptor: number, key: number, interest: number): number
  /** How many are ready: of each its key and what for, in `out`. */
  ready(out: Int32Array): number
  /** Readable when any of them is ready. Negative when there is none. */
  descriptor(): number
  close(): void
}

interface NativeClasses {
  readonly TcpSocket: new () => NativeTcp
  readonly Readiness: (new () => NativeReadiness) & { readonly EVENTS_MAX: number }
}

export function nativeTcp(): NativeClasses {
  const addon = loadAddon()
  if (addon?.TcpSocket === undefined) throw new Error(`no TCP sockets: ${whyNoAddon()}`)
  return addon as unknown as NativeClasses
}
