// The history of a store in memory: the newest messages of all friends, in one list in the order of storing, which is that of
// ids and nearly always that of time. No index beside it: to keep a message costs an object and a place at the end of a list.

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
  /** By id. */
  #messages: Kept[] = []
  /** Whether that is by time too. */
  #isByTime = true
  readonly #max: number
  #lastId = 0

  constructor(max = MEMORY_HISTORY_MESSAGES_MAX) {
    this.#max = max
  }

  append({ friend, direction, kind, text, timeMs, state }: NewMessage): number {
    const messages = this.#messages
    const id = ++this.#lastId
    if (messages.length > 0 && messages[messages.length - 1]!.timeMs > timeMs) this.#isByTime = false
    messages.push({ id, friend: friend.toUpperCase(), direction, kind, text, timeMs, state })
    // A slice of them at a time: forgetting one by one would move all the others each time.
    const surplus = messages.length - this.#max
    if (surplus > this.#max / 8) this.#forgetOldest(surplus)
    return id
  }

  setState(id: number, state: MessageState): void {
    const kept = this.#messages[this.#indexOf(id)]
    if (kept !== undefined) kept.state = state
  }

  message(id: number): StoredMessage | undefined {
    const kept = this.#messages[this.#indexOf(id)]
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
    const at = this.#indexOf(id)
    if (at < 0) return false
    this.#messages.splice(at, 1)
    return true
  }

  clear(friend?: string): number {
    const key = friend?.toUpperCase()
    const before = this.#messages.length
    this.#messages = this.#messages.filter((message) => key !== undefined && message.friend !== key)
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
    const messages = this.#byTime()
    const count = messages.length
    for (let i = 0; i < count && found.length <= limit; i++) {
      const message = messages[newestFirst ? count - 1 - i : i]!
      if (friend !== undefined && message.friend !== friend) continue
      if (message.timeMs < sinceMs || message.timeMs >= untilMs) continue
      const isBehind = newestFirst ? isBefore(message, after) : isBefore(after, message)
      if (isBehind && accepts(message)) found.push({ ...message })
    }
    return pageOf(found, limit)
  }

  /** Where a message stands, -1 when it is not kept. */
  #indexOf(id: number): number {
    const messages = this.#messages
    let low = 0
    for (let high = messages.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (messages[middle]!.id < id) low = middle + 1
      else high = middle
    }
    return messages[low]?.id === id ? low : -1
  }

  /** Where the clock was set back, sorted for the moment; equal times stay in the order of storing. */
  #byTime(): Kept[] {
    return this.#isByTime ? this.#messages : [...this.#messages].sort((a, b) => a.timeMs - b.timeMs)
  }

  #forgetOldest(count: number): void {
    if (this.#isByTime) return void this.#messages.splice(0, count)
    const rest = this.#byTime()
      .slice(count)
      .sort((a, b) => a.id - b.id)
    this.#messages = rest
    this.#isByTime = rest.every(({ timeMs }, at) => at === 0 || rest[at - 1]!.timeMs <= timeMs)
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.id < b.id)
}
