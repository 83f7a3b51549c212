// Where the nodes of the public network are: lists on several web servers, the last one that was fetched, and one that is
// bundled. No server is needed, and none is believed beyond this: a wrong entry is a node that does not answer under its key.

import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { removeFile } from '../../host/folder.js'
import { type BootstrapNode, BootstrapNodeError, parseNodesJson } from '../../host/nodes-file.js'
import { formatNodesJson, SNAPSHOT_TAKEN, snapshotNodes } from './public-nodes.js'

/** Lists in the JSON of nodes.tox.chat, kept by different people on two hosts. */
export const NODE_LISTS: readonly string[] = [
  'https://nodes.tox.chat/json',
  'https://raw.githubusercontent.com/TokTok/qTox/master/res/nodes.json',
  'https://raw.githubusercontent.com/qTox/qTox/master/res/nodes.json',
]

export interface PublicNodesOptions {
  /** Web addresses of lists; `NODE_LISTS` unless told. */
  readonly lists?: readonly string[]
  /** Where the last list is kept; a file in the user's cache folder unless told. */
  readonly cacheFile?: string
  /**
   * `'when-stale'`, the default, asks the servers when the last list is older than a day; `'always'` and `'never'` speak for
   * themselves. Servers are asked directly, never through a proxy.
   */
  readonly fetch?: 'when-stale' | 'always' | 'never'
  /** How long one server may take; 10 s unless told. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface PublicNodes {
  readonly nodes: readonly BootstrapNode[]
  /** The web address, `'cache'` or `'bundled'`. */
  readonly source: string
  /** When the list was fetched, or the bundled one written, in ms since 1970. */
  readonly takenMs: number
  /** Whether it is older than a week: some of its nodes may be gone. */
  readonly isStale: boolean
  /** Why servers gave no list. */
  readonly failures: readonly string[]
}

const DAY_MS = 24 * 3600 * 1000
const STALE_MS = 7 * DAY_MS
const TIMEOUT_MS = 10_000
/** The next server is asked when one has been silent for so long; who answers first wins. */
const HEAD_START_MS = 2000
/** Today's list has 20 KB. */
const LIST_BYTES_MAX = 4 * 1024 * 1024

/** Where the last list is kept: `CACHE_DIRECTORY` (systemd), `XDG_CACHE_HOME` or `~/.cache`. */
export function nodesCacheFile(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['CACHE_DIRECTORY']?.split(':')[0]
  if (own) return join(own, 'nodes.json')
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'toxcore-ts', 'nodes.json')
}

/** The best list that can be had now; never rejects: at the very least it is the bundled one. */
export async function publicNodes(options: PublicNodesOptions = {}): Promise<PublicNodes> {
  const { cacheFile = nodesCacheFile(), fetch = 'when-stale' } = options
  const kept = await readCache(cacheFile)
  const nowMs = Date.now()
  const isFresh = kept !== undefined && nowMs - kept.takenMs < DAY_MS && kept.takenMs <= nowMs
  const failures: string[] = []
  if (fetch === 'always' || (fetch === 'when-stale' && !isFresh)) {
    const fetched = await fetchFirst(options, failures)
    if (fetched !== undefined) {
      await writeCache(cacheFile, fetched.nodes)
      return { ...fetched, takenMs: nowMs, isStale: false, failures }
    }
  }
  const bundled = { nodes: snapshotNodes(), takenMs: SNAPSHOT_TAKEN * 1000, source: 'bundled' }
  const best = kept !== undefined && kept.takenMs >= bundled.takenMs ? { ...kept, source: 'cache' } : bundled
  return { ...best, isStale: nowMs - best.takenMs > STALE_MS, failures }
}

interface Fetched {
  readonly nodes: readonly BootstrapNode[]
  readonly source: string
}

/** The first list that arrives and holds a node; undefined when none does. */
function fetchFirst(options: PublicNodesOptions, failures: string[]): Promise<Fetched | undefined> {
  const { lists = NODE_LISTS, timeoutMs = TIMEOUT_MS, signal } = options
  const done = new AbortController()
  const waiting = [...lists]
  return new Promise((resolve) => {
    let running = 0
    let timer: NodeJS.Timeout | undefined
    const end = (found: Fetched | undefined): void => {
      clearTimeout(timer)
      done.abort()
      resolve(found)
    }
    const next = (): void => {
      clearTimeout(timer)
      const url = signal?.aborted ? undefined : waiting.shift()
      if (url === undefined) {
        if (running === 0) end(undefined)
        return
      }
      running++
      timer = setTimeout(next, HEAD_START_MS)
      const signals = [done.signal, AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]
      fetchList(url, anyOf(signals)).then(
        (nodes) => end({ nodes, source: url }),
        (error: unknown) => {
          running--
          if (done.signal.aborted) return
          failures.push(`${url}: ${reasonOf(error)}`)
          next()
        },
      )
    }
    next()
  })
}

/** As AbortSignal.any, which Node 18 lacks. */
function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  for (const signal of signals) {
    const abort = (): void => controller.abort(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  }
  return controller.signal
}

async function fetchList(url: string, signal: AbortSignal): Promise<readonly BootstrapNode[]> {
  const response = await fetch(url, { signal, headers: { accept: 'application/json' } })
  if (!response.ok) {
    await response.body?.cancel()
    throw new BootstrapNodeError('bad-file', `it answers ${response.status}`)
  }
  const { nodes } = parseNodesJson(await textOf(response), 'the answer')
  if (nodes.length === 0) throw new BootstrapNodeError('no-nodes', 'the answer lists no node')
  return nodes
}

/** The body, as long as it is no longer than any list. */
async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > LIST_BYTES_MAX) throw new BootstrapNodeError('bad-file', 'the answer is too large to be a list of nodes')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'no answer in time'
  if (name === 'AbortError') return 'given up'
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  return code ?? inner ?? message
}

/** The last list that was fetched; undefined when there is none that can be used. */
async function readCache(path: string): Promise<{ nodes: readonly BootstrapNode[]; takenMs: number } | undefined> {
  try {
    if ((await stat(path)).size > LIST_BYTES_MAX) return undefined
    const text = await readFile(path, 'utf8')
    const { nodes } = parseNodesJson(text, path)
    const taken = (JSON.parse(text) as { last_refresh?: unknown }).last_refresh
    if (nodes.length === 0 || typeof taken !== 'number' || !Number.isFinite(taken)) return undefined
    return { nodes, takenMs: taken * 1000 }
  } catch {
    return undefined
  }
}

/** In one step; a cache that cannot be written costs the next start a question. */
async function writeCache(path: string, nodes: readonly BootstrapNode[]): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, formatNodesJson(nodes, Math.floor(Date.now() / 1000)), { mode: 0o600 })
    await rename(draft, path)
  } catch {
    await removeFile(draft).catch(() => {})
  }
}
