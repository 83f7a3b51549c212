// Each file loads, or is refused, exactly as c-toxcore 0.2.18 does it, and what we save again means the same to it.

import assert from 'node:assert/strict'
import { toHex } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { USER_STATUSES } from '../../src/packet/messenger/user-status.js'
import { PATH_NODES_MAX, readSections, SECTION_COOKIE, SectionType } from '../../src/packet/savedata/index.js'
import { encodeSavedata, parseSavedata, type Savedata, type SavedFriend } from '../../src/tox/savedata.js'
import { formatToxId } from '../../src/tox/tox-id.js'
import { seededRandom } from '../support/env.js'
import { damaged, richProfile, savedataVectors } from '../support/savedata.js'
import { judge, judgeObstacle, type Verdict } from '../support/savedata-judge.js'

const MUTATIONS = 400

describe('savedata beside c-toxcore', () => {
  const obstacle = judgeObstacle()
  let crypto: Crypto

  before(async function () {
    if (obstacle !== undefined) {
      this.test!.parent!.title += ` [${obstacle}]`
      this.skip()
    }
    crypto = await loadCrypto()
  })

  /** Compares both verdicts on every file, then c-toxcore's on what each side saves again. */
  async function compare(files: readonly { name: string; bytes: Uint8Array }[]): Promise<Record<string, number>> {
    const verdicts = await judge(files.map(({ bytes }) => bytes))
    const counts: Record<string, number> = {}
    const again: { name: string; profile: Savedata; verdict: Verdict }[] = []
    files.forEach(({ name, bytes }, i) => {
      const verdict = verdicts[i]!
      counts[verdict.error] = (counts[verdict.error] ?? 0) + 1
      if (verdict.error === 'ABORTED') return
      const result = parseSavedata(bytes, crypto)
      assert.equal(result.ok ? 'OK' : ERRORS[result.error], verdict.error, name)
      if (!result.ok) return
      const keyless = toHex(result.value.longTerm.secretKey).toLowerCase() !== verdict.secretKey
      if (keyless) assert.notDeepEqual(load(bytes).longTerm, result.value.longTerm, `${name}: keys are in the file`)
      assert.deepEqual(ours(result.value, keyless), theirs(verdict, keyless), name)
      const [saved, kept] = [load(fromHexText(verdict.saved)), result.value].map((one) =>
        comparable(one, bytes, keyless),
      )
      assert.deepEqual(saved, kept, name)
      again.push({ name, profile: result.value, verdict })
    })
    const resaved = await judge(again.map(({ profile }) => encodeSavedata(profile)))
    again.forEach(({ name, profile }, i) => {
      assert.equal(resaved[i]!.error, 'OK', `${name} saved by us`)
      assert.deepEqual(theirs(resaved[i]!, false), ours(profile, false), `${name} saved by us`)
    })
    return counts
  }

  const load = (bytes: Uint8Array): Savedata => {
    const result = parseSavedata(bytes, crypto)
    assert.ok(result.ok)
    return result.value
  }

  it('judges the files of the corpus alike', async function () {
    const files = savedataVectors()
    if (files.length === 0) this.skip()
    const counts = await compare(files)
    assert.ok(counts.OK! > 10 && counts.LOAD_BAD_FORMAT! > 10, JSON.stringify(counts))
  })

  it(`judges ${MUTATIONS} mutations of a rich profile alike`, async () => {
    const random = seededRandom(20)
    const whole = { name: 'the rich profile', bytes: encodeSavedata(richProfile(crypto)) }
    const mutants = Array.from({ length: MUTATIONS }, (_, i) => ({
      name: `mutation ${i}`,
      bytes: damaged(whole.bytes, random),
    }))
    const counts = await compare([whole, ...mutants])
    assert.ok(counts.OK! > 50 && counts.LOAD_BAD_FORMAT! > 50, JSON.stringify(counts))
  })

  it('saves conferences so that c-toxcore knows them again, and reads them as it saves them', async () => {
    const rich = richProfile(crypto)
    const [verdict] = await judge([encodeSavedata(rich)])
    // Each life counts messages from farther ahead.
    const again = rich.conferences.map((one) => ({
      ...one,
      messageNumber: one.messageNumber + 2 ** 16,
      lossyMessageNumber: one.lossyMessageNumber + 2 ** 13,
    }))
    assert.deepEqual(load(fromHexText(verdict!.saved)).conferences, again)
  })

  it('judges requests of every telling length alike', async () => {
    const rich = richProfile(crypto)
    const [, pending] = rich.friends
    const file = encodeSavedata({ ...rich, others: [], conferences: [], friends: [pending!] })
    // Behind the file's header, three section headers, keys, and the DHT section: the size field of the request.
    const at = file.length - endOf(rich) - 2216 + 1 + 32 + 1024 + 1
    const sizes = [0, 1, 921, 922, 1015, 1016, 1017, 1024, 65_535]
    const files = sizes.map((size) => {
      const bytes = Uint8Array.from(file)
      new DataView(bytes.buffer).setUint16(at, size)
      return { name: `request of ${size} bytes`, bytes }
    })
    assert.deepEqual(await compare(files), { OK: sizes.length })
  })

  /** The bytes behind the friends: six sections, of which that of conferences is empty, and the end. */
  function endOf(rich: Savedata): number {
    const texts = rich.name.length + rich.statusMessage.length + 1
    return 7 * 8 + texts + (39 + 51) + (39 + 51)
  }
})

