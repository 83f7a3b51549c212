// A chain of nodes that pass a packet on: forward requests inside one another, the first for the node that it is sent to.

import { encode } from '../../codec/index.js'
import type { DhtPublicKey } from '../../crypto/keys.js'
import { PacketKind } from '../kinds.js'
import { forwardRequest } from './forward-request.js'
import { FORWARD_CHAIN_MAX } from './sizes.js'

/**
 * The packet to send to a forwarding node so that `data` goes on to `chain[0]`, from there to `chain[1]` and so on; the last is
 * the destination. RangeError for a chain of other than 1 to 4 keys, or when the nested requests outgrow 1,792 bytes.
 */
export function encodeForwardChain(chain: readonly DhtPublicKey[], data: Uint8Array): Uint8Array {
  if (chain.length === 0 || chain.length > FORWARD_CHAIN_MAX) throw new RangeError(`chain of ${chain.length} keys`)
  return chain.reduceRight(
    (inner, recipient) => encode(forwardRequest, { kind: PacketKind.FORWARD_REQUEST, recipient, data: inner }),
    data,
  )
}
