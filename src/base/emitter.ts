// A typed event emitter without Node: listeners run in order of registration, on the caller's turn.

/** Maps each event name of `Events` to the arguments of its listeners. */
export type EventMap<Events> = { [Name in keyof Events]: unknown[] }
type Listener<Args extends unknown[]> = (...args: Args) => void

export class Emitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>()

  /** Calls `listener` on each event `name`; returns a function that stops it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    let listeners = this.#listeners.get(name)
    if (listeners === undefined) this.#listeners.set(name, (listeners = new Set()))
    listeners.add(listener as Listener<never>)
    return () => this.off(name, listener)
  }

  /** Stops `listener`; harmless when it does not listen. */
  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#listeners.get(name)?.delete(listener as Listener<never>)
  }

  /** Calls all listeners of `name`. A listener's exception reaches the caller. */
  emit<Name extends keyof Events>(name: Name, ...args: Events[Name]): void {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) return
    for (const listener of [...listeners]) (listener as unknown as Listener<Events[Name]>)(...args)
  }

  /** How many listeners `name` has. */
  listenerCount(name: keyof Events): number {
    return this.#listeners.get(name)?.size ?? 0
  }
}
