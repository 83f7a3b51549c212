// The index of a history. To index a message costs more than to keep it, and several at once cost much less each: so the
// index follows in blocks, and is brought up to date before it is asked. How far it has come stands in the database.

import type { Wanted } from './query.js'
import { fold } from './search-text.js'
import type { SqliteStatement } from './sqlite-binding.js'
import type { SqliteSession } from './sqlite-session.js'

/** The index holds groups of so many characters. */
const GROUP = 3
/** Messages that wait for the index: about 5 ms of work. */
const BLOCK = 256
/** One search asks the index for so many words, the rest is compared; a depth of 256 is SQLite's limit. */
const WORDS_MAX = 32

export class SqliteSearch {
  readonly #session: SqliteSession
  readonly #progress: SqliteStatement
  readonly #advance: SqliteStatement
  readonly #waitingRows: SqliteStatement
  readonly #add: SqliteStatement
  readonly #forget: SqliteStatement
  readonly #forgetConversation: SqliteStatement
  readonly #purge: SqliteStatement
  readonly #empty: SqliteStatement
  readonly #finds = new Map<string, SqliteStatement>()
  /** Messages that were kept since the index was last up to date. */
  #waiting: number

  constructor(session: SqliteSession) {
    this.#session = session
    this.#progress = session.prepare('select indexed from search_progress').pluck()
    this.#advance = session.prepare('update search_progress set indexed = ?')
    this.#waitingRows = session.prepare('select id, text from message where id > ? order by id limit ?')
    this.#add = session.prepare('insert into search (rowid, text) values (?, ?)')
    this.#forget = session.prepare('delete from search where rowid = ?')
    this.#forgetConversation = session.prepare(
      'delete from search where rowid in (select id from message where conversation = ? and id <= ?)',
    )
    this.#purge = session.prepare("insert into search (search) values ('optimize')")
    this.#empty = session.prepare("insert into search (search) values ('delete-all')")
    this.#waiting = Number(session.prepare('select count(*) from message where id > ?').pluck().get(this.#indexed))
  }

  get #indexed(): number {
    return this.#progress.get() as number
  }

  /** A message was kept; called when that is done, for a failure here is none of keeping it. */
  onAppended(): void {
    if (++this.#waiting < BLOCK || this.#session.inTransaction) return
    try {
      this.#update()
    } catch {
      // The next search says why.
    }
  }

  /** Ids of messages that have all words, in the wanted order; undefined when no word is long enough. */
  find(words: readonly string[], wanted: Wanted, conversation: number | undefined): number[] | undefined {
    const asked = words.filter((word) => [...word].length >= GROUP && !word.includes('\0')).slice(0, WORDS_MAX)
    if (asked.length === 0) return undefined
    this.#update()
    const phrases = asked.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')
    const { sinceMs, untilMs, after, newestFirst, limit } = wanted
    // What the index was asked for is all that is wanted: then it need not find more than a page.
    const isAll = asked.length === words.length
    const values = [phrases, ...(conversation === undefined ? [] : [conversation])]
    const statement = this.#findStatement(conversation !== undefined, newestFirst)
    return statement.all(...values, sinceMs, untilMs, after.timeMs, after.id, isAll ? limit + 1 : -1) as number[]
  }

  /** Before a message is deleted. */
  forget(id: number): void {
    if (id <= this.#indexed) this.#forget.run(id)
  }

  forgetConversation(conversation: number): void {
    // The index only marks what is deleted; merged into one it has no trace of it.
    if (this.#forgetConversation.run(conversation, this.#indexed).changes > 0) this.#purge.run()
  }

  /** Before the messages of all friends are deleted; what is left is indexed anew. */
  forgetAll(): void {
    this.#empty.run()
    this.#advance.run(0)
    this.#waiting = BLOCK
  }

  #update(): void {
    while (this.#waiting > 0) {
      const count = this.#session.transaction(() => this.#indexBlock())
      this.#waiting = count < BLOCK ? 0 : this.#waiting
    }
  }

  #indexBlock(): number {
    const rows = this.#waitingRows.all(this.#indexed, BLOCK) as { readonly id: number; readonly text: string }[]
    for (const { id, text } of rows) this.#add.run(id, fold(text))
    if (rows.length > 0) this.#advance.run(rows.at(-1)!.id)
    return rows.length
  }

  #findStatement(ofFriend: boolean, newestFirst: boolean): SqliteStatement {
    const [sign, order] = newestFirst ? ['<', 'desc'] : ['>', 'asc']
    const sql = `select m.id from search cross join message m on m.id = search.rowid
      where search match ? ${ofFriend ? 'and m.conversation = ?' : ''}
      and m.time >= ? and m.time < ? and (m.time, m.id) ${sign} (?, ?)
      order by m.time ${order}, m.id ${order} limit ?`
    const known = this.#finds.get(sql)
    if (known !== undefined) return known
    const made = this.#session.prepare(sql).pluck()
    this.#finds.set(sql, made)
    return made
  }
}
