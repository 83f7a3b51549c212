// What /path shows: how packets go to a friend.

import type { Friend } from '../api/index.js'
import { nameOf } from './friends.js'
import { harmless } from './terminal.js'
import { bytesText, durationText } from './transfer-meter.js'

/** `'Bob: UDP to 203.0.113.7:33445, 23 ms, sends 1.2 MB/s, receives 0 B/s, for 12 min'`. */
export function pathText(friend: Friend, nowMs = Date.now()): string {
  const { path } = friend
  if (path === undefined) return `${nameOf(friend)}: ${friend.isOnline ? 'no way is known at the moment' : 'offline'}`
  const { endpoint, relay, rttMs, sendRate, receiveRate, since } = path
  const way =
    endpoint === undefined
      ? `through relay ${harmless(relay?.host ?? '')}:${relay?.port ?? 0}`
      : `UDP to ${hostText(endpoint.host)}:${endpoint.port}`
  const parts = [
    way,
    ...(rttMs === undefined ? [] : [`${Math.round(rttMs)} ms`]),
    `sends ${bytesText(sendRate)}/s`,
    `receives ${bytesText(receiveRate)}/s`,
    `for ${durationText((nowMs - since.getTime()) / 1_000)}`,
  ]
  return `${nameOf(friend)}: ${parts.join(', ')}`
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
