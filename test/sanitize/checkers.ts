// Three who watch a C program and the library at work: AddressSanitizer with UBSan and LeakSanitizer, ThreadSanitizer, valgrind.
// Their complaints about libnode alone are left out; what is ours comes back with file and line.

import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type Checker = 'address' | 'thread' | 'valgrind'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '../..')
const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Werror']
/** Valgrind takes fifty times what the processor does. */
const DEADLINE_MS = 240_000

/** What the compiler puts into library and program; the library is that of `npm run build:capi -- --sanitize`. */
const SANITIZERS: Readonly<Record<Checker, string>> = { address: 'address,undefined', thread: 'thread', valgrind: '' }

/** The library for a checker; see .ci/build-capi.mjs. */
const folderOf = (checker: Checker) => join(ROOT, 'build/capi', SANITIZERS[checker].replaceAll(',', '-'))

/** The exit code of a sanitizer that found something, were it in libnode. */
const FOUND = 99
/** Frames by module and offset: the runtime is no file that could be read while it runs, and libnode's symbols take seconds. */
const SANITIZER_OPTIONS = `symbolize=0:exitcode=${FOUND}:stack_trace_format='    #%n %m+%o'`
/**
 * LeakSanitizer guesses from the address of a thread's variables that a header of an old glibc stands before them; where one in
 * sixteen looks so, it follows what stands there instead, and dies. Without the guess it finds them as any allocated block.
 */
const NO_GUESS = 'intercept_tls_get_addr=0'
const OPTIONS: NodeJS.ProcessEnv = {
  ASAN_OPTIONS: `${SANITIZER_OPTIONS}:${NO_GUESS}:detect_stack_use_after_return=1:allocator_may_return_null=1`,
  UBSAN_OPTIONS: `${SANITIZER_OPTIONS}:print_stacktrace=1`,
  TSAN_OPTIONS: `${SANITIZER_OPTIONS}:suppressions=${join(HERE, 'thread.supp')}`,
}
/** Code that V8 writes over must be read anew. No suppressions: libnode gives none to complain of. */
const VALGRIND = ['--quiet', '--smc-check=all-non-file', '--leak-check=full', '--num-callers=30']
const DEFINITE = ['--show-leak-kinds=definite', '--errors-for-leak-kinds=definite']

/** Why this cannot be checked here, or undefined. */
export function obstacle(checker: Checker): string | undefined {
  if (!existsSync(join(folderOf(checker), 'libtoxcore.so.2'))) return `no library for it in ${folderOf(checker)}`
  if (checker === 'valgrind' && !existsSync('/usr/bin/valgrind')) return 'apt-get install -y valgrind'
  // Instances send LAN broadcasts. Only interfaces that are up are listed; a fresh namespace has none but lo.
  const up = Object.values(networkInterfaces()).flat()
  const isAlone = up.length > 0 && up.every((one) => one?.internal === true)
  return isAlone ? undefined : 'needs a network with only loopback up, such as unshare -n gives'
}

let scratch: string | undefined

function scratchFolder(): string {
  if (scratch === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'sanitize-'))
    process.on('exit', () => rmSync(made, { recursive: true, force: true }))
    scratch = made
  }
  return scratch
}

/** Compiles test/<source>.c against our headers, once for each checker, and returns the program's path. */
async function compile(checker: Checker, source: string): Promise<string> {
  const program = join(scratchFolder(), `${basename(source)}-${checker}`)
  if (existsSync(program)) return program
  const sanitize = SANITIZERS[checker] === '' ? [] : [`-fsanitize=${SANITIZERS[checker]}`]
  const link = ['-L', folderOf(checker), '-Wl,--allow-shlib-undefined', '-ltoxcore']
  const path = join(ROOT, 'test', `${source}.c`)
  const options = [...WARNINGS, ...sanitize, '-g', '-D_GNU_SOURCE', '-pthread', '-I', join(ROOT, 'include')]
  await promisify(execFile)('gcc', [...options, '-o', program, path, ...link])
  return program
}

/** Runs the program to its end and returns what the checker says about it and about our library. Fails when it ends badly. */
export async function findings(checker: Checker, source: string, args: readonly string[] = []): Promise<string[]> {
  const program = await compile(checker, source)
  const through = checker === 'valgrind' ? ['valgrind', ...VALGRIND, ...DEFINITE] : []
  const command = [...through, program, ...args]
  const env = { ...process.env, ...OPTIONS, LD_LIBRARY_PATH: folderOf(checker) }
  const { end, said } = await runToEnd(command, env)
  const found = READERS[checker](said).map((report) => withLines(report, folderOf(checker)))
  // Leaks of libnode come at the very end; whoever dies before, a sanitizer included, says nothing of them.
  const endedWell = end === 'exit code 0' || (end === `exit code ${FOUND}` && said.includes('ERROR: LeakSanitizer'))
  if (found.length === 0 && !endedWell) throw new Error(`${source} ${args.join(' ')}: ${end}\n${said}`)
  return found
}

async function runToEnd([command, ...args]: string[], env: NodeJS.ProcessEnv): Promise<{ end: string; said: string }> {
  const child = spawn(command!, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
  const limit = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS)
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const end = await new Promise<string>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  clearTimeout(limit)
  return { end, said }
}

/** The reports in what was said on standard error. */
const READERS: Readonly<Record<Checker, (said: string) => string[]>> = {
  address: (said) => [
    ...(said.match(/^.*ERROR: AddressSanitizer[\s\S]*?(?=^SUMMARY)/gm) ?? []),
    ...(said.match(/^.*runtime error:.*(?:\n +#.*)*/gm) ?? []),
    ...(said.match(/^(?:Direct|Indirect) leak of [\s\S]*?(?=^$)/gm) ?? []).filter(isOurLeak),
  ],
  thread: (said) => said.match(/^WARNING: ThreadSanitizer[\s\S]*?(?=^={18}$)/gm) ?? [],
  valgrind: (said) => (/^==\d+==/m.test(said) ? [said] : []),
}

const RUNTIME = /^\/proc\/self\/fd\/\d+$/
const ALLOCATORS = /\/lib(?:asan|stdc\+\+)\.so/
/** The environment lives as long as the process, and V8's heap, which refers to much of it, is not searched: who asked counts. */
function isOurLeak(report: string): boolean {
  const modules = [...report.matchAll(/#\d+ (\S+)\+0x/g)].map((match) => match[1]!)
  const who = modules.find((module) => !ALLOCATORS.test(module))
  return who !== undefined && isOurs(who)
}

const isOurs = (module: string) =>
  RUNTIME.test(module) || module.includes('libtoxcore.so') || module.startsWith(scratchFolder())

/** The report with functions, files and lines of our own code. */
function withLines(report: string, folder: string): string {
  return report.replace(/(?<=\s)(\/\S+)\+(0x[0-9a-f]+)/g, (frame, module: string, offset: string) => {
    if (!isOurs(module)) return frame
    const file = RUNTIME.test(module) ? join(folder, 'cmake/Release/libruntime.so') : module
    return execFileSync('addr2line', ['-Cfipe', file, offset], { encoding: 'utf8' }).trim()
  })
}
