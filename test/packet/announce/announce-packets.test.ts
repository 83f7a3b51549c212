import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toHex } from '../../../src/base/index.js'
import { decode, encode } from '../../../src/codec/index.js'
import type { DhtPublicKey, EphemeralPublicKey, Nonce } from '../../../src/crypto/keys.js'
import {
  announcement,
  DATA_SEARCH_REQUEST_MIN_BYTES,
  dataRetrieveRequest,
  dataRetrieveRequestPacket,
  dataRetrieveResponse,
  dataRetrieveResponsePacket,
  dataSearchRequest,
  dataSearchRequestPacket,
  dataSearchResponse,
  dataSearchResponsePacket,
  storeAnnounceRequest,
  storeAnnounceRequestPacket,
  storeAnnounceResponse,
  storeAnnounceResponsePacket,
} from '../../../src/packet/announce/index.js'
import { nodeInfos } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const requestId = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const dataPublicKey = bytesOf<EphemeralPublicKey>(32)
const seconds = fc.nat(0xffff_ffff)
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const frame = <const K extends number>(kind: K, min: number, max = min) =>
  fc.record({
    kind: fc.constant(kind),
    sender: bytesOf<DhtPublicKey>(32),
    nonce: bytesOf<Nonce>(24),
    box: bytesBetween(min + 16, max + 16),
  })

schemaLaws(
  'data search request',
  dataSearchRequest,
  fc.record({ dataPublicKey, previousHash: maybe(bytesOf(32)), requestId }),
)
schemaLaws(
  'data search response',
  dataSearchResponse,
  fc.record({
    dataPublicKey,
    answer: maybe(
      fc.record({
        storedHash: maybe(bytesOf(32)),
        auth: bytesOf(32),
        wouldStore: fc.boolean(),
        nodes: fc.array(nodeInfos, { maxLength: 4 }),
      }),
    ),
    requestId,
  }),
  // IPv4 inside IPv6 is read as IPv4.
  { canonical: false },
)
schemaLaws(
  'data retrieve request',
  dataRetrieveRequest,
  fc.record({ dataPublicKey, reserved: fc.constant(0 as const), auth: bytesOf(32), requestId }),
)
schemaLaws(
  'data retrieve response',
  dataRetrieveResponse,
  fc.record({ dataPublicKey, isStored: fc.constant(1 as const), data: bytesBetween(0, 512), requestId }),
  { runs: 20 },
)
schemaLaws(
  'announcement',
  announcement,
  fc.record({ auth: bytesOf(32), lifetimeSeconds: seconds, isRenewal: fc.boolean(), content: bytesBetween(0, 512) }),
  { runs: 20 },
)
schemaLaws(
  'store announce request',
  storeAnnounceRequest,
  fc.record({ dataPublicKey, nonce: bytesOf<Nonce>(24), box: bytesBetween(53, 565), requestId }),
  { runs: 20 },
)
schemaLaws(
  'store announce response',
  storeAnnounceResponse,
  fc.record({ dataPublicKey, lifetimeSeconds: seconds, unixSeconds: requestId, requestId }),
)
schemaLaws('data search request packet', dataSearchRequestPacket, frame(0x93, 40, 72), { runs: 20 })
schemaLaws('data search response packet', dataSearchResponsePacket, frame(0x94, 40, 311), { runs: 20 })
schemaLaws('data retrieve request packet', dataRetrieveRequestPacket, frame(0x95, 73), { runs: 20 })
schemaLaws('data retrieve response packet', dataRetrieveResponsePacket, frame(0x96, 41, 553), { runs: 20 })
schemaLaws('store announce request packet', storeAnnounceRequestPacket, frame(0x97, 117, 629), { runs: 20 })
schemaLaws('store announce response packet', storeAnnounceResponsePacket, frame(0x98, 52), { runs: 20 })

describe('announcement packets on the wire', () => {
  const key = new Uint8Array(32).fill(0xab) as EphemeralPublicKey
  const hex = (bytes: Uint8Array): string => toHex(bytes).toLowerCase()
  const id = 0x0102030405060708n
  const ID = '0102030405060708'
  const KEY = 'ab'.repeat(32)
  const hash = new Uint8Array(32).fill(0xcd)

  it('lays out searches as c-toxcore does', () => {
    assert.equal(DATA_SEARCH_REQUEST_MIN_BYTES, 113)
    const request = { dataPublicKey: key, previousHash: undefined, requestId: id }
    assert.equal(hex(encode(dataSearchRequest, request)), `${KEY}${ID}`)
    assert.equal(hex(encode(dataSearchRequest, { ...request, previousHash: hash })), `${KEY}${'cd'.repeat(32)}${ID}`)
    const auth = new Uint8Array(32).fill(0xee)
    const answer = { storedHash: undefined, auth, wouldStore: true, nodes: [] }
    const response = { dataPublicKey: key, answer, requestId: id }
    assert.equal(hex(encode(dataSearchResponse, response)), `${KEY}00${'ee'.repeat(32)}0100${ID}`)
    const held = { ...response, answer: { ...answer, storedHash: hash } }
    assert.equal(hex(encode(dataSearchResponse, held)), `${KEY}01${'cd'.repeat(32)}${'ee'.repeat(32)}0100${ID}`)
    assert.equal(hex(encode(dataSearchResponse, { ...response, answer: undefined })), `${KEY}${ID}`)
  })

  it('lays out retrievals and announcements as c-toxcore does', () => {
    const auth = new Uint8Array(32).fill(0xee)
    const retrieve = { dataPublicKey: key, reserved: 0 as const, auth, requestId: id }
    assert.equal(hex(encode(dataRetrieveRequest, retrieve)), `${KEY}00${'ee'.repeat(32)}${ID}`)
    const handed = { dataPublicKey: key, isStored: 1 as const, data: Uint8Array.of(5, 6), requestId: id }
    assert.equal(hex(encode(dataRetrieveResponse, handed)), `${KEY}010506${ID}`)
    const plain = { auth, lifetimeSeconds: 258, isRenewal: false, content: Uint8Array.of(5, 6) }
    assert.equal(hex(encode(announcement, plain)), `${'ee'.repeat(32)}00000102000506`)
    const stored = { dataPublicKey: key, lifetimeSeconds: 258, unixSeconds: 3n, requestId: id }
    assert.equal(hex(encode(storeAnnounceResponse, stored)), `${KEY}000001020000000000000003${ID}`)
  })

  it('takes a hash or none, and nothing in between', () => {
    for (let extra = 0; extra <= 40; extra++) {
      const isWhole = extra === 0 || extra === 32
      assert.equal(decode(dataSearchRequest, new Uint8Array(40 + extra)) !== undefined, isWhole, `${extra} bytes more`)
    }
  })
})
