// Where a node keeps its key pair, so that it stays the same node.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fromHex, toHex } from '../../base/index.js'
import type { Crypto, DhtKeyPair, DhtSecretKey } from '../../crypto/index.js'
import { ToxError } from '../../tox/errors.js'

/** The key pair in the file, made when there is none. Throws ToxError `TOX_ERR_TS_PROFILE_UNUSABLE`. */
export function readKeyFile(path: string, crypto: Crypto): DhtKeyPair {
  try {
    if (!existsSync(path)) {
      const fresh = crypto.keyPair<DhtKeyPair['publicKey'], DhtSecretKey>()
      writeFileSync(path, `${toHex(fresh.secretKey)}\n`, { mode: 0o600, flag: 'wx' })
      return fresh
    }
    const secretKey = fromHex(readFileSync(path, 'utf8').trim()) as DhtSecretKey | undefined
    if (secretKey?.length === 32) return { secretKey, publicKey: crypto.publicKeyOf(secretKey) }
  } catch (error) {
    throw new ToxError('NEW', 'profile-unusable', `the key file ${path}: ${(error as Error).message}`, { cause: error })
  }
  throw new ToxError('NEW', 'profile-unusable', `${path} holds no secret key of 64 hexadecimal digits`)
}
