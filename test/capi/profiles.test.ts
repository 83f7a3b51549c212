// Profiles that one library writes and either of them reads, whole and damaged.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { compile, needsOurs, needsTools, run, temporaryFolder, type Whose } from './library.js'

describe('profiles in C', function () {
  this.timeout(120_000)
  needsTools(this)

  async function written(whose: Whose): Promise<string> {
    const file = join(temporaryFolder(), `${whose}.tox`)
    await run(await compile('savedata'), whose, ['write', file])
    return file
  }

  const read = async (whose: Whose, what: 'read' | 'damage', file: string): Promise<string[]> =>
    await run(await compile('savedata'), whose, [what, file])

  it('c-toxcore reads what it wrote, and says the same of each damage twice', async () => {
    const file = await written('theirs')
    assert.equal((await read('theirs', 'read', file))[0], 'loading: error 0')
    const damage = await read('theirs', 'damage', file)
    assert.ok(damage.length > 500)
    assert.deepEqual(await read('theirs', 'damage', file), damage)
  })

  for (const writer of ['ours', 'theirs'] as const) {
    it(`both read the same in a profile of ${writer}`, async function () {
      needsOurs(this)
      const file = await written(writer)
      assert.deepEqual(await read('ours', 'read', file), await read('theirs', 'read', file))
    })

    it(`both judge every damage to a profile of ${writer} alike`, async function () {
      needsOurs(this)
      const file = await written(writer)
      assert.deepEqual(await read('ours', 'damage', file), await read('theirs', 'damage', file))
    })
  }
})
