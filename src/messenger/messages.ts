// Messages and actions, their receipts, and the outbox. Spec: Messenger, MESSAGE and ACTION.
// The hot path: no copy and no buffer of its own for a message, in either direction.

import { fail, ok, type Result } from '../base/index.js'
import type { FriendConnection } from '../friend/index.js'
import { PacketId, SESSION_PACKET_MAX_BYTES } from '../packet/friend/packet-id.js'
import { MESSAGE_MAX_BYTES, type MessageKind, messageText, writeMessage } from '../packet/messenger/message.js'
import { type MessengerContext, onFriendPacket } from './context.js'
import type { OutboxMessageError, SendMessageError } from './errors.js'
import type { Friend } from './friend.js'

export class Messages {
  readonly #context: MessengerContext
  /** Messages are put together here; sessions copy what they queue. */
  readonly #packet = new Uint8Array(SESSION_PACKET_MAX_BYTES)

  constructor(context: MessengerContext) {
    this.#context = context
    onFriendPacket(context, PacketId.MESSAGE, (friend, packet) => this.#receive(friend, 'normal', packet))
    onFriendPacket(context, PacketId.ACTION, (friend, packet) => this.#receive(friend, 'action', packet))
    context.connections.listen({
      onAcked: (connection, upTo) => this.#onAcked(connection, upTo),
      onStatus: (connection, connected) => this.#onSession(connection, connected),
    })
  }

  /**
   * Sends 1 to 1,372 bytes to an online friend now: the message id that the read receipt will name. A message never
   * overtakes the outbox: while that waits for room in the send window, so must this ('sendq').
   */
  send(friend: Friend, kind: MessageKind, text: Uint8Array): Result<number, SendMessageError> {
    if (text.length > MESSAGE_MAX_BYTES) return fail('too-long')
    if (friend.state !== 'online') return fail('friend-not-connected')
    if (friend.outbox.nextUnsent !== undefined) return fail('sendq')
    const packetNumber = this.#transmit(friend, kind, text)
    if (packetNumber === undefined) return fail('sendq')
    const messageId = friend.nextMessageId()
    friend.receipts.add(packetNumber, messageId)
    return ok(messageId)
  }

  /** Keeps the message until its receipt comes, and sends it as soon as the friend is there. */
  post(friend: Friend, kind: MessageKind, text: Uint8Array): Result<number, OutboxMessageError> {
    if (text.length > MESSAGE_MAX_BYTES) return fail('too-long')
    const before = friend.lastMessageId
    const messageId = friend.nextMessageId()
    if (!friend.outbox.append({ messageId, kind, text: text.slice() })) {
      friend.lastMessageId = before
      return fail('outbox-full')
    }
    this.flush(friend)
    return ok(messageId)
  }

  /** Sends what waits in the outbox, as far as the send window has room. */
  flush(friend: Friend): void {
    if (friend.state !== 'online') return
    for (let next = friend.outbox.nextUnsent; next !== undefined; next = friend.outbox.nextUnsent) {
      const packetNumber = this.#transmit(friend, next.kind, next.text)
      if (packetNumber === undefined) return
      friend.receipts.add(packetNumber, next.messageId)
      friend.outbox.markSent()
    }
  }

  /** Nobody knows what arrived: receipts are off, the outbox begins again. */
  onOffline(friend: Friend): void {
    friend.receipts.clear()
    friend.outbox.rewind()
  }

  #transmit(friend: Friend, kind: MessageKind, text: Uint8Array): number | undefined {
    if (friend.receipts.isFull) return undefined
    return friend.connection.sendLossless(writeMessage(this.#packet, kind, text))
  }

  #receive(friend: Friend, kind: MessageKind, packet: Uint8Array): void {
    const text = messageText(packet)
    if (text === undefined) return this.#context.env.drops.count('messenger/message malformed')
    if (friend.intake !== undefined) return friend.intake.receive(kind, text)
    this.#context.events.friendMessage(friend.number, kind, text)
  }

  #onSession(connection: FriendConnection, connected: boolean): void {
    const intake = this.#context.friends.ofConnection(connection)?.intake
    if (connected) intake?.onSession()
    else intake?.onSessionEnd()
  }

  #onAcked(connection: FriendConnection, upTo: number): void {
    const friend = this.#context.friends.ofConnection(connection)
    if (friend === undefined) return
    friend.intake?.onAcked(upTo)
    const messageIds: number[] = []
    for (let id = friend.receipts.take(upTo); id !== undefined; id = friend.receipts.take(upTo)) messageIds.push(id)
    try {
      friend.outbox.confirm(messageIds)
    } finally {
      for (const id of messageIds) {
        // A listener may have deleted the friend in the middle.
        if (friend.state !== 'deleted') this.#context.events.friendReadReceipt(friend.number, id)
      }
    }
    this.flush(friend)
  }
}
