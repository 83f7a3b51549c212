// What an interop test needs of its surroundings: Debian's packages and a network with nothing but loopback up.
// Where something is missing the whole suite counts as skipped, under its name, with the line to run.

import { networkInterfaces } from 'node:os'
import koffi from 'koffi'
import { bootstrapdPath } from './bootstrapd.js'

/** The Debian packages of this lane. */
export const PACKAGES = 'libtoxcore2 toxcore-utils libsodium23 iproute2'

/** Why the lane cannot run here, or undefined when it can. */
export function obstacle(): string | undefined {
  // Only interfaces that are up and have an address are listed: in a fresh namespace that is lo, once it is up.
  const up = Object.values(networkInterfaces()).flat()
  if (up.length === 0 || up.some((one) => one?.internal !== true)) {
    return 'needs a network with only loopback up: npm run test:interop'
  }
  if (bootstrapdPath === undefined || !hasLibtoxcore()) return `missing packages: apt-get install -y ${PACKAGES}`
  return undefined
}

/** Skips every test of the suite where real peers cannot run. */
export function onlyLoopback(suite: Mocha.Suite): void {
  const why = obstacle()
  if (why === undefined) return
  suite.title += ` [${why}]`
  suite.beforeEach(function () {
    this.skip()
  })
  suite.beforeAll(function () {
    this.skip()
  })
}

function hasLibtoxcore(): boolean {
  try {
    koffi.load(process.env.LIBTOXCORE ?? 'libtoxcore.so.2')
    return true
  } catch {
    return false
  }
}
