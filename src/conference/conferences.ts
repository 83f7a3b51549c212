// All conferences of one instance. Spec: Group.

import { type Env, fail, ok, type Result, sameBytes } from '../base/index.js'
import { decode } from '../codec/index.js'
import type { Crypto, DhtPublicKey, LongTermPublicKey } from '../crypto/index.js'
import type { FriendConnection, FriendConnections } from '../friend/index.js'
import type { Messenger } from '../messenger/index.js'
import {
  CONFERENCE_ID_BYTES,
  CONFERENCE_TYPES,
  ConferenceCookie,
  ConferenceOnline,
  ConferenceRejoin,
} from '../packet/conference/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { MessageKind } from '../packet/messenger/message.js'
import type { Conference as SavedConference } from '../packet/savedata/index.js'
import { Conference } from './conference.js'
import type { ConferenceContext } from './context.js'
import type {
  ConferenceByIdError,
  ConferenceInviteError,
  ConferenceJoinError,
  ConferenceNewError,
  ConferenceNotFound,
  ConferenceSendError,
  ConferenceTitleError,
  PeerQueryError,
} from './errors.js'
import type { ConferenceEvents, ConferenceType } from './events.js'
import { Farewells } from './farewells.js'
import { Invitations } from './invitations.js'
import type { Link } from './links.js'
import { receiveLossy, sendLossy } from './lossy.js'
import type { Peer } from './peer.js'
import { receiveDirect } from './receive-direct.js'
import { receiveMessage } from './receive-message.js'
import { restoreConference, saveConference } from './saved-conference.js'

/** Numbers have 16 bits on the wire. Only the user makes conferences. */
const CONFERENCES_MAX = 2 ** 16

export interface ConferencesDependencies {
  readonly env: Env
  readonly crypto: Pick<Crypto, 'randomFill'>
  readonly connections: FriendConnections
  readonly messenger: Messenger
  readonly events: ConferenceEvents
  /** Who we are. */
  readonly publicKey: LongTermPublicKey
  readonly dhtPublicKey: DhtPublicKey
}

export class Conferences {
  readonly #context: ConferenceContext
  readonly #crypto: Pick<Crypto, 'randomFill'>
  readonly #messenger: Messenger
  readonly #invitations: Invitations
  readonly #farewells: Farewells
  /** By number; holes are left by conferences that we have left. */
  readonly #list: (Conference | undefined)[] = []
  /** Saved ones of types that this version does not know: saved again as they were. */
  #unknown: SavedConference[] = []

