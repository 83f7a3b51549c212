// What all conferences of one instance share.

import type { Env } from '../base/index.js'
import type { DhtPublicKey, LongTermPublicKey } from '../crypto/keys.js'
import type { FriendConnections } from '../friend/index.js'
import type { ConferenceEvents } from './events.js'

export interface ConferenceContext {
  readonly env: Env
  readonly events: ConferenceEvents
  readonly connections: FriendConnections
  /** Who we are. */
  readonly publicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
  readonly ownName: () => Uint8Array
  readonly isFriend: (publicKey: LongTermPublicKey) => boolean
}
