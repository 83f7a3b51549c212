// The Node API on a simulated host: the same objects, in virtual time.

import assert from 'node:assert/strict'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { type Tox, ToxError } from '../../src/index.js'
import { addNodes, type SimHost, type SimNode, simulatedTox, World } from '../../src/simulator.js'

describe('Tox in the simulator', () => {
  let crypto: Crypto
  let world: World
  let bootstrap: SimHost<SimNode>[]
  const open: Tox[] = []

  before(async () => {
    crypto = await loadCrypto()
  })
  beforeEach(() => {
    world = new World({ seed: 'simulated tox', crypto })
    bootstrap = addNodes(world, 4)
  })
  afterEach(async () => {
    for (const tox of open.splice(0)) await tox.close()
  })

  async function start(host: SimHost, options: Parameters<typeof simulatedTox>[1] = {}): Promise<Tox> {
    const tox = await simulatedTox(host, { bootstrap, ...options })
    open.push(tox)
    return tox
  }

  async function friends(): Promise<[Tox, Tox]> {
    const [alice, bob] = [await start(world.addHost('alice'), { name: 'Alice' }), await start(world.addHost('bob'))]
    bob.on('friendRequest', (request) => request.accept())
    const friend = alice.addFriend(bob.address, 'hello')
    await world.settled('bob comes online', friend.whenOnline(), 60_000)
    await world.expectAsync('bob knows her name', () => bob.friends[0]?.name === 'Alice', 10_000)
    return [alice, bob]
  }

  it('sends, receives and measures in virtual time', async () => {
    const [alice, bob] = await friends()
    const heard: string[] = []
    bob.on('message', ({ text }) => heard.push(text))
    const startMs = world.nowMs
    const { roundTripMs } = await world.settled('bob has it', alice.friends[0]!.send('hi'), 5_000)
    assert.deepEqual(heard, ['hi'])
    assert.ok(roundTripMs >= 50 && roundTripMs <= world.nowMs - startMs, `${roundTripMs} ms`)
  })

  it('shows the path to a friend, and tells when it is another one', async () => {
    const [alice, bob] = await friends()
    const [friend, host] = [alice.friends[0]!, world.hosts.get('bob')!]
    const told: string[] = []
    alice.on('path', ({ friend: { name }, path }) => told.push(`${name} ${path.endpoint?.host}`))
    const { path } = friend
    assert.deepEqual([path?.kind, path?.endpoint], ['udp', { host: host.endpoint.ip, port: host.endpoint.port }])
    for (let i = 0; i < 20; i++) void friend.send('x'.repeat(1_000))
    await world.runAsync(2_000)
    assert.ok(
      friend.path!.sendRate > 20 * 1_000 * 0.3 && friend.path!.sendRate < 20 * 1_500,
      `${friend.path!.sendRate}`,
    )
    assert.ok(friend.path!.rttMs! >= 50 && friend.path!.rttMs! < 500, `${friend.path!.rttMs} ms`)
    host.moveTo(undefined)
    const movedMs = world.nowMs
    await world.expectAsync('she hears of his new address', () => told.length > 0, 3_000)
    assert.deepEqual(told, [` ${host.endpoint.ip}`])
    await world.runAsync(10_000)
    assert.equal(friend.path!.sendRate < 1_000, true, 'what was sent long ago counts no more')
    // The simulated calendar began in 2023.
    const sinceMs = friend.path!.since.getTime() - 1_700_000_000_000
    assert.ok(Math.abs(sinceMs - movedMs) < 3_000, `${sinceMs} and ${movedMs}`)
    await bob.close()
    await world.expectAsync('bob is gone', () => !friend.isOnline, 5_000)
    assert.equal(friend.path, undefined)
  })

  it('does not move while the program works', async () => {
    const [alice] = await friends()
    const startMs = world.nowMs
    let isSettled = false
    void alice.friends[0]!.send('hi').then(() => {
      isSettled = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual([world.nowMs, isSettled], [startMs, false])
    await world.runAsync(1_000)
    assert.equal(isSettled, true)
  })

  it('says goodbye, and starts again from its savedata on the same host', async () => {
    const [alice, bob] = await friends()
    const [savedata, address] = [bob.savedata(), bob.address]
    await bob.close()
    await world.expectAsync('bob is gone', () => !alice.friends[0]!.isOnline, 5_000)
    const again = await start(world.hosts.get('bob')!, { savedata })
    assert.equal(again.address, address)
    await world.settled('bob is back', alice.friends[0]!.whenOnline(), 60_000)
  })

  it('may be killed without a goodbye, and closed then', async () => {
    const [alice, bob] = await friends()
    world.hosts.get('bob')!.kill()
    await bob.close()
    await world.runAsync(5_000)
    assert.equal(alice.friends[0]!.isOnline, true, 'she cannot know yet')
    await world.expectAsync('bob is missed', () => !alice.friends[0]!.isOnline, 60_000)
  })

  it('joins through an address, and through another Tox', async () => {
    const [node] = bootstrap as [SimHost<SimNode>]
    const key = Buffer.from(node.engine.dhtPublicKey).toString('hex')
    const tox = await start(world.addHost('one'), { bootstrap: [`${node.endpoint}:${key}`] })
    await world.settled('connected', tox.whenConnected(), 10_000)
  })

  it('tells mistakes as Tox.create does', async () => {
    const host = world.addHost('host')
    const savedata = new Uint8Array(100)
    await assert.rejects(simulatedTox(host, { savedata }), { code: 'TOX_ERR_NEW_LOAD_BAD_FORMAT' })
    const tox = await start(host)
    await assert.rejects(tox.bootstrap(`tox.example:33445:${'A'.repeat(64)}`), (error) => error instanceof ToxError)
    await assert.rejects(simulatedTox(host), /runs an engine already/)
    assert.throws(() => host.restart(), /start it again with simulatedTox/)
  })
})
