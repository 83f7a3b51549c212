import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decode, encode } from '../../../src/codec/index.js'
import {
  ConferenceAccept,
  ConferenceCookie,
  ConferenceInvite,
  ConferenceLossy,
  ConferenceMember,
  ConferenceMessage,
  ConferenceOnline,
  ConferenceRejoin,
  ConferenceText,
  ConferenceTitle,
  DirectKind,
  LeavingPeer,
  NewPeer,
  PEERS_MAX_BYTES,
  PeerEntry,
  PeerIntroduced,
  PeerList,
  PeerName,
  PeerQuery,
  readdress,
  TitleAnswer,
} from '../../../src/packet/conference/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../../../src/packet/friend/packet-id.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const u8 = fc.integer({ min: 0, max: 255 })
const u16 = fc.integer({ min: 0, max: 65_535 })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const constant = <const T>(value: T) => fc.constant(value)
const identity = { type: u8, conferenceId: bytesOf(32) }
const cookie = fc.record({ conferenceNumber: u16, ...identity })

const invitation = <const K extends number>(kind: K) => ({
  id: constant(PacketId.CONFERENCE_INVITE),
  kind: constant(kind),
})
schemaLaws('conference cookie', ConferenceCookie, cookie)
schemaLaws('conference invitation', ConferenceInvite, fc.record({ ...invitation(0), cookie }))
const accept = { ...invitation(1), conferenceNumber: u16, cookie }
schemaLaws('conference acceptance', ConferenceAccept, fc.record(accept))
const member = { ...invitation(2), conferenceNumber: u16, cookie, peerNumber: u16 }
schemaLaws('conference membership', ConferenceMember, fc.record(member))
const online = { id: constant(PacketId.CONFERENCE_ONLINE), conferenceNumber: u16, ...identity }
schemaLaws('conference online', ConferenceOnline, fc.record(online))
schemaLaws('conference rejoin', ConferenceRejoin, fc.record({ id: constant(PacketId.CONFERENCE_REJOIN), ...identity }))

const direct = <const K extends number>(kind: K) => ({
  id: constant(PacketId.CONFERENCE_DIRECT),
  conferenceNumber: u16,
  kind: constant(kind),
})
const entry = fc.record({
  peerNumber: u16,
  publicKey: bytesOf(32),
  dhtPublicKey: bytesOf(32),
  name: bytesBetween(0, 128),
}) as unknown as fc.Arbitrary<PeerEntry>
schemaLaws('peer introduced', PeerIntroduced, fc.record(direct(DirectKind.INTRODUCED)))
schemaLaws('peer query', PeerQuery, fc.record(direct(DirectKind.QUERY)))
schemaLaws('peer entry', PeerEntry, entry, { runs: 10 })
const peers = fc.array(entry, { minLength: 1, maxLength: 4 })
schemaLaws('peer list', PeerList, fc.record({ ...direct(DirectKind.PEERS), peers }), { runs: 5 })
schemaLaws('title answer', TitleAnswer, fc.record({ ...direct(DirectKind.TITLE), title: bytesBetween(1, 128) }))

const message = fc.record({
  id: constant(PacketId.CONFERENCE_MESSAGE),
  conferenceNumber: u16,
  peerNumber: u16,
  messageNumber: u32,
  kind: u8,
  data: bytesBetween(0, 1363),
})
schemaLaws('conference message', ConferenceMessage, message, { runs: 10 })
const newPeer = fc.record({ peerNumber: u16, publicKey: bytesOf(32), dhtPublicKey: bytesOf(32) })
schemaLaws('new peer', NewPeer, newPeer as unknown as fc.Arbitrary<NewPeer>)
schemaLaws('leaving peer', LeavingPeer, fc.record({ peerNumber: u16 }))
schemaLaws('peer name', PeerName, bytesBetween(0, 128))
schemaLaws('conference title', ConferenceTitle, bytesBetween(1, 128))
schemaLaws('conference text', ConferenceText, bytesBetween(1, 1363), { runs: 5 })
const lossy = fc.record({
  id: constant(PacketId.CONFERENCE_LOSSY),
  conferenceNumber: u16,
  peerNumber: u16,
  packetNumber: u16,
  data: bytesBetween(1, 1366),
})
schemaLaws('conference lossy packet', ConferenceLossy, lossy, { runs: 5 })

