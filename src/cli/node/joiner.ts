// Joins the network through nodes whose names may not be known yet: a machine that starts has no name server for a while.

import type { BootstrapNode, BootstrapNodeServer } from '../../api/index.js'
import { formatBootstrapNode } from '../../host/nodes-file.js'
import type { NodeLog } from './log.js'

const FIRST_RETRY_MS = 10_000
const LAST_RETRY_MS = 10 * 60_000

export class Joiner {
  /** By `HOST:PORT:KEY`; a configuration holds as many as its file. */
  readonly #known = new Set<string>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(
    private readonly server: BootstrapNodeServer,
    private readonly log: NodeLog['log'],
  ) {}

  /** Asks those that it was not told before; the others are being asked already. Resolves when each was tried once. */
  async join(nodes: readonly BootstrapNode[]): Promise<void> {
    const fresh = nodes.filter((node) => !this.#known.has(formatBootstrapNode(node)))
    for (const node of fresh) this.#known.add(formatBootstrapNode(node))
    await Promise.all(fresh.map((node) => this.#try(node, FIRST_RETRY_MS)))
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #try(node: BootstrapNode, retryMs: number): Promise<void> {
    try {
      await this.server.bootstrap(node)
      this.log('debug', 'join', `asks ${formatBootstrapNode(node)}`)
    } catch (error) {
      if (this.#isClosed) return
      this.log('warn', 'join', `${node.host}: ${(error as Error).message}; tried again in ${retryMs / 1000} s`)
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        void this.#try(node, Math.min(2 * retryMs, LAST_RETRY_MS))
      }, retryMs)
      this.#timers.add(timer)
    }
  }
}
