// Conferences (20): legacy group chats and who was in them. Spec: State Format, Conferences. Little endian.

import { sameBytes } from '../../base/index.js'
import { bytes, many, type Of, Reader, type Schema, sized, struct, u8, u16le, u32le, u64le } from '../../codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../crypto/keys.js'
import { NAME_MAX_BYTES } from '../messenger/nickname.js'

/** Someone who was in the conference: all but ourselves. */
export const ConferencePeer = struct(
  {
    publicKey: bytes<LongTermPublicKey>(32, 'long-term public key[32]'),
    dhtPublicKey: bytes<DhtPublicKey>(32, 'DHT public key[32]'),
    peerNumber: u16le,
    /** In seconds since 1970. */
    lastActive: u64le,
    name: sized(u8, NAME_MAX_BYTES),
  },
  'saved conference peer',
)
export type ConferencePeer = Of<typeof ConferencePeer>

const head = {
  type: u8,
  id: bytes(32, 'conference id[32]'),
  messageNumber: u32le,
  lossyMessageNumber: u16le,
  peerNumber: u16le,
  peerCount: u32le,
  title: sized(u8, NAME_MAX_BYTES),
}
const ConferenceHead = struct(head, 'saved conference head')
type ConferenceHead = Of<typeof ConferenceHead>

/** What is there at least: a conference without title and peers. */
const CONFERENCE_MIN_BYTES = ConferenceHead.minSize

export type Conference = ConferenceHead & { readonly peers: readonly ConferencePeer[] }

/** One conference. The count of peers stands in front of the title, the peers behind it. */
export const Conference: Schema<Conference> = {
  doc: 'saved conference',
  fields: [...Object.entries(head), ['peers', many(ConferencePeer)]] as readonly (readonly [string, Schema<unknown>])[],
  minSize: CONFERENCE_MIN_BYTES,
  maxSize: Number.POSITIVE_INFINITY,
  size: (value) => value.peers.reduce((sum, peer) => sum + ConferencePeer.size(peer), ConferenceHead.size(value)),
  write(writer, value) {
    ConferenceHead.write(writer, { ...value, peerCount: value.peers.length })
    for (const peer of value.peers) ConferencePeer.write(writer, peer)
  },
  read(reader) {
    const value = ConferenceHead.read(reader)
    const peers: ConferencePeer[] = []
    while (!reader.failed && peers.length < value.peerCount) peers.push(ConferencePeer.read(reader))
    return { ...value, peers }
  },
}

/** The conferences of a section; fewer bytes at its end than any conference has are left alone. */
export function readConferences(section: Uint8Array): Conference[] | undefined {
  const reader = new Reader(section)
  const conferences: Conference[] = []
  while (reader.left >= CONFERENCE_MIN_BYTES) {
    conferences.push(Conference.read(reader))
    if (reader.failed) return undefined
  }
  return conferences
}

/**
 * Whether c-toxcore loads this section for the owner of `publicKey`, for a file must not load in one and fail in the other.
 * Malformed ones it refuses, and those in which our own peer number belongs to somebody else.
 */
export function acceptsConferences(section: Uint8Array, publicKey: LongTermPublicKey): boolean {
  return (
    readConferences(section)?.every(({ peerNumber, peers }) => {
      const ourselves = peers.find((peer) => peer.peerNumber === peerNumber)
      return ourselves === undefined || sameBytes(ourselves.publicKey, publicKey)
    }) ?? false
  )
}
