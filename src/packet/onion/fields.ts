// Fields that several onion packets share.

import { Endpoint } from '../../base/index.js'
import { bytes, type Reader, type Schema } from '../../codec/index.js'
import type { AnyPublicKey, Nonce } from '../../crypto/keys.js'
import { PADDED_ENDPOINT_BYTES } from './sizes.js'

const IPV4 = 2
const IPV6 = 10

export const nonce = bytes<Nonce>(24, 'nonce[24]')
/** A key whose role the packet does not tell: the DHT key of a sender, or an ephemeral key. */
export const publicKey = bytes<AnyPublicKey>(32, 'public key[32]')

/**
 * An address of always 19 bytes, so that the size of a sealed layer does not tell IPv4 from IPv6: family, address (IPv4
 * padded with 12 zeros), port. Padding is ignored when read, as c-toxcore does.
 */
export const paddedEndpoint: Schema<Endpoint> = {
  doc: 'IP type (2: IPv4, 10: IPv6), address[16] (IPv4: 4 and 12 zeros), port as uint16 (big endian)',
  minSize: PADDED_ENDPOINT_BYTES,
  maxSize: PADDED_ENDPOINT_BYTES,
  size: () => PADDED_ENDPOINT_BYTES,
  write(writer, { family, address, port }) {
    const at = writer.at
    writer.bytes[at] = family === 4 ? IPV4 : IPV6
    writer.bytes.fill(0, at + 1 + address.length, at + 17)
    writer.bytes.set(address, at + 1)
    writer.view.setUint16(at + 17, port)
    writer.at += PADDED_ENDPOINT_BYTES
  },
  read(reader: Reader) {
    const at = reader.skip(PADDED_ENDPOINT_BYTES)
    const family = at < 0 ? -1 : reader.bytes[at]!
    if (family !== IPV4 && family !== IPV6) {
      reader.fail()
      return NOWHERE
    }
    const length = family === IPV4 ? 4 : 16
    return Endpoint.of(reader.bytes.subarray(at + 1, at + 1 + length), reader.view.getUint16(at + 17))
  },
}

const NOWHERE = Endpoint.of(new Uint8Array(4), 0)

/** All bytes but the last `after`, at least `min` and at most `max`: a view into the input. */
export function allBut(after: number, min: number, max: number): Schema<Uint8Array> {
  const doc = `bytes[${min}..${max}]`
  return {
    doc,
    minSize: min,
    maxSize: max,
    size: (value) => value.length,
    write(writer, value) {
      if (value.length < min || value.length > max) throw new RangeError(`${doc}: got ${value.length} bytes`)
      writer.bytes.set(value, writer.at)
      writer.at += value.length
    },
    read(reader) {
      const length = reader.left - after
      if (length < min || length > max) reader.fail()
      const at = reader.skip(Math.max(0, length))
      return at < 0 ? EMPTY : reader.bytes.subarray(at, at + length)
    },
  }
}

const EMPTY = new Uint8Array(0)
