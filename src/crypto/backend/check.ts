// Arguments of the portable backends, judged once and equally. A wrong one is our own mistake and throws; the native
// backend judges the same way in C++ (native/args.h), and one table of tests holds them to the same answers.

import { BATCH_JOB_FIELDS } from '../crypto.js'
import { MAC_BYTES, NONCE_BYTES, SHARED_KEY_BYTES } from '../keys.js'

/** Throws TypeError unless `value` is a Uint8Array. */
export function needBytes(name: string, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Uint8Array`)
}

/** Throws TypeError unless `value` is a Uint8Array, RangeError unless it has `length` bytes. */
export function needLength(name: string, value: Uint8Array, length: number): void {
  needBytes(name, value)
  if (value.length !== length) throw new RangeError(`${name} must be ${length} bytes, not ${value.length}`)
}

/** Judges the arguments of `seal` (`growth` = MAC_BYTES) and `open` (`growth` = -MAC_BYTES). */
export function needBox(
  out: Uint8Array,
  input: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  growth: number,
  inputName: string,
): void {
  needBytes('out', out)
  needBytes(inputName, input)
  needLength('nonce', nonce, NONCE_BYTES)
  needLength('key', key, SHARED_KEY_BYTES)
  needLength('out', out, input.length + growth)
  if (overlap(out, input) || overlap(out, nonce) || overlap(out, key)) {
    throw new RangeError(`out must not overlap ${inputName}, nonce or key`)
  }
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  return a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.length && b.byteOffset < a.byteOffset + a.length
}

/**
 * The portable twin of the native batches: judges every job first (a wrong one throws and nothing has been done), then
 * runs `one` for each. Returns how many succeeded; each job's last number says whether it did.
 */
export function runBatch(
  arena: Uint8Array,
  jobs: Int32Array,
  growth: number,
  one: (out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array) => boolean,
): number {
  needBytes('arena', arena)
  if (!(jobs instanceof Int32Array)) throw new TypeError('jobs must be an Int32Array')
  if (jobs.length % BATCH_JOB_FIELDS !== 0) throw new RangeError(`jobs must hold ${BATCH_JOB_FIELDS} numbers a job`)
  for (let at = 0; at < jobs.length; at += BATCH_JOB_FIELDS) needJob(arena, jobs, at, growth)

  let done = 0
  for (let at = 0; at < jobs.length; at += BATCH_JOB_FIELDS) {
    const length = jobs[at + 1]!
    jobs[at + 5] = 0
    if (length + growth < 0) continue // A sealed text shorter than its tag: an answer, not a mistake.
    const input = slice(arena, jobs[at]!, length)
    const nonce = slice(arena, jobs[at + 2]!, NONCE_BYTES)
    const key = slice(arena, jobs[at + 3]!, SHARED_KEY_BYTES)
    const out = slice(arena, jobs[at + 4]!, length + growth)
    if (!one(out, input, nonce, key)) continue
    jobs[at + 5] = 1
    done++
  }
  return done
}

function slice(arena: Uint8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(arena.buffer, arena.byteOffset + offset, length)
}

function needJob(arena: Uint8Array, jobs: Int32Array, at: number, growth: number): void {
  const inputAt = jobs[at]!
  const length = jobs[at + 1]!
  const nonceAt = jobs[at + 2]!
  const keyAt = jobs[at + 3]!
  const outAt = jobs[at + 4]!
  const outLength = Math.max(0, length + growth)
  const size = arena.length
  const inside = (offset: number, bytes: number): boolean => offset >= 0 && bytes >= 0 && offset + bytes <= size
  const clear = (offset: number, bytes: number): boolean => outAt >= offset + bytes || offset >= outAt + outLength
  const fault = !inside(inputAt, length)
    ? 'input lies outside arena'
    : !inside(nonceAt, NONCE_BYTES)
      ? 'nonce lies outside arena'
      : !inside(keyAt, SHARED_KEY_BYTES)
        ? 'key lies outside arena'
        : !inside(outAt, outLength)
          ? 'out lies outside arena'
          : !(clear(inputAt, length) && clear(nonceAt, NONCE_BYTES) && clear(keyAt, SHARED_KEY_BYTES))
            ? 'out overlaps input, nonce or key'
            : undefined
  if (fault !== undefined) throw new RangeError(`jobs: job ${at / BATCH_JOB_FIELDS}: ${fault}`)
}

/** What sealing adds to a text; opening takes it away. */
export const SEAL_GROWTH = MAC_BYTES
export const OPEN_GROWTH = -MAC_BYTES
