// Tells systemd how the node is: ready, reloading, stopping, alive. It listens on a Unix datagram socket, which Node cannot open;
// systemd's own `systemd-notify` can, and costs a few milliseconds now and then. Without systemd nothing happens.

import { spawn } from 'node:child_process'

export interface Notifier {
  ready(status: string): void
  reloading(): void
  /** Resolves when it has been told, since nothing can be told afterwards. */
  stopping(): Promise<void>
  /** Tells that it is alive, as often as systemd wants to hear it, until `stopping`. */
  watch(isAlive: () => boolean): void
}

/** A `systemd-notify` that hangs must not hang the end of the node. */
const TIMEOUT_MS = 5000

/** The notifier of this process's surroundings. `onTrouble` hears it when systemd cannot be told. */
export function notifierOf(env: NodeJS.ProcessEnv, onTrouble: (text: string) => void): Notifier {
  if (env['NOTIFY_SOCKET'] === undefined || env['NOTIFY_SOCKET'] === '') return NOBODY
  return new SystemdNotifier(watchdogMs(env), onTrouble)
}

const NOBODY: Notifier = {
  ready() {},
  reloading() {},
  async stopping() {},
  watch() {},
}

/** Half of what systemd waits at most; undefined without a watchdog for this process. */
function watchdogMs({ WATCHDOG_USEC: usec, WATCHDOG_PID: pid }: NodeJS.ProcessEnv): number | undefined {
  const ms = Number(usec) / 1000 / 2
  return ms > 0 && (pid === undefined || Number(pid) === process.pid) ? Math.max(ms, 100) : undefined
}

class SystemdNotifier implements Notifier {
  #timer: NodeJS.Timeout | undefined
  /** One after another: what was said last counts. */
  #tail: Promise<void> = Promise.resolve()
  #hasFailed = false

  constructor(
    private readonly intervalMs: number | undefined,
    private readonly onTrouble: (text: string) => void,
  ) {}

  ready(status: string): void {
    this.#tell('--ready', `--status=${status}`)
  }

  /** With the time of the clock that systemd asks for, which `--reloading` of newer versions adds by itself. */
  reloading(): void {
    const usec = process.hrtime.bigint() / 1000n
    this.#tell('RELOADING=1', `MONOTONIC_USEC=${usec}`)
  }

  stopping(): Promise<void> {
    clearInterval(this.#timer)
    this.#tell('STOPPING=1')
    return this.#tail
  }

  watch(isAlive: () => boolean): void {
    if (this.intervalMs === undefined) return
    this.#timer = setInterval(() => {
      if (isAlive()) this.#tell('WATCHDOG=1')
    }, this.intervalMs)
    this.#timer.unref()
  }

  #tell(...args: string[]): void {
    this.#tail = this.#tail.then(() => this.#run(args))
  }

  #run(args: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn('systemd-notify', args, { stdio: 'ignore', timeout: TIMEOUT_MS })
      const done = (trouble?: string): void => {
        if (trouble !== undefined && !this.#hasFailed) {
          this.#hasFailed = true
          this.onTrouble(`systemd cannot be told how the node is: ${trouble}`)
        }
        resolve()
      }
      child.on('error', (error) => done(error.message))
      child.on('close', (code) => done(code === 0 ? undefined : `systemd-notify ended with ${code}`))
    })
  }
}
