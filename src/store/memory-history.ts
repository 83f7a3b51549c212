// The history of a store in memory: the newest messages of all friends, in one list sorted by time.

import { MEMORY_HISTORY_MESSAGES_MAX } from './limits.js'
import { judgeQuery, type Place, pageOf, type Wanted } from './query.js'
import { fold, hasWords, searchWords } from './search-text.js'
import type {
  HistoryPage,
  HistoryQuery,
  HistorySearch,
  HistoryStore,
  MessageState,
  NewMessage,
  StoredMessage,
} from './store.js'

interface Kept extends StoredMessage {
  state: MessageState
}

export class MemoryHistory implements HistoryStore {
  /** By time, then by id. */
  #messages: Kept[] = []
  readonly #byId = new Map<number, Kept>()
  readonly #max: number
  #lastId = 0

  constructor(max = MEMORY_HISTORY_MESSAGES_MAX) {
    this.#max = max
  }

  append(message: NewMessage): number {
    const { friend, direction, kind, text, timeMs, state } = message
    const id = ++this.#lastId
    const kept = { id, friend: friend.toUpperCase(), direction, kind, text, timeMs, state }
    this.#byId.set(id, kept)
    // Almost always the last place.
    let at = this.#messages.length
    while (at > 0 && this.#messages[at - 1]!.timeMs > timeMs) at--
    this.#messages.splice(at, 0, kept)
    // A slice of them at a time: forgetting one by one would move all the others each time.
    const surplus = this.#messages.length - this.#max
    if (surplus > this.#max / 8) for (const { id } of this.#messages.splice(0, surplus)) this.#byId.delete(id)
    return id
  }

  setState(id: number, state: MessageState): void {
    const kept = this.#byId.get(id)
    if (kept !== undefined) kept.state = state
  }

  message(id: number): StoredMessage | undefined {
    const kept = this.#byId.get(id)
    return kept === undefined ? undefined : { ...kept }
  }

  page(query: HistoryQuery = {}): HistoryPage {
    return this.#collect(judgeQuery(query), () => true)
  }

  search(search: HistorySearch): HistoryPage {
    const words = searchWords(search.text)
    const has = ({ text }: StoredMessage): boolean => words.length > 0 && hasWords(fold(text), words)
    return this.#collect(judgeQuery(search), has)
  }

  delete(id: number): boolean {
    const kept = this.#byId.get(id)
    if (kept === undefined) return false
    this.#byId.delete(id)
    this.#messages.splice(this.#messages.indexOf(kept), 1)
    return true
  }

  clear(friend?: string): number {
    const key = friend?.toUpperCase()
    const stays = (message: Kept): boolean => key !== undefined && message.friend !== key
    const before = this.#messages.length
    for (const message of this.#messages) if (!stays(message)) this.#byId.delete(message.id)
    this.#messages = this.#messages.filter(stays)
    return before - this.#messages.length
  }

  count(friend?: string): number {
    const key = friend?.toUpperCase()
    if (key === undefined) return this.#messages.length
    return this.#messages.filter((message) => message.friend === key).length
  }

  #collect(wanted: Wanted, accepts: (message: StoredMessage) => boolean): HistoryPage {
    const { friend, sinceMs, untilMs, after, newestFirst, limit } = wanted
    const found: StoredMessage[] = []
    const count = this.#messages.length
    for (let i = 0; i < count && found.length <= limit; i++) {
      const message = this.#messages[newestFirst ? count - 1 - i : i]!
      if (friend !== undefined && message.friend !== friend) continue
      if (message.timeMs < sinceMs || message.timeMs >= untilMs) continue
      const isBehind = newestFirst ? isBefore(message, after) : isBefore(after, message)
      if (isBehind && accepts(message)) found.push({ ...message })
    }
    return pageOf(found, limit)
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id)
}
