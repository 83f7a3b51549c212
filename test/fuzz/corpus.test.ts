// Every schema against inputs that fuzzers found worth keeping, and against a short run of our own fuzzer.
// The corpus is not part of the project: it stands beside it, and without it these tests count as skipped.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fuzz, judge } from './fuzzer.js'
import type { NamedSchema } from './schemas.js'
import { allSchemas } from './schemas.js'

const CORPUS = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/vectors/fuzz-corpus')
const MODULES = [
  'DHT',
  'bootstrap',
  'forwarding',
  'group_announce',
  'group_moderation',
  'net_crypto',
  'tox_events',
  'toxsave',
].map((module) => `${module}_fuzz_test`)
/** The first bytes steer c-toxcore's harness, so that what a parser sees begins a little later. */
const OFFSETS = [0, 1, 2, 3, 4, 8]

describe('fuzzing', () => {
  let schemas: NamedSchema[]

  before(async () => {
    schemas = await allSchemas()
  })

  it('finds the schemas', () => {
    assert.ok(schemas.length >= 2)
  })

  for (const module of MODULES) {
    it(`every schema survives the corpus of ${module}`, function () {
      const folder = join(CORPUS, module)
      if (!existsSync(folder)) {
        this.test!.title += ' [no ../shared/vectors]'
        this.skip()
      }
      for (const name of readdirSync(folder)) {
        const bytes = new Uint8Array(readFileSync(join(folder, name)))
        for (const named of schemas) for (const at of OFFSETS) judge(named, bytes.slice(at))
      }
    })
  }

  it('every schema survives a short run of the fuzzer, and the fuzzer reaches most of them', () => {
    const { accepted } = fuzz(schemas, 100_000, 7)
    const reached = [...accepted.values()].filter((count) => count > 0).length
    assert.ok(reached >= accepted.size / 2, `only ${reached} of ${accepted.size} schemas accepted anything`)
  })

  it('the fuzzer finds a decoder that throws', () => {
    const broken = (schemas[0] as NamedSchema).schema
    const bad: NamedSchema = {
      name: 'bad',
      schema: {
        ...broken,
        minSize: 1,
        maxSize: 8,
        read: (reader) => {
          if (reader.bytes[0] === 0x80) throw new RangeError('as a careless decoder would')
          reader.fail()
          return undefined
        },
      },
    }
    assert.throws(() => fuzz([bad], 10_000, 1), /seed 1, case \d+: bad on 80[0-9a-f]*: as a careless decoder would/)
  })
})
