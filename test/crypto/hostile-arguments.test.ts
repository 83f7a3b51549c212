// Every backend judges arguments alike: wrong types and sizes throw and name the argument, forged texts are answers.

import assert from 'node:assert/strict'
import { types } from 'node:util'
import { BATCH_JOB_FIELDS, type Crypto, MAC_BYTES, type SharedKey } from '../../src/crypto/index.js'
import { onEveryBackend } from './backends.js'

type Method = Exclude<keyof Crypto, 'name'>

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7)

/** Good arguments of each method, with the name and right length of each (undefined: any length will do). */
const TABLE: { readonly [method in Method]?: readonly (readonly [name: string, length: number, fixed: boolean])[] } = {
  randomFill: [['target', 16, false]],
  publicKeyOf: [['secretKey', 32, true]],
  sharedKey: [
    ['publicKey', 32, true],
    ['secretKey', 32, true],
  ],
  seal: [
    ['out', 10 + MAC_BYTES, true],
    ['plain', 10, false],
    ['nonce', 24, true],
    ['key', 32, true],
  ],
  open: [
    ['out', 10, true],
    ['sealed', 10 + MAC_BYTES, false],
    ['nonce', 24, true],
    ['key', 32, true],
  ],
  signKeyPairOfSeed: [['seed', 32, true]],
  sign: [
    ['message', 5, false],
    ['signSecretKey', 64, true],
  ],
  verify: [
    ['signature', 64, true],
    ['message', 5, false],
    ['signPublicKey', 32, true],
  ],
  sha256: [['data', 5, false]],
  sha512: [['data', 5, false]],
  auth: [
    ['message', 5, false],
    ['key', 32, true],
  ],
  passwordKey: [
    ['passphrase', 5, false],
    ['salt', 32, true],
  ],
  equal: [
    ['a', 5, false],
    ['b', 5, false],
  ],
  wipe: [['secret', 5, false]],
}

const NOT_BYTES: readonly unknown[] = [
  undefined,
  null,
  0,
  32,
  'x'.repeat(32),
  {},
  [],
  new ArrayBuffer(32),
  new DataView(new ArrayBuffer(32)),
  new Int8Array(32),
  new Uint8ClampedArray(32),
  new Uint32Array(8),
  new Float64Array(4),
  new BigUint64Array(4),
  { length: 32, buffer: new ArrayBuffer(32), byteOffset: 0, byteLength: 32 },
  new Proxy(new Uint8Array(32), {}),
  Symbol('key'),
  () => 0,
]

