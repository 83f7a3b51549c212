// Crypto Data (0x1b): everything that an established session says. Spec: Net crypto, Encrypted packets.
// The session's hot path writes and reads these bytes in place; a test holds it to this declaration.

import { literal, rest, struct, u16, u32 } from '../../codec/index.js'
import { MAC_BYTES } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'

/** The longest datagram of a session (c-toxcore: MAX_CRYPTO_PACKET_SIZE). */
export const DATA_PACKET_MAX_BYTES = 1400
/** Kind and the two last bytes of the nonce, in front of the sealed text. */
export const DATA_PREFIX_BYTES = 1 + 2
/** The two packet numbers in front of the payload. */
export const DATA_HEADER_BYTES = 4 + 4
/** 27 bytes around a payload; a packet with nothing more is malformed. */
export const DATA_OVERHEAD_BYTES = DATA_PREFIX_BYTES + MAC_BYTES + DATA_HEADER_BYTES
/** 1,373 bytes: the longest payload, its id byte included (MAX_CRYPTO_DATA_SIZE). */
export const PAYLOAD_MAX_BYTES = DATA_PACKET_MAX_BYTES - DATA_OVERHEAD_BYTES
/** Payloads are padded in front so that lengths are told apart only in steps of eight. */
export const PADDING_STEP = 8

/** What is sealed. The payload starts with `(1373 - length) % 8` zero bytes of padding; its first other byte is its id. */
export const DataPlain = struct(
  { receivedUpTo: u32, packetNumber: u32, payload: rest(1, PAYLOAD_MAX_BYTES, 'padding (zeros), id byte, data') },
  'data contents',
)

/** 28 to 1,400 bytes; sealed with the session's shared key. */
export const DataPacket = struct(
  {
    kind: literal(PacketKind.CRYPTO_DATA, 'crypto data'),
    nonceTail: u16,
    sealed: rest(
      MAC_BYTES + DATA_HEADER_BYTES + 1,
      DATA_PACKET_MAX_BYTES - DATA_PREFIX_BYTES,
      'sealed data contents[25..1397]',
    ),
  },
  'crypto data',
)

/** How many zero bytes go in front of a payload of `length` bytes. */
export function paddingOf(length: number): number {
  return (PAYLOAD_MAX_BYTES - length) % PADDING_STEP
}
