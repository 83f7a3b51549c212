// Lossy packets of conferences with audio. Spec: Group, Lossy Message packets.
// They are passed on to few: to the nearest and the farthest neighbour on the ring, and over every link that is there for
// another reason. Whoever gets one twice drops it.

import { decode, encode } from '../codec/index.js'
import { CONFERENCE_LOSSY_MAX_BYTES, ConferenceLossy, readdress } from '../packet/conference/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { Conference } from './conference.js'
import { type Link, LinkReason } from './links.js'
import { ringDistance, ringPosition } from './ring.js'

/** Handles one lossy packet and passes it on. */
export function receiveLossy(conference: Conference, link: Link, packet: Uint8Array): void {
  const { roster, context, type, number } = conference
  const drop = (why: string): void => context.env.drops.count(`conference/lossy packet ${why}`)
  if (type !== 'av') return drop('in a text conference')
  const lossy = decode(ConferenceLossy, packet)
  if (lossy === undefined) return drop('malformed')
  const sender = roster.ofNumber(lossy.peerNumber)
  if (sender === undefined || sender.isFrozen || sender === roster.own) return drop('of nobody')
  if (!sender.seenLossy.accept(lossy.packetNumber)) return drop('seen before')
  passOn(conference, packet.slice(), link)
  context.events.lossyPacket?.(number, sender.index, lossy.data)
}

/** Sends 1 to 1,366 bytes; false when nobody gets them. */
export function sendLossy(conference: Conference, data: Uint8Array): boolean {
  const { own } = conference.roster
  if (own === undefined || data.length === 0 || data.length > CONFERENCE_LOSSY_MAX_BYTES) return false
  const head = { id: PacketId.CONFERENCE_LOSSY, conferenceNumber: 0, peerNumber: own.number } as const
  const packet = encode(ConferenceLossy, { ...head, packetNumber: conference.lossyNumber, data })
  if (passOn(conference, packet) === 0) return false
  conference.lossyNumber = (conference.lossyNumber + 1) & 0xffff
  return true
}

function passOn({ links, context }: Conference, packet: Uint8Array, from?: Link): number {
  const others = links.list().filter((link) => link.isOnline && link !== from)
  const near = others.filter((link) => link.has(LinkReason.NEIGHBOUR))
  const own = ringPosition(context.publicKey)
  const distance = (link: Link): bigint => ringDistance(own, ringPosition(link.connection.publicKey))
  near.sort((a, b) => (distance(a) < distance(b) ? -1 : 1))
  const targets = new Set([...others.filter((link) => !near.includes(link)), ...near.slice(0, 1), ...near.slice(-1)])
  let sent = 0
  for (const link of targets) {
    readdress(packet, link.theirNumber)
    if (link.connection.sendLossy(packet)) sent++
  }
  return sent
}
