// Two instances in one Node process exchange messages: `two-instances.mjs LIBRARY`. The library may embed another Node.

import { readFileSync } from 'node:fs'
import koffi from 'koffi'

const DEADLINE_MS = 100_000

const lib = koffi.load(process.argv[2])
const f = (declaration) => lib.func(declaration)
const optionsNew = f('void *tox_options_new(void *error)')
const optionsFree = f('void tox_options_free(void *options)')
const setIpv6 = f('void tox_options_set_ipv6_enabled(void *options, bool value)')
const setDiscovery = f('void tox_options_set_local_discovery_enabled(void *options, bool value)')
const setStartPort = f('void tox_options_set_start_port(void *options, uint16_t value)')
const setEndPort = f('void tox_options_set_end_port(void *options, uint16_t value)')
const toxNew = f('void *tox_new(void *options, _Out_ int *error)')
const toxKill = f('void tox_kill(void *tox)')
const iterate = f('void tox_iterate(void *tox, void *user_data)')
const interval = f('uint32_t tox_iteration_interval(void *tox)')
const publicKey = f('void tox_self_get_public_key(void *tox, uint8_t *key)')
const dhtId = f('void tox_self_get_dht_id(void *tox, uint8_t *key)')
const udpPort = f('uint16_t tox_self_get_udp_port(void *tox, void *error)')
const bootstrap = f('bool tox_bootstrap(void *tox, const char *host, uint16_t port, const uint8_t *key, void *error)')
const friendAdd = f('uint32_t tox_friend_add_norequest(void *tox, const uint8_t *key, void *error)')
const connection = f('int tox_friend_get_connection_status(void *tox, uint32_t number, void *error)')
const send = f(
  'uint32_t tox_friend_send_message(void *tox, uint32_t number, int type, const char *text, size_t size, void *error)',
)
const Message = koffi.proto(
  'void message_cb(void *tox, uint32_t number, int type, const uint8_t *text, size_t length, void *user_data)',
)
const onMessage = lib.func('tox_callback_friend_message', 'void', ['void *', koffi.pointer(Message)])

function instance(port) {
  const options = optionsNew(null)
  setIpv6(options, false)
  setDiscovery(options, false)
  setStartPort(options, port)
  setEndPort(options, port + 9)
  const error = [-1]
  const tox = toxNew(options, error)
  optionsFree(options)
  if (tox === null) throw new Error(`tox_new: error ${error[0]}`)
  return tox
}

function key(tox, getter) {
  const bytes = Buffer.alloc(32)
  getter(tox, bytes)
  return bytes
}

const a = instance(38200)
const b = instance(38300)
const heard = []
const callback = koffi.register((_tox, number, type, text, length) => {
  heard.push(`${number} ${type} ${Buffer.from(koffi.decode(text, 'uint8_t', length)).toString()}`)
}, koffi.pointer(Message))
onMessage(a, callback)
onMessage(b, callback)
friendAdd(a, key(b, publicKey), null)
friendAdd(b, key(a, publicKey), null)
bootstrap(a, '127.0.0.1', udpPort(b, null), key(b, dhtId), null)

const sent = new Set()
const end = performance.now() + DEADLINE_MS
while (heard.length < 2 && performance.now() < end) {
  for (const [tox, text] of [
    [a, 'from a'],
    [b, 'from b'],
  ]) {
    iterate(tox, null)
    if (sent.has(text) || connection(tox, 0, null) === 0) continue
    if (send(tox, 0, 0, text, text.length, null) !== 0) sent.add(text)
  }
  await new Promise((resolve) => setTimeout(resolve, interval(a)))
}
toxKill(a)
toxKill(b)
for (const line of heard.sort()) console.log(line)
const loaded = /\S*libtoxcore\.so\S*/.exec(readFileSync('/proc/self/maps', 'utf8'))
console.error(`library: ${loaded?.[0]}`)
