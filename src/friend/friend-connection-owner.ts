// What one friend's connection needs of all of them together.

import type { Env } from '../base/index.js'
import type { RelayInfo } from '../packet/node-info.js'
import type { FriendConnection } from './friend-connection.js'
import type { FriendDht, FriendOnion, FriendPool, FriendSessions } from './slices.js'

/** How a friend is reached: directly, or through TCP relays alone. */
export type FriendPath = 'udp' | 'tcp'

/** What `FriendConnections` does for each of its connections. */
export interface FriendConnectionOwner {
  readonly env: Env
  readonly onion: FriendOnion
  readonly dht: FriendDht
  readonly sessions: FriendSessions
  readonly relays: FriendPool
  onStatus(connection: FriendConnection, connected: boolean): void
  onPath(connection: FriendConnection, path: FriendPath): void
  onAcked(connection: FriendConnection, upTo: number): void
  onWritable(connection: FriendConnection): void
  onRelays(connection: FriendConnection, relays: readonly RelayInfo[]): void
  onLossless(connection: FriendConnection, packet: Uint8Array): void
  onLossy(connection: FriendConnection, packet: Uint8Array): void
}
