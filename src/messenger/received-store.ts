// Where received messages go before they are acknowledged, and the list by which those that come twice are recognised.
//
// A message and its acknowledgement are two steps: whoever is killed between them gets the message again. So the store keeps,
// for each friend, what was taken while the friend may not know it. The messenger decides when they know; see Intake.

import { bytesKey } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { MessageKind } from '../packet/messenger/message.js'

export interface ReceivedMessage {
  readonly kind: MessageKind
  /** 1 to 1,372 bytes. */
  readonly text: Uint8Array
}

/** All calls are synchronous and done when they return. A throw means that the disk failed, and nothing was kept. */
export interface ReceivedStore {
  /** The list: what was taken while the friend may not have seen its acknowledgement, oldest first. Asked once a friend. */
  load(friend: LongTermPublicKey): readonly ReceivedMessage[]
  /**
   * Keeps a message and puts it at the end of the list, both or neither: once this returns, the friend is told that it
   * arrived. `text` is a view: copy it. When it throws, the message stays unacknowledged and is offered again after a pause.
   */
  take(friend: LongTermPublicKey, message: ReceivedMessage): void
  /** The friend has seen the acknowledgement of the oldest `count` of the list. */
  settle(friend: LongTermPublicKey, count: number): void
  /** The friend was deleted, and the list with them. */
  clear(friend: LongTermPublicKey): void
}

/** Keeps the lists alone, as long as the process lives; the messages are the application's. */
export class MemoryReceivedStore implements ReceivedStore {
  /** Friends only, so the user bounds it; the messenger bounds each list. */
  readonly #lists = new Map<string, ReceivedMessage[]>()

  load(friend: LongTermPublicKey): readonly ReceivedMessage[] {
    return [...(this.#lists.get(bytesKey(friend)) ?? [])]
  }

  take(friend: LongTermPublicKey, { kind, text }: ReceivedMessage): void {
    const key = bytesKey(friend)
    const list = this.#lists.get(key)
    const copy = { kind, text: text.slice() }
    if (list === undefined) this.#lists.set(key, [copy])
    else list.push(copy)
  }

  settle(friend: LongTermPublicKey, count: number): void {
    const key = bytesKey(friend)
    const rest = this.#lists.get(key)?.slice(count) ?? []
    if (rest.length > 0) this.#lists.set(key, rest)
    else this.#lists.delete(key)
  }

  clear(friend: LongTermPublicKey): void {
    this.#lists.delete(bytesKey(friend))
  }
}
