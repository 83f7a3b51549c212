// A peer of ours in a process of its own that is killed and started again, with the profile and the database in its folder.

import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tox } from '../../src/index.js'
import { openProfileDirectory } from '../../src/store/profile-directory.js'
import { type Child, startChild } from './child.js'

const HERE = dirname(fileURLToPath(import.meta.url))

export type Role = 'sender' | 'receiver'

/**
 * Makes one script of the program, because it starts in a third of the time that its sources take; its path, in the package's
 * folder so that it finds the addon.
 */
export async function bundle(): Promise<string> {
  const target = resolve(HERE, `../../build/kills/${process.pid}.cjs`)
  mkdirSync(dirname(target), { recursive: true })
  const { build } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild')
  const sources = {
    name: 'sources',
    setup({
      onResolve,
    }: {
      onResolve(filter: object, to: (at: { path: string; resolveDir: string }) => object): void
    }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace(/\.js$/, '.ts').replace(/\.cjs$/, '.cts')),
      }))
    },
  }
  await build({
    entryPoints: [join(HERE, 'kill-child.ts')],
    outfile: target,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    plugins: [sources],
    logLevel: 'error',
  })
  return target
}

/** One of the two, through all its lives. */
export class KillPeer {
  child: Child | undefined
  lives = 0
  /** Of the sender: the last number accepted. Of the receiver: the highest told to its application. */
  number = 0
  errors: string[] = []
  /** In this life: what it said about its friend, and how many messages it told. */
  isOnline = false
  told = 0
  /** Messages that came again and were dropped, in all lives. */
  repeated = 0
  onStopped: (() => void) | undefined

  constructor(
    readonly role: Role,
    readonly script: string,
    readonly folder: string,
    readonly friendKey: string,
    readonly nodes: string,
    readonly seed: number,
  ) {}

  start(): void {
    this.isOnline = false
    this.told = 0
    const args = [this.script, this.role, this.folder, this.friendKey, this.nodes, String(this.seed + ++this.lives)]
    const child = startChild(process.execPath, args, (line) => {
      const [word, value] = line.split(' ')
      if (word === 'error') this.errors.push(line)
      else if (word === 'repeated') this.repeated += Number(value)
      else if (word === 'stopped') this.onStopped?.()
      else if (word === 'friend') this.isOnline = value !== 'none'
      else if (word === 'accepted' || word === 'got') {
        this.told++
        this.number = Math.max(this.number, Number(value))
      }
    })
    this.child = child
    void child.exited.then(() => {
      if (child.process.signalCode !== 'SIGKILL') this.errors.push(`${this.role} ended by itself: ${child.stderr}`)
    })
  }

  async kill(): Promise<void> {
    await this.child?.killHard()
  }
}

/** Makes a profile; its key. */
export async function identity(folder: string): Promise<string> {
  const { profile, store } = openProfileDirectory(folder)
  const tox = await Tox.create({ profile, store, bindAddress: '127.0.0.1', ipv6: false })
  const { publicKey } = tox
  await tox.close()
  store.close()
  return publicKey
}

export async function befriend(folder: string, key: string): Promise<void> {
  const { profile, store } = openProfileDirectory(folder)
  const tox = await Tox.create({ profile, store, bindAddress: '127.0.0.1', ipv6: false })
  tox.addFriendWithoutRequest(key)
  await tox.close()
  store.close()
}

/** What its history holds, in order of storing. */
export function numbers(folder: string): number[] {
  const { store } = openProfileDirectory(folder)
  const all: number[] = []
  let cursor: string | undefined
  do {
    const page = store.history.page({ order: 'oldest', limit: 10_000, ...(cursor === undefined ? {} : { cursor }) })
    all.push(...page.messages.map(({ text }) => Number(text)))
    cursor = page.next
  } while (cursor !== undefined)
  store.close()
  return all
}