  constructor({ env, crypto, connections, messenger, events, publicKey, dhtPublicKey }: ConferencesDependencies) {
    this.#crypto = crypto
    this.#messenger = messenger
    this.#context = {
      env,
      events,
      connections,
      publicKey,
      dhtPublicKey,
      ownName: () => messenger.name,
      isFriend: (key) => messenger.friendOf(key) !== undefined,
    }
    this.#farewells = new Farewells(connections, env)
    this.#invitations = new Invitations(this.#context, messenger, {
      get: (number) => this.#list[number],
      find: (type, id) => this.#find(type, id),
    })
    connections.listen({ onStatus: (connection, isConnected) => this.#onConnection(connection, isConnected) })
    messenger.listen({ onName: () => this.#rename() })
    connections.onPacket(PacketId.CONFERENCE_ONLINE, (from, packet) => this.#onOnline(from, packet))
    connections.onPacket(PacketId.CONFERENCE_REJOIN, (from, packet) => this.#onRejoin(from, packet))
    this.#onLinkPacket(PacketId.CONFERENCE_DIRECT, receiveDirect)
    this.#onLinkPacket(PacketId.CONFERENCE_MESSAGE, receiveMessage)
    this.#onLinkPacket(PacketId.CONFERENCE_LOSSY, receiveLossy)
  }

  // Coming and going.

  /** Begins a conference with ourselves in it: its number. */
  create(type: ConferenceType = 'text'): Result<number, ConferenceNewError> {
    const id = new Uint8Array(CONFERENCE_ID_BYTES)
    this.#crypto.randomFill(id)
    const conference = this.#add(type, id)
    if (conference === undefined) return fail('init')
    conference.enter(0)
    return ok(conference.number)
  }

  /** Joins the conference that a friend invites to; `type` must be that of the invitation: its number. */
  join(friendNumber: number, cookie: Uint8Array, type: ConferenceType = 'text'): Result<number, ConferenceJoinError> {
    const invited = decode(ConferenceCookie, cookie)
    if (invited === undefined) return fail('invalid-length')
    if (CONFERENCE_TYPES[invited.type] !== type) return fail('wrong-type')
    const friend = this.#messenger.friend(friendNumber)
    if (friend === undefined) return fail('friend-not-found')
    if (this.#find(invited.type, invited.conferenceId) !== undefined) return fail('duplicate')
    const conference = this.#add(type, invited.conferenceId)
    if (conference === undefined) return fail('init-fail')
    if (this.#invitations.accept(friend, conference, invited)) return ok(conference.number)
    this.#remove(conference)
    return fail('fail-send')
  }

  /** Invites a friend who is online. */
  invite(friendNumber: number, conferenceNumber: number): Result<void, ConferenceInviteError> {
    const conference = this.#list[conferenceNumber]
    if (conference === undefined) return fail('conference-not-found')
    if (conference.state !== 'connected') return fail('no-connection')
    return this.#invitations.invite(friendNumber, conference) ? ok(undefined) : fail('fail-send')
  }

  /** Leaves for good; the number may be given to another. */
  delete(conferenceNumber: number): Result<void, ConferenceNotFound> {
    const conference = this.#list[conferenceNumber]
    if (conference === undefined) return fail('conference-not-found')
    this.#farewells.hold(conference.leave(true))
    this.#remove(conference)
    return ok(undefined)
  }

  // Speaking.

  /** Sends at most 1,363 bytes to all; they come back to us as an event once somebody has them. */
  sendMessage(conference: number, kind: MessageKind, text: Uint8Array): Result<void, ConferenceSendError> {
    return this.#list[conference]?.sendText(kind, text) ?? fail('conference-not-found')
  }

  /** Sends 1 to 1,366 bytes of audio once, in a conference of type `'av'`; false when nobody gets them. */
  sendLossyPacket(conference: number, packet: Uint8Array): boolean {
    const found = this.#list[conference]
    return found !== undefined && sendLossy(found, packet)
  }

  title(conference: number): Result<Uint8Array, ConferenceTitleError> {
    const found = this.#list[conference]
    if (found === undefined) return fail('conference-not-found')
    return found.title.length === 0 ? fail('invalid-length') : ok(found.title.slice())
  }

  /** 1 to 128 bytes. */
  setTitle(conference: number, title: Uint8Array): Result<void, ConferenceTitleError> {
    return this.#list[conference]?.sendTitle(title) ?? fail('conference-not-found')
  }

  // Peers. Names and keys are never written to: a new name is a new array.

  peerCount(conference: number): Result<number, PeerQueryError> {
    const found = this.#list[conference]
    return found === undefined ? fail('conference-not-found') : ok(found.roster.present.length)
  }

  peerName(conference: number, peer: number): Result<Uint8Array, PeerQueryError> {
    return this.#ofPeer(conference, peer, ({ name }) => name)
  }

  peerPublicKey(conference: number, peer: number): Result<LongTermPublicKey, PeerQueryError> {
    return this.#ofPeer(conference, peer, ({ publicKey }) => publicKey)
  }

  isOurs(conference: number, peer: number): Result<boolean, PeerQueryError> {
    const own = this.#list[conference]?.roster.own
    const found = this.#ofPeer(conference, peer, (one) => one === own)
    return found.ok && own === undefined ? fail('no-connection') : found
  }

  offlinePeerCount(conference: number): Result<number, PeerQueryError> {
    const found = this.#list[conference]
    return found === undefined ? fail('conference-not-found') : ok(found.roster.frozen.length)
  }

  offlinePeerName(conference: number, peer: number): Result<Uint8Array, PeerQueryError> {
    return this.#ofOfflinePeer(conference, peer, ({ name }) => name)
  }

  offlinePeerPublicKey(conference: number, peer: number): Result<LongTermPublicKey, PeerQueryError> {
    return this.#ofOfflinePeer(conference, peer, ({ publicKey }) => publicKey)
  }

  /** In seconds since 1970. */
  offlinePeerLastActive(conference: number, peer: number): Result<number, PeerQueryError> {
    return this.#ofOfflinePeer(conference, peer, ({ lastActiveUnix }) => lastActiveUnix)
  }

  /** How many offline peers are remembered, 128 unless told: friends longest, then those who were heard last. */
  setMaxOffline(conference: number, max: number): Result<void, ConferenceNotFound> {
    const found = this.#list[conference]
    if (found === undefined) return fail('conference-not-found')
    found.roster.maxFrozen = max
    return ok(undefined)
  }

  // Which they are.

  type(conference: number): Result<ConferenceType, ConferenceNotFound> {
    const found = this.#list[conference]
    return found === undefined ? fail('conference-not-found') : ok(found.type)
  }

  /** 32 bytes, the same for all its peers (`tox_conference_get_id` and `_get_uid`). */
  id(conference: number): Result<Uint8Array, ConferenceNotFound> {
    const found = this.#list[conference]
    return found === undefined ? fail('conference-not-found') : ok(found.id.slice())
  }

  byId(id: Uint8Array): Result<number, ConferenceByIdError> {
    const found = this.#all().find((conference) => sameBytes(conference.id, id))
    return found === undefined ? fail('not-found') : ok(found.number)
  }

  /** All numbers, rising. */
  list(): readonly number[] {
    return this.#all().map(({ number }) => number)
  }

  // Saving.

  /** Conferences that we are in; what we are about to join is not among them, as in c-toxcore. */
  snapshot(): SavedConference[] {
    const saved = this.#all().flatMap((one) => {
      const { own } = one.roster
      return own === undefined ? [] : [saveConference(one, own)]
    })
    return [...saved, ...this.#unknown]
  }

  restore(saved: readonly SavedConference[]): void {
    for (const one of saved) {
      const type = CONFERENCE_TYPES[one.type]
      const conference = type && this.#add(type, one.id, one.messageNumber, one.lossyMessageNumber)
      if (conference === undefined) this.#unknown.push(one)
      else restoreConference(conference, one)
    }
  }

  /** Tells all conferences that we are away for a while. */
  close(): void {
    for (const conference of this.#all()) {
      for (const { connection } of conference.leave(false)) this.#context.connections.release(connection)
    }
    this.#list.length = 0
    this.#farewells.close()
  }

  #all(): Conference[] {
    return this.#list.filter((conference) => conference !== undefined)
  }

  #find(type: number, id: Uint8Array): Conference | undefined {
    return this.#all().find((conference) => conference.type === CONFERENCE_TYPES[type] && sameBytes(conference.id, id))
  }

  #add(type: ConferenceType, id: Uint8Array, messageNumber = 0, lossyNumber = 0): Conference | undefined {
    const hole = this.#list.indexOf(undefined)
    const number = hole < 0 ? this.#list.length : hole
    if (number >= CONFERENCES_MAX) return undefined
    const conference = new Conference(this.#context, number, type, id, messageNumber, lossyNumber)
    this.#list[number] = conference
    return conference
  }

  #remove(conference: Conference): void {
    this.#list[conference.number] = undefined
    while (this.#list.length > 0 && this.#list[this.#list.length - 1] === undefined) this.#list.pop()
  }

  #ofPeer<T>(conference: number, peer: number, value: (peer: Peer) => T): Result<T, PeerQueryError> {
    return peerAt(this.#list[conference]?.roster.present, peer, value)
  }

  #ofOfflinePeer<T>(conference: number, peer: number, value: (peer: Peer) => T): Result<T, PeerQueryError> {
    return peerAt(this.#list[conference]?.roster.frozen, peer, value)
  }

  #rename(): void {
    for (const conference of this.#all()) conference.rename()
  }

  #onConnection(connection: FriendConnection, isConnected: boolean): void {
    for (const conference of this.#all()) conference.onConnection(connection, isConnected)
  }

  /** Packets that begin with id and our number of the conference, and are heard of those alone with whom it is linked. */
  #onLinkPacket(id: number, receive: (conference: Conference, link: Link, packet: Uint8Array) => void): void {
    this.#context.connections.onPacket(id, (from, packet) => {
      const conference = packet.length < 3 ? undefined : this.#list[(packet[1]! << 8) | packet[2]!]
      const link = conference?.links.of(from)
      if (conference !== undefined && link !== undefined) receive(conference, link, packet)
      else this.#drop('packet over no link')
    })
  }

  #onOnline(from: FriendConnection, bytes: Uint8Array): void {
    const packet = decode(ConferenceOnline, bytes)
    const conference = packet && this.#find(packet.type, packet.conferenceId)
    const link = conference?.links.of(from)
    if (link === undefined) return this.#drop('online packet over no link')
    conference!.onOnline(link, packet!.conferenceNumber)
  }

  #onRejoin(from: FriendConnection, bytes: Uint8Array): void {
    const packet = decode(ConferenceRejoin, bytes)
    const conference = packet && this.#find(packet.type, packet.conferenceId)
    const peer = conference?.roster.ofKey(from.publicKey)
    if (conference === undefined) return this.#drop('rejoin of no conference')
    if (peer === undefined) return this.#onStrangerRejoins(from.publicKey, conference)
    const { publicKey, dhtPublicKey = peer.dhtPublicKey } = from
    conference.roster.meet({ peerNumber: peer.number, publicKey, dhtPublicKey }, true)
    conference.letBackIn(from)
  }

  /** We have come in anew, or forgotten them: a friend tells their number in answer to an invitation. */
  #onStrangerRejoins(publicKey: LongTermPublicKey, conference: Conference): void {
    const friend = this.#messenger.friendOf(publicKey)
    const isInvited = friend !== undefined && this.invite(friend.number, conference.number).ok
    if (!isInvited) this.#drop('rejoin of a stranger')
  }

  #drop(what: string): void {
    this.#context.env.drops.count(`conference/${what}`)
  }
}

function peerAt<T>(
  peers: readonly Peer[] | undefined,
  peer: number,
  value: (peer: Peer) => T,
): Result<T, PeerQueryError> {
  if (peers === undefined) return fail('conference-not-found')
  const found = peers[peer]
  return found === undefined ? fail('peer-not-found') : ok(value(found))
}
