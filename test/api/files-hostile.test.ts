// Friends who offer, withdraw and send what they like, against the Node API: in the simulator, the friend being an engine that
// is told to misbehave.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toUtf8 } from '../../src/base/index.js'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import type { FileOffer, IncomingTransfer, Tox } from '../../src/index.js'
import type { FileEvents, Files } from '../../src/messenger/index.js'
import { addNodes, type SimHost, type SimTox, simulatedTox, toxPeer, World } from '../../src/simulator.js'
import { until } from '../support/until.js'

describe('files of hostile friends in the Node API', function () {
  this.timeout(60_000)
  let crypto: Crypto
  let world: World
  let bob: Tox
  let mallory: SimHost<SimTox>
  let folder: string
  const offers: FileOffer[] = []
  /** What Mallory does when asked for a chunk. */
  let onRequest: FileEvents['fileChunkRequest']
  let onControl: FileEvents['fileControl']

  before(async () => {
    crypto = await loadCrypto()
  })
  beforeEach(async function () {
    folder = mkdtempSync(join(tmpdir(), 'files-hostile-'))
    world = new World({ seed: this.currentTest!.title, crypto })
    const bootstrap = addNodes(world, 4)
    bob = await simulatedTox(world.addHost('bob'), { bootstrap })
    bob.on('file', (offer) => offers.push(offer))
    onRequest = onControl = () => {}
    const events: Partial<FileEvents> = {
      fileChunkRequest: (...request) => onRequest(...request),
      fileControl: (...control) => onControl(...control),
    }
    mallory = world.addPeer('mallory', { engine: toxPeer({ events }) })
    for (const node of bootstrap.slice(0, 2)) mallory.engine.bootstrap(node)
    mallory.engine.addFriend(bob.address)
    bob.on('friendRequest', (request) => request.accept())
    await world.expectAsync('they are friends', () => mallory.engine.sees(0) && bob.friends[0]!.isOnline, 60_000)
  })
  afterEach(async () => {
    offers.length = 0
    await bob.close()
    rmSync(folder, { recursive: true })
  })

  const files = (): Files => mallory.engine.tox.messenger.files

  function offer(size: bigint, name = 'gift', fileId?: Uint8Array): number {
    const sent = files().send(0, { kind: 0, size, name: toUtf8(name), ...(fileId && { fileId }) })
    assert.ok(sent.ok, 'she may offer')
    return sent.value
  }

  /** Virtual time, and turns for the disk. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      await world.runAsync(50)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  /** Offers something that is accepted; how the transfer ends. */
  async function endOf(transfer: IncomingTransfer): Promise<string> {
    let end = ''
    transfer.finished.then(
      () => (end = 'done'),
      (error) => (end = error.code),
    )
    // As long as the disk takes: the limit is the test's.
    while (end === '') await pass(50)
    return end
  }

  async function accepted(): Promise<IncomingTransfer> {
    await world.expectAsync('the offer comes', () => offers.length > 0, 5_000)
    const { transfer } = offers.shift()!
    await transfer.accept(join(folder, 'target'))
    return transfer
  }

  it('256 offers a second that are withdrawn are few events, little memory, and end in refusals', async () => {
    let refused = 0
    onControl = (_friend, _file, control) => {
      if (control === 'cancel') refused++
    }
    const seconds = 20
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 256; i++) {
        const sent = files().send(0, { kind: 0, size: 1n, name: toUtf8(`n${i}`) })
        if (sent.ok) files().control(0, sent.value, 'cancel')
      }
      await world.runAsync(1_000)
    }
    assert.ok(offers.length >= 256 && offers.length <= 256 + seconds * 8 + 8, `${offers.length} offers were told`)
    assert.deepEqual(bob.friends[0]!.transfers, [], 'and nothing of them is left')
    const dropped = bob.drops['file offers after too many withdrawn'] ?? 0
    assert.equal(dropped + offers.length, 256 * seconds)
    // Whoever stops is heard again.
    await world.runAsync(10_000)
    const before = offers.length
    offer(1n)
    await world.runAsync(500)
    assert.equal(offers.length, before + 1)
    assert.ok(refused <= dropped)
  })

  it('256 offers that nobody takes stand, and those of an older session make room', async () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 256; i++) offer(5n, `n${i}`)
      await world.runAsync(2_000)
      assert.ok(bob.friends[0]!.transfers.length <= 512)
      world.partition([mallory], [world.hosts.get('bob')!])
      await world.expectAsync('she is gone', () => !bob.friends[0]!.isOnline && !mallory.engine.sees(0), 120_000)
      assert.equal(bob.friends[0]!.transfers.length, 256)
      world.heal()
      await world.expectAsync('she is back', () => bob.friends[0]!.isOnline && mallory.engine.sees(0), 120_000)
    }
    assert.equal(offers.length, 3 * 256)
    const [oldest] = offers
    await assert.rejects(oldest!.transfer.finished, { code: 'TOX_ERR_TS_FILE_INTERRUPTED' })
  })

  it('a file that ends before its size leaves nothing', async () => {
    offer(10_000n)
    onRequest = (friend, file) => {
      // A short chunk is an end on the wire; an honest engine would not send it.
      const { connection } = mallory.engine.tox.messenger.friend(friend)! as unknown as {
        connection: { sendLossless(packet: Uint8Array): number }
      }
      connection.sendLossless(Uint8Array.of(82, file, 1, 2, 3))
    }
    const transfer = await accepted()
    assert.equal(await endOf(transfer), 'TOX_ERR_TS_FILE_INTERRUPTED')
    await until(() => readdirSync(folder).length === 0, 'the part file is gone')
  })

  it('more than was announced is cut off by the engine, and the file is what was announced', async () => {
    offer(5n)
    onRequest = (friend, file) => {
      const { connection } = mallory.engine.tox.messenger.friend(friend)! as unknown as {
        connection: { sendLossless(packet: Uint8Array): number }
      }
      connection.sendLossless(Uint8Array.of(82, file, 1, 2, 3, 4, 5, 6, 7, 8))
    }
    const transfer = await accepted()
    assert.equal(await endOf(transfer), 'done')
    assert.equal(transfer.position, 5n)
  })

  it('two offers under one id at once are two files', async () => {
    const fileId = new Uint8Array(32).fill(3)
    onRequest = (friend, file, position, length) => {
      if (length > 0) files().sendChunk(friend, file, position, new Uint8Array(length).fill(file))
    }
    offer(5_000n, 'one', fileId)
    offer(5_000n, 'two', fileId)
    await world.runAsync(500)
    const transfers = offers.map(({ transfer }) => transfer)
    assert.equal(transfers.length, 2)
    for (const transfer of transfers) await transfer.accept(join(folder, transfer.safeName))
    assert.deepEqual([await endOf(transfers[0]!), await endOf(transfers[1]!)], ['done', 'done'])
    assert.deepEqual(readdirSync(folder).sort(), ['one', 'two'])
  })

  it('an offer that is withdrawn while its file is being opened leaves nothing', async () => {
    const file = offer(5_000n)
    await world.runAsync(500)
    const { transfer } = offers[0]!
    const accepting = transfer.accept(join(folder, 'target'))
    files().control(0, file, 'cancel')
    await Promise.all([world.runAsync(500), assert.rejects(accepting, { code: 'TOX_ERR_TS_FILE_CANCELLED' })])
    await until(() => readdirSync(folder).length === 0, 'the part file is gone')
  })

  it('a name is never a path', async () => {
    offer(0n, '../../etc/passwd')
    await world.runAsync(500)
    const { transfer } = offers[0]!
    assert.deepEqual([transfer.name, transfer.safeName], ['../../etc/passwd', '_.._etc_passwd'])
    await transfer.accept(join(folder, transfer.safeName))
    assert.equal(await endOf(transfer), 'done')
    assert.ok(existsSync(join(folder, '_.._etc_passwd')))
  })
})
