// A promise that settles with whatever comes first: what is waited for, a failure, or the caller's patience.

import { ToxError, type ToxOperation } from '../tox/errors.js'

/** Starts to listen, and returns how to stop: that is called once, when the promise settles. */
export type Listen = (resolve: () => void, reject: (error: ToxError) => void) => () => void

/** Rejects with `TOX_ERR_TS_ABORTED` when `signal` is aborted, or is so already. */
export function waitFor(operation: ToxOperation, signal: AbortSignal | undefined, listen: Listen): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => fail(new ToxError(operation, 'aborted'))
    const finish = (settle: () => void): void => {
      stop()
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const fail = (error: ToxError): void => finish(() => reject(error))
    const stop = listen(() => finish(resolve), fail)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
  })
}
