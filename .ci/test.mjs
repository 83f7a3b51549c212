// npm test: sets up what is missing, builds, checks, runs every lane, and ends with the sum of them all as its last line:
// "N passed, N failed" (", N skipped" where any were).

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { buildCapi, CannotBuild } from './build-capi.mjs'
import * as lanes from './lanes.mjs'
import { buildIfStale, installPackages, isRoot, lastLines, output, run, runAndListen, say, tool } from './tools.mjs'

/** Debian packages, each with a file that shows it. */
const DEBIAN = {
  libtoxcore2: () => library('libtoxcore.so.2'),
  'toxcore-utils': () => existsSync('/usr/bin/tox-bootstrapd'),
  libsodium23: () => library('libsodium.so.23') || library('libsodium.so.26'),
  iproute2: () => ['/sbin/ip', '/usr/sbin/ip', '/bin/ip'].some((path) => existsSync(path)),
  // The C library and its tests.
  cmake: () => program('cmake'),
  make: () => program('make'),
  gcc: () => program('gcc'),
  'g++': () => program('g++'),
  'pkg-config': () => program('pkg-config'),
  'libsodium-dev': () => existsSync('/usr/include/sodium.h'),
  'libtoxcore-dev': () => existsSync('/usr/include/tox/tox.h'),
  valgrind: () => program('valgrind'),
  python3: () => program('python3'),
  // Real clients, and what shows them.
  toxic: () => program('toxic'),
  utox: () => program('utox'),
  tmux: () => program('tmux'),
  xvfb: () => program('Xvfb'),
  xdotool: () => program('xdotool'),
  // Proxies, routers and what watches system calls.
  microsocks: () => program('microsocks'),
  tinyproxy: () => program('tinyproxy'),
  tor: () => program('tor'),
  miniupnpd: () => program('miniupnpd'),
  nftables: () => program('nft'),
  strace: () => program('strace'),
}

const program = (name) => ['/usr/bin', '/usr/sbin'].some((folder) => existsSync(`${folder}/${name}`))

const library = (name) => (output('/sbin/ldconfig', ['-p']) ?? '').includes(name)

/** Installs the Debian packages where that is ours to do; elsewhere prints the one line that does. */
async function debianPackages() {
  const missing = missingPackages()
  if (missing.length === 0) return
  if (isRoot() && existsSync('/usr/bin/apt-get')) {
    say(`Installing Debian packages: ${missing.join(' ')} …`)
    await aptGet('update')
    await withoutServices(async () => {
      // All at once; then one by one, because a single one that this Debian does not have spoils all.
      await install(missing)
      for (const name of missingPackages()) await install([name])
    })
  }
  const still = missingPackages()
  if (still.length === 0) return
  const line = `apt-get update && apt-get install -y --no-install-recommends ${still.join(' ')}`
  say(`Missing: ${still.join(' ')}. The tests that need them will be skipped. To install them:\n  ${line}`)
}

/** What Debian asks before it starts the service of a new package. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d'

/** Some of the packages are services, which Debian would start at once: the tests start what they need, and stop it. */
async function withoutServices(work) {
  const isOurs = !existsSync(SERVICE_POLICY)
  if (isOurs) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    if (isOurs) rmSync(SERVICE_POLICY)
  }
}

const missingPackages = () => Object.keys(DEBIAN).filter((name) => !DEBIAN[name]())

const install = (names) => aptGet('install', '-y', '--no-install-recommends', ...names)

const aptGet = (...args) =>
  run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' } })

const PASSED = { passed: 1, failed: 0, skipped: 0, failures: [] }

const failure = (title, text) => ({ passed: 0, failed: 1, skipped: 0, failures: [{ title, text }] })

/** A check that is no mocha run counts as one test. */
const step =
  (...args) =>
  async () => {
    const { code, text } = await runAndListen(process.execPath, args)
    if (code === 0) return PASSED
    return failure(`exit code ${code}`, lastLines(text))
  }

/** Why the lanes of the C library cannot run, once that is known. */
let noLibrary

async function buildLibrary() {
  try {
    const { libnode } = await buildCapi()
    noLibrary = libnode.unready
    return PASSED
  } catch (error) {
    noLibrary = error instanceof CannotBuild ? error.message : 'the library was not built'
    if (error instanceof CannotBuild) return skipped('libtoxcore.so.2')
    throw error
  }
}

function skipped(name) {
  say(`  - skipped: ${name} [${noLibrary}]\n`)
  return { passed: 0, failed: 0, skipped: 1, failures: [] }
}

const withLibrary = (name, lane) => () => (noLibrary === undefined ? lane() : skipped(name))

/**
 * Stages, one after the other. In each, chains go on at once, because a lane keeps only one core busy, or waits; the lanes of a
 * chain follow each other.
 */
const STAGES = [
  [[['build', () => buildIfStale().then(() => PASSED)]]],
  [[['lint', step(tool('@biomejs/biome/bin/biome'), 'check', '--diagnostic-level=warn', '--error-on-warnings')]]],
  [[['types', step(tool('typescript/bin/tsc'), '--noEmit', '-p', 'test/tsconfig.json')]]],
  [
    [['unit', lanes.unitButCrowds]],
    [
      ['unit on Node 18', lanes.node18Aside],
      ['crowds', lanes.crowds],
      ['package', lanes.packageAside],
      ['build capi', buildLibrary],
    ],
  ],
  [[['interop', lanes.interop]]],
  [[['capi', withLibrary('C programs', lanes.capi)]]],
  [
    [['clients', withLibrary('clients', lanes.clients)]],
    [['sanitize', withLibrary('sanitizers and valgrind', lanes.sanitize)]],
  ],
]

try {
  await installPackages()
} catch (error) {
  say(error.message)
  console.log('0 passed, 1 failed')
  process.exit(1)
}
await debianPackages()

async function runLane([name, lane]) {
  console.log(`\n— ${name}`)
  const startedAt = performance.now()
  let totals
  try {
    totals = await lane()
  } catch (error) {
    say(error.message)
    totals = failure(error.message, error.cause ?? error.stack)
  }
  return { name, seconds: (performance.now() - startedAt) / 1000, ...totals }
}

async function runChain(chain) {
  const rows = []
  for (const lane of chain) rows.push(await runLane(lane))
  return rows
}

const rows = []
for (const chains of STAGES) rows.push(...(await Promise.all(chains.map(runChain))).flat())

const sum = lanes.add(rows)
// Once more at the very end: where a log is cut, its end is what remains.
for (const { name, failures } of rows) {
  for (const { title, text } of failures) console.log(`\nFAILED [${name}] ${title}\n  ${text.replaceAll('\n', '\n  ')}`)
}
console.log('')
for (const row of rows) {
  const figures = [row.passed, row.failed, row.skipped].map((n) => String(n).padStart(6)).join('')
  console.log(`${row.name.padEnd(16)} ${row.seconds.toFixed(1).padStart(7)} s ${figures}  (passed, failed, skipped)`)
}
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`)
process.exitCode = sum.failed === 0 ? 0 : 1
