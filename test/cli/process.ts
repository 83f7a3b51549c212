// The command as users run it: a child process, its output, its exit code. The build serves where it is newer than its
// sources; else the sources themselves, loaded by whatever loads this test. Waiting is for events, never for time to pass.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Generous: machines that run tests are shared and slow at times. */
export const DEADLINE_MS = 45_000

function newest(path: string): number {
  const stat = statSync(path)
  return stat.isDirectory() ? Math.max(...readdirSync(path).map((name) => newest(join(path, name)))) : stat.mtimeMs
}

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt(): boolean {
  try {
    return statSync(join(ROOT, 'dist/.built')).mtimeMs >= newest(join(ROOT, 'src'))
  } catch {
    return false
  }
}

/** The arguments of Node that run `toxcore-ts`. */
export const COMMAND: readonly string[] = isBuilt()
  ? [join(ROOT, 'dist/esm/cli/main.js')]
  : [...process.execArgv, join(ROOT, 'src/cli/main.ts')]

/** Where commands keep what they are not told where to keep: not in the home of whoever runs the tests. */
export const DATA_HOME = mkdtempSync(join(tmpdir(), 'toxcore-ts-home-'))
process.once('exit', () => rmSync(DATA_HOME, { recursive: true, force: true }))

/** What chat and others say where SQLite is not compiled for this Node; all else works as with it. */
const NO_SQLITE = /^.*; history and unfinished files are not kept\n/m

export interface ProgramOptions {
  readonly program?: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

export class Running {
  stdout = ''
  stderr = ''
  /** The exit code; a signal's name when one ended it. */
  readonly exited: Promise<number | string>
  readonly #child: ChildProcessWithoutNullStreams
  readonly #watchers = new Set<() => void>()
  #isOver = false

  /** Runs `node ...args`, or another program. */
  constructor(args: readonly string[], options: ProgramOptions = {}) {
    const env = { ...process.env, XDG_DATA_HOME: DATA_HOME, ...options.env }
    this.#child = spawn(options.program ?? process.execPath, args, { env, cwd: options.cwd ?? ROOT })
    this.#child.stdout.setEncoding('utf8').on('data', (part: string) => {
      this.stdout += part
      this.#look()
    })
    this.#child.stderr.setEncoding('utf8').on('data', (part: string) => {
      this.stderr += part.replace(NO_SQLITE, '')
      this.#look()
    })
    // A child that ends closes its input under our pen.
    this.#child.stdin.on('error', () => {})
    this.exited = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        this.#isOver = true
        resolve(code ?? signal ?? 'unknown')
        this.#look()
      })
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  endInput(): void {
    this.#child.stdin.end()
  }

  /** Closes our end of its output, as `| head -1` does. */
  stopReading(): void {
    this.#child.stdout.destroy()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits for the end; fails when it does not come. */
  async end(deadlineMs = DEADLINE_MS): Promise<number | string> {
    await this.#until(() => (this.#isOver ? true : undefined), 'its end', deadlineMs)
    return this.exited
  }

  /** Waits until the output, from its start, matches. */
  until(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    return this.#until(() => pattern.exec(this[stream]) ?? undefined, `${stream} like ${pattern}`, DEADLINE_MS)
  }

  /** The first whole line of standard output. */
  async firstLine(): Promise<string> {
    return (await this.until(/^(.*)\n/))[1]!
  }

  /** Ends it, whatever it does. */
  async kill(): Promise<void> {
    if (!this.#isOver) this.#child.kill('SIGKILL')
    await this.exited.catch(() => {})
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  #until<T>(find: () => T | undefined, what: string, deadlineMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found !== undefined) done(() => resolve(found))
        else if (this.#isOver) done(() => reject(new Error(`it ended before ${what}: ${this.#story()}`)))
      }
      const fail = (): void => reject(new Error(`no ${what} within ${deadlineMs} ms: ${this.#story()}`))
      const timer = setTimeout(() => done(fail), deadlineMs)
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        this.#watchers.delete(look)
        settle()
      }
      this.#watchers.add(look)
      look()
    })
  }

  #story(): string {
    return `\n${this.stdout.slice(-2000)}\n${this.stderr.slice(-2000)}`
  }
}

/** All processes of one test file, ended together. */
export class Processes {
  readonly #running: Running[] = []

  /** Runs `toxcore-ts ...args`. */
  start(...args: string[]): Running {
    return this.startNode([...COMMAND, ...args])
  }

  startNode(args: readonly string[], options: ProgramOptions = {}): Running {
    const running = new Running(args, options)
    this.#running.push(running)
    return running
  }

  startProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Running {
    return this.startNode(args, { ...options, program })
  }

  /** Everything that any of them has written. */
  get output(): string {
    return this.#running.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#running.map((one) => one.kill()))
  }
}

/** Runs `toxcore-ts ...args` to its end, without input. */
export async function run(...args: string[]): Promise<{ code: number | string; stdout: string; stderr: string }> {
  const running = new Running([...COMMAND, ...args])
  running.endInput()
  try {
    const code = await running.end()
    return { code, stdout: running.stdout, stderr: running.stderr }
  } finally {
    await running.kill()
  }
}

/** The local addresses of a process's UDP sockets, as /proc/net tells them: `0100007F` is 127.0.0.1. Linux only. */
export function udpAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      } catch {
        return undefined // closed meanwhile
      }
    }),
  )
  return ['udp', 'udp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/))
      .filter((fields) => fields.length > 9 && inodes.has(fields[9]))
      .map((fields) => fields[1]!.split(':')[0]!),
  )
}
