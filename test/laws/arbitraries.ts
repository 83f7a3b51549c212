// Arbitrary values of the types that many packets share.

import fc from 'fast-check'
import { Endpoint } from '../../src/base/index.js'
import type { DhtPublicKey } from '../../src/crypto/keys.js'
import type { NodeInfo } from '../../src/packet/node-info.js'
import { bytesOf } from './schema-laws.js'

/** Any IPv4 or IPv6 endpoint, addresses of all kinds among them. */
export const endpoints: fc.Arbitrary<Endpoint> = fc
  .tuple(fc.oneof(bytesOf(4), bytesOf(16)), fc.integer({ min: 0, max: 65_535 }))
  .map(([address, port]) => Endpoint.of(address, port))

/** Any node that is reached by UDP. */
export const nodeInfos: fc.Arbitrary<NodeInfo> = fc.record({
  endpoint: endpoints,
  publicKey: bytesOf<DhtPublicKey>(32),
})
