// Transfers on the screen of `send` and `receive`: on a terminal one bar each below what was said, painted over again and
// again; elsewhere a plain line now and then.

import { clearScreenDown, moveCursor } from 'node:readline'
import type { Transfer } from '../api/index.js'
import { arrow, bytesText, durationText, stateText, TransferMeter, titleOf } from './transfer-meter.js'

const PAINT_EVERY_MS = 200
/** Where nothing is painted over, a line so often is enough. */
const TELL_EVERY_MS = 5000
/** More bars than a screen has rows could not be painted over. */
const BARS_MAX = 8

export class TransferBoard {
  readonly #out: NodeJS.WriteStream
  readonly #meters = new Map<Transfer, TransferMeter>()
  readonly #isTerminal: boolean
  readonly #timer: NodeJS.Timeout
  #rows = 0

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out
    this.#isTerminal = out.isTTY === true
    this.#timer = setInterval(() => this.#tick(), this.#isTerminal ? PAINT_EVERY_MS : TELL_EVERY_MS)
    this.#timer.unref()
  }

  /** Shows a transfer until it is over. */
  add(transfer: Transfer): void {
    if (this.#meters.has(transfer)) return
    const startedMs = performance.now()
    const startedAt = transfer.position
    const meter = new TransferMeter(transfer)
    this.#meters.set(transfer, meter)
    transfer.on('progress', () => meter.sample())
    transfer.on('state', (state) => {
      if (state === 'transferring') meter.restart()
      if (!this.#isTerminal && this.#meters.has(transfer)) this.#tell(meter)
      this.#paint()
    })
    const over = (what: string): void => {
      // Not on the board any more: the program is ending.
      if (!this.#meters.delete(transfer)) return
      this.print(`${arrow(transfer)} ${titleOf(transfer)}  ${what}`)
    }
    transfer.finished.then(
      () => {
        const seconds = (performance.now() - startedMs) / 1000
        const moved = Number(transfer.position - startedAt)
        const rate = seconds > 0 && moved > 0 ? `, ${bytesText(moved / seconds)}/s` : ''
        over(`done: ${bytesText(transfer.position)} in ${durationText(seconds)}${rate}`)
      },
      (error: Error) => over(error.message),
    )
    if (!this.#isTerminal) this.#tell(meter)
    this.#paint()
  }

  /** A line that stays. */
  print(text: string): void {
    this.#wipe()
    this.#out.write(`${text}\n`)
    this.#paint()
  }

  /** The bars' last state stays on the screen. */
  close(): void {
    this.#tick()
    clearInterval(this.#timer)
    this.#meters.clear()
    this.#rows = 0
  }

  #tick(): void {
    for (const meter of this.#meters.values()) {
      meter.sample()
      if (!this.#isTerminal && meter.transfer.state === 'transferring') this.#tell(meter)
    }
    this.#paint()
  }

  #tell({ transfer, text }: TransferMeter): void {
    const what = transfer.state === 'offered' ? `${bytesOf(transfer)}, ${stateText(transfer)}` : text
    this.#out.write(`${arrow(transfer)} ${titleOf(transfer)}  ${what}\n`)
  }

  #wipe(): void {
    if (this.#rows === 0) return
    moveCursor(this.#out, 0, -this.#rows)
    clearScreenDown(this.#out)
    this.#rows = 0
  }

  #paint(): void {
    if (!this.#isTerminal) return
    this.#wipe()
    // One cell is left free: a full row would wrap on some terminals.
    const width = (this.#out.columns || 80) - 1
    const meters = [...this.#meters.values()]
    const lines = meters.slice(0, BARS_MAX).map((meter) => meter.line(width))
    if (meters.length > BARS_MAX) lines.push(`… and ${meters.length - BARS_MAX} more`)
    for (const line of lines) this.#out.write(`${line}\n`)
    this.#rows = lines.length
  }
}

function bytesOf({ size }: Transfer): string {
  return size === undefined ? 'size unknown' : bytesText(size)
}
