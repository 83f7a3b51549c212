// What stands behind one `Tox` object on Node: crypto backend, profile file, socket, engine and driver, opened in this order
// and closed in the reverse one.

import { Counters, Deadlines, type Env, type Logger, type Millis, silentLogger } from '../base/index.js'
import { type Crypto, loadCrypto, openCrypto } from '../crypto/index.js'
import { isEncrypted } from '../encryptsave/index.js'
import { HostClock } from '../host/clock.js'
import { HostDriver } from '../host/driver.js'
import { NetworkWatch } from '../host/network-watch.js'
import { asBootstrapNode, type BootstrapNode } from '../host/nodes-file.js'
import type { PortMapper } from '../host/port-mapping/port-mapper.js'
import { ProfileError } from '../host/profile-error.js'
import { ProfileFile } from '../host/profile-file.js'
import { HostRandom } from '../host/random.js'
import { ToxEngine, type ToxEngineEvents } from '../tox/engine.js'
import { ToxError } from '../tox/errors.js'
import { parseSavedata, type Savedata } from '../tox/savedata.js'
import { HostNetwork, streamTarget } from './host-network.js'
import type { ToxOptions } from './options.js'
import { openPortMappings, type PortMapping, portMapping } from './port-mappings.js'
import { ProfileSeal } from './profile-seal.js'

/** The profile is saved at least this often while running: friends' names, last-seen times and known nodes change by themselves. */
const SAVE_INTERVAL_MS = 5 * 60_000

/** What a runtime tells. */
export interface RuntimeEvents extends ToxEngineEvents {
  portMapping?(mapping: PortMapping): void
}

/** What a `Tox` needs to stand on: real sockets and files, or the simulator. */
export interface Runtime {
  readonly engine: ToxEngine
  readonly drops: Counters
  /** 0 without UDP. */
  readonly udpPort: number
  /** Where we are a relay. */
  readonly tcpPort: number | undefined
  /** Begins to move, once the caller can listen. */
  start(): Promise<void>
  /** Runs a call of the user as a turn of its own: one moment in time, sent at its end, saved soon after (unless told not). */
  turn<T>(work: () => T, isToSave?: boolean): T
  bootstrap(node: string | BootstrapNode, signal?: AbortSignal): Promise<void>
  /** The clock of waiting programs, in ms. */
  now(): Millis
  /** Ports at the router of the home; none unless asked for. */
  readonly portMappings: readonly PortMapping[]
  /** The profile as it is saved. */
  savedata(): Uint8Array
  close(): Promise<void>
}

class HostRuntime implements Runtime {
  readonly drops: Counters
  readonly #clock: HostClock
  readonly #driver: HostDriver
  readonly #profile: ProfileFile | undefined
  readonly #network: HostNetwork
  readonly #mapPorts: () => PortMapper | undefined
  readonly #seal: ProfileSeal | undefined
  /** Whether the profile that was opened is plain and is to be so no longer. */
  readonly #wasPlain: boolean
  #saveTimer: NodeJS.Timeout | undefined
  #mapper: PortMapper | undefined
  #savedata: () => Uint8Array
  #closed = false

  /** See `openRuntime`. */
  constructor(
    readonly engine: ToxEngine,
    parts: { clock: HostClock; driver: HostDriver; mapPorts: () => PortMapper | undefined } & Pick<
      Opened,
      'profile' | 'seal' | 'wasPlain' | 'network'
    >,
  ) {
    this.drops = engine.env.drops
    this.#savedata = () => this.savedata()
    this.#seal = parts.seal
    this.#wasPlain = parts.wasPlain
    this.#clock = parts.clock
    this.#driver = parts.driver
    this.#profile = parts.profile
    this.#network = parts.network
    this.#mapPorts = parts.mapPorts
  }

  get portMappings(): PortMapping[] {
    return this.#mapper?.states.map(portMapping) ?? []
  }

  get udpPort(): number {
    return this.#network.socket?.localPort ?? 0
  }

