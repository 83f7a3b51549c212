// Datagrams through our two UDP sockets over loopback, both ends in this process: packets sent and received per second.
// `native` is the addon's socket, `node:dgram` the portable twin; c-toxcore has no figure of its own here.

import type { Endpoint } from '../src/base/index.js'
import { openDgramUdp } from '../src/host/dgram-udp.js'
import { nativeUdpMissing, openNativeUdp } from '../src/host/native-udp.js'
import type { UdpSocket } from '../src/host/udp-socket.js'
import { type BenchLine, benchLine } from './bench-line.js'

const MEASURE_MS = 400
/** Fewer packets in flight than a receive buffer of 2 MiB holds, so that none is lost. */
const BURST = 400
const OPTIONS = { family: 'ipv4', address: '127.0.0.1', firstPort: 0, lastPort: 0 } as const

type Open = () => Promise<UdpSocket>

/** Packets per second of `size` bytes sent in bursts from one socket to `peers` others in turn. */
async function measure(open: Open, size: number, peers: number): Promise<number> {
  const sender = await open()
  const receivers = await Promise.all(Array.from({ length: peers }, open))
  let received = 0
  let awake = (): void => {}
  for (const receiver of receivers) {
    receiver.watch(() => {
      while (receiver.receive(() => received++)) {}
      awake()
    })
  }
  const targets: Endpoint[] = receivers.map(({ local }) => local)
  const startMs = performance.now()
  let sent = 0
  while (performance.now() - startMs < MEASURE_MS) {
    for (let i = 0; i < BURST; i++) sender.sender.reserve(targets[i % peers]!, size)[0] = i
    sender.flush()
    sent += BURST
    const deadlineMs = performance.now() + 100
    while (received < sent && performance.now() < deadlineMs) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20)
        awake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    sent = received // A lost packet counts for nothing.
  }
  const perSecond = (received * 1000) / (performance.now() - startMs)
  for (const socket of [sender, ...receivers]) socket.close()
  return perSecond
}

export async function run(): Promise<BenchLine[]> {
  const twins: [string, Open][] = [['node:dgram', () => openDgramUdp(OPTIONS)]]
  if (nativeUdpMissing() === undefined) twins.unshift(['native', async () => openNativeUdp(OPTIONS)])
  const lines: BenchLine[] = []
  for (const [name, open] of twins) {
    for (const [what, size, peers] of [
      ['1,373 bytes to one peer', 1373, 1],
      ['113 bytes to 50 peers in turn', 113, 50],
    ] as const) {
      lines.push(benchLine(`UDP send and receive, ${what}, ${name}`, await measure(open, size, peers), undefined, '/s'))
    }
  }
  return lines
}
