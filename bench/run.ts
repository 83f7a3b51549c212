// npm run bench [-- --json] [-- name …]: runs every bench file (or those named) and prints one line a figure.
// Both sides are measured in the same run, inside a network namespace with only loopback up; no figure is a test.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Bench, BenchLine } from './bench-line.js'
import { formatLine } from './bench-line.js'

const FOLDER = dirname(fileURLToPath(import.meta.url))

/** Bench files by name; none: all. */
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'))

/** Builds where needed, then runs this file again inside a namespace, when one can be made. */
async function isolate(): Promise<void> {
  if (process.env.BENCH_ISOLATED === '1') return
  const { buildIfStale } = (await import(pathToFileURL(join(FOLDER, '../.ci/tools.mjs')).href)) as {
    buildIfStale(): Promise<void>
  }
  await buildIfStale()
  if (wanted.length === 0 || wanted.includes('c-library') || wanted.includes('files')) await buildLibrary()
  const { inNamespace } = (await import(pathToFileURL(join(FOLDER, '../.ci/namespace.mjs')).href)) as {
    inNamespace(command: string, args: string[]): { command: string; args: string[]; isolated: boolean }
  }
  const again = [...process.execArgv, ...process.argv.slice(1)]
  const { command, args, isolated } = inNamespace(process.execPath, again)
  if (!isolated) {
    process.stderr.write(
      'No network namespace can be made here: measuring on the open network stack, LAN discovery off.\n',
    )
  }
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, BENCH_ISOLATED: '1' } })
  process.exit(status ?? 1)
}

/** The C library, unless BENCH_CAPI names a folder that has it. Where it cannot be built the others are measured all the same. */
async function buildLibrary(): Promise<void> {
  if (process.env.BENCH_CAPI !== undefined) return
  const { buildCapi } = (await import(pathToFileURL(join(FOLDER, '../.ci/build-capi.mjs')).href)) as {
    buildCapi(): Promise<{ folder: string }>
  }
  try {
    process.env.BENCH_CAPI = (await buildCapi()).folder
  } catch (error) {
    process.stderr.write(`c-library: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

async function main(): Promise<void> {
  await isolate()
  const json = process.argv.includes('--json')
  const all: BenchLine[] = []
  for (const name of readdirSync(FOLDER).sort()) {
    if (!name.endsWith('.ts') || (wanted.length > 0 && !wanted.includes(name.slice(0, -3)))) continue
    if (NO_BENCH.has(name)) continue
    const { run } = (await import(pathToFileURL(join(FOLDER, name)).href)) as { run?: Bench }
    if (run === undefined) continue
    try {
      for (const line of await run()) {
        all.push(line)
        if (!json) console.log(formatLine(line))
      }
    } catch (error) {
      process.exitCode = 1
      process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (json) console.log(JSON.stringify(all, undefined, 2))
}

/** Files of this folder that are no bench. */
const NO_BENCH = new Set(['run.ts', 'bench-line.ts', 'libraries.ts', 'meeting.ts', 'native.ts', 'peers.ts'])

await main()
