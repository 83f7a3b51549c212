// One conference: our part in it, the links that carry it, and what has to be done when. Spec: Group.

import { type Deadline, fail, type Millis, ok, type Result, sameBytes } from '../base/index.js'
import { encode } from '../codec/index.js'
import type { FriendConnection } from '../friend/index.js'
import {
  CONFERENCE_TEXT_MAX_BYTES,
  CONFERENCE_TYPES,
  ConferenceMessage,
  ConferenceMessageKind,
  ConferenceOnline,
  ConferenceRejoin,
  DirectKind,
  LeavingPeer,
  NewPeer,
  PeerIntroduced,
  PeerQuery,
} from '../packet/conference/index.js'
import { PacketId } from '../packet/friend/packet-id.js'
import type { MessageKind } from '../packet/messenger/message.js'
import { NAME_MAX_BYTES } from '../packet/messenger/nickname.js'
import type { ConferenceContext } from './context.js'
import type { ConferenceSendError, ConferenceTitleError } from './errors.js'
import { type ConferenceType, PEER_UNKNOWN } from './events.js'
import { type Link, LinkReason, Links } from './links.js'
import { Peer } from './peer.js'
import { Roster } from './roster.js'

/** Every peer says so often that they are there, so that peers who are far away on the ring know. */
export const PING_INTERVAL_MS = 20_000
/** Whoever is silent for that long is frozen: two of three pings may be late. */
const FREEZE_AFTER_MS = 3 * PING_INTERVAL_MS
/** Peers whose time comes within a second are frozen together. */
const FREEZE_STEP_MS = 1_000

/** Two who tell each other again that a link works shall not do so for ever. */
const REPEAT_AFTER_MS = 10_000

/** A friend whom we have lost sight of in here, though we have a session with them, is asked that often. */
const ASK_AGAIN_MS = 5 * 60_000

/** Links and our name are seen to that often at most, as by c-toxcore: a flood of peers does not make us search for each. */
const TIDY_STEP_MS = 50

/** Joining: a friend lets us in, but has not told us yet who we are in there. */
export type ConferenceState = 'joining' | 'connected' | 'left'

export class Conference {
  readonly links: Links
  readonly roster: Roster
  title: Uint8Array = EMPTY
  /** Whether somebody has set the title since we last were alone: then it is newer than what others tell a newcomer. */
  isTitleFresh = false
  /** Of our next lossy packet. */
  lossyNumber: number
  #state: ConferenceState = 'joining'
  /** Of our last message. */
  #messageNumber: number
  readonly #firstMessageNumber: number
  #owesName = false
  /** Whether our own name has to come back yet, for the user to hear of it as of anybody's. */
  #isNameUnderWay = false
  #lastPingMs: Millis = Number.NEGATIVE_INFINITY
  #lastTidyMs: Millis = Number.NEGATIVE_INFINITY
  readonly #soon: Deadline
  readonly #upkeep: Deadline
  readonly #askAgain: Deadline

  constructor(
    readonly context: ConferenceContext,
    /** Ours: by which the user and our links call it. */
    readonly number: number,
    readonly type: ConferenceType,
    readonly id: Uint8Array,
    messageNumber = 0,
    lossyNumber = 0,
  ) {
    const { env, connections, isFriend, publicKey } = context
    this.lossyNumber = lossyNumber
    this.#messageNumber = messageNumber
    this.#firstMessageNumber = messageNumber
    this.#soon = env.deadlines.create('conference links', () => this.#tidy())
    this.#upkeep = env.deadlines.create('conference pings', () => this.#keepUp())
    this.#askAgain = env.deadlines.create('conference rejoin', () => this.#askAllBackIn())
    this.links = new Links(connections, () => env.clock.now())
    this.roster = new Roster(env, publicKey, {
      onGone: (peer) => this.#onGone(peer),
      onThaw: () => this.oweName(),
      onNeighbours: () => this.#hurry(),
      onChange: () => this.tellPeers(),
      isFriend,
    })
  }

