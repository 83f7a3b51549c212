// CPeer: a real c-toxcore peer (Debian's libtoxcore2) in its own process, driven with typed calls.
//
//   const peer = await CPeer.start({ ipv6: false })
//   await peer.bootstrap('127.0.0.1', 33445, key)
//   await peer.until('friend_message', (e) => text(e.data) === 'hello', 20_000)
//
// Every event since the start is kept in `events`, in order; `until` looks at those first, so that a test cannot miss one.

import { fileURLToPath } from 'node:url'
import { fromHex, toHex } from '../../src/base/index.js'
import { CConferences } from './c-conferences.js'
import type { Child } from './child.js'
import { startChild } from './child.js'
import { commandWithin, type Namespace } from './namespace.js'

export type Connection = 0 | 1 | 2
export const OFFLINE: Connection = 0
export const TCP: Connection = 1
export const UDP: Connection = 2

/** tox_options_*: what is not named keeps c-toxcore's default, except LAN discovery, which is off. */
export interface CPeerOptions {
  ipv6?: boolean
  udp?: boolean
  localDiscovery?: boolean
  dhtAnnouncements?: boolean
  holePunching?: boolean
  startPort?: number
  endPort?: number
  tcpPort?: number
  proxyType?: 0 | 1 | 2
  proxyHost?: string
  proxyPort?: number
  savedata?: Uint8Array
  /** The network namespace that it lives in; that of the test unless given. */
  within?: Namespace
  /** A profile that is nothing but this long-term secret key. */
  secretKey?: Uint8Array
}

/** The fields of each event; `at` is the wall clock in milliseconds, with fractions. */
export interface CPeerEvents {
  ready: object
  self_connection_status: { connection: Connection }
  friend_request: { key: Uint8Array; data: Uint8Array }
  friend_connection_status: { friend: number; connection: Connection }
  friend_name: { friend: number; data: Uint8Array }
  friend_status_message: { friend: number; data: Uint8Array }
  friend_status: { friend: number; status: number }
  friend_typing: { friend: number; typing: boolean }
  friend_read_receipt: { friend: number; message: number }
  /** `type` 0 is a normal message, 1 an action. */
  friend_message: { friend: number; type: number; data: Uint8Array }
  friend_lossy_packet: { friend: number; data: Uint8Array }
  friend_lossless_packet: { friend: number; data: Uint8Array }
  /** `data` is the name; sizes and positions are decimal. */
  file_recv: { friend: number; file: number; kind: number; size: string; data: Uint8Array }
  /** `control` 0 resume, 1 pause, 2 cancel. */
  file_recv_control: { friend: number; file: number; control: number }
  /** Everything was received: from where to where, in how many pieces, and its SHA-256 in hexadecimal. */
  file_received: { friend: number; file: number; from: string; to: string; chunks: number; sha256: string }
  /** Everything was sent and acknowledged; requests answered, and the longest of them. */
  file_sent: { friend: number; file: number; position: string; requests: number; longest: number }
  /** `type` 0 text, 1 audio; `data` is the cookie. */
  conference_invite: { friend: number; type: number; data: Uint8Array }
  conference_connected: { conference: number }
  conference_message: { conference: number; peer: number; type: number; data: Uint8Array }
  /** `peer` is 2^32 - 1 where c-toxcore does not know who set it. */
  conference_title: { conference: number; peer: number; data: Uint8Array }
  conference_peer_name: { conference: number; peer: number; data: Uint8Array }
  conference_peer_list_changed: { conference: number }
}

export type CPeerEvent<K extends keyof CPeerEvents = keyof CPeerEvents> = {
  [Name in K]: { event: Name; at: number } & CPeerEvents[Name]
}[K]

export interface CSelf {
  /** The 38-byte Tox ID. */
  id: Uint8Array
  /** The first 32 bytes of the Tox ID: the long-term public key. */
  key: Uint8Array
  dhtKey: Uint8Array
  port: number | null
  name: Uint8Array
  statusMessage: Uint8Array
  status: number
}

/** A file to offer. */
export interface CFile {
  kind?: number
  size: bigint | number
  length?: bigint | number
  name?: string | Uint8Array
  fileId?: Uint8Array
}

