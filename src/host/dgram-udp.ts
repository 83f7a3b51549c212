// The portable twin of UdpSocket: node:dgram. It costs about 7 µs a packet where the native twin costs less than one.
// Packets that arrive wait in a bounded queue until the turn's `receive`: a flood is dropped here, as a full kernel buffer
// would drop it.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { Endpoint } from '../base/index.js'
import type { UdpHandler, UdpSender } from '../transport/udp.js'
import { UDP_PACKET_MAX_BYTES } from '../transport/udp.js'
import type { Link, UdpFamily, UdpSocket, UdpSocketOptions, UdpStats } from './udp-socket.js'
import { bindAddress, bindError } from './udp-socket.js'

/** Packets that wait to be read, and packets handed to Node that it has not sent yet. Above that they are dropped. */
const WAITING_IN_MAX = 2048
const WAITING_OUT_MAX = 1024
/** Packets of one batch. */
const BATCH = 256
/** Link-local neighbours whose interface is remembered; when there are more, all are learnt anew. */
const NEIGHBOURS_MAX = 256
/** Errors that are not one packet's or one moment's: the descriptor is closed, another file, or shut down. */
const FATAL: ReadonlySet<string | undefined> = new Set(['EBADF', 'ENOTCONN', 'ENOTSOCK', 'EPIPE'])
/** As c-toxcore asks. */
const SOCKET_BUFFER_BYTES = 2 * 1024 * 1024

type LookupCallback = (error: null, address: string, family: number) => void

/** All our addresses are numeric: answering at once lets a packet leave in the turn that sends it. */
function noLookup(address: string, _options: unknown, callback: LookupCallback): void {
  callback(null, address, address.includes(':') ? 6 : 4)
}

/** Opens a node:dgram socket on the first free port of the range. Rejects with UdpError. */
export async function openDgramUdp(options: UdpSocketOptions): Promise<UdpSocket> {
  const wanted = bindAddress(options)
  let code = 'EADDRINUSE'
  for (let port = options.firstPort; port <= options.lastPort; port++) {
    const socket = createSocket({
      type: options.family === 'ipv4' ? 'udp4' : 'udp6',
      ipv6Only: options.family === 'ipv6',
      lookup: noLookup as never,
    })
    try {
      await bind(socket, port, addressText(wanted, options.family))
      return new DgramUdpSocket(socket, options.family, wanted.withPort(socket.address().port))
    } catch (error) {
      socket.close()
      code = (error as NodeJS.ErrnoException).code ?? 'EIO'
      if (code !== 'EADDRINUSE' && code !== 'EACCES') break
    }
  }
  throw bindError(options, code)
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('listening', () => {
      socket.off('error', reject)
      resolve()
    })
    socket.bind({ port, address, exclusive: true })
  })
}

/** An IPv4 address is mapped for a dual socket. */
function addressText(endpoint: Endpoint, family: UdpFamily): string {
  return endpoint.family === 4 && family !== 'ipv4' ? `::ffff:${endpoint.ip}` : endpoint.ip
}

class DgramUdpSocket implements UdpSocket {
  readonly kind = 'dgram'
  readonly localPort: number
  readonly pollable = undefined
  readonly sharing = undefined
  readonly sender: UdpSender
  #waiting: { from: Endpoint; packet: Uint8Array }[] = []
  #outgoing: { to: Endpoint; packet: Uint8Array }[] = []
  #inFlight = 0
  #closed = false
  #isBroken = false
  #reading = false
  #onReadable: (() => void) | undefined
  #signal: NodeJS.Immediate | undefined
  readonly #known = new Map<string, Endpoint>()
  /** The interface on which a link-local address (by its text) was heard last: elsewhere it means nothing, or another host. */
  readonly #links = new Map<string, string>()
  readonly #stats = { packetsIn: 0, packetsOut: 0, unsent: 0, overflowOut: 0, overflowIn: 0, receiveErrors: 0 }

