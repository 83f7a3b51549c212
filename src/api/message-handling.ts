// Messages that are acknowledged by the application: `confirm()` on each, or a handler that is offered one after the other
// and whose success confirms them.

import type { Deadline, Millis } from '../base/index.js'
import type { MessageReceipt } from '../messenger/index.js'
import type { Message } from './events.js'
import type { Friend } from './friend.js'
import type { HandleOptions } from './options.js'

/** A handler that failed is asked again after 1 s, then after twice that and so on, up to a minute. */
const PAUSE_MS = 1_000
const PAUSE_MAX_MS = 60_000

/** Settles: the message is dealt with. Rejects: it is offered again. */
export type MessageHandler = (message: Message) => unknown

/** A message whose acknowledgement waits. */
export class UnconfirmedMessage implements Message {
  readonly #receipt: MessageReceipt
  readonly #turn: (work: () => boolean) => boolean

  /** `turn` runs what may send packets; it must not fail. */
  constructor(
    readonly friend: Friend,
    readonly text: string,
    readonly kind: Message['kind'],
    receipt: MessageReceipt,
    turn: (work: () => boolean) => boolean,
  ) {
    this.#receipt = receipt
    this.#turn = turn
  }

  get isLive(): boolean {
    return this.#receipt.isLive
  }

  confirm(): boolean {
    return this.#turn(() => this.#receipt.confirm())
  }
}

/** What message handling needs of its Tox. */
export interface MessageHandlingOwner {
  createDeadline(reason: string, action: () => void): Deadline
  /** Lets a deadline begin to wait. */
  wait(deadline: Deadline, ms: Millis): void
}

/** One friend's messages, the one that is being handled first. */
interface Line {
  readonly messages: UnconfirmedMessage[]
  readonly pause: Deadline
  pauseMs: Millis
  isBusy: boolean
}

/** Offers the messages of each friend one after the other; friends do not wait for each other. */
export class MessageHandling {
  readonly #owner: MessageHandlingOwner
  /** As many as friends; each bounded by the receive window of their session. */
  readonly #lines = new Map<Friend, Line>()
  #handler: MessageHandler | undefined
  #onError: HandleOptions['onError']
  #busy = 0
  #onIdle: (() => void) | undefined

  constructor(owner: MessageHandlingOwner) {
    this.#owner = owner
  }

  get isRunning(): boolean {
    return this.#handler !== undefined || this.#busy > 0
  }

  /** Offers what waits and what comes to `handler` until `stop()`; resolves then, as soon as no handler works any more. */
  run(handler: MessageHandler, onError: HandleOptions['onError']): Promise<void> {
    this.#handler = handler
    this.#onError = onError
    for (const line of this.#lines.values()) this.#serve(line)
    return new Promise((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** No more is offered. What was not handled waits for the next `run`, or for the next session. */
  stop(): void {
    this.#handler = undefined
    for (const { pause } of this.#lines.values()) pause.clear()
    if (this.#busy === 0) this.#onIdle?.()
  }

  push(message: UnconfirmedMessage): void {
    const line = this.#lines.get(message.friend) ?? this.#newLine(message.friend)
    line.messages.push(message)
    if (!line.pause.isSet) this.#serve(line)
  }

  #newLine(friend: Friend): Line {
    const pause = this.#owner.createDeadline('message handler', () => this.#serve(line))
    const line: Line = { messages: [], pause, pauseMs: PAUSE_MS, isBusy: false }
    this.#lines.set(friend, line)
    return line
  }

  #serve(line: Line): void {
    if (line.isBusy || this.#handler === undefined) return
    // Those of an ended session come again.
    while (line.messages[0]?.isLive === false) line.messages.shift()
    const message = line.messages[0]
    if (message === undefined) return
    line.isBusy = true
    this.#busy++
    void this.#offer(line, message, this.#handler).then(() => {
      line.isBusy = false
      this.#busy--
      if (!line.pause.isSet) this.#serve(line)
      if (this.#handler === undefined && this.#busy === 0) this.#onIdle?.()
    })
  }

  async #offer(line: Line, message: UnconfirmedMessage, handler: MessageHandler): Promise<void> {
    try {
      await handler(message)
      line.messages.shift()
      line.pauseMs = PAUSE_MS
      message.confirm()
    } catch (error) {
      if (this.#handler !== undefined) this.#owner.wait(line.pause, line.pauseMs)
      line.pauseMs = Math.min(2 * line.pauseMs, PAUSE_MAX_MS)
      if (this.#onError === undefined) process.emitWarning(error instanceof Error ? error : String(error))
      else this.#onError(error, message)
    }
  }
}
