// The syntax of libconfig, as tox-bootstrapd's files use it.

import assert from 'node:assert/strict'
import { ConfigSyntaxError, type ConfigValue, isGroup } from '../../../src/cli/node/config-value.js'
import { parseLibconfig } from '../../../src/cli/node/libconfig.js'

type Plain = string | number | boolean | Plain[] | { [name: string]: Plain }

function plain({ value }: ConfigValue): Plain {
  if (isGroup(value)) return Object.fromEntries([...value].map(([name, one]) => [name, plain(one)]))
  if (value === null) throw new Error('libconfig has no such value')
  return typeof value === 'object' ? (value as readonly ConfigValue[]).map(plain) : value
}

const read = (text: string): Plain => plain({ line: 1, value: parseLibconfig(text) })

describe('libconfig', () => {
  it('reads settings of every kind', () => {
    const text = `
      # comments of
      // three /* kinds */
      port = 33445; hex : 0x1F, big = 5000000000L
      text = "a \\"quote\\", a tab\\t and \\x41" " and more"
      yes = TRUE no = false
      /* several
         lines */ ports = [ 443, 3389, 33445, ]
      empty = [] nodes = ( { a = "b"; n = -2; }, ( 1.5, 2.5e1 ) )
    `
    assert.deepEqual(read(text), {
      port: 33_445,
      hex: 31,
      big: 5_000_000_000,
      text: 'a "quote", a tab\t and A and more',
      yes: true,
      no: false,
      ports: [443, 3389, 33_445],
      empty: [],
      nodes: [{ a: 'b', n: -2 }, [1.5, 25]],
    })
    assert.deepEqual(read(''), {})
    assert.deepEqual(read('\uFEFFa = 1'), { a: 1 })
  })

  it('knows the line of each setting and of each item', () => {
    const settings = parseLibconfig('a = 1\n\n/* x\n\n*/ b = (\n  { c = "x\ny" },\n  { d = 2 }\n)\ne = 3')
    const lines = [...settings].map(([name, { line }]) => [name, line])
    assert.deepEqual(lines, [
      ['a', 1],
      ['b', 5],
      ['e', 10],
    ])
    const items = settings.get('b')!.value as readonly ConfigValue[]
    assert.deepEqual(
      items.map(({ line }) => line),
      [6, 8],
    )
  })

  const wrong: [string, number, RegExp][] = [
    ['port 5', 1, /'=' after port is expected here, not '5'/],
    ['a = 1\nport = ', 2, /a value is expected here, not the end of the file/],
    ['a = 1\n\nb = "x', 3, /this text has no end/],
    ['a = 1 /* b', 1, /this comment has no end/],
    ['a = [1, 2\nb = 3', 2, /'\]' is expected here, not 'b'/],
    ['a = { b = 1 )', 1, /'}' is expected here, not '\)'/],
    ['a = 1\n}', 2, /a setting is expected here, not '}'/],
    ['a = 1\na = 2', 2, /a is set a second time/],
    ['a = maybe', 1, /a value is expected here, not 'maybe'/],
    ['a = 12ab', 1, /'12ab' is no value/],
    ['\n@include "x"', 2, /@include is not supported/],
    ['a = "\\q"', 1, /'\\q' is no escape sequence/],
    ['a = $', 1, /unexpected character '\$'/],
    ['a = ☃', 1, /unexpected character '☃'/],
    [`a = ${'('.repeat(100_000)}`, 1, /nested too deeply/],
  ]
  for (const [text, line, says] of wrong) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.throws(
        () => parseLibconfig(text),
        (error) => error instanceof ConfigSyntaxError && error.line === line && says.test(error.message),
      )
    })
  }

  it('ends on any text whatever', () => {
    const pieces = [
      'a',
      ' = ',
      '"',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      ',',
      ';',
      '1',
      '\n',
      '/*',
      '*/',
      '#',
      '\\',
      '@',
      '-',
      '☃',
    ]
    let seed = 1
    for (let run = 0; run < 3000; run++) {
      let text = ''
      for (let i = 0; i < 12; i++) {
        seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
        text += pieces[seed % pieces.length]
      }
      try {
        parseLibconfig(text)
      } catch (error) {
        assert.ok(error instanceof ConfigSyntaxError, `${text}: ${error}`)
      }
    }
  })
})
