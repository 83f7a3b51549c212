// What the library is to its process: callbacks, threads, many instances, children, and everything it must not touch.
// Each story runs with c-toxcore too, where c-toxcore survives it: that shows that the story itself is right.

import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { compile, measurements, needsOurs, needsTools, run, temporaryFolder, type Whose } from './library.js'

/** Pairs have to meet first. */
const SLOW_MS = 200_000

const isMeasurement = (line: string): boolean => line.startsWith('= ')

describe('a C process', function () {
  this.timeout(240_000)
  needsTools(this)

  /** The test runs with both libraries; ours is skipped where it is not built. */
  function withBoth(title: string, body: (whose: Whose) => Promise<void>): void {
    for (const whose of ['theirs', 'ours'] as const) {
      it(`${title} (${whose})`, async function () {
        if (whose === 'ours') needsOurs(this)
        await body(whose)
      })
    }
  }

  for (const { title, what } of [
    { title: 'removes and replaces callbacks', what: 'change' },
    { title: 'makes calls of every kind from a callback', what: 'call' },
  ]) {
    let reference: string[] | undefined
    withBoth(title, async (whose) => {
      const lines = await run(await compile('callbacks'), whose, [what], { deadlineMs: SLOW_MS })
      reference ??= lines
      assert.ok(lines.length > 5)
      assert.deepEqual(lines, reference)
    })
  }

  withBoth('outlives the relay that its instances write to', async (whose) => {
    const lines = await run(await compile('relays'), whose, [], { deadlineMs: SLOW_MS })
    assert.deepEqual(lines, ['both friends are here', 'all words arrive', 'the port is free again: 1'])
  })

  withBoth('runs pairs of instances on threads of their own', async (whose) => {
    const lines = await run(await compile('threads'), whose, ['pairs'], { deadlineMs: SLOW_MS })
    assert.deepEqual(lines, Array(3).fill('a pair on its own thread heard its message: 1'))
  })

  withBoth('reads and writes one instance on several threads while another iterates it', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['getters']), ['torn names: 0, name of 100 bytes'])
  })

  withBoth('makes its first instances on several threads at once', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['create']), ['4 threads made 4 instances each'])
  })

  withBoth('kills an instance on another thread', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['kill']), Array(5).fill('killed by another thread'))
  })

  withBoth('lives on a thread with a small stack', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['small']), ['lived and died on a small stack'])
  })

  withBoth('is asked by a thousand threads that end at once', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['visits']), ['visits that read the name: 1000'])
  })

  withBoth('is asked from two megabytes down the stack and from the top of it', async (whose) => {
    assert.deepEqual(await run(await compile('threads'), whose, ['deep']), ['levels that read the name: 20'])
  })

  withBoth('keeps its signals, standard files, locale, environment and limits', async (whose) => {
    assert.deepEqual(await run(await compile('host'), whose), ['made', 'iterated', 'killed'])
  })

  withBoth('keeps them as the child of a Node that shares a channel with it', async (whose) => {
    const env = { NODE_CHANNEL_FD: '0', NODE_CHANNEL_SERIALIZATION_MODE: 'json' }
    assert.deepEqual(await run(await compile('host'), whose, [], { env }), ['made', 'iterated', 'killed'])
  })

  let children: string[] | undefined
  withBoth('forks and executes with a running instance', async (whose) => {
    const lines = await run(await compile('children'), whose)
    children ??= lines
    assert.equal(lines.length, 9)
    assert.deepEqual(lines, children)
  })

  withBoth('makes and kills 100 instances in a row, and no file stays open', async (whose) => {
    const lines = await run(await compile('many'), whose, ['row'])
    assert.deepEqual(
      lines.filter((line) => !isMeasurement(line)),
      ['UDP port 33445', 'UDP port 33445'],
    )
    const figures = measurements(lines)
    assert.equal(figures.get('end_files'), figures.get('warm_files'))
  })

  let together: string[] | undefined
  withBoth('has 32 instances alive together', async (whose) => {
    const lines = (await run(await compile('many'), whose, ['together'])).filter((line) => !isMeasurement(line))
    together ??= lines
    assert.equal(lines.length, 64)
    assert.deepEqual(lines, together)
  })

  withBoth('hears sound log lines with its user data', async (whose) => {
    assert.equal((await run(await compile('log'), whose))[0], 'wrong lines: 0, on other threads: 0')
  })

  const SURROUNDINGS: readonly { readonly title: string; readonly script: string }[] = [
    { title: 'variables that Node would read', script: 'NODE_OPTIONS=--no-such-option NODE_PATH=/no NODE_DEBUG=net' },
    {
      title: 'variables of a program beside it',
      script: 'NODE_V8_COVERAGE=/no UV_THREADPOOL_SIZE=0 NODE_REPL_HISTORY=',
    },
    { title: 'no environment but the library path', script: 'exec env -i LD_LIBRARY_PATH="$LD_LIBRARY_PATH"' },
    { title: 'no standard input', script: 'exec <&-;' },
    { title: 'a current folder that is gone', script: 'cd "$FOLDER"; rmdir "$FOLDER";' },
    { title: 'a locale with other digits', script: 'LC_ALL=de_DE.UTF-8' },
    { title: 'few open files', script: 'ulimit -n 64;' },
  ]
  for (const { title, script } of SURROUNDINGS) {
    withBoth(`tells the same with ${title}`, async (whose) => {
      const program = await compile('self')
      const FOLDER = mkdtempSync(join(temporaryFolder(), 'gone-'))
      const through = ['sh', '-c', `${script} "$@"`, 'sh']
      assert.deepEqual(await run(program, whose, [], { through, env: { FOLDER } }), await run(program, 'theirs'))
    })
  }

  // What c-toxcore does not survive: it asserts an instance, reads what a length names, or cuts the length to 16 bits.
  for (const what of ['instance', 'options', 'values']) {
    it(`survives wrong arguments, and no such call succeeds: ${what} (ours)`, async function () {
      needsOurs(this)
      const lines = await run(await compile('misuse'), 'ours', [what])
      assert.equal(lines.at(-1), 'came through')
      assert.deepEqual(
        lines.filter((line) => line.endsWith(', error 0')),
        [],
      )
    })
  }
})
