// Peers and conversations in SQLite. Their row numbers are remembered, for every message needs them.

import type { SqliteStatement } from './sqlite-binding.js'
import type { SqliteSession } from './sqlite-session.js'
import type { Peer, PeerStore } from './store.js'

interface PeerRow {
  readonly key: string
  readonly name: string
  readonly last_seen: number | null
}

export class SqlitePeople implements PeerStore {
  readonly #session: SqliteSession
  /** By key; as many as the database has. */
  readonly #peers = new Map<string, number>()
  readonly #conversations = new Map<string, number>()
  readonly #put: SqliteStatement
  readonly #get: SqliteStatement
  readonly #all: SqliteStatement
  readonly #remove: SqliteStatement
  readonly #meet: SqliteStatement
  readonly #idOfPeer: SqliteStatement
  readonly #open: SqliteStatement
  readonly #idOfConversation: SqliteStatement

  constructor(session: SqliteSession) {
    this.#session = session
    session.onRollback(() => {
      this.#peers.clear()
      this.#conversations.clear()
    })
    this.#put = session.prepare(
      `insert into peer (key, name, last_seen) values (@key, ifnull(@name, ''), @seen)
       on conflict (key) do update set name = ifnull(@name, name), last_seen = ifnull(@seen, last_seen)`,
    )
    this.#get = session.prepare('select key, name, last_seen from peer where key = ?')
    this.#all = session.prepare('select key, name, last_seen from peer order by key')
    this.#remove = session.prepare(
      'delete from peer where key = ? and not exists (select 1 from message where author = peer.id)',
    )
    this.#meet = session.prepare('insert into peer (key) values (?) on conflict (key) do nothing')
    this.#idOfPeer = session.prepare('select id from peer where key = ?').pluck()
    this.#open = session.prepare(
      "insert into conversation (kind, key) values ('friend', ?) on conflict (kind, key) do nothing",
    )
    this.#idOfConversation = session.prepare("select id from conversation where kind = 'friend' and key = ?").pluck()
  }

  put({ publicKey, name, lastSeenMs }: Parameters<PeerStore['put']>[0]): void {
    const seen = lastSeenMs === undefined ? null : Math.floor(lastSeenMs)
    this.#session.run(() => this.#put.run({ key: publicKey.toUpperCase(), name: name ?? null, seen }))
  }

  get(publicKey: string): Peer | undefined {
    const row = this.#session.run(() => this.#get.get(publicKey.toUpperCase())) as PeerRow | undefined
    return row === undefined ? undefined : asPeer(row)
  }

  all(): readonly Peer[] {
    return (this.#session.run(() => this.#all.all()) as PeerRow[]).map(asPeer)
  }

  remove(publicKey: string): void {
    this.#session.run(() => this.#remove.run(publicKey.toUpperCase()))
    this.#peers.delete(publicKey.toUpperCase())
  }

  /** The row of a peer, made when there is none. */
  peerId(key: string): number {
    return this.#peers.get(key) ?? remembered(this.#peers, key, this.#meet, this.#idOfPeer)
  }

  /** The row of the conversation with a friend, made when there is none. */
  conversationId(friend: string): number {
    return (
      this.#conversations.get(friend) ?? remembered(this.#conversations, friend, this.#open, this.#idOfConversation)
    )
  }

  /** The row of the conversation with a friend, if there is one. */
  knownConversationId(friend: string): number | undefined {
    return this.#conversations.get(friend) ?? (this.#idOfConversation.get(friend) as number | undefined)
  }
}

function remembered(known: Map<string, number>, key: string, make: SqliteStatement, find: SqliteStatement): number {
  make.run(key)
  const id = find.get(key) as number
  known.set(key, id)
  return id
}

function asPeer({ key, name, last_seen }: PeerRow): Peer {
  return { publicKey: key, name, lastSeenMs: last_seen ?? undefined }
}
