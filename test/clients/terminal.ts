// A terminal that a test can look at: tmux, run in the foreground as our child, with one program in it.
//
//   const terminal = await Terminal.start({ command: ['toxic'], env: { HOME: folder }, folder })
//   await terminal.until('Enter password')
//   await terminal.type('secret\r')

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Child, startChild } from '../interop/child.js'

/** Wide enough that a Tox ID (76 digits) and a line around it never wrap. */
const COLUMNS = 160
const ROWS = 50
/** How often the screen is looked at: well below what a person notices, and cheap. */
const LOOK_MS = 100
/** tmux itself answers within milliseconds. */
const TMUX_DEADLINE_MS = 10_000

/** No status line to look past, and a screen that stays readable after its program has ended. */
const CONFIG = ['set -g status off', 'set -g remain-on-exit on', ''].join('\n')

const run = promisify(execFile)

export interface TerminalOptions {
  command: readonly string[]
  /** Added to our own environment. */
  env?: Readonly<Record<string, string>>
}

/** What a terminal shows at one moment. */
export interface Screen {
  /** Its lines, without the empty space at their ends. */
  readonly text: string
  /** The same with the escape sequences of colours. */
  readonly coloured: string
  /** The exit code of the program, or the signal that ended it; undefined while it runs. */
  readonly exit: number | undefined
}

/** A text that the screen must contain, a pattern, or a question whose name tells what was waited for. */
export type Sought = string | RegExp | ((screen: Screen) => boolean)

export class Terminal {
  private constructor(
    readonly folder: string,
    readonly server: Child,
  ) {}

  static async start({ command, env = {} }: TerminalOptions): Promise<Terminal> {
    const folder = await mkdtemp(join(tmpdir(), 'terminal-'))
    await writeFile(join(folder, 'config'), CONFIG)
    const server = startChild('tmux', ['-D', '-S', join(folder, 'socket'), '-f', join(folder, 'config')], () => {})
    const terminal = new Terminal(folder, server)
    try {
      await terminal.#listening()
      const variables = Object.entries({ LANG: 'C.UTF-8', ...env }).flatMap(([name, value]) => [
        '-e',
        `${name}=${value}`,
      ])
      const size = ['-x', String(COLUMNS), '-y', String(ROWS)]
      await terminal.#tmux('new-session', '-d', ...size, ...variables, '--', ...command)
    } catch (error) {
      await terminal.close()
      throw error
    }
    return terminal
  }

  /** The process id of the program. */
  async pid(): Promise<number> {
    return Number(await this.#tmux('display-message', '-p', '#{pane_pid}'))
  }

  async look(): Promise<Screen> {
    const state = await this.#tmux('display-message', '-p', '#{pane_dead} #{pane_dead_status} #{pane_dead_signal}')
    const [isClosed, end = ''] = state.trim().split(/ +/)
    // tmux 3.3 at times knows that the terminal is closed, but has missed the signal of its program's end.
    if (isClosed === '1' && end === '') this.server.process.kill('SIGCHLD')
    const [text, coloured] = await Promise.all([
      this.#tmux('capture-pane', '-p'),
      this.#tmux('capture-pane', '-p', '-e'),
    ])
    return { text: text.trimEnd(), coloured: coloured.trimEnd(), exit: end === '' ? undefined : Number(end) }
  }

  /** Types text as a keyboard would, or a paste: byte for byte, Enter as `\r`. */
  async type(text: string): Promise<void> {
    for (const [i, line] of text.split('\r').entries()) {
      if (i > 0) await this.press('Enter')
      if (line !== '') await this.#tmux('send-keys', '-l', '--', line)
    }
  }

  /** Presses a key by tmux's name for it: `Enter`, `C-p`, `Escape`. */
  async press(key: string): Promise<void> {
    await this.#tmux('send-keys', '--', key)
  }

  /** Waits until the screen shows what is looked for; fails with the last screen when it does not, or the program ends. */
  async until(sought: Sought, deadlineMs: number): Promise<Screen> {
    const what = typeof sought === 'function' ? sought.name : String(sought)
    return await this.#watch(what, deadlineMs, (screen) => {
      if (typeof sought === 'function') return sought(screen)
      return typeof sought === 'string' ? screen.text.includes(sought) : sought.test(screen.text)
    })
  }

  /** Waits until the program has ended; returns its exit code. */
  async untilExit(deadlineMs: number): Promise<number> {
    return (await this.#watch('the end of the program', deadlineMs, ({ exit }) => exit !== undefined)).exit!
  }

  /** Hangs up: the program gets SIGHUP, as when its window is closed. */
  async close(): Promise<void> {
    if (this.server.running) {
      const pid = await this.pid().catch(() => undefined)
      await this.#tmux('kill-server').catch(() => {})
      await this.server.killHard()
      if (pid !== undefined) await ended(pid)
    }
    await rm(this.folder, { recursive: true, force: true })
  }

  async #watch(what: string, deadlineMs: number, accept: (screen: Screen) => boolean): Promise<Screen> {
    const end = performance.now() + deadlineMs
    for (;;) {
      const screen = await this.look()
      if (accept(screen)) return screen
      const late = performance.now() >= end
      if (late || screen.exit !== undefined) {
        const why = late ? `not seen within ${deadlineMs} ms` : `not seen before the program ended with ${screen.exit}`
        throw new Error(`${what}: ${why}; the screen was:\n${screen.text}`)
      }
      await delay(LOOK_MS)
    }
  }

  /** Waits until the server takes commands. */
  async #listening(): Promise<void> {
    const end = performance.now() + TMUX_DEADLINE_MS
    while (!existsSync(join(this.folder, 'socket'))) {
      if (!this.server.running || performance.now() >= end) throw new Error(`tmux did not start: ${this.server.stderr}`)
      await delay(LOOK_MS / 10)
    }
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', join(this.folder, 'socket'), ...args], { timeout: TMUX_DEADLINE_MS })
    return stdout
  }
}

/** Waits for a process that is not our child; ends it when hanging up did not. */
async function ended(pid: number): Promise<void> {
  const end = performance.now() + TMUX_DEADLINE_MS
  while (existsSync(`/proc/${pid}`)) {
    if (performance.now() >= end) process.kill(pid, 'SIGKILL')
    await delay(LOOK_MS)
  }
}
