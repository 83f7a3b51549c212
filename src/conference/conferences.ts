// All conferences of one instance. Spec: Group.

import { fail, type Result } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { MessageKind } from '../packet/messenger/message.js'
import type {
  ConferenceByIdError,
  ConferenceInviteError,
  ConferenceJoinError,
  ConferenceNewError,
  ConferenceNotFound,
  ConferenceSendError,
  ConferenceTitleError,
  PeerQueryError,
} from './errors.js'
import type { ConferenceEvents, ConferenceType } from './events.js'

export interface ConferencesDependencies {
  readonly events: ConferenceEvents
}

export class Conferences {
  constructor(_: ConferencesDependencies) {}

  /** Begins a conference with ourselves in it: its number. */
  create(_type: ConferenceType = 'text'): Result<number, ConferenceNewError> {
    return fail('init')
  }

  /** Joins the conference that a friend invites to; `type` must be that of the invitation: its number. */
  join(
    _friendNumber: number,
    _cookie: Uint8Array,
    _type: ConferenceType = 'text',
  ): Result<number, ConferenceJoinError> {
    return fail('init-fail')
  }

  /** Invites a friend who is online. */
  invite(_friendNumber: number, _conference: number): Result<void, ConferenceInviteError> {
    return fail('conference-not-found')
  }

  /** Leaves for good; the number may be given to another. */
  delete(_conference: number): Result<void, ConferenceNotFound> {
    return fail('conference-not-found')
  }

  /** Sends at most 1,363 bytes to all; they come back to us as an event once somebody has them. */
  sendMessage(_conference: number, _kind: MessageKind, _text: Uint8Array): Result<void, ConferenceSendError> {
    return fail('conference-not-found')
  }

  title(_conference: number): Result<Uint8Array, ConferenceTitleError> {
    return fail('conference-not-found')
  }

  /** 1 to 128 bytes. */
  setTitle(_conference: number, _title: Uint8Array): Result<void, ConferenceTitleError> {
    return fail('conference-not-found')
  }

  peerCount(_conference: number): Result<number, PeerQueryError> {
    return fail('conference-not-found')
  }

  peerName(_conference: number, _peer: number): Result<Uint8Array, PeerQueryError> {
    return fail('conference-not-found')
  }

  peerPublicKey(_conference: number, _peer: number): Result<LongTermPublicKey, PeerQueryError> {
    return fail('conference-not-found')
  }

  isOurs(_conference: number, _peer: number): Result<boolean, PeerQueryError> {
    return fail('conference-not-found')
  }

  offlinePeerCount(_conference: number): Result<number, PeerQueryError> {
    return fail('conference-not-found')
  }

  offlinePeerName(_conference: number, _peer: number): Result<Uint8Array, PeerQueryError> {
    return fail('conference-not-found')
  }

  offlinePeerPublicKey(_conference: number, _peer: number): Result<LongTermPublicKey, PeerQueryError> {
    return fail('conference-not-found')
  }

  /** In seconds since 1970. */
  offlinePeerLastActive(_conference: number, _peer: number): Result<number, PeerQueryError> {
    return fail('conference-not-found')
  }

  /** How many offline peers are remembered, 128 unless told. */
  setMaxOffline(_conference: number, _max: number): Result<void, ConferenceNotFound> {
    return fail('conference-not-found')
  }

  type(_conference: number): Result<ConferenceType, ConferenceNotFound> {
    return fail('conference-not-found')
  }

  /** 32 bytes, the same for all its peers (`tox_conference_get_id` and `_get_uid`). */
  id(_conference: number): Result<Uint8Array, ConferenceNotFound> {
    return fail('conference-not-found')
  }

  byId(_id: Uint8Array): Result<number, ConferenceByIdError> {
    return fail('not-found')
  }

  /** All numbers, rising. */
  list(): readonly number[] {
    return []
  }
}
