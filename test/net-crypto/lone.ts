// One session without a handshake: what it sends can be read, and what it receives is chosen.

import type { Nonce, SharedKey } from '../../src/crypto/index.js'
import { PacketBlocks } from '../../src/net-crypto/packet-blocks.js'
import { Session, type SessionOwner } from '../../src/net-crypto/session.js'
import { Scratch } from '../../src/net-crypto/session-cipher.js'
import { type VirtualTime, virtualEnv } from '../support/env.js'
import { crypto, numberOf } from './pair.js'

export const KEY = new Uint8Array(32).fill(9)
/** Base nonces of the two sides; the first wraps around at once. */
export const NONCES = [new Uint8Array(24).fill(0xff), new Uint8Array(24).fill(3)] as [Nonce, Nonce]

/** A session on a network of one's own: what it sends, and what it hands up. */
export function lone(time: VirtualTime, side: 0 | 1, firstPacketNumber: number, rttMs?: number) {
  const env = virtualEnv(time)
  const sent: Uint8Array[] = []
  const received: number[] = []
  const ending: Session[] = []
  const owner: SessionOwner = {
    reserve: (size) => {
      sent.push(new Uint8Array(size))
      return sent.at(-1)
    },
    atTurnEnd: (session) => void ending.push(session),
    onAuthentic() {},
    onLossless: (data) => void received.push(numberOf(data)),
    onLossy() {},
    onAcked() {},
    onWritable() {},
    onKill() {},
  }
  const session = new Session({
    env,
    crypto,
    blocks: new PacketBlocks(),
    openScratch: new Scratch(),
    sealScratch: new Scratch(),
    key: KEY.slice() as SharedKey,
    sendNonce: NONCES[side],
    receiveNonce: NONCES[side === 0 ? 1 : 0],
    owner,
    firstPacketNumber,
    rttMs,
  })
  const endTurn = (): void => {
    for (const one of ending.splice(0)) one.turnEnd()
    env.deadlines.run(time.nowMs)
  }
  return { session, sent, received, endTurn }
}
