// --help and --version everywhere.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEADLINE_MS, ROOT, run } from './process.js'

const COMMANDS = [
  ...['demo', 'echo', 'chat', 'send', 'receive', 'history'],
  ...['export', 'import', 'profile', 'id', 'node', 'nodes'],
]

describe('toxcore-ts --help', function () {
  this.timeout(4 * DEADLINE_MS)

  it('lists the commands', async () => {
    const [long, short, word, nothing] = await Promise.all([run('--help'), run('-h'), run('help'), run()])
    assert.match(long.stdout, /^Usage: toxcore-ts COMMAND \[OPTIONS\]\n/)
    for (const name of COMMANDS) assert.match(long.stdout, new RegExp(`^ {2}${name} +[A-Z].*\\.$`, 'm'))
    for (const same of [short, word]) assert.deepEqual(same, long)
    assert.deepEqual([long.code, long.stderr], [0, ''])
    assert.deepEqual([nothing.code, nothing.stdout], [2, long.stdout])
  })

  for (const name of COMMANDS) {
    it(`explains ${name}`, async () => {
      const [long, short] = await Promise.all([run(name, '--help'), run(name, '--frob', '-h')])
      assert.match(long.stdout, new RegExp(`^Usage: toxcore-ts ${name} \\[OPTIONS\\]`))
      assert.match(long.stdout, /^ {2}--help +show this help$/m)
      assert.deepEqual([long.code, long.stderr], [0, ''])
      assert.equal(short.stdout, long.stdout)
      for (const line of long.stdout.split('\n')) assert.ok(line.length <= 120, line)
    })
  }

  it('tells the version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    assert.deepEqual(await run('--version'), { code: 0, stdout: `${version}\n`, stderr: '' })
  })
})
