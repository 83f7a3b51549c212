// The database as a file: who may open it, what can be read in it without its passphrase, and what becomes of it when it is
// damaged, locked, or the disk is full.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { toHex, toUtf8 } from '../../src/base/index.js'
import type { LongTermPublicKey } from '../../src/crypto/keys.js'
import {
  changeStorePassphrase,
  moveStoreAside,
  openProfileDirectory,
  openProfileStore,
  openSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
} from '../../src/store/index.js'
import { openSqlite } from '../../src/store/sqlite-binding.js'
import { ToxError } from '../../src/tox/errors.js'
import { needSqlite, temporaryFolder } from './support.js'

const friend = new Uint8Array(32).fill(0xa1) as LongTermPublicKey
const SECRETS = ['meet me at the old mill', 'Alice of the north', toHex(friend), 'secret-plans.pdf']

const fails =
  (code: string, message: RegExp = /./) =>
  (error: unknown): boolean =>
    error instanceof ToxError && error.code === `TOX_ERR_TS_${code}` && message.test(error.message)

describe('a database file', () => {
  const folder = temporaryFolder()
  let path: string
  let files = 0

  before(function () {
    needSqlite(this)
  })
  beforeEach(() => {
    path = join(folder, String(++files), 'profile.db')
    mkdirSync(join(folder, String(files)))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** A store with something in every table, and in the index. */
  function fill(store: SqliteStore, messages = 300): void {
    for (let i = 0; i < messages; i++) {
      store.outbox.append(friend, { messageId: i, kind: 'normal', text: toUtf8(`${SECRETS[0]} at ${i}`) })
    }
    store.received.take(friend, { kind: 'normal', text: toUtf8(SECRETS[0]!) })
    store.peers.put({ publicKey: toHex(friend), name: SECRETS[1]! })
    const record = { kind: 0, name: SECRETS[3]!, size: 1n, position: 0n } as const
    store.transfers.put({
      friend: toHex(friend),
      direction: 'sending',
      fileId: '0F'.repeat(32),
      path: SECRETS[3]!,
      ...record,
    })
    assert.equal(store.history.search({ text: 'old mill', limit: 1 }).messages.length, 1)
  }

  function make(options: SqliteStoreOptions = {}, messages?: number): void {
    const store = openSqliteStore(path, options)
    fill(store, messages)
    store.close()
  }

  /** Every byte of every file in the folder. */
  const onDisk = (): Buffer =>
    Buffer.concat(readdirSync(join(path, '..')).map((name) => readFileSync(join(path, '..', name))))

  const isReadable = (bytes: Buffer): boolean =>
    SECRETS.some((secret) => bytes.includes(secret) || bytes.includes(secret.toLowerCase())) ||
    bytes.includes('create table')

  it('is readable by its owner alone, its log too', () => {
    const store = openSqliteStore(path)
    fill(store)
    for (const name of readdirSync(join(path, '..')))
      assert.equal(statSync(join(path, '..', name)).mode & 0o77, 0, name)
    assert.ok(existsSync(`${path}-wal`))
    store.close()
    assert.deepEqual(readdirSync(join(path, '..')), ['profile.db'])
  })

  it('keeps nothing of what is deleted', () => {
    const store = openSqliteStore(path)
    const row = { direction: 'incoming', kind: 'normal', timeMs: 1, state: 'received' } as const
    const append = (friend: string, text: string): number => store.history.append({ ...row, friend, text })
    for (let i = 0; i < 300; i++) append('B0'.repeat(32), `a harmless message ${i}`)
    append(toHex(friend), SECRETS[0]!)
    assert.equal(store.history.search({ text: 'mill' }).messages.length, 1)
    const single = append('B0'.repeat(32), SECRETS[1]!)
    assert.equal(store.history.clear(toHex(friend)), 1)
    assert.equal(store.history.delete(single), true)
    assert.equal(store.history.search({ text: 'harmless' }).messages.length, 100)
    store.close()
    const bytes = onDisk()
    for (const trace of [SECRETS[0]!, SECRETS[1]!]) assert.equal(bytes.includes(trace), false, trace)
    const index = openSqlite(path, 0)
    assert.equal(index.prepare("select count(*) from search where search match 'mil'").pluck().get(), 0)
    index.close()
  })

  describe('with a passphrase', () => {
    const passphrase = 'Ein Satz, länger als 16'

    it('shows nothing of what is in it, while it is open and when it is closed', () => {
      const plain = openSqliteStore(path)
      fill(plain)
      assert.ok(isReadable(onDisk()), 'this test would see it')
      plain.close()
      rmSync(path)

      const store = openSqliteStore(path, { passphrase })
      fill(store)
      assert.ok(statSync(`${path}-wal`).size > 50_000)
      assert.ok(!isReadable(onDisk()))
      store.history.clear()
      assert.ok(!isReadable(onDisk()))
      store.close()
      assert.ok(!isReadable(onDisk()))
      assert.deepEqual(readdirSync(join(path, '..')), ['profile.db'])
    })

    it('opens with the same passphrase alone, as text or bytes', () => {
      make({ passphrase })
      const before = readFileSync(path)
      const wrong = fails('STORE_PASSPHRASE', /passphrase .* wrong/)
      for (const other of [`${passphrase} `, Uint8Array.of(0)]) {
        assert.throws(() => openSqliteStore(path, { passphrase: other }), wrong)
      }
      assert.throws(() => openSqliteStore(path), fails('STORE_PASSPHRASE', /encrypted/))
      assert.throws(() => openSqliteStore(path, { passphrase: '' }), fails('BAD_OPTION'))
      assert.deepEqual(readFileSync(path), before)
      const store = openSqliteStore(path, { passphrase: toUtf8(passphrase) })
      assert.equal(store.history.count(), 301)
      store.close()
    })

    it('is not for a plain database', () => {
      make()
      assert.throws(() => openSqliteStore(path, { passphrase }), fails('STORE_PASSPHRASE', /not encrypted/))
    })

    it('notices every changed page', () => {
      make({ passphrase })
      const size = statSync(path).size
      const sound = readFileSync(path)
      for (const at of [17, 100, 4096 + 5, Math.floor(size / 2), size - 1]) {
        const changed = Buffer.from(sound)
        changed[at]! ^= 1
        writeFileSync(path, changed)
        assert.throws(() => {
          const store = openSqliteStore(path, { passphrase })
          try {
            assert.deepEqual(store.check(), [])
          } finally {
            store.close()
          }
        })
      }
    })

    it('differs each time, salt and all', () => {
      make({ passphrase })
      const first = readFileSync(path)
      rmSync(path)
      make({ passphrase })
      assert.notDeepEqual(readFileSync(path).subarray(0, 16), first.subarray(0, 16))
    })
  })

  describe('that changes its passphrase', () => {
    const profile = (): string => path.replace(/\.db$/, '.tox')
    const opens = (passphrase: string | undefined): boolean => {
      try {
        const store = openProfileStore(profile(), passphrase === undefined ? {} : { passphrase })
        const isWhole = store.history.count() === 301 && store.check().length === 0
        store.close()
        return isWhole
      } catch (error) {
        if (fails('STORE_PASSPHRASE')(error)) return false
        throw error
      }
    }

    for (const [name, from, to] of [
      ['from one to another', 'first', 'second'],
      ['from none to one', undefined, 'second'],
      ['from one to none', 'first', undefined],
    ] as const) {
      it(`${name}: all is there, under the new one alone`, () => {
        make(from === undefined ? {} : { passphrase: from })
        changeStorePassphrase(profile(), { from, to })()
        assert.deepEqual(readdirSync(join(path, '..')), ['profile.db'])
        assert.equal(opens(from), false)
        assert.equal(opens(to), true)
        assert.equal(isReadable(onDisk()), to === undefined)
      })
    }

    it('and is interrupted: opens with whichever the profile has', () => {
      make({ passphrase: 'first' })
      changeStorePassphrase(profile(), { from: 'first', to: 'second' })
      // The profile never followed.
      assert.equal(opens('first'), true)
      assert.equal(opens('second'), false)
      changeStorePassphrase(profile(), { from: 'first', to: 'second' })
      // It has followed, but the old database was not removed.
      assert.equal(opens('second'), true)
      assert.equal(opens('first'), false)
      assert.deepEqual(readdirSync(join(path, '..')), ['profile.db'])
    })

    it('only with the right one; a wrong one changes nothing', () => {
      make({ passphrase: 'first' })
      const before = readFileSync(path)
      assert.throws(() => changeStorePassphrase(profile(), { from: 'wrong', to: 'x' }), fails('STORE_PASSPHRASE'))
      assert.throws(() => changeStorePassphrase(profile(), { from: 'first', to: '' }), fails('BAD_OPTION'))
      assert.deepEqual(readFileSync(path), before)
      assert.deepEqual(readdirSync(join(path, '..')), ['profile.db'])
    })

    it('is no mistake where there is none', () => {
      changeStorePassphrase(profile(), { from: 'a', to: 'b' })()
      assert.equal(existsSync(path), false)
    })
  })

  describe('that is damaged', () => {
    it('is told apart, and never written to', () => {
      make()
      const sound = readFileSync(path)
      const cases: readonly [string, Buffer][] = [
        ['noise', Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 7919) % 251))],
        ['text', Buffer.from('this is no database at all, but a note that somebody left here'.repeat(100))],
        ['a magic word alone', sound.subarray(0, 16)],
        ['a header alone', sound.subarray(0, 100)],
        ['a torn schema', Buffer.concat([sound.subarray(0, 100), Buffer.alloc(4000, 0xff), sound.subarray(4100)])],
      ]
      for (const [name, bytes] of cases) {
        writeFileSync(path, bytes)
        assert.throws(() => openSqliteStore(path), /damaged|encrypted|no database|another program/, name)
        assert.deepEqual(readFileSync(path), bytes, name)
      }
    })

    it('in its middle, is found by the check, and reading it is an error, not a crash', () => {
      make({}, 2_000)
      const bytes = readFileSync(path)
      bytes.fill(0xaa, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 20_000)
      writeFileSync(path, bytes)
      assert.throws(() => {
        const store = openSqliteStore(path)
        try {
          assert.notDeepEqual(store.check(), [])
          for (const order of ['newest', 'oldest'] as const) store.history.page({ limit: 10_000, order })
          store.history.search({ text: 'mill' })
        } finally {
          store.close()
        }
      }, fails('STORE_DAMAGED'))
    })

    it('because it was emptied beside its log: nothing is begun anew', () => {
      const store = openSqliteStore(path)
      fill(store)
      copyFileSync(`${path}-wal`, `${path}.log`)
      store.close()
      truncateSync(path)
      copyFileSync(`${path}.log`, `${path}-wal`)
      assert.throws(() => openSqliteStore(path), fails('STORE_DAMAGED', /empty/))
      assert.equal(statSync(path).size, 0)
    })

    it('moves aside when asked to, log and all, and a new one begins', () => {
      for (const expected of ['.damaged', '.damaged.2']) {
        writeFileSync(path, 'rubbish')
        writeFileSync(`${path}-wal`, 'log')
        assert.equal(moveStoreAside(path), path + expected)
        assert.equal(readFileSync(path + expected, 'latin1'), 'rubbish')
        assert.equal(readFileSync(`${path + expected}-wal`, 'latin1'), 'log')
        openSqliteStore(path).close()
      }
    })

    it('by any single byte: it opens, or says why not', function () {
      this.timeout(60_000)
      make({}, 30)
      const sound = readFileSync(path)
      for (let n = 0; n < 150; n++) {
        const bytes = Buffer.from(sound)
        // The header and the schema first, then everywhere.
        const at = n < 100 ? n : Math.floor(((n - 100) * bytes.length) / 50)
        bytes[at]! ^= 0xff
        writeFileSync(path, bytes)
        rmSync(`${path}-wal`, { force: true })
        try {
          const store = openSqliteStore(path)
          try {
            store.history.page()
            store.check()
            store.outbox.load(friend)
            store.received.load(friend)
          } finally {
            store.close()
          }
        } catch (error) {
          assert.ok(error instanceof ToxError, `byte ${at}: ${String(error)}`)
        }
      }
    })
  })

  describe('that somebody else uses', () => {
    it('is locked within this process, and stays locked for others after an attempt', () => {
      const store = openSqliteStore(path)
      assert.throws(() => openSqliteStore(path), fails('STORE_LOCKED'))
      assert.equal(openElsewhere(), 'SQLITE_BUSY')
      store.close()
      assert.equal(openElsewhere(), 'opened')
      openSqliteStore(path).close()
    })

    /** What another process meets: an exclusive lock, even for readers. */
    function openElsewhere(): string {
      const code = `
        import { openSqlite } from './src/store/sqlite-binding.js'
        try {
          const database = openSqlite(${JSON.stringify(path)}, 0)
          database.pragma('user_version')
          database.close()
          console.log('opened')
        } catch (error) { console.log(error.code) }`
      const args = [...process.execArgv, '--input-type=module', '-e', code]
      return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout.trim()
    }

    it('is locked by another process, with a clear error', async () => {
      const code = `
        import { openSqlite } from './src/store/sqlite-binding.js'
        const database = openSqlite(${JSON.stringify(path)}, 0)
        database.pragma('locking_mode = exclusive')
        database.pragma('journal_mode = wal')
        database.exec('create table x (y)')
        console.log('open')
        setInterval(() => {}, 1000)`
      const args = [...process.execArgv, '--input-type=module', '-e', code]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const gone = new Promise((resolve) => child.once('close', resolve))
      await Promise.race([new Promise((resolve) => child.stdout!.once('data', resolve)), gone])
      assert.throws(() => openSqliteStore(path), fails('STORE_LOCKED', /another process/))
      child.kill('SIGKILL')
      await gone
    })
  })

  it('needs a folder, and is no folder', () => {
    assert.throws(() => openSqliteStore(join(folder, 'nowhere', 'x.db')), fails('STORE_UNUSABLE', /folder/))
    assert.throws(() => openSqliteStore(folder), fails('STORE_UNUSABLE'))
  })

  it('on a full or read-only disk: clear errors, and nothing accepted is lost', function () {
    this.timeout(60_000)
    const disk = join(path, '..', 'disk')
    mkdirSync(disk)
    const script = new URL('full-disk-child.ts', import.meta.url).pathname
    const mount = `mount -t tmpfs -o size=1m none '${disk}' && exec "$@"`
    const ways = [
      ['unshare', '-m'],
      ['unshare', '-rm'],
    ]
    for (const [command, ...flags] of ways) {
      const args = [...flags, 'sh', '-c', mount, 'sh', process.execPath, ...process.execArgv, script, disk]
      const { status, stdout, stderr } = spawnSync(command!, args, { encoding: 'utf8' })
      if (/unshare|mount:|not permitted/.test(stderr) || status === null) continue
      assert.equal(status, 0, stderr)
      assert.match(stdout, /full TOX_ERR_TS_STORE_FULL\nkept all\nagain\nread-only TOX_ERR_TS_STORE_UNUSABLE\n/)
      return
    }
    this.test!.title += ' [no file system can be mounted here]'
    this.skip()
  })

  it('belongs to a profile directory, which is made for its owner alone', () => {
    const directory = join(folder, 'new', 'deep')
    const { profile, store } = openProfileDirectory(directory)
    assert.equal(profile, join(directory, 'profile.tox'))
    assert.equal(store.path, join(directory, 'profile.db'))
    assert.equal(statSync(directory).mode & 0o77, 0)
    store.close()
    assert.throws(() => store.history.count(), fails('CLOSED'))
  })

  it('says what is missing where there is no SQLite', () => {
    // The package's name is looked for from a folder where it is not.
    const code = `
      import Module from 'node:module'
      const load = Module._load
      Module._load = (name, ...rest) => {
        if (name === 'better-sqlite3-multiple-ciphers') throw new Error('Cannot find module ' + name)
        return load(name, ...rest)
      }
      const { openSqliteStore } = await import('./src/store/index.js')
      try { openSqliteStore(${JSON.stringify(path)}) } catch (error) { console.log(error.code, error.message) }`
    const args = [...process.execArgv, '--input-type=module', '-e', code]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.match(stdout, /^TOX_ERR_TS_STORE_UNAVAILABLE .*npm install better-sqlite3-multiple-ciphers@12\.11\.1/)
    assert.equal(existsSync(path), false)
  })
})
