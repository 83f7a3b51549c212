// The error that every face throws. Its code is the name of the C API's enum constant, so that one table of causes serves all.

/** Functions of the API that can fail, as they stand in the C enums' names. */
export type ToxOperation =
  | 'NEW'
  | 'BOOTSTRAP'
  | 'SET_INFO'
  | 'FRIEND_ADD'
  | 'FRIEND_DELETE'
  | 'FRIEND_QUERY'
  | 'SET_TYPING'
  | 'FRIEND_SEND_MESSAGE'
  | 'FRIEND_CUSTOM_PACKET'
  | 'FILE_SEND'
  | 'GET_PORT'
  | 'CONFERENCE_NEW'
  | 'CONFERENCE_DELETE'
  | 'CONFERENCE_INVITE'
  | 'CONFERENCE_JOIN'
  | 'CONFERENCE_PEER_QUERY'
  | 'CONFERENCE_SEND_MESSAGE'
  | 'CONFERENCE_SET_MAX_OFFLINE'
  | 'CONFERENCE_TITLE'

/** Failures that the C API has no name for; their codes begin with `TOX_ERR_TS_`. */
export type OwnFailure =
  | 'aborted'
  | 'closed'
  | 'iterator-overflow'
  | 'message-empty'
  | 'profile-locked'
  | 'profile-unusable'
  | 'receipt-lost'
  | 'bad-option'
  | 'outbox-full'
  | 'store-unavailable'
  | 'store-locked'
  | 'store-passphrase'
  | 'store-damaged'
  | 'store-from-future'
  | 'store-full'
  | 'store-unusable'
  | 'file-accepted'
  | 'file-cancelled'
  | 'file-changed'
  | 'file-exists'
  | 'file-interrupted'
  | 'file-unreadable'
  | 'file-unwritable'

const OWN_FAILURES: ReadonlySet<string> = new Set<OwnFailure>([
  'aborted',
  'closed',
  'iterator-overflow',
  'message-empty',
  'profile-locked',
  'profile-unusable',
  'receipt-lost',
  'bad-option',
  'outbox-full',
  'store-unavailable',
  'store-locked',
  'store-passphrase',
  'store-damaged',
  'store-from-future',
  'store-full',
  'store-unusable',
  'file-accepted',
  'file-cancelled',
  'file-changed',
  'file-exists',
  'file-interrupted',
  'file-unreadable',
  'file-unwritable',
])

/** What went wrong, for people. Keyed by the part of the code behind the function's name. */
const SENTENCES: Readonly<Record<string, string>> = {
  aborted: 'the wait was aborted',
  'already-sent': 'this friend has been added already, or a request has been sent to them',
  'bad-checksum': 'the checksum of the Tox ID is wrong: a digit was mistyped',
  'bad-format': 'the savedata is damaged or is no Tox profile',
  'bad-host': 'the host name cannot be resolved',
  'bad-option': 'an option is wrong',
  'bad-port': 'the port is not between 1 and 65535',
  closed: 'this Tox instance has been closed',
  'conference-not-found': 'we are not in this conference',
  duplicate: 'we are in this conference already',
  empty: 'the text or packet is empty',
  encrypted: 'the savedata is encrypted with a passphrase',
  'fail-send': 'it could not be sent: nobody who should get it is connected',
  'file-accepted': 'the file transfer has been accepted already',
  'file-cancelled': 'the file transfer was cancelled',
  'file-changed': 'the file changed while it was being sent',
  'file-exists': 'a file of that name exists already',
  'file-interrupted': 'the connection was lost, and the file transfer cannot go on',
  'file-unreadable': 'the file cannot be read',
  'file-unwritable': 'the file cannot be written',
  'friend-not-connected': 'the friend is not online',
  'friend-not-found': 'there is no such friend',
  init: 'there are too many conferences',
  'init-fail': 'there are too many conferences',
  invalid: 'the first byte of the packet is not in the range for this kind of packet',
  'invalid-length': 'it is empty, or longer than the protocol allows',
  'iterator-overflow': 'more events arrived than the reader of this iterator has taken',
  'load-bad-format': 'the savedata is damaged or is no Tox profile',
  'load-decryption-failed': 'the passphrase is wrong, or the savedata is damaged',
  'load-encrypted': 'the savedata is encrypted with a passphrase',
  'message-empty': 'the message is empty',
  'no-connection': 'nobody in the conference is connected to us',
  'no-message': 'a friend request needs a message',
  'outbox-full': 'too many messages wait for this friend',
  'own-key': 'this is your own Tox ID',
  'port-alloc': 'no port of the wanted range could be bound',
  'profile-locked': 'another process uses this profile',
  'profile-unusable': 'the profile file cannot be used',
  'proxy-bad-host': 'the host of the proxy is neither an IP address nor a host name',
  'proxy-bad-port': 'the port of the proxy is not between 1 and 65535',
  'proxy-bad-type': 'the type of a proxy is socks5 or http',
  'receipt-lost': 'the friend went offline before a receipt came: the message may or may not have arrived',
  sendq: 'the send queue to this friend is full',
  'set-new-nospam': 'this friend was known already; the new nospam is used from now on',
  'store-damaged': 'the database of the profile is damaged',
  'store-from-future': 'the database of the profile was written by a newer version of this library',
  'store-full': 'the disk is full: nothing was kept',
  'store-locked': 'another process uses the database of the profile',
  'store-passphrase': 'the passphrase of the database is wrong or missing',
  'store-unavailable': 'no SQLite is installed: npm install better-sqlite3-multiple-ciphers@12.11.1',
  'store-unusable': 'the database of the profile cannot be used',
  'too-long': 'the text or packet is longer than the protocol allows',
  'wrong-type': 'conferences with sound cannot be joined',
}

/** The error of all faces. `code` is stable and named as the C enum's constant. */
export class ToxError extends Error {
  override readonly name = 'ToxError'
  /** Such as `'TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED'`. */
  readonly code: string

  /** `failure` in kebab case, such as `'friend-not-connected'`; `detail` replaces the sentence of the table. */
  constructor(operation: ToxOperation, failure: string, detail?: string, options?: ErrorOptions) {
    super(detail ?? SENTENCES[failure] ?? failure, options)
    const constant = failure.toUpperCase().replaceAll('-', '_')
    this.code = OWN_FAILURES.has(failure) ? `TOX_ERR_TS_${constant}` : `TOX_ERR_${operation}_${constant}`
  }
}
