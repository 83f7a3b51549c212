// The test lanes, each a mocha run whose totals can be added up.
// By hand: npm run test:unit [-- mocha's arguments], npm run test:interop [-- files or mocha's arguments], …

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildCapi, CannotBuild } from './build-capi.mjs'
import { buildSqlite } from './build-sqlite.mjs'
import { inNamespace } from './namespace.mjs'
import { lastLines, output, ROOT, say, tool } from './tools.mjs'

/** Interop files wait far more than they compute; each has a namespace of its own, so they cannot meet. */
const INTEROP_JOBS = 5
/** Each paints a screen. */
const CLIENT_JOBS = 3
/** These compute: compilers, sanitizers, valgrind. */
const CAPI_JOBS = 2
const NODE_18 = '18.20.8'
/** No lane takes half of this on a slow machine. */
const LANE_LIMIT_MS = 15 * 60_000

/**
 * Runs mocha and returns { passed, failed, skipped, failures }, a failure being { title, text }. A run that ends without
 * totals, or with an error beside them, counts as a failure: silence is never success.
 */
async function mocha(args, { node = process.execPath, flags = [], isolated = false, buffered = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'lane-'))
  const file = join(folder, 'totals')
  const all = [...flags, tool('mocha/bin/mocha.js'), '--reporter', join(ROOT, '.ci/counting-reporter.cjs'), ...args]
  const plain = { command: node, args: all }
  const { command, args: rest } = isolated ? inNamespace(node, all) : plain
  try {
    const { how, stderr } = await runMocha(command, rest, { LANE_TOTALS: file, buffered })
    return judge(
      existsSync(file) ? readFileSync(file, 'utf8') : '',
      how,
      `mocha ${args.join(' ')}\n${lastLines(stderr)}`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** c-toxcore by its path: by name alone the C library of this project would be found, once it is installed in /usr/local. */
const REAL_PEER = Object.fromEntries(
  readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'libtoxcore.so.2'))
    .filter(existsSync)
    .map((path) => ['LIBTOXCORE', path]),
)

/** Runs to the end or to the lane's limit; resolves with how it ended (undefined: well) and its standard error. */
function runMocha(command, args, { LANE_TOTALS, buffered }) {
  return new Promise((resolve) => {
    // Standard error is always read, because a file that does not even load speaks there alone.
    const stdio = ['ignore', buffered ? 'pipe' : 1, 'pipe']
    const child = spawn(command, args, { stdio, env: { ...REAL_PEER, ...process.env, LANE_TOTALS } })
    let text = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (part) => {
      text += part
    })
    child.stderr.setEncoding('utf8').on('data', (part) => {
      stderr += part
      if (buffered) text += part
      else process.stderr.write(part)
    })
    // A file that hangs must not hang the whole run: it counts as failed.
    let isLate = false
    const limit = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, LANE_LIMIT_MS)
    child.on('error', (error) => {
      say(error.message)
      resolve({ how: error.message, stderr })
    })
    child.on('close', (status, signal) => {
      clearTimeout(limit)
      process.stdout.write(text)
      if (isLate) resolve({ how: `stopped after ${LANE_LIMIT_MS / 60_000} minutes`, stderr })
      else resolve({ how: status === 0 ? undefined : `ended with ${signal ?? `exit code ${status}`}`, stderr })
    })
  })
}

/** The sum of what the reporter left. */
function judge(records, how, context) {
  const lines = records.split('\n').filter((line) => line.endsWith('}'))
  const all = lines.map((line) => JSON.parse(line))
  const failures = all.flatMap(({ failure }) => failure ?? [])
  const totals = all.find((record) => record.totals !== undefined)?.totals
  if (totals !== undefined && (how === undefined || totals.failed > 0)) return { ...totals, failures }
  failures.push({ title: totals === undefined ? 'mocha left no totals' : 'mocha', text: `${how ?? ''}\n${context}` })
  return { passed: 0, skipped: 0, ...totals, failed: failures.length, failures }
}

export function add(all) {
  const sum = { passed: 0, failed: 0, skipped: 0, failures: [] }
  for (const one of all) {
    for (const key of ['passed', 'failed', 'skipped']) sum[key] += one[key]
    sum.failures.push(...one.failures)
  }
  return sum
}

/** The files of test/ that a lane runs: everything that is no lane of its own. */
const UNIT_FILES = ['test/**/*.test.ts']
const OTHER_LANES = ['interop', 'package', 'capi', 'clients', 'sanitize'].flatMap((name) => [
  '--ignore',
  `test/${name}/**`,
])

