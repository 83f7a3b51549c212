// Messages to the whole conference, as they come in over a link. Spec: Group, Message packets.
// Each is handled once and passed on over the other links. Who it is from nobody can prove: what can be known to be a lie is
// dropped and not passed on.

import { type Millis, sameBytes } from '../base/index.js'
import { decode } from '../codec/index.js'
import {
  ConferenceMessage,
  ConferenceText,
  ConferenceTitle,
  ConferenceMessageKind as Kind,
  LeavingPeer,
  NewPeer,
  PeerName,
} from '../packet/conference/index.js'
import { type Conference, PING_INTERVAL_MS } from './conference.js'
import { type Link, LinkReason } from './links.js'
import type { Peer } from './peer.js'
import { NEIGHBOURS_MAX } from './ring.js'

/** A ping, and half of the time to the next. */
const SPEAKS_WITHIN_MS = 1.5 * PING_INTERVAL_MS

/** Handles one message and passes it on. */
export function receiveMessage(conference: Conference, link: Link, packet: Uint8Array): void {
  const { roster, links } = conference
  const drop = (why: string): void => conference.context.env.drops.count(`conference/message ${why}`)
  const message = decode(ConferenceMessage, packet)
  if (message === undefined) return drop('malformed')
  const { kind, messageNumber, data } = message
  const isFarewell = kind === Kind.KILL_PEER || kind === Kind.FREEZE_PEER
  const sender = roster.ofNumber(message.peerNumber)
  if (sender === undefined) {
    // Whoever passes it on knows who that is.
    if (!isFarewell && link.isOnline) conference.query(link)
    return drop('of an unknown peer')
  }
  const isOwn = sender === roster.own
  const isDirect = sameBytes(sender.publicKey, link.connection.publicKey)
  if (isOwn && (isFarewell || !conference.hasSent(messageNumber))) return drop('forged in our name')
  const nowMs = conference.context.env.clock.now()
  if (isDirect) link.heardMs = nowMs
  if (isFarewell) {
    if (!isDirect && hears(conference, sender, nowMs)) return drop('forged: who is linked says goodbye directly')
  } else {
    roster.noteActive(sender)
    if (!isDirect) endIntroduction(conference, sender)
    // Who came back was news, and the user may have left on it.
    if (conference.state === 'left') return
  }
  if (!sender.seen.accept(messageNumber, kind)) return drop('seen before')
  if (!handle(conference, sender, kind, data)) return drop('refused')
  // Our own has gone over all of our links already; a direct one goes back, which is how its sender hears of it.
  if (!isOwn) links.sendToAll(packet.slice(), isDirect ? undefined : link)
}

/** Whether there is a link over which they speak themselves: pings at least. */
function hears({ links }: Conference, peer: Peer, nowMs: Millis): boolean {
  const link = links.ofKey(peer.publicKey)
  return link?.isOnline === true && nowMs < link.heardMs + SPEAKS_WITHIN_MS
}

/** Heard through others: whoever let us in need no longer carry us, once we have links enough. */
function endIntroduction(conference: Conference, sender: Peer): void {
  const introducer = conference.links.ofKey(sender.publicKey)
  if (introducer?.has(LinkReason.INTRODUCER) && conference.links.onlineCount > NEIGHBOURS_MAX) {
    conference.endIntroduction(introducer)
  }
}

/** Whether the message makes sense and is to be passed on. */
function handle(conference: Conference, sender: Peer, kind: number, data: Uint8Array): boolean {
  switch (kind) {
    case Kind.PING:
      return true
    case Kind.NEW_PEER:
      return welcome(conference, data)
    case Kind.KILL_PEER:
    case Kind.FREEZE_PEER:
      return dismiss(conference, sender, kind, data)
    case Kind.NAME:
      return rename(conference, sender, data)
    case Kind.TITLE:
      return retitle(conference, sender, data)
    case Kind.TEXT:
    case Kind.ACTION:
      return hear(conference, sender, kind, data)
    default:
      return false
  }
}

function welcome({ roster }: Conference, data: Uint8Array): boolean {
  const told = decode(NewPeer, data)
  return told !== undefined && roster.meet(told, true) !== undefined
}

/** Only they themselves say that they leave. */
function dismiss({ roster }: Conference, sender: Peer, kind: number, data: Uint8Array): boolean {
  if (decode(LeavingPeer, data)?.peerNumber !== sender.number) return false
  if (kind === Kind.KILL_PEER) roster.remove(sender)
  else if (!sender.isFrozen) roster.freeze(sender)
  return true
}

function rename(conference: Conference, sender: Peer, data: Uint8Array): boolean {
  const name = decode(PeerName, data)
  if (name === undefined || !mayChange(conference, sender)) return false
  conference.renamePeer(sender, name)
  return true
}

function retitle(conference: Conference, sender: Peer, data: Uint8Array): boolean {
  const title = decode(ConferenceTitle, data)
  if (title === undefined || !mayChange(conference, sender)) return false
  conference.retitle(sender, title)
  return true
}

function hear({ context, number }: Conference, sender: Peer, kind: number, data: Uint8Array): boolean {
  const text = decode(ConferenceText, data)
  if (text === undefined) return false
  context.events.message(number, sender.index, kind === Kind.TEXT ? 'normal' : 'action', text)
  return true
}

function mayChange({ context: { env } }: Conference, sender: Peer): boolean {
  if (sender.mayChange(env.clock.now())) return true
  env.drops.count('conference/names and titles too many')
  return false
}
