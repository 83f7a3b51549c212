// The friend list and everything that friends say to each other. Spec: Messenger.
// Hostile friends are expected: what they send is bounded by their session's window, checked once, and never throws.

import { type Env, fail, ok, type Result, sameBytes } from '../base/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import { type FriendConnections, type FriendOnion, FriendRequests } from '../friend/index.js'
import { FRIEND_REQUEST_MESSAGE_MAX_BYTES } from '../packet/friend/friend-request.js'
import type { MessageKind } from '../packet/messenger/message.js'
import { decodeToxId, encodeToxId, isPublicKey } from '../packet/messenger/tox-id.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import { type MessengerContext, type MessengerPacketHandler, onFriendPacket } from './context.js'
import { CustomPackets } from './custom-packets.js'
import type {
  CustomPacketError,
  FriendAddError,
  FriendNotFound,
  OutboxMessageError,
  SendMessageError,
  SetInfoError,
} from './errors.js'
import type { MessengerEvents } from './events.js'
import { Files } from './files/index.js'
import { Friend, type FriendState, type FriendView } from './friend.js'
import { FriendList } from './friend-list.js'
import { Intake } from './intake.js'
import { Messages } from './messages.js'
import { Outbox } from './outbox.js'
import { MemoryOutboxStore, type OutboxStore } from './outbox-store.js'
import { Presence } from './presence.js'
import { MemoryReceivedStore, type ReceivedStore } from './received-store.js'
import { RequestSender } from './request-sender.js'
import { type FriendSnapshot, snapshotOf } from './snapshot.js'

export interface MessengerDependencies {
  readonly env: Env
  readonly onion: FriendOnion
  readonly connections: FriendConnections
  readonly events: MessengerEvents
  /** Our own long-term key, and the nospam of our Tox ID. */
  readonly publicKey: LongTermPublicKey
  readonly nospam: Uint8Array
  /** In memory unless told. */
  readonly outbox?: OutboxStore
  /** Received messages are acknowledged after this store has taken them. */
  readonly received?: ReceivedStore
  /** `'manual'`: after the application has confirmed them. At once unless told. */
  readonly receipts?: ReceiptMode
}

export type ReceiptMode = 'automatic' | 'manual'

/** What calls and invitations hear of friends; called before the user's events. */
export interface MessengerListener {
  onOnline?(friend: FriendView): void
  /** Also when an online friend is deleted. */
  onOffline?(friend: FriendView): void
  /** We have a name, maybe another one. */
  onName?(): void
}

export class Messenger {
  /** File transfers. */
  readonly files: Files
  readonly #context: MessengerContext
  readonly #publicKey: LongTermPublicKey
  readonly #outboxStore: OutboxStore
  /** None where messages are acknowledged as they come. */
  readonly #receivedStore: ReceivedStore | undefined
  readonly #isManual: boolean
  readonly #presence: Presence
  readonly #messages: Messages
  readonly #customPackets: CustomPackets
  readonly #requestSender: RequestSender
  readonly #requests: FriendRequests
  readonly #listeners: MessengerListener[] = []

