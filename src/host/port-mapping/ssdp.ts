// Looks for UPnP routers of the local networks (SSDP). Anybody there can answer: an answer counts when it names a description
// on the very host that it came from, so that nobody makes us fetch from elsewhere.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Endpoint } from '../../base/index.js'

const GROUP = '239.255.255.250'
const PORT = 1900
const TARGETS = [1, 2].map((version) => `urn:schemas-upnp-org:device:InternetGatewayDevice:${version}`)
/** Asked twice, because datagrams get lost; routers answer within a second (MX). */
const ASK_AGAIN_MS = 700
const ANSWERS_MAX = 16
const INTERFACES_MAX = 16

export interface FoundRouter {
  /** Where it describes itself. */
  readonly location: URL
  /** Our address on its network. */
  readonly ownAddress: string
}

/** Routers that answer within `waitMs`, each once, as they answer; ends early when aborted. */
export async function* searchRouters(waitMs: number, signal: AbortSignal): AsyncGenerator<FoundRouter> {
  const found: FoundRouter[] = []
  const seen = new Set<string>()
  let wake: () => void = () => {}
  const sockets = await Promise.all(
    ownAddresses().map((ownAddress) =>
      open(ownAddress, (text, from) => {
        const location = readAnswer(text, from)
        if (location === undefined || seen.has(location.href) || seen.size >= ANSWERS_MAX) return
        seen.add(location.href)
        found.push({ location, ownAddress })
        wake()
      }),
    ),
  )
  const ask = (): void => {
    for (const socket of sockets) for (const target of TARGETS) socket?.send(searchText(target), PORT, GROUP, () => {})
  }
  let isOver = signal.aborted
  const end = (): void => {
    isOver = true
    wake()
  }
  const timers = [setTimeout(ask, ASK_AGAIN_MS), setTimeout(end, waitMs)]
  signal.addEventListener('abort', end)
  try {
    ask()
    while (!isOver || found.length > 0) {
      const one = found.shift()
      if (one !== undefined) yield one
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    signal.removeEventListener('abort', end)
    for (const timer of timers) clearTimeout(timer)
    for (const socket of sockets) socket?.close()
  }
}

/** The description that an answer names, when it is one of a router and names its own host. */
export function readAnswer(text: string, from: string): URL | undefined {
  if (!/^HTTP\/1\.[01] 200/.test(text) || !TARGETS.some((target) => text.includes(target))) return undefined
  const line = text.split('\r\n').find((one) => /^location:/i.test(one))
  try {
    const location = new URL(line?.slice('location:'.length).trim() ?? '')
    return location.protocol === 'http:' && location.hostname === from && isIPv4(from) ? location : undefined
  } catch {
    return undefined
  }
}

function searchText(target: string): string {
  return [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${GROUP}:${PORT}`,
    'MAN: "ssdp:discover"',
    'MX: 1',
    `ST: ${target}`,
    '',
    '',
  ].join('\r\n')
}

/** Private IPv4 addresses of this machine: only behind one is there anything to ask for. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const own = all.filter(({ family, internal, address }) => family === 'IPv4' && !internal && isPrivate(address))
  return own.map(({ address }) => address).slice(0, INTERFACES_MAX)
}

function isPrivate(address: string): boolean {
  return Endpoint.parse(address, 0)?.isLan === true
}

/** A socket on one network; undefined when its address has just gone. */
async function open(address: string, onMessage: (text: string, from: string) => void) {
  const socket = createSocket('udp4')
  socket.unref()
  try {
    socket.bind(0, address)
    await once(socket, 'listening')
    socket.setMulticastInterface(address)
  } catch {
    socket.close()
    return undefined
  }
  socket.on('error', () => {})
  socket.on('message', (message, { address: from }) => onMessage(message.toString('latin1'), from))
  return socket
}
