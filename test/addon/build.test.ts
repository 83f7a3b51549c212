// native/build.mjs where the addon cannot be built: one clear line, and no failed installation.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../native/build.mjs', import.meta.url))

function buildWithoutCompiler(...args: string[]): { status: number | null; lines: string[] } {
  const env = { ...process.env, CXX: '/nonexistent/c++' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8', env })
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') }
}

describe('building the addon without a compiler', () => {
  it('says which path is used and succeeds', () => {
    const { status, lines } = buildWithoutCompiler()
    assert.equal(status, 0)
    assert.equal(lines.length, 1)
    assert.match(
      lines[0]!,
      /^toxcore-ts: native addon not built \(.+\); crypto by sodium-native or WASM, UDP by node:dgram$/,
    )
  })

  it('fails when it is required', () => {
    const { status, lines } = buildWithoutCompiler('--required')
    assert.equal(status, 1)
    assert.equal(lines.length, 1)
  })
})
