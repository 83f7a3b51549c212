// npm run build: the native addon where a compiler is at hand, then dist/esm and dist/cjs with their types.
// The addon is optional: without it the package works on its portable twins, and this says so.

import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { run, STAMP, say, tool } from './tools.mjs'

async function buildAddon() {
  if (!existsSync('native/build.mjs')) return
  if ((await run(process.execPath, ['native/build.mjs'])) !== 0) {
    say('The native addon was not built: the package will use its portable code, which is slower.')
  }
}

async function compile(project) {
  if ((await run(process.execPath, [tool('typescript/bin/tsc'), '-p', project])) !== 0) {
    throw new Error(`tsc failed for ${project}`)
  }
}

const startedAt = performance.now()
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/cjs', { recursive: true })
// CommonJS is told apart by the package.json beside it; the `.js` suffix stays in both. The command is ESM alone.
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
try {
  await buildAddon()
  await Promise.all([compile('tsconfig.json'), compile('.ci/tsconfig.cjs.json')])
} catch (error) {
  say(error.message)
  process.exit(1)
}
if (existsSync('dist/esm/cli/main.js')) chmodSync('dist/esm/cli/main.js', 0o755)
writeFileSync(STAMP, '')
say(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
