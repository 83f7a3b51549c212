// How a packet of a relay's stream is taken, on both ends of it.

import { decode, type Schema } from '../codec/index.js'

/** Decodes, and does what is to be done; false when the packet is malformed. */
export function handled<T>(schema: Schema<T>, packet: Uint8Array, handle: (value: T) => void): boolean {
  const value = decode(schema, packet)
  if (value !== undefined) handle(value)
  return value !== undefined
}
