// The load program for whole bootstrap nodes, and what it tells of one (node-load.c).

import { compile } from './native.js'
import { cpuSeconds, LineChild } from './peers.js'

export interface NodeFigures {
  readonly perSecond: number
  /** Processor time of the node for one answer. */
  readonly cpuMicroseconds: number
}

export interface LoadedNode {
  readonly port: number
  readonly key: Uint8Array
  readonly pid: number
}

export type NodeWork = 'nodes' | 'onion' | 'flood'

/** Undefined where it cannot be compiled. */
export const nodeLoad = (): string | undefined => compile('node-load', ['sodium'], 'libsodium-dev')

/** The program at work on one node, for `seconds` after it has warmed up. */
export function startLoad(
  program: string,
  work: NodeWork,
  { port, key }: LoadedNode,
  keys: number,
  seconds: number,
): LineChild {
  return new LineChild([program, work, String(port), Buffer.from(key).toString('hex'), String(keys), String(seconds)])
}

/** One load on one node. */
export async function loadNode(
  program: string,
  work: NodeWork,
  node: LoadedNode,
  keys: number,
  seconds: number,
): Promise<NodeFigures> {
  const child = startLoad(program, work, node, keys, seconds)
  await child.hear('counting')
  const before = cpuSeconds(node.pid)
  const [answers = 0, measured = 0] = (await child.hear('answers')).split(' ').map(Number)
  const spent = cpuSeconds(node.pid) - before
  await child.stop()
  return { perSecond: answers / measured, cpuMicroseconds: (spent / answers) * 1e6 }
}

/** Loads on several nodes by turns; the best of each counts, for the others had less of the processor. */
export async function loadByTurns(
  program: string,
  work: NodeWork,
  nodes: readonly LoadedNode[],
  keys: number,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<NodeFigures[]> {
  const figures = nodes.map((): NodeFigures[] => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, node] of nodes.entries()) figures[i]!.push(await loadNode(program, work, node, keys, seconds))
  }
  return figures.map((all) => ({
    perSecond: Math.max(...all.map((one) => one.perSecond)),
    cpuMicroseconds: Math.min(...all.map((one) => one.cpuMicroseconds)),
  }))
}
