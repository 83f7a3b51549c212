// Who came and who left, told once for many changes.

import assert from 'node:assert/strict'
import type { ConferencePeer } from '../../src/api/conferences/events.js'
import { Roster } from '../../src/api/conferences/roster.js'

const peers = (...names: string[]): ConferencePeer[] =>
  names.map((name, number) => ({ number, publicKey: `key of ${name.toLowerCase()}`, name, isSelf: number === 0 }))
const names = (list: readonly ConferencePeer[] | undefined) => list?.map(({ name }) => name)

describe('the roster of a conference', () => {
  it('tells nothing before something changed, and nothing twice', () => {
    const roster = new Roster(peers('me'))
    assert.equal(
      roster.take(() => assert.fail('nobody asked')),
      undefined,
    )
    roster.changed()
    assert.deepEqual(names(roster.take(() => peers('me', 'ann'))?.joined), ['ann'])
    assert.equal(
      roster.take(() => assert.fail('nobody asked')),
      undefined,
    )
  })

  it('sums changes up', () => {
    const roster = new Roster(peers('me', 'ann', 'bea'))
    assert.deepEqual([roster.changed(), roster.changed(), roster.changed()], [true, false, false])
    const change = roster.take(() => peers('me', 'bea', 'cleo', 'dora'))
    assert.deepEqual(names(change?.joined), ['cleo', 'dora'])
    assert.deepEqual(names(change?.left), ['ann'])
    assert.deepEqual(names(change?.peers), ['me', 'bea', 'cleo', 'dora'])
    assert.equal(roster.changed(), true)
  })

  it('tells nothing when the same are back, at other places', () => {
    const roster = new Roster(peers('me', 'ann', 'bea'))
    roster.changed()
    assert.equal(
      roster.take(() => peers('me', 'bea', 'ann')),
      undefined,
    )
  })

  it('knows the name before, but none of those who are yet to be told', () => {
    const roster = new Roster(peers('me', 'ann'))
    const renamed = (name: string): ConferencePeer => ({ ...peers('me', 'ann')[1]!, name })
    assert.equal(roster.renamed(renamed('Ann')), 'ann')
    assert.equal(roster.renamed(renamed('Anna')), 'Ann')
    assert.equal(roster.renamed(peers('me', 'ann', 'bea')[2]!), undefined)
  })
})
