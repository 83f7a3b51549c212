// Online (24) and Offline (25): whether the sender has us in their friend list. Spec: Messenger, ONLINE and OFFLINE.
// A session alone says nothing: conference peers who are no friends have one too.

import { literal, type Of, struct } from '../../codec/index.js'
import { PacketId } from '../friend/packet-id.js'

export const Online = struct({ id: literal(PacketId.ONLINE, 'online') }, 'online')
export type Online = Of<typeof Online>

export const Offline = struct({ id: literal(PacketId.OFFLINE, 'offline') }, 'offline')
export type Offline = Of<typeof Offline>
