// Encryption of profiles in C: the answers and errors of Debian's libtoxcore2, and data that either library opens when the
// other has sealed it.

import assert from 'node:assert/strict'
import { OUR_HEADERS, scratchFolder, THEIR_HEADERS } from './compiler.js'
import { compileProgram, compileSanitized, obstacle, ourLibrary, run, theirLibrary } from './plain-library.js'

const MESSAGE = 'a profile with a secret key'

describe('toxencryptsave in C', () => {
  const folder = scratchFolder()
  let ours = ''
  let story: string[] = []

  before(function () {
    if (obstacle() !== undefined) this.skip()
    ours = ourLibrary(folder)
    story = run(compileProgram(folder, 'encryptsave.c', OUR_HEADERS, ours), ours)
    assert.ok(story.length > 250, `the story has only ${story.length} lines`)
  })

  it('is clean under AddressSanitizer and UBSan', () => {
    assert.deepEqual(run(compileSanitized(folder, 'encryptsave.c')), story)
  })

  describe("and Debian's", () => {
    const theirs = obstacle() === undefined ? theirLibrary() : undefined
    let program = ''

    before(function () {
      if (theirs === undefined) this.skip()
      program = compileProgram(folder, 'encryptsave.c', THEIR_HEADERS, theirs)
    })

    it('answer alike, errors included', () => {
      assert.deepEqual(run(program, ours), run(program, theirs))
      assert.deepEqual(run(program, ours), story)
    })

    it('open what the other has sealed', () => {
      for (const [sealer, opener] of [
        [ours, theirs],
        [theirs, ours],
      ]) {
        const sealed = run(program, sealer, ['encrypt'])
        assert.deepEqual(run(program, opener, ['decrypt'], sealed.join('\n')), [MESSAGE, MESSAGE])
      }
    })
  })
})
