// A query of the history, judged: what the user left out, and where the last page ended.

import { ToxError } from '../tox/errors.js'
import { PAGE_DEFAULT, PAGE_MAX } from './limits.js'
import type { HistoryPage, HistoryQuery, StoredMessage } from './store.js'

/** A place between messages: behind the one of this time and id. */
export interface Place {
  readonly timeMs: number
  readonly id: number
}

export interface Wanted {
  readonly friend: string | undefined
  readonly sinceMs: number
  readonly untilMs: number
  readonly after: Place
  readonly newestFirst: boolean
  readonly limit: number
}

/** Throws `TOX_ERR_TS_BAD_OPTION`. */
export function judgeQuery(query: HistoryQuery): Wanted {
  const { friend, sinceMs = -Infinity, untilMs = Infinity, cursor, order = 'newest', limit = PAGE_DEFAULT } = query
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= PAGE_MAX)) {
    throw new ToxError('NEW', 'bad-option', `limit is a whole number from 1 to ${PAGE_MAX}`)
  }
  if (order !== 'newest' && order !== 'oldest') throw new ToxError('NEW', 'bad-option', "order is 'newest' or 'oldest'")
  const newestFirst = order === 'newest'
  const end = newestFirst ? Infinity : -Infinity
  const after = cursor === undefined ? { timeMs: end, id: end } : placeOf(cursor)
  return { friend: friend?.toUpperCase(), sinceMs, untilMs, after, newestFirst, limit }
}

/** A page of up to `limit` messages of what was found, which is one more where another page follows. */
export function pageOf(found: readonly StoredMessage[], limit: number): HistoryPage {
  const messages = found.slice(0, limit)
  const last = messages.at(-1)
  return { messages, next: found.length > limit && last !== undefined ? `${last.timeMs}.${last.id}` : undefined }
}

function placeOf(cursor: string): Place {
  const found = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor)
  if (found === null) throw new ToxError('NEW', 'bad-option', 'cursor is the `next` of a page')
  return { timeMs: Number(found[1]), id: Number(found[2]) }
}
