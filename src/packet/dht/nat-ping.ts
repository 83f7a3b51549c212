// NAT ping: do you look for me too? Travels inside DHT requests, past the NAT that hides the friend. Spec: DHT, NAT Ping.

import { mapped, type Of, struct, u8, u64 } from '../../codec/index.js'

const isRequestOrResponse = mapped(
  u8,
  (isResponse: boolean) => (isResponse ? 1 : 0),
  (byte) => (byte > 1 ? undefined : byte === 1),
  'uint8: 0 request, 1 response',
)

/** The data of a DHT request of kind NAT_PING: 9 bytes. */
export const natPing = struct({ isResponse: isRequestOrResponse, requestId: u64 }, 'NAT ping')
export type NatPing = Of<typeof natPing>
