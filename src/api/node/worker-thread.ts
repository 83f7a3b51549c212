// The program of a worker thread: a socket of its own at the node's port, and what needs none of the node's memory
// (tox/network-worker.ts). What is the node's goes to it in one message a turn.

import { parentPort, workerData } from 'node:worker_threads'
import { Counters, Deadlines, type Endpoint, type Env, silentLogger, TokenBucket } from '../../base/index.js'
import { encode } from '../../codec/index.js'
import { type DhtPublicKey, loadCrypto } from '../../crypto/index.js'
import { HostClock } from '../../host/clock.js'
import { HostDriver } from '../../host/driver.js'
import { openUdpSocket } from '../../host/open-udp.js'
import { HostRandom } from '../../host/random.js'
import { nodeInfo } from '../../packet/node-info.js'
import { NetworkWorker, type WorkerOutlet } from '../../tox/network-worker.js'
import { CountingSender } from './counting-sender.js'
import type { FromWorker, ToWorker, WorkerBatch, WorkerSetup } from './worker-messages.js'

/** Packets that may be handed to the node: a burst, then 8,000 a second. What waits for a node that is busy stays below 10 MB. */
const HANDED_ON = { burst: 4000, refillMs: 1 / 8 }
const COUNTS_INTERVAL_MS = 1000

const say = (message: FromWorker): void => parentPort?.postMessage(message)

/** Collects what is the node's until the turn is over. */
class Outbox implements WorkerOutlet {
  readonly #budget: TokenBucket
  #batch: WorkerBatch | undefined

  constructor(private readonly env: Env) {
    this.#budget = new TokenBucket(HANDED_ON.burst, HANDED_ON.refillMs, env.clock.now())
  }

  asker(publicKey: DhtPublicKey, from: Endpoint): void {
    this.#open().askers.push(encode(nodeInfo, { endpoint: from, publicKey }))
  }

  relayResponse(mark: Uint8Array, data: Uint8Array): void {
    if (this.#mayHandOn()) this.#open().relayed.push({ mark: mark.slice(), data: data.slice() })
  }

  packet(from: Endpoint, packet: Uint8Array): void {
    const { address, port } = from
    if (this.#mayHandOn()) this.#open().packets.push({ address, port, packet: packet.slice() })
  }

  #mayHandOn(): boolean {
    const may = this.#budget.take(this.env.clock.now())
    if (!may) this.env.drops.count('worker/too much for the node')
    return may
  }

  #open(): WorkerBatch {
    if (this.#batch !== undefined) return this.#batch
    const batch: WorkerBatch = { kind: 'batch', askers: [], relayed: [], packets: [] }
    this.#batch = batch
    queueMicrotask(() => {
      this.#batch = undefined
      say(batch)
    })
    return batch
  }
}

async function main({ family, address, port, publicKey, secretKey, returnKey, ...setup }: WorkerSetup): Promise<void> {
  const crypto = await loadCrypto()
  const socket = await openUdpSocket({ family, address, firstPort: port, lastPort: port, joins: true })
  const clock = new HostClock(setup.nowMs + Number(process.hrtime.bigint() - setup.atNs) / 1e6)
  const drops = new Counters()
  const base = { clock, random: new HostRandom(), log: silentLogger, deadlines: new Deadlines() }
  const env: Env = { ...base, drops, sourceShare: setup.sourceShare }
  const udp = new CountingSender(socket.sender)
  const keyPair = { publicKey, secretKey }
  const worker = new NetworkWorker({ env, crypto, udp, keyPair, returnKey, outlet: new Outbox(env) })
  crypto.wipe(returnKey.key)
  worker.dht.learn(setup.nodes)
  const driver = new HostDriver({ engine: worker, clock, onError: () => drops.count('worker/internal error') })
  driver.addSocket(socket)
  const counting = setInterval(() => {
    const { received, receivedBytes } = worker
    say({ kind: 'counts', received, receivedBytes, sentBytes: udp.bytes, udp: socket.stats(), drops: drops.toJSON() })
  }, COUNTS_INTERVAL_MS)
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'nodes') return worker.dht.learn(message.nodes)
    clearInterval(counting)
    worker.close()
    driver.close()
    parentPort?.close()
  })
  driver.start()
  say({ kind: 'ready' })
}

void main(workerData as WorkerSetup)
