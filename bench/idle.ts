// What an idle peer costs: processor share of one connected peer with no friends, and with 100 who are never there.

import type { BenchLine } from './bench-line.js'
import { benchLine } from './bench-line.js'
import type { PeerCommand } from './peers.js'
import { cpuSeconds, OUR_PEER, pause, spawnPeer, startBootstrapd, startPeer, theirPeer } from './peers.js'

/** Joining and the first search for every friend are over by then. */
const SETTLE_MS = 40_000
const WATCH_MS = 30_000
const OFFLINE_FRIENDS = [0, 100]
/** Other peers on the node, so that there are onion paths to build. */
const COMPANY = 3

/** Watches one peer of each side at the same time, in networks of their own kind. */
export async function watch(commands: PeerCommand[], offline: number, port: number): Promise<number[]> {
  const nodes = await Promise.all(commands.map((_, i) => startBootstrapd(port + 500 * i)))
  const groups = await Promise.all(
    commands.map((command, i) =>
      Promise.all(
        Array.from({ length: 1 + COMPANY }, async (_, n) => {
          const peer = await spawnPeer(command)
          await startPeer(peer, port + 500 * i + 60 * (n + 1), nodes[i]!, n === 0 ? offline : 0)
          return peer
        }),
      ),
    ),
  )
  try {
    await pause(SETTLE_MS)
    const pids = groups.map((group) => group[0]!.pid)
    const before = pids.map(cpuSeconds)
    await pause(WATCH_MS)
    return pids.map((pid, i) => ((cpuSeconds(pid) - before[i]!) / (WATCH_MS / 1000)) * 100)
  } finally {
    await Promise.all([...groups.flat().map((peer) => peer.stop()), ...nodes.map((node) => node.stop())])
  }
}

export async function run(): Promise<BenchLine[]> {
  const their = theirPeer()
  const commands = their === undefined ? [OUR_PEER] : [OUR_PEER, their]
  const shares = await Promise.all(OFFLINE_FRIENDS.map((offline, i) => watch(commands, offline, 38_000 + 1_000 * i)))
  return OFFLINE_FRIENDS.map((offline, i) => {
    const [ours, theirs] = shares[i]!
    return benchLine(`idle, ${offline} offline friends`, ours!, theirs, '% CPU')
  })
}
