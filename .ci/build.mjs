// npm run build: the native addon and SQLite where a compiler is at hand, and dist/esm and dist/cjs with their types.
// Both are optional: without the addon the package works on its portable twins, without SQLite it keeps no history on disk,
// and this says so.

import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSqlite } from './build-sqlite.mjs'
import { run, STAMP, say, tool } from './tools.mjs'

async function buildAddon() {
  if (!existsSync('native/build.mjs')) return
  if ((await run(process.execPath, ['native/build.mjs'])) !== 0) {
    say('The native addon was not built: the package will use its portable code, which is slower.')
  }
}

/** Built aside and put in place whole: a failed build leaves the last good one, and nobody reads half of one. */
const ASIDE = `dist.${process.pid}`

async function compile(project, target) {
  const args = [tool('typescript/bin/tsc'), '-p', project, '--outDir', join(ASIDE, target)]
  if ((await run(process.execPath, args)) !== 0) throw new Error(`tsc failed for ${project}`)
}

function putInPlace() {
  const old = `${ASIDE}.old`
  if (existsSync('dist')) renameSync('dist', old)
  renameSync(ASIDE, 'dist')
  rmSync(old, { recursive: true, force: true })
}

const startedAt = performance.now()
process.on('exit', () => rmSync(ASIDE, { recursive: true, force: true }))
mkdirSync(join(ASIDE, 'cjs'), { recursive: true })
// CommonJS is told apart by the package.json beside it; the `.js` suffix stays in both. The command is ESM alone.
writeFileSync(join(ASIDE, 'cjs/package.json'), '{ "type": "commonjs" }\n')
writeFileSync(join(ASIDE, basename(STAMP)), '')
// Keeps one core busy for 40 s the first time, so it goes beside all the rest.
const sqlite = buildSqlite()
try {
  await buildAddon()
  // Both to their end, even when one fails: a compiler left behind would write on after the clean-up.
  const outcomes = await Promise.allSettled([compile('tsconfig.json', 'esm'), compile('.ci/tsconfig.cjs.json', 'cjs')])
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
} catch (error) {
  say(error.message)
  process.exit(1)
}
const main = join(ASIDE, 'esm/cli/main.js')
if (existsSync(main)) chmodSync(main, 0o755)
putInPlace()
const noSqlite = await sqlite
if (noSqlite !== undefined) say(`SQLite was not built (${noSqlite}): profiles will have no store on disk.`)
say(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
