// The two libraries of the C stories, ours and c-toxcore's, and what a test does with them: compile a C program against
// one's headers, run it with one library or the other, read its lines.

import { type ChildProcessWithoutNullStreams, execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { OUR_HEADERS, THEIR_HEADERS } from './compiler.js'

/** Whose library a program runs with. */
export type Whose = 'ours' | 'theirs'

/** The Debian packages of these tests. */
export const PACKAGES = 'gcc libc6-dev libtoxcore-dev iproute2'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url))
const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Werror']
/** No story that is not online needs a tenth of this. */
const DEADLINE_MS = 60_000

/**
 * The library's file behind all symbolic links, or undefined where it is not built or not installed. CAPI_LIBRARY names
 * another build of ours, such as one with sanitizers.
 */
export const libraries: Readonly<Record<Whose, string | undefined>> = {
  ours: real(process.env.CAPI_LIBRARY ?? join(ROOT, 'build/capi/libtoxcore.so.2')),
  theirs: real(installedLibrary()),
}

/** Sanitizers need all address space that there is, more stack, and time. */
export const isSanitized = /address|thread/.test(process.env.CAPI_LIBRARY ?? '')

export const oursIsBuilt = libraries.ours !== undefined

function real(path: string): string | undefined {
  return existsSync(path) ? realpathSync(path) : undefined
}

/** Where the C compiler finds c-toxcore; it answers with the bare name where it finds none. */
function installedLibrary(): string {
  try {
    return execFileSync('gcc', ['-print-file-name=libtoxcore.so.2'], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** Why C stories cannot be told here, or undefined when they can. */
export function obstacle(): string | undefined {
  if (libraries.theirs === undefined || !existsSync('/usr/include/tox/tox.h')) {
    return `missing packages: apt-get install -y ${PACKAGES}`
  }
  // Real instances send LAN broadcasts. Only interfaces that are up are listed; a fresh namespace has none but lo.
  const up = Object.values(networkInterfaces()).flat()
  if (up.length === 0 || up.some((one) => one?.internal !== true)) {
    return 'needs a network with only loopback up, such as unshare -n gives'
  }
  return undefined
}

/** Skips every test of the suite where C stories cannot be told. */
export function needsTools(suite: Mocha.Suite): void {
  const why = obstacle()
  if (why === undefined) return
  suite.title += ` [${why}]`
  suite.beforeAll(function () {
    this.skip()
  })
}

/** Skips a test that needs our library where it is not built. */
export function needsOurs(test: Mocha.Context): void {
  if (!oursIsBuilt) test.skip()
}

let folder: string | undefined

/** Programs and files of this process; removed when it ends. */
export function temporaryFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'capi-'))
    process.on('exit', () => rmSync(made, { recursive: true, force: true }))
    folder = made
  }
  return folder
}

const compiled = new Map<string, Promise<string>>()

/**
 * Compiles programs/<name>.c against c-toxcore's installed headers or ours, once, and returns the program's path. Only what
 * is compiled against ours can call what the installed library does not have.
 */
export function compile(name: string, headers: Whose = 'theirs'): Promise<string> {
  const key = `${name}-${headers}`
  let program = compiled.get(key)
  if (program === undefined) {
    program = build(join(PROGRAMS, `${name}.c`), headers, join(temporaryFolder(), key))
    compiled.set(key, program)
  }
  return program
}

/** The same for a source that a test has written. */
export function compileSource(path: string, headers: Whose): Promise<string> {
  return build(path, headers, path.replace(/\.c$/, ''))
}

async function build(source: string, headers: Whose, program: string): Promise<string> {
  const include = ['-I', headers === 'ours' ? OUR_HEADERS : THEIR_HEADERS]
  // What a library with sanitizers lacks itself, the program gets from elsewhere when it runs.
  const ours = libraries.ours === undefined ? [] : ['-L', dirname(libraries.ours), '-Wl,--allow-shlib-undefined']
  const link = headers === 'ours' ? ours : []
  // A program that loads the library by itself is not linked to it.
  const all = [...link, '-Wl,--as-needed', '-ltoxcore']
  const args = [...WARNINGS, ...include, '-I', PROGRAMS, '-D_GNU_SOURCE', '-pthread', '-o', program, source, ...all]
  await promisify(execFile)('gcc', args)
  return program
}

export interface RunOptions {
  readonly deadlineMs?: number
  readonly env?: NodeJS.ProcessEnv
  /** What starts the program, such as a shell that first changes its surroundings; the program is its last argument. */
  readonly through?: readonly string[]
}

/** The environment in which a program loads this library and no other. */
export function environment(whose: Whose, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...env, LD_LIBRARY_PATH: dirname(libraries[whose]!) }
}

/**
 * Runs a compiled program to its end and returns the lines it printed. Fails when it ends badly or late, or when it
 * did not run with the library it was given.
 */
export async function run(
  program: string,
  whose: Whose,
  args: readonly string[] = [],
  { deadlineMs = DEADLINE_MS, env, through = [] }: RunOptions = {},
): Promise<string[]> {
  const [command, ...rest] = [...through, program, ...args]
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: environment(whose, env) })
  const limit = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const end = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  clearTimeout(limit)
  const lines = output.split('\n').slice(0, -1)
  if (end !== 'exit code 0') {
    const last = [...lines.slice(-5), errors.slice(-2000)].join('\n')
    throw new Error(`${program} ${args.join(' ')} with ${whose} library: ${end}; it said last:\n${last}`)
  }
  checkLibrary(errors, whose)
  return lines
}

/** Every story tells first which library file it runs (story.h). */
export function checkLibrary(errors: string, whose: Whose): void {
  const loaded = /^library: (.*)$/m.exec(errors)?.[1]
  if (loaded === undefined || real(loaded) !== libraries[whose]) {
    throw new Error(`the program ran with ${loaded ?? 'no library'}, not with ${libraries[whose]}`)
  }
}

/** A program under way: its lines as they come, and a way to write to it. The caller sees to its end. */
export function start(program: string, whose: Whose, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(program, args, { stdio: 'pipe', env: environment(whose) })
}

/** Lines that are measurements (`= name value`), by name: no part of the story. */
export function measurements(lines: readonly string[]): Map<string, number> {
  return new Map(
    lines.filter((line) => line.startsWith('= ')).map((line) => [line.split(' ')[1]!, Number(line.split(' ')[2])]),
  )
}
