// What is said to a friend: messages, typing, packets of the program's own.

import { fail, type Result } from '../../../src/base/index.js'
import type { CustomPacketError, SendMessageError } from '../../../src/messenger/index.js'
import { MESSAGE_KINDS } from '../engine-events.js'
import type { CoreInstance } from '../instance.js'
import { done } from './done.js'

export const talkFunctions = {
  /** A type that is none is a wrong argument, like NULL; c-toxcore ends the program for it. */
  tox_friend_send_message(
    tox: CoreInstance,
    friendNumber: number,
    type: number,
    text: Uint8Array,
  ): Result<number, SendMessageError | 'null'> {
    const kind = MESSAGE_KINDS[type]
    if (kind === undefined) return fail('null')
    tox.pace.talk(tox.clock.now())
    return tox.messenger.sendMessage(friendNumber, kind, text)
  },

  tox_self_set_typing(
    tox: CoreInstance,
    friendNumber: number,
    isTyping: boolean,
  ): Result<undefined, 'friend-not-found'> {
    tox.pace.talk(tox.clock.now())
    return done(tox.messenger.setTyping(friendNumber, isTyping))
  },

  tox_friend_send_lossless_packet(
    tox: CoreInstance,
    friendNumber: number,
    packet: Uint8Array,
  ): Result<undefined, CustomPacketError> {
    tox.pace.talk(tox.clock.now())
    return done(tox.messenger.sendLosslessPacket(friendNumber, packet))
  },

  tox_friend_send_lossy_packet(
    tox: CoreInstance,
    friendNumber: number,
    packet: Uint8Array,
  ): Result<undefined, CustomPacketError> {
    tox.pace.talk(tox.clock.now())
    return done(tox.messenger.sendLossyPacket(friendNumber, packet))
  },
}
