// Conferences, the older kind of group chat.

import { ok, type Result } from '../../../src/base/index.js'
import type {
  ConferenceByIdError,
  ConferenceInviteError,
  ConferenceJoinError,
  ConferenceNotFound,
  ConferenceSendError,
  ConferenceTitleError,
  PeerQueryError,
} from '../../../src/conference/index.js'
import { CONFERENCE_TYPES } from '../engine-events.js'
import type { CoreInstance } from '../instance.js'
import { done } from './done.js'

function sizeOf<E extends string>(bytes: Result<Uint8Array, E>): Result<number, E> {
  return bytes.ok ? ok(bytes.value.length) : bytes
}

/** As c-toxcore: what is no normal message is an action. */
const NORMAL = 0

/** Nothing where there is no such conference: the function has no error, and answers whether there was an id. */
function idOf(tox: CoreInstance, conference: number): Uint8Array {
  const id = tox.engine.conferences.id(conference)
  return id.ok ? id.value : NOTHING
}

const NOTHING = new Uint8Array(0)

const withId = (tox: CoreInstance, id: Uint8Array): Result<number, ConferenceByIdError> =>
  tox.engine.conferences.byId(id)

export const conferenceFunctions = {
  tox_conference_new: (tox: CoreInstance) => tox.engine.conferences.create('text'),

  tox_conference_delete: (tox: CoreInstance, conference: number): Result<undefined, ConferenceNotFound> =>
    done(tox.engine.conferences.delete(conference)),

  tox_conference_peer_count: (tox: CoreInstance, conference: number): Result<number, PeerQueryError> =>
    tox.engine.conferences.peerCount(conference),

  tox_conference_peer_get_name_size: (tox: CoreInstance, conference: number, peer: number) =>
    sizeOf(tox.engine.conferences.peerName(conference, peer)),

  tox_conference_peer_get_name: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.peerName(conference, peer),

  tox_conference_peer_get_public_key: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.peerPublicKey(conference, peer),

  tox_conference_peer_number_is_ours: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.isOurs(conference, peer),

  tox_conference_offline_peer_count: (tox: CoreInstance, conference: number): Result<number, PeerQueryError> =>
    tox.engine.conferences.offlinePeerCount(conference),

  tox_conference_offline_peer_get_name_size: (tox: CoreInstance, conference: number, peer: number) =>
    sizeOf(tox.engine.conferences.offlinePeerName(conference, peer)),

  tox_conference_offline_peer_get_name: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.offlinePeerName(conference, peer),

  tox_conference_offline_peer_get_public_key: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.offlinePeerPublicKey(conference, peer),

  tox_conference_offline_peer_get_last_active: (tox: CoreInstance, conference: number, peer: number) =>
    tox.engine.conferences.offlinePeerLastActive(conference, peer),

  tox_conference_set_max_offline: (
    tox: CoreInstance,
    conference: number,
    max: number,
  ): Result<undefined, ConferenceNotFound> => done(tox.engine.conferences.setMaxOffline(conference, max)),

  tox_conference_invite(
    tox: CoreInstance,
    friendNumber: number,
    conference: number,
  ): Result<undefined, ConferenceInviteError> {
    tox.pace.talk(tox.clock.now())
    return done(tox.engine.conferences.invite(friendNumber, conference))
  },

  tox_conference_join(
    tox: CoreInstance,
    friendNumber: number,
    cookie: Uint8Array,
  ): Result<number, ConferenceJoinError> {
    tox.pace.talk(tox.clock.now())
    return tox.engine.conferences.join(friendNumber, cookie, 'text')
  },

  tox_conference_send_message(
    tox: CoreInstance,
    conference: number,
    type: number,
    text: Uint8Array,
  ): Result<undefined, ConferenceSendError> {
    tox.pace.talk(tox.clock.now())
    return done(tox.engine.conferences.sendMessage(conference, type === NORMAL ? 'normal' : 'action', text))
  },

  tox_conference_get_title_size: (tox: CoreInstance, conference: number) =>
    sizeOf(tox.engine.conferences.title(conference)),

  tox_conference_get_title: (tox: CoreInstance, conference: number) => tox.engine.conferences.title(conference),

  tox_conference_set_title(
    tox: CoreInstance,
    conference: number,
    title: Uint8Array,
  ): Result<undefined, ConferenceTitleError> {
    tox.pace.talk(tox.clock.now())
    return done(tox.engine.conferences.setTitle(conference, title))
  },

  tox_conference_get_chatlist_size: (tox: CoreInstance) => tox.engine.conferences.list().length,

  /** Numbers in the machine's byte order: a C array. */
  tox_conference_get_chatlist: (tox: CoreInstance) =>
    new Uint8Array(Uint32Array.from(tox.engine.conferences.list()).buffer),

  tox_conference_get_type(tox: CoreInstance, conference: number): Result<number, ConferenceNotFound> {
    const type = tox.engine.conferences.type(conference)
    return type.ok ? ok(CONFERENCE_TYPES.indexOf(type.value)) : type
  },

  tox_conference_get_id: idOf,
  tox_conference_get_uid: idOf,
  tox_conference_by_id: withId,
  tox_conference_by_uid: withId,
}