await onEveryBackend('hostile arguments', (crypto) => {
  const call = (method: Method, args: readonly unknown[]): unknown =>
    (crypto[method] as unknown as (...all: unknown[]) => unknown).apply(crypto, [...args])

  for (const [method, parameters] of Object.entries(TABLE) as [Method, NonNullable<(typeof TABLE)[Method]>][]) {
    it(`${method}: anything but a Uint8Array is a TypeError naming the argument`, () => {
      for (const [at, [name]] of parameters.entries()) {
        for (const wrong of NOT_BYTES) {
          const args: unknown[] = parameters.map(([, length]) => bytes(length))
          args[at] = wrong
          const message = new RegExp(`^${name} must be a Uint8Array`)
          // A Proxy of an array passes `instanceof`, and is refused wherever its bytes are wanted.
          if (types.isProxy(wrong)) assert.throws(() => call(method, args), method)
          else assert.throws(() => call(method, args), { name: 'TypeError', message }, `${method}(${name})`)
        }
      }
    })

    it(`${method}: a wrong length is a RangeError naming the argument`, () => {
      for (const [at, [name, length, fixed]] of parameters.entries()) {
        if (!fixed) continue
        for (const wrong of [0, length - 1, length + 1, 4096]) {
          const args = parameters.map(([, right]) => bytes(right))
          args[at] = bytes(wrong)
          const message = new RegExp(`^${name} must be ${length} bytes, not ${wrong}`)
          assert.throws(() => call(method, args), { name: 'RangeError', message })
        }
        const detached = bytes(length)
        structuredClone(detached.buffer, { transfer: [detached.buffer as ArrayBuffer] })
        const args = parameters.map(([, right]) => bytes(right))
        args[at] = detached
        assert.throws(() => call(method, args), { name: 'RangeError' })
      }
    })
  }

  const key = bytes(32) as SharedKey
  const nonce = bytes(24)

  it('seals and opens the empty text', () => {
    const sealed = new Uint8Array(MAC_BYTES)
    crypto.seal(sealed, new Uint8Array(0), nonce, key)
    assert.equal(crypto.open(new Uint8Array(0), sealed, nonce, key), true)
    assert.equal(crypto.sha256(new Uint8Array(0)).length, 32)
    assert.equal(crypto.equal(new Uint8Array(0), new Uint8Array(0)), true)
    crypto.randomFill(new Uint8Array(0))
    crypto.wipe(new Uint8Array(0))
  })

  it('refuses an output that overlaps an input', () => {
    const arena = bytes(200)
    const out = arena.subarray(50, 76)
    for (const input of [arena.subarray(41, 51), arena.subarray(75, 85), arena.subarray(60, 70)]) {
      assert.throws(() => crypto.seal(out, input, nonce, key), { name: 'RangeError', message: /^out must not overlap/ })
    }
    assert.throws(() => crypto.seal(out, bytes(10), arena.subarray(30, 54), key), RangeError)
    assert.throws(() => crypto.seal(out, bytes(10), nonce, arena.subarray(75, 107) as SharedKey), RangeError)
    assert.throws(() => crypto.open(arena.subarray(0, 10), arena.subarray(9, 35), nonce, key), RangeError)
    crypto.seal(out, arena.subarray(40, 50), arena.subarray(76, 100), arena.subarray(100, 132) as SharedKey)
  })

  it('a text shorter than its tag does not open, whatever the output', () => {
    for (let length = 0; length < MAC_BYTES; length++) {
      assert.equal(crypto.open(new Uint8Array(0), bytes(length), nonce, key), false)
    }
  })

  it('a text with any bit changed does not open', () => {
    const plain = bytes(3)
    const sealed = new Uint8Array(plain.length + MAC_BYTES)
    crypto.seal(sealed, plain, nonce, key)
    const out = new Uint8Array(plain.length)
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const forged = sealed.slice()
      forged[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(crypto.open(out, forged, nonce, key), false, `bit ${bit}`)
    }
    const otherNonce = nonce.slice()
    otherNonce[23]! ^= 1
    assert.equal(crypto.open(out, sealed, otherNonce, key), false)
    const otherKey = key.slice() as SharedKey
    otherKey[0]! ^= 1
    assert.equal(crypto.open(out, sealed, nonce, otherKey), false)
    assert.equal(crypto.open(out, sealed, nonce, key), true)
    assert.deepEqual(out, plain)
  })

  it('random bytes differ, equal compares, wipe wipes', () => {
    const a = new Uint8Array(32)
    const b = new Uint8Array(32)
    crypto.randomFill(a)
    crypto.randomFill(b)
    assert.notDeepEqual(a, b)
    assert.equal(crypto.equal(a, b), false)
    assert.equal(crypto.equal(a, a.slice()), true)
    assert.equal(crypto.equal(a, a.subarray(1)), false)
    crypto.wipe(a.subarray(1, 31))
    assert.deepEqual(a.subarray(1, 31), new Uint8Array(30))
    assert.notEqual(crypto.keyPair().publicKey.join(), crypto.keyPair().publicKey.join())
    const pair = crypto.signKeyPair()
    assert.equal(crypto.verify(crypto.sign(a, pair.secretKey), a, pair.publicKey), true)
  })

  describe('batches', () => {
    // Layout of one arena: nonce at 0, key at 24, texts from 100 on.
    const ARENA_BYTES = 1_000
    const job = (plainAt: number, length: number, outAt: number, nonceAt = 0, keyAt = 24): number[] => [
      plainAt,
      length,
      nonceAt,
      keyAt,
      outAt,
      0,
    ]
    const arenaOf = (): Uint8Array => {
      const arena = new Uint8Array(ARENA_BYTES)
      crypto.randomFill(arena)
      return arena
    }

    it('seals and opens as one by one, and flags what was done', () => {
      const arena = arenaOf()
      const sealJobs = Int32Array.from([...job(100, 50, 300), ...job(150, 0, 400), ...job(150, 100, 500)])
      assert.equal(crypto.sealBatch(arena, sealJobs), 3)
      assert.deepEqual([sealJobs[5], sealJobs[11], sealJobs[17]], [1, 1, 1])
      const single = new Uint8Array(66)
      crypto.seal(single, arena.subarray(100, 150), arena.subarray(0, 24), arena.subarray(24, 56) as SharedKey)
      assert.deepEqual(arena.subarray(300, 366), single)

      const plain = arena.slice(100, 250)
      arena.fill(0, 100, 250)
      arena[420] = 0
      const openJobs = Int32Array.from([
        ...job(300, 66, 100),
        ...job(400, 16, 150),
        ...job(500, 116, 150),
        ...job(501, 116, 700), // Forged: shifted by one.
        ...job(300, 15, 800), // Shorter than a tag.
        ...job(300, 0, ARENA_BYTES),
      ])
      for (let i = 0; i < 6; i++) openJobs[i * BATCH_JOB_FIELDS + 5] = 99
      assert.equal(crypto.openBatch(arena, openJobs), 3)
      assert.deepEqual(
        Array.from({ length: 6 }, (_, i) => openJobs[i * BATCH_JOB_FIELDS + 5]),
        [1, 1, 1, 0, 0, 0],
      )
      assert.deepEqual(arena.slice(100, 250), plain)
    })

    it('an empty batch does nothing', () => {
      assert.equal(crypto.sealBatch(new Uint8Array(0), new Int32Array(0)), 0)
      assert.equal(crypto.openBatch(new Uint8Array(0), new Int32Array(0)), 0)
    })

    it('a job outside the arena or over its own input is refused, and then nothing has been done', () => {
      const M = 2 ** 31 - 1
      const wrong: readonly [number[], RegExp][] = [
        [job(-1, 10, 500), /job 1: input lies outside arena/],
        [job(100, -1, 500), /job 1: input lies outside arena/],
        [job(100, M, 500), /job 1: input lies outside arena/],
        [job(M, M, 500), /job 1: input lies outside arena/],
        [job(-M - 1, M, 500), /job 1: input lies outside arena/],
        [job(ARENA_BYTES - 9, 10, 500), /job 1: input lies outside arena/],
        [job(100, 10, 500, -1), /job 1: nonce lies outside arena/],
        [job(100, 10, 500, ARENA_BYTES - 23), /job 1: nonce lies outside arena/],
        [job(100, 10, 500, M), /job 1: nonce lies outside arena/],
        [job(100, 10, 500, 0, -24), /job 1: key lies outside arena/],
        [job(100, 10, 500, 0, ARENA_BYTES - 31), /job 1: key lies outside arena/],
        [job(100, 10, -1), /job 1: out lies outside arena/],
        [job(100, 10, ARENA_BYTES - 25), /job 1: out lies outside arena/],
        [job(100, 10, M), /job 1: out lies outside arena/],
        [job(100, 10, 109), /job 1: out overlaps/],
        [job(100, 10, 75), /job 1: out overlaps/],
        [job(100, 10, 23), /job 1: out overlaps/],
        [job(100, 10, 55), /job 1: out overlaps/],
      ]
      for (const [fields, message] of wrong) {
        const arena = arenaOf()
        const before = arena.slice()
        const jobs = Int32Array.from([...job(100, 50, 300), ...fields])
        assert.throws(() => crypto.sealBatch(arena, jobs), { name: 'RangeError', message })
        assert.deepEqual(arena, before)
        assert.equal(jobs[5], 0)
      }
      // The same fields for opening: the text is the longer one there.
      const arena = arenaOf()
      assert.throws(() => crypto.openBatch(arena, Int32Array.from(job(100, 30, 129))), /job 0: out overlaps/)
      assert.throws(() => crypto.openBatch(arena, Int32Array.from(job(980, 21, 100))), /job 0: input lies outside/)
    })

    it('arena and jobs are judged', () => {
      const arena = arenaOf()
      for (const wrong of NOT_BYTES) {
        if (types.isProxy(wrong)) continue
        assert.throws(() => crypto.sealBatch(wrong as Uint8Array, new Int32Array(6)), {
          name: 'TypeError',
          message: /^arena must be a Uint8Array/,
        })
        assert.throws(() => crypto.openBatch(arena, wrong as Int32Array), {
          name: 'TypeError',
          message: /^jobs must be an Int32Array/,
        })
      }
      for (const length of [1, 5, 7, 11]) {
        assert.throws(() => crypto.sealBatch(arena, new Int32Array(length)), {
          name: 'RangeError',
          message: /^jobs must hold 6 numbers a job/,
        })
      }
    })
  })
})