const ERRORS = { 'bad-format': 'LOAD_BAD_FORMAT', encrypted: 'LOAD_ENCRYPTED' } as const

const hex = (bytes: Uint8Array): string => toHex(bytes).toLowerCase()
const fromHexText = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** What the C API shows of a profile. */
function ours(profile: Savedata, keyless: boolean): object {
  const { publicKey, secretKey } = profile.longTerm
  return {
    ...(keyless
      ? {}
      : { toxId: formatToxId({ publicKey, nospam: profile.nospam }).toLowerCase(), secretKey: hex(secretKey) }),
    name: hex(profile.name),
    statusMessage: hex(profile.statusMessage),
    status: USER_STATUSES.indexOf(profile.status),
    friends: profile.friends.map(friendSeen),
  }
}

function friendSeen(friend: SavedFriend): object {
  const publicKey = hex(friend.publicKey)
  if (friend.state === 'pending') return { publicKey, name: '', statusMessage: '', status: 0, lastSeen: 0 }
  return {
    publicKey,
    name: hex(friend.name),
    statusMessage: hex(friend.statusMessage),
    status: USER_STATUSES.indexOf(friend.status),
    lastSeen: friend.lastSeenUnix,
  }
}

function theirs(verdict: Verdict, keyless: boolean): object {
  const { toxId, secretKey, name, statusMessage, status, friends } = verdict
  return {
    ...(keyless ? {} : { toxId, secretKey }),
    name,
    statusMessage,
    status,
    friends: friends.map((friend) => ({
      ...friend,
      // Numbers that are no status, which c-toxcore passes on, and moments that no clock reaches.
      status: friend.status > 2 ? 0 : friend.status,
      lastSeen: Math.min(Number(friend.lastSeen), Number.MAX_SAFE_INTEGER),
    })),
  }
}

/**
 * What both save alike: not the sections that only we keep, not conferences, whose numbers run on, and not the path nodes
 * of a file with more than 32 of them, where c-toxcore's ring has gone round.
 */
function comparable(
  { others, conferences, nospam, longTerm, pathNodes, ...rest }: Savedata,
  file: Uint8Array,
  keyless: boolean,
) {
  let lists = 0
  readSections(file.subarray(8), SECTION_COOKIE, ({ type }) => {
    if (type === SectionType.PATH_NODES) lists++
    return true
  })
  return { ...rest, ...(keyless ? {} : { nospam, longTerm }), ...(lists > 32 / PATH_NODES_MAX ? {} : { pathNodes }) }
}
