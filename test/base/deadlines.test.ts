import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Deadlines } from '../../src/base/index.js'

describe('deadlines', () => {
  it('fire in the order of their moments, equal ones in the order of setting', () => {
    const table = new Deadlines()
    const fired: string[] = []
    const make = (name: string) => table.create(name, () => fired.push(name))
    const [late, early, tieA, tieB] = [make('late'), make('early'), make('tie a'), make('tie b')]
    late.set(30)
    tieA.set(20)
    tieB.set(20)
    early.set(10)
    assert.equal(table.nextMs(), 10)
    table.run(25)
    assert.deepEqual(fired, ['early', 'tie a', 'tie b'])
    assert.equal(table.nextMs(), 30)
  })

  it('can be cleared or moved by an earlier action of the same run', () => {
    const table = new Deadlines()
    const fired: string[] = []
    const cleared = table.create('cleared', () => fired.push('cleared'))
    const moved = table.create('moved', () => fired.push('moved'))
    const first = table.create('first', () => {
      fired.push('first')
      cleared.clear()
      moved.set(100)
    })
    first.set(1)
    cleared.set(2)
    moved.set(3)
    table.run(5)
    assert.deepEqual(fired, ['first'])
    table.run(100)
    assert.deepEqual(fired, ['first', 'moved'])
  })

  it('set again for now by their own action wait for the next run, so that a run ends', () => {
    const table = new Deadlines()
    let count = 0
    const again = table.create('again', () => {
      count++
      again.set(0)
    })
    again.set(0)
    table.run(10)
    assert.equal(count, 1)
    table.run(10)
    assert.equal(count, 2)
  })

  it('refuse NaN', () => {
    assert.throws(() => new Deadlines().create('x', () => {}).set(Number.NaN), RangeError)
  })

  it('agree with a sorted list under random setting, clearing and running', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('set'), id: fc.nat(9), at: fc.nat(100) }),
      fc.record({ op: fc.constant('clear'), id: fc.nat(9), at: fc.constant(0) }),
      fc.record({ op: fc.constant('run'), id: fc.constant(0), at: fc.nat(100) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new Deadlines()
        const fired: number[] = []
        const timers = Array.from({ length: 10 }, (_, id) => table.create(`${id}`, () => fired.push(id)))
        const model = new Map<number, { at: number; order: number }>()
        steps.forEach(({ op, id, at }, order) => {
          if (op === 'set') {
            timers[id]!.set(at)
            model.set(id, { at, order })
          } else if (op === 'clear') {
            timers[id]!.clear()
            model.delete(id)
          } else {
            fired.length = 0
            table.run(at)
            const due = [...model]
              .filter(([, m]) => m.at <= at)
              .sort(([, a], [, b]) => a.at - b.at || a.order - b.order)
            for (const [due_id] of due) model.delete(due_id)
            assert.deepEqual(
              fired,
              due.map(([due_id]) => due_id),
            )
          }
          assert.equal(table.nextMs(), Math.min(Number.POSITIVE_INFINITY, ...[...model.values()].map((m) => m.at)))
        })
      }),
    )
  })
})