  get state(): ConferenceState {
    return this.#state
  }

  get messageNumber(): number {
    return this.#messageNumber
  }

  // Ourselves.

  /** We are in under this number; false when it is somebody else's. */
  enter(ownNumber: number): boolean {
    const { publicKey, dhtPublicKey, ownName } = this.context
    const own = new Peer(ownNumber, publicKey, dhtPublicKey)
    own.name = ownName()
    own.hasToldName = true
    if (!this.roster.enter(own)) return false
    this.#state = 'connected'
    this.#hurry()
    this.pingIfDue()
    return true
  }

  /** Whoever let us in has told us our number; false when it is somebody else's. The others hear our name from us. */
  enterAsNewcomer(ownNumber: number): boolean {
    if (!this.enter(ownNumber)) return false
    this.#isNameUnderWay = this.context.ownName().length > 0
    this.oweName()
    return true
  }

  /** Whether we have sent this message in this life: what else comes back in our name is forged, or an echo of another. */
  hasSent(messageNumber: number): boolean {
    const count = (this.#messageNumber - this.#firstMessageNumber) >>> 0
    const place = (messageNumber - this.#firstMessageNumber) >>> 0
    return place > 0 && place <= count
  }

  /** Our name has changed: the others hear of it now. */
  rename(): void {
    const name = this.context.ownName()
    const { own } = this.roster
    if (own === undefined || sameBytes(own.name, name)) return
    own.name = name
    this.#isNameUnderWay = this.#sayName()
  }

  /** Our name goes out soon: somebody has come who may not know it. */
  oweName(): void {
    this.#owesName = true
    this.#hurry()
  }

  /** Says goodbye, for good or for now. The links are the caller's to end, once that has arrived. */
  leave(forGood: boolean): Link[] {
    const kind = forGood ? ConferenceMessageKind.KILL_PEER : ConferenceMessageKind.FREEZE_PEER
    const { own } = this.roster
    if (own !== undefined) this.say(kind, encode(LeavingPeer, { peerNumber: own.number }))
    this.#state = 'left'
    this.#soon.clear()
    this.#upkeep.clear()
    this.#askAgain.clear()
    return this.links.takeAll()
  }

  // Speaking.

  /** Sends a message to all: over how many links, `undefined` without any. */
  say(kind: number, data: Uint8Array): number | undefined {
    const { own } = this.roster
    if (own === undefined || this.links.onlineCount === 0) return undefined
    // 0 is left out, as in c-toxcore.
    this.#messageNumber = (this.#messageNumber + 1) >>> 0 || 1
    const head = { id: PacketId.CONFERENCE_MESSAGE, conferenceNumber: 0 } as const
    const { number: peerNumber } = own
    return this.links.sendToAll(
      encode(ConferenceMessage, { ...head, peerNumber, messageNumber: this.#messageNumber, kind, data }),
    )
  }

  sendText(kind: MessageKind, text: Uint8Array): Result<void, ConferenceSendError> {
    if (text.length > CONFERENCE_TEXT_MAX_BYTES) return fail('too-long')
    const sent = this.say(kind === 'normal' ? ConferenceMessageKind.TEXT : ConferenceMessageKind.ACTION, text)
    if (sent === undefined) return fail('no-connection')
    return sent === 0 ? fail('fail-send') : ok(undefined)
  }

  sendTitle(title: Uint8Array): Result<void, ConferenceTitleError> {
    if (title.length === 0 || title.length > NAME_MAX_BYTES) return fail('invalid-length')
    if (sameBytes(title, this.title)) return ok(undefined)
    this.title = title.slice()
    if (this.roster.present.length === 1) return ok(undefined)
    return (this.say(ConferenceMessageKind.TITLE, title) ?? 0) > 0 ? ok(undefined) : fail('fail-send')
  }

  sayNewPeer(peer: NewPeer): void {
    this.say(ConferenceMessageKind.NEW_PEER, encode(NewPeer, peer))
  }

  // Links.

  /** The other end has told us its number: the link works. */
  onOnline(link: Link, theirNumber: number): void {
    if (link.isOnline) return this.#onOnlineAgain(link, theirNumber)
    const isFirst = this.links.onlineCount === 0
    link.theirNumber = theirNumber
    link.isOnline = true
    this.sendOnline(link.connection)
    if (isFirst || link.has(LinkReason.INTRODUCER)) this.query(link)
    if (link.has(LinkReason.INTRODUCING)) this.#introduce(link.connection)
    this.pingIfDue()
  }

  sendOnline(connection: FriendConnection): void {
    const { number: conferenceNumber, id: conferenceId } = this
    const type = CONFERENCE_TYPES.indexOf(this.type)
    connection.sendLossless(
      encode(ConferenceOnline, { id: PacketId.CONFERENCE_ONLINE, conferenceNumber, type, conferenceId }),
    )
  }

  /** Asks for peers and title. */
  query(link: Link): void {
    if (!link.queries.take(this.#now)) return
    link.send(encode(PeerQuery, { id: PacketId.CONFERENCE_DIRECT, conferenceNumber: 0, kind: DirectKind.QUERY }))
  }

  /** We are heard through others: who let us in need not carry us any longer. */
  endIntroduction(link: Link): void {
    const head = { id: PacketId.CONFERENCE_DIRECT, conferenceNumber: 0 } as const
    if (link.isOnline) link.send(encode(PeerIntroduced, { ...head, kind: DirectKind.INTRODUCED }))
    this.links.release(link, LinkReason.INTRODUCER)
  }

  /** A peer has asked to be let in again. */
  letBackIn(connection: FriendConnection): void {
    if (this.#state !== 'connected') return
    this.links.keep(connection.publicKey, LinkReason.INTRODUCING)
    this.sendOnline(connection)
  }

  /** A session with somebody has begun or ended; we may have nothing to do with them. */
  onConnection(connection: FriendConnection, isConnected: boolean): void {
    if (isConnected && this.roster.ofKey(connection.publicKey)?.isFrozen) return this.#askBackIn(connection)
    const link = this.links.of(connection)
    if (link === undefined) return
    if (isConnected) return this.sendOnline(connection)
    link.isOnline = false
    if (this.links.onlineCount === 0) this.roster.freezeOthers()
  }

  pingIfDue(): void {
    if (this.#state !== 'connected') return
    if (this.#lastPingMs + PING_INTERVAL_MS <= this.#now && this.say(ConferenceMessageKind.PING, EMPTY)) {
      this.#lastPingMs = this.#now
    }
    this.#setUpkeep()
  }

  // What is said of others.

  /** Tells the user that the peers are others, or in other places; unless a handler of ours has just left. */
  tellPeers(): void {
    if (this.#state !== 'left') this.context.events.peerListChanged(this.number)
  }

  /** A peer has another name. Our own comes back like anybody's; another one is nobody's to give. */
  renamePeer(peer: Peer, name: Uint8Array): void {
    const isOwn = peer === this.roster.own
    const isSame = sameBytes(peer.name, name)
    peer.hasToldName = true
    if (isOwn ? !isSame || !this.#isNameUnderWay : isSame) return
    if (isOwn) this.#isNameUnderWay = false
    peer.name = name.slice()
    this.context.events.peerName(this.number, peer.index, name.slice())
  }

  /** `peer` is `undefined` when nobody knows who set the title. */
  retitle(peer: Peer | undefined, title: Uint8Array): void {
    if (sameBytes(title, this.title)) return
    this.title = title.slice()
    this.isTitleFresh = true
    this.context.events.title(this.number, peer?.index ?? PEER_UNKNOWN, title.slice())
  }

  get #now(): Millis {
    return this.context.env.clock.now()
  }

  #sayName(): boolean {
    this.#owesName = false
    return (this.say(ConferenceMessageKind.NAME, this.context.ownName()) ?? 0) > 0
  }

  /** Tells everybody whom we let in, and them who we are. */
  #introduce({ publicKey, dhtPublicKey }: FriendConnection): void {
    const peer = this.roster.ofKey(publicKey)
    if (peer !== undefined && !peer.isFrozen) {
      this.sayNewPeer({ peerNumber: peer.number, publicKey, dhtPublicKey: dhtPublicKey ?? peer.dhtPublicKey })
    }
    this.oweName()
  }

  /** They believe that the link does not work, and are right where their end of it is new. */
  #onOnlineAgain(link: Link, theirNumber: number): void {
    link.theirNumber = theirNumber
    if (this.#now < link.repeatedMs + REPEAT_AFTER_MS) return
    link.repeatedMs = this.#now
    this.sendOnline(link.connection)
  }

  /** Asks somebody whom we have lost sight of in here to let us in again; they may come in later than we ask. */
  #askBackIn(connection: FriendConnection): void {
    const type = CONFERENCE_TYPES.indexOf(this.type)
    const packet = encode(ConferenceRejoin, { id: PacketId.CONFERENCE_REJOIN, type, conferenceId: this.id })
    if (connection.sendLossless(packet) === undefined) return
    this.links.keep(connection.publicKey, LinkReason.INTRODUCER)
    this.sendOnline(connection)
    this.#askAgain.setSooner(this.#now + ASK_AGAIN_MS)
  }

  #askAllBackIn(): void {
    for (const { publicKey } of this.roster.frozen) {
      const connection = this.context.connections.get(publicKey)
      if (connection?.isConnected && !this.links.of(connection)?.isOnline) this.#askBackIn(connection)
    }
  }

  #onGone(peer: Peer): void {
    const link = this.links.ofKey(peer.publicKey)
    if (link !== undefined) this.links.end(link)
    if (this.roster.present.length <= 1) this.isTitleFresh = false
    const connection = this.context.connections.get(peer.publicKey)
    if (this.#state !== 'left' && peer.isFrozen && connection?.isConnected) this.#askBackIn(connection)
  }

  #hurry(): void {
    if (this.#state === 'connected') this.#soon.setSooner(Math.max(this.#now, this.#lastTidyMs + TIDY_STEP_MS))
  }

  #tidy(): void {
    this.#lastTidyMs = this.#now
    this.#linkNeighbours()
    if (this.#owesName) this.#sayName()
  }

  #linkNeighbours(): void {
    const neighbours = this.roster.neighbours()
    const isNeighbour = (link: Link): boolean =>
      neighbours.some((peer) => sameBytes(peer.publicKey, link.connection.publicKey))
    for (const link of this.links.list()) if (!isNeighbour(link)) this.links.release(link, LinkReason.NEIGHBOUR)
    for (const { publicKey, dhtPublicKey } of neighbours) {
      const link = this.links.keep(publicKey, LinkReason.NEIGHBOUR, dhtPublicKey)
      if (link.connection.isConnected && !link.isOnline) this.sendOnline(link.connection)
    }
  }

  #keepUp(): void {
    this.roster.freezeSilent(this.#now - FREEZE_AFTER_MS)
    this.pingIfDue()
  }

  /** While we have links we ping; while there are others we listen whether they are silent. */
  #setUpkeep(): void {
    const pingMs = this.links.onlineCount > 0 ? this.#lastPingMs + PING_INTERVAL_MS : Number.POSITIVE_INFINITY
    const nextMs = Math.min(pingMs, this.roster.oldestActiveMs + FREEZE_AFTER_MS)
    if (nextMs < Number.POSITIVE_INFINITY) this.#upkeep.set(Math.max(nextMs, this.#now + FREEZE_STEP_MS))
    else this.#upkeep.clear()
  }
}

const EMPTY = new Uint8Array(0)
