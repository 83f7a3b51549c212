// The native twin of UdpSocket: batches in arenas through native/udp.cc, one call into the addon for each batch.

import { getSystemErrorName } from 'node:util'
import type { Endpoint } from '../base/index.js'
import type { UdpHandler, UdpSender } from '../transport/udp.js'
import { EndpointCache } from './endpoint-cache.js'
import { loadNativeUdp, type NativeUdp, type NativeUdpClass } from './native-udp-binding.js'
import { SendArena } from './send-arena.js'
import type { Link, PortSharing, UdpFamily, UdpSocket, UdpSocketOptions, UdpStats } from './udp-socket.js'
import { bindAddress, bindError, UdpError } from './udp-socket.js'

const ROW_WORDS = 8
const FAMILY_NUMBER = { ipv4: 4, ipv6: 6, dual: 46 } as const
/** Bits of the readiness callback (libuv's UV_READABLE and UV_WRITABLE). */
const READABLE = 1
const WRITABLE = 2

/** Why there is no native twin here, or `undefined` when there is. */
export function nativeUdpMissing(): string | undefined {
  const loaded = loadNativeUdp()
  return typeof loaded === 'string' ? loaded : undefined
}

/** Opens a native socket, at once. Throws UdpError; `no-native` when the addon is missing. */
export function openNativeUdp(options: UdpSocketOptions): UdpSocket {
  const native = loadNativeUdp()
  if (typeof native === 'string') throw new UdpError('no-native', native)
  const socket = new native()
  const wanted = bindAddress(options)
  const port = socket.open(
    FAMILY_NUMBER[options.family],
    fitAddress(wanted, options.family),
    options.firstPort,
    options.lastPort,
    options.joins === true,
  )
  if (port < 0) throw bindError(options, getSystemErrorName(port))
  return new NativeUdpSocket(native, socket, options.family, wanted.withPort(port))
}

/** The bytes to bind: an IPv4 address is mapped for a dual socket. */
function fitAddress(endpoint: Endpoint, family: UdpFamily): Uint8Array {
  if (family !== 'dual' || endpoint.family === 6) return endpoint.address
  const mapped = new Uint8Array(16)
  mapped.fill(0xff, 10, 12)
  mapped.set(endpoint.address, 12)
  return mapped
}

/** Where packets are received. Receiving is synchronous, so that all sockets of a thread share one. */
interface ReceiveArena {
  readonly bytes: Uint8Array
  readonly rows: Int32Array
  /** While a batch in it is being handled. */
  isBusy: boolean
}

let sharedArena: ReceiveArena | undefined

function receiveArena({ RECEIVE_MESSAGES, SLOT_BYTES, SEGMENTS_IN_MAX }: NativeUdpClass): ReceiveArena {
  sharedArena ??= {
    bytes: new Uint8Array(RECEIVE_MESSAGES * SLOT_BYTES),
    rows: new Int32Array((1 + RECEIVE_MESSAGES * SEGMENTS_IN_MAX) * ROW_WORDS),
    isBusy: false,
  }
  return sharedArena
}

class NativeUdpSocket implements UdpSocket {
  readonly kind = 'native'
  readonly localPort: number
  readonly sender: UdpSender
  readonly #out: SendArena
  readonly #descriptor: number
  readonly #arena: ReceiveArena
  readonly #endpoints = new EndpointCache()
  #closed = false
  #awaitsWritable = false
  #onReadable: (() => void) | undefined

  constructor(
    native: NativeUdpClass,
    private readonly socket: NativeUdp,
    readonly family: UdpFamily,
    readonly local: Endpoint,
  ) {
    this.localPort = local.port
    this.#descriptor = socket.descriptor()
    this.#arena = receiveArena(native)
    this.#out = new SendArena((arena, rows, first, end) => this.socket.send(arena, rows, first, end))
    this.sender = this.#out
  }

  readonly sharing: PortSharing = {
    letJoin: () => this.#share('be shared', this.socket.letJoin()),
    spread: (kinds) => this.#share('be shared by packet kind', this.socket.spread(Uint8Array.from(kinds))),
  }

  watch(onReadable: () => void): void {
    if (this.#closed) return
    if (this.#onReadable !== undefined) throw new Error('the socket is watched already')
    this.#onReadable = onReadable
    const result = this.socket.start((events) => {
      if ((events & WRITABLE) !== 0) this.flush()
      if ((events & READABLE) !== 0 && !this.#closed) onReadable()
    })
    if (result < 0) throw new UdpError('system', `cannot watch a UDP socket: ${getSystemErrorName(result)}`)
    if (this.#awaitsWritable) this.socket.wantWritable(true)
  }

  receive(handler: UdpHandler): boolean {
    // A handler that reads again, from whichever socket, would overwrite the batch under its own feet.
    if (this.#closed || this.#arena.isBusy) return false
    const { bytes, rows } = this.#arena
    const count = this.socket.receive(bytes, rows)
    if (count <= 0) return false
    const more = rows[0] === 1
    const { buffer } = bytes
    this.#arena.isBusy = true
    try {
      for (let i = 1; i <= count && !this.#closed; i++) {
        const at = i * ROW_WORDS
        const from = this.#endpoints.find(
          rows[at + 2]!,
          rows[at + 3]!,
          rows[at + 4]!,
          rows[at + 5]!,
          rows[at + 6]!,
          rows[at + 7]!,
        )
        handler(from, new Uint8Array(buffer, rows[at], rows[at + 1]))
      }
    } finally {
      this.#arena.isBusy = false
    }
    return more && !this.#closed
  }

  flush(): void {
    if (this.#closed) return
    const waits = !this.#out.flush()
    if (waits === this.#awaitsWritable) return
    this.#awaitsWritable = waits
    this.socket.wantWritable(waits)
  }

  multicastBy(link: Link): boolean {
    if (this.#closed || this.family === 'ipv4') return false
    this.flush()
    return this.socket.multicastBy(link.index) === 0
  }

  get pollable(): number | undefined {
    return this.#closed || this.#out.isWaiting ? undefined : this.#descriptor
  }

  get isSound(): boolean {
    return !this.#closed && this.socket.isSound()
  }

  ref(): void {
    this.socket.ref()
  }

  unref(): void {
    this.socket.unref()
  }

  stats(): UdpStats {
    const { packetsIn, packetsOut, unsent, invalidRows, oversizedIn, receiveErrors } = this.socket.stats()
    return {
      packetsIn,
      packetsOut,
      unsent: unsent + invalidRows,
      overflowOut: this.#out.overflow,
      overflowIn: oversizedIn,
      receiveErrors,
    }
  }

  close(): void {
    this.#closed = true
    this.socket.close()
  }

  #share(what: string, result: number): void {
    if (result < 0)
      throw new UdpError('system', `UDP port ${this.localPort} cannot ${what}: ${getSystemErrorName(result)}`)
  }
}
