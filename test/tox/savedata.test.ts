// The `.tox` file: round trips, what is forgiven, what is refused, and that no damage throws.

import assert from 'node:assert/strict'
import { concatBytes, toHex, toUtf8 } from '../../src/base/index.js'
import { encode } from '../../src/codec/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import {
  Conference,
  FriendRecord,
  recordOfFriend,
  type SavedFriend,
  SECTION_COOKIE,
  type Section,
  SectionType,
  writeSections,
} from '../../src/packet/savedata/index.js'
import { encodeSavedata, freshSavedata, parseSavedata, type Savedata } from '../../src/tox/savedata.js'
import { formatToxId } from '../../src/tox/tox-id.js'
import { seededRandom } from '../support/env.js'
import { damaged, richProfile, savedataVectors } from '../support/savedata.js'

const HEADER = Uint8Array.of(0, 0, 0, 0, 0x1f, 0x1b, 0xed, 0x15)
/** 1,000 in the fast lane; `SAVEDATA_MUTATIONS=10000` for the long one. */
const MUTATIONS = Number(process.env.SAVEDATA_MUTATIONS ?? 1_000)

describe('savedata', () => {
  let crypto: Crypto
  let rich: Savedata
  let file: Uint8Array

  before(async () => {
    crypto = await loadCrypto()
    rich = richProfile(crypto)
    file = encodeSavedata(rich)
  })

  const load = (bytes: Uint8Array): Savedata => {
    const result = parseSavedata(bytes, crypto)
    assert.ok(result.ok, result.ok ? '' : result.error)
    return result.value
  }
  const errorOf = (bytes: Uint8Array): string | undefined => {
    const result = parseSavedata(bytes, crypto)
    return result.ok ? undefined : result.error
  }
  const fileOf = (...sections: Section[]): Uint8Array => concatBytes(HEADER, writeSections(sections, SECTION_COOKIE))
  const friendsSection = (...friends: SavedFriend[]): Section => ({
    type: SectionType.FRIENDS,
    bytes: concatBytes(...friends.map((friend) => encode(FriendRecord, recordOfFriend(friend)))),
  })

  it('keeps everything', () => {
    assert.deepEqual(load(file), rich)
    assert.deepEqual(encodeSavedata(load(file)), file)
  })

  it('keeps sections that it does not know, byte for byte and in their places', () => {
    const types = (bytes: Uint8Array): number[] => {
      const found: number[] = []
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      for (let at = 8; at < bytes.length; at += 8 + view.getUint32(at, true)) found.push(view.getUint16(at + 4, true))
      return found
    }
    assert.deepEqual(types(file), [777, 1, 2, 3, 778, 4, 5, 6, 10, 11, 20, 21, 255])
    assert.deepEqual(types(encodeSavedata(load(file))), types(file))
  })

  // A Buffer is an Uint8Array whose `slice` copies nothing.
  for (const copyOf of [Uint8Array.from.bind(Uint8Array), Buffer.from.bind(Buffer)]) {
    it(`holds no view into the file: ${copyOf(new Uint8Array(0)).constructor.name}`, () => {
      const copy = copyOf(file)
      const profile = load(copy)
      copy.fill(0xff)
      assert.deepEqual(profile, rich)
    })
  }

  it('starts a profile with keys of its own', () => {
    const [a, b] = [freshSavedata(crypto), freshSavedata(crypto)]
    assert.notDeepEqual(a.longTerm, b.longTerm)
    assert.notDeepEqual(a.nospam, b.nospam)
    assert.deepEqual(crypto.publicKeyOf(a.longTerm.secretKey), a.longTerm.publicKey)
    assert.deepEqual(load(encodeSavedata(a)), a)
  })

  it('gives fresh keys to a file without any, as c-toxcore does', () => {
    const a = load(HEADER)
    assert.notDeepEqual(a.longTerm, load(HEADER).longTerm)
    assert.deepEqual(a.friends, [])
  })

  it('refuses what is no profile, and says when it is an encrypted one', () => {
    assert.equal(errorOf(new Uint8Array(0)), 'bad-format')
    assert.equal(errorOf(toUtf8('toxEsav')), 'bad-format')
    assert.equal(errorOf(toUtf8('toxEsave')), 'encrypted')
    assert.equal(errorOf(toUtf8('toxEsave and more')), 'encrypted')
    assert.equal(errorOf(HEADER.slice().fill(1, 0, 1)), 'bad-format')
    assert.equal(errorOf(HEADER.slice().fill(1, 7, 8)), 'bad-format')
  })

  it('refuses keys that do not belong together', () => {
    const wrong = { ...rich, longTerm: { ...rich.longTerm, publicKey: rich.friends[0]!.publicKey } }
    assert.equal(errorOf(encodeSavedata(wrong)), 'bad-format')
  })

  it('refuses bytes behind the last section, but not behind the end', () => {
    assert.equal(errorOf(concatBytes(file, Uint8Array.of(1))), undefined)
    assert.equal(errorOf(concatBytes(fileOf(), Uint8Array.of(1))), 'bad-format')
    assert.equal(errorOf(fileOf({ type: SectionType.END, bytes: Uint8Array.of(1) })), 'bad-format')
  })

  it('forgives sections that only cost comfort', () => {
    const junk = new Uint8Array(2_000).fill(0x55)
    const comforts = [SectionType.DHT, SectionType.NAME, SectionType.STATUS_MESSAGE, SectionType.STATUS]
    comforts.push(SectionType.TCP_RELAYS as never, SectionType.PATH_NODES as never)
    const profile = load(fileOf(...comforts.map((type) => ({ type, bytes: junk }))))
    assert.deepEqual([profile.name, profile.statusMessage], [new Uint8Array(0), new Uint8Array(0)])
    assert.deepEqual([profile.dhtNodes, profile.relays, profile.pathNodes], [[], [], []])
    assert.equal(profile.status, 'none')
  })

  it('leaves out friends that cannot be: ourselves, invalid keys, empty or endless requests, doubles', () => {
    const [confirmed, pending] = rich.friends as [SavedFriend, SavedFriend]
    const invalid = Uint8Array.from(confirmed.publicKey).fill(0xff) as SavedFriend['publicKey']
    const renewed = { ...pending, nospam: Uint8Array.of(9, 9, 9, 9) } as SavedFriend
    const identity: Section = { type: SectionType.NOSPAM_AND_KEYS, bytes: file.subarray(33, 33 + 68) }
    const profile = load(
      fileOf(
        identity,
        friendsSection(confirmed, { ...confirmed, name: toUtf8('double') } as SavedFriend, pending, renewed),
        friendsSection({ ...confirmed, publicKey: rich.longTerm.publicKey }, { ...confirmed, publicKey: invalid }),
        friendsSection({
          ...pending,
          publicKey: rich.friends[2]!.publicKey,
          requestMessage: new Uint8Array(0),
        } as never),
        friendsSection({
          ...pending,
          publicKey: rich.friends[2]!.publicKey,
          requestMessage: new Uint8Array(1017),
        } as never),
      ),
    )
    assert.deepEqual(profile.friends, [confirmed, renewed])
    assert.equal(errorOf(fileOf({ type: SectionType.FRIENDS, bytes: new Uint8Array(2215) })), 'bad-format')
  })

  it('refuses conferences in which our number is somebody else', () => {
    const peers = [{ ...PEER, publicKey: rich.friends[0]!.publicKey }]
    const conference = { ...CONFERENCE, peerCount: 1, peers }
    const section = (peerNumber: number): Section => ({
      type: SectionType.CONFERENCES,
      bytes: encode(Conference, { ...conference, peerNumber }),
    })
    assert.equal(errorOf(fileOf(section(1))), undefined)
    assert.equal(errorOf(fileOf(section(2))), 'bad-format')
  })

  it('refuses to write what could not be read', () => {
    assert.throws(() => encodeSavedata({ ...rich, name: new Uint8Array(129) }), RangeError)
    assert.throws(() => encodeSavedata({ ...rich, statusMessage: new Uint8Array(1008) }), RangeError)
  })

  it('writes no more DHT nodes than c-toxcore can read back', () => {
    const dhtNodes = Array.from({ length: 3_000 }, (_, i) => rich.dhtNodes[i % rich.dhtNodes.length]!)
    assert.equal(load(encodeSavedata({ ...rich, dhtNodes })).dhtNodes.length, 1_285)
  })

  it('answers every truncation with a profile or an error', () => {
    let loaded = 0
    for (let length = 0; length < file.length; length++) {
      const error = errorOf(file.subarray(0, length))
      if (error === undefined) loaded++
      else assert.equal(error, 'bad-format')
    }
    // A file may end behind any section, so a cut at each of the 13 borders before the last loads.
    assert.equal(loaded, 13)
  })

  it(`answers ${MUTATIONS} mutations with a profile that saves and loads again, or with an error`, () => {
    const random = seededRandom(7)
    for (let i = 0; i < MUTATIONS; i++) {
      const result = parseSavedata(damaged(file, random), crypto)
      if (!result.ok) continue
      assert.deepEqual(load(encodeSavedata(result.value)), result.value, `mutation ${i}`)
    }
  })

  it('loads the profile of another machine', function () {
    const little = savedataVectors().find(({ name }) => name === 'savedata/save.tox.little')
    if (little === undefined) this.skip()
    const profile = load(little.bytes)
    const toxId = formatToxId({ publicKey: profile.longTerm.publicKey, nospam: profile.nospam })
    assert.equal(toxId, 'E776E9A993EE3CAE04F5946D9AC66FBBAA8C63A95A94B41942353C6DC1739B4B4C762C7DA7B9')
    assert.equal(toHex(profile.nospam), '4C762C7D')
    assert.deepEqual([profile.name, profile.statusMessage], [toUtf8('name'), toUtf8('Hello World')])
    assert.equal(profile.friends.length, 1)
  })
})

const PEER = {
  dhtPublicKey: new Uint8Array(32),
  peerNumber: 2,
  lastActive: 0n,
  name: new Uint8Array(0),
} as unknown as Conference['peers'][number]

const CONFERENCE = {
  type: 0,
  id: new Uint8Array(32),
  messageNumber: 0,
  lossyMessageNumber: 0,
  title: new Uint8Array(0),
}
