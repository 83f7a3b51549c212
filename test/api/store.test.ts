// A Tox with a store: what is written down of its conversations, and what a new process finds. On simulated hosts.

import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { MemoryStore, openSqliteStore, type SqliteStore, type Tox, type ToxStore } from '../../src/index.js'
import { addNodes, type SimHost, type SimNode, simulatedTox, World } from '../../src/simulator.js'
import { needSqlite, temporaryFolder } from '../store/support.js'

describe('a Tox with a store', () => {
  const folder = temporaryFolder()
  let files = 0
  let crypto: Crypto
  let world: World
  let bootstrap: SimHost<SimNode>[]
  let alice: Tox
  let bob: Tox

  before(async function () {
    needSqlite(this)
    crypto = await loadCrypto()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  const newStore = (): SqliteStore => openSqliteStore(join(folder, `${++files}.db`))

  async function meet(ofAlice?: ToxStore, ofBob?: ToxStore): Promise<void> {
    world = new World({ seed: 'store', crypto })
    bootstrap = addNodes(world, 4)
    alice = await start('alice', ofAlice)
    bob = await start('bob', ofBob)
    bob.on('friendRequest', (request) => request.accept())
    alice.addFriend(bob.address, 'hello')
    await online()
  }

  function start(name: string, store?: ToxStore, savedata?: Uint8Array): Promise<Tox> {
    const host = world.hosts.get(name) ?? world.addHost(name)
    const options = { ...(store === undefined ? {} : { store }), ...(savedata === undefined ? {} : { savedata }) }
    return simulatedTox(host, { bootstrap, name, ...options })
  }

  const online = (): Promise<void> =>
    world.expectAsync('they meet', () => alice.friends[0]!.isOnline && bob.friends[0]?.isOnline === true, 120_000)

  async function end(...all: Tox[]): Promise<void> {
    for (const tox of all) await tox.close()
    for (const tox of all) tox.store.close()
  }

  const told = (tox: Tox): [string, string, string][] =>
    tox.store.history.page({ order: 'oldest' }).messages.map(({ direction, text, state }) => [direction, text, state])

  for (const [name, make] of [
    ['in memory', () => new MemoryStore()],
    ['on disk', newStore],
    ['of no option', () => undefined],
  ] as const) {
    it(`writes down what is sent and received: ${name}`, async () => {
      await meet(make(), make())
      const kept = alice.friends[0]!.send('kept', { outbox: true })
      const plain = alice.friends[0]!.send('waves', { kind: 'action' })
      assert.deepEqual(told(alice), [
        ['outgoing', 'kept', 'pending'],
        ['outgoing', 'waves', 'sent'],
      ])
      await world.expectAsync('receipts', () => told(alice).every(([, , state]) => state === 'received'), 10_000)
      await Promise.all([kept, plain])
      const [first, second] = bob.store.history.page({ order: 'oldest' }).messages
      assert.deepEqual([first!.text, second!.text, second!.kind], ['kept', 'waves', 'action'])
      assert.deepEqual([first!.friend, first!.direction], [alice.publicKey, 'incoming'])
      assert.equal(bob.store.history.count(), 2)
      const peer = alice.store.peers.get(bob.publicKey)
      assert.equal(peer?.name, 'bob')
      assert.ok(Math.abs(peer!.lastSeenMs! - Date.now()) < 60_000)
      await end(alice, bob)
    })
  }

  it('keeps the outbox over a restart, sends it in order when the friend is back, and then lets it go', async () => {
    await meet(newStore())
    const bobData = bob.savedata()
    world.hosts.get('bob')!.kill()
    await bob.close()
    await world.expectAsync('Bob is gone', () => !alice.friends[0]!.isOnline, 120_000)
    for (const text of ['one', 'two', 'three']) alice.friends[0]!.send(text, { outbox: true }).catch(() => {})
    const { path } = alice.store as SqliteStore
    const aliceData = alice.savedata()
    world.hosts.get('alice')!.kill()
    await end(alice)

    alice = await start('alice', openSqliteStore(path), aliceData)
    assert.deepEqual(
      told(alice).map(([, , state]) => state),
      ['pending', 'pending', 'pending'],
    )
    const heard: string[] = []
    bob = await start('bob', undefined, bobData)
    bob.on('message', ({ text }) => heard.push(text))
    await online()
    await world.expectAsync('all arrive', () => told(alice).every(([, , state]) => state === 'received'), 60_000)
    assert.deepEqual(heard, ['one', 'two', 'three'])
    assert.deepEqual(alice.store.outbox.load(Buffer.from(bob.publicKey, 'hex') as never), [])
    await end(alice, bob)
  })

  it('delivers nothing twice that was kept before the process ended', async () => {
    await meet(newStore(), newStore())
    const { path } = bob.store as SqliteStore
    const bobData = bob.savedata()
    // Bob takes the message, and dies before his acknowledgement leaves.
    bob.on('message', () => world.hosts.get('bob')!.kill())
    alice.friends[0]!.send('only once', { outbox: true }).catch(() => {})
    await world.expectAsync('Bob has it', () => bob.store.history.count() === 1, 10_000)
    await bob.close()
    bob.store.close()
    await world.expectAsync('Bob is gone', () => !alice.friends[0]!.isOnline, 120_000)
    assert.deepEqual(told(alice), [['outgoing', 'only once', 'pending']])

    bob = await start('bob', openSqliteStore(path), bobData)
    const heard: string[] = []
    bob.on('message', ({ text }) => heard.push(text))
    await online()
    await world.expectAsync('the receipt', () => told(alice)[0]![2] === 'received', 60_000)
    assert.deepEqual(heard, [])
    assert.equal(bob.store.history.count(), 1)
    await end(alice, bob)
  })

  it('has names for friends that were removed, and gives their messages up', async () => {
    await meet(newStore())
    world.hosts.get('bob')!.kill()
    await world.expectAsync('Bob is gone', () => !alice.friends[0]!.isOnline, 120_000)
    const sent = alice.friends[0]!.send('never', { outbox: true })
    alice.friends[0]!.remove()
    await assert.rejects(sent)
    assert.deepEqual(told(alice), [['outgoing', 'never', 'failed']])
    assert.equal(alice.store.peers.get(bob.publicKey)?.name, 'bob')
    await bob.close()
    await end(alice)
  })
})
