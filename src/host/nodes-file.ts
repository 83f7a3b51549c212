// Bootstrap nodes as people hand them in: `HOST:PORT:KEY` on a command line, or the JSON that nodes.tox.chat serves.
// One wrong entry of a file costs itself and is counted; a wrong command line or file is an error that says what is wrong.

import { readFileSync } from 'node:fs'
import { Endpoint, fromHex, toHex } from '../base/index.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import { PUBLIC_KEY_BYTES } from '../crypto/keys.js'
import { isHost } from './dns.js'

/** A node to join the network through. */
export interface BootstrapNode {
  /** IP address or host name, without brackets. */
  readonly host: string
  /** UDP port. */
  readonly port: number
  readonly publicKey: DhtPublicKey
  /** TCP ports on which it relays; empty when unknown. */
  readonly tcpPorts: readonly number[]
}

/** A TCP relay: `port` is the TCP port. */
export type RelayNode = Pick<BootstrapNode, 'host' | 'port' | 'publicKey'>

export type BootstrapNodeErrorCode =
  | 'bad-form'
  | 'bad-host'
  | 'bad-port'
  | 'bad-key-length'
  | 'bad-key-digit'
  | 'unreadable-file'
  | 'bad-file'
  | 'no-nodes'

/** What is wrong with a node or a file of nodes. */
export class BootstrapNodeError extends Error {
  override readonly name = 'BootstrapNodeError'
  constructor(
    readonly code: BootstrapNodeErrorCode,
    message: string,
  ) {
    super(message)
  }
}

/** A file of nodes: nobody needs more, and an upload of nonsense must not fill memory. */
const FILE_BYTES_MAX = 16 * 1024 * 1024
const NODES_MAX = 10_000
const TCP_PORTS_MAX = 16

/** The node of `HOST:PORT:KEY`; an IPv6 host stands in brackets. Throws BootstrapNodeError, each mistake with its own code. */
export function parseBootstrapNode(text: string): BootstrapNode {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*):([^:]*)$/.exec(text.trim())
  if (parts === null) {
    throw new BootstrapNodeError('bad-form', `'${text}' is not HOST:PORT:KEY (an IPv6 host stands in brackets)`)
  }
  const [, bracketed, plain, portText, keyText] = parts
  if (bracketed !== undefined && Endpoint.parse(bracketed, 1)?.family !== 6) {
    throw new BootstrapNodeError('bad-host', `'${bracketed}' in '${text}' is not an IPv6 address`)
  }
  const host = bracketed ?? plain!
  if (!isHost(host)) throw new BootstrapNodeError('bad-host', `'${host}' is neither an IP address nor a host name`)
  const port = /^\d{1,5}$/.test(portText!) ? Number(portText) : 0
  if (!isPort(port)) throw new BootstrapNodeError('bad-port', `'${portText}' is not a port: 1 to 65535`)
  return { host, port, publicKey: parseKey(keyText!), tcpPorts: [] }
}

/** The node itself, when it can be one, or the one that a text names. Throws as `parseBootstrapNode`. */
export function asBootstrapNode(node: string | BootstrapNode): BootstrapNode {
  if (typeof node === 'string') return parseBootstrapNode(node)
  checkRelayNode(node)
  const badPort = node.tcpPorts?.find((port) => !isPort(port))
  if (badPort !== undefined) throw new BootstrapNodeError('bad-port', `'${badPort}' is not a TCP port: 1 to 65535`)
  return node
}

/** As `asBootstrapNode`, for a relay. */
export function asRelayNode(relay: string | RelayNode): RelayNode {
  if (typeof relay !== 'string') checkRelayNode(relay)
  const { host, port, publicKey } = typeof relay === 'string' ? parseBootstrapNode(relay) : relay
  return { host, port, publicKey }
}

function checkRelayNode({ host, port, publicKey }: RelayNode): void {
  if (typeof host !== 'string' || !isHost(host)) {
    throw new BootstrapNodeError('bad-host', `${JSON.stringify(host)} is neither an IP address nor a host name`)
  }
  if (!isPort(port)) throw new BootstrapNodeError('bad-port', `'${port}' is not a port: 1 to 65535`)
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new BootstrapNodeError('bad-key-length', `the key of ${host}:${port} is not ${PUBLIC_KEY_BYTES} bytes`)
  }
}

