// A peer of ours in a process of its own that is killed and started again, with the profile and the database in its folder.

import { Tox } from '../../src/index.js'
import { openProfileDirectory } from '../../src/store/profile-directory.js'
import { type Child, startChild } from './child.js'

export type Role = 'sender' | 'receiver'

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
