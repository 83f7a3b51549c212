// The part of the C library that is plain C and starts nothing: whose file a test runs, and its sources for who wants them
// with sanitizers in them. See capi/library.

import { execFileSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isInstalled, OUR_HEADERS, ROOT } from './compiler.js'

const NAMES = [
  'constants',
  'encryptsave',
  'hash',
  'option_copies',
  'options',
  'strings',
  'strings_errors',
  'strings_group_errors',
]
const SOURCES = NAMES.map((name) => join(ROOT, 'capi/library', `${name}.c`))
const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror']
const PROGRAMS = join(ROOT, 'test/capi/plain')
const BUILT = join(ROOT, 'build/capi/libtoxcore.so.2')
const SODIUM_HEADER = '/usr/include/sodium.h'

/** Why nothing of this can be compiled, or undefined. */
export function obstacle(): string | undefined {
  return isInstalled('gcc') && existsSync(SODIUM_HEADER) ? undefined : 'apt-get install -y gcc libc6-dev libsodium-dev'
}

/** The file of c-toxcore's library where Debian's package is installed. */
export function theirLibrary(): string | undefined {
  const path = execFileSync('gcc', ['-print-file-name=libtoxcore.so.2'], { encoding: 'utf8' }).trim()
  return path.startsWith('/') && existsSync('/usr/include/tox/tox.h') ? realpathSync(path) : undefined
}

/** Our library as built; before that, one made here of the plain sources alone. */
export function ourLibrary(folder: string): string {
  if (existsSync(BUILT)) return BUILT
  const path = join(folder, basename(BUILT))
  if (!existsSync(path)) {
    compile(path, ['-shared', '-fPIC', `-Wl,-soname,${basename(BUILT)}`, '-I', OUR_HEADERS, ...SOURCES, '-lsodium'])
  }
  return path
}

/** Compiles a program of plain/, or a source at another path, against headers of one's choice and links that library. */
export function compileProgram(folder: string, source: string, headers: string, library: string): string {
  const path = join(folder, `${basename(source, '.c')}-${basename(dirname(headers))}`)
  compile(path, ['-I', headers, join(PROGRAMS, source), library])
  return path
}

/** The same with the plain sources in it, under AddressSanitizer and UBSan. */
export function compileSanitized(folder: string, source: string): string {
  const path = join(folder, `${basename(source, '.c')}-sanitized`)
  const sanitizers = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']
  compile(path, [...sanitizers, '-I', OUR_HEADERS, join(PROGRAMS, source), ...SOURCES, '-lsodium'])
  return path
}

export function compile(path: string, args: readonly string[]): void {
  execFileSync('gcc', [...WARNINGS, '-o', path, ...args], { encoding: 'utf8' })
}

/** Runs a program with a library, or with what is linked into it, and returns its lines. Fails when it fails. */
export function run(program: string, library?: string, args: readonly string[] = [], input = ''): string[] {
  const env = { ...process.env, ASAN_OPTIONS: 'allocator_may_return_null=1' }
  const place = library === undefined ? {} : { LD_LIBRARY_PATH: dirname(library) }
  const output = execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe', input, env: { ...env, ...place } })
  return output.split('\n').slice(0, -1)
}
