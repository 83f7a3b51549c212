// Which lossy packets of one peer have arrived. Spec: Group, Lossy Message packets: the last 256 numbers are remembered.

const REMEMBERED_MAX = 256
/** Numbers wrap at 2^16: what is more than half of that ahead is behind. */
const AHEAD_MAX = 2 ** 15

export class SeenLossy {
  readonly #seen = new Uint8Array(REMEMBERED_MAX)
  /** The greatest number so far. */
  #top: number | undefined

  /** Whether a packet is new; it no longer is afterwards. What is older than all that is remembered counts as seen. */
  accept(number: number): boolean {
    const top = this.#top ?? (number - REMEMBERED_MAX) & 0xffff
    const ahead = (number - top) & 0xffff
    const isBehind = ahead === 0 || ahead > AHEAD_MAX
    if (isBehind && this.#top !== undefined) {
      if (((top - number) & 0xffff) >= REMEMBERED_MAX || this.#seen[number % REMEMBERED_MAX] === 1) return false
    } else {
      // What lies between the old top and the new one has not arrived.
      if (ahead >= REMEMBERED_MAX) this.#seen.fill(0)
      else for (let n = top + 1; n < top + ahead; n++) this.#seen[n % REMEMBERED_MAX] = 0
      this.#top = number
    }
    this.#seen[number % REMEMBERED_MAX] = 1
    return true
  }
}
