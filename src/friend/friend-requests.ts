// Friend requests as they arrive, and the packets of those we send. Spec: Friend requests.
// The nospam keeps strangers out who never saw our Tox ID; the table of askers keeps repeated requests from the user.

import { BoundedMap, bytesKey, type Env, sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import {
  DirectFriendRequest,
  NOSPAM_BYTES,
  ONION_FRIEND_REQUEST_KIND,
  OnionFriendRequest,
} from '../packet/friend/friend-request.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { FriendConnection } from './friend-connection.js'
import type { FriendConnections } from './friend-connections.js'
import type { FriendOnion } from './slices.js'

/** Askers remembered, as many as in c-toxcore; the 33rd pushes the first out, who may then be heard again. */
const ASKERS_MAX = 32

/** Somebody who has asked. */
interface Asker {
  readonly message: Uint8Array
  isRefused: boolean
}

export interface FriendRequestHandlers {
  /** Requests of friends are dropped: they need none. */
  isFriend(publicKey: LongTermPublicKey): boolean
  /** A new request. `message` is a copy of 1 to 1,016 bytes, UTF-8 by custom only. */
  onRequest(publicKey: LongTermPublicKey, message: Uint8Array): void
}

export class FriendRequests {
  readonly #env: Env
  readonly #handlers: FriendRequestHandlers
  readonly #askers = new BoundedMap<string, Asker>({ capacity: ASKERS_MAX, whenFull: 'evict-oldest' })
  #nospam: Uint8Array

  /** `nospam`: the four bytes of our Tox ID that a request must repeat. */
  constructor(
    { env, onion, connections }: { env: Env; onion: FriendOnion; connections: FriendConnections },
    nospam: Uint8Array,
    handlers: FriendRequestHandlers,
  ) {
    this.#env = env
    this.#handlers = handlers
    this.#nospam = copyNospam(nospam)
    onion.onData(ONION_FRIEND_REQUEST_KIND, (sender, plain) => this.#receive(sender, decode(OnionFriendRequest, plain)))
    connections.onPacket(PacketId.FRIEND_REQUEST, ({ publicKey }, packet) =>
      this.#receive(publicKey, decode(DirectFriendRequest, packet)),
    )
  }

  /** The four bytes that a request must carry, as they stand in our Tox ID. */
  get nospam(): Uint8Array {
    return this.#nospam.slice()
  }

  /** Another nospam makes the old Tox ID useless; friends notice nothing. */
  set nospam(nospam: Uint8Array) {
    this.#nospam = copyNospam(nospam)
  }

  /**
   * After a refusal: other words of `publicKey` are reported. The same are not: requests come several times, on several ways and
   * until they are accepted.
   */
  refuse(publicKey: LongTermPublicKey): void {
    const asker = this.#askers.peek(bytesKey(publicKey))
    if (asker !== undefined) asker.isRefused = true
  }

  /** Forgets that `publicKey` asked, so that any request of theirs is reported: when a friend is deleted. */
  forget(publicKey: LongTermPublicKey): void {
    this.#askers.delete(bytesKey(publicKey))
  }

  #receive(sender: LongTermPublicKey, request: { nospam: Uint8Array; message: Uint8Array } | undefined): void {
    const { drops } = this.#env
    if (request === undefined) return drops.count('friend/request malformed')
    const key = bytesKey(sender)
    const known = this.#askers.peek(key)
    const isAnew = known?.isRefused === true && !sameBytes(known.message, request.message)
    if (known !== undefined && !isAnew) return drops.count('friend/request repeated')
    if (!sameBytes(request.nospam, this.#nospam)) return drops.count('friend/request with another nospam')
    if (this.#handlers.isFriend(sender)) return drops.count('friend/request of a friend')
    const message = request.message.slice()
    this.#askers.set(key, { message, isRefused: false })
    this.#handlers.onRequest(sender.slice() as LongTermPublicKey, message.slice())
  }
}

/**
 * Sends a friend request of 1 to 921 message bytes: inside the session when there is one (a conference peer), else through
 * the onion. False when neither way is open yet.
 */
export function sendFriendRequest(connection: FriendConnection, nospam: Uint8Array, message: Uint8Array): boolean {
  if (connection.isConnected) {
    const packet = encode(DirectFriendRequest, { id: PacketId.FRIEND_REQUEST, nospam, message })
    return connection.sendLossless(packet) !== undefined
  }
  const plain = encode(OnionFriendRequest, { kind: ONION_FRIEND_REQUEST_KIND, nospam, message })
  return connection.sendOnionData(plain) > 0
}

function copyNospam(nospam: Uint8Array): Uint8Array {
  if (nospam.length !== NOSPAM_BYTES) throw new RangeError(`a nospam has ${NOSPAM_BYTES} bytes, not ${nospam.length}`)
  return nospam.slice()
}
