// Seal and open of a full packet (1,373 bytes, the largest net-crypto payload) through the addon in batches, against
// libsodium itself: the same function called in a loop inside the addon, with no crossing and no job to read.

import { loadAddon, whyNoAddon } from '../src/addon/index.js'
import { BATCH_JOB_FIELDS, MAC_BYTES, NONCE_BYTES, openCrypto, SHARED_KEY_BYTES } from '../src/crypto/index.js'
import { type BenchLine, benchLine, quantile } from './bench-line.js'

const TEXT_BYTES = 1_373
/** As many as one turn of the host receives. */
const BATCH = 64
const ROUNDS = 60
const BATCHES_PER_ROUND = 20
/** The fast tenth of the rounds: what remains when other programs do not take the processor away. */
const QUIET = 0.1
const STRIDE = TEXT_BYTES + MAC_BYTES

export async function run(): Promise<BenchLine[]> {
  const libsodium = loadAddon()?.crypto
  const crypto = await openCrypto('native')
  if (libsodium === undefined || 'missing' in crypto) {
    throw new Error(`the addon has no crypto: ${'missing' in crypto ? crypto.missing : whyNoAddon()}`)
  }

  // The arena: nonce, key, then the texts, then the sealed texts.
  const textsAt = NONCE_BYTES + SHARED_KEY_BYTES
  const sealedAt = textsAt + BATCH * TEXT_BYTES
  const arena = new Uint8Array(sealedAt + BATCH * STRIDE)
  crypto.randomFill(arena)
  const sealJobs = new Int32Array(BATCH * BATCH_JOB_FIELDS)
  const openJobs = new Int32Array(BATCH * BATCH_JOB_FIELDS)
  for (let i = 0; i < BATCH; i++) {
    const text = textsAt + i * TEXT_BYTES
    const sealed = sealedAt + i * STRIDE
    sealJobs.set([text, TEXT_BYTES, 0, NONCE_BYTES, sealed, 0], i * BATCH_JOB_FIELDS)
    openJobs.set([sealed, STRIDE, 0, NONCE_BYTES, text, 0], i * BATCH_JOB_FIELDS)
  }
  const nonce = arena.slice(0, NONCE_BYTES)
  const key = arena.slice(NONCE_BYTES, textsAt)
  const plain = arena.slice(textsAt, textsAt + TEXT_BYTES)
  const sealed = new Uint8Array(STRIDE)
  const times = BATCH * BATCHES_PER_ROUND

  const seal = compare(
    () => repeat(() => crypto.sealBatch(arena, sealJobs)),
    () => libsodium.bareSealLoop(sealed, plain, nonce, key, times),
  )
  const open = compare(
    () => repeat(() => crypto.openBatch(arena, openJobs)),
    () => libsodium.bareOpenLoop(plain, sealed, nonce, key, times),
  )
  return [
    benchLine('seal of 1,373 bytes through the addon, batched', seal.ours, seal.theirs, 'µs', 'libsodium'),
    benchLine('open of 1,373 bytes through the addon, batched', open.ours, open.theirs, 'µs', 'libsodium'),
  ]
}

function repeat(batch: () => number): void {
  for (let i = 0; i < BATCHES_PER_ROUND; i++) if (batch() !== BATCH) throw new Error('a job failed')
}

/** Microseconds a packet of both, their rounds taken by turns so that a busy machine slows both alike. */
function compare(ours: () => void, theirs: () => void): { ours: number; theirs: number } {
  const oursUs: number[] = []
  const theirsUs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    oursUs.push(microsecondsEach(ours))
    theirsUs.push(microsecondsEach(theirs))
  }
  return { ours: quantile(oursUs, QUIET), theirs: quantile(theirsUs, QUIET) }
}

function microsecondsEach(work: () => void): number {
  const startedAt = performance.now()
  work()
  return ((performance.now() - startedAt) * 1_000) / (BATCH * BATCHES_PER_ROUND)
}
