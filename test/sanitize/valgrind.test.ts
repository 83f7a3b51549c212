// C stories with the library as it is delivered, under valgrind's memcheck.

import assert from 'node:assert/strict'
import { findings, obstacle } from './checkers.js'

const STORIES: readonly (readonly string[])[] = [
  ['sanitize/programs/life'],
  ['capi/programs/savedata', 'keep'],
  ['capi/programs/threads', 'kill'],
]

describe('valgrind', function () {
  this.timeout(300_000)
  const why = obstacle('valgrind')
  before(function () {
    if (why === undefined) return
    this.test!.parent!.title += ` [${why}]`
    this.skip()
  })

  it('tells mistakes within the library', async () => {
    const [report = 'nothing'] = await findings('valgrind', 'sanitize/programs/planted', ['overflow', 'leak'])
    assert.match(report, /Invalid write.*tox_self_get_name/s)
    assert.match(report, /definitely lost.*tox_options_new/s)
  })

  for (const [source, ...args] of STORIES) {
    it(`has nothing to tell of ${[source, ...args].join(' ')}`, async () => {
      assert.equal((await findings('valgrind', source!, args)).join('\n'), '')
    })
  }
})
