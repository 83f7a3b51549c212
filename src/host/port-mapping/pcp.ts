// Asks a router for ports by PCP (RFC 6887), and by NAT-PMP (RFC 6886) where it only speaks that: one datagram each way.
// The socket is connected, so that only what bears the router's address arrives; an answer counts when it is whole and fits the
// question.

import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Endpoint, sameBytes } from '../../base/index.js'
import { type Gateway, GatewayError, type MappedPort, type WantedPort } from './gateway.js'

const SERVER_PORT = 5351
/** The first wait for an answer, doubled each time (RFC 6886, 3.1): asked 4 times within 3.75 s. */
const FIRST_WAIT_MS = 250
const TRIES = 4

const NONCE_BYTES = 12
const PCP_BYTES = 60
const PCP_VERSION = 2
const PCP_MAP = 1
const IP_PROTOCOL = { udp: 17, tcp: 6 } as const
const PMP_OPCODE = { udp: 1, tcp: 2 } as const
const PMP_ADDRESS = 0
const RESPONSE = 0x80
const UNSUPPORTED_VERSION = 1

const PMP_RESULTS = [
  '',
  'unsupported version',
  'not allowed',
  'the router has no network',
  'out of resources',
  'unsupported',
]
const PCP_RESULTS = {
  1: 'unsupported version',
  2: 'not allowed',
  3: 'malformed request',
  4: 'unsupported opcode',
  7: 'the router has no network',
  8: 'out of resources',
  10: 'over the quota',
  11: 'the external address cannot be had',
  12: 'address mismatch: another router in between',
} as Readonly<Record<number, string>>

export class PcpGateway implements Gateway {
  /** Each mapping is held under a nonce: whoever knows it may change it. */
  readonly #nonce = new Uint8Array(randomBytes(NONCE_BYTES))
  #speaksPcp = true

  private constructor(
    private readonly socket: Socket,
    private readonly ownAddress: Uint8Array,
    private readonly firstWaitMs: number,
  ) {}

  /** A router at this address, which has not been asked yet. Rejects with GatewayError. */
  static async open(host: string, { port = SERVER_PORT, firstWaitMs = FIRST_WAIT_MS } = {}): Promise<PcpGateway> {
    const socket = createSocket('udp4')
    socket.unref()
    try {
      socket.connect(port, host)
      await once(socket, 'connect')
    } catch (error) {
      socket.close()
      throw new GatewayError(`no way to the router ${host}: ${(error as Error).message}`)
    }
    // That nobody listens there is told as an error of the socket; the question's own deadline says so as well.
    socket.on('error', () => {})
    return new PcpGateway(socket, Endpoint.parse(socket.address().address, 0)!.address, firstWaitMs)
  }

  get method(): 'pcp' | 'nat-pmp' {
    return this.#speaksPcp ? 'pcp' : 'nat-pmp'
  }

  async map(wanted: WantedPort, lifetimeS: number, held?: MappedPort): Promise<MappedPort> {
    const externalPort = held?.external.port ?? wanted.port
    if (this.#speaksPcp) {
      const answer = await this.#ask(
        pcpRequest(this.#nonce, this.ownAddress, wanted, lifetimeS, externalPort),
        (bytes) => readPcp(bytes, this.#nonce, wanted),
      )
      if (answer !== 'unsupported version') return { ...wanted, method: 'pcp', ...answer }
      this.#speaksPcp = false
    }
    const { port, lifetimeS: granted } = await this.#ask(pmpRequest(wanted, lifetimeS, externalPort), (bytes) =>
      readPmp(bytes, wanted),
    )
    const address = await this.#ask(Uint8Array.of(0, PMP_ADDRESS), readPmpAddress)
    return { ...wanted, method: 'nat-pmp', external: Endpoint.of(address, port), lifetimeS: granted }
  }

