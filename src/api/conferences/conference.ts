// One conference, as users of the Node API hold it. The object stays the same as long as we are in the conference.

import { EventEmitter } from 'node:events'
import { fail, fromUtf8, type Result, toHex, toUtf8 } from '../../base/index.js'
import { type Conferences, type ConferenceType, PEER_UNKNOWN } from '../../conference/index.js'
import type { MessageKind } from '../../packet/messenger/message.js'
import { ToxError, type ToxOperation } from '../../tox/errors.js'
import { type EventQueue, eventsOf, type IteratorOptions } from '../event-queue.js'
import { type Friend, unwrap } from '../friend.js'
import type { WaitOptions } from '../options.js'
import { waitFor } from '../wait.js'
import {
  type ConferenceEventMap,
  type ConferenceMessage,
  type ConferencePeer,
  type OfflineConferencePeer,
  ON_TOX,
  type ToxConferenceEventMap,
} from './events.js'
import { Roster } from './roster.js'

/** As c-toxcore remembers unless told otherwise. */
const MAX_OFFLINE_DEFAULT = 128

/** What a conference needs of the instance that owns it. */
export interface ConferenceOwner {
  /** To ask. */
  readonly conferences: Conferences
  /** Runs `work` as a turn of its own, so that what it sends leaves at once; fails after `close()`. */
  turn<T>(work: (conferences: Conferences) => T): T
  forget(conference: Conference): void
  /** Whether it is still one of ours: its number may be another friend's by now. */
  isFriend(friend: Friend): boolean
  deliver<Name extends keyof ToxConferenceEventMap>(name: Name, event: ToxConferenceEventMap[Name][0]): void
}

export class Conference extends EventEmitter<ConferenceEventMap> {
  /** As in the C API; the lowest free one is given to the next conference after we left this one. */
  readonly number: number
  /** The lasting id, the same for all who are in it: 64 upper-case hex digits. */
  readonly id: string
  /** `'av'`: with sound. */
  readonly type: ConferenceType
  readonly #owner: ConferenceOwner
  readonly #roster: Roster
  readonly #ends = new Set<(error: ToxError) => void>()
  #title = ''
  #maxOffline = MAX_OFFLINE_DEFAULT
  #isConnected: boolean
  #isLeft = false
  /** Why it is over for us. */
  #end: ToxError | undefined

  /** @internal `isConnected` unless we have just begun to join. */
  constructor(number: number, owner: ConferenceOwner, isConnected: boolean) {
    super()
    this.#owner = owner
    this.#isConnected = isConnected
    this.number = number
    this.id = toHex(unwrap('CONFERENCE_JOIN', owner.conferences.id(number)))
    this.type = unwrap('CONFERENCE_JOIN', owner.conferences.type(number))
    this.#title = this.#readTitle()
    this.#roster = new Roster(this.peers)
  }

  /** Whether we have joined. Those whom we invite or whose invitation we accepted may all be away: see `peers`. */
  get isConnected(): boolean {
    return this.#isConnected && this.#end === undefined
  }

