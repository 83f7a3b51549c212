// The parts of a `.tox` file obey the laws of every format, and node lists fail as a whole.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Endpoint } from '../../../src/base/index.js'
import type { DhtPublicKey } from '../../../src/crypto/keys.js'
import {
  Conference,
  ConferencePeer,
  FRIEND_RECORD_BYTES,
  FriendRecord,
  friendOfRecord,
  NospamAndKeys,
  readConferences,
  readDhtNodes,
  readNodes,
  readRelays,
  readSections,
  recordOfFriend,
  type SavedFriend,
  SectionHeader,
  writeDhtNodes,
  writeNodes,
  writeRelays,
  writeSections,
} from '../../../src/packet/savedata/index.js'
import { nodeInfos } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const u8s = fc.integer({ min: 0, max: 0xff })
const u16s = fc.integer({ min: 0, max: 0xffff })
const u32s = fc.integer({ min: 0, max: 0xffffffff })
const u64s = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

schemaLaws('SectionHeader', SectionHeader, fc.record({ size: u32s, type: u16s, cookie: u16s }))
schemaLaws(
  'NospamAndKeys',
  NospamAndKeys,
  fc.record({ nospam: bytesOf(4), publicKey: bytesOf(32), secretKey: bytesOf(32) }) as never,
)
schemaLaws(
  'FriendRecord',
  FriendRecord,
  fc.record({
    state: u8s,
    publicKey: bytesOf(32),
    requestMessage: bytesOf(1024),
    padding1: bytesOf(1),
    requestMessageSize: u16s,
    name: bytesOf(128),
    nameSize: u16s,
    statusMessage: bytesOf(1007),
    padding2: bytesOf(1),
    statusMessageSize: u16s,
    status: u8s,
    padding3: bytesOf(3),
    nospam: bytesOf(4),
    lastSeen: u64s,
  }) as never,
  { runs: 5 },
)

const peers = fc.record({
  publicKey: bytesOf(32),
  dhtPublicKey: bytesOf(32),
  peerNumber: u16s,
  lastActive: u64s,
  name: bytesBetween(0, 128),
}) as unknown as fc.Arbitrary<ConferencePeer>
const conferences = fc
  .record({
    type: u8s,
    id: bytesOf(32),
    messageNumber: u32s,
    lossyMessageNumber: u16s,
    peerNumber: u16s,
    title: bytesBetween(0, 128),
    peers: fc.array(peers, { maxLength: 4 }),
  })
  .map(({ title, peers, ...rest }): Conference => ({ ...rest, peerCount: peers.length, title, peers }))

schemaLaws('ConferencePeer', ConferencePeer, peers)
schemaLaws('Conference', Conference, conferences)

describe('parts of savedata', () => {
  it('has friend records of 2,216 bytes', () => assert.equal(FRIEND_RECORD_BYTES, 2216))

  it('forgets names and messages whose size cannot be', () => {
    const friend: SavedFriend = {
      state: 'confirmed',
      publicKey: new Uint8Array(32) as SavedFriend['publicKey'],
      name: new Uint8Array(128).fill(65),
      statusMessage: new Uint8Array(1007).fill(66),
      status: 'away',
      lastSeenUnix: 5,
    }
    const record = recordOfFriend(friend)
    assert.deepEqual(friendOfRecord(record), friend)
    const damaged = {
      ...record,
      nameSize: 129,
      statusMessageSize: 1008,
      status: 3,
      lastSeen: 2n ** 64n - 1n,
      state: 255,
    }
    assert.deepEqual(friendOfRecord(damaged), {
      ...friend,
      name: new Uint8Array(0),
      statusMessage: new Uint8Array(0),
      status: 'none',
      lastSeenUnix: Number.MAX_SAFE_INTEGER,
    })
  })

  it('round-trips lists of nodes and relays', () => {
    fc.assert(
      fc.property(fc.array(nodeInfos, { maxLength: 8 }), (drawn) => {
        const nodes = drawn.map((node) => ({ ...node }))
        assert.deepEqual(readNodes(writeNodes(nodes), 8), nodes)
        assert.deepEqual(readDhtNodes(writeDhtNodes(nodes)) ?? [], nodes)
        const relays = nodes.map(({ endpoint, publicKey }) => ({ relay: endpoint, publicKey }))
        assert.deepEqual(readRelays(writeRelays(relays)), relays)
      }),
      { numRuns: 50, seed: 1 },
    )
  })

  it('takes no node of a list with one bad node, and none beyond the most', () => {
    const node = { endpoint: Endpoint.parse('192.0.2.1', 33_445)!, publicKey: new Uint8Array(32) as DhtPublicKey }
    const list = writeNodes([node, node, node])
    assert.equal(readNodes(list.subarray(0, list.length - 1), 8), undefined)
    assert.equal(readNodes(list, 2)?.length, 2)
    assert.equal(readNodes(list.subarray(0, list.length - 1), 2)?.length, 2)
    assert.equal(readNodes(writeRelays([{ relay: node.endpoint, publicKey: node.publicKey }]), 8), undefined)
    assert.equal(readRelays(list)?.length, 3)
  })

  it('walks sections until told to stop, and says whether they are whole', () => {
    const sections = [1, 2, 3].map((type) => ({ type, bytes: new Uint8Array(type).fill(type) }))
    const bytes = writeSections(sections, 0x01ce)
    const walk = (from: Uint8Array, cookie = 0x01ce, stop = 0) => {
      const seen: number[] = []
      const whole = readSections(from, cookie, ({ type }) => seen.push(type) > 0 && type !== stop)
      return { whole, seen }
    }
    assert.deepEqual(walk(bytes), { whole: true, seen: [1, 2, 3] })
    assert.deepEqual(walk(bytes.subarray(0, 20), 0x01ce, 2), { whole: true, seen: [1, 2] })
    assert.deepEqual(walk(bytes.subarray(0, bytes.length - 1)), { whole: false, seen: [1, 2] })
    assert.deepEqual(walk(bytes, 0x11ce), { whole: false, seen: [] })
    assert.deepEqual(walk(new Uint8Array(0)), { whole: true, seen: [] })
  })

  it('reads no conference of a section with a damaged one', () => {
    assert.deepEqual(readConferences(new Uint8Array(45)), [])
    assert.equal(readConferences(new Uint8Array(47).fill(0xff)), undefined)
    assert.equal(readConferences(new Uint8Array(2 * 46))?.length, 2)
  })
})
