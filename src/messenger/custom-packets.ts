// Packets of the application's own making. tox.h: tox_friend_send_lossless_packet, tox_friend_send_lossy_packet.

import { fail, ok, type Result } from '../base/index.js'
import {
  CUSTOM_LOSSLESS_ID_FIRST,
  CUSTOM_LOSSLESS_ID_LAST,
  CUSTOM_LOSSY_ID_FIRST,
  CUSTOM_LOSSY_ID_LAST,
  LOSSY_ID_FIRST,
  LOSSY_ID_LAST,
  PacketId,
  SESSION_PACKET_MAX_BYTES,
} from '../packet/friend/packet-id.js'
import { type MessengerContext, onFriendPacket } from './context.js'
import type { CustomPacketError } from './errors.js'

export class CustomPackets {
  readonly #context: MessengerContext

  constructor(context: MessengerContext) {
    this.#context = context
    const { events } = context
    for (let id = CUSTOM_LOSSLESS_ID_FIRST; id <= CUSTOM_LOSSLESS_ID_LAST; id++) {
      onFriendPacket(context, id, (friend, packet) => events.friendLosslessPacket(friend.number, packet.slice()))
    }
    for (let id = CUSTOM_LOSSY_ID_FIRST; id <= CUSTOM_LOSSY_ID_LAST; id++) {
      onFriendPacket(context, id, (friend, packet) => events.friendLossyPacket(friend.number, packet.slice()))
    }
  }

  /** Sends 1 to 1,373 bytes of which the first is 160 to 191, or 69: external call signalling, as c-toxcore allows. */
  sendLossless(friendNumber: number, packet: Uint8Array): Result<void, CustomPacketError> {
    if (packet.length === 0) return fail('empty')
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (packet.length > SESSION_PACKET_MAX_BYTES) return fail('too-long')
    const id = packet[0]!
    const isCustom = id >= CUSTOM_LOSSLESS_ID_FIRST && id <= CUSTOM_LOSSLESS_ID_LAST
    if (!isCustom && id !== PacketId.MSI) return fail('invalid')
    if (friend.state !== 'online') return fail('friend-not-connected')
    return friend.connection.sendLossless(packet) === undefined ? fail('sendq') : ok(undefined)
  }

  /**
   * Sends 1 to 1,373 bytes of which the first is 192 to 254. Below 200 the friend's Tox takes it for audio, video or a
   * conference.
   */
  sendLossy(friendNumber: number, packet: Uint8Array): Result<void, CustomPacketError> {
    if (packet.length === 0) return fail('empty')
    if (packet[0]! < LOSSY_ID_FIRST || packet[0]! > LOSSY_ID_LAST) return fail('invalid')
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (packet.length > SESSION_PACKET_MAX_BYTES) return fail('too-long')
    if (friend.state !== 'online') return fail('friend-not-connected')
    return friend.connection.sendLossy(packet) ? ok(undefined) : fail('sendq')
  }
}
