// The threaded C stories with ThreadSanitizer in program, library and runtime.

import assert from 'node:assert/strict'
import { findings, obstacle } from './checkers.js'

const STORIES: readonly (readonly string[])[] = [
  ['capi/programs/threads', 'create'],
  ['capi/programs/threads', 'getters'],
  ['capi/programs/threads', 'kill'],
  ['capi/programs/threads', 'pairs'],
  ['capi/programs/threads', 'small'],
  ['capi/programs/many', 'together'],
  ['sanitize/programs/life'],
]

describe('ThreadSanitizer', function () {
  this.timeout(300_000)
  const why = obstacle('thread')
  before(function () {
    if (why === undefined) return
    this.test!.parent!.title += ` [${why}]`
    this.skip()
  })

  it('tells that one thread reads what the library writes on another', async () => {
    const reports = await findings('thread', 'sanitize/programs/planted', ['race'])
    assert.match(reports[0] ?? 'nothing', /data race.*tox_self_get_name/s)
  })

  for (const [source, ...args] of STORIES) {
    it(`has nothing to tell of ${[source, ...args].join(' ')}`, async () => {
      assert.equal((await findings('thread', source!, args)).join('\n'), '')
    })
  }
})
