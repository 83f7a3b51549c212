// The entry of the core: every row has its function, and nothing that a caller passes ends the process.

import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Core } from '../../capi/core/core.js'
import { Routine, routinesOf } from '../../capi/core/dispatcher.js'
import { EventBatch } from '../../capi/core/event-batch.js'
import { coreFunctions } from '../../capi/core/functions/index.js'
import { EVENTS } from '../../capi/table/events.js'
import { CORE_FUNCTIONS } from '../../capi/table/functions.js'
import { nativeUdpMissing } from '../../src/host/native-udp.js'
import { type Argument, LOOPBACK, Peer, PORTS, Program, runUntil, sleepThrough, text } from './program.js'

describe('the functions of the core', () => {
  const functions = coreFunctions({} as Core)

  it('have a row each, and every row its function, with as many arguments', () => {
    const routines = routinesOf(CORE_FUNCTIONS, functions)
    assert.deepEqual(Object.keys(functions).sort(), CORE_FUNCTIONS.map(({ name }) => name).sort())
    for (const [index, routine] of routines.entries()) {
      const taken = functions[CORE_FUNCTIONS[index]!.name]!.length
      assert.equal(taken, routine.arity, routine.name)
    }
  })

  it('are refused when one side is missing', () => {
    assert.throws(() => routinesOf(CORE_FUNCTIONS.slice(1), functions), /no row for core_new/)
    assert.throws(() => routinesOf(CORE_FUNCTIONS, {}), /no function core_new/)
  })

  it('fail with an error that their row knows, or not at all', () => {
    const row = CORE_FUNCTIONS.find(({ name }) => name === 'tox_self_set_typing')!
    const frame = { number: () => 0, fail: () => {}, answerNumber: () => {} }
    const routine = new Routine(row, () => ({ ok: false, error: 'made-up' }))
    assert.throws(() => routine.run(frame as never, undefined), /tox_self_set_typing has no error named made-up/)
  })
})

describe('an event batch', () => {
  it('holds every event of the table, and refuses one with other fields', () => {
    const batch = new EventBatch()
    for (const { name, fields } of EVENTS) {
      const values = fields.map((field) => {
        if (field.kind === 'scalar') return field.type === 'uint64_t' ? 2n ** 63n : 1
        return field.kind === 'enum' ? 1 : Uint8Array.of(1, 2, 3)
      })
      const before = batch.size
      batch.add(name, ...values)
      assert.throws(() => batch.add(name, ...values, 1), RangeError)
      const sizes = values.map((value): number => (typeof value === 'bigint' ? 8 : typeof value === 'number' ? 4 : 8))
      assert.equal(batch.size - before, 8 + sizes.reduce((sum, size) => sum + size))
    }
    assert.ok(batch.take().length > 0)
    assert.equal(batch.take().length, 0)
  })

  it('grows in the middle of anything, whole', () => {
    const batch = new EventBatch()
    for (let i = 0; i < 3000; i++) batch.add('friend_message', i, 1, new Uint8Array(i % 1000).fill(i))
    const bytes = batch.take()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let i = 0; i < 3000; i++) {
      assert.deepEqual([view.getUint32(at, true), view.getUint32(at + 8, true)], [8, i])
      const message = bytes.subarray(at + 20, at + 7 + view.getUint32(at + 4, true))
      assert.ok(message.length === i % 1000 && message.every((byte) => byte === (i & 255)))
      at += 20 + message.length + 1
    }
    assert.equal(at, bytes.length)
  })
})

