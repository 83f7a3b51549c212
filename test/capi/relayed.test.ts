// A story of two processes without UDP that meet over TCP relays: whichever library they run, and whichever their network runs,
// both tell the same.

import assert from 'node:assert/strict'
import { needsOurs, needsTools, type Whose } from './library.js'
import { type Told, tell } from './two-peers.js'

const FIRST_RELAY_PORT = 35_900

/** The two, and the network whose first node is their relay. */
const PAIRINGS: readonly (readonly [first: Whose, second: Whose, network: Whose])[] = [
  ['theirs', 'theirs', 'ours'],
  ['ours', 'ours', 'ours'],
  ['ours', 'theirs', 'theirs'],
  ['theirs', 'ours', 'theirs'],
]

describe('a story in C over TCP relays', function () {
  this.timeout(240_000)
  needsTools(this)
  let reference: Told
  let others: readonly Promise<Told>[] = []

  it('theirs meets theirs through theirs', async () => {
    // They wait far more than they compute: all are told at the same time.
    const telling = tell('relayed', 'theirs', 'theirs', { whose: 'theirs', tcpPort: FIRST_RELAY_PORT })
    others = PAIRINGS.map(([first, second, whose], i) =>
      tell('relayed', first, second, { whose, tcpPort: FIRST_RELAY_PORT + 1 + i }),
    )
    for (const other of others) other.catch(() => {})
    reference = await telling
    assert.ok(reference.first.length > 20 && reference.second.length > 20)
  })

  PAIRINGS.forEach(([first, second, network], i) => {
    it(`${first} meets ${second} through ${network}`, async function () {
      needsOurs(this)
      assert.deepEqual(await others[i], reference)
    })
  })
})
