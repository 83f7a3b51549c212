// A node on many cores. One thread, the node, does everything; N - 1 workers beside it do what makes up nearly all of its load and
// needs no memory of anybody: they answer pings and nodes requests and carry onion packets. All share one UDP port and one key.
//
// Who gets a packet is the kernel's choice (SO_REUSEPORT): packets of these kinds go by a hash of both addresses, so that an
// endpoint always meets the same thread, and all others go to the node, where the state is: answers to its own questions, DHT
// requests, announcements and data of the onion, announcements in the DHT, forwarding, LAN greetings, bootstrap info. What the
// kernel sends amiss (packets that it joined on their way in) a worker hands to the node. So nothing has to be kept equal:
//
// - Neighbours: the node tells the workers four times a second which nodes answer, where that has changed.
// - Askers: whoever asks a worker and may belong into the node's lists is told to the node, which pings it back itself.
// - The way back through the onion: its keys are hashed forward from one key at one time, so each thread opens what any sealed.
//   The answer for a client of the TCP relay is handed to the node.
// - The TCP relay, its clients and all their routes stay with the node: two clients are never on two threads.
//
// Limits: the relay, the stores and forwarding have one core for themselves and no more. Limits per source count on each thread, so
// an address that uses many ports may get N times its share. What a neighbour's death changes reaches the workers after 250 ms.
// Needs the native addon and Linux.

import { Worker } from 'node:worker_threads'
import { Endpoint, type Millis } from '../../base/index.js'
import { decode } from '../../codec/index.js'
import type { DhtSecretKey } from '../../crypto/index.js'
import { nodeInfo } from '../../packet/node-info.js'
import { ToxError } from '../../tox/errors.js'
import { WORKER_KINDS } from '../../tox/network-worker.js'
import type { NodeHost } from './node-host.js'
import { workerFile } from './worker-file.cjs'
import type { FromWorker, ToWorker, WorkerBatch, WorkerCounts, WorkerSetup } from './worker-messages.js'

const NODES_INTERVAL_MS: Millis = 250
/** A worker that ended by a mistake of ours is started again so much later. */
const RESTART_AFTER_MS: Millis = 1000
/** A worker that does not end by itself in this time is ended. */
const CLOSE_WITHIN_MS: Millis = 1000
const WORKERS_MAX = 256

/** For tests. */
interface WorkersOptions {
  readonly file?: string
  readonly restartAfterMs?: Millis
}

export class Workers {
  readonly #machine: NodeHost
  readonly #onTrouble: (text: string) => void
  readonly #threads = new Map<number, Worker>()
  readonly #counts = new Map<number, WorkerCounts>()
  readonly #restarts = new Set<NodeJS.Timeout>()
  #nodes: Uint8Array = new Uint8Array(0)
  readonly #options: WorkersOptions
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  private constructor(machine: NodeHost, onTrouble: (text: string) => void, options: WorkersOptions) {
    this.#machine = machine
    this.#onTrouble = onTrouble
    this.#options = options
  }

  /**
   * Starts `count` workers beside the node. Rejects with ToxError `TOX_ERR_TS_BAD_OPTION` where a port cannot be shared.
   * `onTrouble` is told of a worker that ended; it is started again.
   */
  static async open(
    machine: NodeHost,
    count: number,
    onTrouble: (text: string) => void,
    options: WorkersOptions = {},
  ): Promise<Workers> {
    const { sharing } = machine.socket
    if (sharing === undefined) throw refusal('they need the native addon on Linux')
    if (!(Number.isInteger(count) && count >= 1 && count < WORKERS_MAX)) throw refusal(`1 to ${WORKERS_MAX} can be had`)
    const workers = new Workers(machine, onTrouble, options)
    try {
      sharing.letJoin()
      await Promise.all(Array.from({ length: count }, (_, place) => workers.#start(place)))
      sharing.spread(WORKER_KINDS)
    } catch (error) {
      await workers.close()
      throw error instanceof ToxError ? error : refusal((error as Error).message)
    }
    workers.#timer = setInterval(() => workers.#tellNodes(), NODES_INTERVAL_MS)
    return workers
  }

  /** What each has counted, as of a second ago at most. */
  get counts(): readonly WorkerCounts[] {
    return [...this.#counts.values()]
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    for (const restart of this.#restarts) clearTimeout(restart)
    await Promise.all([...this.#threads.values()].map((thread) => end(thread)))
  }

  /** Resolves when the worker takes packets. */
  #start(place: number): Promise<void> {
    const { file = workerFile } = this.#options
    if (file === undefined) throw refusal('the program of a worker is missing')
    const setup = this.#setup()
    const thread = new Worker(file, { workerData: setup })
    setup.secretKey.fill(0)
    setup.returnKey.key.fill(0)
    this.#threads.set(place, thread)
    return new Promise((resolve, reject) => {
      let isReady = false
      let trouble = 'it ended'
      thread.on('message', (message: FromWorker) => {
        if (message.kind === 'batch') this.#machine.turn(() => this.#take(message))
        else if (message.kind === 'counts') this.#counts.set(place, message)
        else {
          isReady = true
          resolve()
        }
      })
      thread.on('error', (error) => {
        trouble = error instanceof Error ? error.message : String(error)
      })
      thread.on('exit', () => {
        this.#threads.delete(place)
        if (!isReady) reject(new Error(trouble))
        else this.#restart(place, trouble)
      })
    })
  }

  #restart(place: number, trouble: string): void {
    if (this.#isClosed) return
    this.#onTrouble(`worker ${place + 1}: ${trouble}`)
    const restart = setTimeout(() => {
      this.#restarts.delete(restart)
      this.#start(place).catch((error: Error) => this.#restart(place, error.message))
    }, this.#options.restartAfterMs ?? RESTART_AFTER_MS)
    this.#restarts.add(restart)
  }

  #setup(): WorkerSetup {
    const { node, socket, clock, env } = this.#machine
    return {
      family: socket.family,
      address: socket.local.ip,
      port: socket.localPort,
      publicKey: node.keyPair.publicKey,
      secretKey: node.keyPair.secretKey.slice() as DhtSecretKey,
      returnKey: node.onionRouter.returnKey,
      nowMs: clock.now(),
      atNs: process.hrtime.bigint(),
      nodes: this.#nodes,
      sourceShare: env.sourceShare ?? 1,
    }
  }

  #tellNodes(): void {
    const nodes = this.#machine.node.dht.writeNodes()
    if (Buffer.compare(nodes, this.#nodes) === 0) return
    this.#nodes = nodes
    const message: ToWorker = { kind: 'nodes', nodes }
    for (const thread of this.#threads.values()) thread.postMessage(message)
  }

  #take({ askers, relayed, packets }: WorkerBatch): void {
    const { node } = this.#machine
    for (const asker of askers) {
      const { publicKey, endpoint } = decode(nodeInfo, asker)!
      node.dht.meet(publicKey, endpoint)
    }
    for (const { mark, data } of relayed) node.onionRouter.onRelayResponse?.(mark, data)
    for (const { address, port, packet } of packets) node.receive(Endpoint.of(address, port), packet)
  }
}

function refusal(why: string): ToxError {
  return new ToxError('NEW', 'bad-option', `workers: ${why}`)
}

async function end(thread: Worker): Promise<void> {
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  const message: ToWorker = { kind: 'close' }
  thread.postMessage(message)
  const late = setTimeout(() => void thread.terminate(), CLOSE_WITHIN_MS)
  await ended
  clearTimeout(late)
}
