// What chat keeps beside the profile: shown, searched, exported, encrypted; and profiles of other clients, imported.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { encrypt, isEncrypted } from '../../src/encryptsave/index.js'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { openProfileDirectory } from '../../src/store/index.js'
import { encodeSavedata, freshSavedata } from '../../src/tox/savedata.js'
import { needSqlite } from '../store/support.js'
import { richProfile } from '../support/savedata.js'
import { DEADLINE_MS, Processes, run } from './process.js'

const ANNA = 'A1'.repeat(32)
const OTTO = '07'.repeat(32)

describe('toxcore-ts history', function () {
  this.timeout(6 * DEADLINE_MS)
  let dir: string
  let data: string
  let crypto: Crypto
  const processes = new Processes()

  before(async function () {
    needSqlite(this)
    crypto = await loadCrypto()
  })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
    data = join(dir, 'data')
  })
  afterEach(async () => {
    await processes.killAll()
    rmSync(dir, { recursive: true, force: true })
  })

  const said = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args)
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
  }
  const refused = async (says: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(...args)
    assert.match(stderr, says)
    assert.deepEqual([code, stdout], [1, ''])
  }
  /** A profile folder with a few messages. */
  const filled = (): void => {
    const { profile, store } = openProfileDirectory(data)
    writeFileSync(profile, encodeSavedata(freshSavedata(crypto)))
    store.peers.put({ publicKey: ANNA, name: 'Anna\u001b[2J' })
    store.peers.put({ publicKey: OTTO, name: 'Otto' })
    const base = { direction: 'incoming', kind: 'normal', state: 'received' } as const
    const at = (minute: number): number => new Date(2026, 0, 31, 18, minute).getTime()
    store.history.append({ ...base, friend: ANNA, text: 'Tea at five?\n\u0007forged', timeMs: at(1) })
    store.history.append({
      ...base,
      friend: ANNA,
      direction: 'outgoing',
      state: 'pending',
      text: 'At six',
      timeMs: at(2),
    })
    store.history.append({ ...base, friend: OTTO, kind: 'action', text: 'waves \u202eetirw', timeMs: at(3) })
    store.history.append({ ...base, friend: OTTO, direction: 'outgoing', text: 'No tea for me', timeMs: at(4) })
    store.close()
  }

  it('shows, searches and exports, made harmless', async () => {
    filled()
    const own = ['--data', data]
    assert.equal(
      await said('history', ...own),
      [
        '2026-01-31 18:01  Anna\ufffd[2J: Tea at five?\n    \ufffdforged',
        '2026-01-31 18:02  me > Anna\ufffd[2J: At six …',
        '2026-01-31 18:03  * Otto waves \ufffdetirw',
        '2026-01-31 18:04  me > Otto: No tea for me\n',
      ].join('\n'),
    )
    assert.match(
      await said('history', 'ott', ...own, '--limit', '1'),
      /^2026-01-31 18:04 {2}me > Otto: No tea for me\n$/,
    )
    const found = (await said('history', ...own, '--search', 'TEA')).match(/18:0\d/g)
    assert.deepEqual(found, ['18:01', '18:04'])
    assert.equal(await said('history', ...own, '--search', '"at six"', '--since', '2026-02-01'), '')

    const lines = (await said('export', ...own)).trimEnd().split('\n')
    const [first, , third, fourth] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.equal(lines.length, 4)
    assert.deepEqual(first, {
      ...{ id: 1, time: new Date(2026, 0, 31, 18, 1).toISOString(), friend: ANNA, name: 'Anna\u001b[2J' },
      ...{ direction: 'incoming', kind: 'normal', state: 'received', text: 'Tea at five?\n\u0007forged' },
    })
    assert.equal(third!['text'], 'waves \u202eetirw')
    assert.equal(fourth!['direction'], 'outgoing')
    for (const letter of '\u001b\u0007\u202e') assert.equal(lines.join('').includes(letter), false, 'moves a terminal')

    await refused(/nobody called 'Bert' is known/, 'history', 'Bert', ...own)
    await refused(/there is no profile in /, 'history', '--data', join(dir, 'none'))
    assert.equal(existsSync(join(dir, 'none')), false, 'looking makes nothing')
  })

  it('follows the passphrase of the profile, and profile check looks into it', async () => {
    filled()
    const passphrase = join(dir, 'passphrase')
    writeFileSync(passphrase, 'correct horse\n')
    const path = join(data, 'profile.tox')
    assert.match(await said('profile', 'check', path), /profile\.db: sound, 4 messages\n$/)
    await said('profile', 'encrypt', path, '--passphrase-file', passphrase)
    assert.ok(isEncrypted(readFileSync(path)))
    assert.equal(readFileSync(join(data, 'profile.db')).includes('Otto'), false)
    await refused(/is encrypted with a passphrase: --passphrase-file/, 'history', '--data', data)
    assert.match(await said('history', '--data', data, '--passphrase-file', passphrase), /No tea for me/)
    assert.match(
      await said('profile', 'check', path, '--passphrase-file', passphrase),
      /profile\.db: sound, 4 messages/,
    )
    await said('profile', 'decrypt', path, '--passphrase-file', passphrase)
    assert.match(await said('history', '--data', data), /No tea for me/)
  })

  it('profile repair moves a damaged database aside', async () => {
    filled()
    const path = join(data, 'profile.tox')
    const database = join(data, 'profile.db')
    writeFileSync(database, readFileSync(database).fill(0xa5, 1024, 12_000))
    const { code, stdout } = await run('profile', 'check', path)
    assert.equal(code, 1)
    assert.match(stdout, /profile\.db: /)
    assert.match(await said('profile', 'repair', path), /history is damaged: moved to .*profile\.db\.damaged;/)
    assert.ok(existsSync(`${database}.damaged`))
    assert.match(await said('profile', 'repair', path), /nothing to repair/)
  })

  it('chat keeps what is said; what waits is sent by the next run', async () => {
    const server = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', port: 0 })
    const options = { bindAddress: '127.0.0.1', ipv6: false, bootstrap: [server.asBootstrapNode()] }
    const profile = join(dir, 'Gast.tox')
    let guest = await Tox.create({ ...options, name: 'Gast', profile })
    try {
      guest.on('friendRequest', (request) => request.accept())
      const args = ['chat', '--data', data, '--name', 'Kurt', '--bootstrap', server.asBootstrapNode()]
      const first = processes.start(...args, '--add', guest.address)
      await first.until(/ is now Gast\.$/m)
      const heard = guest.messages({ signal: AbortSignal.timeout(2 * DEADLINE_MS) })
      first.type('hello')
      assert.equal((await heard.next()).value?.text, 'hello')
      await guest.friends[0]!.send('welcome')
      await first.until(/^Gast: welcome$/m)
      await guest.close()
      await first.until(/^Gast is offline\.$/m)
      first.type('until later')
      await first.until(/^Gast is offline: kept until they return$/m)
      first.type('/history')
      await first.until(/^20.* {2}me > Gast: hello\n20.* {2}Gast: welcome\n20.* {2}me > Gast: until later …$/m)
      first.type('/quit')
      assert.equal(await first.end(), 0)
      assert.match(await said('history', '--data', data), /me > Gast: hello\n.*Gast: welcome\n.*until later …\n$/)

      guest = await Tox.create({ ...options, profile })
      const message = guest.messages({ signal: AbortSignal.timeout(2 * DEADLINE_MS) }).next()
      const second = processes.start(...args)
      assert.equal((await message).value?.text, 'until later')
      second.type('/search LATER')
      await second.until(/^20.* {2}me > Gast: until later$/m)
      await refused(/profile\.tox is in use by process \d+/, 'history', '--data', data)
      second.type('/quit')
      assert.equal(await second.end(), 0)
    } finally {
      await guest.close()
      await server.close()
    }
  })

  it('import takes over a profile, plain or encrypted, and never replaces one', async () => {
    const plain = encodeSavedata(richProfile(crypto))
    const path = join(dir, 'toxic_profile.tox')
    writeFileSync(path, plain)
    const shown = await said('import', path, '--data', data)
    assert.match(shown, /^[0-9A-F]{76}\nGrace, 5 friends: imported into .*\/data\/profile\.tox\n$/)
    assert.deepEqual(new Uint8Array(readFileSync(join(data, 'profile.tox'))), plain)
    await refused(/profile\.tox exists already; --data DIR names another folder/, 'import', path, '--data', data)

    const sealed = join(dir, 'qtox.tox')
    const passphrase = join(dir, 'passphrase')
    writeFileSync(sealed, encrypt(crypto, 'pässphrase', plain))
    writeFileSync(passphrase, 'pässphrase')
    const other = join(dir, 'other')
    await refused(/is encrypted with a passphrase/, 'import', sealed, '--data', other)
    const imported = await said('import', sealed, '--data', other, '--passphrase-file', passphrase)
    assert.equal(imported.slice(0, 76), shown.slice(0, 76))
    assert.ok(isEncrypted(readFileSync(join(other, 'profile.tox'))))
    writeFileSync(join(dir, 'broken.tox'), plain.subarray(0, 3000))
    await refused(/is damaged or is no Tox profile/, 'import', join(dir, 'broken.tox'), '--data', join(dir, 'third'))
    assert.equal(existsSync(join(dir, 'third')), false)
  })
})
