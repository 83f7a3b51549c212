// Tox on simulated hosts: a whole instance that keeps what it hears, for stories, and a bare node, for the network around them.

import { fromHex, fromUtf8, type Millis, toHex, toUtf8 } from '../base/index.js'
import type { ConferenceEvents } from '../conference/index.js'
import type { ConnectionStatus, MessengerEvents } from '../messenger/index.js'
import { ToxEngine } from '../tox/engine.js'
import { NetworkNode } from '../tox/network-node.js'
import { parseSavedata, type Savedata } from '../tox/savedata.js'
import { formatToxId, parseToxId } from '../tox/tox-id.js'
import { lanSender } from '../transport/lan.js'
import type { CreateEngine, EngineSetup, SimEngine } from './engine.js'
import type { HostOptions, SimHost } from './host.js'
import { LazyReader } from './lazy-reader.js'
import type { World } from './world.js'

export interface ToxPeerOptions {
  /** The profile as the bytes of a `.tox` file; a fresh one unless given. */
  readonly savedata?: Uint8Array
  /** Whether friend requests are accepted as they come; true unless told. */
  readonly acceptsRequests?: boolean
  /** Whether it greets its LAN and hears greetings; false unless told. */
  readonly localDiscovery?: boolean
  /** Whether it punches holes through NATs; true unless told. */
  readonly holePunching?: boolean
  /** Whether it has UDP; true unless told. */
  readonly udp?: boolean
  /** Whether it may use TCP relays; false unless told. */
  readonly tcp?: boolean
  /** Handlers beside those that keep what is heard. */
  readonly events?: Partial<MessengerEvents>
  /** Hears of conferences; nobody does unless given. */
  readonly conferences?: ConferenceEvents
}

export interface SimRelayOptions {
  readonly port: number
  /** It looks at what has come as often as this (c-toxcore: 30 ms); at once unless told. */
  readonly lookEveryMs?: Millis
}

/** A message as it arrived. */
export interface HeardMessage {
  readonly friendNumber: number
  readonly kind: 'normal' | 'action'
  readonly text: string
  /** By this host's clock. */
  readonly atMs: number
}

/** Anything that others can bootstrap from. */
export interface DhtNode extends SimEngine {
  readonly dhtPublicKey: NetworkNode['keyPair']['publicKey']
}

/** A node without an identity, as bootstrap nodes are: DHT and onion router, and a TCP relay if it has a port for that. */
export class SimNode implements DhtNode {
  readonly node: NetworkNode
  readonly receive: NetworkNode['receive']

  constructor({ env, crypto, udp, ipv4, ipv6, listen }: EngineSetup, relay?: SimRelayOptions) {
    this.node = new NetworkNode({ env, crypto, udp, ipv4, ipv6, relay: relay && {} })
    this.receive = this.node.receive.bind(this.node)
    if (relay === undefined) return
    const reader = relay.lookEveryMs === undefined ? undefined : new LazyReader(env, relay.lookEveryMs)
    listen(relay.port, (stream) => {
      const handler = this.node.relay!.accept(stream)
      return handler && (reader?.reads(handler) ?? handler)
    })
  }

  get dhtPublicKey(): DhtNode['dhtPublicKey'] {
    return this.node.keyPair.publicKey
  }

  /** Joins the network through another host. */
  bootstrap(from: SimHost<DhtNode>): void {
    this.node.dht.bootstrap(from.endpoint, from.engine.dhtPublicKey)
  }

  close(): void {
    this.node.close()
  }
}

/** A Tox instance that tells its story: what it heard, who is online, which requests came. */
export class SimTox implements DhtNode {
  readonly tox: ToxEngine
  /** Messages in the order of their arrival. */
  readonly heard: HeardMessage[] = []
  /** Friend requests: keys in hexadecimal and what they said. */
  readonly requests: { readonly publicKey: string; readonly text: string }[] = []
  /** Receipts: ids of our messages that have arrived. */
  readonly receipts: { readonly friendNumber: number; readonly messageId: number }[] = []
  /** How each friend is connected now. */
  readonly connections = new Map<number, ConnectionStatus>()
  readonly #setup: EngineSetup

  constructor(setup: EngineSetup, options: ToxPeerOptions = {}) {
    this.#setup = setup
    const { env, crypto, udp, dialer, ipv4, ipv6 } = setup
    const savedata = options.savedata && parsed(options.savedata, crypto)
    const { conferences } = options
    const messenger = this.#listening(options)
    const events = { messenger, connection: () => {}, ...(conferences === undefined ? {} : { conferences }) }
    const lan = options.localDiscovery === true ? { lanDiscovery: { lan: lanSender(udp, { ipv4, ipv6 }) } } : {}
    const { holePunching = true, udp: hasUdp = true, tcp = false } = options
    this.tox = new ToxEngine({
      ...{ env, crypto, udp, hasUdp, ipv4, ipv6, events, holePunching },
      ...(tcp ? { dialer } : {}),
      ...lan,
      ...(savedata ? { savedata } : {}),
    })
  }

