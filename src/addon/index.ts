// Loads the native addon, or says that there is none: every function of it has a portable twin above.
// TOXCORE_TS_ADDON=off leaves it out.

import { addonCandidates, addonSwitchedOff } from './candidates.js'

/** Grows when a native function changes its meaning: a binary of another build is then refused, not misused. */
const ADDON_ABI = 1

/**
 * libsodium through the addon (native/crypto.cc). Results are written into the first argument; a wrong argument throws
 * TypeError or RangeError naming it. `Crypto` says what each does.
 */
export interface AddonCrypto {
  randomFill(target: Uint8Array): void
  keyPair(publicKey: Uint8Array, secretKey: Uint8Array): void
  publicKeyOf(publicKey: Uint8Array, secretKey: Uint8Array): void
  /** False for a low-order point. */
  sharedKey(out: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): boolean
  seal(out: Uint8Array, plain: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
  open(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
  sealBatch(arena: Uint8Array, jobs: Int32Array): number
  openBatch(arena: Uint8Array, jobs: Int32Array): number
  signKeyPair(publicKey: Uint8Array, secretKey: Uint8Array): void
  signKeyPairOfSeed(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
  sign(signature: Uint8Array, message: Uint8Array, signSecretKey: Uint8Array): void
  verify(signature: Uint8Array, message: Uint8Array, signPublicKey: Uint8Array): boolean
  sha256(out: Uint8Array, data: Uint8Array): void
  sha512(out: Uint8Array, data: Uint8Array): void
  auth(out: Uint8Array, message: Uint8Array, key: Uint8Array): void
  /** False when its 16 MiB of working memory cannot be had. */
  passwordKey(out: Uint8Array, passphrase: Uint8Array, salt: Uint8Array): boolean
  equal(a: Uint8Array, b: Uint8Array): boolean
  wipe(secret: Uint8Array): void
  /** For the benchmark alone: libsodium's own seal, `times` times over, without any of our work. */
  bareSealLoop(out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array, times: number): boolean
  bareOpenLoop(out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array, times: number): boolean
}

/** native/nodes.cc; the portable twin is src/base/nearest.ts. */
export interface AddonNodes {
  nearestIndices(target: Uint8Array, packedKeys: Uint8Array, count: number, howMany: number, out: Int32Array): number
}

export interface Addon {
  /** Absent where no libsodium could be opened; `cryptoMissing` then says why. */
  readonly crypto?: AddonCrypto
  readonly cryptoMissing?: string
  readonly nodes: AddonNodes
  /** The class of batched UDP sockets, where the platform has them. Typed by its one user, src/host. */
  readonly UdpSocket?: unknown
  /** Classes for hosts that poll, where the platform has them. Typed by their one user, capi/core. */
  readonly TcpSocket?: unknown
  readonly Readiness?: unknown
}

type Loaded = { readonly addon: Addon } | { readonly missing: string }
let loaded: Loaded | undefined

/** The native addon; undefined when it is absent, does not load here, or TOXCORE_TS_ADDON is `off`. */
export function loadAddon(): Addon | undefined {
  const state = find()
  return 'addon' in state ? state.addon : undefined
}

/** Why `loadAddon` has none; empty when it has one. */
export function whyNoAddon(): string {
  const state = find()
  return 'missing' in state ? state.missing : ''
}

function find(): Loaded {
  const off = addonSwitchedOff()
  if (off !== '') return { missing: off }
  loaded ??= tryAll()
  return loaded
}

function tryAll(): Loaded {
  const candidates = addonCandidates()
  if (candidates.length === 0) return { missing: 'the package folder was not found' }
  let missing = `no binary for ${process.platform}-${process.arch}`
  for (const { name, load } of candidates) {
    try {
      const addon = load() as Addon & { readonly abi?: number }
      if (addon.abi === ADDON_ABI) return { addon }
      missing = `${name} holds a binary of another version; build again with: node native/build.mjs`
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error)
      if ((error as { code?: unknown } | null)?.code !== 'MODULE_NOT_FOUND') missing = `${name}: ${reason}`
    }
  }
  return { missing }
}