  /** Resolves as soon as we have joined. Rejects with `TOX_ERR_TS_ABORTED`, or when we leave or close before. */
  whenConnected({ signal }: WaitOptions = {}): Promise<void> {
    if (this.isConnected) return Promise.resolve()
    if (this.#end !== undefined) return Promise.reject(this.#end)
    return waitFor('CONFERENCE_JOIN', signal, (resolve, reject) => {
      this.on('connected', resolve)
      this.#ends.add(reject)
      return () => {
        this.off('connected', resolve)
        this.#ends.delete(reject)
      }
    })
  }

  /** The title, empty when there is none. Any text at all: escape it before it meets a terminal or a page. */
  get title(): string {
    return this.#title
  }

  /** 1 to 128 bytes of UTF-8, or `TOX_ERR_CONFERENCE_TITLE_INVALID_LENGTH`. Anyone in the conference may change it. */
  set title(title: string) {
    try {
      this.#do('CONFERENCE_TITLE', (conferences) => conferences.setTitle(this.number, toUtf8(title)))
    } finally {
      // It is ours even where it could not be told to others.
      this.#title = this.#readTitle()
    }
  }

  /** All who are there, we among them; none after we left. */
  get peers(): ConferencePeer[] {
    if (this.#end !== undefined) return []
    const count = this.#owner.conferences.peerCount(this.number)
    return Array.from({ length: count.ok ? count.value : 0 }, (_, number) => this.peer(number)!)
  }

  /** The peer with that number. */
  peer(number: number): ConferencePeer | undefined {
    if (this.#end !== undefined) return undefined
    const { conferences } = this.#owner
    const publicKey = conferences.peerPublicKey(this.number, number)
    const name = conferences.peerName(this.number, number)
    if (!publicKey.ok || !name.ok) return undefined
    const isOurs = conferences.isOurs(this.number, number)
    const isSelf = isOurs.ok && isOurs.value
    return { number, publicKey: toHex(publicKey.value), name: fromUtf8(name.value), isSelf }
  }

  /** Those who are remembered: who was killed or cut off, or ended without leaving. They come back by themselves. */
  get offlinePeers(): OfflineConferencePeer[] {
    if (this.#end !== undefined) return []
    const { conferences } = this.#owner
    const count = conferences.offlinePeerCount(this.number)
    return Array.from({ length: count.ok ? count.value : 0 }, (_, number) => {
      const publicKey = toHex(unwrap('CONFERENCE_PEER_QUERY', conferences.offlinePeerPublicKey(this.number, number)))
      const name = fromUtf8(unwrap('CONFERENCE_PEER_QUERY', conferences.offlinePeerName(this.number, number)))
      const last = unwrap('CONFERENCE_PEER_QUERY', conferences.offlinePeerLastActive(this.number, number))
      return { publicKey, name, lastActive: new Date(last * 1000) }
    })
  }

  /** How many offline peers are remembered: 128 unless set. It is not saved. */
  get maxOffline(): number {
    return this.#maxOffline
  }

  set maxOffline(max: number) {
    if (!(Number.isInteger(max) && max >= 0 && max < 2 ** 32)) {
      throw new ToxError('CONFERENCE_SET_MAX_OFFLINE', 'bad-option', 'maxOffline is a number of 32 bits')
    }
    this.#do('CONFERENCE_SET_MAX_OFFLINE', (conferences) => conferences.setMaxOffline(this.number, max))
    this.#maxOffline = max
  }

  /** Invites a friend who is online. Throws `TOX_ERR_CONFERENCE_INVITE_…`. */
  invite(friend: Friend): void {
    this.#do('CONFERENCE_INVITE', (conferences) =>
      this.#owner.isFriend(friend) ? conferences.invite(friend.number, this.number) : fail('fail-send'),
    )
  }

  /**
   * Sends 1 to 1,363 bytes of UTF-8 to all who are there. There are no receipts, but the message comes back to us as an event
   * once somebody has it. Throws `TOX_ERR_CONFERENCE_SEND_MESSAGE_…`, such as `…_NO_CONNECTION` when nobody else is there.
   */
  send(text: string, { kind = 'normal' }: { readonly kind?: MessageKind } = {}): void {
    if (text === '') throw new ToxError('CONFERENCE_SEND_MESSAGE', 'message-empty')
    this.#do('CONFERENCE_SEND_MESSAGE', (conferences) => conferences.sendMessage(this.number, kind, toUtf8(text)))
  }

  /** What is said, as an async iterator, from this call on, until `signal`, `break`, `leave()` or `close()`. */
  messages(options?: IteratorOptions): EventQueue<ConferenceMessage> {
    if (this.#end !== undefined) throw this.#end
    return eventsOf(this as EventEmitter, 'message', this.#ends, options)
  }

  [Symbol.asyncIterator](): EventQueue<ConferenceMessage> {
    return this.messages()
  }

  /** Leaves for good. The object is of no use afterwards: what it is told to do throws `…_CONFERENCE_NOT_FOUND`. */
  leave(): void {
    this.#do('CONFERENCE_DELETE', (conferences) => conferences.delete(this.number))
    this.#isLeft = true
    this.#owner.forget(this)
    this.finish(new ToxError('CONFERENCE_DELETE', 'conference-not-found'))
  }

  toJSON(): Record<string, unknown> {
    const { number, id, type, title, isConnected, peers, offlinePeers } = this
    return { number, id, type, title, isConnected, peers, offlinePeers }
  }

  // What the engine reports.

  /** @internal */
  onConnected(): void {
    this.tellPeers()
    this.#isConnected = true
    this.#deliver('connected', { conference: this })
  }

  /** @internal */
  onMessage(number: number, kind: MessageKind, text: Uint8Array): void {
    this.tellPeers()
    const peer = this.peer(number)
    if (peer !== undefined) this.#deliver('message', { conference: this, peer, text: fromUtf8(text), kind })
  }

  /** @internal */
  onTitle(number: number): void {
    this.tellPeers()
    this.#title = this.#readTitle()
    const peer = number === PEER_UNKNOWN ? undefined : this.peer(number)
    this.#deliver('title', { conference: this, title: this.#title, peer })
  }

  /** @internal */
  onPeerName(number: number): void {
    const peer = this.peer(number)
    const previous = peer && this.#roster.renamed(peer)
    if (previous === undefined || previous === peer!.name) return
    this.#deliver('peerName', { conference: this, peer: peer!, name: peer!.name, previous })
  }

  /** @internal Told at the end of the turn, or before what the new peers say. */
  onPeerListChanged(): void {
    if (this.#roster.changed()) queueMicrotask(() => this.tellPeers())
  }

  /** @internal */
  tellPeers(): void {
    if (this.#end !== undefined) return
    const change = this.#roster.take(() => this.peers)
    if (change !== undefined) this.#deliver('peers', { conference: this, ...change })
  }

  /** @internal It is over for us: we left, or the instance closes. */
  finish(error: ToxError): void {
    if (this.#end !== undefined) return
    this.#end = error
    for (const end of [...this.#ends]) end(error)
  }

  #do<T, E extends string>(operation: ToxOperation, call: (conferences: Conferences) => Result<T, E>): T {
    // Its number may be another conference's by now.
    if (this.#isLeft) throw new ToxError(operation, 'conference-not-found')
    return this.#owner.turn((conferences) => unwrap(operation, call(conferences)))
  }

  #readTitle(): string {
    if (this.#end !== undefined) return this.#title
    const title = this.#owner.conferences.title(this.number)
    return title.ok ? fromUtf8(title.value) : ''
  }

  /** What a listener throws is its own program's error: it must not end the engine's turn, so it is thrown outside of it. */
  #deliver<Name extends keyof ConferenceEventMap>(name: Name, event: ConferenceEventMap[Name][0]): void {
    try {
      ;(this as EventEmitter).emit(name, event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
    this.#owner.deliver(ON_TOX[name], event as never)
  }
}
