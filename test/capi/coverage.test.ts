// No function of the told areas is forgotten: each one that c-toxcore's header declares is called in some story.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { needsTools } from './library.js'

const PROGRAMS = new URL('programs/', import.meta.url)
const HEADER = '/usr/include/tox/tox.h'
const AREAS =
  /^tox_(self|friend|conference|callback_(self|friend|conference)|new$|kill$|iterat|bootstrap$|add_tcp_relay$|get_savedata|hash$)/

describe('the C stories', function () {
  needsTools(this)

  it('call every function of their areas', () => {
    const declared = [...readFileSync(HEADER, 'utf8').matchAll(/^[a-z].*?\b(tox_\w+)\(/gm)].map((match) => match[1]!)
    const areas = declared.filter((name) => AREAS.test(name) && !name.endsWith('_cb'))
    assert.ok(areas.length > 50, `only ${areas.length} functions found`)
    const stories = readdirSync(PROGRAMS)
      .filter((name) => /\.[ch]$/.test(name))
      .map((name) => readFileSync(new URL(name, PROGRAMS), 'utf8'))
      .join('\n')
    assert.deepEqual(
      areas.filter((name) => !stories.includes(`${name}(`)),
      [],
    )
  })
})
