// A conference of sixteen, ten of ours and six of c-toxcore's: more than are linked with each other, so that they relay.

import { Bootstrapd } from './bootstrapd.js'
import { onlyLoopback } from './lane.js'
import { allTalk, allTell, allTogether, chain, echoesPass, gather, type Member, nothingTwice } from './members.js'
import { DEADLINE_MS } from './pair.js'
import { timed } from './stopwatch.js'

const NAMES = 'O01 T01 O02 O03 T02 O04 O05 T03 O06 T04 O07 O08 T05 O09 T06 O10'.split(' ')

describe('interop: a conference of sixteen', function () {
  this.timeout(3 * DEADLINE_MS)
  onlyLoopback(this)

  let nodes: Bootstrapd[]
  let members: Member[]

  before(async () => {
    nodes = await Bootstrapd.network(33_740, 4)
    members = await timed('sixteen friends in a chain', chain(nodes, ...NAMES))
  })

  after(async () => {
    await Promise.all((members ?? []).map((member) => member.vanish()))
    await Promise.all((nodes ?? []).map((node) => node.stop()))
  })

  it('gathers along the chain', async () => {
    await timed('gathered', gather(members, 'Moths'))
    await timed('all know all', allTogether(members))
    await allTell(members, { title: 'Moths' })
  })

  it('hears everybody once', async () => {
    await timed('everybody heard', allTalk(members, 'sixteen'))
    nothingTwice(members)
  })

  it('goes on without a third of its members, suddenly', async () => {
    const gone = members.filter((_, i) => i % 3 === 1)
    const left = members.filter((one) => !gone.includes(one))
    await echoesPass()
    await Promise.all(gone.map((member) => member.quit()))
    await timed('they are offline', allTell(left, { present: left.map(({ name }) => name).sort() }))
    await timed('everybody heard', allTalk(left, 'fewer'))
    nothingTwice(left)
    members = left
  })
})
