// What c-toxcore makes of a savedata file or of an encrypted one, in a process of its own inside a network namespace: a line
// of JSON in, a line of JSON out, bytes as hex. A file that makes the library abort ends this process; savedata-judge.ts notices.

import { createInterface } from 'node:readline'
import koffi from 'koffi'

const lib = koffi.load(process.env.LIBTOXCORE ?? 'libtoxcore.so.2')
const f = (declaration: string): ReturnType<typeof lib.func> => lib.func(declaration)

const optionsNew = f('void *tox_options_new(uint8_t *error)')
const optionsFree = f('void tox_options_free(void *options)')
const setUdp = f('void tox_options_set_udp_enabled(void *options, bool value)')
const setLocalDiscovery = f('void tox_options_set_local_discovery_enabled(void *options, bool value)')
const setSavedataType = f('void tox_options_set_savedata_type(void *options, int value)')
const setSavedata = f('void tox_options_set_savedata_data(void *options, const uint8_t *data, size_t length)')
const toxNew = f('void *tox_new(void *options, uint8_t *error)')
const toxKill = f('void tox_kill(void *tox)')
const savedataSize = f('size_t tox_get_savedata_size(void *tox)')
const savedata = f('void tox_get_savedata(void *tox, uint8_t *savedata)')
const selfAddress = f('void tox_self_get_address(void *tox, uint8_t *address)')
const selfSecretKey = f('void tox_self_get_secret_key(void *tox, uint8_t *key)')
const selfNameSize = f('size_t tox_self_get_name_size(void *tox)')
const selfName = f('void tox_self_get_name(void *tox, uint8_t *name)')
const selfStatusMessageSize = f('size_t tox_self_get_status_message_size(void *tox)')
const selfStatusMessage = f('void tox_self_get_status_message(void *tox, uint8_t *message)')
const selfStatus = f('int tox_self_get_status(void *tox)')
const friendListSize = f('size_t tox_self_get_friend_list_size(void *tox)')
const friendPublicKey = f('bool tox_friend_get_public_key(void *tox, uint32_t friend, uint8_t *key, uint8_t *error)')
const friendNameSize = f('size_t tox_friend_get_name_size(void *tox, uint32_t friend, uint8_t *error)')
const friendName = f('bool tox_friend_get_name(void *tox, uint32_t friend, uint8_t *name, uint8_t *error)')
const friendTextSize = f('size_t tox_friend_get_status_message_size(void *tox, uint32_t friend, uint8_t *error)')
const friendText = f('bool tox_friend_get_status_message(void *tox, uint32_t friend, uint8_t *text, uint8_t *error)')
const friendStatus = f('int tox_friend_get_status(void *tox, uint32_t friend, uint8_t *error)')
const friendLastOnline = f('uint64_t tox_friend_get_last_online(void *tox, uint32_t friend, uint8_t *error)')
const passEncrypt = f(
  'bool tox_pass_encrypt(const uint8_t *plain, size_t size, const uint8_t *pass, size_t pass_size, uint8_t *out, uint8_t *error)',
)
const passDecrypt = f(
  'bool tox_pass_decrypt(const uint8_t *sealed, size_t size, const uint8_t *pass, size_t pass_size, uint8_t *out, uint8_t *error)',
)

const NEW_ERRORS = ['OK', 'NULL', 'MALLOC', 'PORT_ALLOC', 'PROXY_BAD_TYPE', 'PROXY_BAD_HOST', 'PROXY_BAD_PORT'].concat(
  ['PROXY_NOT_FOUND', 'LOAD_ENCRYPTED', 'LOAD_BAD_FORMAT'], // the order of Tox_Err_New
)
const DECRYPTION_ERRORS = ['OK', 'NULL', 'INVALID_LENGTH', 'BAD_FORMAT', 'KEY_DERIVATION_FAILED', 'FAILED']
const ENCRYPTION_OVERHEAD = 80

const code = Buffer.alloc(4)
const fill = (size: number | bigint, get: (target: Buffer) => unknown): string => {
  const target = Buffer.alloc(Number(size))
  if (target.length > 0) get(target)
  return target.toString('hex')
}

function load(data: Buffer): object {
  const options: unknown = optionsNew(code)
  setUdp(options, false)
  setLocalDiscovery(options, false)
  setSavedataType(options, 1)
  setSavedata(options, data, data.length)
  code.writeInt32LE(0)
  const tox: unknown = toxNew(options, code)
  optionsFree(options)
  const error = NEW_ERRORS[code.readInt32LE()]
  const verdict = error === 'OK' ? { error, ...describe(tox) } : { error }
  if (tox !== null) toxKill(tox)
  return verdict
}

function describe(tox: unknown): object {
  const count = Number(friendListSize(tox))
  return {
    toxId: fill(38, (to) => selfAddress(tox, to)),
    secretKey: fill(32, (to) => selfSecretKey(tox, to)),
    name: fill(selfNameSize(tox), (to) => selfName(tox, to)),
    statusMessage: fill(selfStatusMessageSize(tox), (to) => selfStatusMessage(tox, to)),
    status: selfStatus(tox) as number,
    friends: Array.from({ length: count }, (_, friend) => ({
      publicKey: fill(32, (to) => friendPublicKey(tox, friend, to, code)),
      name: fill(friendNameSize(tox, friend, code), (to) => friendName(tox, friend, to, code)),
      statusMessage: fill(friendTextSize(tox, friend, code), (to) => friendText(tox, friend, to, code)),
      status: friendStatus(tox, friend, code) as number,
      lastSeen: String(friendLastOnline(tox, friend, code)),
    })),
    saved: fill(savedataSize(tox), (to) => savedata(tox, to)),
  }
}

function encrypt(plain: Buffer, pass: Buffer): object {
  const sealed = Buffer.alloc(plain.length + ENCRYPTION_OVERHEAD)
  return { done: passEncrypt(plain, plain.length, pass, pass.length, sealed, code), data: sealed.toString('hex') }
}

function decrypt(sealed: Buffer, pass: Buffer): object {
  const plain = Buffer.alloc(Math.max(sealed.length - ENCRYPTION_OVERHEAD, 1))
  code.writeInt32LE(0)
  passDecrypt(sealed, sealed.length, pass, pass.length, plain, code)
  return { error: DECRYPTION_ERRORS[code.readInt32LE()], data: plain.toString('hex') }
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
createInterface({ input: process.stdin }).on('line', (line) => {
  const ask = JSON.parse(line) as { what: string; data: string; pass?: string }
  const [data, pass] = [bytes(ask.data), bytes(ask.pass ?? '')]
  const answer = ask.what === 'load' ? load(data) : ask.what === 'encrypt' ? encrypt(data, pass) : decrypt(data, pass)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})
