// Where a node keeps its key pair, so that it stays the same node: our own form, 64 hexadecimal digits of the secret key, or
// tox-bootstrapd's, 32 bytes of the public key and 32 of the secret one. Both are read, whichever is there.

import { closeSync, fstatSync, fsyncSync, linkSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { fromHex, sameBytes, toHex, toUtf8 } from '../../base/index.js'
import type { Crypto, DhtKeyPair, DhtPublicKey, DhtSecretKey } from '../../crypto/index.js'
import { ToxError } from '../../tox/errors.js'

export type KeyFileFormat = 'hex' | 'binary'

const KEY_BYTES = 32
/** One byte more than any sound file, so that a longer one is noticed: 64 digits and a line end of two, or 64 bytes. */
const READ_BYTES = 2 * KEY_BYTES + 3

export interface KeyFileOptions {
  /** How a new file is written; `'hex'` unless told. */
  readonly format?: KeyFileFormat
  /** Told what is unwise, though it works: a file that others may read. */
  readonly onWarning?: (text: string) => void
}

/** The key pair in the file, made when there is none. Throws ToxError `TOX_ERR_TS_PROFILE_UNUSABLE`. */
export function readKeyFile(
  path: string,
  crypto: Crypto,
  { format = 'hex', onWarning }: KeyFileOptions = {},
): DhtKeyPair {
  try {
    return load(path, crypto, onWarning) ?? make(path, crypto, format)
  } catch (error) {
    if (error instanceof ToxError) throw error
    throw unusable(path, reasonOf(error), error)
  }
}

function load(path: string, crypto: Crypto, onWarning: KeyFileOptions['onWarning']): DhtKeyPair | undefined {
  const fd = openIfThere(path)
  if (fd === undefined) return undefined
  const bytes = new Uint8Array(READ_BYTES)
  try {
    const { mode } = fstatSync(fd)
    const length = readSync(fd, bytes, 0, READ_BYTES, 0)
    const keyPair = parse(path, bytes.subarray(0, length), crypto)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      onWarning?.(`the key file ${path} can be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 ${path}`)
    }
    return keyPair
  } finally {
    bytes.fill(0)
    closeSync(fd)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(path: string, bytes: Uint8Array, crypto: Crypto): DhtKeyPair {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').trim()
  if (/^[0-9a-fA-F]*$/.test(text) && bytes.length >= 2 * KEY_BYTES) {
    const secretKey = fromHex(text) as DhtSecretKey | undefined
    if (secretKey?.length === KEY_BYTES) return { secretKey, publicKey: crypto.publicKeyOf(secretKey) }
  }
  if (bytes.length !== 2 * KEY_BYTES) {
    const size = bytes.length === READ_BYTES ? 'more than 66' : String(bytes.length)
    throw unusable(
      path,
      `it holds neither 64 hexadecimal digits nor the 64 bytes of tox-bootstrapd: it has ${size} bytes`,
    )
  }
  const secretKey = bytes.slice(KEY_BYTES) as DhtSecretKey
  const publicKey: DhtPublicKey = crypto.publicKeyOf(secretKey)
  if (sameBytes(publicKey, bytes.subarray(0, KEY_BYTES))) return { secretKey, publicKey }
  throw unusable(path, 'its public key does not belong to its secret key: the file is damaged')
}

/** Written whole under another name first: no moment sees half a key, and no file that came meanwhile is overwritten. */
function make(path: string, crypto: Crypto, format: KeyFileFormat): DhtKeyPair {
  const fresh = crypto.keyPair<DhtPublicKey, DhtSecretKey>()
  const bytes =
    format === 'hex' ? toUtf8(`${toHex(fresh.secretKey)}\n`) : Buffer.concat([fresh.publicKey, fresh.secretKey])
  const draft = `${path}.${process.pid}.tmp`
  try {
    const fd = openSync(draft, 'wx', 0o600)
    try {
      writeSync(fd, bytes)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    linkSync(draft, path)
  } finally {
    bytes.fill(0)
    unlinkIfThere(draft)
  }
  return fresh
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function unusable(path: string, why: string, cause?: unknown): ToxError {
  return new ToxError('NEW', 'profile-unusable', `the key file ${path}: ${why}`, { cause })
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'its folder does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return message
}
