// `--public`: the nodes of the public network, for commands that go onto it.

import type { BootstrapNode } from '../api/index.js'
import { type PublicNodes, publicNodes } from '../api/node/node-lists.js'
import type { Option, Values } from './command.js'
import { isHidden } from './ways.js'

export const publicOption: Readonly<Record<string, Option>> = {
  public: { help: 'join the public network, through nodes of lists on the web (see toxcore-ts nodes)' },
}

/** Enough to find an answer among, few enough to ask at once. */
const NODES_USED = 12

/** Lists in place of the usual ones, as web addresses with blanks between them. */
export function listsOf(env: NodeJS.ProcessEnv = process.env): { lists?: readonly string[] } {
  const lists = env['TOXCORE_TS_NODE_LISTS']?.split(/\s+/).filter((url) => url !== '')
  return lists === undefined ? {} : { lists }
}

/** Some nodes of the public network; none where `--public` is not given. Says on standard error where they come from. */
export async function publicNodesOf(
  values: Values,
  isWanted = values.has('public'),
): Promise<readonly BootstrapNode[]> {
  if (!isWanted) return []
  // A list is fetched directly: who hides behind a proxy takes the one that is there.
  const found = await publicNodes({ ...listsOf(), ...(isHidden(values) ? { fetch: 'never' } : {}) })
  console.error(`toxcore-ts: ${describeList(found)}`)
  return someOf(found.nodes, NODES_USED)
}

/** `21 nodes, from https://…` */
export function describeList({ nodes, source, takenMs, isStale }: PublicNodes): string {
  const where =
    source === 'bundled' ? 'the bundled list of' : source === 'cache' ? 'the list fetched on' : `${source} on`
  const date = new Date(takenMs).toISOString().slice(0, 10)
  return `${nodes.length} public nodes, from ${where} ${date}${isStale ? ' (stale: some may be gone)' : ''}`
}

/** `count` of them, each as likely as any other: load is spread, and no order of a list decides. */
function someOf<T>(all: readonly T[], count: number): T[] {
  const left = [...all]
  for (let i = left.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[left[i], left[j]] = [left[j]!, left[i]!]
  }
  return left.slice(0, count)
}
