// What a test with a real client needs: the clients, something to show them on, a network with nothing but loopback up.

import { existsSync } from 'node:fs'
import { obstacle } from '../interop/lane.js'
import { isBuilt, type Library } from './libraries.js'

/** Debian packages, each with the program that this lane starts. */
const PROGRAMS = {
  toxic: '/usr/bin/toxic',
  utox: '/usr/bin/utox',
  tmux: '/usr/bin/tmux',
  xvfb: '/usr/bin/Xvfb',
  xdotool: '/usr/bin/xdotool',
}

/** Generous: shared machines are slow at times, and c-toxcore takes 10 s and more to see a friend. */
export const DEADLINE_MS = 90_000

function whyNot(libraries: readonly Library[]): string | undefined {
  const missing = Object.entries(PROGRAMS).filter(([, path]) => !existsSync(path))
  if (missing.length > 0) return `missing packages: apt-get install -y ${missing.map(([name]) => name).join(' ')}`
  if (libraries.includes('ours') && !isBuilt) return 'libtoxcore.so.2 is not built: npm run build:capi'
  return obstacle()
}

/** Skips every test of the suite where these clients cannot run. */
export function needs(suite: Mocha.Suite, ...libraries: Library[]): void {
  const why = whyNot(libraries)
  if (why === undefined) return
  suite.title += ` [${why}]`
  suite.beforeAll(function () {
    this.skip()
  })
}
