// Drives files-child.ts: starts it, hears its lines, and kills it.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tox } from '../../src/index.js'
import { type Child, startChild } from './child.js'
import { DEADLINE_MS } from './pair.js'

const CHILD = fileURLToPath(new URL('files-child.ts', import.meta.url))

export type Role = readonly ['send' | 'receive', string]

/** One identity with its profile and store on disk, over many processes. */
export class FilesProgram {
  readonly folder = mkdtempSync(join(tmpdir(), 'files-program-'))
  /** What the next process does. */
  role: Role
  /** What all processes said. */
  readonly lines: string[] = []
  readonly #waiters = new Set<() => void>()
  #child: Child | undefined

  constructor(role: Role) {
    this.role = role
  }

  /** Starts a process; its public key. `node` is HOST:PORT:KEY, `friend` the key of whom it deals with. */
  async start(node: string, friend: string): Promise<string> {
    const from = this.lines.length
    const args = ['--import', 'tsx', CHILD, this.folder, node, friend, ...this.role]
    this.#child = startChild(process.execPath, args, (line) => {
      this.lines.push(line)
      for (const look of [...this.#waiters]) look()
    })
    return (await this.until(/^up (\w+)/, from))[1]!
  }

  /** The first line that matches, from line `from` on; or why the process has ended. */
  until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      let next = from
      const look = (): void => {
        while (next < this.lines.length) {
          const found = pattern.exec(this.lines[next++]!)
          if (found === null) continue
          clearTimeout(timer)
          this.#waiters.delete(look)
          return resolve(found)
        }
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(look)
        const said = this.lines.slice(-8).join('; ')
        reject(new Error(`no ${pattern} within ${DEADLINE_MS} ms; it said: ${said}; ${this.#child?.stderr}`))
      }, DEADLINE_MS)
      this.#waiters.add(look)
      look()
    })
  }

  async kill(): Promise<void> {
    await this.#child?.killHard()
  }
}

export function nodeOf(tox: Tox): string {
  return `127.0.0.1:${tox.udpPort}:${tox.dhtKey}`
}
