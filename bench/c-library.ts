// The C library against c-toxcore: the same C programs with an ordinary client's loop (tox_iterate, then a pause of
// tox_iteration_interval) run with ours and with c-toxcore's, in one run. BENCH_TOXCORE names a second library to run with.

import { bootstrapdPath } from '../test/interop/bootstrapd.js'
import { type BenchLine, benchLine, quantile } from './bench-line.js'
import { watch } from './idle.js'
import { findLibraries, type Library } from './libraries.js'
import { meet, meetings, type Side, type Talk, talkOf } from './meeting.js'
import { outputOf, startBootstrapd, startOurNode } from './peers.js'

/** How often a process with instances is measured; the median counts. */
const INSTANCE_RUNS = 3
const OFFLINE_FRIENDS = 100
/** Between the first ports of two libraries. */
const PORT_STEP = 1_000
const FIRST_PORT = 46_000

/** Figures by the words of the lines. */
type Figures = ReadonlyMap<string, number>

const UNITS: readonly (readonly [name: string, unit: string])[] = [
  ['friends online, fresh peers on one bootstrap node', 'ms'],
  ['message and its receipt, median', 'ms'],
  ['message and its receipt, p99', 'ms'],
  ['burst of 1,000-byte messages', '/s'],
  ['one message of the burst, sender', 'µs CPU'],
  ['one message of the burst, receiver', 'µs CPU'],
  ['first tox_new', 'ms'],
  ['first tox_new, processor', 'ms CPU'],
  ['later tox_new', 'ms'],
  ['idle tox_iterate', 'µs'],
  ['idle, 100 offline friends', '% CPU'],
  ['resident memory, one idle instance', 'MB'],
  ['resident memory, each further instance', 'MB'],
  ['tox_self_get_name', 'µs'],
]

/** The lines of instance.c. */
const INSTANCE_NAMES: Readonly<Record<string, string>> = {
  first: 'first tox_new',
  'first-cpu': 'first tox_new, processor',
  later: 'later tox_new',
  iterate: 'idle tox_iterate',
  memory: 'resident memory, one idle instance',
  further: 'resident memory, each further instance',
  getter: 'tox_self_get_name',
}

async function instanceFigures(library: Library): Promise<[string, number][]> {
  const runs: ReadonlyMap<string, number>[] = []
  for (let i = 0; i < INSTANCE_RUNS; i++) {
    const lines = (await outputOf(library.run('instance'))).split('\n').map((line) => line.split(' '))
    runs.push(new Map(lines.map(([name = '', value]) => [name, Number(value)])))
  }
  return Object.entries(INSTANCE_NAMES).map(([word, name]) => [
    name,
    quantile(
      runs.map((run) => run.get(word) ?? Number.NaN),
      0.5,
    ),
  ])
}

/** c-toxcore takes 0.15 to 1 s for a round trip, and its bursts are slow: fewer of both measure it. */
function sideOf(library: Library, port: number): Side {
  const [roundTrips, burst] = library.name === 'ours' ? [500, 100_000] : [40, 5_000]
  const startNode = bootstrapdPath === undefined ? startOurNode : startBootstrapd
  return { peer: library.run('peer'), startNode, port, roundTrips, burst }
}

function talkFigures(talk: Talk): [string, number][] {
  return [
    ['message and its receipt, median', talk.rttMs],
    ['message and its receipt, p99', talk.rttP99Ms],
    ['burst of 1,000-byte messages', talk.perSecond],
    ['one message of the burst, sender', talk.senderMicroseconds],
    ['one message of the burst, receiver', talk.receiverMicroseconds],
  ]
}

async function measure(library: Library, port: number): Promise<Figures> {
  const side = sideOf(library, port)
  const figures = await instanceFigures(library)
  const [onlineMs] = await meetings(side)
  const { talk } = await meet(side, talkOf(side))
  return new Map([...figures, ['friends online, fresh peers on one bootstrap node', onlineMs], ...talkFigures(talk)])
}

export async function run(): Promise<BenchLine[]> {
  const { ours, theirs, second } = findLibraries()
  if (ours === undefined) return []
  const libraries = [ours, theirs, ...(second === undefined ? [] : [second])]
  const measured: Figures[] = []
  for (const [i, library] of libraries.entries()) measured.push(await measure(library, FIRST_PORT + PORT_STEP * i))
  const peers = libraries.map((library) => library.run('peer'))
  const idle = bootstrapdPath === undefined ? [] : await watch(peers, OFFLINE_FRIENDS, FIRST_PORT + PORT_STEP * 4)
  const figure = (library: number, name: string): number | undefined =>
    name === 'idle, 100 offline friends' ? idle[library] : measured[library]?.get(name)
  return UNITS.flatMap(([name, unit]) => {
    const our = figure(0, name)
    if (our === undefined) return []
    const line = benchLine(`C: ${name}`, our, figure(1, name), unit)
    const another = figure(2, name)
    return [another === undefined ? line : { ...line, second: { name: second!.name, figure: another } }]
  })
}
