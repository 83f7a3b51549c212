// Alive (16): the friend is still there. Spec: Friend connection.

import { literal, type Of, struct } from '../../codec/index.js'
import { PacketId } from './packet-id.js'

/** Sent every 8 seconds; a friend who sends none for 32 seconds counts as gone. */
export const Alive = struct({ id: literal(PacketId.ALIVE, 'alive') }, 'alive')
export type Alive = Of<typeof Alive>
