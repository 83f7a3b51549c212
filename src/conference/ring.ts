// The ring of a conference: peers by their long-term keys, each linked with the two before and the two behind. Spec: Group.
// Only the first 8 bytes count, as in c-toxcore; both ends of a link have to come to the same result.

import type { LongTermPublicKey } from '../crypto/keys.js'

/** Neighbours on each side. */
const NEIGHBOURS_PER_SIDE = 2
/** c-toxcore's DESIRED_CLOSEST. */
export const NEIGHBOURS_MAX = 2 * NEIGHBOURS_PER_SIDE

/** Where a key stands on the ring of 2^64 places. */
export function ringPosition(publicKey: LongTermPublicKey): bigint {
  return new DataView(publicKey.buffer, publicKey.byteOffset, 8).getBigUint64(0)
}

/** How far `from` has to be taken back to come to `to`. */
export function ringDistance(from: bigint, to: bigint): bigint {
  return BigInt.asUintN(64, from - to)
}

export interface OnRing {
  readonly ringPosition: bigint
}

/** The neighbours of `own` among `others`: all when there are no more than 4, else the two nearest on either side. */
export function neighbours<P extends OnRing>(own: bigint, others: readonly P[]): P[] {
  if (others.length <= NEIGHBOURS_MAX) return [...others]
  const before = nearest(others, ({ ringPosition }) => ringDistance(own, ringPosition))
  const behind = nearest(others, ({ ringPosition }) => ringDistance(ringPosition, own))
  return [...new Set([...before, ...behind])]
}

/** Whether a newcomer becomes a neighbour of `own` in place of one of `current`. */
export function isNeighbour(own: bigint, current: readonly OnRing[], newcomer: OnRing): boolean {
  return current.length < NEIGHBOURS_MAX || neighbours(own, [...current, newcomer]).includes(newcomer)
}

/** The two with the least distance. */
function nearest<P extends OnRing>(others: readonly P[], distance: (peer: P) => bigint): P[] {
  const kept: { peer: P; far: bigint }[] = []
  for (const peer of others) {
    const far = distance(peer)
    if (kept.length === NEIGHBOURS_PER_SIDE && far >= kept[NEIGHBOURS_PER_SIDE - 1]!.far) continue
    if (kept.length === NEIGHBOURS_PER_SIDE) kept.pop()
    kept.push({ peer, far })
    kept.sort((a, b) => (a.far < b.far ? -1 : 1))
  }
  return kept.map(({ peer }) => peer)
}
