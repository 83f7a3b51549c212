// One c-toxcore peer in a process of its own: commands as JSON lines on standard input, answers and events as JSON
// lines on standard output. Bytes travel as hex. Driven by c-peer.ts, which describes the commands and events.
// The library is loaded through koffi; no struct's memory is ever touched, Tox_Options only through its setters.

import { createInterface } from 'node:readline'
import koffi from 'koffi'
import { cPeerConferences } from './c-peer-conferences.mjs'
import { cPeerFiles } from './c-peer-files.mjs'

const lib = koffi.load(process.env.LIBTOXCORE ?? 'libtoxcore.so.2')
const f = (declaration) => lib.func(declaration)

/** Names of each function's errors in the order of its C enum, from 1: 0 is OK. */
const ERRORS = {
  new: 'NULL MALLOC PORT_ALLOC PROXY_BAD_TYPE PROXY_BAD_HOST PROXY_BAD_PORT PROXY_NOT_FOUND LOAD_ENCRYPTED LOAD_BAD_FORMAT',
  bootstrap: 'NULL BAD_HOST BAD_PORT',
  set_info: 'NULL TOO_LONG',
  friend_add: 'NULL TOO_LONG NO_MESSAGE OWN_KEY ALREADY_SENT BAD_CHECKSUM SET_NEW_NOSPAM MALLOC',
  friend_delete: 'FRIEND_NOT_FOUND',
  friend_get_public_key: 'FRIEND_NOT_FOUND',
  friend_send_message: 'NULL FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED SENDQ TOO_LONG EMPTY',
  friend_custom_packet: 'NULL FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED INVALID EMPTY TOO_LONG SENDQ',
  set_typing: 'FRIEND_NOT_FOUND',
  get_port: 'NOT_BOUND',
  friend_query: 'NULL FRIEND_NOT_FOUND',
  file_send: 'NULL FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED NAME_TOO_LONG TOO_MANY',
  file_send_chunk:
    'NULL FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED NOT_FOUND NOT_TRANSFERRING INVALID_LENGTH SENDQ WRONG_POSITION',
  file_control: 'FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED NOT_FOUND NOT_PAUSED DENIED ALREADY_PAUSED SENDQ',
  file_seek: 'FRIEND_NOT_FOUND FRIEND_NOT_CONNECTED NOT_FOUND DENIED INVALID_POSITION SENDQ',
  file_get: 'NULL FRIEND_NOT_FOUND NOT_FOUND',
  conference_new: 'INIT',
  conference_delete: 'CONFERENCE_NOT_FOUND',
  conference_peer_query: 'CONFERENCE_NOT_FOUND PEER_NOT_FOUND NO_CONNECTION',
  conference_set_max_offline: 'CONFERENCE_NOT_FOUND',
  conference_invite: 'CONFERENCE_NOT_FOUND FAIL_SEND NO_CONNECTION',
  conference_join: 'INVALID_LENGTH WRONG_TYPE FRIEND_NOT_FOUND DUPLICATE INIT_FAIL FAIL_SEND NULL',
  conference_send_message: 'CONFERENCE_NOT_FOUND TOO_LONG NO_CONNECTION FAIL_SEND',
  conference_title: 'CONFERENCE_NOT_FOUND INVALID_LENGTH FAIL_SEND',
}

const code = Buffer.alloc(4)

/** Throws the error that the last call left in `code`, by its C name. */
function check(kind) {
  const value = code.readInt32LE()
  if (value !== 0) throw new Error(`TOX_ERR_${kind.toUpperCase()}_${ERRORS[kind].split(' ')[value - 1] ?? value}`)
}

/** Wraps a C function whose last parameter is its error: the call returns its value or throws the error's name. */
function checked(kind, declaration) {
  const call = f(declaration)
  return (...args) => {
    code.writeInt32LE(0)
    const value = call(...args, code)
    check(kind)
    return value
  }
}

