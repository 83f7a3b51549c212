// The conferences of one Tox instance: their objects by number, and the way of the engine's events to them.

import { toHex } from '../../base/index.js'
import type { ConferenceEvents, ConferenceType } from '../../conference/index.js'
import { ToxError } from '../../tox/errors.js'
import { type Friend, unwrap } from '../friend.js'
import { Conference, type ConferenceOwner } from './conference.js'
import type { ToxConferenceEventMap } from './events.js'

/** In a cookie: the inviter's number of the conference (2 bytes), its type (1), its id (32). */
const COOKIE_ID_AT = 3

export interface ConferenceListParts extends Pick<ConferenceOwner, 'conferences' | 'turn' | 'deliver'> {
  friend(number: number): Friend | undefined
}

export class ConferenceList {
  readonly #byNumber = new Map<number, Conference>()
  readonly #parts: ConferenceListParts
  readonly #owner: ConferenceOwner

  /** Begins with the conferences of the profile. */
  constructor(parts: ConferenceListParts) {
    const { conferences } = parts
    this.#parts = parts
    this.#owner = {
      conferences,
      turn: (work) => parts.turn(work),
      deliver: <Name extends keyof ToxConferenceEventMap>(name: Name, event: ToxConferenceEventMap[Name][0]) =>
        parts.deliver(name, event),
      forget: ({ number }) => this.#byNumber.delete(number),
      isFriend: (friend) => parts.friend(friend.number) === friend,
    }
    for (const number of conferences.list()) this.#add(number, true)
  }

  get all(): Conference[] {
    return [...this.#byNumber.values()].sort((a, b) => a.number - b.number)
  }

  get(numberOrId: number | string): Conference | undefined {
    if (typeof numberOrId === 'number') return this.#byNumber.get(numberOrId)
    const wanted = numberOrId.toUpperCase()
    return this.all.find(({ id }) => id === wanted)
  }

  create({ title }: { readonly title?: string } = {}): Conference {
    const number = this.#parts.turn((conferences) => unwrap('CONFERENCE_NEW', conferences.create('text')))
    const conference = this.#add(number, true)
    if (title === undefined) return conference
    try {
      conference.title = title
    } catch (error) {
      conference.leave()
      throw error
    }
    return conference
  }

  /** `error` is what waits and what is asked of them from now on gets. */
  finish(error: ToxError): void {
    for (const conference of this.#byNumber.values()) conference.finish(error)
  }

  onInvite(friendNumber: number, type: ConferenceType, cookie: Uint8Array): void {
    const friend = this.#parts.friend(friendNumber)
    if (friend === undefined) return
    const id = toHex(cookie.subarray(COOKIE_ID_AT))
    const copy = cookie.slice()
    const accept = (): Conference => this.#join(friend, type, copy)
    this.#parts.deliver('conferenceInvite', { friend, type, id, accept })
  }

  #join(friend: Friend, type: ConferenceType, cookie: Uint8Array): Conference {
    if (type !== 'text') throw new ToxError('CONFERENCE_JOIN', 'wrong-type')
    if (!this.#owner.isFriend(friend)) throw new ToxError('CONFERENCE_JOIN', 'friend-not-found')
    const join = this.#parts.turn((conferences) => conferences.join(friend.number, cookie, type))
    return this.#add(unwrap('CONFERENCE_JOIN', join), false)
  }

  #add(number: number, isConnected: boolean): Conference {
    const conference = new Conference(number, this.#owner, isConnected)
    this.#byNumber.set(number, conference)
    return conference
  }
}

/** Passes the engine's events on to the conferences' own objects. */
export function forwardConferences(list: () => ConferenceList | undefined): ConferenceEvents {
  const of = (number: number): Conference | undefined => list()?.get(number)
  return {
    invite: (friend, type, cookie) => list()?.onInvite(friend, type, cookie),
    connected: (number) => of(number)?.onConnected(),
    message: (number, peer, kind, text) => of(number)?.onMessage(peer, kind, text),
    title: (number, peer) => of(number)?.onTitle(peer),
    peerName: (number, peer) => of(number)?.onPeerName(peer),
    peerListChanged: (number) => of(number)?.onPeerListChanged(),
  }
}
