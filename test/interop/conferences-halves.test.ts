// A conference that falls into two halves, each with one of ours and one of c-toxcore's, and grows together again.

import assert from 'node:assert/strict'
import { Bootstrapd } from './bootstrapd.js'
import { onlyLoopback } from './lane.js'
import {
  allTalk,
  allTell,
  allTogether,
  chain,
  echoesPass,
  gather,
  type Member,
  makeFriends,
  nothingTwice,
  seeEachOther,
} from './members.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

describe('interop: two halves of a conference', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  let members: Member[]
  const all = () => members as [Member, Member, Member, Member]

  before(async () => {
    nodes = await Bootstrapd.network(33_720, 4)
    members = await timed('four friends in a chain', chain(nodes, 'O1', 'T1', 'O2', 'T2'))
    await gather(members, 'Moths')
    await timed('all are there', allTogether(members))
    await timed('and talk', allTalk(members, 'before'))
  })

  after(async () => {
    await Promise.all((members ?? []).map((member) => member.vanish()))
    await Promise.all((nodes ?? []).map((node) => node.stop()))
  })

  it('fall apart when no friendship holds them together, and talk among themselves', async () => {
    const [o1, t1, o2, t2] = all()
    await t1.unfriend(o2)
    await o2.unfriend(t1)
    await echoesPass()
    // The second half ends, and comes back as strangers to the first: nobody knows whom to ask for the others.
    const returns = await Promise.all([o2.end('quit'), t2.end('quit')])
    await timed('two are offline', allTell([o1, t1], { present: ['O1', 'T1'], offline: ['O2', 'T2'] }))
    await Promise.all(returns.map((comeBack) => comeBack()))
    await timed('the second half is back', allTell([o2, t2], { present: ['O2', 'T2'], offline: ['O1', 'T1'] }))
    await allTell([o1, t1], { present: ['O1', 'T1'], offline: ['O2', 'T2'] })
    await Promise.all([allTalk([o1, t1], 'first half'), allTalk([o2, t2], 'second half')])
    for (const { heard } of [o1, t1]) assert.ok(!heard.some((text) => text.startsWith('second half')))
    for (const { heard } of [o2, t2]) assert.ok(!heard.some((text) => text.startsWith('first half')))
  })

  it('grow together when two of them become friends again', async () => {
    const [, t1, o2] = all()
    await makeFriends(t1, o2)
    await timed('they see each other', seeEachOther(t1, o2))
    await timed('all are there again', allTogether(members))
    await timed('and talk', allTalk(members, 'whole'))
    nothingTwice(members)
  })
})
