// npm start: installs and builds where needed, then becomes `toxcore-ts demo`. All set-up speaks on standard error,
// because the first line of standard output is the Tox ID.

import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { buildIfStale, installPackages, say } from './tools.mjs'

const MAIN = 'dist/esm/cli/main.js'

try {
  await installPackages()
  await buildIfStale()
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing after the build`)
} catch (error) {
  say(error.message)
  process.exit(1)
}
process.argv = [process.argv[0], MAIN, 'demo', ...process.argv.slice(2)]
await import(pathToFileURL(MAIN).href)
