// Either side goes away and comes back with its saved file: the same identity, the same friend, what was kept for them.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../src/base/index.js'
import type { Friend, Tox } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { EchoBot } from './echo-bot.js'
import { onlyLoopback } from './lane.js'
import { befriended, bothOnline, DEADLINE_MS, heard, ourPeer } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: restarts', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  let folder: string
  let ours: Tox
  let theirs: CPeer
  let friend: Friend
  let number: number
  const addresses = () => nodes.map(({ address }) => address)
  const profile = () => join(folder, 'ours.tox')

  const enter = async (peer: CPeer): Promise<void> => {
    for (const { port, key } of nodes) await peer.bootstrap('127.0.0.1', port, key)
  }
  /** Theirs again, from what it saved. */
  const restartTheirs = async (savedata: Uint8Array): Promise<void> => {
    theirs = await CPeer.start({ ipv6: false, savedata })
    await enter(theirs)
  }

  before(async () => {
    nodes = await Bootstrapd.network(33_620, 4)
    folder = await mkdtemp(join(tmpdir(), 'restarts-'))
    ours = await ourPeer(addresses(), { profile: profile(), name: 'Ours' })
    theirs = await CPeer.start({ ipv6: false })
    await enter(theirs)
    ;({ friend, number } = await timed('friends online', befriended(ours, theirs)))
  })

  after(async () => {
    await Promise.all((nodes ?? []).map((node) => node.stop()))
    await theirs?.killHard()
    await ours?.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  it('theirs leaves, returns with its saved file, and finds what we kept for it, in order', async () => {
    const savedata = await theirs.savedata()
    const offline = heard(ours, 'friendConnection', (e) => e.connection === 'none')
    await theirs.kill()
    await timed('theirs left, ours sees it offline', offline)
    await assert.rejects(friend.send('not kept'), { code: 'TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED' })
    const texts = Array.from({ length: 20 }, (_, i) => `kept ${i}`)
    const receipts = Promise.all(texts.map((one) => friend.send(one, { outbox: true })))
    await restartTheirs(savedata)
    await timed('theirs restarted, both online', bothOnline(ours, friend, theirs, number))
    await receipts
    const all = await theirs.untilCount('friend_message', texts.length)
    assert.deepEqual(
      all.map((e) => text(e.data)),
      texts,
    )
  })

  it('theirs is killed and returns with its saved file before we have missed it', async () => {
    const savedata = await theirs.savedata()
    await theirs.killHard()
    const kept = friend.send('sent into the void', { outbox: true })
    await restartTheirs(savedata)
    await timed('theirs killed and restarted, online again', theirs.untilOnline(number, DEADLINE_MS))
    await timed('and what was on its way came', kept)
    const [message] = await theirs.untilCount('friend_message', 1)
    assert.equal(text(message!.data), 'sent into the void')
  })

  it('ours closes and returns with its profile', async () => {
    const { address: id } = ours
    const from = theirs.events.length
    await ours.close()
    await timed('ours left, theirs sees it offline', theirs.untilOffline(number, DEADLINE_MS, from))
    const back = theirs.events.length
    ours = await ourPeer(addresses(), { profile: profile() })
    assert.equal(ours.address, id)
    assert.equal(ours.name, 'Ours')
    friend = ours.friends[0]!
    assert.equal(friend.publicKey, toHex((await theirs.self()).key))
    await timed('ours restarted, both online', bothOnline(ours, friend, theirs, number, back))
    await friend.send('here again')
    await theirs.until('friend_message', (e) => text(e.data) === 'here again', DEADLINE_MS, back)
  })

  it('ours is killed with SIGKILL and returns with its profile', async () => {
    const data = join(folder, 'echo')
    const bot = await EchoBot.start({ nodes: addresses(), data })
    const botAtTheirs = await theirs.friendAdd(bot.id, 'let us talk')
    try {
      await timed('friend request to ours, online', theirs.untilOnline(botAtTheirs, DEADLINE_MS))
      await echoed('before')
      // A new friend is saved soon; what is not yet on disk cannot survive.
      const { key } = await theirs.self()
      await saved(join(data, 'echo.tox'), key)
    } finally {
      await bot.killHard()
    }
    await using again = await EchoBot.start({ nodes: addresses(), data })
    assert.deepEqual(again.id, bot.id)
    await timed('ours killed and restarted, echo works', echoed('after'))

    /** The bot says back what we say: asked anew as long as it cannot hear us. */
    async function echoed(word: string): Promise<void> {
      const from = theirs.events.length
      const answer = theirs.until('friend_message', (e) => text(e.data).startsWith(word), DEADLINE_MS, from)
      let answered = false
      void answer.then(
        () => (answered = true),
        () => (answered = true),
      )
      for (let i = 0; !answered; i++) {
        await theirs.sendMessage(botAtTheirs, `${word} ${i}`).catch(() => {})
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      assert.equal((await answer).friend, botAtTheirs)
    }
  })
})

/** Waits until the profile at `path` holds a friend's key. */
async function saved(path: string, key: Uint8Array): Promise<void> {
  for (const endMs = performance.now() + 60_000; ; ) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (bytes.includes(Buffer.from(key))) return
    assert.ok(performance.now() < endMs, 'the new friend was not saved')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
