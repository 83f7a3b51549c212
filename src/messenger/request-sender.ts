// Sends friend requests again and again, ever more rarely, until the friend is online. Spec: Friend requests.
// Nobody says no in Tox: a refused request looks like one that never arrived, so asking must fade out by itself.

import type { Deadline, Millis } from '../base/index.js'
import { sendFriendRequest } from '../friend/index.js'
import type { MessengerContext } from './context.js'
import type { Friend } from './friend.js'

/** A request that was sent may go unanswered this long, then twice as long, and so on. */
export const REQUEST_RETRY_MS = 5_000
/** Not rarer than once a day. */
const REQUEST_RETRY_MAX_MS = 24 * 60 * 60 * 1_000

/** How often to see whether the onion has found the friend, while a request could not be sent at all. */
const FIRST_POLL_MS = 250
/** The older the wish, the rarer the look: an eighth of its age, so that a hundred offline strangers cost nothing. */
const POLL_AGE_SHARE = 1 / 8
const POLL_MAX_MS = 5_000

export class RequestSender {
  readonly #context: MessengerContext
  /** Friends with a request; one deadline for all of them. */
  readonly #pending = new Set<Friend>()
  readonly #deadline: Deadline

  constructor(context: MessengerContext) {
    this.#context = context
    this.#deadline = context.env.deadlines.create('friend requests', () => this.#run())
  }

  /** Asks `friend` with this nospam and message (1 to 921 bytes), now if possible. */
  begin(friend: Friend, nospam: Uint8Array, message: Uint8Array): void {
    const now = this.#now
    friend.request = { nospam, message, retryMs: REQUEST_RETRY_MS, dueMs: now, addedMs: now }
    this.#pending.add(friend)
    this.#attend(friend, now)
  }

  /** The user gave another Tox ID of the same friend: asks with that one, now if possible. */
  renew(friend: Friend, nospam: Uint8Array): void {
    if (friend.request === undefined) return
    friend.state = 'added'
    friend.request.nospam = nospam
    this.#attend(friend, this.#now)
  }

  /** Stops asking. */
  end(friend: Friend): void {
    this.#pending.delete(friend)
  }

  #run(): void {
    const now = this.#now
    for (const friend of this.#pending)
      if (friend.request !== undefined && friend.request.dueMs <= now) this.#due(friend, now)
    this.#schedule()
  }

  #due(friend: Friend, now: Millis): void {
    const request = friend.request!
    if (friend.state === 'requested') {
      friend.state = 'added'
      request.retryMs = Math.min(2 * request.retryMs, REQUEST_RETRY_MAX_MS)
    }
    this.#send(friend, now)
  }

  #attend(friend: Friend, now: Millis): void {
    this.#send(friend, now)
    this.#schedule()
  }

  #send(friend: Friend, now: Millis): void {
    const request = friend.request!
    if (sendFriendRequest(friend.connection, request.nospam, request.message)) {
      friend.state = 'requested'
      request.dueMs = now + request.retryMs
    } else {
      const pollMs = (now - request.addedMs) * POLL_AGE_SHARE
      request.dueMs = now + Math.min(Math.max(pollMs, FIRST_POLL_MS), POLL_MAX_MS)
    }
  }

  #schedule(): void {
    let dueMs = Number.POSITIVE_INFINITY
    for (const friend of this.#pending) {
      if (friend.request === undefined) this.#pending.delete(friend)
      else dueMs = Math.min(dueMs, friend.request.dueMs)
    }
    if (dueMs === Number.POSITIVE_INFINITY) this.#deadline.clear()
    else this.#deadline.set(dueMs)
  }

  get #now(): Millis {
    return this.#context.env.clock.now()
  }
}
