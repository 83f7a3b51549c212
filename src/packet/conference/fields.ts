// What the packets of conferences share. Spec: Group. Numbers are big endian, as everywhere on the network.

import { bytes, u8, u16 } from '../../codec/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../../crypto/keys.js'

export const CONFERENCE_ID_BYTES = 32

/** The number of a conference at one of its peers; every peer counts its own. */
export const conferenceNumber = u16
/** Who speaks: given by whoever invited them, 0 to the one who began. */
export const peerNumber = u16

/** What a conference is called by all of its peers: type and id. */
export const identity = {
  type: u8,
  conferenceId: bytes(CONFERENCE_ID_BYTES, 'conference id[32]'),
}

/** Values of `type`, in the order of their numbers. */
export const CONFERENCE_TYPES = ['text', 'av'] as const

export const longTermPublicKey = bytes<LongTermPublicKey>(32, 'long-term public key[32]')
export const dhtPublicKey = bytes<DhtPublicKey>(32, 'DHT public key[32]')
