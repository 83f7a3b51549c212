// One friend's messages on their way from the session to the application, where each is acknowledged only after somebody
// has stored it: the store, or the application that says so. The acknowledgement on the wire waits meanwhile.
//
// What comes twice. Killed between storing and acknowledging, or before the acknowledgement arrived, we get the message
// again. It is recognised by a list of what we took and the friend may not know. An entry leaves the list as soon as the
// friend has acknowledged any lossless packet of ours that was first sent after our acknowledgement of the message had
// advanced: every packet carries the acknowledgement, so whoever has the packet has seen it. Alive packets go every 8 s; one
// more is sent when there is nothing else to say, half a second after a message and for each thousand of a burst, so the
// list is rarely longer than what came within a round trip more.
// Whatever is on the list when a session begins may be sent again, first of all and in order: see ResendFilter.

import type { Deadline, Millis } from '../base/index.js'
import { encode } from '../codec/index.js'
import type { PacketHold } from '../friend/index.js'
import { Alive } from '../packet/friend/alive.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { MessageKind } from '../packet/messenger/message.js'
import type { MessengerContext } from './context.js'
import type { Friend } from './friend.js'
import type { ReceivedMessage, ReceivedStore } from './received-store.js'
import { ResendFilter } from './resend-filter.js'

/** Outboxes are sent as soon as the friend is there. What comes later than this is something new. */
const RESEND_WITHIN_MS = 10_000
/** The rest of a tail follows its beginning at once, as fast as the path takes it. */
const TAIL_PAUSE_MS = 4_000
/** When nothing else was sent so long after an acknowledgement, or for so many, an Alive packet asks whether it was seen. */
const ASK_AFTER_MS = 500
const ASK_AFTER_MESSAGES = 1_024
/** A store that failed is asked again after 1 s, then after twice that and so on, up to 60 s. */
const RETRY_MS = 1_000
const RETRY_MAX_MS = 60_000
/** A friend who acknowledges nothing must not fill the memory: of more messages the oldest, some at a time, may come twice. */
const LIST_MAX = 4_608
const LIST_SURPLUS = 512

const ALIVE_PACKET = encode(Alive, { id: PacketId.ALIVE })

/** The application's word on one message. */
export interface MessageReceipt {
  /** False as soon as the session of the message has ended: it is never acknowledged, and comes again. */
  readonly isLive: boolean
  /** The message is stored, or done with: its sender may know. False when it is too late, see `isLive`. */
  confirm(): boolean
}

/** A message that is not acknowledged. */
class Arrived implements MessageReceipt {
  constructor(
    readonly message: ReceivedMessage,
    readonly hold: PacketHold,
    public isConfirmed: boolean,
    private readonly intake: Intake,
  ) {}

  get isLive(): boolean {
    return !this.intake.isClosed && this.hold.isLive
  }

  confirm(): boolean {
    if (!this.isLive) return false
    this.isConfirmed = true
    this.intake.onConfirmed()
    return true
  }
}

export class Intake {
  readonly #context: MessengerContext
  readonly #friend: Friend
  readonly #store: ReceivedStore
  readonly #isManual: boolean
  /** Taken, and the friend may not know. The last ones were acknowledged in this session: one mark for each of those. */
  readonly #list: ReceivedMessage[]
  /** The packet numbers by which the friend's knowledge is seen. */
  #marks: number[] = []
  /** Waits to be confirmed, or to be taken; in order. */
  #waiting: Arrived[] = []
  #filter: ResendFilter | undefined
  /** What the filter has not decided. */
  #undecided: Arrived[] = []
  readonly #patience: Deadline
  readonly #ask: Deadline
  readonly #retry: Deadline
  #retryMs = RETRY_MS
  #isClosed = false

  /** `isManual`: the application confirms; otherwise what the store has taken is confirmed. */
  constructor(context: MessengerContext, friend: Friend, store: ReceivedStore, isManual: boolean) {
    this.#context = context
    this.#friend = friend
    this.#store = store
    this.#isManual = isManual
    this.#list = [...store.load(friend.publicKey)]
    const { deadlines } = context.env
    this.#patience = deadlines.create('messenger repeated messages', () => this.#endFilter())
    this.#ask = deadlines.create('messenger acknowledgement seen', () => this.#askWhetherSeen())
    this.#retry = deadlines.create('messenger store again', () => this.#takeConfirmed())
  }

