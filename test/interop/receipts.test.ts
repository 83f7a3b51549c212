// Acknowledgements that our application holds back, with c-toxcore 0.2.18 as the sender: it goes on, gets no receipt before
// the word is given, sends nothing twice, and takes nobody for dead.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Friend, Message, Tox } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, OFFLINE } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { befriended, DEADLINE_MS, ourPeer } from './pair.js'
import { timed, until } from './stopwatch.js'

const HOLD_MS = 20_000

describe('interop: receipts under our control', function () {
  this.timeout(4 * DEADLINE_MS)
  onlyLoopback(this)

  let node: Bootstrapd
  let ours: Tox
  let theirs: CPeer
  let friend: Friend
  let number: number
  let heard: Message[] = []
  const texts = (): string[] => heard.map(({ text }) => text)

  before(async () => {
    node = await Bootstrapd.start({ port: 33_690 })
    ours = await ourPeer([{ host: '127.0.0.1', port: node.port, key: node.key }], { receipts: 'manual' })
    ours.on('message', (message) => heard.push(message))
    theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
    ;({ friend, number } = await timed('friends online', befriended(ours, theirs)))
  })

  after(async () => {
    await ours?.close()
    await theirs?.killHard()
    await node?.stop()
  })

  it('no receipt before the word, though everything else goes on for 20 s; then all of them', async () => {
    await sleep(3_000) // what follows a meeting has been said
    const from = theirs.events.length
    const idle = await packetsIn(5_000)
    const ids = [await theirs.sendMessage(number, 'held')]
    await until(() => heard.length === 1, DEADLINE_MS, 'the held message')
    const whileHeld = await packetsIn(5_000)
    assert.ok(whileHeld < 2 * idle + 50, `${whileHeld} packets in 5 s, ${idle} when nothing is held`)
    ids.push(...(await theirs.sendMany(number, 300, 'more ')))
    await timed(
      '300 messages behind a held one',
      until(() => heard.length === 301, DEADLINE_MS, 'the messages behind it'),
    )
    const afterFlood = await packetsIn(5_000)
    assert.ok(afterFlood < 2 * idle + 50, `${afterFlood} packets in 5 s behind 301 held ones, ${idle} before`)
    const { roundTripMs } = await friend.send('meanwhile')
    assert.ok(roundTripMs < 5_000, `${roundTripMs} ms`)
    await sleep(HOLD_MS - 10_000)
    assert.deepEqual(texts(), ['held', ...Array.from({ length: 300 }, (_, i) => `more ${i}`)])
    assert.equal(theirs.count('friend_read_receipt'), 0)
    // All but the first are confirmed: still nothing, then everything.
    for (const message of heard.slice(1)) assert.equal(message.confirm(), true)
    await sleep(2_000)
    assert.equal(theirs.count('friend_read_receipt'), 0)
    heard[0]!.confirm()
    const receipts = await timed('receipts', theirs.untilCount('friend_read_receipt', 301, DEADLINE_MS))
    assert.deepEqual(new Set(receipts.map((e) => e.message)), new Set(ids))
    assert.equal(theirs.events.slice(from).filter((e) => e.event === 'friend_connection_status').length, 0)
    assert.equal(heard.length, 301, 'nothing came twice')
  })

  it('confirmed one by one, receipts follow at once', async () => {
    heard = []
    const before = theirs.count('friend_read_receipt')
    const confirm = (message: Message): unknown => message.confirm()
    ours.on('message', confirm)
    await theirs.sendMany(number, 500, 'quick ')
    await theirs.untilCount('friend_read_receipt', before + 500, DEADLINE_MS)
    assert.equal(heard.length, 500)
    ours.off('message', confirm)
  })

  it('we end with messages held: they have no receipt, and nobody waits for one', async () => {
    heard = []
    const receipts = theirs.count('friend_read_receipt')
    await theirs.sendMany(number, 20, 'last ')
    await until(() => heard.length === 20, DEADLINE_MS, 'the last messages')
    for (const message of heard.slice(0, 5)) message.confirm()
    await theirs.untilCount('friend_read_receipt', receipts + 5, DEADLINE_MS)
    const from = theirs.events.length
    await ours.close()
    await theirs.until('friend_connection_status', (e) => e.connection === OFFLINE, DEADLINE_MS, from)
    assert.equal(theirs.count('friend_read_receipt'), receipts + 5)
    assert.equal(heard.at(-1)!.confirm(), false)
  })
})

/** UDP packets that this network namespace receives in `ms`. */
async function packetsIn(ms: number): Promise<number> {
  const count = (): number => {
    const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('Udp:'))
    return Number(values!.split(' ')[names!.split(' ').indexOf('InDatagrams')])
  }
  const before = count()
  await sleep(ms)
  return count() - before
}
