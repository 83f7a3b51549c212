// What the messenger reports. Byte arrays are copies that belong to the receiver, except that of a message and of a
// piece of a file, which come by the ten thousand; text is UTF-8 by custom only.

import type { LongTermPublicKey } from '../crypto/keys.js'
import type { MessageKind } from '../packet/messenger/message.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import type { FileEvents } from './files/index.js'
import type { MessageReceipt } from './intake.js'

/** How a friend is connected, as TOX_CONNECTION: `'tcp'` is through relays alone. */
export type ConnectionStatus = 'none' | 'tcp' | 'udp'

/** The one sink of all events. A handler may call the messenger again, even delete the friend. */
export interface MessengerEvents extends FileEvents {
  friendRequest(publicKey: LongTermPublicKey, message: Uint8Array): void
  friendConnectionStatus(friendNumber: number, status: ConnectionStatus): void
  friendName(friendNumber: number, name: Uint8Array): void
  friendStatusMessage(friendNumber: number, message: Uint8Array): void
  friendStatus(friendNumber: number, status: UserStatus): void
  friendTyping(friendNumber: number, isTyping: boolean): void
  /** `message` is a view valid for the turn: copy what is kept. `receipt` comes with manual receipts only. */
  friendMessage(friendNumber: number, kind: MessageKind, message: Uint8Array, receipt?: MessageReceipt): void
  /** The friend's Tox has received the message; whether a human has read it nobody knows. */
  friendReadReceipt(friendNumber: number, messageId: number): void
  /** `packet` begins with its id, 160 to 191. */
  friendLosslessPacket(friendNumber: number, packet: Uint8Array): void
  /** `packet` begins with its id, 200 to 254. */
  friendLossyPacket(friendNumber: number, packet: Uint8Array): void
}
