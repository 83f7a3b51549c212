// The command line as a user starts it, with a c-toxcore client on the other side.

import assert from 'node:assert/strict'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { EchoBot } from './echo-bot.js'
import { onlyLoopback } from './lane.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: toxcore-ts echo', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let node: Bootstrapd
  let bot: EchoBot
  let theirs: CPeer
  let number: number

  before(async () => {
    node = await Bootstrapd.start({ port: 33_630 })
    bot = await EchoBot.start({ nodes: [{ host: '127.0.0.1', port: node.port, key: node.key }] })
    theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
  })

  after(async () => {
    await theirs?.killHard()
    await bot?.killHard()
    await node?.stop()
  })

  it('accepts the friend request of a c-toxcore client and tells its name', async () => {
    number = await theirs.friendAdd(bot.id, 'typed by hand')
    await timed('friend request to echo, online', theirs.untilOnline(number, DEADLINE_MS))
    await theirs.until('friend_name', (e) => text(e.data) === 'Echo', DEADLINE_MS)
  })

  it('echoes messages and actions, with receipts', async () => {
    const longest = 'ü'.repeat(686)
    for (const word of ['hello', '  two\nlines ', longest]) {
      const receipt = await theirs.sendMessage(number, word)
      await theirs.until('friend_read_receipt', (e) => e.message === receipt)
      await theirs.until('friend_message', (e) => e.type === 0 && text(e.data) === word)
    }
    await theirs.sendAction(number, 'waves')
    await theirs.until('friend_message', (e) => e.type === 1 && text(e.data) === 'waves')
  })

  it('says goodbye when interrupted, and ends with 0', async () => {
    const offline = theirs.untilOffline(number, 10_000)
    assert.equal(await bot.interrupt(), 0)
    await timed('interrupted, theirs sees it offline', offline)
  })
})
