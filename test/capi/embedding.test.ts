// The library inside other languages' processes: loaded late and privately, by Python and by a Node with a V8 of its own.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkLibrary, compile, environment, libraries, needsOurs, needsTools, run, type Whose } from './library.js'

const LIMIT_MS = 120_000

const HOSTS = [
  { host: "Python's ctypes", command: 'python3', script: 'two_instances.py' },
  { host: 'koffi in Node', command: process.execPath, script: 'two-instances.mjs' },
]

/** As Debian builds it: a Node that is linked with libnode. Two of them in one process is more than V8 allows. */
const NODE_IS_SHARED = (process.config.variables as { readonly node_shared?: boolean }).node_shared === true

/** TOX_ERR_NEW_MALLOC is 2. */
const SECOND_LIBNODE = `
import ctypes, sys
libnode, library = map(ctypes.CDLL, sys.argv[1:])
library.tox_new.restype = ctypes.c_void_p
error = ctypes.c_int(0)
print(library.tox_new(None, ctypes.byref(error)), error.value)
`

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
        if (whose === 'ours' && command === process.execPath && NODE_IS_SHARED) this.skip()
        assert.deepEqual(await exchange(command, script, whose), ['0 0 from a', '0 0 from b'])
      })
    }
  }

  for (const whose of ['theirs', 'ours'] as const) {
    it(`a host that opens libraries from memory, as ours does: an instance (${whose})`, async function () {
      if (whose === 'ours') needsOurs(this)
      assert.deepEqual(await run(await compile('memory-library'), whose), ['instance: 1, error 0'])
    })
  }

  it('a host that uses our libnode itself: told so, instead of a crash (ours)', async function () {
    needsOurs(this)
    if (!runs('python3')) this.skip()
    const folder = join(dirname(libraries.ours!), 'toxcore-ts')
    const libnode = readdirSync(folder).find((name) => name.startsWith('libnode.so'))
    const env = { ...process.env, TOXCORE_TS_LOG: 'error' }
    const args = ['-c', SECOND_LIBNODE, join(folder, libnode!), libraries.ours!]
    const { stdout, stderr } = await promisify(execFile)('python3', args, { env, timeout: LIMIT_MS })
    assert.equal(stdout, 'None 2\n')
    assert.match(stderr, /libnode\.so\.\d+ already/)
  })
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
