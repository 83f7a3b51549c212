import { ok, type Result } from '../../../src/base/index.js'

/** The answer of a function that only succeeds or fails. */
export function done<E extends string>(result: Result<void, E>): Result<undefined, E> {
  return result.ok ? ok(undefined) : result
}
