// Databases of earlier versions, made by hand as those versions made them, and what becomes of them.

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/index.js'
import { NEWEST_VERSION } from '../../src/store/schema.js'
import { openSqlite } from '../../src/store/sqlite-binding.js'
import { ToxError } from '../../src/tox/errors.js'
import { needSqlite, temporaryFolder } from './support.js'

const ALICE = 'A1'.repeat(32)

/** Version 1, as it was released: a copy on purpose, so that nobody changes it behind the back of those who have it. */
const VERSION_1 = `
  pragma application_id = ${0x546f7853};
  pragma user_version = 1;
  create table peer (id integer primary key, key text not null unique, name text not null default '', last_seen integer) strict;
  create table conversation (id integer primary key, kind text not null, key text not null, unique (kind, key)) strict;
  create table message (
    id integer primary key autoincrement, conversation integer not null references conversation (id),
    author integer references peer (id), kind integer not null, state integer not null, time integer not null,
    text text not null
  ) strict;
  create index message_in_conversation on message (conversation, time);
  create index message_by_time on message (time);
  create table outbox (
    position integer primary key autoincrement, friend text not null, message_id integer not null, kind integer not null,
    text blob not null, message integer references message (id) on delete set null
  ) strict;
  create index outbox_of_friend on outbox (friend);
  create index outbox_message on outbox (message);
  create table transfer (
    place integer primary key, friend text not null, direction text not null, file_id text not null, kind integer not null,
    name text not null, size integer, path text not null, part_path text, position integer not null, mtime real,
    overwrite integer, unique (friend, direction, file_id)
  ) strict;

  insert into peer values (1, '${ALICE}', 'Alice', 1600000000000);
  insert into conversation values (1, 'friend', '${ALICE}');
  insert into message values (1, 1, 1, 0, 2, 1000, 'from long ago');
  insert into message values (2, 1, null, 1, 0, 2000, 'still waiting');
  insert into outbox values (1, '${ALICE}', 9, 1, x'7374696c6c2077616974696e67', 2);
  insert into transfer values (1, '${ALICE}', 'sending', '${'0F'.repeat(32)}', 0, 'n', -2, '/p', null, 0, null, null);
`

describe('migrations', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'old.db')

  before(function () {
    needSqlite(this)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  beforeEach(() => {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
  })

  /** A database made of `sql`, without this library. */
  function make(sql: string): void {
    const database = openSqlite(path, 0)
    database.exec(sql)
    database.close()
  }

  function ask(pragma: string): unknown {
    const database = openSqlite(path, 0)
    try {
      return database.pragma(pragma, { simple: true })
    } finally {
      database.close()
    }
  }

  it('bring version 1 to the newest with all that it held', () => {
    make(VERSION_1)
    const store = openSqliteStore(path)
    const friend = new Uint8Array(32).fill(0xa1)
    assert.deepEqual(store.history.search({ text: 'LONG ago' }).messages, [
      {
        id: 1,
        friend: ALICE,
        direction: 'incoming',
        kind: 'normal',
        text: 'from long ago',
        timeMs: 1000,
        state: 'received',
      },
    ])
    assert.deepEqual(store.received.load(friend as never), [])
    assert.equal(store.outbox.load(friend as never)[0]!.messageId, 9)
    store.outbox.remove(friend as never, 9)
    assert.equal(store.history.message(2)?.state, 'received')
    assert.equal(store.transfers.load(ALICE)[0]!.size, 2n ** 64n - 2n)
    assert.deepEqual(store.peers.get(ALICE), { publicKey: ALICE, name: 'Alice', lastSeenMs: 1_600_000_000_000 })
    assert.deepEqual(store.check(), [])
    store.close()
    assert.equal(ask('user_version'), NEWEST_VERSION)
    openSqliteStore(path).close()
  })

  it('leave a database as new ones are', () => {
    const schema = (file: string): unknown => {
      const database = openSqlite(file, 0)
      const rows = database.prepare('select name, sql from sqlite_schema order by name').all() as {
        sql: string | null
      }[]
      database.close()
      // Layout and keywords may differ, and columns that came later stand at the end either way.
      return rows.map((row) => ({ ...row, sql: row.sql?.replaceAll(/\s+/g, ' ').replaceAll(/ ?([()]) ?/g, '$1') }))
    }
    make(VERSION_1)
    openSqliteStore(path).close()
    const fresh = join(folder, 'fresh.db')
    openSqliteStore(fresh).close()
    assert.deepEqual(schema(path), schema(fresh))
  })

  it('are all or nothing: a step that fails leaves the version before', () => {
    make(`${VERSION_1}; create table search_progress (something)`)
    assert.throws(() => openSqliteStore(path), ToxError)
    assert.equal(ask('user_version'), 1)
    assert.throws(() => openSqliteStore(path), ToxError)
    const database = openSqlite(path, 0)
    assert.equal(database.prepare("select count(*) from sqlite_schema where name = 'search'").pluck().get(), 0)
    assert.equal(database.prepare('select count(*) from message').pluck().get(), 2)
    database.close()
  })

  it('are refused for a database from the future, which stays as it is', () => {
    openSqliteStore(path).close()
    make(`pragma user_version = ${NEWEST_VERSION + 1}`)
    const before = readFileSync(path)
    assert.throws(
      () => openSqliteStore(path),
      (error: ToxError) => error.code === 'TOX_ERR_TS_STORE_FROM_FUTURE' && /newer version/.test(error.message),
    )
    assert.deepEqual(readFileSync(path), before)
  })

  it('are refused for a database of another program, which stays as it is', () => {
    make('create table bookmarks (url text)')
    const before = readFileSync(path)
    const isRefused = (error: ToxError): boolean =>
      error.code === 'TOX_ERR_TS_STORE_UNUSABLE' && /another/.test(error.message)
    assert.throws(() => openSqliteStore(path), isRefused)
    make('pragma application_id = 7; pragma user_version = 1')
    assert.throws(() => openSqliteStore(path), isRefused)
    assert.equal(readFileSync(path).length, before.length)
  })
})
