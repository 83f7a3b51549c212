// The table of each friend who is online and has ever had a transfer in this session.

import type { Env } from '../../base/index.js'
import type { Friend } from '../friend.js'
import { FileTable } from './table.js'

export class FileTables {
  readonly #env: Env
  readonly #ofFriend = new Map<Friend, FileTable>()

  constructor(env: Env) {
    this.#env = env
  }

  /** The table of a friend who is online. */
  get(friend: Friend): FileTable {
    const known = this.#ofFriend.get(friend)
    if (known !== undefined) return known
    const table = new FileTable(this.#env.clock.now())
    this.#ofFriend.set(friend, table)
    return table
  }

  known(friend: Friend): FileTable | undefined {
    return this.#ofFriend.get(friend)
  }

  [Symbol.iterator](): IterableIterator<[Friend, FileTable]> {
    return this.#ofFriend.entries()
  }

  /** The session ended, and all transfers with it. */
  drop(friend: Friend): void {
    this.#ofFriend.delete(friend)
  }
}
