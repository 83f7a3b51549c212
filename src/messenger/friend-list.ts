// Friends by number, by key and by connection. A deleted friend's number goes to the next one added, lowest first.

import { bytesKey } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { FriendConnection } from '../friend/index.js'
import type { Friend } from './friend.js'

export class FriendList {
  readonly #byNumber: (Friend | undefined)[] = []
  readonly #byKey = new Map<string, Friend>()
  readonly #byConnection = new Map<FriendConnection, Friend>()

  get size(): number {
    return this.#byKey.size
  }

  /** The number that the next friend gets. */
  get nextNumber(): number {
    const hole = this.#byNumber.indexOf(undefined)
    return hole < 0 ? this.#byNumber.length : hole
  }

  get(number: number): Friend | undefined {
    return this.#byNumber[number]
  }

  ofKey(publicKey: LongTermPublicKey): Friend | undefined {
    return this.#byKey.get(bytesKey(publicKey))
  }

  ofConnection(connection: FriendConnection): Friend | undefined {
    return this.#byConnection.get(connection)
  }

  add(friend: Friend): void {
    this.#byNumber[friend.number] = friend
    this.#byKey.set(bytesKey(friend.publicKey), friend)
    this.#byConnection.set(friend.connection, friend)
  }

  remove(friend: Friend): void {
    this.#byNumber[friend.number] = undefined
    while (this.#byNumber.length > 0 && this.#byNumber[this.#byNumber.length - 1] === undefined) this.#byNumber.pop()
    this.#byKey.delete(bytesKey(friend.publicKey))
    this.#byConnection.delete(friend.connection)
  }

  /** All friends by rising number. */
  *[Symbol.iterator](): IterableIterator<Friend> {
    for (const friend of this.#byNumber) if (friend !== undefined) yield friend
  }
}