  get tcpPort(): number | undefined {
    return this.#network.tcpPort
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
    await this.#network.listen(this.engine)
    const { bootstrap, relays } = this.#network.plan
    this.turn(() => {
      for (const { host, port, publicKey } of relays) this.engine.addRelay(streamTarget(host, port), publicKey)
    })
    const joined = await Promise.allSettled(bootstrap.map((node) => this.bootstrap(node)))
    // One dead name in a list of nodes is no reason to stay away; when no node is left, it is.
    const failures = joined.filter((one) => one.status === 'rejected')
    const isLost = relays.length === 0 && failures.length === bootstrap.length
    if (isLost && failures.length > 0) throw failures[0]!.reason
    if (this.#profile !== undefined) {
      await this.#profile.save(this.savedata())
      // The first save made the plain file the backup: the second leaves no plain one behind.
      if (this.#seal !== undefined && this.#wasPlain) await this.#profile.save(this.savedata())
      this.#saveTimer = setInterval(() => this.saveSoon(), SAVE_INTERVAL_MS)
      this.#saveTimer.unref()
    }
    this.#driver.start()
    this.#mapper = this.#mapPorts()
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

  /** The addresses of this machine have changed. */
  networkChanged(): void {
    this.engine.networkChanged()
    this.#mapper?.restart()
  }

  /** Saves the profile within the next seconds. */
  saveSoon(): void {
    if (!this.#closed) this.#profile?.scheduleSave(() => this.#savedata())
  }

  /** Joins through one more node. Rejects with `TOX_ERR_BOOTSTRAP_BAD_HOST` when its name has no address that we can use. */
  async bootstrap(node: string | BootstrapNode, signal?: AbortSignal): Promise<void> {
    const parsed = asBootstrapNode(node)
    const { endpoints, relays } = await this.#network.locate(parsed, signal)
    this.turn(() => {
      for (const endpoint of endpoints) this.engine.bootstrap(endpoint, parsed.publicKey)
      for (const relay of relays) this.engine.addRelay(relay, parsed.publicKey)
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
      this.#network.close()
      this.#driver.close()
      this.#seal?.wipe()
      await this.#mapper?.close()
      await this.#profile?.close().finally(() => last?.fill(0))
    }
  }
}

/** Opens all that one instance needs; nothing stays open when it fails. Rejects with ToxError. */
export async function openRuntime(options: ToxOptions, events: RuntimeEvents): Promise<Runtime> {
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
    const network = await HostNetwork.open(options)
    try {
      return assemble(options, events, { crypto, profile, seal, savedata, wasPlain, network })
    } catch (error) {
      network.close()
      network.socket?.close()
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
  readonly network: HostNetwork
}

function assemble(
  options: ToxOptions,
  events: RuntimeEvents,
  { crypto, profile, seal, savedata, wasPlain, network }: Opened,
): HostRuntime {
  const clock = new HostClock()
  const log: Logger = options.log === undefined ? silentLogger : { log: options.log }
  const env: Env = { clock, random: new HostRandom(), log, deadlines: new Deadlines(), drops: new Counters() }
  const onError = (error: unknown): void =>
    log.log('error', 'engine', error instanceof Error ? String(error.stack) : String(error))
  // A mistake of ours costs what it met, as with packets: the connection's turn, not the process.
  const turn = (work: () => void): void => {
    try {
      runtime.turn(work, false)
    } catch (error) {
      onError(error)
    }
  }
  const engine = new ToxEngine({
    env,
    crypto,
    events,
    ...network.engineOptions(env, turn),
    holePunching: options.holePunching ?? true,
    ...(savedata === undefined ? {} : { savedata }),
    ...(options.outbox === undefined ? {} : { outbox: options.outbox }),
    ...(options.received === undefined ? {} : { received: options.received }),
    receipts: options.receipts ?? 'automatic',
  })
  const watch = new NetworkWatch()
  const onTurn = (nowMs: Millis): void => {
    if (watch.hasChanged(nowMs)) runtime.networkChanged()
  }
  const driver = new HostDriver({ engine, clock, onError, onTurn })
  const { socket } = network
  if (socket !== undefined) {
    driver.addSocket(socket)
    socket.onChange = ({ level, text, isBack }) => {
      log.log(level, 'udp', text)
      // What came meanwhile is lost, and perhaps the port is another one.
      if (isBack) turn(() => runtime.networkChanged())
    }
  }
  const mapPorts = (): PortMapper | undefined => {
    const ports = options.portMapping === true ? network.openPorts : []
    const onChange = (mapping: PortMapping): void => events.portMapping?.(mapping)
    return ports.length === 0 ? undefined : openPortMappings(ports, log, onChange)
  }
  const runtime = new HostRuntime(engine, { clock, driver, profile, seal, wasPlain, network, mapPorts })
  return runtime
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
