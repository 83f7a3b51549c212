// The events of the C API: what each tells, in the order of its callback's parameters. That order is also the order of the
// fields in a packed event (msgpack) and in the batch that the core hands to the library. The core's encoder, the callback
// setters, the getters of `tox_events.h`, the dispatch table and the packing are all made from these rows.

/** The enums that events carry, with their last enumerator: a greater number is refused when packed events are loaded. */
export const EVENT_ENUMS = {
  Tox_Conference_Type: 'TOX_CONFERENCE_TYPE_AV',
  Tox_Connection: 'TOX_CONNECTION_UDP',
  Tox_File_Control: 'TOX_FILE_CONTROL_CANCEL',
  Tox_Message_Type: 'TOX_MESSAGE_TYPE_ACTION',
  Tox_User_Status: 'TOX_USER_STATUS_BUSY',
  Tox_Group_Privacy_State: 'TOX_GROUP_PRIVACY_STATE_PRIVATE',
  Tox_Group_Voice_State: 'TOX_GROUP_VOICE_STATE_FOUNDER',
  Tox_Group_Topic_Lock: 'TOX_GROUP_TOPIC_LOCK_DISABLED',
  Tox_Group_Join_Fail: 'TOX_GROUP_JOIN_FAIL_UNKNOWN',
  Tox_Group_Mod_Event: 'TOX_GROUP_MOD_EVENT_MODERATOR',
  Tox_Group_Exit_Type: 'TOX_GROUP_EXIT_TYPE_SYNC_ERROR',
} as const

export type EventEnum = keyof typeof EVENT_ENUMS

export type EventField =
  /** msgpack: an integer in its shortest form, or a truth value. */
  | { readonly kind: 'scalar'; readonly name: string; readonly type: 'bool' | 'uint16_t' | 'uint32_t' | 'uint64_t' }
  /** msgpack: its number. */
  | { readonly kind: 'enum'; readonly name: string; readonly type: EventEnum }
  /** Bytes and their number; the getter of the latter adds `_length` to the name. msgpack: bin. */
  | { readonly kind: 'data'; readonly name: string; readonly nullWhenEmpty: boolean }
  /** As many bytes as a constant of the header says; the callback gets no length. msgpack: bin. */
  | { readonly kind: 'fixed'; readonly name: string; readonly size: string }
  /** Characters and their number, with a zero behind them that does not count. msgpack: str. */
  | { readonly kind: 'text'; readonly name: string }

export interface EventRow {
  /** As in `tox_callback_<name>`, `tox_event_<name>_get_…`; the type is `TOX_EVENT_<NAME>`. */
  readonly name: string
  /** The value of its `Tox_Event_Type`. */
  readonly number: number
  readonly fields: readonly EventField[]
}

function u32<Name extends string>(name: Name) {
  return { kind: 'scalar', name, type: 'uint32_t' } as const
}

function scalar<Name extends string, Type extends 'bool' | 'uint16_t' | 'uint64_t'>(type: Type, name: Name) {
  return { kind: 'scalar', name, type } as const
}

function enumeration<Name extends string, Type extends EventEnum>(type: Type, name: Name) {
  return { kind: 'enum', name, type } as const
}

function data<Name extends string>(name: Name) {
  return { kind: 'data', name, nullWhenEmpty: false } as const
}

/** The callback gets NULL for no bytes. */
function nullableData<Name extends string>(name: Name) {
  return { kind: 'data', name, nullWhenEmpty: true } as const
}

function publicKey<Name extends string>(name: Name) {
  return { kind: 'fixed', name, size: 'TOX_PUBLIC_KEY_SIZE' } as const
}

function text<Name extends string>(name: Name) {
  return { kind: 'text', name } as const
}

const FRIEND = u32('friend_number')
const FILE = u32('file_number')
const CONFERENCE = u32('conference_number')
const PEER = u32('peer_number')
const GROUP = u32('group_number')
const GROUP_PEER = u32('peer_id')

