// `toxcore-ts receive` and `toxcore-ts send` as a user starts them, with a c-toxcore client on the other side.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromHex, toHex } from '../../src/base/index.js'
import { Processes, type Running } from '../cli/process.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { fileContent } from './file-content.mjs'
import { onlyLoopback } from './lane.js'
import { bootstrapText, DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

const SIZE = 1_000_003n

describe('interop: toxcore-ts send and receive', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  const processes = new Processes()
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  let node: Bootstrapd
  let theirs: CPeer
  let args: string[]

  before(async () => {
    node = await Bootstrapd.start({ port: 33_690 })
    theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
    args = ['--bootstrap', bootstrapText({ host: '127.0.0.1', port: node.port, key: node.key }), '--data', dir]
  })
  after(async () => {
    await processes.killAll()
    await theirs?.killHard()
    await node?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const start = (...words: string[]): Running => processes.start(...words, ...args)

  it('receive takes the file of a c-toxcore client that has added its Tox ID', async () => {
    const receiver = start('receive', '--from', toHex((await theirs.self()).key), '--downloads', dir, '--count', '1')
    const friend = await theirs.friendAdd(fromHex(await receiver.firstLine())!, 'a file for you')
    await timed('friend request to receive, online', theirs.untilOnline(friend, DEADLINE_MS))
    const file = await theirs.fileSend(friend, { size: SIZE, name: 'from/c.bin' })
    await timed(
      'file to receive',
      theirs.until('file_sent', (e) => e.file === file, DEADLINE_MS),
    )
    assert.equal(await receiver.end(), 0)
    const name = readdirSync(dir).find((one) => one.endsWith('c.bin'))
    assert.ok(name !== undefined && !name.includes('/'))
    assert.deepEqual(readFileSync(join(dir, name)), Buffer.from(fileContent(0n, Number(SIZE))))
  })

  it('send gives a file to a c-toxcore client, known by the Tox ID', async () => {
    const content = fileContent(77n, Number(SIZE))
    writeFileSync(join(dir, 'from us.bin'), content)
    const from = theirs.events.length
    const sender = start('send', toHex((await theirs.self()).id), join(dir, 'from us.bin'))
    const offer = await theirs.until('file_recv', (e) => e.kind === 0, DEADLINE_MS, from)
    assert.deepEqual([text(offer.data), offer.size], ['from us.bin', String(SIZE)])
    await theirs.fileControl(offer.friend, offer.file, 'resume')
    const received = await timed(
      'file of send',
      theirs.until('file_received', (e) => e.file === offer.file, DEADLINE_MS, from),
    )
    assert.equal(received.sha256, createHash('sha256').update(content).digest('hex'))
    assert.equal(await sender.end(), 0)
    assert.match(sender.stdout, /^> from us\.bin {2}done: 1\.0 MB in /m)
  })
})
