// What a user of the DHT holds while it looks for a key.

import type { Endpoint } from '../base/index.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { Search } from './search.js'

/** One interest in one DHT key; several may share a search. */
export interface SearchHandle {
  /** Addresses from which the sought node has answered lately, the one that answered last first. */
  readonly endpoints: readonly Endpoint[]
  /** Good nodes nearest to the sought key, nearest first; the sought one itself is among them once found. */
  readonly nodes: readonly NodeInfo[]
  /** Asks a node that is said to be near the sought one. */
  addCandidate(node: NodeInfo): void
  /** The sought one is silent: it counts as lost until it answers, and all nodes near it are asked at once. */
  refresh(): void
  /** Gives up this interest; the search ends with its last one. Harmless when repeated. */
  stop(): void
}

export interface SearchHandleOptions {
  readonly search: Search
  readonly nowMs: () => number
  readonly ask: (node: NodeInfo) => void
  readonly onRefresh: () => void
  readonly onStop: () => void
}

export function searchHandle({ search, nowMs, ask, onRefresh, onStop }: SearchHandleOptions): SearchHandle {
  let isStopped = false
  return {
    get endpoints() {
      return search.endpoints(nowMs())
    },
    get nodes() {
      return search.entries.flatMap(({ node }) => {
        const association = node.freshest(nowMs())
        return association === undefined ? [] : [{ endpoint: association.endpoint, publicKey: node.publicKey }]
      })
    },
    addCandidate: ask,
    refresh() {
      if (!isStopped) onRefresh()
    },
    stop() {
      if (isStopped) return
      isStopped = true
      onStop()
    },
  }
}
