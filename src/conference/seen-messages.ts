// Which messages of one peer have arrived: the same one comes on several ways. Spec: Group, Message packets.
// Only the 8 greatest numbers are kept, as in c-toxcore: what is older than all of them counts as seen.

import { ConferenceMessageKind } from '../packet/conference/index.js'

const REMEMBERED_MAX = 8
/** Numbers wrap: of two, the one that is at most so far ahead is the newer. */
const AHEAD_MAX = 2 ** 31

export class SeenMessages {
  /** Falling; as many as `#count` are in use. */
  readonly #numbers = new Uint32Array(REMEMBERED_MAX)
  readonly #kinds = new Uint8Array(REMEMBERED_MAX)
  #count = 0

  /** Whether a message is new; it no longer is afterwards. Of names and titles only newer ones are. */
  accept(number: number, kind: number): boolean {
    const onlyNewest = kind === ConferenceMessageKind.NAME || kind === ConferenceMessageKind.TITLE
    let at = 0
    for (; at < this.#count; at++) {
      const known = this.#numbers[at]!
      if ((number - known - 1) >>> 0 <= AHEAD_MAX) break
      if (number === known || (onlyNewest && this.#kinds[at] === kind)) return false
    }
    if (at === REMEMBERED_MAX) return false
    if (this.#count < REMEMBERED_MAX) this.#count++
    this.#numbers.copyWithin(at + 1, at, this.#count - 1)
    this.#kinds.copyWithin(at + 1, at, this.#count - 1)
    this.#numbers[at] = number
    this.#kinds[at] = kind
    return true
  }
}
