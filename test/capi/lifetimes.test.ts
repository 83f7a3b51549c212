// What ends during a program's life, told in C: friends, instances, and the memory that they leave.

import assert from 'node:assert/strict'
import { compile, measurements, needsOurs, needsTools, run } from './library.js'

/** What eighty instances may leave behind: a heap that settles, not 100 KiB for each. */
const GROWTH_KIB = 6 * 1024

/** While a file moves, both of its ends together: windows, blocks of packets, a young heap. And of that a third later. */
const FILE_KIB = 50 * 1024
const FILE_GROWTH_KIB = 4 * 1024

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

  it('needs little memory for a long file, and no more for a longer one', async () => {
    const figures = measurements(await run(await compile('stream'), 'ours'))
    const [idle, warm, most] = ['idle_kib', 'warm_kib', 'most_kib'].map((name) => figures.get(name)!) as [
      number,
      number,
      number,
    ]
    assert.ok(most - idle < FILE_KIB, `${idle} KiB, and ${most} KiB while it was sent`)
    assert.ok(most - warm < FILE_GROWTH_KIB, `${warm} KiB after a third of it, then ${most} KiB`)
  })
})
