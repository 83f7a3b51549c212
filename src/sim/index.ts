// The public simulator, `toxcore-ts/sim`: test a bot against a network that is as bad as you like, in virtual time.
//
//   const world = new World({ seed: 1, crypto: await loadCrypto(), link: { loss: 0.05, jitterMs: 30 } })
//   const nodes = addNodes(world, 4)
//   const [alice, bob] = ['alice', 'bob'].map((name) => world.addPeer(name, { engine: toxPeer() }))
//   for (const peer of [alice, bob]) peer.engine.bootstrap(nodes[0])
//   alice.engine.addFriend(bob.engine.toxId)
//   world.expect('alice sees bob', () => alice.engine.sees(0), 120_000)

// A world with real crypto needs a backend; this is the one that the library itself uses.
export { loadCrypto } from '../crypto/index.js'
export type { CreateEngine, EngineSetup, SimEngine } from './engine.js'
export { DEFAULT_PORT, type HostOptions, type MoveOptions, SimHost } from './host.js'
export { type AccessLine, CALM, IDEAL_LINE, type LinkConditions } from './link.js'
export { NAT_TIMEOUT_MS, type Nat, type NatKind, type NatOptions } from './nat.js'
export type { Loss, Router, Station, Transit } from './network.js'
export { SeededRandom } from './random.js'
export { seededCrypto } from './seeded-crypto.js'
export type { AcceptStream } from './tcp.js'
export {
  addNodes,
  bareNode,
  type DhtNode,
  type HeardMessage,
  relayNode,
  SimNode,
  SimTox,
  type ToxPeerOptions,
  toxPeer,
} from './tox-peer.js'
export type { Amount, KindTraffic, Traffic } from './traffic.js'
export { type PeerOptions, SimTimeout, World, type WorldOptions } from './world.js'
