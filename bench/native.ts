// The bench's own C programs, compiled when first wanted; undefined where a compiler, a library or its headers are missing.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

let output: string | undefined
const compiled = new Map<string, string | undefined>()

/** Compiles `bench/<name>.c` against `libraries`; returns the program's path. Says why when it cannot. */
export function compile(name: string, libraries: string[], debian: string): string | undefined {
  if (compiled.has(name)) return compiled.get(name)
  if (output === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    output = folder
  }
  const program = join(output, name)
  const args = ['-O2', '-o', program, join(FOLDER, `${name}.c`), ...libraries.map((library) => `-l${library}`)]
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' })
  if (status !== 0) process.stderr.write(`${name}.c was not compiled (Debian: gcc ${debian}). ${stderr ?? ''}\n`)
  compiled.set(name, status === 0 ? program : undefined)
  return compiled.get(name)
}
