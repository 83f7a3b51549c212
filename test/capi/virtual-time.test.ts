// Time and dice that the program gives: instances on a virtual clock live through an hour in seconds, whatever the clock does,
// and their keys come from the program's generator. Each story is told in both ways of giving them, 0.2.18's and 0.2.23's.

import assert from 'node:assert/strict'
import { compile, measurements, needsOurs, needsTools, run } from './library.js'

const STYLES = ['old', 'new'] as const
const HOUR_MS = 3_600_000
/** Fresh c-toxcore peers take 10 s; here every wait ends with the packet that it is for. */
const MEETING_MS = 5_000
/** A message and its receipt, at the interval of somebody who has been silent for an hour. */
const TALK_MS = 200
/** "Far less than real time", on a machine with other things to do. */
const REAL_MS = 50_000

const isMeasurement = (line: string): boolean => line.startsWith('= ')

describe('virtual time in C', function () {
  this.timeout(90_000)
  needsTools(this)
  before(function () {
    needsOurs(this)
  })

  const tell = async (...args: string[]): Promise<string[]> => run(await compile('virtual-time', 'ours'), 'ours', args)

  for (const { place, style } of [
    { place: 'thread', style: 'old' },
    { place: 'threads', style: 'new' },
    { place: 'processes', style: 'old' },
    { place: 'processes', style: 'new' },
  ]) {
    it(`two peers (${place}, ${style} style) become friends, and talk a simulated hour later`, async () => {
      const lines = await tell('friends', style, place)
      assert.deepEqual(
        lines.filter((line) => !isMeasurement(line)),
        [
          "peer 0: met 1 times, lost 0, heard 0 '', receipts 1",
          "peer 1: met 1 times, lost 0, heard 1 'an hour later', receipts 0",
        ],
      )
      const figures = measurements(lines)
      const figure = (name: string): number => figures.get(name) ?? Number.NaN
      assert.ok(figure('met_ms') < MEETING_MS, `met after ${figure('met_ms')} ms`)
      assert.ok(figure('heard_ms') >= HOUR_MS && figure('heard_ms') < HOUR_MS + TALK_MS, `${figure('heard_ms')}`)
      assert.ok(figure('receipt_ms') >= HOUR_MS && figure('receipt_ms') < HOUR_MS + TALK_MS, `${figure('receipt_ms')}`)
      assert.ok(figure('real_ms') < REAL_MS, `took ${figure('real_ms')} ms`)
    })
  }

  for (const style of STYLES) {
    it(`friends still talk after their clock stood still, leapt, went back and told nonsense (${style} style)`, async () => {
      assert.deepEqual(
        (await tell('clock', style)).filter((line) => !isMeasurement(line)),
        ['first', 'stood', 'ahead', 'back', 'zero', 'nonsense'].map((when) => `${when}: they talk`),
      )
    })
  }

  it('two threads that call at once ask the clock one after another', async () => {
    assert.deepEqual(await tell('order', 'new'), ['readers at one time: 1', 'both were told the time: 1'])
  })

  it('keys come from the generator that is given, however it is given', async () => {
    const first = await tell('random', 'old', '7')
    assert.deepEqual(first.slice(-2), [
      'another instance rolls the same dice: 0, has the same key: 0',
      'its system has the generator: 1',
    ])
    assert.ok(measurements(first).get('rolled')! > 0)
    assert.deepEqual(await tell('random', 'old', '7'), first)
    assert.deepEqual(await tell('random', 'new', '7'), first)
    const other = await tell('random', 'new', '8')
    for (const at of [0, 1, 2]) assert.notEqual(other[at], first[at])
  })

  const REFUSED = ["  log, level 4: tox_new: a network or memory of the host's own cannot be injected"]
  const MADE = '  instance: 1, error 0'
  const FAILED = '  instance: 0, error 2'

  it('a foreign network is refused with a reason; a memory is not even looked for (old style)', async () => {
    assert.deepEqual(await tell('foreign', 'old'), [
      ...['the default system', MADE],
      ...['a network of its own', ...REFUSED, FAILED],
      ...['a memory of its own', MADE],
      ...['nothing', MADE],
    ])
  })

  it('a foreign network or memory is refused with a reason, and a system without members (new style)', async () => {
    assert.deepEqual(await tell('foreign', 'new'), [
      ...['the default system', MADE],
      ...['a network of its own', ...REFUSED, FAILED],
      ...['a memory of its own', ...REFUSED, FAILED],
      ...['nothing', '  instance: 0, error 1'],
    ])
  })
})
