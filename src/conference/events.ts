// What conferences report. Byte arrays are copies that belong to the receiver, except that of a message.

import type { MessageKind } from '../packet/messenger/message.js'

/** `'av'`: the peers may send each other audio beside text. */
export type ConferenceType = 'text' | 'av'

/** Who changed a title, when nobody said: those whom we asked for the peers told it, too. */
export const PEER_UNKNOWN = 2 ** 32 - 1

/**
 * The one sink of all events. A handler may call the conferences again, even leave the one that is reported. `peer` counts
 * from 0 to the number of peers, as `Conferences.peerName` and its like take it; any `peerListChanged` gives new numbers.
 */
export interface ConferenceEvents {
  /** A friend invites us; `cookie` is what `join` takes. */
  invite(friendNumber: number, type: ConferenceType, cookie: Uint8Array): void
  /** A conference that we joined knows us: from now on we may speak and invite. */
  connected(conference: number): void
  /** Our own messages come back as well. `text` is a view valid for the turn: copy what is kept. */
  message(conference: number, peer: number, kind: MessageKind, text: Uint8Array): void
  /** `peer` is PEER_UNKNOWN for the title that stood when we came. */
  title(conference: number, peer: number, title: Uint8Array): void
  peerName(conference: number, peer: number, name: Uint8Array): void
  /** Peers came, left, or changed places. */
  peerListChanged(conference: number): void
  /** Audio of a peer in a conference of type `'av'`; a view valid for the turn. */
  lossyPacket?(conference: number, peer: number, packet: Uint8Array): void
}
