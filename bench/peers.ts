// Peers under measurement: ours and c-toxcore's speak the same lines (see peer.c), so each benchmark is written once.

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Bootstrapd, bootstrapdPath } from '../test/interop/bootstrapd.js'
import type { Child } from '../test/interop/child.js'
import { startChild } from '../test/interop/child.js'
import { commandWithin, type Namespace } from '../test/interop/namespace.js'
import { compile } from './native.js'

/** The path of a program of the bench. */
export const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** A command line that starts a peer. */
export type PeerCommand = [command: string, ...args: string[]]

/** Ours, from the built package. */
export const OUR_PEER: PeerCommand = [process.execPath, here('peer-ours.mjs')]
/** The same without promises, events and strings: the engine under the API. */
export const OUR_ENGINE: PeerCommand = [...OUR_PEER, 'ours-engine.mjs']
/** Our bootstrap node: `node-ours.mjs PORT` prints `ready KEY`. */
export const OUR_NODE: PeerCommand = [process.execPath, here('node-ours.mjs')]

/** c-toxcore's, or undefined where it cannot be compiled. */
export function theirPeer(): PeerCommand | undefined {
  const program = compile('peer', ['toxcore'], 'libtoxcore-dev')
  return program === undefined ? undefined : [program]
}

/** How long any one answer may take before the benchmark gives up. */
const GIVE_UP_MS = 120_000

/** A child that answers in lines `word rest`. */
export class LineChild {
  readonly #child: Child
  readonly #lines: { word: string; rest: string }[] = []
  readonly #waiting: { word: string; resolve(rest: string): void }[] = []

  constructor([program, ...parameters]: PeerCommand, within?: Namespace) {
    const { command, args } = commandWithin(within, program, parameters)
    this.#child = startChild(command, args, (line) => {
      const [word = '', ...rest] = line.split(' ')
      const at = this.#waiting.findIndex((one) => one.word === word)
      if (at >= 0) this.#waiting.splice(at, 1)[0]!.resolve(rest.join(' '))
      else this.#lines.push({ word, rest: rest.join(' ') })
    })
  }

  get pid(): number {
    return this.#child.process.pid!
  }

  say(line: string): void {
    this.#child.write(line)
  }

  /** The rest of the next line that begins with `word`. */
  async hear(word: string, limitMs = GIVE_UP_MS): Promise<string> {
    const at = this.#lines.findIndex((line) => line.word === word)
    if (at >= 0) return this.#lines.splice(at, 1)[0]!.rest
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const fail = (why: string): void => reject(new Error(`no "${word}" from a peer: ${why} ${this.#child.stderr}`))
      timer = setTimeout(() => fail('out of time'), limitMs)
      void this.#child.exited.then(() => fail('it ended.'))
    })
    try {
      return await Promise.race([new Promise<string>((resolve) => this.#waiting.push({ word, resolve })), late])
    } finally {
      clearTimeout(timer)
      late.catch(() => {})
    }
  }

  async stop(): Promise<void> {
    await this.#child.killHard()
  }
}

/** The process of a peer, ready to be told what to do. */
export async function spawnPeer(command: PeerCommand): Promise<LineChild> {
  const peer = new LineChild(command)
  await peer.hear('up')
  return peer
}

/** Starts the Tox instance of a peer; returns its public key. */
export async function startPeer(
  peer: LineChild,
  port: number,
  node: { port: number; key: Uint8Array },
  offlineFriends = 0,
): Promise<string> {
  peer.say(`start ${port} ${node.port} ${Buffer.from(node.key).toString('hex')} ${offlineFriends}`)
  return await peer.hear('ready')
}

/** A bootstrap node under measurement, of either kind. */
export interface BenchNode {
  readonly port: number
  readonly key: Uint8Array
  stop(): Promise<void>
}

export interface OurNodeOptions {
  readonly tcpPort?: number
  readonly workers?: number
  readonly bootstrap?: readonly string[]
  /** Where it listens; loopback unless told. */
  readonly address?: string
}

/** Our bootstrap node, and a relay where a TCP port is given. */
export async function startOurNode(
  port: number,
  options: OurNodeOptions = {},
  within?: Namespace,
): Promise<BenchNode & { readonly pid: number }> {
  const child = new LineChild([...OUR_NODE, String(port), JSON.stringify(options)], within)
  const key = Buffer.from(await child.hear('ready'), 'hex')
  return { port, key, pid: child.pid, stop: () => child.stop() }
}

/** tox-bootstrapd for a benchmark; throws where it is not installed. */
export async function startBootstrapd(port: number, tcpPort?: number): Promise<Bootstrapd> {
  if (bootstrapdPath === undefined) throw new Error('tox-bootstrapd is missing (Debian: toxcore-utils)')
  return await Bootstrapd.start({ port, tcpPorts: tcpPort === undefined ? [] : [tcpPort] })
}

/** Processor seconds that a process has used on all its threads, to the nanosecond: an idle peer uses few 10 ms ticks. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((a, b) => a + b, 0) / 1e9
}

/** Megabytes of a process that are in memory now. */
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Waits for `ms` milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Runs a program to its end and returns what it printed. */
export async function outputOf([command, ...args]: PeerCommand): Promise<string> {
  const lines: string[] = []
  const child = startChild(command, args, (line) => lines.push(line))
  if (child.running) await once(child.process, 'close')
  if (child.process.exitCode !== 0) throw new Error(`${command}: ${child.stderr}`)
  return lines.join('\n')
}
