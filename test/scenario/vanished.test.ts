// A node that vanishes must not take its neighbours' onion paths with it: in a small network it is part of nearly all of them.
// And who vanished and is back at once is found again long before their friends have missed them.

import { loadCrypto } from '../../src/crypto/index.js'
import { addNodes, bareNode, type SimHost, type SimTox, toxPeer, World } from '../../src/sim/index.js'

describe('a network of four, after one has vanished', () => {
  for (const seed of [1, 2, 3]) {
    it(`lets the others find a newcomer (seed ${seed})`, async () => {
      const world = new World({ seed, crypto: await loadCrypto() })
      const node = world.addPeer('node', { engine: bareNode })
      const join = (name: string) => {
        const host = world.addPeer(name, { engine: toxPeer() })
        host.engine.bootstrap(node)
        return host
      }
      const alice = join('alice')
      const ghost = join('ghost')
      const ghostAtAlice = alice.engine.addFriend(ghost.engine.toxId)
      world.expect('alice sees the ghost', () => alice.engine.sees(ghostAtAlice), 10_000)
      ghost.kill()
      const bob = join('bob')
      const bobAtAlice = alice.engine.addFriend(bob.engine.toxId)
      world.expect('alice sees bob', () => alice.engine.sees(bobAtAlice), 60_000)
    })
  }
})

describe('a friend who is killed and starts anew at once', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`is met again within seconds, though the other still has a session with their past (seed ${seed})`, async () => {
      const world = new World({ seed, crypto: await loadCrypto() })
      const nodes = addNodes(world, 4)
      const [alice, bob] = ['alice', 'bob'].map((name) => {
        const host = world.addPeer(name, { engine: toxPeer() })
        for (const node of nodes) host.engine.bootstrap(node)
        return host
      }) as [SimHost<SimTox>, SimHost<SimTox>]
      alice.engine.addFriend(bob.engine.toxId)
      const meet = () => alice.engine.sees(0) && bob.engine.sees(0)
      world.expect('they meet', meet, 30_000)
      for (let round = 0; round < 4; round++) {
        world.run(4_000)
        const [who, other] = round % 2 === 0 ? [alice, bob] : [bob, alice]
        who.restart({ create: toxPeer({ savedata: who.engine.savedata }) })
        for (const node of nodes) who.engine.bootstrap(node)
        // Without being sought before the session's end, 32 s.
        world.expect(`${who.name} sees ${other.name} again`, () => who.engine.sees(0), 10_000)
      }
    })
  }
})