const option = (name, type) => f(`void tox_options_set_${name}(void *options, ${type} value)`)
const options = {
  ipv6: option('ipv6_enabled', 'bool'),
  udp: option('udp_enabled', 'bool'),
  localDiscovery: option('local_discovery_enabled', 'bool'),
  dhtAnnouncements: option('dht_announcements_enabled', 'bool'),
  holePunching: option('hole_punching_enabled', 'bool'),
  startPort: option('start_port', 'uint16_t'),
  endPort: option('end_port', 'uint16_t'),
  tcpPort: option('tcp_port', 'uint16_t'),
  savedataType: option('savedata_type', 'int'),
  proxyType: option('proxy_type', 'int'),
  proxyHost: option('proxy_host', 'const char *'),
  proxyPort: option('proxy_port', 'uint16_t'),
}
const setSavedata = f('void tox_options_set_savedata_data(void *options, const uint8_t *data, size_t length)')
const optionsNew = f('void *tox_options_new(uint8_t *error)')
const optionsFree = f('void tox_options_free(void *options)')

const toxNew = checked('new', 'void *tox_new(void *options, uint8_t *error)')
const toxKill = f('void tox_kill(void *tox)')
const toxIterate = f('void tox_iterate(void *tox, void *user_data)')
const iterationInterval = f('uint32_t tox_iteration_interval(void *tox)')
const savedataSize = f('size_t tox_get_savedata_size(void *tox)')
const savedata = f('void tox_get_savedata(void *tox, uint8_t *savedata)')
const selfAddress = f('void tox_self_get_address(void *tox, uint8_t *address)')
const selfDhtId = f('void tox_self_get_dht_id(void *tox, uint8_t *dht_id)')
const selfSecretKey = f('void tox_self_get_secret_key(void *tox, uint8_t *secret_key)')
const selfNameSize = f('size_t tox_self_get_name_size(void *tox)')
const selfName = f('void tox_self_get_name(void *tox, uint8_t *name)')
const selfStatusMessageSize = f('size_t tox_self_get_status_message_size(void *tox)')
const selfStatusMessage = f('void tox_self_get_status_message(void *tox, uint8_t *message)')
const selfStatus = f('int tox_self_get_status(void *tox)')
const friendListSize = f('size_t tox_self_get_friend_list_size(void *tox)')
const friendList = f('void tox_self_get_friend_list(void *tox, uint8_t *list)')
const friendPublicKey = checked(
  'friend_get_public_key',
  'bool tox_friend_get_public_key(void *tox, uint32_t friend, uint8_t *key, uint8_t *error)',
)
const friendNameSize = checked(
  'friend_query',
  'size_t tox_friend_get_name_size(void *tox, uint32_t friend, uint8_t *error)',
)
const friendName = checked(
  'friend_query',
  'bool tox_friend_get_name(void *tox, uint32_t friend, uint8_t *name, uint8_t *error)',
)
const friendConnection = checked(
  'friend_query',
  'int tox_friend_get_connection_status(void *tox, uint32_t friend, uint8_t *error)',
)
const udpPort = checked('get_port', 'uint16_t tox_self_get_udp_port(void *tox, uint8_t *error)')
const bootstrap = checked(
  'bootstrap',
  'bool tox_bootstrap(void *tox, const char *host, uint16_t port, const uint8_t *key, uint8_t *error)',
)
const addTcpRelay = checked(
  'bootstrap',
  'bool tox_add_tcp_relay(void *tox, const char *host, uint16_t port, const uint8_t *key, uint8_t *error)',
)
const friendAdd = checked(
  'friend_add',
  'uint32_t tox_friend_add(void *tox, const uint8_t *address, const uint8_t *message, size_t length, uint8_t *error)',
)
const friendAddNorequest = checked(
  'friend_add',
  'uint32_t tox_friend_add_norequest(void *tox, const uint8_t *key, uint8_t *error)',
)
const friendDelete = checked('friend_delete', 'bool tox_friend_delete(void *tox, uint32_t friend, uint8_t *error)')
const sendMessage = checked(
  'friend_send_message',
  'uint32_t tox_friend_send_message(void *tox, uint32_t friend, int type, const uint8_t *m, size_t length, uint8_t *error)',
)
const setName = checked(
  'set_info',
  'bool tox_self_set_name(void *tox, const uint8_t *name, size_t length, uint8_t *error)',
)
const setStatusMessage = checked(
  'set_info',
  'bool tox_self_set_status_message(void *tox, const uint8_t *message, size_t length, uint8_t *error)',
)
const setStatus = f('void tox_self_set_status(void *tox, int status)')
const setTyping = checked(
  'set_typing',
  'bool tox_self_set_typing(void *tox, uint32_t friend, bool typing, uint8_t *error)',
)
const setNospam = f('void tox_self_set_nospam(void *tox, uint32_t nospam)')
const sendLossless = checked(
  'friend_custom_packet',
  'bool tox_friend_send_lossless_packet(void *tox, uint32_t friend, const uint8_t *d, size_t length, uint8_t *error)',
)
const sendLossy = checked(
  'friend_custom_packet',
  'bool tox_friend_send_lossy_packet(void *tox, uint32_t friend, const uint8_t *d, size_t length, uint8_t *error)',
)

