// Conferences in chat: `/conf …`, and what happens in those that we are in.

import type { Conference, ConferenceInvite, ConferencePeer, Friend, Tox } from '../api/index.js'
import { nameOf } from './friends.js'
import { harmless, harmlessLines, type painter } from './terminal.js'

/** Invitations that wait for an answer; friends send them, so the oldest makes room. */
const INVITES_MAX = 100
/** Names in one line about who came and went. */
const NAMES_MAX = 5

/** What it uses of the chat around it. */
export interface ConferencesHost {
  readonly tox: Tox
  readonly paint: ReturnType<typeof painter>
  print(text: string): void
  complain(text: string): void
  /** A number that names nothing else in this chat. */
  nextNumber(): number
  /** The friend that is meant; complains and gives `undefined` when that is nobody. */
  findFriend(text: string): Friend | undefined
}

interface SubCommand {
  readonly name: string
  readonly operands: string
  run(conferences: ChatConferences, argument: string): void
}

const SUB_COMMANDS: readonly SubCommand[] = [
  { name: 'new', operands: '[TITLE]', run: (all, title) => all.create(title) },
  { name: 'invite', operands: 'FRIEND', run: (all, who) => all.invite(who) },
  { name: 'join', operands: '[N]', run: (all, number) => all.join(number) },
  { name: 'talk', operands: '[N]', run: (all, number) => all.talk(number) },
  { name: 'say', operands: 'TEXT', run: (all, text) => all.say(text, 'normal') },
  { name: 'title', operands: '[TITLE]', run: (all, title) => all.title(title) },
  { name: 'peers', operands: '', run: (all) => all.peers() },
  { name: 'leave', operands: '', run: (all) => all.leave() },
  { name: 'list', operands: '', run: (all) => all.list() },
]

export const CONF_OPERANDS = SUB_COMMANDS.map(({ name }) => name).join(' | ')

export class ChatConferences {
  /** Invitations by their number. */
  readonly invites = new Map<number, ConferenceInvite>()
  readonly #chat: ConferencesHost
  /** The one that commands are about. */
  #current: Conference | undefined
  #isTalkedIn = false

  constructor(chat: ConferencesHost) {
    this.#chat = chat
    this.#current = chat.tox.conferences[0]
    this.#showEvents()
  }

  /** The conference that typed lines go to, if any. */
  get talkingIn(): Conference | undefined {
    return this.#isTalkedIn ? this.#current : undefined
  }

  /** Lines go to a friend again. */
  stopTalking(): void {
    this.#isTalkedIn = false
  }

