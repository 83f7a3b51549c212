// The C stories with AddressSanitizer, LeakSanitizer and UBSan in program, library and runtime.

import assert from 'node:assert/strict'
import { findings, obstacle } from './checkers.js'

const STORIES: readonly (readonly string[])[] = [
  ['sanitize/programs/life'],
  ['capi/programs/self'],
  ['capi/programs/friends'],
  ['capi/programs/sending'],
  ['capi/programs/bootstrap'],
  ['capi/programs/nulls'],
  ['capi/programs/log'],
  ['capi/programs/new', 'ports'],
  ['capi/programs/new', 'tcp'],
  ['capi/programs/new', 'proxies'],
  ['capi/programs/new', 'savedata'],
  ['capi/programs/new', 'order'],
  ['capi/programs/savedata', 'keep'],
  ['capi/programs/random', '1', '2', '3', '4', '5'],
  ['capi/programs/callbacks', 'change'],
  ['capi/programs/callbacks', 'call'],
  ['capi/programs/relays'],
  ['capi/programs/threads', 'create'],
  ['capi/programs/threads', 'getters'],
  ['capi/programs/threads', 'kill'],
  ['capi/programs/threads', 'small'],
  ['capi/programs/virtual-time', 'random', 'new', '1'],
  ['capi/programs/virtual-time', 'foreign', 'new'],
  ['capi/programs/misuse', 'instance'],
  ['capi/programs/misuse', 'options'],
  ['capi/programs/misuse', 'values'],
]

describe('AddressSanitizer and UBSan', function () {
  this.timeout(300_000)
  const why = obstacle('address')
  before(function () {
    if (why === undefined) return
    this.test!.parent!.title += ` [${why}]`
    this.skip()
  })

  it('tell a write behind the end, within the library', async () => {
    const [report = '', ...more] = await findings('address', 'sanitize/programs/planted', ['overflow'])
    assert.match(report, /heap-buffer-overflow.*tox_self_get_name/s)
    assert.deepEqual(more, [])
  })

  it('tell what the library allocated and nobody freed', async () => {
    const [report = '', ...more] = await findings('address', 'sanitize/programs/planted', ['leak'])
    assert.match(report, /leak of.*tox_options_new/s)
    assert.deepEqual(more, [])
  })

  for (const [source, ...args] of STORIES) {
    it(`have nothing to tell of ${[source, ...args].join(' ')}`, async () => {
      assert.equal((await findings('address', source!, args)).join('\n'), '')
    })
  }
})
