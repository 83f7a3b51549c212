// Programs on the C core that send each other files: chunks are asked for in one step and answered before the next.

import assert from 'node:assert/strict'
import { nativeUdpMissing } from '../../src/host/native-udp.js'
import { befriend, type Peer, Program, runUntil, text } from './program.js'

const FIRST = 1 << 16
const CHUNK = 1371
const UNKNOWN = 2n ** 64n - 1n
const [RESUME, PAUSE, CANCEL] = [0, 1, 2]
const NO_ID = new Uint8Array(0)
const ID = new Uint8Array(32).fill(6)

describe('programs on the C core that send files', function () {
  this.timeout(120_000)
  const missing = nativeUdpMissing()
  if (missing !== undefined) {
    it.skip(`no native sockets: ${missing}`)
    return
  }

  let a: Peer
  let b: Peer
  before(() => {
    ;[a, b] = befriend(new Program())
  })
  after(() => {
    for (const peer of [a, b]) peer?.kill()
  })

  const error = (
    peer: Peer,
    name: string,
    ...values: Parameters<Peer['call']> extends [string, ...infer V] ? V : never
  ) => peer.call(name, ...values).error

  it('send 2 MB as they are asked, and hear the end', () => {
    const size = 2_000_000
    assert.equal(a.call('tox_file_send', 0, 0, BigInt(size), ID, text('big.bin')).value, 0)
    runUntil([a, b], () => b.events.some(({ name }) => name === 'file_recv'), 'the offer')
    assert.deepEqual(b.take('file_recv'), [
      { friend_number: 0, file_number: FIRST, kind: 0, file_size: BigInt(size), filename: text('big.bin') },
    ])
    assert.deepEqual(b.out('tox_file_get_file_id', 0, FIRST), ID)
    assert.equal(b.call('tox_file_by_id', 0, ID).value, FIRST)
    assert.equal(error(b, 'core_file_control', 0, FIRST, RESUME), 'OK')
    let sentTo = 0n
    let got = 0
    let isWhole = false
    let isSent = false
    const elapsedMs = runUntil(
      [a, b],
      () => {
        for (const { position, length } of a.take('file_chunk_request')) {
          if (length === 0) isSent = true
          else {
            assert.equal(position, sentTo)
            const chunk = new Uint8Array(length as number).fill(Number(sentTo % 251n))
            assert.equal(error(a, 'core_file_send_chunk', 0, 0, sentTo, chunk), 'OK')
            sentTo += BigInt(chunk.length)
          }
        }
        for (const { position, data } of b.take('file_recv_chunk')) {
          const bytes = data as Uint8Array
          assert.equal(position, BigInt(got))
          if (bytes.length === 0) isWhole = true
          else assert.equal(bytes[0], got % 251)
          got += bytes.length
        }
        return isWhole && isSent
      },
      '2 MB',
    )
    assert.equal(got, size)
    assert.deepEqual(a.take('file_recv_control'), [{ friend_number: 0, file_number: 0, control: RESUME }])
    // A clock that jumps a millisecond at a time: a chunk each would take 1.5 s.
    assert.ok(elapsedMs < 1_000, `${elapsedMs} ms`)
  })

  it('send in lots what they are told is awaited, of two files by turns', () => {
    const sizes = [5 * CHUNK + 7, 3 * CHUNK]
    for (const size of sizes) a.call('tox_file_send', 0, 0, BigInt(size), NO_ID, NO_ID)
    runUntil([a, b], () => b.events.filter(({ name }) => name === 'file_recv').length === 2, 'two offers')
    b.take('file_recv')
    assert.deepEqual(awaitedBy(a), [])
    for (const file of [FIRST, 2 * FIRST]) assert.equal(error(b, 'core_file_control', 0, file, RESUME), 'OK')
    runUntil([a, b], () => awaitedBy(a).length === 2, 'requests for both')
    a.take('file_recv_control')
    const awaited = awaitedBy(a)
    assert.deepEqual(
      awaited,
      sizes.map((size, fileNumber) => ({ friendNumber: 0, fileNumber, position: 0, end: size })),
    )
    const lot: Uint8Array[] = []
    for (let at = 0; at < sizes[0]!; at += CHUNK) {
      for (const { fileNumber, end } of awaited) {
        if (at < end) lot.push(record(fileNumber, at, new Uint8Array(Math.min(CHUNK, end - at)).fill(at / CHUNK)))
      }
    }
    a.call('core_file_send_chunks', Buffer.concat(lot))
    assert.deepEqual(awaitedBy(a), [])
    let ends = 0
    let receipts = 0
    runUntil(
      [a, b],
      () => {
        for (const { position, data } of b.take('file_recv_chunk')) {
          const bytes = data as Uint8Array
          if (bytes.length === 0) ends++
          else assert.equal(bytes[0], Number(position) / CHUNK)
        }
        receipts += a.take('file_chunk_request').filter(({ length }) => length === 0).length
        return ends === 2 && receipts === 2
      },
      'both files',
    )
  })

  it('hear of a lot that holds what is not awaited', () => {
    assert.equal(a.program.try('core_file_send_chunks', a.number, record(0, 0, new Uint8Array(CHUNK))), undefined)
    assert.match(a.program.logs(a.number).join('\n'), /refused: not-transferring/)
  })

  it('hear every error by its name, and of every control', () => {
    assert.equal(error(a, 'tox_file_send', 1, 0, 1n, NO_ID, text('x')), 'FRIEND_NOT_FOUND')
    assert.equal(error(a, 'tox_file_send', 0, 0, 1n, NO_ID, new Uint8Array(256)), 'NAME_TOO_LONG')
    assert.equal(error(a, 'core_file_control', 0, 0, RESUME), 'NOT_FOUND')
    assert.equal(a.call('tox_file_send', 0, 1, UNKNOWN, NO_ID, NO_ID).value, 0)
    runUntil([a, b], () => b.events.some(({ name }) => name === 'file_recv'), 'the offer')
    assert.equal(b.take('file_recv')[0]!['file_size'], UNKNOWN)
    assert.equal(error(a, 'core_file_control', 0, 0, RESUME), 'DENIED')
    assert.equal(error(a, 'core_file_control', 0, 0, 3), 'DENIED')
    assert.equal(error(a, 'core_file_control', 0, 0, PAUSE), 'ALREADY_PAUSED')
    assert.equal(error(a, 'tox_file_seek', 0, 0, 1n), 'DENIED')
    assert.equal(error(b, 'tox_file_seek', 0, FIRST, UNKNOWN), 'INVALID_POSITION')
    assert.equal(error(b, 'tox_file_seek', 0, FIRST, 2n ** 63n + 1n), 'OK')
    assert.equal(error(b, 'core_file_control', 0, FIRST, RESUME), 'OK')
    runUntil([a, b], () => a.events.some(({ name }) => name === 'file_chunk_request'), 'a request')
    assert.equal(a.take('file_chunk_request')[0]!['position'], 2n ** 63n + 1n)
    assert.equal(error(a, 'core_file_send_chunk', 0, 0, 5n, new Uint8Array(CHUNK)), 'WRONG_POSITION')
    assert.equal(error(a, 'core_file_send_chunk', 0, 0, 5n, new Uint8Array(CHUNK + 1)), 'INVALID_LENGTH')
    assert.equal(error(a, 'core_file_send_chunk', 0, 256, 5n, NO_ID), 'NOT_FOUND')
    assert.equal(error(b, 'core_file_control', 0, FIRST, PAUSE), 'OK')
    assert.equal(error(b, 'core_file_control', 0, FIRST, CANCEL), 'OK')
    a.take('file_recv_control')
    runUntil([a, b], () => a.take('file_recv_control').some(({ control }) => control === CANCEL), 'the cancel')
    assert.equal(error(a, 'core_file_send_chunk', 0, 0, 2n ** 63n + 1n, new Uint8Array(CHUNK)), 'NOT_TRANSFERRING')
    assert.equal(error(a, 'tox_file_get_file_id', 0, 0), 'NOT_FOUND')
    assert.equal(error(a, 'tox_file_by_id', 0, ID), 'NOT_FOUND')
  })
})

/** What the core says that it takes. */
function awaitedBy(peer: Peer) {
  const out = peer.out('core_file_awaited_chunks')
  const view = new DataView(out.buffer, out.byteOffset, out.length)
  return Array.from({ length: out.length / 24 }, (_, index) => ({
    friendNumber: view.getUint32(24 * index, true),
    fileNumber: view.getUint32(24 * index + 4, true),
    position: Number(view.getBigUint64(24 * index + 8, true)),
    end: Number(view.getBigUint64(24 * index + 16, true)),
  }))
}

/** A chunk for friend 0, as core_file_send_chunks reads it. */
function record(fileNumber: number, position: number, data: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(20))
  head.setUint32(4, fileNumber, true)
  head.setBigUint64(8, BigInt(position), true)
  head.setUint32(16, data.length, true)
  return Buffer.concat([new Uint8Array(head.buffer), data])
}
