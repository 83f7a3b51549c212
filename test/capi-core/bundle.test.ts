// The script that goes into libtoxcore.so.2, run as the library runs it: a function of `require` and `process` alone.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { bundleCore } from '../../capi/core/bundle.mjs'
import { CORE_FUNCTIONS } from '../../capi/table/functions.js'
import { loadAddon } from '../../src/addon/index.js'

describe('the bundle of the C core', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  const file = join(folder, 'core.js')
  let parts: Record<string, number>
  let script: string

  before(async () => {
    parts = await bundleCore(file)
    script = readFileSync(file, 'latin1')
  })
  after(() => rmSync(folder, { recursive: true }))

  it('holds nothing that the library cannot use', () => {
    const names = Object.keys(parts)
    assert.ok(names.includes('src/tox/engine.ts') && names.includes('capi/core/linked-candidates.ts'))
    const strange = names.filter((name) => !/^(src|capi)\//.test(name))
    assert.deepEqual(strange, [])
    const unwanted = names.filter((name) =>
      /backend\/(wasm|sodium-native)|dgram|profile|dns|here\.cts|\/api\/|\/sim\//.test(name),
    )
    assert.deepEqual(unwanted, [])
    assert.ok(script.length < 640 * 1024, `${script.length} bytes`)
  })

  it("is plain ASCII and asks for few of Node's modules, by their bare names", () => {
    assert.ok([...script].every((character) => character.charCodeAt(0) < 128))
    const required = [...script.matchAll(/\brequire\("([^"]*)"\)/g)].map(([, name]) => name)
    assert.deepEqual([...new Set(required)].sort(), ['fs', 'os', 'timers', 'util'])
    assert.doesNotMatch(script, /\bmodule\.exports\b|__dirname|__filename|import\(/)
  })

  const addon = loadAddon()
  if (addon?.UdpSocket === undefined) {
    it.skip('runs, and answers calls: there is no native addon')
    return
  }

  it('runs without browser globals, and answers calls', () => {
    const words = new ArrayBuffer(24 * 8)
    const numbers = new Float64Array(words)
    let call: ((functionNumber: number, instance: number) => boolean) | undefined
    const host = {
      words,
      setBlock: () => {},
      setReserve: () => {},
      setCall: (given: typeof call) => {
        call = given
      },
      random: (_instance: number, target: Uint8Array) => target.fill(7),
    }
    const bindings: Record<string, unknown> = { toxcore_ts: addon, toxcore_ts_host: host }
    const embedder = Object.create(process, { _linkedBinding: { value: (name: string) => bindings[name] } })
    const absent = [
      'performance',
      'TextEncoder',
      'TextDecoder',
      'setTimeout',
      'clearTimeout',
      'queueMicrotask',
      'Buffer',
    ]
    const run = compileFunction(script, ['require', 'process', ...absent])
    run(createRequire(import.meta.url), embedder)
    assert.ok(call !== undefined)

    const invoke = (name: string, instance: number, ...values: number[]): number => {
      numbers[0] = 1_000
      numbers.set(values, 1)
      assert.ok(
        call!(
          CORE_FUNCTIONS.findIndex((row) => row.name === name),
          instance,
        ),
        name,
      )
      assert.equal(numbers[21], 0, name)
      return numbers[0]!
    }
    const instance = invoke('core_new', 0, 1, 1, 0, 1, 1, 41_000, 41_999, 0, 0, 0, 0, 0, 0, 0)
    const port = invoke('tox_self_get_udp_port', instance)
    assert.ok(port >= 41_000 && port <= 41_999)
    invoke('core_iterate', instance)
    invoke('core_kill', instance)
  })
})