  constructor(
    private readonly socket: Socket,
    readonly family: UdpFamily,
    readonly local: Endpoint,
  ) {
    this.localPort = local.port
    this.sender = {
      send: (to, packet) => this.#reserve(to, packet.length).set(packet),
      reserve: (to, size) => this.#reserve(to, size),
    }
    socket.on('error', (error) => {
      this.#stats.receiveErrors++
      this.#note(error)
    })
    socket.on('message', (packet, info) => this.#arrived(packet, info))
    socket.setBroadcast(true)
    try {
      socket.setRecvBufferSize(SOCKET_BUFFER_BYTES)
      socket.setSendBufferSize(SOCKET_BUFFER_BYTES)
    } catch {
      // The system keeps its own size.
    }
  }

  watch(onReadable: () => void): void {
    if (this.#onReadable !== undefined) throw new Error('the socket is watched already')
    this.#onReadable = onReadable
    this.#signalSoon()
  }

  receive(handler: UdpHandler): boolean {
    if (this.#closed || this.#reading) return false
    const batch = this.#waiting.splice(0, BATCH)
    this.#reading = true
    try {
      for (const { from, packet } of batch) {
        if (this.#closed) break
        handler(from, packet)
      }
    } finally {
      this.#reading = false
    }
    this.#signalSoon()
    return this.#waiting.length > 0
  }

  flush(): void {
    if (this.#closed || this.#outgoing.length === 0) return
    const batch = this.#outgoing
    this.#outgoing = []
    for (const { to, packet } of batch) this.#sendNow(to, packet)
  }

  multicastBy({ name }: Link): boolean {
    if (this.#closed || this.family === 'ipv4') return false
    this.flush()
    try {
      this.socket.setMulticastInterface(`::%${name}`)
      return true
    } catch {
      return false
    }
  }

  get isSound(): boolean {
    if (this.#closed || this.#isBroken) return false
    try {
      return this.socket.address().port === this.localPort
    } catch {
      return false
    }
  }

  ref(): void {
    if (!this.#closed) this.socket.ref()
  }

  unref(): void {
    if (!this.#closed) this.socket.unref()
  }

  stats(): UdpStats {
    return { ...this.#stats }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#waiting = []
    this.#outgoing = []
    if (this.#signal !== undefined) clearImmediate(this.#signal)
    this.socket.close()
  }

  #arrived(packet: Buffer, { address, port }: RemoteInfo): void {
    if (this.#waiting.length >= WAITING_IN_MAX) {
      this.#stats.overflowIn++
      return
    }
    const from = this.#endpoint(address, port)
    if (from === undefined) return
    this.#stats.packetsIn++
    this.#waiting.push({ from, packet: new Uint8Array(packet.buffer, packet.byteOffset, packet.length) })
    this.#signalSoon()
  }

  /** Endpoints of known peers are kept; the cache is emptied when full, which costs an allocation a peer. */
  #endpoint(address: string, port: number): Endpoint | undefined {
    const zone = address.indexOf('%')
    if (zone >= 0) this.#learnLink(address.slice(0, zone), address.slice(zone))
    const key = `${address} ${port}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const endpoint = Endpoint.parse(zone < 0 ? address : address.slice(0, zone), port)
    if (endpoint === undefined) return undefined
    if (this.#known.size >= WAITING_IN_MAX) this.#known.clear()
    this.#known.set(key, endpoint)
    return endpoint
  }

  #learnLink(ip: string, zone: string): void {
    if (this.#links.size >= NEIGHBOURS_MAX) this.#links.clear()
    this.#links.set(ip, zone)
  }

  /** The address as `send` takes it, with the interface behind it that a link-local one needs. */
  #addressOf(to: Endpoint): string {
    const address = addressText(to, this.family)
    return to.isLinkLocal ? address + (this.#links.get(address) ?? '') : address
  }

  /** Node reports each packet by itself; the check phase behind the poll phase makes one batch of them. */
  #signalSoon(): void {
    if (this.#signal !== undefined || this.#waiting.length === 0 || this.#onReadable === undefined) return
    this.#signal = setImmediate(() => {
      this.#signal = undefined
      if (!this.#closed) this.#onReadable?.()
      // Whatever the turn left must be announced again.
      if (!this.#closed) this.#signalSoon()
    })
  }

  #reserve(to: Endpoint, size: number): Uint8Array {
    if (!(size > 0 && size <= UDP_PACKET_MAX_BYTES)) throw new RangeError(`a packet has 1 to 2048 bytes, not ${size}`)
    const packet = new Uint8Array(size)
    if (this.#outgoing.length >= WAITING_OUT_MAX) this.flush()
    if (!this.#closed) this.#outgoing.push({ to, packet })
    return packet
  }

  #sendNow(to: Endpoint, packet: Uint8Array): void {
    if (this.#inFlight >= WAITING_OUT_MAX) {
      this.#stats.overflowOut++
      return
    }
    if (to.port === 0 || (to.family === 6 && this.family === 'ipv4') || (to.family === 4 && this.family === 'ipv6')) {
      this.#stats.unsent++
      return
    }
    this.#inFlight++
    this.socket.send(packet, to.port, this.#addressOf(to), (error) => {
      this.#inFlight--
      if (error === null || error === undefined) {
        this.#stats.packetsOut++
      } else {
        this.#stats.unsent++
        this.#note(error)
      }
    })
  }

  #note({ code }: NodeJS.ErrnoException): void {
    if (FATAL.has(code)) this.#isBroken = true
  }
}
