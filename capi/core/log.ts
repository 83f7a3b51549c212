// What the core says, until the program's log callback can be told: records of u32 level, file, u32 line, function, message;
// texts as u32 length and UTF-8 bytes, numbers little-endian. Bounded: the oldest record gives way, and a record says so.

import { concatBytes, type Logger, type LogLevel, toUtf8 } from '../../src/base/index.js'
import { encode, u32le } from '../../src/codec/index.js'

/** As Tox_Log_Level counts them. */
const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error']
const INFO = LOG_LEVELS.indexOf('info')

const RECORDS_MAX = 256

interface Entry {
  readonly level: LogLevel
  readonly module: string
  readonly text: string
}

export class LogQueue implements Logger {
  /** The lowest level that is worth a record, as Tox_Log_Level; one above the highest for none. */
  minimum = INFO
  #entries: Entry[] = []
  #dropped = 0
  readonly #saidOnce = new Set<string>()

  get size(): number {
    return this.#entries.length
  }

  log(level: LogLevel, module: string, text: string): void {
    if (LOG_LEVELS.indexOf(level) < this.minimum) return
    if (this.#entries.length >= RECORDS_MAX) {
      this.#entries.shift()
      this.#dropped++
    }
    this.#entries.push({ level, module, text })
  }

  /** As `log`, but never twice: for what a program may try again and again. `text` comes from our own code. */
  once(level: LogLevel, module: string, text: string): void {
    if (this.#saidOnce.has(text)) return
    this.#saidOnce.add(text)
    this.log(level, module, text)
  }

  /** Takes over what waits in `other`. */
  adopt(other: LogQueue): void {
    for (const { level, module, text } of other.#entries.splice(0)) this.log(level, module, text)
  }

  /** A mistake of our own, with its stack. */
  mistake(error: unknown): void {
    this.log('error', 'core', error instanceof Error ? String(error.stack) : String(error))
  }

  /** What waits, encoded; nothing waits from now on. */
  take(): Uint8Array {
    const entries = this.#entries
    const dropped = this.#dropped
    this.#entries = []
    this.#dropped = 0
    if (dropped > 0) entries.unshift({ level: 'warn', module: 'log', text: `${dropped} older records were dropped` })
    return concatBytes(...entries.flatMap(encodeEntry))
  }
}

/** The module stands for the file; lines and functions of a bundle tell nobody anything. */
function encodeEntry({ level, module, text }: Entry): Uint8Array[] {
  return [u32(LOG_LEVELS.indexOf(level)), ...sized(module), u32(0), ...sized(''), ...sized(text)]
}

function sized(text: string): Uint8Array[] {
  const bytes = toUtf8(text)
  return [u32(bytes.length), bytes]
}

function u32(value: number): Uint8Array {
  return encode(u32le, value)
}
