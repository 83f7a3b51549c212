// The C compilers as tests ask them: is this source accepted, with which complaints, and what does the program say?

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const OUR_HEADERS = join(ROOT, 'include')
/** c-toxcore's, where Debian puts them; through a folder of our own, since compilers prefer /usr/local to /usr/include. */
export const THEIR_HEADERS = linkTo('/usr/include/tox')

function linkTo(headers: string): string {
  const folder = scratchFolder()
  symlinkSync(headers, join(folder, 'tox'))
  return folder
}

/** A folder for sources and programs, gone when the process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'toxcore-ts-c-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function isInstalled(compiler: string): boolean {
  return spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0
}

/** What the compiler said, in English; empty when it had no complaint. */
export function complaints(compiler: string, args: readonly string[]): string {
  const run = spawnSync(compiler, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 << 20,
  })
  if (run.error !== undefined) throw run.error
  return run.stderr
}

/** A source after the preprocessor, without line marks. */
export function preprocessed(source: string, args: readonly string[]): string {
  return execFileSync('gcc', ['-E', '-x', 'c', ...args, '-'], { encoding: 'utf8', input: source, maxBuffer: 64 << 20 })
}

/** Writes, compiles and runs a program; returns its lines. */
export function linesOf(folder: string, name: string, source: string, args: readonly string[]): string[] {
  const path = join(folder, `${name}.c`)
  writeFileSync(path, source)
  const program = join(folder, name)
  execFileSync('gcc', ['-std=c11', '-o', program, path, ...args], { encoding: 'utf8' })
  return execFileSync(program, { encoding: 'utf8' }).split('\n').slice(0, -1)
}