const files = cPeerFiles({ checked, emit: (event, fields) => emitEvent(event, fields), live })
const conferences = cPeerConferences({ f, checked, live })

const emit = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const hex = (pointer, length) => (length === 0 ? '' : Buffer.from(koffi.view(pointer, Number(length))).toString('hex'))
const bytes = (text) => Buffer.from(text ?? '', 'hex')

/** The C type of each event's parameters after `Tox *`, and the fields that its line carries. */
const EVENTS = {
  self_connection_status: ['int', (connection) => ({ connection })],
  friend_request: ['const uint8_t *, const uint8_t *, size_t', (k, m, n) => ({ key: hex(k, 32), data: hex(m, n) })],
  friend_connection_status: ['uint32_t, int', (friend, connection) => ({ friend, connection })],
  friend_name: ['uint32_t, const uint8_t *, size_t', (friend, d, n) => ({ friend, data: hex(d, n) })],
  friend_status_message: ['uint32_t, const uint8_t *, size_t', (friend, d, n) => ({ friend, data: hex(d, n) })],
  friend_status: ['uint32_t, int', (friend, status) => ({ friend, status })],
  friend_typing: ['uint32_t, bool', (friend, typing) => ({ friend, typing })],
  friend_read_receipt: ['uint32_t, uint32_t', (friend, message) => ({ friend, message })],
  friend_message: [
    'uint32_t, int, const uint8_t *, size_t',
    (friend, type, d, n) => ({ friend, type, data: hex(d, n) }),
  ],
  friend_lossy_packet: ['uint32_t, const uint8_t *, size_t', (friend, d, n) => ({ friend, data: hex(d, n) })],
  friend_lossless_packet: ['uint32_t, const uint8_t *, size_t', (friend, d, n) => ({ friend, data: hex(d, n) })],
  ...files.EVENTS,
  ...conferences.EVENTS,
}

function emitEvent(event, fields) {
  emit({ event, at: performance.now() + performance.timeOrigin, ...fields })
}

// Each callback is registered once for the life of the process: koffi's slots are few and the library keeps the pointer.
const callbacks = Object.entries(EVENTS).map(([event, [types, fields]]) => {
  const prototype = koffi.proto(`void on_${event}(void *, ${types}, void *)`)
  const set = lib.func(`tox_callback_${event}`, 'void', ['void *', koffi.pointer(prototype)])
  const handler = koffi.register((_tox, ...args) => {
    const told = fields(...args.slice(0, -1))
    if (told !== undefined) emitEvent(event, told)
  }, koffi.pointer(prototype))
  return { set, handler }
})

let tox = null
let timer = null

function iterate() {
  toxIterate(tox, null)
  timer = setTimeout(iterate, iterationInterval(tox))
}

function live() {
  if (tox === null) throw new Error('no Tox instance: call new first')
  return tox
}

/** Fills `size` bytes through a C getter and returns them as hex. */
function read(size, getter, ...args) {
  const buffer = Buffer.alloc(Number(size))
  if (buffer.length > 0) getter(live(), ...args, buffer)
  return buffer.toString('hex')
}

