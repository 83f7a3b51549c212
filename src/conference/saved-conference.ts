// Conferences as they are saved and come back: all peers are then frozen, until friends among them let us in again.
// Spec: State Format, Conferences.

import { CONFERENCE_TYPES } from '../packet/conference/index.js'
import type { Conference as SavedConference } from '../packet/savedata/index.js'
import type { Conference } from './conference.js'
import { Peer } from './peer.js'
import { FROZEN_MAX_DEFAULT } from './peer-list.js'

/** The next life begins so far ahead, for others may have seen messages that were sent after the saving. */
const MESSAGE_NUMBERS_AHEAD = 1 << 16
const LOSSY_NUMBERS_AHEAD = 1 << 13

/** `own` is our peer number. */
export function saveConference(conference: Conference, own: Peer): SavedConference {
  const { type, id, messageNumber, lossyNumber, roster, title } = conference
  const peers = [...roster.present, ...roster.frozen].filter((peer) => peer !== own)
  return {
    type: CONFERENCE_TYPES.indexOf(type),
    id,
    messageNumber: (messageNumber + MESSAGE_NUMBERS_AHEAD) >>> 0,
    lossyMessageNumber: (lossyNumber + LOSSY_NUMBERS_AHEAD) & 0xffff,
    peerNumber: own.number,
    peerCount: peers.length,
    title,
    peers: peers.map(({ publicKey, dhtPublicKey, number, lastActiveUnix, name }) => {
      return { publicKey, dhtPublicKey, peerNumber: number, lastActive: BigInt(lastActiveUnix), name }
    }),
  }
}

/** Peers, title and our own place. A peer whose number or key was there before is left out. */
export function restoreConference(conference: Conference, { title, peerNumber, peers }: SavedConference): void {
  conference.title = title.slice()
  // Whoever was remembered once, because the user had raised the number, is remembered on.
  if (peers.length > FROZEN_MAX_DEFAULT) conference.roster.maxFrozen = peers.length
  for (const saved of peers) {
    if (saved.peerNumber === peerNumber) continue
    const peer = new Peer(saved.peerNumber, saved.publicKey, saved.dhtPublicKey)
    peer.name = saved.name.slice()
    peer.lastActiveUnix = Number(saved.lastActive)
    conference.roster.restore(peer)
  }
  conference.enter(peerNumber)
}
