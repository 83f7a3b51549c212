// Members come and go by chance, lines break and heal; when all is calm, everybody sees and hears everybody.
// Nobody leaves for good here: two who have both left and come back on different sides do not know of each other any more.

import { seededRandom } from '../support/env.js'
import { Crowd, type Member } from './crowd.js'

/** A hundred lives in the long lane. */
const LIVES = process.env.TOXCORE_TS_LONG === undefined ? 6 : 100
const EVENTS = 12
const CALM_MS = 180_000

describe('conferences in which much happens', function () {
  this.timeout(20 * 60_000)

  for (let seed = 1; seed <= LIVES; seed++) {
    it(`find together again: seed ${seed}`, () => {
      const random = seededRandom(seed)
      const crowd = new Crowd()
      const people = crowd.chain(4 + random.uniform(8))
      const diary: string[] = []

      const restart = (): void => {
        const at = random.uniform(people.length)
        const old = people[at]!
        const saved = old.conferences.snapshot()
        const ms = random.uniform(3) === 0 ? 1_000 : random.uniform(150_000)
        diary.push(`${old.name} is gone for ${ms} ms`)
        old.host.vanish()
        crowd.world.run(ms)
        people[at] = crowd.restart(old, saved)
      }
      const part = (): void => {
        const side = new Set(people.filter(() => random.uniform(2) === 0).map(({ name }) => name))
        const ms = random.uniform(200_000)
        diary.push(`${[...side].join(' ')} are cut off for ${ms} ms`)
        const isThere = (host: Member['host']): boolean => people.some((one) => one.host === host && side.has(one.name))
        crowd.world.linked = (a, b) => isThere(a) === isThere(b)
        crowd.world.run(ms)
        crowd.world.linked = () => true
      }
      const wait = (): void => {
        const ms = random.uniform(100_000)
        diary.push(`nothing for ${ms} ms`)
        crowd.world.run(ms)
      }

      for (let i = 0; i < EVENTS; i++) [restart, part, wait][random.uniform(3)]!()
      crowd.world.run(CALM_MS)
      try {
        crowd.expectAll(people, 600_000)
        crowd.expectTalk(people, 'calm')
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${diary.join('\n')}`)
      }
    })
  }
})
