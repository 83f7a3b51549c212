// The addon itself: loading, workers, and input that no caller of ours would give it.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot, requireNow } from '../../src/addon/here.cjs'
import { type Addon, type AddonCrypto, loadAddon, whyNoAddon } from '../../src/addon/index.js'

const addon = loadAddon()
const crypto = addon?.crypto

describe('loading the addon', () => {
  it('finds the package folder', () => {
    const root = packageRoot()
    assert.ok(root)
    assert.equal((requireNow(join(root, 'package.json')) as { name: string }).name, 'toxcore-ts')
  })

  it('is the same object every time, and says why where there is none', () => {
    assert.equal(loadAddon(), addon)
    assert.equal(whyNoAddon() === '', addon !== undefined)
  })

  it('TOXCORE_TS_ADDON=off leaves it out', () => {
    const before = process.env['TOXCORE_TS_ADDON']
    process.env['TOXCORE_TS_ADDON'] = 'off'
    try {
      assert.equal(loadAddon(), undefined)
      assert.equal(whyNoAddon(), 'TOXCORE_TS_ADDON is off')
    } finally {
      if (before === undefined) delete process.env['TOXCORE_TS_ADDON']
      else process.env['TOXCORE_TS_ADDON'] = before
    }
  })
})

/** Where the loaded binary lies: Node remembers every module that it has loaded by its path. */
function binary(): string {
  const require = requireNow('node:module') as { _cache: Record<string, { exports: unknown }> }
  const path = Object.keys(require._cache).find((name) => name.endsWith('toxcore_ts.node'))
  assert.ok(path)
  return path
}

describe('the addon', () => {
  if (addon === undefined) {
    it.skip(`the addon is missing: ${whyNoAddon()}`)
    return
  }

  it('works in many workers at once, and after they have ended', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const addon = require(workerData)
      const out = new Int32Array(1)
      const keys = new Uint8Array(64)
      keys[0] = 1
      let hashes = 0
      for (let i = 0; i < 500; i++) {
        addon.nodes.nearestIndices(new Uint8Array(32), keys, 2, 1, out)
        if (addon.crypto) {
          const hash = new Uint8Array(32)
          addon.crypto.sha256(hash, Uint8Array.of(i))
          hashes += hash[0]
        }
      }
      parentPort.postMessage([out[0], hashes])`
    const answers = await Promise.all(
      Array.from(
        { length: 4 },
        () =>
          new Promise<unknown>((resolve, reject) => {
            const worker = new Worker(code, { eval: true, workerData: binary() })
            let answer: unknown
            worker.on('message', (message) => {
              answer = message
            })
            worker.on('error', reject)
            worker.on('exit', () => resolve(answer))
          }),
      ),
    )
    assert.equal((answers[0] as number[])[0], 1)
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.equal(addon.nodes.nearestIndices(new Uint8Array(32), new Uint8Array(32), 1, 1, new Int32Array(1)), 1)
  })

  it('loads twice in one thread', () => {
    const module = { exports: {} as Partial<Addon> }
    process.dlopen(module, binary())
    assert.ok(module.exports.nodes)
    assert.notEqual(module.exports, addon)
    assert.equal(module.exports.nodes.nearestIndices(new Uint8Array(32), new Uint8Array(0), 0, 0, new Int32Array(0)), 0)
  })
})

describe('the addon, misused', () => {
  if (crypto === undefined) {
    it.skip(`the addon has no crypto: ${addon?.cryptoMissing ?? whyNoAddon()}`)
    return
  }
  const names = Object.keys(crypto) as (keyof AddonCrypto)[]
  const call = (name: keyof AddonCrypto, args: readonly unknown[], self: unknown = undefined): unknown =>
    (crypto[name] as unknown as (...all: unknown[]) => unknown).call(self, ...args)

  it('any function with no arguments, or with `new`, throws and lives', () => {
    assert.ok(names.length >= 20)
    for (const name of names) {
      assert.throws(() => call(name, []), TypeError, name)
      assert.throws(() => Reflect.construct(crypto[name], []), name)
    }
  })

  it('any function with any mixture of odd arguments throws or answers, and lives', () => {
    const detached = new Uint8Array(64)
    structuredClone(detached.buffer, { transfer: [detached.buffer] })
    const shrunk = shrunkArray()
    const arena = new Uint8Array(256)
    const odd: readonly unknown[] = [
      undefined,
      null,
      -1,
      Number.NaN,
      2 ** 53,
      '',
      {},
      detached,
      shrunk,
      new Uint8Array(0),
      new Uint8Array(24),
      new Uint8Array(32),
      new Uint8Array(64),
      new Uint8Array(new SharedArrayBuffer(32)),
      arena.subarray(3, 35),
      arena.subarray(16, 80),
      Buffer.alloc(48),
      new Int32Array(12).fill(-1),
      new Int32Array(12).fill(2 ** 31 - 1),
      new Int32Array(new SharedArrayBuffer(48)),
      new BigInt64Array(4),
      new DataView(new ArrayBuffer(32)),
      {
        get length() {
          throw new Error('a getter of the attacker')
        },
      },
    ]
    let state = 1
    const next = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state >>> 8) % limit
    }
    let threw = 0
    for (let round = 0; round < 20_000; round++) {
      const name = names[next(names.length)]!
      const args = Array.from({ length: next(7) }, () => odd[next(odd.length)])
      try {
        call(name, args, odd[next(odd.length)])
      } catch (error) {
        assert.ok(error instanceof TypeError || error instanceof RangeError, `${name}: ${String(error)}`)
        threw++
      }
    }
    assert.ok(threw > 10_000)
  })

  it('a scrypt of a good call still works after all that', () => {
    assert.equal(crypto.passwordKey(new Uint8Array(32), new Uint8Array(1), new Uint8Array(32)), true)
  })

  it('batches over memory that is shared with another thread', () => {
    const arena = new Uint8Array(new SharedArrayBuffer(256))
    const jobs = new Int32Array(new SharedArrayBuffer(24))
    jobs.set([60, 10, 0, 24, 100, 0])
    assert.equal(crypto.sealBatch(arena, jobs), 1)
    jobs.set([100, 26, 0, 24, 60, 0])
    assert.equal(crypto.openBatch(arena, jobs), 1)
  })
})

/** A view whose buffer has shrunk from under it (an ordinary one where buffers cannot be resized). */
function shrunkArray(): Uint8Array {
  const Resizable = ArrayBuffer as unknown as new (
    length: number,
    options: object,
  ) => ArrayBuffer & { resize?(n: number): void }
  const buffer = new Resizable(64, { maxByteLength: 64 })
  const view = new Uint8Array(buffer, 32, 32)
  buffer.resize?.(16)
  return view
}
