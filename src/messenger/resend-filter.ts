// Recognises messages that a friend sends again because they do not know that we have them.
//
// Acknowledgements are cumulative and messages keep their order, so whatever a friend does not know to have arrived is a
// contiguous tail of what we took, and a sender with an outbox sends exactly this tail first of all in the next session.
// Messages carry no number that would tell a repeated "yes" from a second one, so only a whole tail counts: as long as the
// first messages match the beginning of a tail but not its end, they are neither old nor new, and have to wait.

import { sameBytes } from '../base/index.js'
import type { ReceivedMessage } from './received-store.js'

/** Of the last message, and of those that were undecided before it. */
export type ResendVerdict = 'undecided' | 'repeated' | 'new'

export class ResendFilter {
  readonly #list: readonly ReceivedMessage[]
  /** Where tails begin that all messages so far agree with. */
  #tails: number[]
  #count = 0
  #repeated = 0

  /** `list`: what was taken while the friend may not know it, oldest first. */
  constructor(list: readonly ReceivedMessage[]) {
    this.#list = list
    this.#tails = list.map((_, index) => index)
  }

  /** Whether the next message may be a repeated one. */
  get isOpen(): boolean {
    return this.#tails.length > 0
  }

  /** How many messages, the last of the list, have come again. */
  get repeated(): number {
    return this.#repeated
  }

  /** Judges the next message of the session. When two tails match, the longer one is tried: repeating oneself is rarer. */
  next(message: ReceivedMessage): ResendVerdict {
    const list = this.#list
    const at = this.#count++
    this.#tails = this.#tails.filter((tail) => tail + at < list.length && isSame(list[tail + at]!, message))
    if (this.#tails.length === 0) return 'new'
    // Of all tails only one can end here: the one of this length.
    const complete = this.#tails.indexOf(list.length - this.#count)
    if (complete < 0) return 'undecided'
    this.#tails.splice(complete, 1)
    this.#repeated = this.#count
    return 'repeated'
  }
}

function isSame(a: ReceivedMessage, b: ReceivedMessage): boolean {
  return a.kind === b.kind && sameBytes(a.text, b.text)
}