export const EVENTS = [
  { name: 'self_connection_status', number: 0, fields: [enumeration('Tox_Connection', 'connection_status')] },
  { name: 'friend_request', number: 1, fields: [publicKey('public_key'), data('message')] },
  {
    name: 'friend_connection_status',
    number: 2,
    fields: [FRIEND, enumeration('Tox_Connection', 'connection_status')],
  },
  { name: 'friend_lossy_packet', number: 3, fields: [FRIEND, data('data')] },
  { name: 'friend_lossless_packet', number: 4, fields: [FRIEND, data('data')] },
  { name: 'friend_name', number: 5, fields: [FRIEND, data('name')] },
  { name: 'friend_status', number: 6, fields: [FRIEND, enumeration('Tox_User_Status', 'status')] },
  { name: 'friend_status_message', number: 7, fields: [FRIEND, data('message')] },
  { name: 'friend_message', number: 8, fields: [FRIEND, enumeration('Tox_Message_Type', 'type'), data('message')] },
  { name: 'friend_read_receipt', number: 9, fields: [FRIEND, u32('message_id')] },
  { name: 'friend_typing', number: 10, fields: [FRIEND, scalar('bool', 'typing')] },
  {
    name: 'file_chunk_request',
    number: 11,
    fields: [FRIEND, FILE, scalar('uint64_t', 'position'), scalar('uint16_t', 'length')],
  },
  {
    name: 'file_recv',
    number: 12,
    fields: [FRIEND, FILE, u32('kind'), scalar('uint64_t', 'file_size'), data('filename')],
  },
  {
    name: 'file_recv_chunk',
    number: 13,
    fields: [FRIEND, FILE, scalar('uint64_t', 'position'), nullableData('data')],
  },
  { name: 'file_recv_control', number: 14, fields: [FRIEND, FILE, enumeration('Tox_File_Control', 'control')] },
  {
    name: 'conference_invite',
    number: 15,
    fields: [FRIEND, enumeration('Tox_Conference_Type', 'type'), data('cookie')],
  },
  { name: 'conference_connected', number: 16, fields: [CONFERENCE] },
  { name: 'conference_peer_list_changed', number: 17, fields: [CONFERENCE] },
  { name: 'conference_peer_name', number: 18, fields: [CONFERENCE, PEER, data('name')] },
  { name: 'conference_title', number: 19, fields: [CONFERENCE, PEER, data('title')] },
  {
    name: 'conference_message',
    number: 20,
    fields: [CONFERENCE, PEER, enumeration('Tox_Message_Type', 'type'), data('message')],
  },
  { name: 'group_peer_name', number: 21, fields: [GROUP, GROUP_PEER, data('name')] },
  { name: 'group_peer_status', number: 22, fields: [GROUP, GROUP_PEER, enumeration('Tox_User_Status', 'status')] },
  { name: 'group_topic', number: 23, fields: [GROUP, GROUP_PEER, data('topic')] },
  {
    name: 'group_privacy_state',
    number: 24,
    fields: [GROUP, enumeration('Tox_Group_Privacy_State', 'privacy_state')],
  },
  { name: 'group_voice_state', number: 25, fields: [GROUP, enumeration('Tox_Group_Voice_State', 'voice_state')] },
  { name: 'group_topic_lock', number: 26, fields: [GROUP, enumeration('Tox_Group_Topic_Lock', 'topic_lock')] },
  { name: 'group_peer_limit', number: 27, fields: [GROUP, u32('peer_limit')] },
  { name: 'group_password', number: 28, fields: [GROUP, data('password')] },
  {
    name: 'group_message',
    number: 29,
    fields: [GROUP, GROUP_PEER, enumeration('Tox_Message_Type', 'message_type'), data('message'), u32('message_id')],
  },
  {
    name: 'group_private_message',
    number: 30,
    fields: [GROUP, GROUP_PEER, enumeration('Tox_Message_Type', 'message_type'), data('message'), u32('message_id')],
  },
  { name: 'group_custom_packet', number: 31, fields: [GROUP, GROUP_PEER, data('data')] },
  { name: 'group_custom_private_packet', number: 32, fields: [GROUP, GROUP_PEER, data('data')] },
  { name: 'group_invite', number: 33, fields: [FRIEND, data('invite_data'), data('group_name')] },
  { name: 'group_peer_join', number: 34, fields: [GROUP, GROUP_PEER] },
  {
    name: 'group_peer_exit',
    number: 35,
    fields: [GROUP, GROUP_PEER, enumeration('Tox_Group_Exit_Type', 'exit_type'), data('name'), data('part_message')],
  },
  { name: 'group_self_join', number: 36, fields: [GROUP] },
  { name: 'group_join_fail', number: 37, fields: [GROUP, enumeration('Tox_Group_Join_Fail', 'fail_type')] },
  {
    name: 'group_moderation',
    number: 38,
    fields: [GROUP, u32('source_peer_id'), u32('target_peer_id'), enumeration('Tox_Group_Mod_Event', 'mod_type')],
  },
  { name: 'dht_nodes_response', number: 39, fields: [publicKey('public_key'), text('ip'), scalar('uint16_t', 'port')] },
] as const satisfies readonly EventRow[]

export type EventName = (typeof EVENTS)[number]['name']

/** Release 0.2.18 records the events below this number; the callbacks above it came later. */
export const EVENTS_OF_0_2_18 = 21

/**
 * Events whose callbacks stand one for each id (first byte) of a custom packet: `tox_callback_<name>` sets those of the
 * ids that are free for use, `tox_callback_<name>_per_pktid` one of these or of the ids that calls use.
 */
export const PACKET_EVENTS: Partial<
  Record<EventName, { free: [first: number, last: number]; calls: [number, number] }>
> = {
  friend_lossy_packet: { free: [200, 254], calls: [192, 199] },
  friend_lossless_packet: { free: [160, 191], calls: [69, 69] },
}

/** 0.2.18's list of one type of events stands in these orders when it packs them, and when it dispatches them. */
export function packedOrderOf0218(): EventName[] {
  // Sorted by name, where a name comes after those that it begins: `friend_status_message`, then `friend_status`.
  return namesOf0218().sort((a, b) => compare(`${a}~`, `${b}~`))
}

export function dispatchOrderOf0218(): EventName[] {
  return namesOf0218().sort(compare)
}

const namesOf0218 = () => EVENTS.slice(0, EVENTS_OF_0_2_18).map((event) => event.name)

const compare = (a: string, b: string) => (a < b ? -1 : 1)
