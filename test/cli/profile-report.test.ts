// What `toxcore-ts profile check` finds, and what `repair` can save: every kind of damage, and files of anybody's making.

import assert from 'node:assert/strict'
import { reportProfile, salvageProfile } from '../../src/cli/profile-report.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { FRIEND_RECORD_BYTES } from '../../src/packet/savedata/index.js'
import { encodeSavedata, parseSavedata, type Savedata } from '../../src/tox/savedata.js'
import { seededRandom } from '../support/env.js'
import { damaged, richProfile } from '../support/savedata.js'
import { judge, judgeObstacle } from '../support/savedata-judge.js'

describe('profile report', function () {
  this.timeout(30_000)
  let crypto: Crypto
  let profile: Savedata
  let file: Uint8Array

  before(async () => {
    crypto = await loadCrypto()
    profile = richProfile(crypto)
    file = encodeSavedata(profile)
  })

  /** The contents' offset of a section. */
  const at = (name: string): number => {
    const section = reportProfile(file, crypto).sections.find((one) => one.name === name)
    assert.ok(section, name)
    return section.at
  }
  /** Where and what is damaged after `change`. */
  const damagesOf = (change: (bytes: Uint8Array) => Uint8Array | undefined): string[] => {
    const bytes = Uint8Array.from(file)
    const { damages, damageCount } = reportProfile(change(bytes) ?? bytes, crypto)
    assert.equal(damageCount, damages.length)
    return damages.map(({ at, where, text }) => `${at} ${where}: ${text}`)
  }

  it('finds a sound profile sound, and tells every section', () => {
    const { sections, damages, savedata } = reportProfile(file, crypto)
    assert.deepEqual(damages, [])
    assert.deepEqual(savedata, profile)
    assert.deepEqual(
      sections.map(({ name, holds }) => [name, holds.replace(/[0-9A-F]{64}/, 'KEY')]),
      [
        ['section 777', 'kept as it is'],
        ['nospam and keys', 'public key KEY'],
        ['DHT nodes', '3 nodes'],
        ['friends', '3 friends, 2 requests on the way'],
        ['section 778', 'kept as it is'],
        ['name', ''],
        ['status message', ''],
        ['status', 'busy'],
        ['TCP relays', '2 nodes'],
        ['path nodes', '2 nodes'],
        ['conferences', '2 conferences'],
        ['groups', 'kept as it is'],
        ['end', ''],
      ],
    )
    for (const { at, size } of sections) assert.ok(at + size <= file.length)
    assert.equal(new TextDecoder().decode(file.subarray(at('name'), at('name') + 5)), 'Grace')
  })

  it('tells each damage with its place', () => {
    const keys = at('nospam and keys')
    const friends = at('friends')
    assert.deepEqual(
      damagesOf(() => new Uint8Array(0)),
      ['0 file: is no Tox profile'],
    )
    assert.deepEqual(
      damagesOf((bytes) => void bytes.fill(1, 0, 1)),
      ['0 file: is no Tox profile'],
    )
    assert.deepEqual(
      damagesOf((bytes) => void (bytes[keys + 40]! ^= 1)),
      [`${keys + 4} nospam and keys: the public key is not that of the secret key`],
    )
    assert.match(
      damagesOf((bytes) => void bytes.fill(0xff, friends - 2, friends)).join('\n'),
      new RegExp(`^${friends - 8} file: no section begins here \\(its mark is 0xffff\\)`),
    )
    const second = friends + FRIEND_RECORD_BYTES
    assert.deepEqual(
      damagesOf((bytes) => void bytes.set(bytes.subarray(friends + 1, friends + 33), second + 1)),
      [`${second + 1} friends: friend 1: the same key as another friend`],
    )
    assert.deepEqual(
      damagesOf((bytes) => void bytes.fill(0xff, second + 1058, second + 1060)),
      [`${second} friends: friend 1: a request that can't be sent`],
    )
    assert.deepEqual(
      damagesOf((bytes) => void (bytes[at('status')] = 3)),
      [`${at('status')} status: there is no status 3`],
    )
    assert.deepEqual(
      damagesOf((bytes) => void (bytes[at('path nodes')] = 99)),
      [`${at('path nodes')} path nodes: node 0 cannot be read`],
    )
    assert.deepEqual(
      damagesOf((bytes) => void (bytes[at('DHT nodes')] = 99)),
      [`${at('DHT nodes')} DHT nodes: does not begin as such a section does`],
    )
    assert.deepEqual(
      damagesOf((bytes) => bytes.subarray(0, friends + 100)),
      [`${friends} friends: announces ${5 * FRIEND_RECORD_BYTES} bytes, but 100 are left: cut off`],
    )
    assert.deepEqual(
      damagesOf((bytes) => bytes.subarray(0, -8)),
      [`${file.length - 8} file: the end section is missing: the file was cut off`],
    )
  })

  it('finds every cut, and never calls sound what loading refuses', () => {
    for (let length = 0; length < file.length; length += length < 300 ? 1 : 97) {
      assert.ok(reportProfile(file.subarray(0, length), crypto).damageCount > 0, `cut at ${length}`)
    }
    const random = seededRandom(7)
    for (let round = 0; round < 3000; round++) {
      const bytes = round % 3 === 0 ? random.bytes(random.uniform(400)) : damaged(file, random)
      const report = reportProfile(bytes, crypto)
      if (!parseSavedata(bytes, crypto).ok) assert.ok(report.damageCount > 0, `round ${round}`)
      const rest = salvageProfile(bytes, crypto)
      if (rest === undefined) continue
      assert.equal(reportProfile(encodeSavedata(rest), crypto).damageCount, 0, `round ${round}: salvaged`)
    }
  })

  it('saves what stands before the damage, and nobody else than the owner', () => {
    const friends = at('friends')
    const cut = salvageProfile(file.subarray(0, at('status message') - 3), crypto)
    assert.deepEqual(cut?.friends, profile.friends)
    assert.deepEqual(cut?.longTerm, profile.longTerm)
    const early = salvageProfile(file.subarray(0, friends + 99), crypto)
    assert.deepEqual([early?.longTerm, early?.friends], [profile.longTerm, []])
    assert.equal(salvageProfile(file.subarray(0, at('nospam and keys') + 30), crypto), undefined)
  })

  it('is not filled up by millions of sections', () => {
    const sections = new Uint8Array(8 + 8 * 1_000_000)
    sections.set(file.subarray(0, 8))
    for (let at = 8; at < sections.length; at += 8) sections.set([0, 0, 0, 0, 0x55, 0x55, 0xce, 0x01], at)
    const { damages, sections: told, savedata } = reportProfile(sections, crypto)
    assert.match(damages[0]!.text, /more than 1000 sections/)
    assert.ok(told.length < 100)
    assert.equal(savedata, undefined)
    assert.equal(salvageProfile(sections, crypto), undefined)
  })

  it('finds what c-toxcore saves sound', async function () {
    const obstacle = judgeObstacle()
    if (obstacle !== undefined) {
      this.test!.title += ` [${obstacle}]`
      this.skip()
    }
    const [verdict] = await judge([file])
    assert.equal(verdict!.error, 'OK')
    assert.deepEqual(reportProfile(Buffer.from(verdict!.saved, 'hex'), crypto).damages, [])
  })
})
