// npm run fuzz: the long lane. FUZZ_CASES (default ten million) inputs over all schemas; FUZZ_SEED repeats a run.

import { fuzz } from './fuzzer.js'
import { allSchemas } from './schemas.js'

const CASES = Number(process.env.FUZZ_CASES ?? 10_000_000)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
/** Cases between two lines of progress; each round has a seed of its own, derived from SEED. */
const ROUND = 500_000

const schemas = await allSchemas()
console.log(`${CASES.toLocaleString('en')} cases over ${schemas.length} schemas, seed ${SEED}`)
const startedAt = performance.now()
const accepted = new Map<string, number>()
for (let done = 0, round = 0; done < CASES; round++) {
  const cases = Math.min(ROUND, CASES - done)
  try {
    for (const [name, count] of fuzz(schemas, cases, SEED + round).accepted) {
      accepted.set(name, (accepted.get(name) ?? 0) + count)
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
  done += cases
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`${done.toLocaleString('en')} cases, ${seconds.toFixed(0)} s`)
}
for (const [name, count] of accepted) console.log(`${String(count).padStart(9)} accepted  ${name}`)
