// What a node tells its operator: on the console, in the journal of systemd, or in a file. What repeats itself is told a few
// times and then counted, so that strangers cannot fill a disk by making a node speak.

import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import type { LogLevel } from '../../base/index.js'
import { TokenBucket } from '../../base/index.js'
import { CliError, systemReason } from '../command.js'
import { harmlessLines } from '../terminal.js'
import { LOG_LEVELS } from './config.js'

/** Takes one line at a time. */
interface Sink {
  write(level: LogLevel, text: string): void
  reopen?(): void
  close?(): void
}

/** Priorities of syslog, which the journal takes from the head of a line. */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { error: 3, warn: 4, info: 6, debug: 7, trace: 7 }

/** From one module at one level: so many lines at once, then one in so long. */
const BURST = 50
const REFILL_MS = 2000
const LINE_CHARS_MAX = 4000

export interface LogOptions {
  /** `console`, `journal`, or the path of a file; under systemd the journal unless told, else the console. */
  readonly target?: string
  /** Nothing below this is told; `info` unless told. */
  readonly level?: LogLevel
}

export class NodeLog {
  readonly #sink: Sink
  #level: LogLevel
  /** By module and level: names of ours, so their number is bounded. */
  readonly #buckets = new Map<string, { readonly bucket: TokenBucket; passed: number }>()

  /** Throws CliError when the file cannot be written. */
  constructor({ target = isJournal() ? 'journal' : 'console', level }: LogOptions) {
    this.#level = level ?? 'info'
    // Who reads it may leave before us; the node goes on.
    process.stderr.on('error', () => {})
    this.#sink =
      target === 'console' ? new ConsoleSink() : target === 'journal' ? new JournalSink() : new FileSink(target)
  }

  set level(level: LogLevel) {
    this.#level = level
  }

  readonly log = (level: LogLevel, module: string, text: string): void => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.#level)) return
    const passed = this.#mayTell(`${level} ${module}`)
    if (passed === undefined) return
    if (passed > 0) this.#write('warn', `${module}: ${passed} lines were left out`)
    this.#write(level, `${module}: ${text}`)
  }

  /** Opens a file anew that was moved away, as logrotate does. Throws CliError when it cannot be. */
  reopen(): void {
    this.#sink.reopen?.()
  }

  close(): void {
    this.#sink.close?.()
  }

  #write(level: LogLevel, text: string): void {
    for (const line of harmlessLines(text).slice(0, LINE_CHARS_MAX).split('\n')) this.#sink.write(level, line)
  }

  /** How many lines were left out before this one; undefined when this one is left out too. */
  #mayTell(key: string): number | undefined {
    const nowMs = performance.now()
    let one = this.#buckets.get(key)
    if (one === undefined) {
      one = { bucket: new TokenBucket(BURST, REFILL_MS, nowMs), passed: 0 }
      this.#buckets.set(key, one)
    }
    if (!one.bucket.take(nowMs)) {
      one.passed++
      return undefined
    }
    const { passed } = one
    one.passed = 0
    return passed
  }
}

function timed(level: LogLevel, text: string): string {
  return `${new Date().toISOString()} ${level.padEnd(5)} ${text}\n`
}

/** Standard error, since the first line of standard output is the node's address. */
class ConsoleSink implements Sink {
  write(level: LogLevel, text: string): void {
    process.stderr.write(timed(level, text))
  }
}

/** With priorities; the journal knows the time itself. */
class JournalSink implements Sink {
  write(level: LogLevel, text: string): void {
    process.stderr.write(`<${PRIORITIES[level]}>${text}\n`)
  }
}

/** Whether standard error is a stream of the journal: systemd names its device and inode. */
function isJournal(): boolean {
  const stream = process.env['JOURNAL_STREAM']
  if (stream === undefined) return false
  const { dev, ino } = fstatSync(2)
  return stream === `${dev}:${ino}`
}

class FileSink implements Sink {
  #fd: number
  /** A full disk must not stop the node: lines that cannot be written are lost, and standard error says so once. */
  #hasFailed = false

  constructor(private readonly path: string) {
    this.#fd = this.#open()
  }

  write(level: LogLevel, text: string): void {
    try {
      writeSync(this.#fd, timed(level, text))
      this.#hasFailed = false
    } catch (error) {
      if (!this.#hasFailed) console.error(`toxcore-ts: cannot write the log ${this.path}: ${systemReason(error)}`)
      this.#hasFailed = true
    }
  }

  reopen(): void {
    const old = this.#fd
    this.#fd = this.#open()
    closeSync(old)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #open(): number {
    try {
      return openSync(this.path, 'a', 0o640)
    } catch (error) {
      throw new CliError(`cannot write the log ${this.path}: ${systemReason(error)}`, 1)
    }
  }
}
