// Which backend serves: our addon, else sodium-native, else WASM. TOXCORE_TS_CRYPTO forces one, and a forced one that is
// missing is an error, never a silent change: who forces one has a reason.

import { openNative } from './backend/native.js'
import { openSodiumNative } from './backend/sodium-native.js'
import { openWasm, startWasm } from './backend/wasm.js'
import type { Crypto, CryptoName } from './crypto.js'

/** All backends, best first. */
export const CRYPTO_NAMES: readonly CryptoName[] = ['native', 'sodium-native', 'wasm']

const environment: { readonly TOXCORE_TS_CRYPTO?: string } = process.env
type Opened = Crypto | { readonly missing: string }

/**
 * The best crypto backend of this machine, or the one that TOXCORE_TS_CRYPTO names; the same object every time.
 * Rejects when there is none, or when the forced one is missing: the message names each and why.
 */
export async function loadCrypto(): Promise<Crypto> {
  const failures: string[] = []
  for (const name of candidates()) {
    const backend = await openCrypto(name)
    if (!('missing' in backend)) return backend
    failures.push(`${name}: ${backend.missing}`)
  }
  throw noBackend(failures)
}

/**
 * As `loadCrypto`, at once, for faces that cannot wait; throws where it rejects. WASM starts asynchronously, so it
 * serves here only after `loadCrypto` or `openCrypto('wasm')` has started it.
 */
export function loadCryptoSync(): Crypto {
  const failures: string[] = []
  for (const name of candidates()) {
    const backend = openers[name]()
    if (!('missing' in backend)) return backend
    failures.push(`${name}: ${backend.missing}`)
  }
  throw noBackend(failures)
}

/** One backend by its name, or why it is missing. */
export async function openCrypto(name: CryptoName): Promise<Opened> {
  if (name === 'wasm') await startWasm()
  return openers[name]()
}

/** Each gives the same object every time. */
const openers: { readonly [name in CryptoName]: () => Opened } = {
  native: openNative,
  'sodium-native': openSodiumNative,
  wasm: openWasm,
}

function candidates(): readonly CryptoName[] {
  const forced = environment.TOXCORE_TS_CRYPTO
  if (forced === undefined || forced === '') return CRYPTO_NAMES
  const name = CRYPTO_NAMES.find((one) => one === forced)
  if (name === undefined) throw new Error(`TOXCORE_TS_CRYPTO must be one of ${CRYPTO_NAMES.join(', ')}, not ${forced}`)
  return [name]
}

function noBackend(failures: readonly string[]): Error {
  return new Error(`no crypto backend: ${failures.join('; ')}`)
}
