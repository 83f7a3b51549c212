// What ten thousand clients cost a TCP relay: memory of each, pings, connections that come and go, and handshakes that never
// end. The load is the same native program on both sides (relay-load.c).

import { spawnSync } from 'node:child_process'
import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import { compile } from './native.js'
import { cpuSeconds, LineChild, pause, residentMegabytes, startBootstrapd, startOurNode } from './peers.js'

/** BENCH_RELAY_CLIENTS: fewer on a machine where many work. */
const WANTED = Number(process.env.BENCH_RELAY_CLIENTS ?? 10_000)
/** A relay needs a descriptor for each client, and some for itself. */
const SPARE_DESCRIPTORS = 100
const HALF_HANDSHAKES = 200
const HALF_WATCH_MS = 3_000
/** c-toxcore gives up a handshake after 10 s. */
const HALF_ENDED_AFTER_S = 30
/** Freed memory goes back to the system, and collectors run, when there is time. */
const SETTLE_MS = 2_000

interface Relay {
  readonly pid: number
  readonly key: Uint8Array
  stop(): Promise<void>
}

interface Figures {
  readonly kilobytes: number
  readonly held: number
  readonly pongs: number
  readonly pingP99: number
  readonly pingMicroseconds: number
  readonly churned: number
  readonly churnMegabytes: number
  readonly halfCpu: number
  readonly halfNewcomerMs: number
  readonly halfEnded: number
}

const numbers = (line: string): number[] => line.split(' ').map(Number)

async function measure(load: string, relay: Relay, tcpPort: number, clients: number): Promise<Figures> {
  const child = new LineChild([load, String(tcpPort), Buffer.from(relay.key).toString('hex')])
  const ask = async (command: string, answer: string): Promise<number[]> => {
    child.say(command)
    return numbers(await child.hear(answer))
  }
  try {
    await child.hear('up')
    // What a relay allocates once is no cost of a connection.
    await ask('hold 100', 'held')
    await pause(SETTLE_MS)
    const before = residentMegabytes(relay.pid)
    const [held = 0] = await ask(`hold ${clients}`, 'held')
    await pause(SETTLE_MS)
    const kilobytes = ((residentMegabytes(relay.pid) - before) * 1024) / (held - 100)
    const cpuBefore = cpuSeconds(relay.pid)
    const [pongs = 0, , pingP99 = 0] = await ask('ping', 'pongs')
    const pingMicroseconds = ((cpuSeconds(relay.pid) - cpuBefore) / pongs) * 1e6
    await ask('drop', 'dropped')
    const [, first = 0] = await ask(`churn ${clients}`, 'churned')
    await pause(SETTLE_MS)
    const churnBefore = residentMegabytes(relay.pid)
    const [churned = 0, second = 0] = await ask(`churn ${clients}`, 'churned')
    await pause(SETTLE_MS)
    const churnMegabytes = residentMegabytes(relay.pid) - churnBefore
    await ask(`half ${HALF_HANDSHAKES}`, 'half')
    const halfBefore = cpuSeconds(relay.pid)
    await pause(HALF_WATCH_MS)
    const halfCpu = ((cpuSeconds(relay.pid) - halfBefore) / (HALF_WATCH_MS / 1000)) * 100
    const [, newcomer = 0] = await ask('hold 1', 'held')
    const [halfEnded = 0] = await ask(`ended ${HALF_ENDED_AFTER_S}`, 'ended')
    return {
      kilobytes,
      held,
      pongs,
      pingP99,
      pingMicroseconds,
      churned: churned / Math.min(first, second),
      churnMegabytes,
      halfCpu,
      halfNewcomerMs: newcomer * 1000,
      halfEnded,
    }
  } finally {
    await child.stop()
  }
}

/** As many as descriptors allow. Node has raised its own limit to the hard one, and children inherit it. */
function affordable(): number {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })
  const limit = stdout.trim() === 'unlimited' ? Number.POSITIVE_INFINITY : Number(stdout)
  return Math.min(WANTED, limit - SPARE_DESCRIPTORS)
}

export async function run(): Promise<BenchLine[]> {
  const load = compile('relay-load', ['sodium'], 'libsodium-dev')
  if (load === undefined) return []
  const clients = affordable()
  if (clients < WANTED) process.stderr.write(`ulimit -n allows ${clients} relay clients, not ${WANTED}\n`)
  const measured = async (relay: Relay, tcpPort: number): Promise<Figures> => {
    try {
      return await measure(load, relay, tcpPort, clients)
    } finally {
      await relay.stop()
    }
  }
  const their = bootstrapdPath === undefined ? undefined : await measured(await startBootstrapd(37_200, 37_201), 37_201)
  const our = await measured(await startOurNode(37_210, { tcpPort: 37_211 }), 37_211)
  const line = (name: string, figure: keyof Figures, unit: string): BenchLine =>
    benchLine(name, our[figure], their?.[figure], unit)
  const count = clients.toLocaleString('en')
  return [
    line(`relay clients held, of ${count}`, 'held', ''),
    line('memory of one of them', 'kilobytes', 'KB'),
    line(`pings answered, all ${count} at once`, 'pongs', ''),
    line('… 99th percentile', 'pingP99', 'ms'),
    line('… one of them', 'pingMicroseconds', 'µs CPU'),
    line('relay clients that come, shake hands and go', 'churned', '/s'),
    line(`… more memory after ${count}, the second time`, 'churnMegabytes', 'MB'),
    line(`${HALF_HANDSHAKES} handshakes that stay unfinished`, 'halfCpu', '% CPU'),
    line('… a newcomer beside them', 'halfNewcomerMs', 'ms'),
    line('… ended by the relay', 'halfEnded', ''),
  ]
}
