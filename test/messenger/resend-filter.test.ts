import assert from 'node:assert/strict'
import { toUtf8 } from '../../src/base/index.js'
import type { ReceivedMessage } from '../../src/messenger/index.js'
import { ResendFilter } from '../../src/messenger/resend-filter.js'
import { seededRandom } from '../support/env.js'

const message = (text: string): ReceivedMessage => ({ kind: 'normal', text: toUtf8(text) })

/** The verdicts on `incoming` after `list` was taken, as far as the filter wants to hear them; and how many came again. */
function judge(list: string, incoming: string): string {
  const filter = new ResendFilter([...list].map(message))
  const verdicts: string[] = []
  for (const letter of incoming) {
    if (!filter.isOpen) break
    verdicts.push(filter.next(message(letter))[0]!)
  }
  return `${verdicts.join('')} ${filter.repeated}`
}

describe('the filter of repeated messages', () => {
  it('knows a whole tail, at its end', () => {
    assert.equal(judge('abcd', 'dx'), 'r 1')
    assert.equal(judge('abcd', 'cdx'), 'ur 2')
    assert.equal(judge('abcd', 'abcdx'), 'uuur 4')
  })

  it('takes for new what is no tail, or not the whole of one', () => {
    assert.equal(judge('abcd', 'xabcd'), 'n 0')
    assert.equal(judge('abcd', 'cx'), 'un 0')
    assert.equal(judge('abcd', 'bcx'), 'uun 0')
    assert.equal(judge('', 'a'), ' 0')
  })

  it('tells kinds apart', () => {
    const filter = new ResendFilter([message('a')])
    assert.equal(filter.next({ kind: 'action', text: toUtf8('a') }), 'new')
  })

  it('finds the longer tail behind the shorter one', () => {
    assert.equal(judge('aa', 'aax'), 'rr 2')
    assert.equal(judge('aa', 'ax'), 'rn 1')
    assert.equal(judge('aba', 'abax'), 'rur 3')
    assert.equal(judge('aba', 'abx'), 'run 1')
  })

  it('agrees with a plain search, for every list and resend of few letters', () => {
    const dice = seededRandom(3)
    const word = (max: number): string =>
      Array.from({ length: dice.uniform(max + 1) }, () => 'ab'[dice.uniform(2)]).join('')
    for (let round = 0; round < 2_000; round++) {
      const list = word(6)
      const incoming = word(8)
      const filter = new ResendFilter([...list].map(message))
      let heard = ''
      let known = 0
      while (filter.isOpen && heard.length < incoming.length) {
        heard += incoming[heard.length]
        const verdict = filter.next(message(heard.at(-1)!))
        if (list.endsWith(heard)) known = heard.length
        const mayGoOn = [...list].some((_, i) => list.startsWith(heard, i))
        assert.equal(verdict, list.endsWith(heard) ? 'repeated' : mayGoOn ? 'undecided' : 'new', `${list} ${heard}`)
        assert.equal(filter.repeated, known)
      }
    }
  })
})
