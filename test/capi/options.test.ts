// Options in C, for programs with the 80 bytes of 0.2.18 and with the 88 of 0.2.23: the same answers as Debian's library
// gives, and not a byte written where one of the two has none.

import assert from 'node:assert/strict'
import { isInstalled, OUR_HEADERS, scratchFolder, THEIR_HEADERS } from './compiler.js'
import { compileProgram, compileSanitized, obstacle, ourLibrary, run, theirLibrary } from './plain-library.js'

describe('Tox_Options in C', () => {
  const folder = scratchFolder()
  const theirs = obstacle() === undefined ? theirLibrary() : undefined
  let ours = ''

  before(function () {
    if (obstacle() !== undefined) this.skip()
    ours = ourLibrary(folder)
  })

  for (const [whose, headers] of [
    ["Debian's", THEIR_HEADERS],
    ['our', OUR_HEADERS],
  ] as const) {
    it(`serves a program of ${whose} headers as Debian's library does`, function () {
      if (theirs === undefined) this.skip()
      const program = compileProgram(folder, 'options.c', headers, ours)
      const story = run(program, ours)
      assert.ok(story.length > 200, `the story has only ${story.length} lines`)
      assert.ok(!story.includes('a byte has changed'))
      assert.deepEqual(story, run(program, theirs))
    })
  }

  it('keeps copies where it is asked to', () => {
    assert.deepEqual(run(compileProgram(folder, 'owned_options.c', OUR_HEADERS, ours), ours), [])
  })

  it('is clean under AddressSanitizer and UBSan', () => {
    const story = run(compileProgram(folder, 'options.c', OUR_HEADERS, ours), ours)
    assert.deepEqual(run(compileSanitized(folder, 'options.c')), story)
    assert.deepEqual(run(compileSanitized(folder, 'owned_options.c')), [])
  })

  it('is clean under valgrind', function () {
    if (!isInstalled('valgrind')) this.skip()
    for (const source of ['options.c', 'owned_options.c']) {
      const program = compileProgram(folder, source, OUR_HEADERS, ours)
      run('valgrind', ours, ['--quiet', '--error-exitcode=1', '--leak-check=full', program])
    }
  })
})
