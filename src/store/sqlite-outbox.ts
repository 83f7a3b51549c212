// Messages on their way, in SQLite: what waits for a friend, and what came and is not settled. Both stand in the history too,
// in the same step: either both are kept, or neither.

import { fromUtf8, toHex } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { OutboxMessage, OutboxStore, ReceivedMessage, ReceivedStore } from '../messenger/index.js'
import { DISK_OUTBOX_LIMITS, type OutboxLimits } from './limits.js'
import { kindCode, kindOf, stateCode } from './message-row.js'
import type { SqliteStatement } from './sqlite-binding.js'
import type { SqliteHistory } from './sqlite-history.js'
import type { SqliteSession } from './sqlite-session.js'

interface OutboxRow {
  readonly position: number
  readonly message_id: number
  readonly kind: number
  readonly text: Uint8Array
  readonly message: number | null
}

interface Waiting {
  count: number
}

export class SqliteOutbox implements OutboxStore {
  readonly #session: SqliteSession
  readonly #history: SqliteHistory
  readonly #limits: OutboxLimits
  /** By friend. */
  readonly #waiting = new Map<string, Waiting>()
  #totalBytes = 0
  /** Has its receipt, but the disk failed: gone as soon as it works again. */
  #overdue: { readonly key: string; readonly messageId: number }[] = []
  readonly #load: SqliteStatement
  readonly #append: SqliteStatement
  readonly #oldest: SqliteStatement
  readonly #remove: SqliteStatement
  readonly #fail: SqliteStatement
  readonly #clear: SqliteStatement
  readonly #sizes: SqliteStatement

  constructor(session: SqliteSession, history: SqliteHistory, limits: Partial<OutboxLimits> = {}) {
    this.#session = session
    this.#history = history
    this.#limits = { ...DISK_OUTBOX_LIMITS, ...limits }
    const columns = 'select position, message_id, kind, text, message from outbox where friend = ? order by position'
    this.#load = session.prepare(columns)
    this.#oldest = session.prepare(`${columns} limit 1`)
    this.#append = session.prepare(
      'insert into outbox (friend, message_id, kind, text, message) values (?, ?, ?, ?, ?)',
    )
    this.#remove = session.prepare('delete from outbox where position = ?')
    this.#fail = session.prepare(
      `update message set state = ${stateCode('failed')} where id in (select message from outbox where friend = ?)`,
    )
    this.#clear = session.prepare('delete from outbox where friend = ?')
    this.#sizes = session.prepare(
      'select friend, count(*) as count, sum(length(text)) as bytes from outbox group by friend',
    )
    this.#measure()
    session.onRollback(() => this.#measure())
  }

  load(friend: LongTermPublicKey): readonly OutboxMessage[] {
    const rows = this.#session.run(() => this.#load.all(toHex(friend))) as OutboxRow[]
    return rows.map(({ message_id, kind, text }) => ({
      messageId: message_id,
      kind: kindOf(kind),
      text: Uint8Array.from(text),
    }))
  }

  append(friend: LongTermPublicKey, { messageId, kind, text }: OutboxMessage): boolean {
    const key = toHex(friend)
    const waiting = this.#waiting.get(key) ?? { count: 0 }
    if (waiting.count >= this.#limits.messagesPerFriend) return false
    if (this.#totalBytes + text.length > this.#limits.totalBytes) return false
    const words = fromUtf8(text)
    this.#session.transaction(() => {
      const timeMs = Date.now()
      const row = { friend: key, direction: 'outgoing', kind, text: words, timeMs, state: 'pending' } as const
      const message = this.#history.insert(row)
      this.#append.run(key, messageId, kindCode(kind), text, message)
    })
    waiting.count++
    this.#waiting.set(key, waiting)
    this.#totalBytes += text.length
    this.#history.onInserted()
    return true
  }

  remove(friend: LongTermPublicKey, messageId: number): void {
    this.removeAll(friend, [messageId])
  }

  removeAll(friend: LongTermPublicKey, messageIds: readonly number[]): void {
    const key = toHex(friend)
    for (const messageId of messageIds) this.#overdue.push({ key, messageId })
    this.#session.transaction(() => {
      for (const { key, messageId } of this.#overdue) this.#removeNow(key, messageId)
    })
    this.#overdue = []
  }

  #removeNow(key: string, messageId: number): void {
    const row = this.#oldest.get(key) as OutboxRow | undefined
    if (row?.message_id !== messageId) return
    this.#remove.run(row.position)
    if (row.message !== null) this.#history.setState(row.message, 'received')
    this.#waiting.get(key)!.count--
    this.#totalBytes -= row.text.length
  }

  clear(friend: LongTermPublicKey): void {
    const key = toHex(friend)
    this.#session.transaction(() => {
      this.#fail.run(key)
      this.#clear.run(key)
    })
    this.#measure()
  }

  #measure(): void {
    this.#waiting.clear()
    this.#totalBytes = 0
    for (const row of this.#sizes.all() as { friend: string; count: number; bytes: number }[]) {
      this.#waiting.set(row.friend, { count: row.count })
      this.#totalBytes += row.bytes
    }
  }
}

export class SqliteReceived implements ReceivedStore {
  readonly #session: SqliteSession
  readonly #history: SqliteHistory
  readonly #load: SqliteStatement
  readonly #take: SqliteStatement
  readonly #settle: SqliteStatement

  constructor(session: SqliteSession, history: SqliteHistory) {
    this.#session = session
    this.#history = history
    this.#load = session.prepare('select kind, text from unsettled where friend = ? order by position')
    this.#take = session.prepare('insert into unsettled (friend, kind, text) values (?, ?, ?)')
    this.#settle = session.prepare(
      'delete from unsettled where position in (select position from unsettled where friend = ? order by position limit ?)',
    )
  }

  load(friend: LongTermPublicKey): readonly ReceivedMessage[] {
    interface Row {
      readonly kind: number
      readonly text: Uint8Array
    }
    const rows = this.#session.run(() => this.#load.all(toHex(friend))) as Row[]
    return rows.map(({ kind, text }) => ({ kind: kindOf(kind), text: Uint8Array.from(text) }))
  }

  take(friend: LongTermPublicKey, { kind, text }: ReceivedMessage): void {
    const key = toHex(friend)
    const words = fromUtf8(text)
    this.#session.transaction(() => {
      const timeMs = Date.now()
      this.#history.insert({ friend: key, direction: 'incoming', kind, text: words, timeMs, state: 'received' })
      this.#take.run(key, kindCode(kind), text)
    })
    this.#history.onInserted()
  }

  settle(friend: LongTermPublicKey, count: number): void {
    this.#session.run(() => this.#settle.run(toHex(friend), count))
  }

  clear(friend: LongTermPublicKey): void {
    this.settle(friend, -1) // SQLite's limit without end.
  }
}
