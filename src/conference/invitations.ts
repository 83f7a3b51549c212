// How friends let each other into conferences. Spec: Group, Invite packets.
// Whoever is a friend and knows number, type and id of a conference of ours gets in: the id is the key to it, and invitations
// alone tell it.

import { sameBytes } from '../base/index.js'
import { decode, encode } from '../codec/index.js'
import type { LongTermPublicKey } from '../crypto/keys.js'
import type { FriendView, Messenger } from '../messenger/index.js'
import {
  CONFERENCE_TYPES,
  ConferenceAccept,
  ConferenceCookie,
  ConferenceInvite,
  ConferenceMember,
} from '../packet/conference/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { Conference } from './conference.js'
import type { ConferenceContext } from './context.js'
import { type Link, LinkReason } from './links.js'

const ID = PacketId.CONFERENCE_INVITE
const InviteKind = { INVITE: 0, ACCEPT: 1, MEMBER: 2 } as const
/** Free peer numbers are found by chance: with 4,096 peers and 128 frozen ones, 32 tries fail once in 10^38 times. */
const NUMBER_TRIES = 32

/** The conferences that we are in. */
export interface Known {
  get(number: number): Conference | undefined
  find(type: number, id: Uint8Array): Conference | undefined
}

export class Invitations {
  readonly #context: ConferenceContext
  readonly #messenger: Messenger
  readonly #known: Known
  /** What we have accepted: asked for again when the friend was away before they told us who we are in there. */
  readonly #accepted = new Map<Conference, { readonly friend: LongTermPublicKey; readonly cookie: ConferenceCookie }>()

  constructor(context: ConferenceContext, messenger: Messenger, known: Known) {
    this.#context = context
    this.#messenger = messenger
    this.#known = known
    messenger.onPacket(ID, (friend, packet) => this.#receive(friend, packet))
    messenger.listen({ onOnline: (friend) => this.#acceptAgain(friend) })
  }

  /** Whether the invitation is on its way. */
  invite(friendNumber: number, conference: Conference): boolean {
    const packet = encode(ConferenceInvite, { id: ID, kind: InviteKind.INVITE, cookie: cookieOf(conference) })
    return this.#messenger.sendPacket(friendNumber, packet) !== undefined
  }

  /** Answers an invitation: the conference then waits to be told who it is. Whether the answer is on its way. */
  accept({ number: friendNumber, publicKey }: FriendView, conference: Conference, cookie: ConferenceCookie): boolean {
    const conferenceNumber = conference.number
    const packet = encode(ConferenceAccept, { id: ID, kind: InviteKind.ACCEPT, conferenceNumber, cookie })
    if (this.#messenger.sendPacket(friendNumber, packet) === undefined) return false
    this.#linkWithIntroducer(conference, publicKey, cookie.conferenceNumber)
    this.#accepted.set(conference, { friend: publicKey, cookie })
    return true
  }

  #acceptAgain(friend: FriendView): void {
    for (const [conference, { friend: inviter, cookie }] of [...this.#accepted]) {
      if (conference.state !== 'joining') this.#accepted.delete(conference)
      else if (sameBytes(inviter, friend.publicKey)) this.accept(friend, conference, cookie)
    }
  }

  #receive(friend: FriendView, packet: Uint8Array): void {
    if (!this.#handle(friend, packet)) this.#context.env.drops.count('conference/invitation refused')
  }

  #handle(friend: FriendView, packet: Uint8Array): boolean {
    switch (packet[1]) {
      case InviteKind.INVITE: {
        const invite = decode(ConferenceInvite, packet)
        return invite !== undefined && this.#onInvite(friend, invite.cookie)
      }
      case InviteKind.ACCEPT: {
        const accept = decode(ConferenceAccept, packet)
        const conference = accept && this.#invitedTo(accept.cookie)
        const peerNumber = conference && this.#freeNumber(conference)
        if (conference === undefined || peerNumber === undefined) return false
        return this.#letIn(conference, friend, peerNumber, accept!.conferenceNumber) !== undefined
      }
      case InviteKind.MEMBER: {
        const member = decode(ConferenceMember, packet)
        const conference = member && this.#invitedTo(member.cookie)
        if (conference === undefined) return false
        const link = this.#letIn(conference, friend, member!.peerNumber, member!.conferenceNumber)
        if (link === undefined) return false
        link.reasons |= LinkReason.INTRODUCER
        conference.query(link)
        return true
      }
      default:
        return false
    }
  }

  #onInvite(friend: FriendView, cookie: ConferenceCookie): boolean {
    const type = CONFERENCE_TYPES[cookie.type]
    if (type === undefined) return false
    const conference = this.#known.find(cookie.type, cookie.conferenceId)
    if (conference === undefined) {
      this.#context.events.invite(friend.number, type, encode(ConferenceCookie, cookie))
      return true
    }
    return this.#answerAsMember(friend, conference, cookie)
  }

  /** We are in there already: two parts of it have met. */
  #answerAsMember(friend: FriendView, conference: Conference, cookie: ConferenceCookie): boolean {
    const { own } = conference.roster
    if (own === undefined) return false
    const { number: conferenceNumber } = conference
    const head = { id: ID, kind: InviteKind.MEMBER, conferenceNumber, cookie } as const
    const packet = encode(ConferenceMember, { ...head, peerNumber: own.number })
    if (this.#messenger.sendPacket(friend.number, packet) === undefined) return false
    const link = this.#linkWithIntroducer(conference, friend.publicKey, cookie.conferenceNumber)
    link.reasons |= LinkReason.INTRODUCING
    conference.pingIfDue()
    return true
  }

  /** The conference of ours that a friend answers for. */
  #invitedTo({ conferenceNumber, type, conferenceId }: ConferenceCookie): Conference | undefined {
    const conference = this.#known.get(conferenceNumber)
    if (conference === undefined || conference.state !== 'connected') return undefined
    return this.#known.find(type, conferenceId) === conference ? conference : undefined
  }

  #freeNumber({ roster }: Conference): number | undefined {
    for (let tries = 0; tries < NUMBER_TRIES; tries++) {
      const number = this.#context.env.random.uniform(0x1_0000)
      if (roster.ofNumber(number) === undefined) return number
    }
    return undefined
  }

  /** The link with a friend who is in from now on, unless they cannot be. */
  #letIn(conference: Conference, friend: FriendView, peerNumber: number, theirNumber: number): Link | undefined {
    const dhtPublicKey = this.#context.connections.get(friend.publicKey)?.dhtPublicKey
    if (dhtPublicKey === undefined) return undefined
    const newPeer = { peerNumber, publicKey: friend.publicKey, dhtPublicKey }
    if (conference.roster.meet(newPeer, true) === undefined || conference.state !== 'connected') return undefined
    const link = conference.links.keep(friend.publicKey, LinkReason.INTRODUCING)
    link.theirNumber = theirNumber
    link.isOnline = true
    conference.sayNewPeer(newPeer)
    conference.pingIfDue()
    return link
  }

  #linkWithIntroducer(conference: Conference, publicKey: LongTermPublicKey, theirNumber: number): Link {
    const link = conference.links.keep(publicKey, LinkReason.INTRODUCER)
    link.theirNumber = theirNumber
    link.isOnline = true
    conference.query(link)
    return link
  }
}

function cookieOf({ number: conferenceNumber, type, id: conferenceId }: Conference): ConferenceCookie {
  return { conferenceNumber, type: CONFERENCE_TYPES.indexOf(type), conferenceId }
}
