// How long the steps of a story take: printed when INTEROP_TIMES is set, else only waited for.

/** Waits for `work`; with INTEROP_TIMES it prints how long that took. */
export async function timed<T>(step: string, work: Promise<T>): Promise<T> {
  const startMs = performance.now()
  const result = await work
  if (process.env.INTEROP_TIMES) console.log(`      ${step}: ${((performance.now() - startMs) / 1000).toFixed(2)} s`)
  return result
}

/** Waits until `done` holds, looking every 20 ms. */
export async function until(done: () => boolean, deadlineMs: number, what: string): Promise<void> {
  const endMs = performance.now() + deadlineMs
  while (!done()) {
    if (performance.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
