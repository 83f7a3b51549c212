// A pool of paths, used by chance, replaced when they stop answering or grow old. Our own announcement and the searches for
// friends have a pool each, so that no node sees both. Spec: Onion.

import type { Env, Millis } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { SharedKey } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { UdpSender } from '../transport/udp.js'
import { OnionPath, UdpFirstHop } from './path.js'
import type { PathNodes } from './path-nodes.js'
import type { FirstHop, OnionDht, RelayHops } from './slice.js'
import {
  DOUBTFUL_USES,
  PATH_DOUBTFUL_MS,
  PATH_FIRST_TIMEOUT_MS,
  PATH_LIFETIME_MS,
  PATH_TIMEOUT_MS,
  PATH_UNANSWERED_MAX,
  PATHS_PER_POOL,
  POOR_PATH_LIFETIME_MS,
} from './timing.js'

export interface PathParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly udp: UdpSender
  readonly dht: Pick<OnionDht, 'keyPair' | 'isConnected' | 'sharedKey'>
  readonly nodes: PathNodes
  readonly relays?: RelayHops | undefined
}

/** At most six paths. */
export class PathPool {
  readonly #parts: PathParts
  readonly #slots: (OnionPath | undefined)[] = new Array(PATHS_PER_POOL).fill(undefined)
  #nextId = 1

  constructor(parts: PathParts) {
    this.#parts = parts
  }

  /** The path `id` when it is alive, else one by chance; `undefined` while no node is known. Counts as a use. */
  use(id?: number): OnionPath | undefined {
    const path = (id !== undefined ? this.alive(id) : undefined) ?? this.#random()
    if (path === undefined) return undefined
    // Uses after the limit do not put the end off.
    const nowMs = this.#parts.env.clock.now()
    if (path.unanswered < PATH_UNANSWERED_MAX) path.usedMs = nowMs
    path.unanswered++
    path.waitingSinceMs ??= nowMs
    path.waitingUses++
    return path
  }

  /**
   * The path that answered last, else one by chance: for data, which nobody answers, so that a dead path would go unnoticed.
   * No use of a path that answered: it would seem to have gone silent.
   */
  useProven(): OnionPath | undefined {
    let proven: OnionPath | undefined
    for (const path of this.#slots) {
      if (path?.answeredMs === undefined || path.unanswered >= PATH_UNANSWERED_MAX || this.#isOver(path)) continue
      if (proven === undefined || path.answeredMs > proven.answeredMs!) proven = path
    }
    return proven ?? this.use()
  }

  /** The path `id` unless it has been given up. */
  alive(id: number): OnionPath | undefined {
    const path = this.#slots.find((slot) => slot?.id === id)
    return path !== undefined && !this.#isOver(path) ? path : undefined
  }

  /** An answer came back through path `id`. */
  answered(id: number): void {
    const path = this.#slots.find((slot) => slot?.id === id)
    if (path === undefined) return
    path.answeredMs = this.#parts.env.clock.now()
    path.unanswered = 0
    path.waitingSinceMs = undefined
    path.waitingUses = 0
    this.#parts.nodes.worked(path.nodes)
  }

  /** Gives all paths up: after a long sleep, or when our own address changed. */
  clear(): void {
    for (const path of this.#slots) path?.wipe()
    this.#slots.fill(undefined)
  }

  #random(): OnionPath | undefined {
    const all = Array.from(this.#slots.keys())
    const sound = all.filter((slot) => !this.#isDoubtful(this.#slots[slot]))
    const choice = sound.length > 0 ? sound : all
    const slot = choice[this.#parts.env.random.uniform(choice.length)]!
    const old = this.#slots[slot]
    if (old !== undefined && !this.#isOver(old)) return old
    if (old !== undefined) this.#giveUp(slot, old)
    return this.#create(slot)
  }

  #giveUp(slot: number, path: OnionPath): void {
    if (path.unanswered >= PATH_UNANSWERED_MAX || this.#isSilent(path, 0)) this.#parts.nodes.failed(path.nodes)
    path.wipe()
    this.#slots[slot] = undefined
  }

  #create(slot: number): OnionPath | undefined {
    const { env, crypto, nodes } = this.#parts
    // While UDP does not work the relay is hop 1.
    const relay = this.#parts.dht.isConnected ? undefined : this.#parts.relays?.random()
    const hops = relay === undefined ? nodes.pickThree() : nodes.pickTwo()
    if (hops === undefined) return undefined
    const [second, exit] = hops.slice(-2) as [NodeInfo, NodeInfo]
    const firstKey = relay?.key ?? hops[0].endpoint.key
    const key = `${firstKey} ${second.endpoint.key} ${exit.endpoint.key}`
    // In a tiny network all paths are one: making it six times would cost keys and hide nothing.
    const same = this.#slots.find((path) => path?.key === key && !this.#isOver(path))
    if (same !== undefined) return same
    const first = relay ?? this.#udpHop(hops[0])
    if (first === undefined) return undefined
    const path = OnionPath.create(env, crypto, this.#nextId++, first, hops, second, exit)
    if (path !== undefined) path.unanswered = PATH_UNANSWERED_MAX / 2
    this.#slots[slot] = path
    return path
  }

  #udpHop(node: NodeInfo): FirstHop | undefined {
    const { crypto, udp, dht } = this.#parts
    const sharedKey = dht.sharedKey(node.publicKey)?.slice() as SharedKey | undefined
    return sharedKey && new UdpFirstHop(crypto, udp, dht.keyPair.publicKey, node, sharedKey)
  }

  /** A path that ought to have answered by now is not used while there are others; when its time is up, a new one takes its place. */
  #isDoubtful(path: OnionPath | undefined): boolean {
    return path !== undefined && !this.#isOver(path) && this.#isSilent(path, PATH_DOUBTFUL_MS)
  }

  /** Whether several uses in a row have been waiting for an answer so long. */
  #isSilent({ waitingSinceMs, waitingUses }: OnionPath, forMs: Millis): boolean {
    if (waitingSinceMs === undefined || waitingUses < DOUBTFUL_USES) return false
    return this.#parts.env.clock.now() - waitingSinceMs >= forMs
  }

  #isOver(path: OnionPath): boolean {
    const nowMs = this.#parts.env.clock.now()
    const age = nowMs - path.createdMs
    if (age >= PATH_LIFETIME_MS) return true
    if (path.isPoor && age >= POOR_PATH_LIFETIME_MS && this.#parts.nodes.size >= 3) return true
    const timeout = path.answeredMs === undefined ? PATH_FIRST_TIMEOUT_MS : PATH_TIMEOUT_MS
    if (this.#isSilent(path, timeout)) return true
    return path.unanswered >= PATH_UNANSWERED_MAX && nowMs - path.usedMs >= timeout
  }
}
