// A node that vanishes must not take its neighbours' onion paths with it: in a small network it is part of nearly all of them.

import { loadCrypto } from '../../src/crypto/index.js'
import { bareNode, toxPeer, World } from '../../src/sim/index.js'

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
