// Stories of two processes that meet over loopback: whichever library either of them runs, both tell the same.

import assert from 'node:assert/strict'
import { needsOurs, needsTools } from './library.js'
import { type Backbone, type Told, tell } from './two-peers.js'

const THEIRS: Backbone = { whose: 'theirs' }

/** Two peers alone find each other, but not again for minutes once one has left: stories of coming back need more. */
const STORIES = [
  { story: 'messages', backbone: undefined },
  { story: 'files', backbone: undefined },
  { story: 'presence', backbone: THEIRS },
  { story: 'requests', backbone: THEIRS },
  { story: 'conferences', backbone: THEIRS },
]

describe('online stories in C', function () {
  this.timeout(240_000)
  needsTools(this)

  for (const { story, backbone } of STORIES) {
    describe(story, () => {
      let reference: Told

      it('theirs meets theirs', async () => {
        reference = await tell(story, 'theirs', 'theirs', backbone)
        assert.ok(reference.first.length > 10 && reference.second.length > 10)
      })

      for (const [first, second] of [
        ['ours', 'ours'],
        ['ours', 'theirs'],
        ['theirs', 'ours'],
      ] as const) {
        it(`${first} meets ${second}`, async function () {
          needsOurs(this)
          assert.ok(reference !== undefined, 'without a reference there is nothing to compare with')
          assert.deepEqual(await tell(story, first, second, backbone), reference)
        })
      }
    })
  }
})
