// `toxcore-ts echo` from the sources, as a process of its own: what a user starts, and what a test can kill.

import { fileURLToPath } from 'node:url'
import { fromHex } from '../../src/base/index.js'
import type { Child } from './child.js'
import { startChild } from './child.js'
import { commandWithin, type Namespace } from './namespace.js'
import { type Address, bootstrapText } from './pair.js'

const CLI = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

export interface EchoBotOptions {
  nodes: readonly Address[]
  /** Its --data folder. */
  data?: string
  /** The network namespace that it lives in; that of the test unless given. */
  within?: Namespace
  /** Other options of the command. */
  options?: readonly string[]
}

export class EchoBot {
  private constructor(
    /** Its Tox ID, 38 bytes: the first line of its standard output. */
    readonly id: Uint8Array,
    readonly child: Child,
  ) {}

  /** Starts the bot and waits for its first line, which must be a Tox ID and nothing else. */
  static async start({ nodes, data, within, options = [] }: EchoBotOptions): Promise<EchoBot> {
    const args = [...options, ...nodes.flatMap((node) => ['--bootstrap', bootstrapText(node)])]
    if (data !== undefined) args.push('--data', data)
    let found: (line: string) => void = () => {}
    const firstLine = new Promise<string>((resolve) => {
      found = resolve
    })
    const program = commandWithin(within, process.execPath, ['--import', 'tsx', CLI, 'echo', ...args])
    const child = startChild(program.command, program.args, (line) => found(line))
    void child.exited.then(() => found(''))
    const line = await firstLine
    const id = /^[0-9A-F]{76}$/.test(line) ? fromHex(line) : undefined
    if (id === undefined) {
      await child.killHard()
      throw new Error(`the first line of echo is no Tox ID: '${line}' ${child.stderr}`)
    }
    return new EchoBot(id, child)
  }

  /** The long-term public key. */
  get key(): Uint8Array {
    return this.id.slice(0, 32)
  }

  /** As Ctrl-C does; resolves with its exit code. */
  async interrupt(): Promise<number | null> {
    this.child.process.kill('SIGINT')
    await this.child.exited
    return this.child.process.exitCode
  }

  /** kill -9. */
  async killHard(): Promise<void> {
    await this.child.killHard()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killHard()
  }
}
