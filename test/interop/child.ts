// A child process as the interop tests use it: its lines, its end, and a promise for either.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Every child still alive, so that a failed test leaves none behind. */
const alive = new Set<ChildProcess>()

/** Starts a child whose standard output is read line by line; its standard error is kept for failure messages. */
export function startChild(command: string, args: string[], onLine: (line: string) => void): Child {
  const process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  return new Child(process, command, onLine)
}

export class Child {
  readonly exited: Promise<void>
  #stderr = ''

  constructor(
    readonly process: ChildProcess,
    readonly name: string,
    onLine: (line: string) => void,
  ) {
    alive.add(process)
    createInterface({ input: process.stdout! }).on('line', onLine)
    process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000)
    })
    // A write to a child that has just died must not take the test process with it.
    process.stdin!.on('error', () => {})
    this.exited = once(process, 'close').then(
      () => void alive.delete(process),
      () => void alive.delete(process),
    )
  }

  get stderr(): string {
    return this.#stderr
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null
  }

  write(line: string): void {
    this.process.stdin!.write(`${line}\n`)
  }

  /** Ends the child at once, as a crash or a power cut would. */
  async killHard(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.exited
  }
}

process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})
