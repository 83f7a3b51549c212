// Secrets stay secret: no key and no message text in logs, errors, inspected objects or JSON.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '../../src/crypto/index.js'
import { BootstrapNodeServer, Tox } from '../../src/index.js'
import { Connection } from '../../src/net-crypto/connection.js'
import { bareNode, toxPeer, World } from '../../src/sim/index.js'
import { leakIn, overheardCrypto, reachable, shown } from '../support/secrets.js'

const TEXT = 'meet me under the third bridge at noon'

function assertKept(what: string, text: string, secrets: ReadonlyMap<string, Uint8Array>): void {
  const leak = leakIn(text, secrets)
  assert.equal(leak, undefined, `${what} shows ${leak}`)
  assert.equal(text.includes('third bridge'), false, `${what} shows a message`)
}

/** What `work` throws, whole: message, stack, cause and all fields. */
async function failure(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    return `${shown(error)}\n${(error as Error).stack}`
  }
  return assert.fail(`${work} did not fail`)
}

describe('secrets', () => {
  it('are found by this test in whatever way they are written', () => {
    const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) & 255)
    const secrets = new Map([['the key', secret]])
    const buffer = Buffer.from(secret)
    const ways = [
      buffer.toString('hex'),
      buffer.toString('hex').toUpperCase(),
      buffer.toString('base64'),
      secret.join(),
      shown(secret),
      shown(buffer),
      shown({ deep: { deeper: [{ secret }] } }),
      shown(new Map([[1, { secret }]])),
      JSON.stringify({ secret }),
      JSON.stringify([...secret]),
      shown(Object.defineProperty({}, 'hidden', { value: secret, enumerable: false })),
    ]
    ways.push(
      reachable(new Map([[{ secret }, 1]])),
      reachable([Object.defineProperty({}, 'hidden', { value: secret })]),
    )
    for (const way of ways) assert.equal(leakIn(way, secrets), 'the key', way.slice(0, 200))
    assert.equal(leakIn(shown(new Uint8Array(32)), secrets), undefined)
  })

  it('of engines are in no log and in no object, through a whole life', async () => {
    const secrets = new Map<string, Uint8Array>()
    const said: string[] = []
    const world = new World({
      seed: 'secrets',
      crypto: await loadCrypto(),
      log: (host, level, module, text) => said.push(`${host} ${level} ${module} ${text}`),
    })
    // The world seeds its keys: listen where the engines ask for them.
    const engine = (setup: Parameters<ReturnType<typeof toxPeer>>[0]) =>
      toxPeer()({ ...setup, crypto: overheardCrypto(setup.crypto, secrets) })
    const node = world.addPeer('node', { engine: bareNode })
    world.addPeer('node 2', { engine: bareNode }).engine.bootstrap(node)
    world.addPeer('node 3', { engine: bareNode }).engine.bootstrap(node)
    const alice = world.addPeer('alice', { engine })
    const bob = world.addPeer('bob', { engine })
    for (const one of [alice, bob]) one.engine.bootstrap(node)
    alice.engine.addFriend(bob.engine.toxId, TEXT)
    world.expect('the friends meet', () => alice.engine.sees(0) && bob.engine.sees(0), 60_000)
    const connections = new Set<Connection>()
    const { sendLossless } = Connection.prototype
    Connection.prototype.sendLossless = function (data) {
      connections.add(this)
      return sendLossless.call(this, data)
    }
    try {
      alice.engine.say(0, TEXT)
      bob.engine.say(0, TEXT)
      world.run(1000)
    } finally {
      Connection.prototype.sendLossless = sendLossless
    }
    assert.ok(secrets.size > 20, 'the engines make secrets')
    const { tox } = alice.engine
    const objects = {
      engine: tox,
      node: tox.node,
      'node key pair': tox.node.keyPair,
      'long-term key pair': tox.longTermKeys,
      dht: tox.dht,
      'onion view': tox.node.onionDht,
      'onion router': tox.node.onionRouter,
      'announce server': tox.node.announceServer,
      messenger: tox.messenger,
      friends: tox.messenger.friends(),
      environment: tox.env,
      connections: [...connections],
      'bare node': node.engine,
    }
    assert.equal(connections.size, 2)
    for (const [name, object] of Object.entries(objects)) assertKept(name, reachable(object), secrets)
    alice.sleep(300_000)
    world.run(600_000)
    alice.stop()
    for (const [name, object] of Object.entries(objects)) assertKept(`${name}, closed`, reachable(object), secrets)
    assert.ok(said.length > 0, 'the engines log')
    assertKept('the log', said.join('\n'), secrets)
  })

  it('are wiped when an engine closes', async () => {
    const world = new World({ seed: 'wiped', crypto: await loadCrypto() })
    const alice = world.addPeer('alice', { engine: toxPeer() })
    const { longTermKeys, node } = alice.engine.tox
    alice.stop()
    for (const { secretKey } of [longTermKeys, node.keyPair]) assert.deepEqual(secretKey, new Uint8Array(32))
  })

  it('of the API are in no log, error, event, inspection or JSON', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-secrets-'))
    const said: string[] = []
    const log = (level: string, module: string, text: string) => said.push(`${level} ${module} ${text}`)
    const options = { bindAddress: '127.0.0.1', ipv6: false, log } as const
    const node = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1', keyFile: join(dir, 'node.key') })
    const bootstrap = [node.asBootstrapNode()]
    const alice = await Tox.create({ ...options, bootstrap, profile: join(dir, 'alice.tox') })
    const bob = await Tox.create({ ...options, bootstrap })
    try {
      const secrets = new Map([
        ['the key of alice', alice.secretKey],
        ['the key of bob', bob.secretKey],
      ])
      const request = once(bob, 'friendRequest')
      const bobAtAlice = alice.addFriend(bob.address, 'It is me')
      const aliceAtBob = (await request)[0].accept()
      await Promise.all([bobAtAlice.whenOnline(), aliceAtBob.whenOnline()])
      const queue = bob.messages()
      const receipt = await bobAtAlice.send(TEXT)
      const unread = bobAtAlice.send(TEXT)
      const objects = { alice, bob, bobAtAlice, aliceAtBob, node, receipt, queue, unread, friends: bob.friends }
      for (const [name, object] of Object.entries(objects)) assertKept(name, shown(object), secrets)
      await unread

      const saved = alice.savedata()
      const half = saved.slice(0, saved.length - 20)
      half.fill(0xff, 0, 8)
      writeFileSync(join(dir, 'bad.tox'), half)
      const keyHex = Buffer.from(alice.secretKey).toString('hex')
      writeFileSync(join(dir, 'bad.key'), `${keyHex}00\n`)
      const failures = [
        () => alice.addFriend(`${keyHex}000000000000`, TEXT),
        () => alice.addFriend(bob.address, TEXT),
        () => alice.addFriendWithoutRequest(keyHex.slice(1)),
        () => bobAtAlice.send(TEXT.repeat(50)),
        () => bobAtAlice.sendLossless(Uint8Array.of(1, ...alice.secretKey)),
        () => bobAtAlice.sendLossy(new Uint8Array(2000)),
        () => alice.bootstrap(`127.0.0.1:1:${keyHex}ff`),
        () => (alice.statusMessage = TEXT.repeat(50)),
        () => Tox.create({ ...options, savedata: half }),
        () => Tox.create({ ...options, profile: join(dir, 'bad.tox') }),
        () => Tox.create({ ...options, profile: join(dir, 'alice.tox') }),
        () => BootstrapNodeServer.create({ bindAddress: '127.0.0.1', keyFile: join(dir, 'bad.key') }),
      ]
      for (const work of failures) assertKept(String(work), await failure(work), secrets)
      await bob.close()
      await failure(() => bobAtAlice.send(TEXT)).then((text) => assertKept('offline', text, secrets))
      await alice.close()
      assertKept('a closed instance', shown([alice, bob, bobAtAlice]), secrets)
      assertKept('the log', said.join('\n'), secrets)
    } finally {
      await Promise.all([alice.close(), bob.close(), node.close()])
      rmSync(dir, { recursive: true })
    }
  })

  it('are not in the errors of crypto calls with wrong arguments', async () => {
    const crypto: Crypto = await loadCrypto()
    const { publicKey, secretKey } = crypto.keyPair<never, never>()
    const key = crypto.sharedKey(publicKey, secretKey)!
    const secrets = new Map<string, Uint8Array>([
      ['the secret key', secretKey],
      ['the shared key', key],
      ['the text', new TextEncoder().encode(TEXT)],
    ])
    const plain = new TextEncoder().encode(TEXT)
    const short = (secretKey as Uint8Array).subarray(0, 31) as never
    const nonce = new Uint8Array(24) as never
    const failures = [
      () => crypto.publicKeyOf(short),
      () => crypto.sharedKey(publicKey, short),
      () => crypto.sharedKey(short, secretKey),
      () => crypto.seal(new Uint8Array(3), plain, nonce, key),
      () => crypto.seal(new Uint8Array(plain.length + 16), plain, nonce, key.subarray(1) as never),
      () => crypto.open(new Uint8Array(2), plain, new Uint8Array(23) as never, key),
      () => crypto.sign(plain, secretKey),
    ]
    for (const work of failures) assertKept(String(work), await failure(work), secrets)
  })
})
