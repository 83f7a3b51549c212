// The history in SQLite.

import { asMessage, kindCode, MESSAGE_COLUMNS, type MessageRow, stateCode } from './message-row.js'
import { judgeQuery, pageOf, type Wanted } from './query.js'
import { fold, hasWords, searchWords, wellFormed } from './search-text.js'
import type { SqliteStatement } from './sqlite-binding.js'
import type { SqlitePeople } from './sqlite-people.js'
import { SqliteSearch } from './sqlite-search.js'
import type { SqliteSession } from './sqlite-session.js'
import type {
  HistoryPage,
  HistoryQuery,
  HistorySearch,
  HistoryStore,
  MessageState,
  NewMessage,
  StoredMessage,
} from './store.js'

const FROM = `from message m cross join conversation c on c.id = m.conversation and c.kind = 'friend'`

export class SqliteHistory implements HistoryStore {
  readonly #session: SqliteSession
  readonly #people: SqlitePeople
  readonly #search: SqliteSearch
  /** By their text: the four kinds of page. */
  readonly #pages = new Map<string, SqliteStatement>()
  readonly #insert: SqliteStatement
  readonly #setState: SqliteStatement
  readonly #get: SqliteStatement
  readonly #delete: SqliteStatement
  readonly #clear: SqliteStatement
  readonly #clearAll: SqliteStatement
  readonly #count: SqliteStatement
  readonly #countAll: SqliteStatement

  constructor(session: SqliteSession, people: SqlitePeople) {
    this.#session = session
    this.#people = people
    this.#search = new SqliteSearch(session)
    this.#insert = session.prepare(
      'insert into message (conversation, author, kind, state, time, text) values (?, ?, ?, ?, ?, ?)',
    )
    this.#setState = session.prepare('update message set state = ? where id = ?')
    this.#get = session.prepare(`select ${MESSAGE_COLUMNS} ${FROM} where m.id = ?`)
    this.#delete = session.prepare('delete from message where id = ?')
    this.#clear = session.prepare('delete from message where conversation = ?')
    this.#clearAll = session.prepare(
      "delete from message where conversation in (select id from conversation where kind = 'friend')",
    )
    this.#count = session.prepare('select count(*) from message where conversation = ?').pluck()
    this.#countAll = session.prepare(`select count(*) ${FROM}`).pluck()
  }

  append(message: NewMessage): number {
    const id = this.#session.run(() => this.insert(message))
    this.#search.onAppended()
    return id
  }

  /** As `append`, as a part of a step. */
  insert({ friend, direction, kind, text, timeMs, state }: NewMessage): number {
    const key = friend.toUpperCase()
    const { lastInsertRowid } = this.#insert.run(
      this.#people.conversationId(key),
      direction === 'outgoing' ? null : this.#people.peerId(key),
      kindCode(kind),
      stateCode(state),
      Math.floor(timeMs),
      wellFormed(text),
    )
    return Number(lastInsertRowid)
  }

  /** After an `insert`, outside of its step. */
  onInserted(): void {
    this.#search.onAppended()
  }

  setState(id: number, state: MessageState): void {
    this.#session.run(() => this.#setState.run(stateCode(state), id))
  }

  message(id: number): StoredMessage | undefined {
    return this.#session.run(() => this.#message(id))
  }

  page(query: HistoryQuery = {}): HistoryPage {
    const wanted = judgeQuery(query)
    return this.#session.run(() => pageOf(this.#scan(wanted, []), wanted.limit))
  }

  search(search: HistorySearch): HistoryPage {
    const wanted = judgeQuery(search)
    const words = searchWords(search.text)
    if (words.length === 0) return { messages: [], next: undefined }
    return this.#session.run(() => {
      const conversation = wanted.friend === undefined ? undefined : this.#people.knownConversationId(wanted.friend)
      if (wanted.friend !== undefined && conversation === undefined) return { messages: [], next: undefined }
      const hits = this.#search.find(words, wanted, conversation)
      // The index holds no words this short: every message is looked at.
      if (hits === undefined) return pageOf(this.#scan(wanted, words), wanted.limit)
      const found: StoredMessage[] = []
      for (const id of hits) {
        const message = this.#message(id)
        if (message !== undefined && hasWords(fold(message.text), words)) found.push(message)
        if (found.length > wanted.limit) break
      }
      return pageOf(found, wanted.limit)
    })
  }

  delete(id: number): boolean {
    return this.#session.transaction(() => {
      this.#search.forget(id)
      return this.#delete.run(id).changes > 0
    })
  }

  clear(friend?: string): number {
    return this.#session.transaction(() => {
      if (friend === undefined) {
        this.#search.forgetAll()
        return this.#clearAll.run().changes
      }
      const conversation = this.#people.knownConversationId(friend.toUpperCase())
      if (conversation === undefined) return 0
      this.#search.forgetConversation(conversation)
      return this.#clear.run(conversation).changes
    })
  }

  count(friend?: string): number {
    return this.#session.run(() => {
      if (friend === undefined) return this.#countAll.get() as number
      return this.#count.get(this.#people.knownConversationId(friend.toUpperCase()) ?? null) as number
    })
  }

  #message(id: number): StoredMessage | undefined {
    const row = this.#get.get(id) as MessageRow | undefined
    return row === undefined ? undefined : asMessage(row)
  }

  /** What is wanted and has all words, one more than the limit if there is. */
  #scan(wanted: Wanted, words: readonly string[]): StoredMessage[] {
    const { friend, sinceMs, untilMs, after, newestFirst, limit } = wanted
    const conversation = friend === undefined ? undefined : this.#people.knownConversationId(friend)
    if (friend !== undefined && conversation === undefined) return []
    const statement = this.#pageStatement(conversation !== undefined, newestFirst)
    const values = [...(conversation === undefined ? [] : [conversation]), sinceMs, untilMs, after.timeMs, after.id]
    const found: StoredMessage[] = []
    for (const row of statement.iterate(...values) as Iterable<MessageRow>) {
      if (words.length === 0 || hasWords(fold(row.text), words)) found.push(asMessage(row))
      if (found.length > limit) break
    }
    return found
  }

  #pageStatement(ofFriend: boolean, newestFirst: boolean): SqliteStatement {
    const [sign, order] = newestFirst ? ['<', 'desc'] : ['>', 'asc']
    const sql = `select ${MESSAGE_COLUMNS} ${FROM}
      where ${ofFriend ? 'm.conversation = ? and' : ''} m.time >= ? and m.time < ? and (m.time, m.id) ${sign} (?, ?)
      order by m.time ${order}, m.id ${order}`
    const known = this.#pages.get(sql)
    if (known !== undefined) return known
    const made = this.#session.prepare(sql)
    this.#pages.set(sql, made)
    return made
  }
}
