// Who is online, and what friends tell each other about themselves. Spec: Messenger, ONLINE to TYPING.
// A friend is online when they said so inside a session. Name, status message, status and typing then go out in this order,
// and later only what changed.

import { fail, ok, type Result, sameBytes } from '../base/index.js'
import { decode, encode, type Schema } from '../codec/index.js'
import type { FriendConnection, FriendPath } from '../friend/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import { NAME_MAX_BYTES, Nickname } from '../packet/messenger/nickname.js'
import { Offline, Online } from '../packet/messenger/presence.js'
import { STATUS_MESSAGE_MAX_BYTES, StatusMessage } from '../packet/messenger/status-message.js'
import { Typing } from '../packet/messenger/typing.js'
import { type UserStatus, UserStatusPacket } from '../packet/messenger/user-status.js'
import { type MessengerContext, onFriendPacket } from './context.js'
import type { SetInfoError } from './errors.js'
import { type Friend, Untold } from './friend.js'

const ONLINE_PACKET = encode(Online, { id: PacketId.ONLINE })
const OFFLINE_PACKET = encode(Offline, { id: PacketId.OFFLINE })

/** What else happens when friends come and go. */
export interface PresenceHooks {
  /** Before the user hears of it: what waited may go out first. */
  onOnline(friend: Friend): void
  onOffline(friend: Friend): void
}

export class Presence {
  readonly #context: MessengerContext
  readonly #hooks: PresenceHooks
  #name: Uint8Array = new Uint8Array(0)
  #statusMessage: Uint8Array = new Uint8Array(0)
  #status: UserStatus = 'none'

