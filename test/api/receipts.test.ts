// Receipts under the application's control, on simulated hosts in virtual time.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { MemoryOutboxStore, MemoryReceivedStore, type Message, type Tox, ToxError } from '../../src/index.js'
import { addNodes, type SimHost, type SimNode, simulatedTox, World } from '../../src/simulator.js'

describe('receipts under the control of the application', () => {
  let crypto: Crypto
  let world: World
  let bootstrap: SimHost<SimNode>[]
  let alice: Tox
  let bob: Tox
  let heard: Message[]

  before(async () => {
    crypto = await loadCrypto()
  })
  beforeEach(async () => {
    world = new World({ seed: 'receipts', crypto })
    bootstrap = addNodes(world, 4)
    alice = await simulatedTox(world.addHost('alice'), { bootstrap, outbox: new MemoryOutboxStore() })
    bob = await simulatedTox(world.addHost('bob'), { bootstrap, receipts: 'manual' })
    listen()
    bob.on('friendRequest', (request) => request.accept())
    alice.addFriend(bob.address, 'hello')
    await meet()
  })
  afterEach(async () => {
    await alice.close()
    await bob.close()
  })

  function listen(): void {
    heard = []
    bob.on('message', (message) => heard.push(message))
  }

  const meet = (): Promise<void> =>
    world.expectAsync('they meet', () => alice.friends[0]!.isOnline && bob.friends[0]?.isOnline === true, 120_000)

  /** Sends with the outbox; which of them have their receipts. */
  function say(...texts: string[]): Set<string> {
    const done = new Set<string>()
    for (const text of texts) {
      alice.friends[0]!.send(text, { outbox: true }).then(
        () => done.add(text),
        () => {},
      )
    }
    return done
  }

  const texts = (): string[] => heard.map(({ text }) => text)

  it('come when the message is confirmed, a minute later if need be', async () => {
    const done = say('one', 'two')
    await world.runAsync(60_000)
    assert.deepEqual(texts(), ['one', 'two'])
    assert.deepEqual([...done], [])
    assert.ok(alice.friends[0]!.isOnline && bob.friends[0]!.isOnline)
    assert.equal(heard[0]!.confirm(), true)
    await world.runAsync(1_000)
    assert.deepEqual([...done], ['one'])
    assert.equal(heard[1]!.confirm(), true)
    await world.runAsync(1_000)
    assert.deepEqual([...done], ['one', 'two'])
  })

  it('of a message whose session has ended cannot be given: it comes again', async () => {
    const done = say('one', 'two')
    await world.runAsync(1_000)
    heard[0]!.confirm()
    await world.runAsync(1_000)
    const [, late] = heard
    const savedata = bob.savedata()
    world.hosts.get('bob')!.kill()
    await bob.close()
    assert.equal(late!.confirm(), false)
    bob = await simulatedTox(world.hosts.get('bob')!, { bootstrap, savedata, receipts: 'manual' })
    listen()
    await world.expectAsync('it comes again', () => heard.length > 0, 180_000)
    assert.deepEqual(texts(), ['two'])
    heard[0]!.confirm()
    await world.runAsync(1_000)
    assert.deepEqual([...done], ['one', 'two'])
  })

  it('follow a handler that is offered one message at a time, and again when it fails', async () => {
    const calls: string[] = []
    const failures: string[] = []
    let finish: () => void = () => {}
    let failing = 3
    const handle = async ({ text }: Message): Promise<void> => {
      calls.push(`${text} ${Math.round(world.nowMs / 1000)}`)
      if (text === 'one') await new Promise<void>((resolve) => (finish = resolve))
      if (text === 'two' && failing-- > 0) throw new Error('no disk')
    }
    void bob.handleMessages(handle, { onError: (error) => void failures.push((error as Error).message) })
    const startS = Math.round(world.nowMs / 1000)
    const done = say('one', 'two', 'three')
    await world.runAsync(5_000)
    assert.deepEqual(calls, [`one ${startS}`])
    finish()
    await sleep(0)
    await world.runAsync(30_000)
    const at = startS + 5
    assert.deepEqual(calls.slice(1), [
      `two ${at}`,
      `two ${at + 1}`,
      `two ${at + 3}`,
      `two ${at + 7}`,
      `three ${at + 7}`,
    ])
    assert.deepEqual(failures, ['no disk', 'no disk', 'no disk'])
    assert.deepEqual([...done], ['one', 'two', 'three'])
  })

  it('wait for the next handler when the first is stopped', async () => {
    const stop = new AbortController()
    let finish: () => void = () => {}
    const first: string[] = []
    const ended = bob.handleMessages(
      async ({ text }) => {
        first.push(text)
        await new Promise<void>((resolve) => (finish = resolve))
      },
      { signal: stop.signal },
    )
    const done = say('one', 'two')
    await world.runAsync(1_000)
    stop.abort()
    let hasEnded = false
    void ended.then(() => (hasEnded = true))
    await world.runAsync(1_000)
    assert.equal(hasEnded, false, 'one is being handled')
    assert.throws(() => bob.handleMessages(() => {}), { code: 'TOX_ERR_TS_BAD_OPTION' })
    finish()
    await ended
    await world.runAsync(1_000)
    assert.deepEqual([first, [...done]], [['one'], ['one']])
    const second: string[] = []
    void bob.handleMessages(({ text }) => second.push(text))
    await sleep(0)
    await world.runAsync(1_000)
    assert.deepEqual([second, [...done]], [['two'], ['one', 'two']])
  })

  it('end with the instance, handler and all', async () => {
    const ended = bob.handleMessages(() => {})
    await bob.close()
    await ended
    assert.throws(
      () => bob.handleMessages(() => {}),
      (error) => error instanceof ToxError,
    )
  })

  it('are given at once without the option, and confirm() is harmless', async () => {
    const done = new Set<string>()
    alice.on('message', ({ text, confirm }) => void (confirm() && done.add(text)))
    const receipt = bob.friends[0]!.send('back')
    await world.settled('the receipt', receipt, 5_000)
    assert.deepEqual([...done], ['back'])
    assert.throws(() => alice.handleMessages(() => {}), { code: 'TOX_ERR_TS_BAD_OPTION' })
  })

  it('come after a store has the message, before the event, and duplicates are dropped', async () => {
    class Log extends MemoryReceivedStore {
      readonly taken: string[] = []
      override take(...args: Parameters<MemoryReceivedStore['take']>): void {
        this.taken.push(new TextDecoder().decode(args[1].text))
        super.take(...args)
      }
    }
    const received = new Log()
    const savedata = bob.savedata()
    await bob.close()
    bob = await simulatedTox(world.hosts.get('bob')!, { bootstrap, savedata, received })
    listen()
    bob.on('message', ({ text }) => assert.equal(received.taken.at(-1), text))
    await world.expectAsync('bob is gone', () => !alice.friends[0]!.isOnline, 60_000)
    await meet()
    const done = say('one', 'two')
    // Half way: bob has them, alice does not know.
    await world.expectAsync('bob has both', () => received.taken.length === 2, 10_000)
    assert.deepEqual([...done], [])
    world.hosts.get('bob')!.kill()
    await bob.close()
    bob = await simulatedTox(world.hosts.get('bob')!, { bootstrap, savedata, received })
    listen()
    await world.expectAsync('alice has her receipts', () => done.size === 2, 180_000)
    say('three')
    await world.expectAsync('three', () => heard.length > 0, 10_000)
    assert.deepEqual([texts(), received.taken], [['three'], ['one', 'two', 'three']])
  })
})