  async unmap(held: MappedPort): Promise<void> {
    if (this.#speaksPcp) {
      const request = pcpRequest(this.#nonce, this.ownAddress, held, 0, held.external.port)
      await this.#ask(request, (bytes) => readPcp(bytes, this.#nonce, held))
    } else await this.#ask(pmpRequest(held, 0, 0), (bytes) => readPmp(bytes, held))
  }

  close(): void {
    this.socket.close()
  }

  /** Sends `request` until `read` finds an answer to it; what `read` does not know is somebody else's. */
  #ask<T>(request: Uint8Array, read: (bytes: Uint8Array) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      let tries = 0
      let timer: NodeJS.Timeout
      const end = (): void => {
        clearTimeout(timer)
        this.socket.off('message', look)
      }
      const look = (bytes: Uint8Array): void => {
        try {
          const answer = read(bytes)
          if (answer === undefined) return
          end()
          resolve(answer)
        } catch (error) {
          end()
          reject(error as Error)
        }
      }
      const send = (): void => {
        if (++tries > TRIES) {
          end()
          return reject(new GatewayError('the router does not answer (PCP, NAT-PMP)'))
        }
        try {
          this.socket.send(request, () => {})
        } catch {
          // Closed meanwhile: the deadline ends the question.
        }
        timer = setTimeout(send, this.firstWaitMs * 2 ** (tries - 1))
        timer.unref()
      }
      this.socket.on('message', look)
      send()
    })
  }
}

function pcpRequest(
  nonce: Uint8Array,
  ownAddress: Uint8Array,
  { protocol, port }: WantedPort,
  lifetimeS: number,
  externalPort: number,
): Uint8Array {
  const bytes = new Uint8Array(PCP_BYTES)
  const view = new DataView(bytes.buffer)
  bytes[0] = PCP_VERSION
  bytes[1] = PCP_MAP
  view.setUint32(4, lifetimeS)
  bytes.set([0xff, 0xff, ...ownAddress], 18)
  bytes.set(nonce, 24)
  bytes[36] = IP_PROTOCOL[protocol]
  view.setUint16(40, port)
  view.setUint16(42, externalPort)
  // Any external IPv4 address: ::ffff:0.0.0.0.
  bytes.set([0xff, 0xff], 54)
  return bytes
}

/** Throws GatewayError when the router refuses. */
export function readPcp(
  bytes: Uint8Array,
  nonce: Uint8Array,
  { protocol, port }: WantedPort,
): { external: Endpoint; lifetimeS: number } | 'unsupported version' | undefined {
  if (bytes.length < 4) return undefined
  // A router of NAT-PMP answers in its own version, one of PCP that is older or newer in its own.
  if (bytes[0] !== PCP_VERSION) return bytes[1]! >= RESPONSE ? 'unsupported version' : undefined
  if (bytes.length < PCP_BYTES || bytes[1] !== (RESPONSE | PCP_MAP)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const isOurs = sameBytes(bytes.subarray(24, 36), nonce) && bytes[36] === IP_PROTOCOL[protocol]
  if (!isOurs || view.getUint16(40) !== port) return undefined
  const result = bytes[3]!
  if (result === UNSUPPORTED_VERSION) return 'unsupported version'
  if (result !== 0) throw new GatewayError(`the router refuses (PCP): ${PCP_RESULTS[result] ?? `result ${result}`}`)
  return { external: Endpoint.of(bytes.subarray(44, 60), view.getUint16(42)), lifetimeS: view.getUint32(4) }
}

function pmpRequest({ protocol, port }: WantedPort, lifetimeS: number, externalPort: number): Uint8Array {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  bytes[1] = PMP_OPCODE[protocol]
  view.setUint16(4, port)
  view.setUint16(6, externalPort)
  view.setUint32(8, lifetimeS)
  return bytes
}

/** Throws GatewayError when the router refuses. */
export function readPmp(
  bytes: Uint8Array,
  { protocol, port }: WantedPort,
): { port: number; lifetimeS: number } | undefined {
  const view = pmpAnswer(bytes, PMP_OPCODE[protocol], 16)
  if (view === undefined || view.getUint16(8) !== port) return undefined
  return { port: view.getUint16(10), lifetimeS: view.getUint32(12) }
}

/** Throws GatewayError when the router refuses. */
export function readPmpAddress(bytes: Uint8Array): Uint8Array | undefined {
  return pmpAnswer(bytes, PMP_ADDRESS, 12) && bytes.slice(8, 12)
}

function pmpAnswer(bytes: Uint8Array, opcode: number, size: number): DataView | undefined {
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== (RESPONSE | opcode)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const result = view.getUint16(2)
  if (result !== 0) throw new GatewayError(`the router refuses (NAT-PMP): ${PMP_RESULTS[result] ?? `result ${result}`}`)
  return bytes.length < size ? undefined : view
}
