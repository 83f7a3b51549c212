// One `Tox *`: the engine with a socket, a clock, dice and speech that belong to the program. Nothing happens between two calls
// of the program; what it sends leaves before the call returns.

import { Deadlines, Endpoint, fail, type Millis, ok, type Random, type Result } from '../../src/base/index.js'
import type { Crypto, LongTermKeyPair, LongTermSecretKey } from '../../src/crypto/index.js'
import { SECRET_KEY_BYTES } from '../../src/crypto/index.js'
import { isEncrypted } from '../../src/encryptsave/index.js'
import { HostDriver } from '../../src/host/driver.js'
import { HostLan } from '../../src/host/lan.js'
import { NetworkWatch } from '../../src/host/network-watch.js'
import type { UdpSocket } from '../../src/host/udp-socket.js'
import type { Messenger } from '../../src/messenger/index.js'
import { ToxEngine } from '../../src/tox/engine.js'
import { freshSavedata, parseSavedata, type Savedata } from '../../src/tox/savedata.js'
import { noUdp } from '../../src/transport/udp.js'
import type { CallerClock } from './clock.js'
import { engineEvents, reportNodes } from './engine-events.js'
import { EventBatch } from './event-batch.js'
import type { LogQueue } from './log.js'
import { Pace } from './pace.js'
import { type FoundProxy, InstanceTcp } from './tcp/instance-tcp.js'
import { TcpPort } from './tcp/listener.js'
import { CountingSender, RelayTraffic, TrafficCounts } from './traffic.js'
import { openUdp, type UdpOptions } from './udp.js'

export interface InstanceOptions extends UdpOptions {
  readonly udp: boolean
  readonly announcements: boolean
  readonly holePunching: boolean
  /** Whether to find nodes of our own network; nothing without UDP. */
  readonly localDiscovery: boolean
  /** The port of our own TCP relay; 0 for none. */
  readonly tcpPort: number
  /** Every connection that we open goes through it. */
  readonly proxy: FoundProxy | undefined
  /** A Tox_Savedata_Type: 0 none, 1 a `.tox` file, 2 a secret key. */
  readonly savedataType: number
  readonly savedata: Uint8Array
}

export interface InstanceParts {
  readonly crypto: Crypto
  readonly clock: CallerClock
  readonly log: LogQueue
  /** What the program's dice, or the machine's, tell. `crypto` takes its keys and nonces from them too. */
  readonly random: Random
}

/** Failures of TOX_ERR_NEW that only the core can find. */
export type NewError = 'load-encrypted' | 'load-bad-format' | 'port-alloc'

/**
 * So many bytes of events may wait for the program; above that, packets are left to the kernel, whose buffer overflows as it
 * does on any busy machine: senders slow down, and nothing that was acknowledged is lost.
 */
const BATCH_MAX_BYTES = 1024 * 1024

/** So many calls between two steps send at once, each with a system call of its own; of a burst, every so many. */
const CALLS_SENT_AT_ONCE = 16

/** Connections to our own relay, in all: programs may open 1,024 files unless told, and c-toxcore's relay takes them all. */
const RELAY_CLIENTS_MAX = 512
const LOOPBACK = Uint8Array.of(127, 0, 0, 1)

const NO_REST: Millis = Number.NEGATIVE_INFINITY
/** For who waits for nothing. */
const NO_DESCRIPTOR = -1

/** What an instance has opened before it was made. */
export interface InstanceSockets {
  readonly udp: UdpSocket | undefined
  readonly relay: TcpPort | undefined
}

export class CoreInstance {
  readonly engine: ToxEngine
  readonly clock: CallerClock
  readonly log: LogQueue
  readonly received = new TrafficCounts()
  /** With the relays that we use, and as one. */
  readonly relayClient = new RelayTraffic()
  readonly relayServer = new RelayTraffic()
  readonly pace = new Pace()
  readonly #events = new EventBatch()
  readonly #socket: UdpSocket | undefined
  readonly #relayPort: TcpPort | undefined
  readonly #tcp: InstanceTcp
  readonly #driver: HostDriver
  readonly #sender: CountingSender
  #savedata: Uint8Array | undefined
  #callsSinceStep = 0
  #restsUntilMs = NO_REST
  #closed = false