  /** A message, from inside the delivery of its packet; `text` is a view. */
  receive(kind: MessageKind, text: Uint8Array): void {
    // One copy for the list and for what waits.
    const message = { kind, text: text.slice() }
    if (this.#filter === undefined) return this.#accept(message)
    this.#undecided.push(this.#arrived(message, this.#friend.connection.hold()))
    switch (this.#filter.next(message)) {
      case 'undecided':
        return this.#patience.set(this.#now + TAIL_PAUSE_MS)
      case 'new':
        return this.#endFilter()
      case 'repeated': {
        this.#context.env.drops.count('messenger/message repeated', this.#undecided.length)
        for (const { hold } of this.#undecided.splice(0)) this.#acknowledge(hold)
        if (!this.#filter.isOpen) this.#endFilter()
      }
    }
  }

  /** A session begins: what we took may come again. */
  onSession(): void {
    if (this.#list.length === 0) return
    this.#filter = new ResendFilter(this.#list)
    this.#patience.set(this.#now + RESEND_WITHIN_MS)
  }

  /** The session is over: what was not acknowledged will come again. */
  onSessionEnd(): void {
    for (const deadline of [this.#patience, this.#ask, this.#retry]) deadline.clear()
    this.#waiting = []
    this.#undecided = []
    this.#marks = []
    this.#filter = undefined
  }

  /** The friend has all lossless packets before `upTo`. */
  onAcked(upTo: number): void {
    if (this.#filter !== undefined) return
    let seen = 0
    while (seen < this.#marks.length && ((upTo - this.#marks[seen]!) | 0) > 0) seen++
    if (seen === 0) return
    this.#marks.splice(0, seen)
    this.#settle(seen)
  }

  /** The friend was deleted. A session that others use goes on without a hold. */
  close(): void {
    this.#isClosed = true
    const held = [...this.#undecided, ...this.#waiting]
    this.onSessionEnd()
    for (const { hold } of held) hold.release()
    this.#attempt('forget', () => this.#store.clear(this.#friend.publicKey))
  }

  /** Takes a new message and reports it; the other way round where the application confirms. */
  #accept(message: ReceivedMessage, hold?: PacketHold): void {
    const isFirst = this.#waiting.length === 0
    if (!this.#isManual && isFirst && this.#take(message)) {
      // Without a hold it counts as acknowledged from the end of this turn on.
      this.#acknowledge(hold)
      return this.#report(message)
    }
    const arrived = this.#arrived(message, hold ?? this.#friend.connection.hold())
    this.#waiting.push(arrived)
    if (this.#isManual) this.#report(message, arrived)
    else if (isFirst) this.#waitForStore()
  }

  #arrived(message: ReceivedMessage, hold: PacketHold): Arrived {
    return new Arrived(message, hold, !this.#isManual, this)
  }

  /** @internal The application has said its word on one of those that wait. */
  onConfirmed(): void {
    if (!this.#retry.isSet) this.#takeConfirmed()
  }

  /** @internal */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Takes and acknowledges what is confirmed, up to the first that is not. */
  #takeConfirmed(): void {
    for (let next = this.#waiting[0]; next?.isConfirmed; next = this.#waiting[0]) {
      if (!this.#take(next.message)) return this.#waitForStore()
      this.#waiting.shift()
      this.#retryMs = RETRY_MS
      this.#acknowledge(next.hold)
      if (!this.#isManual) this.#report(next.message)
    }
  }

  #waitForStore(): void {
    this.#retry.set(this.#now + this.#retryMs)
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MAX_MS)
  }

  /** Stores a message; false when the store failed. */
  #take(message: ReceivedMessage): boolean {
    if (!this.#attempt('store', () => this.#store.take(this.#friend.publicKey, message))) return false
    this.#list.push(message)
    if (this.#list.length > LIST_MAX) {
      this.#marks.splice(0, LIST_SURPLUS)
      this.#settle(LIST_SURPLUS)
    }
    return true
  }

  /** What was taken last, or came again, is acknowledged from now on. */
  #acknowledge(hold: PacketHold | undefined): void {
    hold?.release()
    this.#marks.push(this.#friend.connection.nextPacketNumber)
    if (this.#marks.length % ASK_AFTER_MESSAGES === 0) this.#askWhetherSeen()
    else if (!this.#ask.isSet) this.#ask.set(this.#now + ASK_AFTER_MS)
  }

  /** A lossless packet that nobody misses: its acknowledgement tells that ours was seen. */
  #askWhetherSeen(): void {
    const { connection } = this.#friend
    if (this.#marks.at(-1) === connection.nextPacketNumber) connection.sendLossless(ALIVE_PACKET)
  }

  /** The friend has begun with what is new to us: they know of all that they did not repeat. */
  #endFilter(): void {
    const filter = this.#filter!
    this.#filter = undefined
    this.#patience.clear()
    this.#settle(this.#list.length - filter.repeated)
    for (const { message, hold } of this.#undecided.splice(0)) {
      // A listener may have deleted the friend in the middle.
      if (this.#isClosed) hold.release()
      else this.#accept(message, hold)
    }
  }

  #settle(count: number): void {
    if (count === 0) return
    this.#list.splice(0, count)
    this.#attempt('settle', () => this.#store.settle(this.#friend.publicKey, count))
  }

  #report({ kind, text }: ReceivedMessage, receipt?: MessageReceipt): void {
    this.#context.events.friendMessage(this.#friend.number, kind, text, receipt)
  }

  #attempt(what: string, work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      this.#context.env.log.log('error', 'messenger', `cannot ${what} received messages: ${String(error)}`)
      return false
    }
  }

  get #now(): Millis {
    return this.#context.env.clock.now()
  }
}
