// Every collection that a stranger can fill states its capacity and what happens when it is full.

/** What to do with a new key when the map is full: refuse it, or evict the least recently used (or set) entry. */
export type WhenFull = 'refuse' | 'evict-oldest'

/** A Map with a capacity. `get` marks an entry as used when the map evicts; insertion order is age. */
export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>()
  readonly capacity: number
  readonly #whenFull: WhenFull
  readonly #onEvict: ((key: K, value: V) => void) | undefined

  constructor(options: { capacity: number; whenFull: WhenFull; onEvict?: (key: K, value: V) => void }) {
    this.capacity = options.capacity
    this.#whenFull = options.whenFull
    this.#onEvict = options.onEvict
  }

  get size(): number {
    return this.#map.size
  }

  has(key: K): boolean {
    return this.#map.has(key)
  }

  /** The value of `key`; in an evicting map this makes the entry the youngest. */
  get(key: K): V | undefined {
    const value = this.#map.get(key)
    if (value !== undefined && this.#whenFull === 'evict-oldest') {
      this.#map.delete(key)
      this.#map.set(key, value)
    }
    return value
  }

  /** The value of `key` without marking it as used. */
  peek(key: K): V | undefined {
    return this.#map.get(key)
  }

  /** Sets `key`; false when the map is full and refuses (an existing key is always replaced). */
  set(key: K, value: V): boolean {
    if (this.#map.delete(key) || this.#map.size < this.capacity) {
      this.#map.set(key, value)
      return true
    }
    if (this.#whenFull === 'refuse') return false
    for (const [oldKey, oldValue] of this.#map) {
      this.#map.delete(oldKey)
      this.#onEvict?.(oldKey, oldValue)
      break
    }
    this.#map.set(key, value)
    return true
  }

  delete(key: K): boolean {
    return this.#map.delete(key)
  }

  clear(): void {
    this.#map.clear()
  }

  keys(): IterableIterator<K> {
    return this.#map.keys()
  }

  values(): IterableIterator<V> {
    return this.#map.values()
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map[Symbol.iterator]()
  }
}
