// Options that all commands share which go onto the network, and how a Tox instance is started from them.

import { join } from 'node:path'
import {
  type BootstrapNode,
  BootstrapNodeError,
  type NetworkOptions,
  parseBootstrapNode,
  readNodesFile,
  Tox,
  ToxError,
  type ToxOptions,
} from '../api/index.js'
import { planNetwork } from '../api/network-plan.js'
import type { ToxStore } from '../store/index.js'
import { CliError, type Option, type Values } from './command.js'
import { passphraseOption } from './passphrase.js'
import { makeFolder, openStore, withPassphrase } from './profile-dir.js'
import { publicNodesOf, publicOption } from './public-nodes.js'
import { wayOptions, waysOf } from './ways.js'

const DEFAULT_TIMEOUT_S = 30

export const networkOptions: Readonly<Record<string, Option>> = {
  bootstrap: { value: 'HOST:PORT:KEY', help: 'a node to join the network through', repeatable: true },
  nodes: { value: 'FILE', help: 'nodes to join through, in the JSON of nodes.tox.chat' },
  ...publicOption,
  port: { value: 'PORT', help: 'UDP port (default: the first free one from 33445 to 33545)' },
  ipv4: { help: 'use IPv4 only' },
  ...wayOptions,
  timeout: {
    value: 'SECONDS',
    help: `give up when no node answers for so long at first; 0: never (default ${DEFAULT_TIMEOUT_S})`,
  },
}

/** The nodes that the user named. CliError tells what is wrong with one. */
export function bootstrapNodesOf(values: Values): BootstrapNode[] {
  try {
    const nodes = values.all('bootstrap').map((text) => parseBootstrapNode(text))
    const file = values.text('nodes')
    return file === undefined ? nodes : [...nodes, ...readNodesFile(file)]
  } catch (error) {
    if (error instanceof BootstrapNodeError) throw new CliError(error.message)
    throw error
  }
}

/** What `joinNodesOf` found, so that a list is fetched once a command. */
const joinNodes = new WeakMap<Values, Promise<readonly BootstrapNode[]>>()

/** The nodes that the user named, and with `--public` some of the public network. Rejects with CliError. */
export function joinNodesOf(values: Values): Promise<readonly BootstrapNode[]> {
  const found = joinNodes.get(values) ?? findJoinNodes(values)
  joinNodes.set(values, found)
  return found
}

async function findJoinNodes(values: Values): Promise<readonly BootstrapNode[]> {
  const named = bootstrapNodesOf(values)
  return [...named, ...(await publicNodesOf(values))]
}

/** For bots: they are somebody new each time, unless told where to keep their profile. */
export const botProfileOptions: Readonly<Record<string, Option>> = {
  data: { value: 'DIR', help: 'keep the profile in DIR (default: a new identity that is forgotten at the end)' },
  ...passphraseOption,
}

/** The path of a bot's profile in the folder of --data, which is there afterwards; `undefined` without --data. */
export function botProfilePath(values: Values, name: string): string | undefined {
  const dir = values.text('data')
  if (dir === undefined) return undefined
  makeFolder(dir)
  return join(dir, `${name}.tox`)
}

/** The exit code of a program that Ctrl-C stopped before it was done: 128 + SIGINT, as shells have it. */
export const INTERRUPTED = 130

/** A running instance and what is kept beside its profile; both are closed in the right order. */
export interface Session extends AsyncDisposable {
  readonly tox: Tox
  /** History and all that; bots and temporary identities have none. */
  readonly store: ToxStore | undefined
}

/**
 * Starts the Tox instance of a command. Without nodes or relays named by the user, and without `--lan`, it binds to loopback
 * alone, so that the kernel itself keeps every packet on this machine.
 */
export async function startTox(
  values: Values,
  profile: (values: Values) => string | undefined,
  { keepsHistory = true, ...extra }: Pick<ToxOptions, 'name' | 'statusMessage'> & { keepsHistory?: boolean } = {},
): Promise<Session> {
  timeoutOf(values)
  const ways = waysOf(values)
  judgeWays(ways)
  const nodes = await joinNodesOf(values)
  const isNamed = nodes.length + ways.relays.length > 0 || values.has('lan')
  const options: ToxOptions = {
    ...extra,
    ...(values.has('port') ? { port: values.number('port', 0, 1, 65_535) } : {}),
    ...(isNamed ? {} : { bindAddress: '127.0.0.1' }),
    ...ways,
    ipv6: !values.has('ipv4') && isNamed,
    bootstrap: nodes,
  }
  const path = profile(values)
  if (path === undefined) return sessionOf(await Tox.create(options))
  return withPassphrase(path, values, async (passphrase) => {
    const store = keepsHistory ? await openStore(path, passphrase) : undefined
    try {
      const kept = { ...(passphrase === undefined ? {} : { passphrase }), ...(store === undefined ? {} : { store }) }
      return sessionOf(await Tox.create({ ...options, profile: path, ...kept }), store)
    } catch (error) {
      store?.close()
      throw error
    }
  })
}

/** Ways that exclude each other are a mistake of the command line. */
function judgeWays(ways: NetworkOptions): void {
  try {
    planNetwork(ways)
  } catch (error) {
    if (error instanceof ToxError) throw new CliError(error.message)
    throw error
  }
}

function sessionOf(tox: Tox, store?: ToxStore): Session {
  return {
    tox,
    store,
    async [Symbol.asyncDispose]() {
      try {
        await tox.close()
      } finally {
        store?.close()
      }
    },
  }
}

/** Seconds to wait for a first answer; asked for early as well, so that a mistake is told before anything starts. */
export function timeoutOf(values: Values): number {
  return values.number('timeout', DEFAULT_TIMEOUT_S, 0, 86_400)
}

/** Resolves when the network has been joined; CliError when no named node answers in time. Without nodes there is nothing to join. */
export async function joinNetwork(tox: Tox, values: Values): Promise<void> {
  const nodes = await joinNodesOf(values)
  const { relays } = waysOf(values)
  const seconds = timeoutOf(values)
  if (nodes.length + relays.length === 0 || seconds === 0) return
  const signal = AbortSignal.timeout(seconds * 1000)
  try {
    await tox.whenConnected({ signal })
  } catch (error) {
    if (!signal.aborted) throw error
    const named = [...bootstrapNodesOf(values), ...relays].map(({ host, port }) => `${host}:${port}`)
    const names = [...named, ...(values.has('public') ? ['any public node'] : [])].join(', ')
    const failures = new Set(tox.relays.flatMap(({ failure }) => failure?.text ?? []))
    const causes = failures.size > 0 ? [...failures].join('; ') : 'wrong address, wrong key or node down'
    throw new CliError(`no answer from ${names} within ${seconds} s: ${causes}`, 1)
  }
}

/** Resolves when the program is asked to end: Ctrl-C, kill, or its terminal closed. A second signal ends it at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
