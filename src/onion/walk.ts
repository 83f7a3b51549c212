// What announcing and searching have in common: take an answer into the list, and ask the nodes it names that are nearer.

import { type Env, sameBytes } from '../base/index.js'
import type { Crypto } from '../crypto/crypto.js'
import type { DhtPublicKey } from '../crypto/keys.js'
import type { NodeInfo } from '../packet/node-info.js'
import type { AnnounceAnswer } from '../packet/onion/index.js'
import { type AnnounceExchange, type Answered, type Asker, isCredible } from './announce-exchange.js'
import type { ListedNode, Stored } from './announce-list.js'
import type { PathNodes } from './path-nodes.js'

/** What every walk of one client shares. */
export interface WalkParts {
  readonly env: Env
  readonly crypto: Crypto
  readonly exchange: AnnounceExchange
  readonly nodes: PathNodes
  /** Ourselves: never a hop, and asked only where there is hardly anybody else. */
  readonly ownDhtKey: DhtPublicKey
}

/**
 * Two peers alone can only store their announcements with themselves, each through the other: who knows no more nodes than
 * this asks itself as well (c-toxcore always does).
 */
const LONELY_NODES = 1

/** Lists the node that answered, or brings it up to date; `undefined` when nearer ones fill the list. */
export function takeAnswer(
  parts: WalkParts,
  asker: Asker,
  answered: Answered,
  stored: Stored,
  pingId: Uint8Array | undefined,
): ListedNode | undefined {
  const { asked, pathId, sharedKey } = answered
  const nowMs = parts.env.clock.now()
  asker.list.prune(nowMs)
  let node = asker.list.find(asked.publicKey)
  if (node === undefined) {
    node = {
      ...asked,
      sharedKey,
      addedMs: nowMs,
      stored,
      pingId: undefined,
      pathId,
      askedMs: nowMs,
      unanswered: 0,
    }
    if (!asker.list.add(node)) return undefined
    answered.keep()
  }
  node.endpoint = asked.endpoint
  node.stored = stored
  node.unanswered = 0
  if (pingId !== undefined) {
    node.pingId = pingId
    node.pathId = pathId
  }
  if (!isOurselves(parts, asked)) parts.nodes.add(asked)
  return node
}

/** Asks those of the named nodes that would be listed if they answered, as far as `mayAsk` allows. */
export function askNearer(
  parts: WalkParts,
  asker: Asker,
  answer: AnnounceAnswer,
  answered: Answered,
  mayAsk: () => boolean,
): void {
  for (const node of answer.nodes) if (isCredible(node.endpoint, answered.from)) askUnlisted(parts, asker, node, mayAsk)
}

/** Asks one node unless it is listed, too far, was asked a moment ago, or is ourselves in company. Whether it was asked. */
export function askUnlisted(parts: WalkParts, asker: Asker, node: NodeInfo, mayAsk: () => boolean): boolean {
  const { list } = asker
  const nowMs = parts.env.clock.now()
  if (isOurselves(parts, node) && parts.nodes.size > LONELY_NODES) return false
  if (list.find(node.publicKey) !== undefined) return false
  if (!list.wants(node.publicKey) || !list.mayAsk(node.publicKey, nowMs) || !mayAsk()) return false
  list.asked(node.publicKey, nowMs)
  return parts.exchange.askNew(asker, node)
}

function isOurselves({ ownDhtKey }: WalkParts, { publicKey }: NodeInfo): boolean {
  return sameBytes(publicKey, ownDhtKey)
}
