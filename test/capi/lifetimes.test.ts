// What ends during a program's life, told in C: friends, instances, and the memory that they leave.

import assert from 'node:assert/strict'
import { compile, measurements, needsOurs, needsTools, run } from './library.js'

/** What eighty instances may leave behind: a heap that settles, not 100 KiB for each. */
const GROWTH_KIB = 6 * 1024

describe('lifetimes in C', function () {
  this.timeout(120_000)
  needsTools(this)
  beforeEach(function () {
    needsOurs(this)
  })

  it('tells no event of a friend whom a callback has just deleted', async () => {
    const lines = await run(await compile('callbacks'), 'ours', ['delete'])
    assert.equal(lines.at(-1), 'messages heard: 1')
  })

  it('tells the log callback what went wrong', async () => {
    assert.ok(measurements(await run(await compile('log'), 'ours')).get('lines')! > 0)
  })

  it('needs no more memory after 100 instances in a row than after 20', async () => {
    const figures = measurements(await run(await compile('many'), 'ours', ['row']))
    const growth = figures.get('end_kib')! - figures.get('warm_kib')!
    assert.ok(growth < GROWTH_KIB, `grew by ${growth} KiB to ${figures.get('end_kib')} KiB`)
  })
})
