// One of ours and one of c-toxcore's that are friends: where most interop stories begin.

import { fromHex, toHex } from '../../src/base/index.js'
import { type Friend, Tox, type ToxEventMap, type ToxOptions } from '../../src/index.js'
import type { CPeer } from './c-peer.js'

/** Generous: the machines that run tests are shared and slow at times, and c-toxcore takes 10 s to be found. */
export const DEADLINE_MS = 60_000

export interface Address {
  readonly host: string
  readonly port: number
  readonly key: Uint8Array
}

/** `HOST:PORT:KEY` of a node, as our API takes it. */
export function bootstrapText({ host, port, key }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}:${toHex(key)}`
}

/** A Tox instance of ours on IPv4 loopback, joined through `nodes`. */
export function ourPeer(nodes: readonly Address[], options: ToxOptions = {}): Promise<Tox> {
  return Tox.create({ bindAddress: '127.0.0.1', ipv6: false, bootstrap: nodes.map(bootstrapText), ...options })
}

/** The first event `name` of ours that `accept` takes, from now on. */
export async function heard<Name extends keyof ToxEventMap>(
  tox: Tox,
  name: Name,
  accept: (event: ToxEventMap[Name][0]) => boolean = () => true,
  deadlineMs = DEADLINE_MS,
): Promise<ToxEventMap[Name][0]> {
  const signal = AbortSignal.timeout(deadlineMs)
  for await (const event of tox.iterate(name, { signal })) if (accept(event)) return event
  throw new Error(`no such '${String(name)}' within ${deadlineMs} ms`)
}

/** Makes both friends by key, without a request, and waits until both see the other online. */
export async function befriended(ours: Tox, theirs: CPeer): Promise<{ friend: Friend; number: number }> {
  const number = await theirs.friendAddNorequest(fromHex(ours.publicKey)!)
  const friend = ours.addFriendWithoutRequest(toHex((await theirs.self()).key))
  await bothOnline(ours, friend, theirs, number)
  return { friend, number }
}

/** Waits until both see each other online, from now on for the C side when `from` is given. */
export async function bothOnline(_ours: Tox, friend: Friend, theirs: CPeer, number: number, from = 0): Promise<void> {
  await Promise.all([
    friend.whenOnline({ signal: AbortSignal.timeout(DEADLINE_MS) }),
    theirs.untilOnline(number, DEADLINE_MS, from),
  ])
}
