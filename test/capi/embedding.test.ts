// The library inside other languages' processes: loaded late and privately, by Python and by a Node with a V8 of its own.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkLibrary, environment, libraries, needsOurs, needsTools, type Whose } from './library.js'

const LIMIT_MS = 120_000

const HOSTS = [
  { host: "Python's ctypes", command: 'python3', script: 'two_instances.py' },
  { host: 'koffi in Node', command: process.execPath, script: 'two-instances.mjs' },
]

function runs(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('the C library in other hosts', function () {
  this.timeout(2 * LIMIT_MS)
  needsTools(this)

  for (const { host, command, script } of HOSTS) {
    for (const whose of ['theirs', 'ours'] as const) {
      it(`${host}: two instances exchange messages (${whose})`, async function () {
        if (whose === 'ours') needsOurs(this)
        if (!runs(command)) this.skip()
        assert.deepEqual(await exchange(command, script, whose), ['0 0 from a', '0 0 from b'])
      })
    }
  }
})

async function exchange(command: string, script: string, whose: Whose): Promise<string[]> {
  const path = fileURLToPath(new URL(`programs/${script}`, import.meta.url))
  // Only the path that is given says which library is loaded.
  const env = { ...environment(whose), LD_LIBRARY_PATH: '' }
  const options = { env, timeout: LIMIT_MS, killSignal: 'SIGKILL' } as const
  const { stdout, stderr } = await promisify(execFile)(command, [path, libraries[whose]!], options)
  checkLibrary(stderr, whose)
  return stdout.trim().split('\n')
}
