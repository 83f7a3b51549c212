// The system's errors in the words of those who dial.

import { getSystemErrorName } from 'node:util'
import type { DialFailure, DialFailureCode } from '../../../src/transport/stream.js'

/** What is no failure: the socket will tell when it can. */
export function isNotNow(result: number): boolean {
  return result < 0 && getSystemErrorName(result) === 'EAGAIN'
}

const CODES: Readonly<Record<string, DialFailureCode>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timeout',
}

/** `result` is the negative answer of a socket that was to connect. */
export function dialFailure(result: number): DialFailure {
  const name = getSystemErrorName(result)
  return { code: CODES[name] ?? 'unreachable', text: name }
}
