// Stories of one instance that meets nobody: told by both libraries, they read the same, call for call.

import assert from 'node:assert/strict'
import { compile, needsOurs, needsTools, run } from './library.js'

const SEEDS = Array.from({ length: 30 }, (_, at) => String(at + 1))

const STORIES: readonly { readonly story: string; readonly args?: readonly string[] }[] = [
  { story: 'self' },
  { story: 'friends' },
  { story: 'sending' },
  { story: 'new', args: ['ports'] },
  { story: 'new', args: ['tcp'] },
  { story: 'new', args: ['order'] },
  { story: 'new', args: ['proxies'] },
  { story: 'new', args: ['savedata'] },
  { story: 'bootstrap' },
  { story: 'nulls' },
  { story: 'savedata', args: ['keep'] },
  { story: 'conference-calls' },
  { story: 'random', args: SEEDS },
]

describe('offline stories in C', function () {
  this.timeout(120_000)
  needsTools(this)

  for (const { story, args = [] } of STORIES) {
    const title = args.length === 1 ? `${story} ${args[0]}` : story
    it(`${title}: c-toxcore tells it twice in the same words`, async () => {
      const program = await compile(story)
      const first = await run(program, 'theirs', args)
      assert.ok(first.length >= 5)
      assert.deepEqual(await run(program, 'theirs', args), first)
    })

    it(`${title}: ours tells what c-toxcore tells`, async function () {
      needsOurs(this)
      const program = await compile(story)
      assert.deepEqual(await run(program, 'ours', args), await run(program, 'theirs', args))
    })

    it(`${title}: so it is when compiled against our headers`, async function () {
      needsOurs(this)
      const reference = await run(await compile(story), 'theirs', args)
      assert.deepEqual(await run(await compile(story, 'ours'), 'ours', args), reference)
    })
  }
})
