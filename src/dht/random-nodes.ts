// Nodes by chance, for onion paths: who can foresee the choice can wait on the path.

import { bytesKey, type Env } from '../base/index.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { NodeTable } from './node-table.js'

/** Up to `count` different good nodes of the table, each equally likely. */
export function randomGoodNodes(table: NodeTable, env: Env, count: number): NodeInfo[] {
  const nowMs = env.clock.now()
  const slots = Array.from({ length: table.size }, (_, slot) => slot)
  const chosen: NodeInfo[] = []
  while (chosen.length < count && slots.length > 0) {
    const node = table.at(takeOne(slots, env))
    const association = node.freshest(nowMs)
    if (association !== undefined) chosen.push({ endpoint: association.endpoint, publicKey: node.publicKey })
  }
  return chosen
}

/** Up to `count` of `nodes` by chance, each key once. */
export function someOf(nodes: readonly NodeInfo[], env: Env, count: number): NodeInfo[] {
  const left = [...new Map(nodes.map((node) => [bytesKey(node.publicKey), node])).values()]
  const chosen: NodeInfo[] = []
  while (chosen.length < count && left.length > 0) chosen.push(takeOne(left, env))
  return chosen
}

/** Takes a random item out; the last one moves into the gap. */
function takeOne<T>(items: T[], env: Env): T {
  const at = env.random.uniform(items.length)
  const taken = items[at]!
  items[at] = items[items.length - 1]!
  items.pop()
  return taken
}
