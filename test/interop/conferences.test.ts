// A conference of six, ours and c-toxcore's by turns along a chain of friendships: all that its members can do, and be done to.

import assert from 'node:assert/strict'
import { Bootstrapd } from './bootstrapd.js'
import { onlyLoopback } from './lane.js'
import {
  allTalk,
  allTell,
  allTogether,
  bringIn,
  chain,
  echoesPass,
  gather,
  type Member,
  nothingTwice,
  OurMember,
  pairs,
  seeEachOther,
  TheirMember,
} from './members.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: a conference of six', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  let members: Member[]
  const all = () => members as [Member, Member, Member, Member, Member, Member]
  const without = (...gone: Member[]): Member[] => members.filter((member) => !gone.includes(member))

  before(async () => {
    nodes = await Bootstrapd.network(33_700, 4)
    members = await timed('six friends in a chain', chain(nodes, 'O1', 'T1', 'O2', 'T2', 'O3', 'T3'))
  })

  after(async () => {
    await Promise.all((members ?? []).map((member) => member.vanish()))
    await Promise.all((nodes ?? []).map((node) => node.stop()))
  })

  it('begins with three', async () => {
    const first = members.slice(0, 3)
    await timed('three gathered', gather(first, 'Moths'))
    await timed('know each other', allTogether(first))
    await allTell(first, { title: 'Moths' })
    await timed('and talk', allTalk(first, 'three'))
  })

  it('grows, invited by ours and by theirs', async () => {
    for (const [host, guest] of pairs(members).slice(2)) await bringIn(host, guest)
    await timed('six know each other', allTogether(members))
    await allTell(members, { title: 'Moths' })
    await timed('and talk', allTalk(members, 'six'))
  })

  it('has titles and names', async () => {
    const [o1, , o2, t2, , t3] = all()
    await t3.setTitle('Butterflies')
    await timed('a title of theirs', allTell(members, { title: 'Butterflies' }))
    await o1.setTitle('Bees')
    await timed('a title of ours', allTell(members, { title: 'Bees' }))
    await Promise.all([t2.rename('T2 renamed'), o2.rename('O2 renamed')])
    await timed('names', allTogether(members))
  })

  it('is left, and entered again', async () => {
    const [o1, t1, o2] = all()
    await echoesPass()
    await Promise.all([t1.leave(), o2.leave()])
    await timed('two left', allTogether(without(t1, o2)))
    await allTalk(without(t1, o2), 'four')
    await bringIn(o1, t1)
    await bringIn(t1, o2)
    await timed('and are back', allTogether(members))
    await allTell(members, { title: 'Bees' })
    await timed('and talk', allTalk(members, 'back'))
  })

  it('survives that members are killed and come back', async () => {
    const [, , o2, t2, o3] = all()
    const returns = await Promise.all([t2.end('vanish'), o2.end('vanish')])
    await Promise.all(returns.map((comeBack) => comeBack()))
    await timed('both see their friends', Promise.all([seeEachOther(t2, o3), seeEachOther(o2, t2)]))
    await timed('all are there', allTogether(members))
    await timed('and talk', allTalk(members, 'killed'))
  })

  it('tells who is offline, and knows their profiles again, each loaded by the other library', async () => {
    const [o1, t1, o2, t2, o3, t3] = all()
    await Promise.all([o2.setMaxOffline(0), t2.setMaxOffline(0)])
    const [profileOfO3, profileOfT3] = await Promise.all([o3.savedata(), t3.savedata()])
    await echoesPass()
    await Promise.all([o3.quit(), t3.quit()])
    const present = without(o3, t3)
      .map(({ name }) => name)
      .sort()
    await timed('two are offline', allTell([o1, t1], { present, offline: ['O3', 'T3'] }))
    await allTell([o2, t2], { present, offline: [] })
    await allTalk(without(o3, t3), 'without two')
    const [o3AtTheirs, t3AtOurs] = [new TheirMember('O3', nodes), new OurMember('T3', nodes)]
    await Promise.all([o3AtTheirs.start(profileOfO3), t3AtOurs.start(profileOfT3)])
    members = [o1, t1, o2, t2, o3AtTheirs, t3AtOurs]
    await timed('all are there again', allTogether(members))
    await timed('and talk', allTalk(members, 'offline'))
  })

  // The last thing: a conference of c-toxcore's that takes the place of one before it remembers no offline peers.
  it('is not alone: one with sound is announced, and cannot be joined', async () => {
    const [o1, t1] = all()
    assert.ok(o1 instanceof OurMember && t1 instanceof TheirMember)
    const announced = o1.invitation()
    await t1.inviteToSound(o1)
    const invitation = await announced
    assert.equal(invitation.type, 'av')
    assert.throws(() => invitation.accept(), { code: 'TOX_ERR_CONFERENCE_JOIN_WRONG_TYPE' })
    await timed('all talk on', allTalk(members, 'no sound'))
  })

  it('nobody heard anything twice', () => nothingTwice(members))
})
