// Events as C programs meet them: callbacks, lists, dispatch tables, packed bytes. The lists of 0.2.18 are told by
// Debian's library and by ours, and must read the same, byte for byte.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EventBatch } from '../../capi/core/event-batch.js'
import { EVENTS, EVENTS_OF_0_2_18, type EventName } from '../../capi/table/events.js'
import { isInstalled, OUR_HEADERS, ROOT, THEIR_HEADERS } from './compiler.js'
import { EventLibrary, type Release } from './event-library.js'
import { damaged, dice, packed, type SomeEvent, shuffled, someEvents, told } from './event-packing.js'
import { tellerOfCallbacks, tellerOfLists } from './event-programs.js'
import { libraries } from './library.js'

const CALLBACKS = join(ROOT, 'test/capi/programs/event-callbacks.c')
const SEED = 20_260

describe('events in C', function () {
  this.timeout(300_000)
  const library = new EventLibrary()
  let folders: Readonly<Record<Release, string>>

  before(async function () {
    if (!isInstalled('g++') || !isInstalled('gcc')) this.skip()
    folders = await library.build()
  })

  /** What a program prints when it reads these bytes, each in a line of hex. */
  function output(program: string, args: readonly string[], folder: string, input: readonly Uint8Array[]): string {
    const text = input.map((bytes) => `${Buffer.from(bytes).toString('hex')}\n`).join('')
    const env = { ...process.env, LD_LIBRARY_PATH: folder }
    return execFileSync(program, args, { input: text, env, encoding: 'utf8', maxBuffer: 1 << 28 })
  }

  function lines(program: string, folder: string, input: readonly Uint8Array[]): string[] {
    return output(program, [], folder, input).split('\n').slice(0, -1)
  }

  it('have numbers from 0 on, in order', () => {
    assert.deepEqual(
      EVENTS.map(({ number }) => number),
      EVENTS.map((_, index) => index),
    )
  })

  describe('reach callbacks', () => {
    it('with every parameter, in the order in which they happened', async () => {
      const program = await library.program('told', tellerOfCallbacks(), 'current', OUR_HEADERS, folders.current)
      const roll = dice(SEED)
      const events = shuffled(roll, someEvents(roll, EVENTS.length, 20))
      assert.deepEqual(lines(program, folders.current, [batch(events)]), [
        ...events.map(told),
        `${events.length} calls`,
      ])
      assert.deepEqual(lines(program, folders['0_2_18'], [batch([]), batch(events)]).slice(1), [
        ...events.map(told),
        `${events.length} calls`,
      ])
    })

    it('which may remove callbacks, record events or kill the instance', async () => {
      const source = readFileSync(CALLBACKS, 'utf8')
      const program = await library.program('callbacks', source, 'current', OUR_HEADERS, folders.current)
      assert.deepEqual(lines(program, folders.current, []), [
        '- a callback removes itself',
        'typing 0 with',
        '- all free packet ids',
        ...['200', '254', '160', '191'].map((id) => `with packet ${id} of 1 bytes`),
        '- every packet id but 254',
        ...['192', '199', '200', '69', '160', '191'].map((id) => `with packet ${id} of 1 bytes`),
        '- records that are not as they should be',
        'typing 5 with',
        '- recording',
        '0 recorded, error 0, no list',
        '3 recorded, error 0',
        '1 0',
        '- dispatch of a list',
        'typing 0 with',
        '- a callback beside the recording',
        'typing 7 without',
        '1 recorded, error 0',
        '- a move that fails',
        '0 recorded, error 1, no list',
        '1',
        '- a callback kills its instance',
        'typing 0 with',
        'typing 0 without',
        '0 recorded, error 0, no list',
        '0 alive',
        '- no objects',
        '0 1 1 90aa',
        '1 255',
        '1 1',
        '1 0',
        '6 heard',
      ])
    })
  })

  describe('packed as 0.2.23 does it', () => {
    it('load, tell their fields and pack again as they were', async () => {
      const program = await library.program('lists', tellerOfLists('current'), 'current', OUR_HEADERS, folders.current)
      const roll = dice(SEED + 1)
      const lists = [[], ...someEvents(roll, EVENTS.length, 1).map((event) => [event]), manyEvents(EVENTS.length)]
      const expected = lists.flatMap((list) => [
        `${list.length} events`,
        ...list.map(told),
        ...list.map(told),
        `${list.length} dispatched`,
        `equal packed${packed(list).toString('hex')}`,
      ])
      assert.deepEqual(lines(program, folders.current, lists.map(packed)), expected)
    })

    it('are refused when an enum is none of its values', async () => {
      const program = await library.program('enums', tellerOfLists('current'), 'current', OUR_HEADERS, folders.current)
      const status = (value: number) => Uint8Array.of(0x91, 0x92, 0, value)
      const answers = [0, 1, 2].flatMap((value) => {
        const line = `self_connection_status connection_status=${value}`
        return ['1 events', line, line, '1 dispatched', `equal packed919200${`0${value}`}`]
      })
      assert.deepEqual(lines(program, folders.current, [0, 1, 2, 3, 127].map(status)), [
        ...answers,
        'refused',
        'refused',
      ])
    })
  })

  describe("and c-toxcore's, 0.2.18", () => {
    let program: string

    before(async function () {
      if (libraries.theirs === undefined || !existsSync(join(THEIR_HEADERS, 'tox/tox_events.h'))) return this.skip()
      const folder = dirname(libraries.theirs)
      program = await library.program('old', tellerOfLists('0_2_18'), '0_2_18', THEIR_HEADERS, folder)
    })

    function told218(input: readonly Uint8Array[]): string[] {
      const theirs = lines(program, dirname(libraries.theirs!), input)
      assert.deepEqual(lines(program, folders['0_2_18'], input), theirs)
      return theirs
    }

    it('tell every list alike, and pack it alike', () => {
      const roll = dice(SEED + 2)
      const single = someEvents(roll, EVENTS_OF_0_2_18, 20).map((event) => packed([event]))
      const said = told218([
        packed([]),
        ...single,
        packed(manyEvents(EVENTS_OF_0_2_18)),
        packed(manyEvents(EVENTS.length)),
      ])
      assert.equal(said.filter((line) => line.startsWith('equal')).length, 1 + single.length + 1)
      assert.equal(said.at(-1), 'refused')
    })

    it('load and refuse the same damaged lists', () => {
      const roll = dice(SEED + 3)
      const lists = someEvents(roll, EVENTS_OF_0_2_18, 150).map((event) => packed([event]))
      const said = told218(lists.map((list) => damaged(roll, list)))
      const refused = said.filter((line) => line === 'refused').length
      assert.ok(refused > 500 && lists.length - refused > 500)
    })
  })

  it('survive damage that the address sanitizer would tell', async () => {
    const program = await library.buildFuzzer()
    const roll = dice(SEED + 4)
    const lists = [
      manyEvents(EVENTS.length).slice(0, 60),
      ...someEvents(roll, EVENTS.length, 3).map((event) => [event]),
    ]
    assert.match(output(program, ['300'], '', lists.map(packed)), /^\d{4,} loaded, \d{4,} refused\n$/)
  })
})

/** More than one array size can hold in a byte, of all types in disorder. */
function manyEvents(types: number): SomeEvent[] {
  const roll = dice(SEED + types)
  return shuffled(roll, someEvents(roll, types, 15))
}

function batch(events: readonly SomeEvent[]): Uint8Array {
  const batch = new EventBatch()
  for (const { event, values } of events) batch.add(event.name as EventName, ...values)
  return batch.take()
}
