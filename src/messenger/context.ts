// What the parts of the messenger share.

import type { Env } from '../base/index.js'
import type { FriendConnections } from '../friend/index.js'
import type { MessengerEvents } from './events.js'
import type { Friend } from './friend.js'
import type { FriendList } from './friend-list.js'

/** Handles one packet of an online friend, id first; a view valid for the turn. */
export type MessengerPacketHandler = (friend: Friend, packet: Uint8Array) => void

export interface MessengerContext {
  readonly env: Env
  readonly events: MessengerEvents
  readonly friends: FriendList
  readonly connections: FriendConnections
}

/** Registers the one handler of packet id `id`; packets of anybody who is not an online friend are dropped before it. */
export function onFriendPacket(context: MessengerContext, id: number, handler: MessengerPacketHandler): void {
  const { connections, friends, env } = context
  connections.onPacket(id, (connection, packet) => {
    const friend = friends.ofConnection(connection)
    if (friend !== undefined && friend.state === 'online') handler(friend, packet)
    else env.drops.count('messenger/packet of nobody online')
  })
}
