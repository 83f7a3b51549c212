// Every exported function in random order with random arguments, from one thread and from four: no crash, no hang, no success
// of what is not built, no answer that says yes and no. A failure names the seed: hostile SEED THREADS CALLS tells it again.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXPORTS } from '../../capi/table/functions.js'
import { hostileProgram } from './hostile-program.js'
import { compileSource, isSanitized, measurements, needsOurs, needsTools, run, temporaryFolder } from './library.js'

/** Sanitizers and their memory make every call ten times as long. */
const CALLS = isSanitized ? 20_000 : 120_000
const THREADS = 4
/** Kinds of objects, of each of which many must have lived: else the calls met nobody. Keys of passwords are slow. */
const KINDS = 7
const KEYS = 5

describe('a hostile C program', function () {
  this.timeout(90_000)
  needsTools(this)

  let program: string

  before(async function () {
    needsOurs(this)
    const { source, functions } = hostileProgram()
    assert.equal(functions.length, EXPORTS.length)
    const path = join(temporaryFolder(), 'hostile.c')
    writeFileSync(path, source)
    program = await compileSource(path, 'ours')
  })

  for (const { seed, threads } of [
    { seed: 1, threads: 1 },
    { seed: 2, threads: 1 },
    { seed: 3, threads: THREADS },
    { seed: 4, threads: THREADS },
  ]) {
    it(`seed ${seed}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, async () => {
      const env = isSanitized ? { SANITIZED: '1' } : {}
      const lines = await run(program, 'ours', [String(seed), String(threads), String(CALLS / threads)], { env })
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('= ')),
        ['friends to the end: 1', `came through: ${EXPORTS.length} functions, wrong answers: 0`],
      )
      const made = measurements(lines)
      for (let kind = 0; kind < KINDS; kind++) {
        assert.ok(
          made.get(`made_${kind}`)! > (kind === KEYS ? -1 : 2),
          `objects of kind ${kind}: ${made.get(`made_${kind}`)}`,
        )
      }
    })
  }
})
