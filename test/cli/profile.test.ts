// toxcore-ts profile: encrypt, decrypt, check, repair, as a user runs them; and commands that start with a passphrase.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { encrypt, isEncrypted } from '../../src/encryptsave/index.js'
import { Tox } from '../../src/index.js'
import { encodeSavedata, parseSavedata } from '../../src/tox/savedata.js'
import { richProfile } from '../support/savedata.js'
import { DEADLINE_MS, Processes, run } from './process.js'

describe('toxcore-ts profile', function () {
  this.timeout(4 * DEADLINE_MS)
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const passphraseFile = join(dir, 'passphrase')
  const withPassphrase = ['--passphrase-file', passphraseFile] as const
  const processes = new Processes()
  let crypto: Crypto
  let plain: Uint8Array

  before(async () => {
    crypto = await loadCrypto()
    plain = encodeSavedata(richProfile(crypto))
    writeFileSync(passphraseFile, 'correct horse\r\nsecond line\n')
  })
  after(async () => {
    await processes.killAll()
    rmSync(dir, { recursive: true, force: true })
  })

  /** A profile in the folder. */
  const made = (name: string, bytes: Uint8Array = plain): string => {
    const path = join(dir, name)
    writeFileSync(path, bytes)
    return path
  }
  const said = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run('profile', ...args)
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
  }
  const refused = async (says: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await run('profile', ...args)
    assert.match(stderr, says)
    assert.deepEqual([code, stdout, stderr.trimEnd().split('\n').length], [1, '', 1])
  }

  it('encrypts and decrypts a profile with its backup, and changes the passphrase', async () => {
    const path = made('a.tox')
    made('a.tox.bak')
    assert.match(await said('encrypt', path, ...withPassphrase), /is encrypted/)
    assert.ok(isEncrypted(readFileSync(path)) && isEncrypted(readFileSync(`${path}.bak`)))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    await refused(/the passphrase is needed|its passphrase is needed/, 'encrypt', path, ...withPassphrase)

    const other = join(dir, 'other')
    writeFileSync(other, 'battery staple')
    await said('encrypt', path, '--old-passphrase-file', passphraseFile, '--passphrase-file', other)
    await refused(/the passphrase is wrong, or the file is damaged/, 'decrypt', path, ...withPassphrase)
    await said('decrypt', path, '--passphrase-file', other)
    assert.deepEqual(parseSavedata(readFileSync(path), crypto), parseSavedata(plain, crypto))
    assert.deepEqual(readFileSync(`${path}.bak`), readFileSync(path))
    await refused(/is not encrypted/, 'decrypt', path, ...withPassphrase)
  })

  it('checks: what is inside, and what is damaged', async () => {
    const sound = await said('check', made('b.tox'))
    assert.match(sound, /^Tox ID {3}[0-9A-F]{76}$/m)
    assert.match(sound, /^name {5}Grace$/m)
    assert.match(sound, /^ +\d+ {2}friends +11080 bytes {2}3 friends, 2 requests on the way$/m)
    assert.match(sound, /^Sound: nothing is damaged\.$/m)
    assert.equal(
      sound.includes(Buffer.from(richProfile(crypto).longTerm.secretKey).toString('hex').toUpperCase()),
      false,
    )

    const cut = await run('profile', 'check', made('c.tox', plain.subarray(0, 5000)))
    assert.deepEqual([cut.code, cut.stderr], [1, ''])
    assert.match(cut.stdout, /^ {2}at \d+ {2}friends: announces 11080 bytes, but \d+ are left: cut off$/m)
    assert.match(cut.stdout, /^No Tox client loads it\.$/m)

    const sealed = made('d.tox', encrypt(crypto, 'correct horse', plain))
    assert.match(await said('check', sealed, ...withPassphrase), /^Sound: nothing is damaged\.$/m)
    assert.match(await said('check', sealed), /not checked: no passphrase was given/)
    const broken = await run(
      'profile',
      'check',
      made('e.tox', readFileSync(sealed).fill(1, 99, 100)),
      ...withPassphrase,
    )
    assert.equal(broken.code, 1)
    assert.match(broken.stdout, /the passphrase is wrong, or the file is damaged/)
  })

  it('repairs from the newest sound backup, and keeps the damaged file', async () => {
    const bytes = plain.subarray(0, 5000)
    const path = made('f.tox', bytes)
    made('f.tox.bak')
    assert.match(await said('repair', path), /^Repaired: .* is again as it was saved at 20\d\d-/)
    assert.deepEqual(new Uint8Array(readFileSync(path)), plain)
    assert.deepEqual(new Uint8Array(readFileSync(`${path}.damaged`)), bytes)
    assert.match(await said('repair', path), /is sound: nothing to repair/)
    await said('check', path)
  })

  it('without a backup it saves what can be read, and says when nothing can', async () => {
    const path = made('g.tox', plain.subarray(0, plain.length - 300))
    const sealed = made('h.tox', encrypt(crypto, 'correct horse', plain.subarray(0, plain.length - 300)))
    for (const [one, ...args] of [[path], [sealed, ...withPassphrase]] as const) {
      assert.match(await said('repair', one, ...args), /There is no sound backup\. .* holds what could be read:/)
      assert.match(await said('check', one, ...args), /^ {2}[0-9A-F]{64} {2}Ada$/m)
    }
    assert.ok(isEncrypted(readFileSync(sealed)))
    await refused(/no sound backup, and its keys can't be read/, 'repair', made('i.tox', plain.subarray(0, 40)))
    await refused(/does not exist, or is empty/, 'check', join(dir, 'none.tox'))
    await refused(/is not a regular file/, 'check', dir)
  })

  it('leaves a profile alone that a running program uses', async () => {
    const path = join(dir, 'busy.tox')
    await using _holder = await Tox.create({ profile: path, bindAddress: '127.0.0.1', ipv6: false, port: 0 })
    for (const action of ['repair', 'decrypt', 'encrypt']) {
      await refused(/is in use by process/, action, path, ...withPassphrase)
    }
  })

  it('echo and id open an encrypted profile with --passphrase-file', async () => {
    mkdirSync(join(dir, 'bot'))
    const path = made('bot/echo.tox', encrypt(crypto, 'correct horse', plain))
    const shown = await run('id', 'show', path, ...withPassphrase)
    assert.equal(shown.code, 0)
    const bot = processes.start('echo', '--data', join(dir, 'bot'), ...withPassphrase)
    assert.equal(await bot.firstLine(), shown.stdout.split('\n')[0])
    bot.signal('SIGTERM')
    assert.equal(await bot.end(), 0)
    assert.ok(isEncrypted(readFileSync(path)))
    writeFileSync(join(dir, 'wrong'), 'wrong')
    const refusal = await run('echo', '--data', join(dir, 'bot'), '--passphrase-file', join(dir, 'wrong'))
    assert.deepEqual([refusal.code, refusal.stdout], [1, ''])
    assert.match(refusal.stderr, /^toxcore-ts: .*echo\.tox: the passphrase is wrong, or the file is damaged\n$/)
  })
})