  get toxId(): string {
    const { longTermKeys, messenger } = this.tox
    return formatToxId({ publicKey: longTermKeys.publicKey, nospam: messenger.nospam })
  }

  /** The profile as it would be saved now: give it to the next start. */
  get savedata(): Uint8Array {
    return this.tox.savedata()
  }

  get dhtPublicKey(): DhtNode['dhtPublicKey'] {
    return this.tox.node.keyPair.publicKey
  }

  /** Joins the network through another host. */
  bootstrap(from: SimHost<DhtNode>): void {
    this.tox.bootstrap(from.endpoint, from.engine.dhtPublicKey)
  }

  /** Uses the TCP relay on a port of another host. */
  addRelay(relay: SimHost<DhtNode>, port: number): void {
    this.tox.addRelay(relay.endpoint.withPort(port), relay.engine.dhtPublicKey)
  }

  /** Asks the owner of a Tox ID; returns the friend number. Throws when the messenger refuses. */
  addFriend(toxId: string, message = 'Let us be friends'): number {
    const id = parseToxId(toxId)
    if (!id.ok) throw new Error(`addFriend: ${id.error}`)
    return accepted('addFriend', this.tox.messenger.addFriend(fromHex(toxId)!, toUtf8(message)))
  }

  /** Says something to a friend who is online; returns the message id. Throws when the messenger refuses. */
  say(friendNumber: number, text: string): number {
    return accepted('say', this.tox.messenger.sendMessage(friendNumber, 'normal', toUtf8(text)))
  }

  /** Whether this friend is online. */
  sees(friendNumber: number): boolean {
    return (this.connections.get(friendNumber) ?? 'none') !== 'none'
  }

  receive(...packet: Parameters<SimEngine['receive']>): void {
    this.tox.receive(...packet)
  }

  networkChanged(): void {
    this.tox.networkChanged()
  }

  close(): void {
    this.tox.close()
  }

  #listening({ acceptsRequests = true, events = {} }: ToxPeerOptions): MessengerEvents {
    const nothing = (): void => {}
    return {
      friendName: nothing,
      friendStatusMessage: nothing,
      friendStatus: nothing,
      friendTyping: nothing,
      friendLosslessPacket: nothing,
      friendLossyPacket: nothing,
      fileOffer: nothing,
      fileControl: nothing,
      fileChunkRequest: nothing,
      fileChunk: nothing,
      ...events,
      friendRequest: (publicKey, message) => {
        this.requests.push({ publicKey: toHex(publicKey), text: fromUtf8(message) })
        if (acceptsRequests) this.tox.messenger.addFriendWithoutRequest(publicKey)
        events.friendRequest?.(publicKey, message)
      },
      friendConnectionStatus: (friendNumber, status) => {
        this.connections.set(friendNumber, status)
        events.friendConnectionStatus?.(friendNumber, status)
      },
      friendMessage: (friendNumber, kind, message) => {
        const atMs = this.#setup.env.clock.now()
        this.heard.push({ friendNumber, kind, text: fromUtf8(message), atMs })
        events.friendMessage?.(friendNumber, kind, message)
      },
      friendReadReceipt: (friendNumber, messageId) => {
        this.receipts.push({ friendNumber, messageId })
        events.friendReadReceipt?.(friendNumber, messageId)
      },
    }
  }
}

/** Starts a Tox instance: `world.addPeer('alice', { engine: toxPeer() })`. */
export function toxPeer(options: ToxPeerOptions = {}): CreateEngine<SimTox> {
  return (setup) => new SimTox(setup, options)
}

/** Starts a bare node: `world.addPeer('node', { engine: bareNode })`. */
export const bareNode: CreateEngine<SimNode> = (setup) => new SimNode(setup)

/** Starts a node that is a TCP relay on this port as well. */
export function relayNode(port: number, options: Omit<SimRelayOptions, 'port'> = {}): CreateEngine<SimNode> {
  return (setup) => new SimNode(setup, { ...options, port })
}

/** Adds a network to join: `count` bare nodes, `node 0` and so on, which know each other after some seconds. */
export function addNodes(world: World, count: number, options: HostOptions = {}): SimHost<SimNode>[] {
  const nodes = Array.from({ length: count }, (_, i) => world.addPeer(`node ${i}`, { ...options, engine: bareNode }))
  for (const node of nodes.slice(1)) node.engine.bootstrap(nodes[0]!)
  return nodes
}

function parsed(bytes: Uint8Array, crypto: EngineSetup['crypto']): Savedata {
  const result = parseSavedata(bytes, crypto)
  if (!result.ok) throw new Error(`savedata: ${result.error}`)
  return result.value
}

function accepted(what: string, result: { ok: true; value: number } | { ok: false; error: string }): number {
  if (!result.ok) throw new Error(`${what}: ${result.error}`)
  return result.value
}
