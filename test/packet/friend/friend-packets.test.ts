import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decode, encode } from '../../../src/codec/index.js'
import { Alive } from '../../../src/packet/friend/alive.js'
import { DirectFriendRequest, OnionFriendRequest } from '../../../src/packet/friend/friend-request.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../../../src/packet/friend/packet-id.js'
import { ShareRelays } from '../../../src/packet/friend/share-relays.js'
import { endpoints } from '../../laws/arbitraries.js'
import { bytesBetween, bytesOf, schemaLaws } from '../../laws/schema-laws.js'

const relays = fc.record({
  address: fc.record({ protocol: fc.constantFrom('udp' as const, 'tcp' as const), endpoint: endpoints }),
  publicKey: bytesOf(32),
})

schemaLaws('alive', Alive, fc.constant({ id: PacketId.ALIVE }))
schemaLaws(
  'share relays',
  ShareRelays,
  fc.record({ id: fc.constant(PacketId.SHARE_RELAYS), relays: fc.array(relays, { maxLength: 3 }) }) as never,
  // An IPv4 address inside IPv6 has two encodings.
  { canonical: false },
)
const request = { nospam: bytesOf(4), message: bytesBetween(1, 1016) }
schemaLaws('friend request (onion)', OnionFriendRequest, fc.record({ kind: fc.constant(32 as const), ...request }), {
  runs: 10,
})
schemaLaws(
  'friend request (session)',
  DirectFriendRequest,
  fc.record({ id: fc.constant(PacketId.FRIEND_REQUEST), ...request }),
  { runs: 10 },
)

describe('friend packets', () => {
  it('have the bytes of the specification', () => {
    assert.deepEqual([...encode(Alive, { id: 16 })], [16])
    const nospam = Uint8Array.of(1, 2, 3, 4)
    const message = Uint8Array.of(0x68, 0x69)
    assert.deepEqual([...encode(OnionFriendRequest, { kind: 32, nospam, message })], [32, 1, 2, 3, 4, 0x68, 0x69])
    assert.deepEqual([...encode(DirectFriendRequest, { id: 18, nospam, message })], [18, 1, 2, 3, 4, 0x68, 0x69])
  })

  it('leave 1,373 bytes of a datagram to a session packet', () => {
    assert.equal(SESSION_PACKET_MAX_BYTES, 1373)
  })

  it('share at most three relays', () => {
    const one = [130, 10, 0, 0, 1, 0x0d, 0x3d, ...new Array<number>(32).fill(7)]
    assert.equal(decode(ShareRelays, Uint8Array.of(17, ...one, ...one, ...one))?.relays.length, 3)
    assert.equal(decode(ShareRelays, Uint8Array.of(17, ...one, ...one, ...one, ...one)), undefined)
  })
})
