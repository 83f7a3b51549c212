// The public simulator, `toxcore-ts/sim`: test a bot against a network that is as bad as you like, in virtual time.
export type { CreateEngine, EngineSetup, SimEngine } from './engine.js'
export { DEFAULT_PORT, type HostOptions, SimHost } from './host.js'
export { type AccessLine, CALM, IDEAL_LINE, type LinkConditions } from './link.js'
export { NAT_TIMEOUT_MS, type Nat, type NatKind, type NatOptions } from './nat.js'
export type { Loss, Router, Station, Transit } from './network.js'
export { SeededRandom } from './random.js'
export { seededCrypto } from './seeded-crypto.js'
export {
  bareNode,
  type DhtNode,
  type HeardMessage,
  SimNode,
  SimTox,
  type ToxPeerOptions,
  toxPeer,
} from './tox-peer.js'
export type { Amount, KindTraffic, Traffic } from './traffic.js'
export { type PeerOptions, SimTimeout, World, type WorldOptions } from './world.js'