  run(line: string): void {
    const [, name = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(line) ?? []
    const command = SUB_COMMANDS.find((one) => one.name === name)
    if (command !== undefined) return command.run(this, argument)
    const rows = SUB_COMMANDS.map((one) => `  /conf ${one.name} ${one.operands}`.trimEnd())
    this.#chat.print(`Conferences:\n${rows.join('\n')}`)
  }

  create(title: string): void {
    this.#enter(this.#chat.tox.createConference(title === '' ? {} : { title }))
    this.#note(`You are in ${titleOf(this.#current!)}. /conf invite FRIEND brings others in.`)
  }

  invite(who: string): void {
    const conference = this.#ours()
    const friend = conference && this.#chat.findFriend(who)
    if (conference === undefined || friend === undefined) return
    conference.invite(friend)
    this.#note(`${nameOf(friend)} is invited to ${titleOf(conference)}.`)
  }

  /** Accepts the invitation with this number, or the only one. */
  join(text: string): void {
    const [first, ...more] = this.invites.keys()
    if (text === '' && more.length > 0) return this.#chat.complain(`which one? ${[first, ...more].join(', ')}`)
    const number = text === '' ? first : Number(text)
    const invite = number === undefined ? undefined : this.invites.get(number)
    if (invite === undefined) return this.#chat.complain(`there is no invitation ${text}`.trim())
    this.invites.delete(number!)
    this.#enter(invite.accept())
    this.#note(`Joining ${titleOf(this.#current!)} of ${nameOf(invite.friend)}.`)
  }

  /** Lines go to the conference with this number, or to the one that was last used. */
  talk(text: string): void {
    const conference = text === '' ? this.#ours() : this.#chat.tox.conference(Number(text))
    if (conference === undefined) {
      return text === '' ? undefined : this.#chat.complain(`there is no conference ${text}; /conf list lists them`)
    }
    this.#enter(conference)
    this.#note(`You talk in ${titleOf(conference)}; /talk FRIEND talks to a friend again.`)
  }

  say(text: string, kind: 'normal' | 'action'): void {
    if (text === '') return this.#chat.complain('say what? /conf say TEXT')
    this.#ours()?.send(text, { kind })
  }

  title(title: string): void {
    const conference = this.#ours()
    if (conference === undefined) return
    if (title !== '') conference.title = title
    this.#chat.print(titleOf(conference))
  }

  peers(): void {
    const conference = this.#ours()
    if (conference === undefined) return
    const { peers, offlinePeers } = conference
    const rows = peers.map((peer) => `  ${peerName(peer)}${peer.isSelf ? ' (you)' : ''}  ${peer.publicKey}`)
    const away = offlinePeers.map((peer) => this.#chat.paint('dim', `  ${peerName(peer)} (away)  ${peer.publicKey}`))
    this.#chat.print([`${titleOf(conference)}:`, ...rows, ...away].join('\n'))
  }

  leave(): void {
    const conference = this.#ours()
    if (conference === undefined) return
    const title = titleOf(conference)
    conference.leave()
    this.#current = this.#chat.tox.conferences[0]
    this.#isTalkedIn = false
    this.#note(`You have left ${title}.`)
  }

  list(): void {
    const { conferences } = this.#chat.tox
    if (conferences.length === 0) return this.#chat.print('No conferences yet: /conf new TITLE')
    const rows = conferences.map((one) => {
      const mark = one === this.#current ? '*' : ' '
      const who = one.isConnected ? `${one.peers.length} there` : 'joining'
      return `${mark}${String(one.number).padStart(3)}  ${who.padEnd(9)}  ${titleOf(one)}`
    })
    this.#chat.print(rows.join('\n'))
  }

  #enter(conference: Conference): void {
    this.#current = conference
    this.#isTalkedIn = true
  }

  /** The conference that commands are about; complains when there is none. */
  #ours(): Conference | undefined {
    if (this.#current === undefined) this.#chat.complain('you are in no conference: /conf new TITLE, or /conf join')
    return this.#current
  }

  #showEvents(): void {
    const { tox, paint } = this.#chat
    tox.on('conferenceInvite', (invite) => this.#showInvite(invite))
    tox.on('conferenceConnected', ({ conference }) => this.#note(`You have joined ${titleOf(conference)}.`))
    tox.on('conferenceMessage', ({ conference, peer, text, kind }) => {
      // What we typed stands there already.
      if (peer.isSelf) return
      const who = `[${titleOf(conference)}] ${paint('green', peerName(peer))}`
      this.#chat.print(kind === 'action' ? `* ${who} ${harmlessLines(text)}` : `${who}: ${harmlessLines(text)}`)
    })
    tox.on('conferenceTitle', ({ conference, title, peer }) => {
      if (peer?.isSelf || title === '') return
      this.#note(`${peer === undefined ? 'The' : `${peerName(peer)} changed the`} title: ${titleOf(conference)}`)
    })
    tox.on('conferencePeers', ({ conference, joined, left }) => {
      const where = `[${titleOf(conference)}]`
      const came = joined.filter(({ isSelf }) => !isSelf)
      if (came.length > 0) this.#note(`${where} ${namesOf(came)} joined.`)
      if (left.length > 0) this.#note(`${where} ${namesOf(left)} left.`)
    })
    tox.on('conferencePeerName', ({ conference, peer, previous }) => {
      if (peer.isSelf || previous === '') return
      this.#note(`[${titleOf(conference)}] ${harmless(previous)} is now ${peerName(peer)}.`)
    })
  }

  #showInvite(invite: ConferenceInvite): void {
    const { chat, number } = { chat: this.#chat, number: this.#chat.nextNumber() }
    if (invite.type !== 'text')
      return this.#note(`${nameOf(invite.friend)} invites you to a call; calls are not here yet.`)
    this.invites.set(number, invite)
    if (this.invites.size > INVITES_MAX) this.invites.delete([...this.invites.keys()][0]!)
    chat.print(
      chat.paint(
        'yellow',
        `${nameOf(invite.friend)} invites you to a conference.\n/accept ${number} or /reject ${number}`,
      ),
    )
  }

  #note(text: string): void {
    this.#chat.print(this.#chat.paint('dim', text))
  }
}

/** How a conference is called on screen. */
export function titleOf({ title, number }: Conference): string {
  return harmless(title) || `conference ${number}`
}

function peerName({ name, publicKey }: Pick<ConferencePeer, 'name' | 'publicKey'>): string {
  return harmless(name) || publicKey.slice(0, 8)
}

function namesOf(peers: readonly ConferencePeer[]): string {
  const names = peers.slice(0, NAMES_MAX).map(peerName).join(', ')
  return peers.length > NAMES_MAX ? `${names} and ${peers.length - NAMES_MAX} others` : names
}
