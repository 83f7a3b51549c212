// Why a call about files fails: closed sets, each named one to one after an enum of the C API, as those of ../errors.ts.

/** TOX_ERR_FILE_SEND. A full send queue is 'friend-not-connected', as in c-toxcore. */
export type FileSendError = 'friend-not-found' | 'friend-not-connected' | 'name-too-long' | 'too-many'

/** TOX_ERR_FILE_CONTROL. */
export type FileControlError =
  | 'friend-not-found'
  | 'friend-not-connected'
  | 'not-found'
  /** To be resumed, but nobody paused it. */
  | 'not-paused'
  /** To be resumed, but the friend paused it; or to be accepted by the one who offers it. */
  | 'denied'
  | 'already-paused'
  | 'sendq'

/** TOX_ERR_FILE_SEEK. */
export type FileSeekError =
  | 'friend-not-found'
  | 'friend-not-connected'
  | 'not-found'
  /** A file that we send, or accepted already. */
  | 'denied'
  | 'invalid-position'
  | 'sendq'

/** TOX_ERR_FILE_GET, and TOX_ERR_FILE_BY_ID. */
export type FileGetError = 'friend-not-found' | 'not-found'

/** TOX_ERR_FILE_SEND_CHUNK. */
export type FileSendChunkError =
  | 'friend-not-found'
  | 'friend-not-connected'
  | 'not-found'
  | 'not-transferring'
  | 'invalid-length'
  | 'sendq'
  | 'wrong-position'
