// A UDP socket that is opened again when its descriptor dies. Networks that come and go do no harm to a bound socket; what does:
// `ss --kill` takes the port away that the system chose (others are left theirs), and a program that we are a part of may close,
// replace or shut down a descriptor that is not its own. Then nothing arrives any more and nobody says so, or the event loop
// finds the socket readable without end. So it is looked at once a second, in a turn that comes anyway.

import type { Endpoint, Millis } from '../base/index.js'
import { noUdp, type UdpHandler, type UdpSender } from '../transport/udp.js'
import { openUdpSocket } from './open-udp.js'
import {
  type Link,
  type PortSharing,
  UdpError,
  type UdpFamily,
  type UdpSocket,
  type UdpSocketOptions,
  type UdpStats,
} from './udp-socket.js'

/** That the socket died, or that there is another one, for the log. */
export interface UdpChange {
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
  readonly isBack: boolean
}

export interface LastingUdpParts {
  /** As `openUdpSocket`. */
  readonly open?: (options: UdpSocketOptions) => Promise<UdpSocket>
  readonly now?: () => Millis
}

/** A look takes three system calls. */
const LOOK_MS: Millis = 1_000
/** Between two tries: doubled each time, and as at first once a socket has lived as long as the longest. */
const RETRY_FIRST_MS: Millis = LOOK_MS
const RETRY_MAX_MS: Millis = 60_000

export class LastingUdpSocket implements UdpSocket {
  /** Told of each change, between turns or in one. */
  onChange: (change: UdpChange) => void = () => {}
  readonly sharing: PortSharing | undefined
  readonly sender: UdpSender = {
    send: (to, packet) => this.#sender.send(to, packet),
    reserve: (to, size) => this.#sender.reserve(to, size),
  }
  readonly #options: UdpSocketOptions
  readonly #open: (options: UdpSocketOptions) => Promise<UdpSocket>
  readonly #now: () => Millis
  /** Closed while it is lost. */
  #socket: UdpSocket
  #sender: UdpSender
  #isLost = false
  #isShared = false
  #isOpening = false
  #isClosed = false
  #keepsAlive = true
  #onReadable: (() => void) | undefined
  #lookMs: Millis = Number.NEGATIVE_INFINITY
  #triedMs: Millis = Number.NEGATIVE_INFINITY
  #retryMs: Millis = 0

  private constructor(first: UdpSocket, options: UdpSocketOptions, { open, now }: Required<LastingUdpParts>) {
    this.#socket = first
    this.#sender = first.sender
    this.#options = options
    this.#open = open
    this.#now = now
    const { sharing } = first
    this.sharing = sharing && {
      letJoin: () => {
        this.#isShared = true
        sharing.letJoin()
      },
      spread: (kinds) => sharing.spread(kinds),
    }
  }

  /** Rejects with UdpError. */
  static async open(
    options: UdpSocketOptions,
    { open = openUdpSocket, now = () => performance.now() }: LastingUdpParts = {},
  ): Promise<LastingUdpSocket> {
    return new LastingUdpSocket(await open(options), options, { open, now })
  }

  get kind(): UdpSocket['kind'] {
    return this.#socket.kind
  }

  get family(): UdpFamily {
    return this.#socket.family
  }

  get local(): Endpoint {
    return this.#socket.local
  }

  get localPort(): number {
    return this.#socket.localPort
  }

  get pollable(): number | undefined {
    return this.#socket.pollable
  }

  get isSound(): boolean {
    return this.#socket.isSound
  }

  watch(onReadable: () => void): void {
    this.#onReadable = onReadable
    this.#socket.watch(onReadable)
  }

  receive(handler: UdpHandler): boolean {
    const nowMs = this.#now()
    if (nowMs >= this.#lookMs) this.#look(nowMs)
    return this.#socket.receive(handler)
  }

  flush(): void {
    this.#socket.flush()
  }

  multicastBy(link: Link): boolean {
    return this.#socket.multicastBy(link)
  }

  ref(): void {
    this.#keepsAlive = true
    this.#socket.ref()
  }

  unref(): void {
    this.#keepsAlive = false
    this.#socket.unref()
  }

  /** Of the present socket alone. */
  stats(): UdpStats {
    return this.#socket.stats()
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
  }

  #look(nowMs: Millis): void {
    this.#lookMs = nowMs + LOOK_MS
    if (this.#isClosed) return
    if (!this.#isLost) {
      if (this.#socket.isSound) return
      this.#lose()
    }
    if (nowMs - this.#triedMs >= RETRY_MAX_MS + LOOK_MS) this.#retryMs = 0
    const isDue = nowMs - this.#triedMs >= this.#retryMs
    if (!isDue || this.#isOpening || this.#isShared) return
    this.#triedMs = nowMs
    this.#retryMs = Math.min(RETRY_MAX_MS, Math.max(RETRY_FIRST_MS, 2 * this.#retryMs))
    void this.#reopen()
  }

  #lose(): void {
    const where = `the UDP socket at ${this.local}`
    this.#isLost = true
    this.#sender = noUdp
    this.#socket.close()
    // Whoever shares the port has it still, and a new socket would not be the first of them, to which most packets go.
    if (this.#isShared)
      this.#tell('error', `${where} died, and cannot be opened anew while workers share its port: start again`)
    else this.#tell('warn', `${where} died: opening another one`)
  }

  async #reopen(): Promise<void> {
    this.#isOpening = true
    try {
      const socket = await this.#openNear(this.localPort)
      if (this.#isClosed) socket.close()
      else this.#adopt(socket)
    } catch (error) {
      this.#tell('warn', `${(error as Error).message}: trying again in ${this.#retryMs / 1000} s`)
    } finally {
      this.#isOpening = false
    }
  }

  /** On the port that others know, or another one of those that were wanted. */
  async #openNear(port: number): Promise<UdpSocket> {
    const options = this.#options
    try {
      return await this.#open({ ...options, firstPort: port, lastPort: port })
    } catch (error) {
      if (!(error instanceof UdpError) || error.code !== 'ports-in-use') throw error
      return this.#open(options)
    }
  }

  #adopt(socket: UdpSocket): void {
    if (this.#onReadable !== undefined) socket.watch(this.#onReadable)
    if (!this.#keepsAlive) socket.unref()
    this.#socket = socket
    this.#sender = socket.sender
    this.#isLost = false
    this.#tell('info', `there is a UDP socket again, at ${socket.local}`, true)
  }

  #tell(level: UdpChange['level'], text: string, isBack = false): void {
    this.onChange({ level, text, isBack })
  }
}
