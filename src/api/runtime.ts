// What stands behind one `Tox` object on Node: crypto backend, profile file, socket, engine and driver, opened in this order
// and closed in the reverse one.

import { type Counters, type Endpoint, type Env, type Logger, type Millis, silentLogger } from '../base/index.js'
import { type Crypto, loadCrypto, openCrypto } from '../crypto/index.js'
import type { LanDiscoveryOptions } from '../dht/index.js'
import { isEncrypted } from '../encryptsave/index.js'
import { HostClock } from '../host/clock.js'
import { ResolveError, resolveHost } from '../host/dns.js'
import { HostDriver } from '../host/driver.js'
import { HostLan } from '../host/lan.js'
import { asBootstrapNode, type BootstrapNode } from '../host/nodes-file.js'
import { openUdpSocket } from '../host/open-udp.js'
import { ProfileError } from '../host/profile-error.js'
import { ProfileFile } from '../host/profile-file.js'
import { HostRandom } from '../host/random.js'
import { TOX_PORTS, UdpError, type UdpSocket } from '../host/udp-socket.js'
import { ToxEngine, type ToxEngineEvents } from '../tox/engine.js'
import { ToxError } from '../tox/errors.js'
import { parseSavedata, type Savedata } from '../tox/savedata.js'
import type { ToxOptions } from './options.js'
import { ProfileSeal } from './profile-seal.js'

/** The profile is saved at least this often while running: friends' names, last-seen times and known nodes change by themselves. */
const SAVE_INTERVAL_MS = 5 * 60_000

/** What a `Tox` needs to stand on: real sockets and files, or the simulator. */
export interface Runtime {
  readonly engine: ToxEngine
  readonly drops: Counters
  readonly udpPort: number
  /** Begins to move, once the caller can listen. */
  start(): Promise<void>
  /** Runs a call of the user as a turn of its own: one moment in time, sent at its end, saved soon after (unless told not). */
  turn<T>(work: () => T, isToSave?: boolean): T
  bootstrap(node: string | BootstrapNode, signal?: AbortSignal): Promise<void>
  /** The clock of waiting programs, in ms. */
  now(): Millis
  /** The profile as it is saved. */
  savedata(): Uint8Array
  close(): Promise<void>
}

class HostRuntime implements Runtime {
  readonly drops: Counters
  readonly #clock: HostClock
  readonly #driver: HostDriver
  readonly #profile: ProfileFile | undefined
  readonly #socket: UdpSocket
  readonly #bootstrapNodes: readonly (string | BootstrapNode)[]
  readonly #seal: ProfileSeal | undefined
  /** Whether the profile that was opened is plain and is to be so no longer. */
  readonly #wasPlain: boolean
  #saveTimer: NodeJS.Timeout | undefined
  #savedata: () => Uint8Array
  #closed = false

  /** See `openRuntime`. */
  constructor(
    readonly engine: ToxEngine,
    parts: { clock: HostClock; driver: HostDriver } & Pick<Opened, 'profile' | 'seal' | 'wasPlain' | 'socket'>,
    options: ToxOptions,
  ) {
    this.drops = engine.env.drops
    this.#savedata = () => this.savedata()
    this.#seal = parts.seal
    this.#wasPlain = parts.wasPlain
    this.#clock = parts.clock
    this.#driver = parts.driver
    this.#profile = parts.profile
    this.#socket = parts.socket
    this.#bootstrapNodes = options.bootstrap ?? []
  }

  get udpPort(): number {
    return this.#socket.localPort
  }

  now(): Millis {
    return performance.now()
  }

