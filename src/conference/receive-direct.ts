// Packets between two linked peers: who is there, and what the title is. Spec: Group, Peer query packet and those around it.

import { sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import {
  DirectKind,
  PEERS_MAX_BYTES,
  PeerEntry,
  PeerIntroduced,
  PeerList,
  PeerQuery,
  TitleAnswer,
} from '../packet/conference/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { Conference } from './conference.js'
import { type Link, LinkReason } from './links.js'

const HEAD = { id: PacketId.CONFERENCE_DIRECT, conferenceNumber: 0 } as const
/** Where the kind stands: behind id and conference number. */
const KIND_AT = 1 + 2

/** Handles one direct packet. */
export function receiveDirect(conference: Conference, link: Link, packet: Uint8Array): void {
  if (!handle(conference, link, packet)) conference.context.env.drops.count('conference/direct packet refused')
}

function handle(conference: Conference, link: Link, packet: Uint8Array): boolean {
  switch (packet[KIND_AT]) {
    case DirectKind.INTRODUCED: {
      if (decode(PeerIntroduced, packet) === undefined) return false
      conference.links.release(link, LinkReason.INTRODUCING)
      return true
    }
    case DirectKind.QUERY:
      return decode(PeerQuery, packet) !== undefined && answer(conference, link)
    case DirectKind.PEERS: {
      const list = decode(PeerList, packet)
      if (list === undefined) return false
      for (const peer of list.peers) meet(conference, peer)
      return true
    }
    case DirectKind.TITLE: {
      const told = decode(TitleAnswer, packet)
      if (told === undefined) return false
      if (!conference.isTitleFresh) conference.retitle(undefined, told.title)
      return true
    }
    default:
      return false
  }
}

/** Tells peers, as many packets as it takes, and the title. */
function answer(conference: Conference, link: Link): boolean {
  const { roster, context } = conference
  if (!link.isOnline || !link.answers.take(context.env.clock.now())) return false
  let peers: PeerEntry[] = []
  let bytes = 0
  const flush = (): boolean => link.send(encode(PeerList, { ...HEAD, kind: DirectKind.PEERS, peers }))
  for (const { number: peerNumber, publicKey, dhtPublicKey, name } of roster.present) {
    const entry: PeerEntry = { peerNumber, publicKey, dhtPublicKey, name }
    const size = PeerEntry.size(entry)
    if (bytes + size > PEERS_MAX_BYTES) {
      // A full send window: what is missing is asked for again.
      if (!flush()) return true
      peers = []
      bytes = 0
    }
    peers.push(entry)
    bytes += size
  }
  if (peers.length > 0 && !flush()) return true
  const { title } = conference
  if (title.length > 0) link.send(encode(TitleAnswer, { ...HEAD, kind: DirectKind.TITLE, title }))
  return true
}

/** One peer of a list; ourselves among them, when we do not know yet who we are. */
function meet(conference: Conference, told: PeerEntry): void {
  const { roster, context, state, number } = conference
  if (state === 'joining' && sameBytes(told.publicKey, context.publicKey)) {
    if (!conference.enterAsNewcomer(told.peerNumber)) return
    context.events.connected(number)
    conference.tellPeers()
    return
  }
  if (state === 'left') return
  const peer = roster.meet(told, false)
  const isNameless = peer !== undefined && !peer.isFrozen && !peer.hasToldName
  if (isNameless && told.name.length > 0) conference.renamePeer(peer, told.name)
}
