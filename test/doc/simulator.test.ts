// The example of doc/simulator.md, run as it stands there.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as simulator from '../../src/simulator.js'

const PAGE = new URL('../../doc/simulator.md', import.meta.url)

describe('doc/simulator.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'toxcore-ts-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('shows an example that works', async () => {
    const example = /```js\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8'))?.[1] ?? ''
    assert.ok(example.includes("from 'toxcore-ts/sim'"))
    // The sources stand for the package, which need not be built.
    Object.assign(globalThis, { simulator })
    const source = example.replace(/import (\{[^}]*\}) from 'toxcore-ts\/sim'/, 'const $1 = globalThis.simulator')
    const file = join(folder, 'example.mjs')
    writeFileSync(file, source)
    try {
      await import(pathToFileURL(file).href)
    } finally {
      Reflect.deleteProperty(globalThis, 'simulator')
    }
  })

  it('names every way to change the network', () => {
    const page = readFileSync(PAGE, 'utf8')
    const knobs = ['latencyMs', 'jitterMs', 'loss', 'duplicate', 'reorder', 'upBytesPerSecond', 'queueMs', 'hairpin']
    for (const knob of [...knobs, ...publicNames(simulator.World), ...publicNames(simulator.SimHost)]) {
      assert.ok(page.includes(knob), knob)
    }
  })
})

/** Methods and properties that a user of this class may call. */
function publicNames({ prototype }: { prototype: object }): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => !INTERNAL.has(name))
}

/** Of no use to a test's writer, or plain by their names. */
const INTERNAL = new Set(['constructor', 'nowMs', 'removeHost', 'endpoint', 'isPlugged', 'isAsleep', 'isRunning'])
for (const name of ['hasLine', 'deliver', 'start', 'setLine', 'env']) INTERNAL.add(name)