  savedata(): Uint8Array {
    const plain = this.engine.savedata()
    if (this.#seal === undefined) return plain
    const sealed = this.#seal.seal(plain)
    plain.fill(0)
    return sealed
  }

  /**
   * Saves a new profile, so that its identity is not lost, and begins to move. Moving is the last step: nothing may arrive
   * before the caller has had its turn to listen.
   */
  async start(): Promise<void> {
    const nodes = this.#bootstrapNodes.map(asBootstrapNode)
    const joined = await Promise.allSettled(nodes.map((node) => this.bootstrap(node)))
    // One dead name in a list of nodes is no reason to stay away; when no node is left, it is.
    const failures = joined.filter((one) => one.status === 'rejected')
    if (failures.length > 0 && failures.length === nodes.length) throw failures[0]!.reason
    if (this.#profile !== undefined) {
      await this.#profile.save(this.savedata())
      // The first save made the plain file the backup: the second leaves no plain one behind.
      if (this.#seal !== undefined && this.#wasPlain) await this.#profile.save(this.savedata())
      this.#saveTimer = setInterval(() => this.saveSoon(), SAVE_INTERVAL_MS)
      this.#saveTimer.unref()
    }
    this.#driver.start()
  }

  turn<T>(work: () => T, isToSave = true): T {
    this.#clock.beginTurn()
    try {
      return work()
    } finally {
      this.#clock.endTurn()
      this.#driver.touch()
      if (isToSave) this.saveSoon()
    }
  }

  /** Saves the profile within the next seconds. */
  saveSoon(): void {
    if (!this.#closed) this.#profile?.scheduleSave(() => this.#savedata())
  }

  /** Joins through one more node. Rejects with `TOX_ERR_BOOTSTRAP_BAD_HOST` when its name has no address that we can use. */
  async bootstrap(node: string | BootstrapNode, signal?: AbortSignal): Promise<void> {
    const { host, port, publicKey } = asBootstrapNode(node)
    const endpoints = await resolveNode(host, port, this.#socket.family, signal)
    this.turn(() => {
      for (const endpoint of endpoints) this.engine.bootstrap(endpoint, publicKey)
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    clearInterval(this.#saveTimer)
    let last: Uint8Array | undefined
    try {
      const saved = this.savedata()
      last = saved
      // Whatever is saved late is this: a closed engine has no keys any more.
      this.#savedata = () => saved
      this.saveSoon()
    } finally {
      this.#closed = true
      this.engine.close()
      this.#driver.close()
      this.#seal?.wipe()
      await this.#profile?.close().finally(() => last?.fill(0))
    }
  }
}

/** Opens all that one instance needs; nothing stays open when it fails. Rejects with ToxError. */
export async function openRuntime(options: ToxOptions, events: ToxEngineEvents): Promise<Runtime> {
  if (options.profile !== undefined && options.savedata !== undefined) {
    throw new ToxError('NEW', 'bad-option', 'options profile and savedata exclude each other')
  }
  const crypto = await chooseCrypto(options)
  const profile = options.profile === undefined ? undefined : openProfile(options.profile)
  const seal = options.passphrase === undefined ? undefined : new ProfileSeal(crypto, options.passphrase)
  try {
    const bytes = options.savedata ?? profile?.load(acceptProfiles(crypto, seal))
    const savedata = bytes === undefined ? undefined : readSavedata(bytes, crypto, { path: options.profile, seal })
    seal?.settle()
    const wasPlain = bytes !== undefined && !isEncrypted(bytes)
    const socket = await openSocket(options)
    try {
      return assemble(options, events, { crypto, profile, seal, savedata, wasPlain, socket })
    } catch (error) {
      socket.close()
      throw error
    }
  } catch (error) {
    seal?.wipe()
    await profile?.close()
    throw error
  }
}

interface Opened {
  readonly crypto: Crypto
  readonly profile: ProfileFile | undefined
  readonly seal: ProfileSeal | undefined
  readonly savedata: Savedata | undefined
  readonly wasPlain: boolean
  readonly socket: UdpSocket
}

function assemble(
  options: ToxOptions,
  events: ToxEngineEvents,
  { crypto, profile, seal, savedata, wasPlain, socket }: Opened,
): HostRuntime {
  const clock = new HostClock()
  const log: Logger = options.log === undefined ? silentLogger : { log: options.log }
  const env: Pick<Env, 'clock' | 'random' | 'log'> = { clock, random: new HostRandom(), log }
  const engine = new ToxEngine({
    env,
    crypto,
    udp: socket.sender,
    events,
    ipv4: socket.family !== 'ipv6',
    ipv6: socket.family !== 'ipv4',
    holePunching: options.holePunching ?? true,
    ...lanOptions(socket, options.localDiscovery),
    ...(savedata === undefined ? {} : { savedata }),
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    ...(options.received === undefined ? {} : { received: options.received }),
    receipts: options.receipts ?? 'automatic',
  })
  const onError = (error: unknown): void =>
    log.log('error', 'engine', error instanceof Error ? String(error.stack) : String(error))
  const driver = new HostDriver({ engine, clock, onError })
  driver.addSocket(socket)
  return new HostRuntime(engine, { clock, driver, profile, seal, wasPlain, socket }, options)
}

/** LAN discovery from this socket, where it is wanted (unless told otherwise, it is) and can leave the machine. */
export function lanOptions(
  socket: UdpSocket,
  wanted = true,
  ports: Pick<LanDiscoveryOptions, 'port'> = {},
): { lanDiscovery?: LanDiscoveryOptions } {
  return wanted && !socket.local.isLoopback ? { lanDiscovery: { lan: new HostLan(socket), ...ports } } : {}
}

async function chooseCrypto(options: ToxOptions): Promise<Crypto> {
  if (options.crypto === undefined) return loadCrypto()
  const crypto = await openCrypto(options.crypto)
  if ('missing' in crypto)
    throw new ToxError('NEW', 'bad-option', `crypto backend ${options.crypto}: ${crypto.missing}`)
  return crypto
}

function openProfile(path: string): ProfileFile {
  try {
    return ProfileFile.open(path)
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error
    throw new ToxError('NEW', error.code === 'locked' ? 'profile-locked' : 'profile-unusable', error.message, {
      cause: error,
    })
  }
}

/**
 * Whether a file is a sound profile, asked for the main file first and then for its backup. Under a passphrase that this
 * instance does not have, it may be; but where the main file is encrypted, only a backup that the same passphrase opens will
 * do: a wrong passphrase must not bring back a state from before there was one.
 */
function acceptProfiles(crypto: Crypto, seal: ProfileSeal | undefined): (candidate: Uint8Array) => boolean {
  let hasSeen = false
  return (candidate) => {
    if (!isEncrypted(candidate)) return !hasSeen && parseSavedata(candidate, crypto).ok
    if (seal === undefined) return true
    hasSeen = true
    const plain = seal.open(candidate)
    if (plain === undefined) return false
    const isSound = parseSavedata(plain, crypto).ok
    plain.fill(0)
    return isSound
  }
}

/** A parsed profile. Throws `TOX_ERR_NEW_LOAD_…`. */
export function readSavedata(
  bytes: Uint8Array,
  crypto: Crypto,
  { path, seal }: { path?: string | undefined; seal?: ProfileSeal | undefined } = {},
): Savedata {
  const what = path === undefined ? 'the savedata' : path
  const isSealed = isEncrypted(bytes)
  const plain = isSealed ? seal?.open(bytes) : bytes
  if (plain === undefined) {
    if (seal === undefined) throw new ToxError('NEW', 'load-encrypted', `${what} is encrypted with a passphrase`)
    throw new ToxError('NEW', 'load-decryption-failed', `${what}: the passphrase is wrong, or the file is damaged`)
  }
  const parsed = parseSavedata(plain, crypto)
  if (isSealed) plain.fill(0)
  if (parsed.ok) return parsed.value
  throw new ToxError('NEW', 'load-bad-format', `${what} is damaged or is no Tox profile`)
}

async function openSocket({ bindAddress, port, ipv6 = true }: ToxOptions): Promise<UdpSocket> {
  const address = bindAddress === undefined ? {} : { address: bindAddress }
  const ports = port === undefined ? TOX_PORTS : { firstPort: port, lastPort: port }
  const isIpv6Address = bindAddress?.includes(':') ?? true
  try {
    if (ipv6 && isIpv6Address) {
      try {
        return await openUdpSocket({ family: 'dual', ...address, ...ports })
      } catch (error) {
        // A machine without IPv6 is no reason to fail, unless the user asked for an IPv6 address.
        if (!(error instanceof UdpError) || error.code !== 'family-unavailable' || bindAddress !== undefined)
          throw error
      }
    }
    return await openUdpSocket({ family: 'ipv4', ...address, ...ports })
  } catch (error) {
    return failSocket(error)
  }
}

/** Throws why a socket could not be opened as a ToxError. */
export function failSocket(error: unknown): never {
  if (!(error instanceof UdpError)) throw error
  throw new ToxError('NEW', error.code === 'address' ? 'bad-option' : 'port-alloc', error.message, { cause: error })
}

/** The addresses of a host that a socket of `family` can send to. Rejects with `TOX_ERR_BOOTSTRAP_BAD_HOST`. */
export async function resolveNode(
  host: string,
  port: number,
  family: UdpSocket['family'],
  signal?: AbortSignal,
): Promise<Endpoint[]> {
  const only = family === 'ipv4' ? { family: 4 as const } : family === 'ipv6' ? { family: 6 as const } : {}
  try {
    return await resolveHost(host, port, { ...only, ...(signal === undefined ? {} : { signal }) })
  } catch (error) {
    if (signal?.aborted) throw new ToxError('BOOTSTRAP', 'aborted')
    if (!(error instanceof ResolveError)) throw error
    throw new ToxError('BOOTSTRAP', error.code === 'bad-port' ? 'bad-port' : 'bad-host', error.message, {
      cause: error,
    })
  }
}
