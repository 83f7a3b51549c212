// Ours and c-toxcore 0.2.18 through tox-bootstrapd: requests both ways, presence, messages, receipts, custom packets.

import assert from 'node:assert/strict'
import { fromHex, toHex } from '../../src/base/index.js'
import type { Friend, Tox } from '../../src/index.js'
import { Bootstrapd } from './bootstrapd.js'
import { CPeer, text } from './c-peer.js'
import { onlyLoopback } from './lane.js'
import { bothOnline, DEADLINE_MS, heard, ourPeer } from './pair.js'

describe('interop: friends with c-toxcore', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let node: Bootstrapd
  let ours: Tox
  let theirs: CPeer
  let friend: Friend
  let number: number
  const address = () => ({ host: '127.0.0.1', port: node.port, key: node.key })

  before(async () => {
    node = await Bootstrapd.start({ port: 33_600 })
    ours = await ourPeer([address()], { name: 'Ours', statusMessage: 'in TypeScript' })
    theirs = await CPeer.start({ ipv6: false })
    await theirs.bootstrap('127.0.0.1', node.port, node.key)
    await theirs.setName('Theirs')
  })

  after(async () => {
    await ours?.close()
    await theirs?.killHard()
    await node?.stop()
  })

  it('our friend request arrives, is accepted, and both see each other online', async () => {
    friend = ours.addFriend(toHex((await theirs.self()).id), 'It is me, from TypeScript')
    const request = await theirs.until('friend_request', () => true, DEADLINE_MS)
    assert.equal(text(request.data), 'It is me, from TypeScript')
    assert.equal(toHex(request.key), ours.publicKey)
    number = await theirs.friendAddNorequest(request.key)
    await bothOnline(ours, friend, theirs, number)
  })

  it('names, status messages and statuses arrive both ways', async () => {
    await theirs.until('friend_name', (e) => text(e.data) === 'Ours', DEADLINE_MS)
    await theirs.until('friend_status_message', (e) => text(e.data) === 'in TypeScript', DEADLINE_MS)
    if (friend.name !== 'Theirs') await heard(ours, 'friendName')
    assert.equal(friend.name, 'Theirs')
    ours.status = 'busy'
    await theirs.until('friend_status', (e) => e.status === 2, DEADLINE_MS)
    const away = heard(ours, 'friendStatus', (e) => e.status === 'away')
    await theirs.setStatus(1)
    await away
    const note = heard(ours, 'friendStatusMessage', (e) => e.statusMessage === 'in C, größer')
    await theirs.setStatusMessage('in C, größer')
    await note
  })

  it('typing is shown both ways', async () => {
    friend.setTyping(true)
    await theirs.until('friend_typing', (e) => e.typing, DEADLINE_MS)
    friend.setTyping(false)
    await theirs.until('friend_typing', (e) => !e.typing, DEADLINE_MS)
    const typing = heard(ours, 'friendTyping', (e) => e.isTyping)
    await theirs.setTyping(number, true)
    await typing
    assert.equal(friend.isTyping, true)
  })

  it('a message of the greatest length and an action arrive both ways, with receipts', async () => {
    const longest = 'ä'.repeat(686)
    await friend.send(longest)
    await theirs.until('friend_message', (e) => e.type === 0 && text(e.data) === longest, DEADLINE_MS)
    await friend.send('waves', { kind: 'action' })
    await theirs.until('friend_message', (e) => e.type === 1 && text(e.data) === 'waves', DEADLINE_MS)
    const message = heard(ours, 'message', (e) => e.kind === 'normal' && e.text === longest)
    const receipt = await theirs.sendMessage(number, longest)
    await message
    await theirs.until('friend_read_receipt', (e) => e.message === receipt, DEADLINE_MS)
    const action = heard(ours, 'message', (e) => e.kind === 'action' && e.text === 'bows')
    await theirs.sendAction(number, 'bows')
    await action
  })

  it('1,000 messages arrive in order with every receipt, ours to theirs', async () => {
    const before = theirs.count('friend_message')
    const sent = Array.from({ length: 1000 }, (_, i) => `ours ${i}`)
    await Promise.all(sent.map((one) => friend.send(one)))
    const all = await theirs.untilCount('friend_message', before + 1000, DEADLINE_MS)
    assert.deepEqual(
      all.slice(before).map((e) => text(e.data)),
      sent,
    )
  })

  it('1,000 messages arrive in order with every receipt, theirs to ours', async () => {
    const texts: string[] = []
    const reading = (async () => {
      for await (const { text } of ours.messages({ signal: AbortSignal.timeout(DEADLINE_MS) })) {
        if (texts.push(text) === 1000) return
      }
    })()
    const receipts = theirs.count('friend_read_receipt')
    await theirs.sendMany(number, 1000, 'theirs ')
    await reading
    assert.deepEqual(
      texts,
      Array.from({ length: 1000 }, (_, i) => `theirs ${i}`),
    )
    await theirs.untilCount('friend_read_receipt', receipts + 1000, DEADLINE_MS)
  })

  it('custom packets arrive both ways', async () => {
    friend.sendLossless(Uint8Array.of(160, 1, 2, 3))
    assert.deepEqual((await theirs.until('friend_lossless_packet')).data, Uint8Array.of(160, 1, 2, 3))
    friend.sendLossy(Uint8Array.of(254, 4))
    assert.deepEqual((await theirs.until('friend_lossy_packet')).data, Uint8Array.of(254, 4))
    const lossless = heard(ours, 'losslessPacket')
    await theirs.sendLossless(number, Uint8Array.of(191, 5))
    assert.deepEqual((await lossless).data, Uint8Array.of(191, 5))
    const lossy = heard(ours, 'lossyPacket')
    await theirs.sendLossy(number, Uint8Array.of(200, 6))
    assert.deepEqual((await lossy).data, Uint8Array.of(200, 6))
  })

  describe('and a stranger', () => {
    let stranger: CPeer
    let strangerAtOurs: Friend
    let oursAtStranger: number

    before(async () => {
      stranger = await CPeer.start({ ipv6: false })
      await stranger.bootstrap('127.0.0.1', node.port, node.key)
    })
    after(() => stranger?.killHard())

    it('whose friend request arrives, and after a refusal a later one does too', async () => {
      const id = fromHex(ours.address)!
      const first = heard(ours, 'friendRequest')
      const number = await stranger.friendAdd(id, 'let me in')
      const refused = await first
      assert.equal(refused.message, 'let me in')
      refused.reject()
      const second = heard(ours, 'friendRequest')
      await stranger.friendDelete(number)
      oursAtStranger = await stranger.friendAdd(id, 'please')
      const request = await second
      assert.equal(request.publicKey, toHex((await stranger.self()).key))
      strangerAtOurs = request.accept()
      await bothOnline(ours, strangerAtOurs, stranger, oursAtStranger)
    })

    it('who sees us offline when we remove them', async () => {
      strangerAtOurs.remove()
      await stranger.untilOffline(oursAtStranger, DEADLINE_MS)
      await stranger.friendDelete(oursAtStranger)
    })

    it('and another one, whose request to the old ID is refused after the nospam has changed', async () => {
      await using other = await CPeer.start({ ipv6: false })
      await other.bootstrap('127.0.0.1', node.port, node.key)
      const oldId = fromHex(ours.address)!
      ours.nospam = (ours.nospam + 1) % 2 ** 32
      const asked: string[] = []
      ours.on('friendRequest', ({ message }) => asked.push(message))
      const number = await other.friendAdd(oldId, 'to the old ID')
      const refused = (): number => ours.drops['friend/request with another nospam'] ?? 0
      for (const deadline = Date.now() + DEADLINE_MS; refused() === 0; ) {
        assert.ok(Date.now() < deadline, `the request did not arrive: ${JSON.stringify(ours.drops)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await other.friendDelete(number)
      const accepted = heard(ours, 'friendRequest')
      await other.friendAdd(fromHex(ours.address)!, 'to the new ID')
      await accepted
      assert.deepEqual(asked, ['to the new ID'])
    })
  })

  // Last, because the dead nodes that it leaves behind slow down every c-toxcore peer that comes after.
  describe('and one who is killed', () => {
    it('is reported offline as soon as c-toxcore reports it, or sooner', async () => {
      await using witness = await CPeer.start({ ipv6: false })
      await using victim = await CPeer.start({ ipv6: false })
      for (const one of [witness, victim]) await one.bootstrap('127.0.0.1', node.port, node.key)
      const victimKey = (await victim.self()).key
      const atWitness = await witness.friendAddNorequest(victimKey)
      const atOurs = ours.addFriendWithoutRequest(toHex(victimKey))
      await victim.friendAddNorequest((await witness.self()).key)
      await victim.friendAddNorequest(fromHex(ours.publicKey)!)
      await Promise.all([
        witness.untilOnline(atWitness, DEADLINE_MS),
        atOurs.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) }),
      ])
      let oursMs = Number.POSITIVE_INFINITY
      let theirsMs = 0
      const offline = heard(ours, 'friendConnection', (e) => e.friend === atOurs && e.connection === 'none').then(
        () => {
          oursMs = performance.now()
        },
      )
      await victim.killHard()
      await Promise.all([
        offline,
        witness.untilOffline(atWitness, DEADLINE_MS).then(() => (theirsMs = performance.now())),
      ])
      // Both learn it from silence (32 s) that began with the last ping: one ping interval is the tolerance.
      assert.ok(oursMs <= theirsMs + 8_500, `ours ${oursMs - theirsMs} ms later`)
      atOurs.remove()
    })
  })
})