describe('conference packets', () => {
  const conferenceId = new Uint8Array(32).fill(0xc1)
  const key = (byte: number) => new Uint8Array(32).fill(byte) as never
  const cookieOf = (conferenceNumber: number) => ({ conferenceNumber, type: 0, conferenceId })

  it('have the bytes of the specification where friends let each other in', () => {
    const id = [...conferenceId]
    assert.deepEqual([...encode(ConferenceCookie, cookieOf(0x0102))], [1, 2, 0, ...id])
    assert.deepEqual(
      [...encode(ConferenceInvite, { id: 96, kind: 0, cookie: cookieOf(0x0102) })],
      [96, 0, 1, 2, 0, ...id],
    )
    const answer = { id: 96, conferenceNumber: 0x0304, cookie: cookieOf(0x0102) } as const
    assert.deepEqual([...encode(ConferenceAccept, { ...answer, kind: 1 })], [96, 1, 3, 4, 1, 2, 0, ...id])
    const asMember = encode(ConferenceMember, { ...answer, kind: 2, peerNumber: 0x0506 })
    assert.deepEqual([...asMember], [96, 2, 3, 4, 1, 2, 0, ...id, 5, 6])
    assert.deepEqual([...encode(ConferenceOnline, { id: 97, ...cookieOf(0x0102) })], [97, 1, 2, 0, ...id])
    assert.deepEqual([...encode(ConferenceRejoin, { id: 100, type: 1, conferenceId })], [100, 1, ...id])
  })

  it('have the bytes of the specification between two who are linked', () => {
    const head = { id: 98, conferenceNumber: 0x0102 } as const
    assert.deepEqual([...encode(PeerIntroduced, { ...head, kind: 1 })], [98, 1, 2, 1])
    assert.deepEqual([...encode(PeerQuery, { ...head, kind: 8 })], [98, 1, 2, 8])
    const one: PeerEntry = {
      peerNumber: 0x0304,
      publicKey: key(0xaa),
      dhtPublicKey: key(0xbb),
      name: Uint8Array.of(0x61),
    }
    const listed = [3, 4, ...key(0xaa), ...key(0xbb), 1, 0x61]
    assert.deepEqual(
      [...encode(PeerList, { ...head, kind: 9, peers: [one, one] })],
      [98, 1, 2, 9, ...listed, ...listed],
    )
    assert.deepEqual([...encode(TitleAnswer, { ...head, kind: 10, title: Uint8Array.of(0x62) })], [98, 1, 2, 10, 0x62])
  })

  it('have the bytes of the specification where they go to all', () => {
    const head = { conferenceNumber: 0x0102, peerNumber: 0x0304 } as const
    const said = { id: 99, ...head, messageNumber: 0x05060708, kind: 64, data: Uint8Array.of(0x68, 0x69) } as const
    const packet = encode(ConferenceMessage, said)
    assert.deepEqual([...packet], [99, 1, 2, 3, 4, 5, 6, 7, 8, 64, 0x68, 0x69])
    readdress(packet, 0xa1b2)
    assert.deepEqual(decode(ConferenceMessage, packet), { ...said, conferenceNumber: 0xa1b2 })
    const newPeer = encode(NewPeer, { peerNumber: 0x0102, publicKey: key(0xaa), dhtPublicKey: key(0xbb) })
    assert.deepEqual([...newPeer], [1, 2, ...key(0xaa), ...key(0xbb)])
    assert.deepEqual([...encode(LeavingPeer, { peerNumber: 0x0102 })], [1, 2])
    const audio = encode(ConferenceLossy, { id: 199, ...head, packetNumber: 0x0506, data: Uint8Array.of(192, 7) })
    assert.deepEqual([...audio], [199, 1, 2, 3, 4, 5, 6, 192, 7])
  })

  it('fill a session packet and no more', () => {
    const data = new Uint8Array(1363)
    const longest = encode(ConferenceMessage, {
      id: 99,
      conferenceNumber: 0,
      peerNumber: 0,
      messageNumber: 0,
      kind: 64,
      data,
    })
    assert.equal(longest.length, SESSION_PACKET_MAX_BYTES)
    assert.equal(PEERS_MAX_BYTES + 4, SESSION_PACKET_MAX_BYTES)
  })
})