const files = (args, own) => (args.some((arg) => /\.ts$|^test\//.test(arg)) ? args : [...own, ...args])

const CROWD_FILES = ['test/scenario/conferences.test.ts', 'test/scenario/crowds.test.ts']

/**
 * What has nothing to ask of a version of Node: documents, the structure, the corpora; commands that only read files; and crowds in
 * virtual time, which compute for minutes what smaller stories show.
 */
const SAME_ON_ALL_NODES = [
  'test/architecture/**',
  'test/doc/**',
  'test/examples/**',
  'test/fuzz/**',
  'test/cli/{help,history,id,mistakes,nodes,profile}.test.ts',
  ...CROWD_FILES,
].flatMap((files) => ['--ignore', files])

/** In a namespace of its own: the two runs of it may go on at once, and would fight for ports. */
export async function unit(...args) {
  await buildSqlite()
  return await mocha([...OTHER_LANES, ...files(args, UNIT_FILES)], { isolated: true })
}

/** The same in two parts, for two cores: without the crowds of the stories … */
export async function unitButCrowds() {
  await buildSqlite()
  const others = CROWD_FILES.flatMap((file) => ['--ignore', file])
  return await mocha([...OTHER_LANES, ...others, ...UNIT_FILES], { isolated: true })
}

/** … and they alone, printed whole when they end. */
export const crowds = () => mocha(CROWD_FILES, { isolated: true, buffered: true })

/** The same tests on Node 18, the version that the C library embeds. */
export const node18 = (...args) => onNode18(args, false)

/** The same, printed whole when it ends, since another lane prints meanwhile. */
export const node18Aside = () => onNode18([], true)

async function onNode18(args, buffered) {
  const node = node18Path()
  if (node === undefined) {
    say(`  - skipped: core on Node ${NODE_18} [no such binary for this platform, or no npm registry within reach]\n`)
    return { passed: 0, failed: 0, skipped: 1, failures: [] }
  }
  await buildSqlite(node)
  const { import: _, spec: __, ...config } = JSON.parse(readFileSync('.mocharc.json', 'utf8'))
  const options = Object.entries(config).map(([name, value]) => `--${name}=${value}`)
  const flags = ['--import', join(ROOT, '.ci/typescript-loader.mjs')]
  const all = ['--no-config', ...options, ...OTHER_LANES, ...SAME_ON_ALL_NODES, ...files(args, UNIT_FILES)]
  return await mocha(all, { node, flags, isolated: true, buffered })
}

/**
 * Node 18 from the npm registry, in npm's own cache. It is no development dependency on purpose: its `.bin/node` would
 * shadow the user's Node in every script, and it installs on one platform alone.
 */
function node18Path() {
  if (process.version === `v${NODE_18}`) return process.execPath
  const platform = `${process.platform}-${process.arch}`
  const packageName = `node-${platform}@${NODE_18}`
  const args = ['exec', '--yes', '--loglevel=error', `--package=${packageName}`, '-c', 'command -v node && node -v']
  const [path, version] = (output('npm', args) ?? '').split('\n')
  return version === `v${NODE_18}` ? path : undefined
}

/** Every file of `folder` in a network namespace of its own, `jobs` at a time, each printed whole when it ends. */
const isolatedLane =
  (folder, jobs) =>
  async (...args) => {
    const named = args.filter((arg) => arg.endsWith('.ts'))
    const options = args.filter((arg) => !arg.endsWith('.ts'))
    const waiting = named.length > 0 ? named : testFiles(folder)
    const totals = []
    const worker = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        totals.push(await mocha([...options, file], { isolated: true, buffered: waiting.length + totals.length > 0 }))
      }
    }
    await Promise.all(Array.from({ length: jobs }, worker))
    return add(totals)
  }

function testFiles(folder) {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.ts'))
  return names.sort().map((name) => join(folder, name))
}

/** Real peers over real sockets. */
export const interop = isolatedLane('test/interop', INTEROP_JOBS)
/** C programs with our library and with c-toxcore's. */
export const capi = isolatedLane('test/capi', CAPI_JOBS)
const watched = isolatedLane('test/sanitize', CAPI_JOBS)

/** C programs under sanitizers and valgrind. The tests of a library that cannot be built here skip themselves. */
export async function sanitize(...args) {
  for (const list of ['', 'address,undefined', 'thread']) {
    try {
      await buildCapi({ sanitize: list })
    } catch (error) {
      if (!(error instanceof CannotBuild)) throw error
      say(error.message)
    }
  }
  return await watched(...args)
}

/** Debian's clients with our library. */
export const clients = isolatedLane('test/clients', CLIENT_JOBS)

const PACKAGE_FILES = ['test/package/**/*.test.ts']

const packageLane = (...args) => mocha(files(args, PACKAGE_FILES))

/** The same, printed whole when it ends. */
export const packageAside = () => mocha(PACKAGE_FILES, { buffered: true })

export { packageLane as package }

// Called by hand: `node .ci/lanes.mjs unit …`.
if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [lane, ...args] = process.argv.slice(2)
  const lanes = { unit, node18, interop, package: packageLane, capi, clients, sanitize }
  const { failed } = await lanes[lane](...args)
  process.exit(failed === 0 ? 0 : 1)
}
