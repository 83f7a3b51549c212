// The events of the Node API, by name.

import type { ConnectionStatus } from '../messenger/index.js'
import type { UserStatus } from '../packet/messenger/user-status.js'
import type { ToxConferenceEventMap } from './conferences/index.js'
import type { IncomingTransfer } from './files/transfer.js'
import type { Friend } from './friend.js'
import type { FriendPath } from './path.js'
import type { PortMapping } from './port-mappings.js'
import type { Relay } from './relays.js'

export interface FriendRequest {
  /** The asker's long-term public key: 64 upper-case hex digits. */
  readonly publicKey: string
  /** What they wrote: any text at all. */
  readonly message: string
  /** Makes them a friend. */
  accept(): Friend
  /** The same request is not reported again, however often it is repeated; one with other words is. */
  reject(): void
}

export interface Message {
  readonly friend: Friend
  readonly text: string
  readonly kind: 'normal' | 'action'
  /**
   * With `receipts: 'manual'`: the message is stored, or done with, and its sender may know. False when the session that
   * brought it has ended meanwhile: then it comes again. Without manual receipts it does nothing, and returns true.
   */
  confirm(): boolean
}

export interface FileOffer {
  readonly friend: Friend
  readonly transfer: IncomingTransfer
}

/** Event names and the arguments of their listeners. */
export interface ToxEventMap extends ToxConferenceEventMap {
  /** We joined or lost the network. */
  connection: [ConnectionStatus]
  /** A TCP relay was added, connected or lost, or could not be reached: `relay.failure` says why. */
  relay: [Relay]
  /** A port is open at the router, or open elsewhere, or not to be had (`portMapping: true`). */
  portMapping: [PortMapping]
  friendRequest: [FriendRequest]
  message: [Message]
  /** A friend received one of our messages. `send()` tells the same by its promise. */
  receipt: [{ readonly friend: Friend; readonly messageId: number }]
  friendConnection: [{ readonly friend: Friend; readonly connection: ConnectionStatus }]
  /** Packets to a friend take another way: another address, a relay, or straight again. */
  path: [{ readonly friend: Friend; readonly path: FriendPath }]
  friendName: [{ readonly friend: Friend; readonly name: string; readonly previous: string }]
  friendStatusMessage: [{ readonly friend: Friend; readonly statusMessage: string }]
  friendStatus: [{ readonly friend: Friend; readonly status: UserStatus }]
  friendTyping: [{ readonly friend: Friend; readonly isTyping: boolean }]
  /**
   * A friend offers a file. It waits until you accept, reject, or the friend withdraws it. Once in the life of a process a
   * transfer that an earlier one accepted is reported as well (`transfer.isResumed`): it goes on, or is complete, by itself.
   */
  file: [FileOffer]
  /** `data` begins with its packet id, 160 to 191. */
  losslessPacket: [{ readonly friend: Friend; readonly data: Uint8Array }]
  /** `data` begins with its packet id, 200 to 254. */
  lossyPacket: [{ readonly friend: Friend; readonly data: Uint8Array }]
}
