// Writes down what happens: messages that do not go through the outbox, and who our friends are. Nothing here may stop a
// message: when the disk fails, the log says so.

import type { MessageKind } from '../packet/messenger/message.js'
import type { MessageDirection, MessageState, ToxStore } from '../store/index.js'
import type { Friend } from './friend.js'
import type { WithStore } from './with-store.js'

export class Remember {
  readonly #store: ToxStore
  readonly #log: WithStore['log']
  /** The store itself writes received messages down, before they are acknowledged. */
  readonly #isTaken: boolean

  constructor({ store, received, log }: WithStore) {
    this.#store = store
    this.#log = log
    this.#isTaken = received === store.received
  }

  incoming(friend: Friend, kind: MessageKind, text: string): void {
    if (!this.#isTaken) this.#append(friend, 'incoming', kind, text, 'received')
  }

  /** A message that was sent without the outbox; its id in the history. */
  outgoing(friend: Friend, kind: MessageKind, text: string): number | undefined {
    return this.#append(friend, 'outgoing', kind, text, 'sent')
  }

  /** Its receipt came. */
  arrived(id: number): void {
    this.#attempt(() => this.#store.history.setState(id, 'received'))
  }

  /** Names and times, so that the history has names for friends that are removed later. */
  people(friends: readonly Friend[]): void {
    this.#attempt(() =>
      this.#store.transaction(() => {
        for (const { publicKey, name, lastOnline } of friends) {
          const seen = lastOnline === undefined ? {} : { lastSeenMs: lastOnline.getTime() }
          this.#store.peers.put({ publicKey, ...(name === '' ? {} : { name }), ...seen })
        }
      }),
    )
  }

  /** A friend comes or goes. */
  seen({ publicKey }: Friend): void {
    this.#attempt(() => this.#store.peers.put({ publicKey, lastSeenMs: Date.now() }))
  }

  #append(
    { publicKey: friend }: Friend,
    direction: MessageDirection,
    kind: MessageKind,
    text: string,
    state: MessageState,
  ): number | undefined {
    const timeMs = Date.now()
    return this.#attempt(() => this.#store.history.append({ friend, direction, kind, text, timeMs, state }))
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      this.#log('error', 'store', `cannot write to the history: ${String(error)}`)
      return undefined
    }
  }
}
