// How nodes number their versions in answers to bootstrap info requests: each program has a series of its own.

/** What tools are told as our version: a series of our own (tox-bootstrapd's is 1,000,000,000 and more), then 0.1.0. */
export const BOOTSTRAP_VERSION = 2_000_000_000 + 1_000

const PROGRAMS: Readonly<Record<number, string>> = { 1: 'tox-bootstrapd', 2: 'toxcore-ts', 3: 'tox-rs' }

/** `tox-bootstrapd 0.2.18` of 1000002018; the number itself where it is of no known series. */
export function formatNodeVersion(version: number): string {
  const program = PROGRAMS[Math.floor(version / 1e9)]
  const [major, minor, patch] = [(version / 1e6) % 1000, (version / 1000) % 1000, version % 1000].map(Math.floor)
  // Before that, tox-bootstrapd told a date and a counter: 2016010100.
  return program === undefined || major! > 9 ? String(version) : `${program} ${major}.${minor}.${patch}`
}
