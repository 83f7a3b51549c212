// The friend list, and what is known about each friend.

import { fail, type Result } from '../../../src/base/index.js'
import type { LongTermPublicKey } from '../../../src/crypto/index.js'
import type { FriendView } from '../../../src/messenger/index.js'
import { USER_STATUSES } from '../../../src/packet/messenger/user-status.js'
import type { CoreValue } from '../dispatcher.js'
import { CONNECTIONS } from '../engine-events.js'
import type { CoreInstance } from '../instance.js'

type Answer<Value> = Value | Result<never, 'friend-not-found'>

const NOT_FOUND = fail('friend-not-found')

/** What `read` says of a friend. */
function query<Value extends CoreValue>(read: (friend: FriendView) => Value) {
  return (tox: CoreInstance, friendNumber: number): Answer<Value> => {
    const friend = tox.messenger.friend(friendNumber)
    return friend === undefined ? NOT_FOUND : read(friend)
  }
}

export const friendFunctions = {
  tox_friend_add(tox: CoreInstance, address: Uint8Array, message: Uint8Array) {
    tox.pace.search(tox.clock.now())
    return tox.messenger.addFriend(address, message)
  },

  tox_friend_add_norequest(tox: CoreInstance, publicKey: Uint8Array) {
    tox.pace.search(tox.clock.now())
    return tox.messenger.addFriendWithoutRequest(publicKey.slice() as LongTermPublicKey)
  },

  core_friend_delete(tox: CoreInstance, friendNumber: number): Answer<undefined> {
    return tox.messenger.deleteFriend(friendNumber).ok ? undefined : NOT_FOUND
  },

  tox_friend_by_public_key(tox: CoreInstance, publicKey: Uint8Array): number | Result<never, 'not-found'> {
    return tox.messenger.friendOf(publicKey as LongTermPublicKey)?.number ?? fail('not-found')
  },

  tox_friend_exists: (tox: CoreInstance, friendNumber: number) => tox.messenger.friend(friendNumber) !== undefined,

  tox_self_get_friend_list_size: (tox: CoreInstance) => tox.messenger.friends().length,

  /** Numbers in the machine's byte order: a C array. */
  tox_self_get_friend_list(tox: CoreInstance) {
    return new Uint8Array(Uint32Array.from(tox.messenger.friends(), ({ number }) => number).buffer)
  },

  tox_friend_get_public_key: query((friend) => friend.publicKey),
  tox_friend_get_name_size: query((friend) => friend.name.length),
  tox_friend_get_name: query((friend) => friend.name),
  tox_friend_get_status_message_size: query((friend) => friend.statusMessage.length),
  tox_friend_get_status_message: query((friend) => friend.statusMessage),
  tox_friend_get_status: query((friend) => USER_STATUSES.indexOf(friend.status)),
  tox_friend_get_connection_status: query((friend) => CONNECTIONS.indexOf(friend.connectionStatus)),
  tox_friend_get_typing: query((friend) => friend.isTyping),

  tox_friend_get_last_online: (tox: CoreInstance, friendNumber: number) => tox.messenger.lastOnline(friendNumber),
}
