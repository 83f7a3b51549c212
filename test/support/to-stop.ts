// What a test has started and stops in the end, the last first.

export class ToStop {
  readonly #started: AsyncDisposable[] = []

  /** Stops `one` with the others. */
  readonly later = <T extends AsyncDisposable>(one: T): T => {
    this.#started.push(one)
    return one
  }

  async stop(): Promise<void> {
    for (const one of this.#started.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }
}
