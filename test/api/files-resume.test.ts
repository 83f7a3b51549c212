// Transfers that go on after a lost connection and after a restart of either side, in the simulator.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { Readable } from 'node:stream'
import type { Friend, IncomingTransfer, OutgoingTransfer, TransferRecord, TransferStore } from '../../src/index.js'
import { simulatedTox } from '../../src/simulator.js'
import { FilesTown } from './files-town.js'

const SIZE = 1_500_000
const content = new Uint8Array(randomBytes(SIZE))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('files that go on', function () {
  this.timeout(120_000)
  let town: FilesTown
  let source: string
  let target: string

  beforeEach(async function () {
    town = await FilesTown.build(this.currentTest!.title)
    source = town.path('source')
    target = town.path('target')
    writeFileSync(source, content)
  })
  afterEach(() => town.end())

  async function offer(...args: Parameters<Friend['sendFile']>): Promise<[OutgoingTransfer, IncomingTransfer]> {
    const incoming = once(town.bob.tox, 'file')
    const sending = town.alice.friend.sendFile(...args)
    const [{ transfer }] = await town.settled(incoming)
    return [sending, transfer]
  }

  /** So much has arrived. */
  async function reaches(transfer: IncomingTransfer, position: number): Promise<void> {
    await town.until(() => transfer.position >= position)
    assert.ok(transfer.position < SIZE, 'it is not done yet')
  }

  function assertArrived(): void {
    assert.equal(sha256(readFileSync(target)), sha256(content))
    assert.deepEqual(town.parts, [])
    assert.deepEqual([town.alice.friend.transfers, town.bob.friend.transfers], [[], []])
    assert.deepEqual(town.alice.store.load(town.bob.tox.publicKey), [])
  }

  it('a file after lost connections, with the same objects', async () => {
    const [sending, receiving] = await offer(source)
    let offers = 0
    town.bob.tox.on('file', () => offers++)
    await town.settled(receiving.accept(target))
    for (const position of [300_000, 900_000]) {
      await reaches(receiving, position)
      await town.loseConnection()
      assert.deepEqual([sending.state, receiving.state], ['waiting', 'waiting'])
      const before = receiving.position
      const resumed = once(sending, 'progress')
      await town.settled(resumed)
      assert.ok(sending.position >= before, 'nothing is sent twice')
    }
    await town.settled(Promise.all([sending.finished, receiving.finished]))
    assert.equal(offers, 0, 'it was no new offer')
    assertArrived()
  })

  it('bytes for a reading loop after a lost connection', async () => {
    const [sending, receiving] = await offer(content)
    const hash = createHash('sha256')
    const reading = (async () => {
      for await (const piece of receiving) hash.update(piece)
    })()
    await reaches(receiving, 500_000)
    await town.loseConnection()
    await town.settled(Promise.all([sending.finished, reading]))
    assert.equal(hash.digest('hex'), sha256(content))
  })

  it('a stream cannot, and says so; one that was not begun can', async () => {
    const [sending, receiving] = await offer(Readable.from([content]), { size: SIZE })
    await town.loseConnection()
    await town.until(() => receiving.state === 'offered')
    void receiving.accept(target)
    await reaches(receiving, 500_000)
    await town.loseConnection()
    await assert.rejects(town.settled(sending.finished), { code: 'TOX_ERR_TS_FILE_INTERRUPTED' })
    await town.online()
    assert.equal(receiving.state, 'waiting')
    receiving.cancel()
    await town.until(() => town.parts.length === 0)
  })

  it('an offer that was accepted while the friend was away', async () => {
    const [sending, receiving] = await offer(source)
    await town.loseConnection()
    assert.equal(receiving.state, 'waiting')
    await town.settled(receiving.accept(target))
    await town.settled(Promise.all([sending.finished, receiving.finished]))
    assertArrived()
  })

  it('the receiver restarts', async () => {
    const [sending, receiving] = await offer(source)
    await town.settled(receiving.accept(target))
    await reaches(receiving, 500_000)
    await town.restart(town.bob, () => assert.equal(existsSync(target), false))
    await assert.rejects(receiving.finished, { code: 'TOX_ERR_TS_CLOSED' })
    const [restored] = town.bob.friend.transfers as IncomingTransfer[]
    assert.deepEqual([restored!.state, restored!.isResumed, restored!.path], ['waiting', true, target])
    assert.ok(restored!.position >= 500_000, 'what was received is on disk')
    const [told] = await town.settled(once(town.bob.tox, 'file'))
    assert.equal(told.transfer, restored)
    // A bot that accepts whatever it is told of makes no difference.
    await town.settled(restored!.accept(target))
    await assert.rejects(restored!.accept(town.path('elsewhere')), { code: 'TOX_ERR_TS_FILE_ACCEPTED' })
    await town.settled(Promise.all([sending.finished, restored!.finished]))
    assertArrived()
  })

  it('the sender restarts', async () => {
    const [sending, receiving] = await offer(source)
    await town.settled(receiving.accept(target))
    await reaches(receiving, 500_000)
    await town.restart(town.alice)
    await assert.rejects(sending.finished, { code: 'TOX_ERR_TS_CLOSED' })
    const [restored] = town.alice.friend.transfers as OutgoingTransfer[]
    assert.deepEqual([restored!.fileId, restored!.isResumed], [sending.fileId, true])
    assert.equal(town.alice.friend.sendFile(source), restored, 'sending it again means the same transfer')
    assert.notEqual(town.alice.friend.sendFile(source, { kind: 7 }), restored)
    const position = receiving.position
    await town.until(() => restored!.position > 0n)
    assert.ok(restored!.position >= position)
    await town.settled(Promise.all([restored!.finished, receiving.finished]))
    assert.equal(sha256(readFileSync(target)), sha256(content))
  })

  it('both restart, and the part file is gone: from the start', async () => {
    const [, receiving] = await offer(source)
    await town.settled(receiving.accept(target))
    await reaches(receiving, 500_000)
    await town.restart(town.alice)
    await town.restart(town.bob, () => rmSync(town.path(town.parts[0]!)))
    const [there] = town.bob.friend.transfers
    const [here] = town.alice.friend.transfers
    await town.settled(Promise.all([here!.finished, there!.finished]))
    assertArrived()
  })

  it('a file that changed while the sender was away is not sent', async () => {
    const [, receiving] = await offer(source)
    await town.settled(receiving.accept(target))
    await reaches(receiving, 500_000)
    await town.restart(town.alice, () => utimesSync(source, 1, 1))
    const [restored] = town.alice.friend.transfers
    await assert.rejects(town.settled(restored!.finished), { code: 'TOX_ERR_TS_FILE_CHANGED' })
    assert.deepEqual(town.alice.store.load(town.bob.tox.publicKey), [])
  })

  it('another size under the same id is another file', async () => {
    const fileId = new Uint8Array(32).fill(1)
    const [sending, receiving] = await offer(source, { fileId })
    await town.settled(receiving.accept(target))
    await reaches(receiving, 500_000)
    sending.pause()
    await town.restart(town.bob)
    sending.cancel()
    const [, other] = await offer(content.subarray(1), { fileId })
    assert.deepEqual([other.isResumed, other.state], [false, 'offered'])
    await town.settled(other.accept(town.path('other')))
    await town.settled(other.finished)
    assert.equal(sha256(readFileSync(town.path('other'))), sha256(content.subarray(1)))
  })

  const isGone = (): void => rmSync(target)
  for (const [what, deleted] of [
    ['is there', undefined],
    ['was deleted since', isGone],
  ] as const) {
    for (const restarts of [false, true]) {
      it(`its end was not acknowledged, the receiver ${restarts ? 'restarts' : 'stays'}, and the file ${what}`, async () => {
        const small = content.subarray(0, 20_000)
        writeFileSync(source, small)
        const [sending, receiving] = await offer(source)
        // From the acceptance on, nothing that he says arrives.
        const accepted = once(sending, 'state')
        await town.settled(receiving.accept(target))
        await town.settled(accepted)
        town.world.setFilter(({ sender }) => sender !== town.bob.host)
        await town.settled(receiving.finished)
        assert.notEqual(sending.state, 'done', 'she cannot know')
        if (restarts) await town.restart(town.bob)
        await town.loseConnection()
        deleted?.()
        let offers = 0
        town.bob.tox.on('file', ({ transfer }) => {
          offers++
          void transfer.accept(target)
        })
        town.world.setFilter(undefined)
        await town.settled(sending.finished)
        assert.equal(offers, deleted === undefined ? 0 : 1)
        await town.until(() => town.bob.friend.transfers.length === 0)
        assert.equal(sha256(readFileSync(target)), sha256(small))
      })
    }
  }

  it('a file beyond 4 GiB goes on near its end', async () => {
    const size = 5 * 2 ** 30 + 123
    const position = size - 200_000
    const tail = content.subarray(0, size - position)
    truncateSync(source, 0)
    truncateSync(source, size)
    const fd = openSync(source, 'r+')
    writeSync(fd, tail, 0, tail.length, position)
    closeSync(fd)
    const fileId = new Uint8Array(32).fill(5)
    const partPath = town.path('target.12345678.part')
    writeFileSync(partPath, '')
    truncateSync(partPath, position)
    const record: TransferRecord = {
      friend: town.alice.tox.publicKey,
      direction: 'receiving',
      fileId: '05'.repeat(32),
      kind: 0,
      name: 'source',
      size: BigInt(size),
      path: target,
      partPath,
      position: BigInt(position),
    }
    town.bob.store.put(record)
    await town.restart(town.bob)
    const [receiving] = town.bob.friend.transfers
    assert.equal(receiving!.position, BigInt(position))
    const sending = town.alice.friend.sendFile(source, { fileId })
    await town.settled(Promise.all([sending.finished, receiving!.finished]))
    assert.equal(statSync(target).size, size)
    const got = new Uint8Array(tail.length)
    const opened = openSync(target, 'r')
    readSync(opened, got, 0, got.length, position)
    closeSync(opened)
    assert.equal(sha256(got), sha256(tail))
  })

  it('a complete file that a killed process did not name is named, and told of', async () => {
    const partPath = town.path('target.12345678.part')
    writeFileSync(partPath, content)
    const size = BigInt(SIZE)
    const base = { friend: town.alice.tox.publicKey, direction: 'receiving', kind: 0, name: 'x', size } as const
    town.bob.store.put({ ...base, fileId: 'AB'.repeat(32), path: target, partPath, position: size })
    await town.restart(town.bob)
    const [{ transfer }] = await once(town.bob.tox, 'file')
    await transfer.finished
    assert.equal(transfer.isResumed, true)
    assertArrived()
    await town.restart(town.bob)
    assert.deepEqual(town.bob.friend.transfers, [], 'it is told of once')
  })

  it('close() settles what is under way, and a removed friend ends it for good', async () => {
    const [sending, receiving] = await offer(source)
    await town.settled(receiving.accept(target))
    await reaches(receiving, 100_000)
    const waiting = town.alice.friend.sendFile(content)
    await town.alice.tox.close()
    await assert.rejects(sending.finished, { code: 'TOX_ERR_TS_CLOSED' })
    await assert.rejects(waiting.finished, { code: 'TOX_ERR_TS_CLOSED' })
    town.bob.friend.remove()
    await assert.rejects(receiving.finished, { code: 'TOX_ERR_FRIEND_QUERY_FRIEND_NOT_FOUND' })
    await town.until(() => town.parts.length === 0)
    assert.deepEqual(town.bob.store.load(town.alice.tox.publicKey), [])
    assert.throws(() => town.bob.friend.sendFile(content), { code: 'TOX_ERR_FILE_SEND_FRIEND_NOT_FOUND' })
  })

  it('a store that cannot be read, or written, is told, and nothing stays open', async () => {
    const broken: TransferStore = {
      load: () => [],
      put() {
        throw new Error('the disk is on fire')
      },
      remove() {},
    }
    const { alice, bob } = town
    const savedata = bob.tox.savedata()
    await bob.tox.close()
    const load = (): never => broken.put({} as TransferRecord) as never
    const unreadable = simulatedTox(bob.host, { savedata, transfers: { ...broken, load } })
    await assert.rejects(unreadable, /on fire/)
    bob.tox = await simulatedTox(bob.host, { savedata, transfers: broken })
    bob.friend = bob.tox.friends[0]!
    assert.throws(() => bob.friend.sendFile(source), /on fire/)
    assert.deepEqual(bob.friend.transfers, [])
    void bob.tox.bootstrap(`${alice.host.endpoint}:${alice.tox.dhtKey}`)
    await town.until(() => alice.friend.isOnline)
    const [, receiving] = await offer(source)
    await assert.rejects(town.settled(receiving.accept(target)), /on fire/)
    await town.settled(receiving.accept(target, { resume: false }))
    await town.settled(receiving.finished)
    assert.equal(sha256(readFileSync(target)), sha256(content))
  })

  it('what is sent to a friend who is away waits for them', async () => {
    town.world.partition([town.alice.host], [town.bob.host])
    await town.until(() => !town.alice.friend.isOnline && !town.bob.friend.isOnline)
    const sending = town.alice.friend.sendFile(source)
    assert.equal(sending.state, 'waiting')
    town.world.heal()
    const [{ transfer }] = await town.settled(once(town.bob.tox, 'file'))
    await town.settled(transfer.accept(target))
    await town.settled(sending.finished)
    await town.settled(transfer.finished)
    assertArrived()
  })
})
