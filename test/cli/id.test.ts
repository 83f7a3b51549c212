// toxcore-ts id: makes, shows, verifies and converts, offline.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import { loadCrypto } from '../../src/crypto/index.js'
import { parseSavedata } from '../../src/tox/savedata.js'
import { DEADLINE_MS, run } from './process.js'

/** Standard output of a command that succeeds and complains about nothing. */
async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('id', ...args)
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

describe('toxcore-ts id', function () {
  this.timeout(2 * DEADLINE_MS)
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  const path = join(dir, 'me.tox')
  let toxId = ''

  before(async () => {
    toxId = (await said('new', path)).trimEnd()
  })
  after(() => rmSync(dir, { recursive: true, force: true }))

  it('makes a profile that only its owner can read, and says its Tox ID alone', () => {
    assert.match(toxId, /^[0-9A-F]{76}$/)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  it('shows what a profile holds, but never the secret key', async () => {
    const text = await said('show', path)
    const profile = parseSavedata(readFileSync(path), await loadCrypto())
    assert.ok(profile.ok)
    assert.equal(text.split('\n')[0], toxId)
    assert.match(text, new RegExp(`^public key +${toxId.slice(0, 64)}$`, 'm'))
    assert.match(text, new RegExp(`^nospam +${toxId.slice(64, 72)}$`, 'm'))
    assert.match(text, /^friends +0$/m)
    assert.equal(text.toUpperCase().includes(toHex(profile.value.longTerm.secretKey)), false)
  })

  it('verifies, also as a link and in small letters', async () => {
    for (const form of [toxId, toxId.toLowerCase(), `tox:${toxId}`, ` TOX://${toxId} `]) {
      assert.equal(await said('verify', form), `${toxId}\n`)
    }
  })

  it('converts in both directions', async () => {
    const parts = await said('convert', toxId)
    const [key, nospam, checksum] = ['public key', 'nospam', 'checksum'].map(
      (name) => new RegExp(`^${name} +([0-9A-F]+)$`, 'm').exec(parts)?.[1],
    )
    assert.equal(`${key}${nospam}${checksum}`, toxId)
    assert.equal(await said('convert', key!, '--nospam', nospam!), `${toxId}\n`)
    assert.match(await said('convert', key!), new RegExp(`^${key}00000000[0-9A-F]{4}\n$`))
  })

  it('draws a QR code when asked', async () => {
    const [first, ...code] = (await said('verify', toxId, '--qr')).trimEnd().split('\n')
    assert.equal(first, toxId)
    assert.ok(code.length > 15 && code.every((line) => /^[ █▀▄]+$/.test(line)), code.join('\n'))
  })
})
