// Message (64) and Action (65): text for the friend. Spec: Messenger, MESSAGE and ACTION.

import { literal, type Of, rest, struct } from '../../codec/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../friend/packet-id.js'

/** 1,372: one session packet without its id. Longer texts are the application's to split. */
export const MESSAGE_MAX_BYTES = SESSION_PACKET_MAX_BYTES - 1

export type MessageKind = 'normal' | 'action'

const text = rest(1, MESSAGE_MAX_BYTES)

export const Message = struct({ id: literal(PacketId.MESSAGE, 'message'), text }, 'message')
export type Message = Of<typeof Message>

/** As IRC's /me. */
export const Action = struct({ id: literal(PacketId.ACTION, 'action'), text }, 'action')
export type Action = Of<typeof Action>

/** Writes a message or action at the start of `target` without a detour: the hot path's twin of the schemas above. */
export function writeMessage(target: Uint8Array, kind: MessageKind, content: Uint8Array): Uint8Array {
  target[0] = kind === 'normal' ? PacketId.MESSAGE : PacketId.ACTION
  target.set(content, 1)
  return target.subarray(0, 1 + content.length)
}

/** A view of the text inside a message or action packet, `undefined` when malformed: the hot path's twin of `decode`. */
export function messageText(packet: Uint8Array): Uint8Array | undefined {
  return packet.length < 2 || packet.length > SESSION_PACKET_MAX_BYTES ? undefined : packet.subarray(1)
}