const commands = {
  new: (settings) => {
    if (tox !== null) throw new Error('this process already has its Tox instance')
    const structure = optionsNew(Buffer.alloc(4))
    const { savedata: saved, secretKey, ...rest } = { localDiscovery: false, ...settings }
    for (const [name, value] of Object.entries(rest)) options[name](structure, value)
    const data = bytes(saved ?? secretKey)
    if (data.length > 0 || saved !== undefined) {
      options.savedataType(structure, saved === undefined ? 2 : 1)
      setSavedata(structure, data, data.length)
    }
    try {
      tox = toxNew(structure)
    } finally {
      optionsFree(structure)
    }
    for (const { set, handler } of callbacks) set(tox, handler)
    iterate()
    return commands.self()
  },
  self: () => ({
    id: read(38, selfAddress),
    dhtKey: read(32, selfDhtId),
    port: udpEnabledPort(),
    name: read(selfNameSize(live()), selfName),
    statusMessage: read(selfStatusMessageSize(live()), selfStatusMessage),
    status: selfStatus(live()),
  }),
  secretKey: () => read(32, selfSecretKey),
  bootstrap: ({ host, port, key }) => bootstrap(live(), host, port, bytes(key)),
  addTcpRelay: ({ host, port, key }) => addTcpRelay(live(), host, port, bytes(key)),
  friendAdd: ({ id, data }) => friendAdd(live(), bytes(id), bytes(data), data.length / 2),
  friendAddNorequest: ({ key }) => friendAddNorequest(live(), bytes(key)),
  friendDelete: ({ friend }) => friendDelete(live(), friend),
  friends: () => {
    const count = Number(friendListSize(live()))
    const list = Buffer.alloc(4 * count)
    if (count > 0) friendList(live(), list)
    return Array.from({ length: count }, (_, i) => {
      const friend = list.readUInt32LE(4 * i)
      return {
        friend,
        key: read(32, (t, buffer) => friendPublicKey(t, friend, buffer)),
        name: read(friendNameSize(live(), friend), (t, buffer) => friendName(t, friend, buffer)),
        connection: friendConnection(live(), friend),
      }
    })
  },
  sendMessage: ({ friend, type, data }) => sendMessage(live(), friend, type, bytes(data), data.length / 2),
  /** Sends `count` numbered messages, waiting for the send queue where it is full: one command, no round trips. */
  sendMany: async ({ friend, type, count, prefix, size }) => {
    const ids = []
    for (let i = 0; i < count; i++) {
      const text = Buffer.from(`${prefix}${i}`.padEnd(size ?? 0, '.'))
      for (;;) {
        try {
          ids.push(sendMessage(live(), friend, type, text, text.length))
          break
        } catch (error) {
          if (!String(error.message).endsWith('_SENDQ')) throw error
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
    }
    return ids
  },
  setName: ({ data }) => setName(live(), bytes(data), data.length / 2),
  setStatusMessage: ({ data }) => setStatusMessage(live(), bytes(data), data.length / 2),
  setStatus: ({ status }) => setStatus(live(), status) ?? true,
  setTyping: ({ friend, typing }) => setTyping(live(), friend, typing),
  setNospam: ({ nospam }) => setNospam(live(), nospam) ?? true,
  sendLossless: ({ friend, data }) => sendLossless(live(), friend, bytes(data), data.length / 2),
  sendLossy: ({ friend, data }) => sendLossy(live(), friend, bytes(data), data.length / 2),
  ...files.commands,
  ...conferences.commands,
  savedata: () => read(savedataSize(live()), savedata),
  /** Stops or resumes iterating: a peer that is alive but silent. */
  pause: ({ paused }) => {
    clearTimeout(timer)
    if (!paused) iterate()
    return true
  },
  kill: () => {
    clearTimeout(timer)
    toxKill(live())
    tox = null
    return true
  },
}

/** The bound UDP port, or null where UDP is off. */
function udpEnabledPort() {
  try {
    return udpPort(live())
  } catch {
    return null
  }
}

const input = createInterface({ input: process.stdin })
input.on('line', async (line) => {
  const { call, command, ...args } = JSON.parse(line)
  try {
    emit({ call, value: await commands[command](args) })
  } catch (error) {
    emit({ call, error: error.message })
  }
})
// The parent's end closes standard input; a peer never outlives the test that made it.
input.on('close', () => process.exit(0))
emit({ event: 'ready', at: performance.now() + performance.timeOrigin })
