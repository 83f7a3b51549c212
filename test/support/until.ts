// Waiting for what other threads, processes and disks do: as soon as it is there, and long on a machine that is busy.

import assert from 'node:assert/strict'

const LOOK_AGAIN_MS = 5
/** Far more than any machine needs: it is here to end a test that waits for what never comes. */
const DEADLINE_MS = 45_000

/** Waits until `isSo`; fails with `what` when it never is. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS
  while (!isSo()) {
    assert.ok(performance.now() < endMs, `not within ${DEADLINE_MS} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}