export interface CFriend {
  friend: number
  key: Uint8Array
  name: Uint8Array
  connection: Connection
}

const CHILD = fileURLToPath(new URL('c-peer-child.mjs', import.meta.url))

/** The text of event data or a name. */
export const text = (data: Uint8Array): string => new TextDecoder().decode(data)

const encode = (data: string | Uint8Array): string =>
  toHex(typeof data === 'string' ? new TextEncoder().encode(data) : data)

function decode(hex: unknown): Uint8Array {
  const bytes = fromHex(String(hex))
  if (bytes === undefined) throw new Error(`the C peer sent ${String(hex)} where hex was due`)
  return bytes
}

/** The length check that the C function does not do: a short key there is a read past its end. */
function key(bytes: Uint8Array, size = 32): string {
  if (bytes.length !== size) throw new Error(`a key or ID of ${bytes.length} bytes where ${size} are due`)
  return toHex(bytes)
}

interface Waiter {
  look(): boolean
  fail(error: Error): void
}

export class CPeer {
  readonly events: CPeerEvent[] = []
  readonly conferences = new CConferences((command, args) => this.#call(command, args))
  readonly #child: Child
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #waiters = new Set<Waiter>()
  #nextCall = 1

  private constructor(within: Namespace | undefined) {
    const { command, args } = commandWithin(within, process.execPath, [CHILD])
    this.#child = startChild(command, args, (line) => this.#receive(line))
    void this.#child.exited.then(() => this.#fail(new Error(`the C peer ended: ${this.#child.stderr.trim()}`)))
  }

  /** Starts a process and a Tox instance in it. Fails with the C name of the error (`TOX_ERR_NEW_…`). */
  static async start(options: CPeerOptions = {}): Promise<CPeer> {
    const { savedata, secretKey, within, ...rest } = options
    const peer = new CPeer(within)
    try {
      await peer.#call('new', {
        ...rest,
        ...(savedata && { savedata: toHex(savedata) }),
        ...(secretKey && { secretKey: key(secretKey) }),
      })
    } catch (error) {
      await peer.killHard()
      throw error
    }
    return peer
  }

  get pid(): number {
    return this.#child.process.pid!
  }

  async self(): Promise<CSelf> {
    const self = (await this.#call('self')) as Record<string, unknown>
    const id = decode(self.id)
    return {
      id,
      key: id.slice(0, 32),
      dhtKey: decode(self.dhtKey),
      port: self.port as number | null,
      name: decode(self.name),
      statusMessage: decode(self.statusMessage),
      status: Number(self.status),
    }
  }

  /** The long-term secret key, for tests that continue this identity on the other implementation. */
  async secretKey(): Promise<Uint8Array> {
    return decode(await this.#call('secretKey'))
  }

  /** `dhtKey` is the node's DHT public key. c-toxcore sends its request once. */
  async bootstrap(host: string, port: number, dhtKey: Uint8Array): Promise<void> {
    await this.#call('bootstrap', { host, port, key: key(dhtKey) })
  }

  async addTcpRelay(host: string, port: number, dhtKey: Uint8Array): Promise<void> {
    await this.#call('addTcpRelay', { host, port, key: key(dhtKey) })
  }

  /** Sends a friend request to a 38-byte Tox ID; returns the friend number. */
  async friendAdd(id: Uint8Array, message: string | Uint8Array): Promise<number> {
    return (await this.#call('friendAdd', { id: key(id, 38), data: encode(message) })) as number
  }

  /** Adds a friend by long-term public key, as one accepts a request; returns the friend number. */
  async friendAddNorequest(publicKey: Uint8Array): Promise<number> {
    return (await this.#call('friendAddNorequest', { key: key(publicKey) })) as number
  }

  async friendDelete(friend: number): Promise<void> {
    await this.#call('friendDelete', { friend })
  }

  async friends(): Promise<CFriend[]> {
    const friends = (await this.#call('friends')) as Record<string, unknown>[]
    return friends.map((one) => ({
      friend: one.friend as number,
      key: decode(one.key),
      name: decode(one.name),
      connection: one.connection as Connection,
    }))
  }

  /** Returns the message number that its `friend_read_receipt` will carry. */
  async sendMessage(friend: number, message: string | Uint8Array): Promise<number> {
    return (await this.#call('sendMessage', { friend, type: 0, data: encode(message) })) as number
  }

  async sendAction(friend: number, message: string | Uint8Array): Promise<number> {
    return (await this.#call('sendMessage', { friend, type: 1, data: encode(message) })) as number
  }

  /** Sends `prefix0`, `prefix1`, … (padded with dots to `size` bytes) as fast as c-toxcore takes them. */
  async sendMany(friend: number, count: number, prefix: string, size = 0): Promise<number[]> {
    return (await this.#call('sendMany', { friend, type: 0, count, prefix, size })) as number[]
  }

  async setName(name: string | Uint8Array): Promise<void> {
    await this.#call('setName', { data: encode(name) })
  }

  async setStatusMessage(message: string | Uint8Array): Promise<void> {
    await this.#call('setStatusMessage', { data: encode(message) })
  }

  /** 0 available, 1 away, 2 busy. */
  async setStatus(status: 0 | 1 | 2): Promise<void> {
    await this.#call('setStatus', { status })
  }

  async setTyping(friend: number, typing: boolean): Promise<void> {
    await this.#call('setTyping', { friend, typing })
  }

  /** As the C API: the number whose bytes, most significant first, stand in the Tox ID. */
  async setNospam(nospam: number): Promise<void> {
    await this.#call('setNospam', { nospam })
  }

  /** First byte 160–191. */
  async sendLossless(friend: number, data: Uint8Array): Promise<void> {
    await this.#call('sendLossless', { friend, data: toHex(data) })
  }

  /** First byte 192–254. */
  async sendLossy(friend: number, data: Uint8Array): Promise<void> {
    await this.#call('sendLossy', { friend, data: toHex(data) })
  }

  /**
   * Offers a file whose bytes are those of `fileContent`; chunks are sent as they are asked for. A `length` beside `size`
   * is where a stream of unknown size ends.
   */
  async fileSend(friend: number, { kind = 0, size, length = size, name = 'file', fileId }: CFile): Promise<number> {
    return (await this.#call('fileSend', {
      friend,
      kind,
      size: String(size),
      length: String(length),
      data: encode(name),
      ...(fileId && { fileId: key(fileId) }),
    })) as number
  }

  async fileControl(friend: number, file: number, control: 'resume' | 'pause' | 'cancel'): Promise<void> {
    await this.#call('fileControl', { friend, file, control: ['resume', 'pause', 'cancel'].indexOf(control) })
  }

  async fileSeek(friend: number, file: number, position: bigint): Promise<void> {
    await this.#call('fileSeek', { friend, file, position: String(position) })
  }

  async fileId(friend: number, file: number): Promise<Uint8Array> {
    return decode(await this.#call('fileId', { friend, file }))
  }

  /** How far a file that is being received has come. */
  async fileProgress(friend: number, file: number): Promise<bigint> {
    return BigInt((await this.#call('fileProgress', { friend, file })) as string)
  }

  async savedata(): Promise<Uint8Array> {
    return decode(await this.#call('savedata'))
  }

  /** A paused peer does not iterate: alive, but silent. */
  async pause(paused: boolean): Promise<void> {
    await this.#call('pause', { paused })
  }

  /** tox_kill, which tells the friends, then the end of the process. */
  async kill(): Promise<void> {
    if (!this.#child.running) return
    await this.#call('kill')
    await this.#child.killHard()
  }

  /** kill -9: the friends hear nothing. */
  async killHard(): Promise<void> {
    await this.#child.killHard()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killHard()
  }

  /** How many events of a kind have come so far. */
  count<K extends keyof CPeerEvents>(kind: K, accept: (event: CPeerEvent<K>) => boolean = () => true): number {
    return this.all(kind).filter(accept).length
  }

  /** The events of one kind so far. */
  all<K extends keyof CPeerEvents>(kind: K): CPeerEvent<K>[] {
    return this.events.filter((event) => event.event === kind) as CPeerEvent<K>[]
  }

  /**
   * The first event of a kind that `accept` takes, past or still to come.
   * @param deadlineMs how long to wait; then it fails, telling what came instead
   * @param from index into `events` where to begin: `peer.events.length` means "from now on"
   */
  until<K extends keyof CPeerEvents>(
    kind: K,
    accept: (event: CPeerEvent<K>) => boolean = () => true,
    deadlineMs = 30_000,
    from = 0,
  ): Promise<CPeerEvent<K>> {
    let next = from
    return this.#wait(`${kind} did not come`, deadlineMs, () => {
      while (next < this.events.length) {
        const event = this.events[next++]!
        if (event.event === kind && accept(event as CPeerEvent<K>)) return event as CPeerEvent<K>
      }
      return undefined
    })
  }

  /** Waits for `count` events of a kind, counted from the start, and returns them. */
  untilCount<K extends keyof CPeerEvents>(kind: K, count: number, deadlineMs = 30_000): Promise<CPeerEvent<K>[]> {
    const found: CPeerEvent<K>[] = []
    let next = 0
    return this.#wait(`${count} of ${kind} did not come`, deadlineMs, () => {
      while (next < this.events.length && found.length < count) {
        const event = this.events[next++]!
        if (event.event === kind) found.push(event as CPeerEvent<K>)
      }
      return found.length >= count ? found : undefined
    })
  }

  /** Waits until the peer itself is connected to the DHT. */
  async untilConnected(deadlineMs = 30_000): Promise<void> {
    await this.until('self_connection_status', (e) => e.connection !== OFFLINE, deadlineMs)
  }

  /** Waits until a friend is online (by default over UDP or TCP, whichever comes first). */
  async untilOnline(friend: number, deadlineMs = 60_000, from = 0): Promise<CPeerEvent<'friend_connection_status'>> {
    return await this.until(
      'friend_connection_status',
      (e) => e.friend === friend && e.connection !== OFFLINE,
      deadlineMs,
      from,
    )
  }

  /** Waits until a friend is reported offline. */
  async untilOffline(friend: number, deadlineMs = 60_000, from = 0): Promise<CPeerEvent<'friend_connection_status'>> {
    return await this.until(
      'friend_connection_status',
      (e) => e.friend === friend && e.connection === OFFLINE,
      deadlineMs,
      from,
    )
  }

  #wait<T>(failure: string, deadlineMs: number, look: () => T | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        look: () => {
          const found = look()
          if (found === undefined) return false
          end()
          resolve(found)
          return true
        },
        fail: (error) => {
          end()
          reject(error)
        },
      }
      const timer = setTimeout(
        () => waiter.fail(new Error(`${failure} within ${deadlineMs} ms; events so far: ${this.#story()}`)),
        deadlineMs,
      )
      this.#waiters.add(waiter)
      if (!waiter.look() && !this.#child.running) waiter.fail(new Error('the C peer has ended'))
    })
  }

  /** The last events, short, for failure messages. */
  #story(): string {
    const last = this.events.slice(-12).map(({ event, at: _, ...fields }) => `${event} ${JSON.stringify(fields)}`)
    return `(${this.events.length}) ${last.join(', ').slice(0, 1500)}`
  }

  #call(command: string, args: object = {}): Promise<unknown> {
    if (!this.#child.running) return Promise.reject(new Error(`${command}: the C peer has ended`))
    const call = this.#nextCall++
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      this.#child.write(JSON.stringify({ call, command, ...args }))
    })
  }

  #receive(line: string): void {
    const { call, value, error, ...event } = JSON.parse(line) as Record<string, unknown>
    if (typeof call === 'number') {
      const pending = this.#calls.get(call)
      this.#calls.delete(call)
      if (typeof error === 'string') pending?.reject(new Error(error))
      else pending?.resolve(value)
      return
    }
    for (const field of ['key', 'data']) if (field in event) event[field] = decode(event[field])
    this.events.push(event as unknown as CPeerEvent)
    for (const waiter of [...this.#waiters]) waiter.look()
  }

  #fail(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error)
    this.#calls.clear()
    for (const waiter of [...this.#waiters]) waiter.fail(error)
  }
}

/** Adds each as the other's friend by key, without a request; returns [a's number of b, b's number of a]. */
export async function befriend(a: CPeer, b: CPeer): Promise<[number, number]> {
  return [await a.friendAddNorequest((await b.self()).key), await b.friendAddNorequest((await a.self()).key)]
}