  constructor(context: MessengerContext, hooks: PresenceHooks) {
    this.#context = context
    this.#hooks = hooks
    context.connections.listen({
      onStatus: (connection, connected) => this.#onSession(connection, connected),
      onPath: (connection, path) => this.#onPath(connection, path),
    })
    // The one packet that is heard of friends who are not online yet.
    context.connections.onPacket(PacketId.ONLINE, (connection, packet) => this.#onOnline(connection, packet))
    onFriendPacket(context, PacketId.OFFLINE, (friend, packet) => this.#onOffline(friend, packet))
    onFriendPacket(context, PacketId.NICKNAME, (friend, packet) => this.#onNickname(friend, packet))
    onFriendPacket(context, PacketId.STATUS_MESSAGE, (friend, packet) => this.#onStatusMessage(friend, packet))
    onFriendPacket(context, PacketId.USER_STATUS, (friend, packet) => this.#onStatus(friend, packet))
    onFriendPacket(context, PacketId.TYPING, (friend, packet) => this.#onTyping(friend, packet))
  }

  get name(): Uint8Array {
    return this.#name.slice()
  }

  get statusMessage(): Uint8Array {
    return this.#statusMessage.slice()
  }

  get status(): UserStatus {
    return this.#status
  }

  setName(name: Uint8Array): Result<void, SetInfoError> {
    if (name.length > NAME_MAX_BYTES) return fail('too-long')
    if (sameBytes(name, this.#name)) return ok(undefined)
    this.#name = name.slice()
    this.#tellAll(Untold.NAME)
    return ok(undefined)
  }

  setStatusMessage(text: Uint8Array): Result<void, SetInfoError> {
    if (text.length > STATUS_MESSAGE_MAX_BYTES) return fail('too-long')
    if (sameBytes(text, this.#statusMessage)) return ok(undefined)
    this.#statusMessage = text.slice()
    this.#tellAll(Untold.STATUS_MESSAGE)
    return ok(undefined)
  }

  setStatus(status: UserStatus): void {
    if (status === this.#status) return
    this.#status = status
    this.#tellAll(Untold.STATUS)
  }

  /** Whether we write to `friend` now; told at once or, like everything here, when they come online. */
  setTyping(friend: Friend, isTyping: boolean): void {
    if (friend.typingTold === isTyping) return
    friend.typingTold = isTyping
    friend.untold |= Untold.TYPING
    this.tell(friend)
  }

  /** A new friend may have a session already, from a conference. */
  greet(friend: Friend): void {
    if (friend.connection.isConnected) friend.connection.sendLossless(ONLINE_PACKET)
  }

  /** A friend we delete shall not see us online, even where a conference keeps the session. */
  dismiss(friend: Friend): void {
    if (friend.connection.isConnected) friend.connection.sendLossless(OFFLINE_PACKET)
  }

  /** Sends what the friend has not been told yet; stops where the send window is full, to go on when it empties. */
  tell(friend: Friend): void {
    if (friend.state !== 'online' || friend.untold === 0) return
    const { connection } = friend
    const send = <T>(bit: number, schema: Schema<T>, packet: T): boolean => {
      if ((friend.untold & bit) === 0) return true
      if (connection.sendLossless(encode(schema, packet)) === undefined) return false
      friend.untold &= ~bit
      return true
    }
    void (
      send(Untold.NAME, Nickname, { id: PacketId.NICKNAME, name: this.#name }) &&
      send(Untold.STATUS_MESSAGE, StatusMessage, { id: PacketId.STATUS_MESSAGE, text: this.#statusMessage }) &&
      send(Untold.STATUS, UserStatusPacket, { id: PacketId.USER_STATUS, status: this.#status }) &&
      send(Untold.TYPING, Typing, { id: PacketId.TYPING, typing: friend.typingTold })
    )
  }

  #tellAll(bit: number): void {
    for (const friend of this.#context.friends) {
      friend.untold |= bit
      this.tell(friend)
    }
  }

  #onSession(connection: FriendConnection, connected: boolean): void {
    const friend = this.#context.friends.ofConnection(connection)
    if (friend === undefined) return
    if (connected) connection.sendLossless(ONLINE_PACKET)
    else if (friend.state === 'online') this.#goOffline(friend)
  }

  #onPath(connection: FriendConnection, path: FriendPath): void {
    const friend = this.#context.friends.ofConnection(connection)
    if (friend === undefined || friend.state !== 'online' || friend.connectionStatus === path) return
    friend.connectionStatus = path
    this.#context.events.friendConnectionStatus(friend.number, path)
  }

  #onOnline(connection: FriendConnection, packet: Uint8Array): void {
    const { friends, env, events } = this.#context
    const friend = friends.ofConnection(connection)
    if (friend === undefined) return env.drops.count('messenger/online of no friend')
    if (decode(Online, packet) === undefined) return env.drops.count('messenger/online malformed')
    if (friend.state === 'online') return
    friend.state = 'online'
    friend.request = undefined
    friend.lastSeenUnix = env.clock.unixSeconds()
    friend.connectionStatus = connection.path
    friend.untold = Untold.ALL
    // Our first Online may have come before they had us in their list: then this one counts.
    connection.sendLossless(ONLINE_PACKET)
    this.tell(friend)
    this.#hooks.onOnline(friend)
    if (friend.state === 'online') events.friendConnectionStatus(friend.number, friend.connectionStatus)
  }

  #onOffline(friend: Friend, packet: Uint8Array): void {
    if (decode(Offline, packet) === undefined) return this.#malformed('offline')
    this.#goOffline(friend)
  }

  #goOffline(friend: Friend): void {
    const { env, events } = this.#context
    const wasTyping = friend.isTyping
    friend.state = 'confirmed'
    friend.connectionStatus = 'none'
    friend.isTyping = false
    friend.lastSeenUnix = env.clock.unixSeconds()
    this.#hooks.onOffline(friend)
    if (wasTyping) events.friendTyping(friend.number, false)
    if (friend.state === 'confirmed') events.friendConnectionStatus(friend.number, 'none')
  }

  #onNickname(friend: Friend, bytes: Uint8Array): void {
    const packet = decode(Nickname, bytes)
    if (packet === undefined) return this.#malformed('nickname')
    friend.name = packet.name.slice()
    this.#context.events.friendName(friend.number, friend.name.slice())
  }

  #onStatusMessage(friend: Friend, bytes: Uint8Array): void {
    const packet = decode(StatusMessage, bytes)
    if (packet === undefined) return this.#malformed('status-message')
    friend.statusMessage = packet.text.slice()
    this.#context.events.friendStatusMessage(friend.number, friend.statusMessage.slice())
  }

  #onStatus(friend: Friend, bytes: Uint8Array): void {
    const packet = decode(UserStatusPacket, bytes)
    if (packet === undefined) return this.#malformed('user-status')
    friend.status = packet.status
    this.#context.events.friendStatus(friend.number, friend.status)
  }

  #onTyping(friend: Friend, bytes: Uint8Array): void {
    const packet = decode(Typing, bytes)
    if (packet === undefined) return this.#malformed('typing')
    friend.isTyping = packet.typing
    this.#context.events.friendTyping(friend.number, friend.isTyping)
  }

  #malformed(what: string): void {
    this.#context.env.drops.count(`messenger/${what} malformed`)
  }
}
