// Why a call of the user fails: closed sets, each named one to one after an enum of the C API (TOX_ERR_FRIEND_ADD_TOO_LONG is
// 'too-long'). Their NULL and MALLOC have no meaning here.

export type FriendAddError = 'too-long' | 'no-message' | 'own-key' | 'already-sent' | 'bad-checksum' | 'set-new-nospam'

/** TOX_ERR_FRIEND_DELETE, TOX_ERR_FRIEND_QUERY, TOX_ERR_SET_TYPING and their like. */
export type FriendNotFound = 'friend-not-found'

/** TOX_ERR_SET_INFO. */
export type SetInfoError = 'too-long'

export type SendMessageError = 'friend-not-found' | 'friend-not-connected' | 'sendq' | 'too-long' | 'empty'

/** With an outbox being offline is no error, but the outbox can be full (no name of its own in the C API). */
export type OutboxMessageError = SendMessageError | 'outbox-full'

export type CustomPacketError = 'friend-not-found' | 'friend-not-connected' | 'invalid' | 'empty' | 'too-long' | 'sendq'
