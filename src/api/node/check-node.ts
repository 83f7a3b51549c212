// Looks whether a node does its work, as the status pages do: does it answer by UDP under its key, does it relay by TCP, and what
// does it tell about itself?

import { Counters, Deadlines, type Endpoint, fromUtf8, type Millis, sameBytes } from '../../base/index.js'
import { decode, encode } from '../../codec/index.js'
import { type Crypto, loadCrypto } from '../../crypto/index.js'
import { HostClock } from '../../host/clock.js'
import { HostDialer } from '../../host/dialer.js'
import { asBootstrapNode, type BootstrapNode } from '../../host/nodes-file.js'
import { HostRandom } from '../../host/random.js'
import {
  BOOTSTRAP_INFO_REQUEST_BYTES,
  bootstrapInfoRequest,
  bootstrapInfoResponse,
} from '../../packet/dht/bootstrap-info.js'
import { PacketKind } from '../../packet/kinds.js'
import { RelayConnection } from '../../relay/index.js'
import { resolveNode } from '../sockets.js'
import { NodeHost } from './node-host.js'

export interface CheckNodeOptions {
  /** TCP ports to look at; those that the node was given with unless told. */
  readonly tcpPorts?: readonly number[]
  /** How long to wait for answers, in ms: 5,000 unless told. */
  readonly timeoutMs?: Millis
}

export interface NodeCheck {
  /** From the question to an answer under its key by UDP; undefined when none came. */
  readonly udpMs: Millis | undefined
  /** What it tells about itself, if it does: c-toxcore's nodes 1,000,000,000 and their version. */
  readonly version: number | undefined
  readonly motd: string | undefined
  /** For each port, from the connection to a pong of the relay with this key; undefined when none came. */
  readonly tcp: readonly { readonly port: number; readonly ms: Millis | undefined }[]
}

/**
 * Asks a node, `'HOST:PORT:KEY'` or parsed, by UDP and TCP. Silence is a result, no error. Rejects with ToxError
 * `TOX_ERR_BOOTSTRAP_BAD_HOST`, or BootstrapNodeError when the node is not `HOST:PORT:KEY`.
 */
export async function checkNode(
  node: string | BootstrapNode,
  { tcpPorts, timeoutMs = 5_000 }: CheckNodeOptions = {},
): Promise<NodeCheck> {
  const parsed = asBootstrapNode(node)
  const crypto = await loadCrypto()
  const [endpoint] = await resolveNode(parsed.host, parsed.port, 'dual')
  const signal = AbortSignal.timeout(timeoutMs)
  const ports = tcpPorts ?? parsed.tcpPorts
  const [udp, ...tcp] = await Promise.all([
    askByUdp(crypto, endpoint!, parsed, signal),
    ...ports.map((port) => askByTcp(crypto, endpoint!.withPort(port), parsed, signal)),
  ])
  return { ...udp, tcp: ports.map((port, i) => ({ port, ms: tcp[i] })) }
}

type UdpCheck = Pick<NodeCheck, 'udpMs' | 'version' | 'motd'>

/** Joins through the node, which must answer under its key, and asks what it tells about itself. */
async function askByUdp(
  crypto: Crypto,
  to: Endpoint,
  { publicKey }: BootstrapNode,
  signal: AbortSignal,
): Promise<UdpCheck> {
  const family = to.family === 4 ? 'ipv4' : 'ipv6'
  const machine = await NodeHost.open({ crypto, socket: { family, firstPort: 0, lastPort: 0 }, announcements: false })
  const { node: engine, clock, driver, socket } = machine
  const found: { udpMs?: Millis; version?: number; motd?: string } = {}
  try {
    await new Promise<void>((resolve) => {
      const finishIfDone = (): void => {
        if (found.udpMs !== undefined && found.version !== undefined) resolve()
      }
      const startMs = clock.machineMs()
      engine.dht.events.on('node', (node) => {
        if (!sameBytes(node.publicKey, publicKey)) return
        found.udpMs ??= clock.machineMs() - startMs
        finishIfDone()
      })
      engine.router.on(PacketKind.BOOTSTRAP_INFO, (from, packet) => {
        const info = from.equals(to) ? decode(bootstrapInfoResponse, packet) : undefined
        if (info === undefined) return
        found.version = info.version
        found.motd = fromUtf8(info.motd).replace(/\0$/, '')
        finishIfDone()
      })
      signal.addEventListener('abort', () => resolve(), { once: true })
      driver.start()
      engine.dht.bootstrap(to, publicKey)
      const padding = new Uint8Array(BOOTSTRAP_INFO_REQUEST_BYTES - 1)
      socket.sender.send(to, encode(bootstrapInfoRequest, { kind: PacketKind.BOOTSTRAP_INFO, padding }))
      driver.touch()
    })
  } finally {
    machine.close()
  }
  return { udpMs: found.udpMs, version: found.version, motd: found.motd }
}

/** How long until a relay at `to` that owns the node's key answers a ping; undefined when it does not. */
async function askByTcp(
  crypto: Crypto,
  to: Endpoint,
  { publicKey }: BootstrapNode,
  signal: AbortSignal,
): Promise<Millis | undefined> {
  const startMs = performance.now()
  let end: (() => void) | undefined
  const answered = new Promise<boolean>((resolve) => {
    // The signal alone ends it: its own deadlines never run.
    const env = {
      clock: new HostClock(),
      random: new HostRandom(),
      deadlines: new Deadlines(),
      drops: new Counters(),
    }
    const parts = { env, crypto, keyPair: crypto.keyPair<never, never>(), relay: publicKey }
    const onPong = (): void => resolve(true)
    const onClosed = (): void => resolve(false)
    signal.addEventListener('abort', onClosed, { once: true })
    const attempt = new HostDialer({ turn: (work) => work() }).dial(to, {
      onConnected: (stream) => {
        const connection = new RelayConnection({ ...parts, onPong, onClosed }, stream)
        end = () => connection.close()
        return connection
      },
      onFailed: onClosed,
    })
    end = () => attempt.cancel()
  })
  const isAlive = await answered
  end?.()
  return isAlive ? performance.now() - startMs : undefined
}
