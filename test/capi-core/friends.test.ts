// Stories of programs that talk, on a clock that jumps by the iteration interval.

import assert from 'node:assert/strict'
import { nativeUdpMissing } from '../../src/host/native-udp.js'
import { befriend, isOnline, Peer, Program, runUntil, text } from './program.js'

describe('programs on the C core', function () {
  this.timeout(120_000)
  const missing = nativeUdpMissing()
  if (missing !== undefined) {
    it.skip(`no native sockets: ${missing}`)
    return
  }

  const peers: Peer[] = []
  const keep = <P extends readonly Peer[]>(...opened: P): P => {
    peers.push(...opened)
    return opened
  }
  afterEach(() => {
    for (const peer of peers.splice(0)) peer.program.try('core_kill', peer.number)
  })

  it('become friends by a request within two seconds of their clock, and talk', () => {
    const program = new Program()
    const [a, b] = keep(Peer.open(program), Peer.open(program))
    a.call('tox_self_set_name', text('Alice'))
    a.call('tox_self_set_status_message', text('here'))
    a.bootstrapFrom(b)
    assert.equal(a.call('tox_friend_add', b.out('tox_self_get_address'), text('hello')).value, 0)

    let requests: unknown[] = []
    const askedMs = runUntil([a, b], () => (requests = b.take('friend_request')).length > 0, 'a request')
    assert.deepEqual(requests, [{ public_key: a.out('tox_self_get_public_key'), message: text('hello') }])
    assert.equal(b.call('tox_friend_add_norequest', a.out('tox_self_get_public_key')).value, 0)
    const metMs = runUntil([a, b], () => isOnline(a) && isOnline(b), 'both online')
    assert.ok(askedMs + metMs <= 2_000, `${askedMs} ms to the request, ${metMs} ms to meet`)
    assert.deepEqual(a.take('self_connection_status'), [{ connection_status: 2 }])
    assert.deepEqual(a.take('friend_connection_status'), [{ friend_number: 0, connection_status: 2 }])

    runUntil([a, b], () => b.text('tox_friend_get_status_message', 0) === 'here', 'the status message')
    assert.equal(b.text('tox_friend_get_name', 0), 'Alice')
    assert.deepEqual(b.take('friend_name'), [{ friend_number: 0, name: text('Alice') }])

    assert.equal(a.call('tox_friend_send_message', 0, 0, text('one')).value, 1)
    assert.equal(a.call('tox_friend_send_message', 0, 1, text('two')).value, 2)
    const toldMs = runUntil([a, b], () => a.events.some(({ fields }) => fields['message_id'] === 2), 'receipts')
    assert.ok(toldMs <= 25, `${toldMs} ms`)
    assert.deepEqual(b.take('friend_message'), [
      { friend_number: 0, type: 0, message: text('one') },
      { friend_number: 0, type: 1, message: text('two') },
    ])
    assert.deepEqual(a.take('friend_read_receipt'), [
      { friend_number: 0, message_id: 1 },
      { friend_number: 0, message_id: 2 },
    ])
  })

  it('hear of typing, status and packets of their own, and of a friend who goes', () => {
    const [a, b] = keep(...befriend(new Program()))
    runUntil([a, b], () => b.take('friend_status_message').length > 0, 'the first words')
    for (const name of ['friend_typing', 'friend_status'] as const) b.take(name)
    a.call('tox_self_set_typing', 0, true)
    a.call('tox_self_set_status', 1)
    a.call('tox_friend_send_lossless_packet', 0, Uint8Array.of(160, 1, 2))
    a.call('tox_friend_send_lossy_packet', 0, Uint8Array.of(200, 3))
    runUntil([a, b], () => b.events.some(({ name }) => name === 'friend_lossy_packet'), 'a lossy packet')
    assert.deepEqual(b.take('friend_typing').at(-1), { friend_number: 0, typing: 1 })
    assert.deepEqual(b.take('friend_status').at(-1), { friend_number: 0, status: 1 })
    assert.equal(b.call('tox_friend_get_status', 0).value, 1)
    assert.equal(b.call('tox_friend_get_typing', 0).value, 1)
    assert.deepEqual(b.take('friend_lossless_packet'), [{ friend_number: 0, data: Uint8Array.of(160, 1, 2) }])
    assert.deepEqual(b.take('friend_lossy_packet'), [{ friend_number: 0, data: Uint8Array.of(200, 3) }])

    b.take('friend_connection_status')
    a.kill()
    runUntil([b], () => b.events.some(({ name }) => name === 'friend_connection_status'), 'the friend is gone')
    assert.deepEqual(b.take('friend_connection_status'), [{ friend_number: 0, connection_status: 0 }])
    const wall = Math.floor(Date.now() / 1000)
    const seen = Number(b.call('tox_friend_get_last_online', 0).bits)
    assert.ok(Math.abs(seen - wall) < 120, `${seen} at ${wall}`)
  })

  it('come back from their savedata as who they were, and meet again', () => {
    const program = new Program()
    const [a, b] = keep(...befriend(program))
    a.call('tox_self_set_name', text('Alice'))
    const address = a.out('tox_self_get_address')
    const savedata = a.out('tox_get_savedata')
    a.kill()
    runUntil([b], () => !isOnline(b), 'the friend is gone')
    const [again] = keep(Peer.open(program, { savedataType: 1, savedata }))
    assert.deepEqual(again.out('tox_self_get_address'), address)
    assert.equal(again.text('tox_self_get_name'), 'Alice')
    assert.deepEqual(again.out('tox_friend_get_public_key', 0), b.out('tox_self_get_public_key'))
    // Nobody bootstraps: the nodes stand in the savedata.
    runUntil([again, b], () => isOnline(again) && isOnline(b), 'both online again')
  })

  it('lose nothing in a burst, and the batch of a step stays bounded', () => {
    const [a, b] = keep(...befriend(new Program()))
    const message = new Uint8Array(1000).fill(7)
    let sent = 0
    let largest = 0
    const heard: number[] = []
    const onStep = (): void => {
      largest = Math.max(largest, b.events.length)
      for (const { message } of b.take('friend_message')) heard.push((message as Uint8Array).length)
      b.events.length = 0
    }
    runUntil(
      [a, b],
      () => {
        onStep()
        while (sent < 20_000) {
          const { error } = a.call('tox_friend_send_message', 0, 0, message)
          if (error === 'SENDQ') break
          assert.equal(error, 'OK')
          sent++
        }
        return heard.length === 20_000
      },
      '20,000 messages',
    )
    assert.ok(heard.every((length) => length === 1000))
    // 1 MiB, and what one batch of the socket may add to it.
    assert.ok(largest * 1000 < 4 * 1024 * 1024, `${largest} messages in one step`)
  })
})