function parseKey(text: string): DhtPublicKey {
  const wanted = 2 * PUBLIC_KEY_BYTES
  if (!/^[0-9a-fA-F]*$/.test(text)) {
    throw new BootstrapNodeError('bad-key-digit', `the key '${text}' has a character that is no hexadecimal digit`)
  }
  if (text.length !== wanted) {
    const hint = text.length === 76 ? ': this is a Tox ID, a node has a shorter public key' : ''
    throw new BootstrapNodeError('bad-key-length', `a key has ${wanted} digits, not ${text.length}${hint}`)
  }
  return fromHex(text) as DhtPublicKey
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535
}

/** `HOST:PORT:KEY` of a node, as `parseBootstrapNode` reads it. */
export function formatBootstrapNode(node: BootstrapNode): string {
  const host = node.host.includes(':') ? `[${node.host}]` : node.host
  return `${host}:${node.port}:${toHex(node.publicKey)}`
}

export interface NodesFile {
  readonly nodes: readonly BootstrapNode[]
  /** Entries that were passed over because something in them is wrong. */
  readonly skipped: number
}

/** The nodes of a file in the JSON of nodes.tox.chat. Throws BootstrapNodeError naming the file. */
export function loadNodesFile(path: string): NodesFile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new BootstrapNodeError('unreadable-file', `cannot read the nodes file ${path}: ${reasonOf(code)}`)
  }
  const result = parseNodesJson(text, path)
  if (result.nodes.length === 0) {
    const count = result.skipped === 0 ? 'it lists none' : `none of its ${result.skipped} entries is valid`
    throw new BootstrapNodeError('no-nodes', `no usable node in ${path}: ${count}`)
  }
  return result
}

/** As `loadNodesFile`, for who does not care about skipped entries. */
export function readNodesFile(path: string): readonly BootstrapNode[] {
  return loadNodesFile(path).nodes
}

function reasonOf(code: string | undefined): string {
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EISDIR') return 'it is a directory'
  return code ?? 'unknown error'
}

/** The nodes of a JSON text; `name` is what errors call it. Throws BootstrapNodeError `bad-file` when it has another form. */
export function parseNodesJson(text: string, name: string): NodesFile {
  if (text.length > FILE_BYTES_MAX)
    throw new BootstrapNodeError('bad-file', `${name} is too large to be a list of nodes`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new BootstrapNodeError('bad-file', `${name} is not JSON`)
  }
  const list = isRecord(json) ? json['nodes'] : undefined
  if (!Array.isArray(list)) throw new BootstrapNodeError('bad-file', `${name} has no list named "nodes"`)
  const nodes: BootstrapNode[] = []
  let skipped = 0
  for (const entry of list as unknown[]) {
    const found = nodes.length < NODES_MAX ? nodesOfEntry(entry) : []
    if (found.length === 0) skipped++
    nodes.push(...found)
  }
  return { nodes, skipped }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** One entry is up to two nodes, one for each of its addresses. `-` and `NONE` mean that it has no such address. */
function nodesOfEntry(entry: unknown): BootstrapNode[] {
  if (!isRecord(entry)) return []
  const { ipv4, ipv6, port, public_key: keyText, tcp_ports: tcp, status_udp: statusUdp } = entry
  if (!isPort(port) || typeof keyText !== 'string' || keyText.length !== 2 * PUBLIC_KEY_BYTES) return []
  const publicKey = fromHex(keyText) as DhtPublicKey | undefined
  if (publicKey === undefined) return []
  const tcpPorts = Array.isArray(tcp) ? (tcp as unknown[]).filter(isPort).slice(0, TCP_PORTS_MAX) : []
  // A node that is known to be down over UDP and offers no relay is of no use.
  if (statusUdp === false && tcpPorts.length === 0) return []
  const hosts = [ipv4, ipv6].filter((host): host is string => typeof host === 'string' && isUsableHost(host))
  return [...new Set(hosts)].map((host) => ({ host, port, publicKey, tcpPorts }))
}

function isUsableHost(host: string): boolean {
  return host !== 'NONE' && host !== '-' && isHost(host)
}
