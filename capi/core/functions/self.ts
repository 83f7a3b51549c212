// What an instance knows and tells about itself, and the profile in which it is kept.

import { fail, type Result } from '../../../src/base/index.js'
import { decode, encode, u32 } from '../../../src/codec/index.js'
import { USER_STATUSES } from '../../../src/packet/messenger/user-status.js'
import { CONNECTIONS } from '../engine-events.js'
import type { CoreInstance } from '../instance.js'
import { done } from './done.js'

export const selfFunctions = {
  tox_self_get_address: (tox: CoreInstance) => tox.messenger.toxId,
  tox_self_get_public_key: (tox: CoreInstance) => tox.engine.longTermKeys.publicKey,
  tox_self_get_secret_key: (tox: CoreInstance) => tox.engine.longTermKeys.secretKey,
  tox_self_get_dht_id: (tox: CoreInstance) => tox.engine.dht.publicKey,

  /** A number in network order. */
  tox_self_get_nospam: (tox: CoreInstance) => decode(u32, tox.messenger.nospam),

  tox_self_set_nospam(tox: CoreInstance, nospam: number): undefined {
    tox.messenger.nospam = encode(u32, nospam)
  },

  tox_self_get_name_size: (tox: CoreInstance) => tox.messenger.name.length,
  tox_self_get_name: (tox: CoreInstance) => tox.messenger.name,
  tox_self_set_name: (tox: CoreInstance, name: Uint8Array) => done(tox.messenger.setName(name)),

  tox_self_get_status_message_size: (tox: CoreInstance) => tox.messenger.statusMessage.length,
  tox_self_get_status_message: (tox: CoreInstance) => tox.messenger.statusMessage,
  tox_self_set_status_message: (tox: CoreInstance, text: Uint8Array) => done(tox.messenger.setStatusMessage(text)),

  tox_self_get_status: (tox: CoreInstance) => USER_STATUSES.indexOf(tox.messenger.status),

  /** A number that is no status changes nothing, as in c-toxcore. */
  tox_self_set_status(tox: CoreInstance, status: number): undefined {
    const known = USER_STATUSES[status]
    if (known !== undefined) tox.messenger.setStatus(known)
  },

  tox_self_get_connection_status: (tox: CoreInstance) => CONNECTIONS.indexOf(tox.engine.connection),

  tox_self_get_udp_port: (tox: CoreInstance): number | Result<never, 'not-bound'> => tox.udpPort ?? fail('not-bound'),
  tox_self_get_tcp_port: (tox: CoreInstance): number | Result<never, 'not-bound'> => tox.tcpPort ?? fail('not-bound'),

  tox_get_savedata_size: (tox: CoreInstance) => tox.savedata().length,
  tox_get_savedata: (tox: CoreInstance) => tox.savedata(),
}
