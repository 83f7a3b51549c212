// How far a file transfer has come, in words and bars: rate over the last seconds, time left.

import type { Transfer } from '../api/index.js'
import { harmless } from './terminal.js'

/** Rates are those of this time: shorter ones jump, longer ones lag. */
const RATE_OVER_MS = 5000
const SAMPLE_EVERY_MS = 250
const BAR_CELLS = 20
const NAME_CELLS_MAX = 28

export class TransferMeter {
  readonly transfer: Transfer
  readonly #now: () => number
  readonly #samples: { atMs: number; position: bigint }[] = []

  constructor(transfer: Transfer, now: () => number = () => performance.now()) {
    this.transfer = transfer
    this.#now = now
    this.sample()
  }

  /** To be called now and then while it flows. */
  sample(): void {
    const atMs = this.#now()
    const last = this.#samples.at(-1)
    if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return
    this.#samples.push({ atMs, position: this.transfer.position })
    while (this.#samples.length > 2 && atMs - this.#samples[1]!.atMs >= RATE_OVER_MS) this.#samples.shift()
  }

  /** What was measured so far is no rate of what comes now: after a pause. */
  restart(): void {
    this.#samples.length = 0
    this.sample()
  }

  /** Bytes a second; 0 until there is something to tell. */
  get rate(): number {
    const first = this.#samples[0]
    const seconds = first === undefined ? 0 : (this.#now() - first.atMs) / 1000
    return seconds <= 0 ? 0 : Math.max(0, Number(this.transfer.position - first!.position) / seconds)
  }

  /** 0 to 1; `undefined` when nobody knows the size. */
  get share(): number | undefined {
    const { size, position } = this.transfer
    if (size === undefined) return undefined
    return size === 0n ? 1 : Number(position) / Number(size)
  }

  /** `'45 % of 12 MB, 3.2 MB/s, 2 s left'`. */
  get text(): string {
    const { size, position, state } = this.transfer
    const share = this.share
    const done = share === undefined ? bytesText(position) : `${Math.floor(share * 100)} % of ${bytesText(size!)}`
    if (state !== 'transferring') return `${done}, ${stateText(this.transfer)}`
    const { rate } = this
    if (rate < 1) return done
    const left = size === undefined ? '' : `, ${durationText(Number(size - position) / rate)} left`
    return `${done}, ${bytesText(rate)}/s${left}`
  }

  /** One line, at most `width` cells: arrow, name, bar, and the same words. */
  line(width: number): string {
    const share = this.share
    const filled = share === undefined ? 0 : Math.floor(share * BAR_CELLS)
    const bar = `[${'#'.repeat(filled)}${(share === undefined ? '.' : '-').repeat(BAR_CELLS - filled)}]`
    return cutToCells(`${arrow(this.transfer)} ${titleOf(this.transfer, NAME_CELLS_MAX)}  ${bar} ${this.text}`, width)
  }
}

/** `>` leaves us, `<` comes to us. */
export function arrow({ direction }: Transfer): string {
  return direction === 'sending' ? '>' : '<'
}

/** The name of a transfer on the screen, made harmless, at most `cells` wide. */
export function titleOf({ name }: Transfer, cells = Number.POSITIVE_INFINITY): string {
  return cutToCells(harmless(name) || '(no name)', cells)
}

/** At most `cells` of a terminal. What is not ASCII may be twice as wide as a letter, and counts as that. */
function cutToCells(text: string, cells: number): string {
  let width = 0
  let cut = ''
  for (const letter of text) {
    const wide = letter <= '~' ? 1 : 2
    if (width + wide > cells) return cut
    width += wide
    cut += letter
  }
  return cut
}

/** What a transfer does, for people. */
export function stateText({ state, pausedBy, direction, friend }: Transfer): string {
  const paused = pausedBy === undefined ? '' : PAUSED_BY[pausedBy]
  switch (state) {
    case 'offered': {
      const waits = direction === 'sending' ? 'not accepted yet' : 'waits for your answer'
      return paused === '' ? waits : `${waits}, ${paused}`
    }
    case 'paused':
      return paused
    case 'waiting':
      return friend.isOnline ? 'waits for its turn' : 'waits until they are online'
    default:
      return state
  }
}

const PAUSED_BY = { us: 'paused', friend: 'paused by them', both: 'paused by both' } as const

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `'999 B'`, `'1.2 MB'`, `'34 GB'`. */
export function bytesText(bytes: bigint | number): string {
  let value = Number(bytes)
  let unit = 0
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit]}`
}

/** `'7 s'`, `'3 min 20 s'`, `'2 h 5 min'`, `'3 d 4 h'`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'forever'
  const s = Math.max(0, Math.ceil(seconds))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`
}