  constructor(dependencies: MessengerDependencies) {
    const { env, onion, connections, events, publicKey, nospam, outbox, received, receipts } = dependencies
    const friends = new FriendList()
    this.#context = { env, events, friends, connections }
    this.#publicKey = publicKey
    this.#outboxStore = outbox ?? new MemoryOutboxStore()
    this.#isManual = receipts === 'manual'
    this.#receivedStore = received ?? (this.#isManual ? new MemoryReceivedStore() : undefined)
    this.#presence = new Presence(this.#context, {
      onOnline: (friend) => this.#onOnline(friend),
      onOffline: (friend) => this.#onOffline(friend),
    })
    this.#messages = new Messages(this.#context)
    connections.listen({ onAcked: (connection) => this.#onRoom(friends.ofConnection(connection)) })
    this.files = new Files(this.#context)
    this.#customPackets = new CustomPackets(this.#context)
    this.#requestSender = new RequestSender(this.#context)
    this.#requests = new FriendRequests({ env, onion, connections }, nospam, {
      isFriend: (key) => friends.ofKey(key) !== undefined,
      onRequest: (key, message) => events.friendRequest(key, message),
    })
  }

  // Ourselves.

  /** The 38 bytes to give to people. */
  get toxId(): Uint8Array {
    return encodeToxId(this.#publicKey, this.#requests.nospam)
  }

  get nospam(): Uint8Array {
    return this.#requests.nospam
  }

  /** Four bytes; from now on requests must carry them. Friends notice nothing. */
  set nospam(nospam: Uint8Array) {
    this.#requests.nospam = nospam
  }

  get name(): Uint8Array {
    return this.#presence.name
  }

  get statusMessage(): Uint8Array {
    return this.#presence.statusMessage
  }

  get status(): UserStatus {
    return this.#presence.status
  }

  /** At most 128 bytes of UTF-8. */
  setName(name: Uint8Array): Result<void, SetInfoError> {
    const result = this.#presence.setName(name)
    if (result.ok) for (const listener of this.#listeners) listener.onName?.()
    return result
  }

  /** At most 1,007 bytes of UTF-8. */
  setStatusMessage(text: Uint8Array): Result<void, SetInfoError> {
    return this.#presence.setStatusMessage(text)
  }

  setStatus(status: UserStatus): void {
    this.#presence.setStatus(status)
  }

  // The friend list.

  /** Adds the owner of `toxId` (38 bytes) and asks them with `message` (1 to 921 bytes): the friend number. */
  addFriend(toxId: Uint8Array, message: Uint8Array): Result<number, FriendAddError> {
    if (message.length > FRIEND_REQUEST_MESSAGE_MAX_BYTES) return fail('too-long')
    const id = decodeToxId(toxId)
    if (id === undefined) return fail('bad-checksum')
    if (message.length === 0) return fail('no-message')
    if (sameBytes(id.publicKey, this.#publicKey)) return fail('own-key')
    const known = this.#context.friends.ofKey(id.publicKey)
    if (known !== undefined) {
      if (known.request === undefined || sameBytes(known.request.nospam, id.nospam)) return fail('already-sent')
      this.#requestSender.renew(known, id.nospam)
      return fail('set-new-nospam')
    }
    const friend = this.#newFriend(id.publicKey, 'added')
    this.#requestSender.begin(friend, id.nospam, message.slice())
    return ok(friend.number)
  }

  /** Adds somebody who asked us, or who adds us as well: the friend number. */
  addFriendWithoutRequest(publicKey: LongTermPublicKey): Result<number, FriendAddError> {
    return this.#addConfirmed(publicKey)
  }

  /** Deletes a friend, who sees us offline, and what waits for them. Their number may be given to another. */
  deleteFriend(friendNumber: number): Result<void, FriendNotFound> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    const wasOnline = friend.state === 'online'
    this.#presence.dismiss(friend)
    this.#context.friends.remove(friend)
    friend.state = 'deleted'
    this.#requestSender.end(friend)
    this.#requests.forget(friend.publicKey)
    if (wasOnline) this.#onOffline(friend)
    friend.outbox.clear()
    friend.intake?.close()
    this.#context.connections.release(friend.connection)
    return ok(undefined)
  }

  /** After a refused request: another one of this key is reported, the same is not. */
  refuseRequest(publicKey: LongTermPublicKey): void {
    this.#requests.refuse(publicKey)
  }

  friend(friendNumber: number): FriendView | undefined {
    return this.#context.friends.get(friendNumber)
  }

  friendOf(publicKey: LongTermPublicKey): FriendView | undefined {
    return this.#context.friends.ofKey(publicKey)
  }

  /** All friends by rising number. */
  friends(): FriendView[] {
    return [...this.#context.friends]
  }

  /** When the friend was online last, in seconds since 1970: now when they are, 0 when never. */
  lastOnline(friendNumber: number): Result<number, FriendNotFound> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    return ok(friend.state === 'online' ? this.#context.env.clock.unixSeconds() : friend.lastSeenUnix)
  }

  // Talking.

  /** Sends 1 to 1,372 bytes now: the id that the read receipt will name. */
  sendMessage(friendNumber: number, kind: MessageKind, text: Uint8Array): Result<number, SendMessageError>
  /** With `outbox`, kept while the friend is offline, in order, and sent in each session until the receipt comes. */
  sendMessage(
    friendNumber: number,
    kind: MessageKind,
    text: Uint8Array,
    options: { readonly outbox?: boolean },
  ): Result<number, OutboxMessageError>
  sendMessage(
    friendNumber: number,
    kind: MessageKind,
    text: Uint8Array,
    { outbox = false }: { readonly outbox?: boolean } = {},
  ): Result<number, OutboxMessageError> {
    if (text.length === 0) return fail('empty')
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    return outbox ? this.#messages.post(friend, kind, text) : this.#messages.send(friend, kind, text)
  }

  /** How many messages of the outbox lack a receipt. */
  outboxSize(friendNumber: number): Result<number, FriendNotFound> {
    const friend = this.#context.friends.get(friendNumber)
    return friend === undefined ? fail('friend-not-found') : ok(friend.outbox.size)
  }

  setTyping(friendNumber: number, isTyping: boolean): Result<void, FriendNotFound> {
    const friend = this.#context.friends.get(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    this.#presence.setTyping(friend, isTyping)
    return ok(undefined)
  }

  /** As `CustomPackets.sendLossless`: ids 160 to 191, and 69. */
  sendLosslessPacket(friendNumber: number, packet: Uint8Array): Result<void, CustomPacketError> {
    return this.#customPackets.sendLossless(friendNumber, packet)
  }

  /** As `CustomPackets.sendLossy`: ids 192 to 254. */
  sendLossyPacket(friendNumber: number, packet: Uint8Array): Result<void, CustomPacketError> {
    return this.#customPackets.sendLossy(friendNumber, packet)
  }

  // For the modules above: calls, invitations.

  /** Registers the one handler of a packet id, lossless or lossy; it hears of online friends only. */
  onPacket(id: number, handler: MessengerPacketHandler): void {
    onFriendPacket(this.#context, id, handler)
  }

  /** Queues a lossless packet for an online friend: its packet number, `undefined` when offline or the window is full. */
  sendPacket(friendNumber: number, packet: Uint8Array): number | undefined {
    const friend = this.#context.friends.get(friendNumber)
    return friend?.state === 'online' ? friend.connection.sendLossless(packet) : undefined
  }

  listen(listener: MessengerListener): void {
    this.#listeners.push(listener)
  }

  // Saving.

  snapshot(): FriendSnapshot[] {
    const now = this.#context.env.clock.unixSeconds()
    return Array.from(this.#context.friends, (friend) => snapshotOf(friend, now))
  }

  /** Adds saved friends in order; those that cannot be (our own key, twice the same, no message) are left out, as by c-toxcore. */
  restore(saved: readonly FriendSnapshot[]): void {
    for (const one of saved) {
      const isAsking = one.state === 'added' || one.state === 'requested'
      const added = isAsking
        ? this.addFriend(encodeToxId(one.publicKey, one.nospam), sendable(one.requestMessage))
        : this.#addConfirmed(one.publicKey, one.lastSeenUnix)
      if (!added.ok) {
        this.#context.env.log.log('warn', 'messenger', `a saved friend was left out: ${added.error}`)
      } else if (!isAsking) {
        const friend = this.#context.friends.get(added.value)!
        friend.name = one.name.slice()
        friend.statusMessage = one.statusMessage.slice()
        friend.status = one.status
        friend.lastSeenUnix = one.lastSeenUnix
      }
    }
  }

  #addConfirmed(publicKey: LongTermPublicKey, lastSeenUnix?: number): Result<number, FriendAddError> {
    if (this.#context.friends.ofKey(publicKey) !== undefined) return fail('already-sent')
    if (!isPublicKey(publicKey)) return fail('bad-checksum')
    if (sameBytes(publicKey, this.#publicKey)) return fail('own-key')
    return ok(this.#newFriend(publicKey, 'confirmed', lastSeenUnix).number)
  }

  #newFriend(publicKey: LongTermPublicKey, state: FriendState, lastSeenUnix?: number): Friend {
    const { friends, connections } = this.#context
    const connection = connections.open(publicKey, lastSeenUnix)
    const outbox = new Outbox(this.#outboxStore, connection.publicKey)
    const friend = new Friend(friends.nextNumber, connection.publicKey, connection, outbox, state)
    const store = this.#receivedStore
    if (store !== undefined) friend.intake = new Intake(this.#context, friend, store, this.#isManual)
    friends.add(friend)
    this.#presence.greet(friend)
    return friend
  }

  #onOnline(friend: Friend): void {
    this.#requestSender.end(friend)
    this.#messages.flush(friend)
    for (const listener of this.#listeners) listener.onOnline?.(friend)
  }

  #onOffline(friend: Friend): void {
    this.#messages.onOffline(friend)
    this.files.onOffline(friend)
    for (const listener of this.#listeners) listener.onOffline?.(friend)
  }

  /** Receipts made room in the send window. */
  #onRoom(friend: Friend | undefined): void {
    if (friend !== undefined) this.#presence.tell(friend)
  }
}

/** c-toxcore 0.2.18 saves requests of up to 1,016 bytes, which never arrive: the friend matters more than the last words. */
function sendable(requestMessage: Uint8Array): Uint8Array {
  return requestMessage.subarray(0, FRIEND_REQUEST_MESSAGE_MAX_BYTES)
}
