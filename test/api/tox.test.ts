// The Node API over real sockets on loopback, ours against ours. (test/interop has c-toxcore on the other side.)

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootstrapNodeServer, type Friend, type Message, Tox, ToxError } from '../../src/index.js'

const loopback = { bindAddress: '127.0.0.1', ipv6: false } as const

/** The code with which `work` fails. */
async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
  } catch (error) {
    assert.ok(error instanceof ToxError, String(error))
    return error.code
  }
  return assert.fail('nothing failed')
}

describe('Tox', () => {
  let node: BootstrapNodeServer
  let alice: Tox
  let bob: Tox
  let bobAtAlice: Friend
  let aliceAtBob: Friend
  const dir = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))

  before(async () => {
    node = await BootstrapNodeServer.create({ bindAddress: '127.0.0.1' })
    const bootstrap = [node.asBootstrapNode()]
    alice = await Tox.create({ ...loopback, bootstrap, name: 'Alice', statusMessage: 'here' })
    bob = await Tox.create({ ...loopback, bootstrap, name: 'Bob', profile: join(dir, 'bob.tox') })
    const request = once(bob, 'friendRequest')
    bobAtAlice = alice.addFriend(bob.address, 'It is me, Alice')
    const [{ publicKey, message, accept }] = await request
    assert.equal(publicKey, alice.publicKey)
    assert.equal(message, 'It is me, Alice')
    aliceAtBob = accept()
    await Promise.all([bobAtAlice.whenOnline(), aliceAtBob.whenOnline()])
  })

  after(async () => {
    await Promise.all([alice?.close(), bob?.close()])
    await node?.close()
    rmSync(dir, { recursive: true })
  })

  it('tells names, status messages and statuses', async () => {
    if (aliceAtBob.name === '') await once(bob, 'friendName')
    assert.equal(aliceAtBob.name, 'Alice')
    if (aliceAtBob.statusMessage === '') await once(bob, 'friendStatusMessage')
    assert.equal(aliceAtBob.statusMessage, 'here')
    const renamed = once(bob, 'friendName')
    alice.name = 'Alice B.'
    const [{ friend, name, previous }] = await renamed
    assert.deepEqual([friend, name, previous], [aliceAtBob, 'Alice B.', 'Alice'])
    const away = once(bob, 'friendStatus')
    alice.status = 'away'
    assert.equal((await away)[0].status, 'away')
    const typing = once(bob, 'friendTyping')
    bobAtAlice.setTyping(true)
    assert.equal((await typing)[0].isTyping, true)
    assert.equal(aliceAtBob.isTyping, true)
  })

  it('settles send() on the receipt, and the message is there by then', async () => {
    const heard: Message[] = []
    const listen = (message: Message): void => void heard.push(message)
    bob.on('message', listen)
    const receipt = await bobAtAlice.send('waves', { kind: 'action' })
    bob.off('message', listen)
    assert.deepEqual(
      heard.map(({ friend, text, kind }) => [friend, text, kind]),
      [[aliceAtBob, 'waves', 'action']],
    )
    assert.ok(receipt.roundTripMs >= 0 && receipt.roundTripMs < 10_000)
  })

  it('gives messages as an async iterator that ends with its signal', async () => {
    const controller = new AbortController()
    const texts: string[] = []
    const reading = (async () => {
      for await (const { text } of bob.messages({ signal: controller.signal })) {
        texts.push(text)
        if (texts.length === 100) controller.abort()
      }
    })()
    const sent = Array.from({ length: 100 }, (_, i) => `message ${i}`)
    await Promise.all(sent.map((text) => bobAtAlice.send(text)))
    await reading
    assert.deepEqual(texts, sent)
  })

  it('carries custom packets', async () => {
    const lossless = once(bob, 'losslessPacket')
    bobAtAlice.sendLossless(Uint8Array.of(160, 1, 2))
    assert.deepEqual([...(await lossless)[0].data], [160, 1, 2])
    const lossy = once(bob, 'lossyPacket')
    bobAtAlice.sendLossy(Uint8Array.of(200, 3))
    assert.deepEqual([...(await lossy)[0].data], [200, 3])
  })

  it('names each mistake with the code of the C enum', async () => {
    assert.equal(await codeOf(() => alice.addFriend(alice.address, 'x')), 'TOX_ERR_FRIEND_ADD_OWN_KEY')
    assert.equal(await codeOf(() => alice.addFriend(bob.address, 'x')), 'TOX_ERR_FRIEND_ADD_ALREADY_SENT')
    assert.equal(await codeOf(() => alice.addFriend(bob.address, '')), 'TOX_ERR_FRIEND_ADD_NO_MESSAGE')
    assert.equal(await codeOf(() => alice.addFriend(bob.address, 'x'.repeat(922))), 'TOX_ERR_FRIEND_ADD_TOO_LONG')
    assert.equal(await codeOf(() => alice.addFriend(`${'0'.repeat(75)}1`, 'x')), 'TOX_ERR_FRIEND_ADD_BAD_CHECKSUM')
    assert.equal(await codeOf(() => bobAtAlice.send('')), 'TOX_ERR_FRIEND_SEND_MESSAGE_EMPTY')
    assert.equal(await codeOf(() => bobAtAlice.send('x'.repeat(1373))), 'TOX_ERR_FRIEND_SEND_MESSAGE_TOO_LONG')
    assert.equal(await codeOf(() => bobAtAlice.sendLossless(Uint8Array.of(1))), 'TOX_ERR_FRIEND_CUSTOM_PACKET_INVALID')
    assert.equal(await codeOf(() => (alice.name = 'x'.repeat(129))), 'TOX_ERR_SET_INFO_TOO_LONG')
    await bobAtAlice.send('x'.repeat(1372))
  })

  it('refuses to send to a friend who is offline, but keeps what is sent with outbox', async () => {
    const address = bob.address
    const bootstrap = [node.asBootstrapNode()]
    const offline = once(alice, 'friendConnection')
    await bob.close()
    assert.equal((await offline)[0].connection, 'none')
    assert.equal(await codeOf(() => bobAtAlice.send('too late')), 'TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED')
    const kept = ['one', 'two', 'three'].map((text) => bobAtAlice.send(text, { outbox: true }))
    bob = await Tox.create({ ...loopback, bootstrap, profile: join(dir, 'bob.tox') })
    assert.equal(bob.address, address)
    assert.equal(bob.name, 'Bob')
    const texts: string[] = []
    for await (const { text } of bob.messages()) if (texts.push(text) === 3) break
    assert.deepEqual(texts, ['one', 'two', 'three'])
    await Promise.all(kept)
    aliceAtBob = bob.friends[0]!
  })

  it('locks its profile against a second instance, naming the holder', async () => {
    const path = join(dir, 'bob.tox')
    await assert.rejects(Tox.create({ ...loopback, profile: path }), (error: ToxError) => {
      assert.equal(error.code, 'TOX_ERR_TS_PROFILE_LOCKED')
      assert.match(error.message, /in use by this process since/)
      return true
    })
    assert.ok(readFileSync(path).length > 0)
  })

  it('a new nospam changes the address, and the old one reaches nobody', async () => {
    const before = bob.address
    bob.nospam = (bob.nospam ^ 1) >>> 0
    assert.notEqual(bob.address, before)
    assert.equal(bob.address.slice(0, 64), before.slice(0, 64))
  })

  it('shows no secret when inspected or serialised', async () => {
    const { inspect } = await import('node:util')
    const secret = Buffer.from(bob.secretKey).toString('hex')
    for (const text of [inspect(bob, { depth: 12, showHidden: true }), JSON.stringify(bob)]) {
      assert.equal(text.toLowerCase().includes(secret), false)
      assert.equal(text.includes([...bob.secretKey].slice(0, 8).join(', ')), false)
    }
  })

  it('refuses work after close()', async () => {
    const tox = await Tox.create(loopback)
    await tox.close()
    await tox.close()
    assert.equal(await codeOf(() => tox.addFriend(bob.address, 'x')), 'TOX_ERR_TS_CLOSED')
    assert.equal(
      await codeOf(() => Tox.create({ ...loopback, savedata: new Uint8Array(10).fill(1) })),
      'TOX_ERR_NEW_LOAD_BAD_FORMAT',
    )
  })

  it('aborts waiting with an AbortSignal', async () => {
    const tox = await Tox.create(loopback)
    const signal = AbortSignal.timeout(50)
    assert.equal(await codeOf(() => tox.whenConnected({ signal })), 'TOX_ERR_TS_ABORTED')
    const friend = tox.addFriendWithoutRequest(bob.publicKey)
    const abort = new AbortController()
    const sent = friend.send('nobody is there', { outbox: true, signal: abort.signal })
    abort.abort()
    assert.equal(await codeOf(() => sent), 'TOX_ERR_TS_ABORTED')
    assert.equal(await codeOf(() => friend.send('x', { signal: abort.signal })), 'TOX_ERR_TS_ABORTED')
    await tox.close()
  })
})