describe('the entry of the core', () => {
  const missing = nativeUdpMissing()
  if (missing !== undefined) {
    it.skip(`no native sockets: ${missing}`)
    return
  }

  it('fails, and says why in the log, for functions and instances that there are not', () => {
    const program = new Program()
    assert.equal(program.tryNumber(100_000, 0), undefined)
    assert.equal(program.try('tox_self_get_nospam', 77), undefined)
    const logs = program.logs(0)
    assert.equal(logs.length, 2)
    assert.match(logs[0]!, /^4 core.*there is no function 100000/)
    assert.match(logs[1]!, /^4 core.*there is no instance 77/)
    assert.deepEqual(program.logs(0), [])
  })

  it('says until when only packets can change an instance, and by which descriptor they come', () => {
    const program = new Program()
    const peer = Peer.open(program)
    const step = () => {
      program.nowMs += 50
      return peer.call('core_iterate')
    }
    // Somebody is sought at first, which takes short steps.
    assert.ok(step().restsUntilMs <= program.nowMs)
    program.nowMs += 20_000
    let said = step()
    while (said.restsUntilMs <= program.nowMs) said = step()
    const { restsUntilMs, descriptor } = said
    assert.ok(descriptor > 2)
    assert.ok(Number.isNaN(peer.call('tox_self_get_nospam').restsUntilMs), 'a question changes nothing')
    assert.equal(peer.intervalMs, Math.min(50, Math.ceil(restsUntilMs - program.nowMs)))
    const key = new Uint8Array(32).fill(9)
    assert.ok(peer.call('core_bootstrap', LOOPBACK, 33_445, key).restsUntilMs <= program.nowMs)
    assert.ok(peer.call('core_kill').restsUntilMs <= program.nowMs)
  })

  it('takes any numbers and bytes for any function, and the instance lives', () => {
    const program = new Program()
    const peer = Peer.open(program)
    const odd = [Number.NaN, -1, 0, 1, 2 ** 32, Number.POSITIVE_INFINITY, 1e300, 0.5]
    const skipped = new Set(['core_new', 'core_kill'])
    let state = 1
    const next = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state >>> 8) % limit
    }
    for (let round = 0; round < 3000; round++) {
      const row = CORE_FUNCTIONS[next(CORE_FUNCTIONS.length)]!
      if (skipped.has(row.name)) continue
      const values = row.parameters.flatMap((parameter): Argument[] => {
        if (parameter.kind === 'out' || parameter.kind === 'ignored') return []
        if (parameter.kind === 'scalar') return [odd[next(odd.length)]!]
        return [new Uint8Array(next(200)).fill(next(256))]
      })
      // Bytes of a fixed size that have another are a mistake of the C++ side: the call may fail, no more.
      program.try(row.name, peer.number, ...values)
      program.logs(peer.number)
    }
    assert.equal(peer.out('tox_self_get_address').length, 38)
    peer.kill()
  })

  it('does not take the answer of a call for a clock when logs are taken', () => {
    const program = new Program()
    const peer = Peer.open(program)
    sleepThrough(peer, 100_000)
    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
    const { nowMs } = program
    program.nowMs = 1
    program.logs(peer.number)
    program.nowMs = nowMs + 5_000
    // A clock that had gone back would now jump by all that it had shown, and the search for a new friend would be old.
    assert.ok(peer.intervalMs <= 5)
    peer.kill()
  })

  it('stands a clock that goes back, stops and talks nonsense', () => {
    const program = new Program()
    const peer = Peer.open(program)
    for (const nowMs of [6_000, 1_000, 1_050, Number.NaN, -5, Number.NEGATIVE_INFINITY, 900, 2_000]) {
      program.nowMs = nowMs
      peer.iterate()
      const interval = peer.intervalMs
      assert.ok(Number.isInteger(interval) && interval >= 1 && interval <= 50, `${interval} ms`)
    }
    peer.kill()
  })

  it('grows the block for large arguments and answers', () => {
    const program = new Program()
    const peer = Peer.open(program)
    const large = new Uint8Array(300_000)
    assert.equal(peer.call('tox_self_set_name', large).error, 'TOO_LONG')
    for (let i = 1; i <= 300; i++) {
      const key = new Uint8Array(32).fill(1)
      new DataView(key.buffer).setUint32(0, i)
      assert.equal(peer.call('tox_friend_add_norequest', key).value, i - 1)
    }
    const fresh = new Program()
    const savedata = peer.out('tox_get_savedata')
    assert.ok(savedata.length > 2 * 64 * 1024)
    const again = Peer.open(fresh, { savedataType: 1, savedata })
    assert.equal(again.call('tox_self_get_friend_list_size').value, 300)
    const list = again.out('tox_self_get_friend_list')
    assert.deepEqual(
      [...new Uint32Array(list.buffer)],
      Array.from({ length: 300 }, (_, i) => i),
    )
    peer.kill()
    again.kill()
  })

  it('asks for randomness in the name of each instance, and of none while it is made', () => {
    const program = new Program()
    const [one, two] = [Peer.open(program), Peer.open(program)]
    assert.deepEqual([...program.randomFor], [0])
    program.randomFor.clear()
    // More than any pool holds: friends are sought through paths of three fresh keys.
    const others = [one, two]
    one.bootstrapFrom(two)
    for (const peer of others) peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(9))
    runUntil(others, () => program.randomFor.size === 2, 'both draw again')
    assert.deepEqual([...program.randomFor].sort(), [one.number, two.number])
    one.kill()
    two.kill()
  })

  it('gives each of a hundred short lives its port back, and never a number twice', () => {
    const program = new Program()
    const first = Peer.open(program)
    const port = first.call('tox_self_get_udp_port').value
    first.kill()
    const numbers = new Set([first.number])
    for (let i = 0; i < 100; i++) {
      const peer = Peer.open(program, { startPort: port, endPort: port })
      numbers.add(peer.number)
      peer.iterate()
      peer.kill()
      assert.equal(program.try('core_iterate', peer.number), undefined)
    }
    assert.equal(numbers.size, 101)
  })

  it('keeps nothing of instances that were killed', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const program = new Program()
    const liveAndDie = async (): Promise<number> => {
      for (let i = 0; i < 20; i++) {
        const peer = Peer.open(program)
        peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(1))
        peer.iterate()
        peer.kill()
      }
      // Sockets are collected objects of the addon: the last of them go in the turn after their collection.
      for (let i = 0; i < 5; i++) {
        collect()
        await new Promise((resolve) => setImmediate(resolve))
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    await liveAndDie()
    const before = await liveAndDie()
    for (let i = 0; i < 4; i++) await liveAndDie()
    const grown = (await liveAndDie()) - before
    // One instance holds about 300 KiB; these were a hundred.
    assert.ok(grown < 1024 * 1024, `${grown} bytes`)
  })

  it('keeps 256 log records, drops the oldest, and says how many', () => {
    const program = new Program()
    for (let i = 0; i < 300; i++) program.tryNumber(100_000 + i, 0)
    const logs = program.logs(0)
    assert.equal(logs.length, 257)
    assert.match(logs[0]!, /^3 log.*44 older records were dropped/)
    assert.match(logs[1]!, /there is no function 100044/)
    assert.match(logs[256]!, /there is no function 100299/)
  })

  it('says no more than the program asks for', () => {
    const program = new Program()
    const peer = Peer.open(program)
    peer.call('core_set_log', 5)
    assert.equal(
      program.try('core_bootstrap', peer.number, Uint8Array.of(4, 127, 0, 0, 1), -1, new Uint8Array(32)),
      undefined,
    )
    assert.deepEqual(program.logs(peer.number), [])
    peer.call('core_set_log', 4)
    assert.equal(
      program.try('core_bootstrap', peer.number, Uint8Array.of(4, 127, 0, 0, 1), -1, new Uint8Array(32)),
      undefined,
    )
    assert.match(program.logs(peer.number).join(), /RangeError: not a port/)
    peer.kill()
  })

  it('finds the port that the options allow', () => {
    const program = new Program()
    const tries = (startPort: number, endPort: number, more = {}) => {
      const { error, value } = Peer.tryOpen(program, { startPort, endPort, ...more })
      if (error !== 'OK') return error
      const port = program.call('tox_self_get_udp_port', value)
      opened.push(value)
      return port.error === 'OK' ? port.value : port.error
    }
    const opened: number[] = []
    const first = tries(PORTS.start, PORTS.end) as number
    assert.ok(first >= PORTS.start && first <= PORTS.end)
    assert.equal(tries(first, first), 'PORT_ALLOC')
    assert.match(program.logs(0).join(), new RegExp(`^4 udp: UDP port ${first} is in use`))
    assert.equal(tries(first, 0), 'PORT_ALLOC')
    assert.equal(tries(0, first), 'PORT_ALLOC')
    assert.equal(tries(first, first, { ipv6: false }), 'PORT_ALLOC')
    const swapped = tries(PORTS.end, PORTS.start) as number
    assert.ok(swapped >= PORTS.start && swapped <= PORTS.end && swapped !== first)
    const usual = tries(0, 0) as number
    assert.ok(usual >= 33_445 && usual <= 33_545)
    assert.equal(tries(first, first, { udp: false }), 'NOT_BOUND')
    for (const number of opened) program.call('core_kill', number)
  })

  it('opens nothing without UDP, and idles', () => {
    const program = new Program()
    const peer = Peer.open(program, { udp: false })
    assert.equal(peer.call('core_bootstrap', Uint8Array.of(4, 127, 0, 0, 1), 9, new Uint8Array(32).fill(3)).error, 'OK')
    assert.equal(peer.call('core_bootstrap', new Uint8Array(0), 9, new Uint8Array(32)).error, 'BAD_HOST')
    assert.equal(
      peer.call('core_dht_send_nodes_request', Uint8Array.of(4, 1, 2, 3, 4), 9, new Uint8Array(32), new Uint8Array(32))
        .error,
      'UDP_DISABLED',
    )
    peer.call('tox_friend_add_norequest', new Uint8Array(32).fill(5))
    sleepThrough(peer, 60_000)
    assert.deepEqual(peer.events, [])
    assert.equal(peer.call('tox_self_get_connection_status').value, 0)
    const steps = sleepThrough(peer, 60_000)
    assert.ok(steps <= 60_000 / 40, `${steps} steps in a minute`)
    peer.kill()
  })

  it('knows no address of a family that its socket does not speak', () => {
    const program = new Program()
    const peer = Peer.open(program, { ipv6: false })
    const ipv6 = new Uint8Array(17)
    ipv6[0] = 6
    ipv6[16] = 1
    const key = new Uint8Array(32).fill(3)
    assert.equal(peer.call('core_bootstrap', ipv6, 9, key).error, 'BAD_HOST')
    assert.equal(peer.call('core_bootstrap', Uint8Array.of(...ipv6, 4, 127, 0, 0, 1), 9, key).error, 'OK')
    assert.equal(peer.call('core_bootstrap', Uint8Array.of(5, 1, 2, 3, 4), 9, key).error, 'BAD_HOST')
    assert.equal(peer.call('core_add_tcp_relay', ipv6, 9, key).error, 'OK')
    assert.equal(peer.call('core_add_tcp_relay', text(''), 9, key).error, 'BAD_HOST')
    peer.kill()
  })
})