  /** See `openInstance`. */
  constructor(
    options: InstanceOptions,
    { crypto, clock, log, random }: InstanceParts,
    { udp: socket, relay }: InstanceSockets,
    savedata: Savedata | undefined,
  ) {
    this.clock = clock
    this.log = log
    this.#socket = socket
    this.#relayPort = relay
    this.#sender = new CountingSender(socket?.sender ?? noUdp)
    const deadlines = new Deadlines()
    const onError = (error: unknown): void => log.mistake(error)
    const mayRead = (): boolean => this.#events.size < BATCH_MAX_BYTES
    this.#tcp = new InstanceTcp({
      env: { clock, deadlines },
      proxy: options.proxy,
      onError,
      mayRead,
      machineMs: () => clock.machineMs(),
    })
    this.engine = new ToxEngine({
      env: { clock, random, log, deadlines },
      crypto,
      udp: this.#sender,
      hasUdp: socket !== undefined,
      dialer: this.#tcp,
      relayMeter: this.relayClient,
      relay: relay === undefined ? undefined : { connections: RELAY_CLIENTS_MAX },
      events: engineEvents(
        this.#events,
        () => this.pace.talk(clock.now()),
        () => this.pace.piece(clock.now()),
      ),
      ipv4: socket !== undefined,
      ipv6: socket?.family === 'dual',
      announcements: options.announcements,
      holePunching: options.holePunching,
      ...(socket !== undefined && options.localDiscovery ? { lanDiscovery: { lan: this.#lanOf(socket) } } : {}),
      ...(savedata === undefined ? {} : { savedata }),
    })
    reportNodes(this.#events, this.engine.dht)
    const watch = new NetworkWatch()
    this.#driver = new HostDriver({
      engine: {
        receive: (from, packet) => this.#receive(from, packet),
        wake: (nowMs) => this.engine.wake(nowMs),
        nextWakeMs: () => this.engine.nextWakeMs(),
      },
      clock,
      onError,
      mayReceive: mayRead,
      onTurn: (nowMs) => {
        if (watch.hasChanged(nowMs)) this.engine.networkChanged()
      },
    })
    if (socket !== undefined) this.#driver.addSocket(socket)
    if (relay !== undefined) this.#openRelay(relay, options.proxy !== undefined)
    this.pace.search(clock.now())
  }

  get messenger(): Messenger {
    return this.engine.messenger
  }

  /** Undefined without UDP. */
  get udpPort(): number | undefined {
    return this.#socket?.localPort
  }

  /** Undefined where this is no relay. */
  get tcpPort(): number | undefined {
    return this.#relayPort?.port
  }

  get sent(): TrafficCounts {
    return this.#sender.sent
  }

  /** Whether a packet could be sent to this address. */
  canReach({ family }: Endpoint): boolean {
    return this.#socket !== undefined && (family === 4 || this.#socket.family === 'dual')
  }

  /** Reads what arrived, does what is due, sends. Answers the events since the last step, valid until the next call. */
  iterate(): Uint8Array {
    this.#forgetSavedata()
    this.#callsSinceStep = 0
    this.#tcp.step()
    this.#driver.step()
    this.#tcp.flush()
    this.pace.step(this.clock.now(), this.sent, this.relayClient.dataSent)
    return this.#events.take()
  }

  /** How long the program may sleep. */
  iterationIntervalMs(): Millis {
    const nowMs = this.clock.now()
    return this.pace.intervalMs(nowMs, this.#tcp.isImpatient ? nowMs : this.engine.nextWakeMs())
  }

  /** After each call that may have changed or sent something. */
  changed(): void {
    this.#forgetSavedata()
    this.#restsUntilMs = NO_REST
    if (this.#closed) return
    const calls = this.#callsSinceStep++
    if (calls < CALLS_SENT_AT_ONCE || calls % CALLS_SENT_AT_ONCE === 0) this.#flush()
    if (calls < CALLS_SENT_AT_ONCE && this.#mayRest()) this.#restsUntilMs = this.engine.nextWakeMs()
  }

  /** A call failed within: nothing is known for sure. */
  failed(): void {
    this.#restsUntilMs = NO_REST
  }

  /**
   * Until when, by the program's clock, steps change nothing unless a packet waits in the socket: the library answers them
   * itself, since at twenty steps a second most of a step's cost is to wake this core's cold code.
   */
  get restsUntilMs(): Millis {
    return this.clock.callerMs(this.#restsUntilMs)
  }

  /** On which whoever polls waits for packets, -1 where there is nothing to wait for. */
  get descriptor(): number {
    return this.#pollable ?? NO_DESCRIPTOR
  }

  /** Undefined while no descriptor tells all: something waits to be sent. */
  get #pollable(): number | undefined {
    const udp = this.#socket?.pollable
    return this.#socket !== undefined && udp === undefined ? undefined : this.#tcp.pollableWith(udp)
  }

  #mayRest(): boolean {
    return this.#pollable !== undefined && this.#events.size === 0 && this.pace.isCalm(this.clock.now())
  }

  #flush(): void {
    this.#driver.flush()
    this.#tcp.flush()
  }

  /** Greetings are counted as all that we send. */
  #lanOf(socket: UdpSocket): HostLan {
    const { family, local } = socket
    return new HostLan({ sender: this.#sender, family, local, multicastBy: (link) => socket.multicastBy(link) })
  }

  /** Others find our relay through us, who are its first client, as in c-toxcore. A proxy would look for it elsewhere. */
  #openRelay(relay: TcpPort, hasProxy: boolean): void {
    const server = this.engine.node.relay!
    server.meter = this.relayServer
    this.#tcp.admit(relay, (stream) => server.accept(stream))
    if (!hasProxy) this.engine.addRelay(Endpoint.of(LOOPBACK, relay.port), this.engine.dht.publicKey)
  }

  /** The profile: the same bytes until something changes, since programs ask for the size first. */
  savedata(): Uint8Array {
    this.#savedata ??= this.engine.savedata()
    return this.#savedata
  }

  /** Tells friends goodbye, frees the port, wipes all secrets. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#forgetSavedata()
    try {
      this.engine.close()
    } finally {
      this.#driver.close()
      this.#tcp.close()
    }
  }

  #receive(from: Endpoint, packet: Uint8Array): void {
    this.received.add(packet.length === 0 ? 0 : packet[0]!, packet.length)
    this.engine.receive(from, packet)
  }

  #forgetSavedata(): void {
    this.#savedata?.fill(0)
    this.#savedata = undefined
  }
}

/** Checks in the order of c-toxcore: a wrong passphrase shows before a used port, a damaged file after it. */
export function openInstance(options: InstanceOptions, parts: InstanceParts): Result<CoreInstance, NewError> {
  if (options.savedataType === TOX_SAVE && isEncrypted(options.savedata)) return fail('load-encrypted')
  const opened = openSockets(options, parts.log)
  if (!opened.ok) return opened
  const sockets = opened.value
  try {
    const loaded = load(options, parts.crypto)
    if (loaded.ok) return ok(new CoreInstance(options, parts, sockets, loaded.value))
    closeAll(sockets)
    return loaded
  } catch (error) {
    closeAll(sockets)
    throw error
  }
}

function openSockets(options: InstanceOptions, log: LogQueue): Result<InstanceSockets, 'port-alloc'> {
  const udp = options.udp ? openUdp(options, log) : ok(undefined)
  if (!udp.ok) return udp
  if (options.tcpPort === 0) return ok({ udp: udp.value, relay: undefined })
  const relay = TcpPort.open(options.tcpPort, options.ipv6)
  if (relay.ok) return ok({ udp: udp.value, relay: relay.value })
  udp.value?.close()
  log.log('error', 'tcp', `TCP port ${options.tcpPort} cannot be opened: ${relay.error}`)
  return fail('port-alloc')
}

function closeAll({ udp, relay }: InstanceSockets): void {
  udp?.close()
  relay?.close()
}

const [NO_SAVEDATA, TOX_SAVE] = [0, 1]

function load(
  { savedataType, savedata }: InstanceOptions,
  crypto: Crypto,
): Result<Savedata | undefined, 'load-bad-format' | 'load-encrypted'> {
  if (savedataType === NO_SAVEDATA) return ok(undefined)
  if (savedataType === TOX_SAVE) {
    const parsed = parseSavedata(savedata, crypto)
    return parsed.ok ? parsed : fail(`load-${parsed.error}`)
  }
  if (savedata.length !== SECRET_KEY_BYTES) return fail('load-bad-format')
  const secretKey = savedata.slice() as LongTermSecretKey
  const longTerm: LongTermKeyPair = { publicKey: crypto.publicKeyOf(secretKey), secretKey }
  return ok({ ...freshSavedata(crypto), longTerm })
}
