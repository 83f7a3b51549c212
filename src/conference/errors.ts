// Why a call about conferences fails: closed sets, each named one to one after an enum of the C API (TOX_ERR_CONFERENCE_JOIN_
// WRONG_TYPE is 'wrong-type').

/** TOX_ERR_CONFERENCE_NEW. All 65,536 numbers are taken. */
export type ConferenceNewError = 'init'

/** TOX_ERR_CONFERENCE_DELETE, _GET_TYPE and _SET_MAX_OFFLINE. */
export type ConferenceNotFound = 'conference-not-found'

/** TOX_ERR_CONFERENCE_PEER_QUERY. */
export type PeerQueryError =
  | 'conference-not-found'
  | 'peer-not-found'
  /** We do not know yet who we are in there. */
  | 'no-connection'

/** TOX_ERR_CONFERENCE_INVITE. */
export type ConferenceInviteError = 'conference-not-found' | 'fail-send' | 'no-connection'

/** TOX_ERR_CONFERENCE_JOIN. */
export type ConferenceJoinError =
  | 'invalid-length'
  /** The cookie is of another type than the caller wants. */
  | 'wrong-type'
  | 'friend-not-found'
  /** We are in that conference. */
  | 'duplicate'
  | 'init-fail'
  | 'fail-send'

/** TOX_ERR_CONFERENCE_SEND_MESSAGE. */
export type ConferenceSendError = 'conference-not-found' | 'too-long' | 'no-connection' | 'fail-send'

/** TOX_ERR_CONFERENCE_TITLE. An empty title is none: 'invalid-length'. */
export type ConferenceTitleError = 'conference-not-found' | 'invalid-length' | 'fail-send'

/** TOX_ERR_CONFERENCE_BY_ID and _BY_UID. */
export type ConferenceByIdError = 'not-found'
