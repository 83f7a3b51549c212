// The events of conferences: each is heard on the conference itself and, with the same object, on the Tox instance.

import type { ConferenceType } from '../../conference/index.js'
import type { Friend } from '../friend.js'
import type { Conference } from './conference.js'

/** Someone in a conference, as they were when asked for. */
export interface ConferencePeer {
  /** Their place in the list, as in the C API; anyone's coming or going may change it. */
  readonly number: number
  /** Their long-term public key: 64 upper-case hex digits. */
  readonly publicKey: string
  /** Any text at all: escape it before it meets a terminal or a page. Empty at first where somebody has just come. */
  readonly name: string
  /** Whether this is us. */
  readonly isSelf: boolean
}

/** Someone who is remembered, but not there. */
export interface OfflineConferencePeer {
  readonly publicKey: string
  readonly name: string
  /** When they were heard last. */
  readonly lastActive: Date
}

export interface ConferenceInvite {
  readonly friend: Friend
  /** `'av'`: with sound. */
  readonly type: ConferenceType
  /** The conference's lasting id: 64 upper-case hex digits. */
  readonly id: string
  /**
   * Joins. The conference is there at once and connects soon. Throws `TOX_ERR_CONFERENCE_JOIN_…`, such as `…_FAIL_SEND` when the
   * friend has gone offline, and `…_WRONG_TYPE` for a conference with sound: those cannot be joined yet.
   */
  accept(): Conference
}

export interface ConferenceMessage {
  readonly conference: Conference
  readonly peer: ConferencePeer
  readonly text: string
  readonly kind: 'normal' | 'action'
}

export interface ConferenceTitle {
  readonly conference: Conference
  readonly title: string
  /** Who changed it; `undefined` for the title that we found on joining. */
  readonly peer: ConferencePeer | undefined
}

export interface ConferencePeerName {
  readonly conference: Conference
  readonly peer: ConferencePeer
  readonly name: string
  readonly previous: string
}

export interface ConferencePeers {
  readonly conference: Conference
  /** All who are there now. */
  readonly peers: readonly ConferencePeer[]
  readonly joined: readonly ConferencePeer[]
  readonly left: readonly ConferencePeer[]
}

/** Events of a `Conference`. */
export interface ConferenceEventMap {
  /** Somebody said something: we too, once somebody has received it. */
  message: [ConferenceMessage]
  title: [ConferenceTitle]
  /** Somebody who was there already has another name. */
  peerName: [ConferencePeerName]
  /** Peers came or left; many at once are told together. */
  peers: [ConferencePeers]
  /** We have joined: we may speak and invite. */
  connected: [{ readonly conference: Conference }]
}

/** Events of a `Tox` that conferences bring. */
export interface ToxConferenceEventMap {
  /** A friend invites us to a conference. */
  conferenceInvite: [ConferenceInvite]
  conferenceMessage: [ConferenceMessage]
  conferenceTitle: [ConferenceTitle]
  conferencePeerName: [ConferencePeerName]
  conferencePeers: [ConferencePeers]
  conferenceConnected: [{ readonly conference: Conference }]
}

/** The name of a conference's event on the Tox instance. */
export const ON_TOX = {
  message: 'conferenceMessage',
  title: 'conferenceTitle',
  peerName: 'conferencePeerName',
  peers: 'conferencePeers',
  connected: 'conferenceConnected',
} as const satisfies Record<keyof ConferenceEventMap, keyof ToxConferenceEventMap>
