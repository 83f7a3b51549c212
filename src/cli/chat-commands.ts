// The commands of `toxcore-ts chat`, one table.

import type { Friend, FriendRequest, Tox, UserStatus } from '../api/index.js'
import type { HistoryPage, ToxStore } from '../store/index.js'
import { type ChatConferences, CONF_OPERANDS } from './chat-conferences.js'
import type { ChatFiles } from './chat-files.js'
import { pathsLike } from './downloads.js'
import { friendsCalled, nameOf } from './friends.js'
import { lineOf, People } from './history.js'
import { pathText } from './path-text.js'
import { harmless, type painter, toxIdQrCode } from './terminal.js'

/** What a command may use of the running chat. */
export interface ChatContext {
  readonly tox: Tox
  /** What was said; `undefined` when nothing is kept. */
  readonly store: ToxStore | undefined
  /** Friend requests that wait for an answer. Files and invitations are counted with them: a number names one thing. */
  readonly requests: Map<number, FriendRequest>
  readonly files: ChatFiles
  readonly conferences: ChatConferences
  readonly paint: ReturnType<typeof painter>
  talkingTo: Friend | undefined
  print(text: string): void
  /** Shows a mistake. */
  complain(text: string): void
  say(text: string, kind: 'normal' | 'action'): void
  talkTo(friend: Friend): void
  quit(): void
}

interface ChatCommand {
  readonly name: string
  readonly operands: string
  readonly help: string
  run(chat: ChatContext, argument: string): void
}

/** "none" is the protocol's word for a friend who is simply there. */
const STATUSES: Readonly<Record<string, UserStatus>> = { online: 'none', away: 'away', busy: 'busy' }

/** How a status is called on screen. */
export function statusText(status: UserStatus): string {
  return status === 'none' ? 'online' : status
}

/** Messages that /history and /search show. */
const HISTORY_SHOWN = 20

const GREETING = 'Hello, please add me as a friend.'

export const CHAT_COMMANDS: readonly ChatCommand[] = [
  { name: 'help', operands: '', help: 'list the commands', run: (chat) => chat.print(helpText()) },
  {
    name: 'id',
    operands: '',
    help: 'show your Tox ID, and its QR code',
    run(chat) {
      chat.print(chat.tox.address)
      if (process.stdout.isTTY) chat.print(toxIdQrCode(chat.tox.address))
    },
  },
  {
    name: 'add',
    operands: 'TOX-ID [MESSAGE]',
    help: 'send a friend request',
    run(chat, argument) {
      const [id = '', ...words] = argument.split(' ')
      const friend = chat.tox.addFriend(id, words.join(' ') || GREETING)
      chat.talkingTo ??= friend
      chat.print(`Friend ${friend.number}: the request goes out as soon as they can be found.`)
    },
  },
  {
    name: 'accept',
    operands: '[N] [PATH]',
    help: 'accept request, invitation or file N (a file as PATH)',
    run: accept,
  },
  { name: 'reject', operands: '[N]', help: 'refuse request, invitation or file N', run: reject },
  {
    name: 'send',
    operands: 'FILE',
    help: 'send a file to the friend that you talk to',
    run(chat, path) {
      if (chat.talkingTo === undefined) chat.complain('nobody is talked to: /talk FRIEND chooses a friend')
      else chat.files.send(chat.talkingTo, path)
    },
  },
  { name: 'files', operands: '', help: 'list files on their way', run: (chat) => chat.print(chat.files.list()) },
  { name: 'pause', operands: '[N]', help: 'pause file N', run: (chat, which) => chat.files.control('pause', which) },
  { name: 'resume', operands: '[N]', help: 'go on with file N', run: (chat, n) => chat.files.control('resume', n) },
  { name: 'cancel', operands: '[N]', help: 'give file N up', run: (chat, n) => chat.files.control('cancel', n) },
  { name: 'conf', operands: CONF_OPERANDS, help: 'conferences', run: (chat, line) => chat.conferences.run(line) },
  { name: 'friends', operands: '', help: 'list your friends', run: listFriends },
  {
    name: 'who',
    operands: 'FRIEND',
    help: 'show all about a friend',
    run(chat, argument) {
      const friend = findFriend(chat, argument)
      if (friend !== undefined) chat.print(portrait(friend))
    },
  },
  { name: 'path', operands: '[FRIEND]', help: 'show how packets go to a friend, or to all', run: showPath },
  {
    name: 'talk',
    operands: 'FRIEND',
    help: 'choose whom your lines go to',
    run(chat, argument) {
      const friend = findFriend(chat, argument)
      if (friend !== undefined) chat.talkTo(friend)
    },
  },
  { name: 'history', operands: '[COUNT]', help: 'show what was said with the friend you talk to', run: showHistory },
  { name: 'search', operands: 'TEXT', help: 'look for words in all that was said', run: searchHistory },
  { name: 'me', operands: 'TEXT', help: 'send an action', run: (chat, text) => chat.say(text, 'action') },
  {
    name: 'name',
    operands: 'NAME',
    help: 'change your name',
    run(chat, name) {
      chat.tox.name = name
    },
  },
  {
    name: 'status',
    operands: 'online | away | busy',
    help: 'change your status',
    run(chat, status) {
      const chosen = STATUSES[status]
      if (chosen === undefined) chat.complain('a status is online, away or busy')
      else chat.tox.status = chosen
    },
  },
  {
    name: 'note',
    operands: 'TEXT',
    help: 'change your status message',
    run(chat, text) {
      chat.tox.statusMessage = text
    },
  },
  {
    name: 'remove',
    operands: 'FRIEND',
    help: 'remove a friend',
    run(chat, argument) {
      const friend = findFriend(chat, argument)
      if (friend === undefined) return
      if (chat.talkingTo === friend) chat.talkingTo = undefined
      friend.remove()
      chat.print('Removed.')
    },
  },
  { name: 'quit', operands: '', help: 'end', run: (chat) => chat.quit() },
]

/** What the Tab key makes of a line: commands that begin like it, and files for /send. */
export function completions(line: string): [string[], string] {
  const path = /^\/send (.*)$/.exec(line)?.[1]
  if (path !== undefined) return [pathsLike(path).map((one) => `/send ${one}`), line]
  return [CHAT_COMMANDS.map(({ name }) => `/${name} `).filter((one) => one.startsWith(line)), line]
}

function helpText(): string {
  const rows = CHAT_COMMANDS.map(({ name, operands, help }) => [`/${name} ${operands}`, help] as const)
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  const lines = rows.map(([left, right]) => left.padEnd(width) + right)
  return [
    ...lines,
    'FRIEND is a number, or how a name or key begins. A line that begins with // is sent with one /.',
  ].join('\n')
}

/** The number of the request or file that is meant: the one that is typed, else the only one that waits for an answer. */
function takeNumber(chat: ChatContext, typed: string): number | undefined {
  const waiting = [...chat.requests.keys(), ...chat.conferences.invites.keys(), ...chat.files.offers]
  if (typed === '' && waiting.length > 1) {
    chat.complain(`which one? ${waiting.join(', ')}`)
    return undefined
  }
  const number = typed === '' ? waiting[0] : Number(typed)
  if (number !== undefined && waiting.includes(number)) return number
  chat.complain(typed === '' ? 'nothing waits for an answer' : `nothing with number ${typed} waits for an answer`)
  return undefined
}

function accept(chat: ChatContext, argument: string): void {
  const [, typed = '', path = ''] = /^(?:(\d+)(?:\s+|$))?(.*)$/.exec(argument) ?? []
  const number = takeNumber(chat, typed)
  if (number === undefined) return
  if (chat.conferences.invites.has(number)) return chat.conferences.join(String(number))
  const request = chat.requests.get(number)
  if (request === undefined) return chat.files.accept(number, path)
  chat.requests.delete(number)
  const friend = request.accept()
  chat.talkingTo ??= friend
  chat.print(`Friend ${friend.number}: accepted.`)
}

function reject(chat: ChatContext, argument: string): void {
  const number = takeNumber(chat, argument)
  if (number === undefined) return
  const request = chat.requests.get(number)
  if (chat.files.offers.includes(number)) return chat.files.reject(number)
  // Nobody is told of a refused invitation.
  chat.conferences.invites.delete(number)
  chat.requests.delete(number)
  request?.reject()
  chat.print('Refused.')
}

/** The friend that is meant; complains and gives `undefined` when that is nobody, or several. */
export function findFriend(chat: Pick<ChatContext, 'tox' | 'complain'>, argument: string): Friend | undefined {
  const [found, ...more] = friendsCalled(chat.tox, argument)
  if (found !== undefined && more.length === 0) return found
  const why = found === undefined ? 'there is no friend' : 'there is more than one friend'
  chat.complain(`${why} '${argument}'; /friends lists them`)
  return undefined
}

function presenceOf(friend: Friend): string {
  if (friend.isOnline) return friend.isTyping ? 'typing' : statusText(friend.status)
  return 'offline'
}

function showPath(chat: ChatContext, argument: string): void {
  if (argument === '') {
    const online = chat.tox.friends.filter((friend) => friend.isOnline)
    return chat.print(online.map((friend) => pathText(friend)).join('\n') || 'Nobody is online.')
  }
  const friend = findFriend(chat, argument)
  if (friend !== undefined) chat.print(pathText(friend))
}

function showHistory(chat: ChatContext, argument: string): void {
  const friend = chat.talkingTo?.publicKey
  if (friend === undefined) return chat.complain('nobody is talked to: /talk FRIEND chooses a friend')
  const limit = argument === '' ? HISTORY_SHOWN : Number(argument)
  if (!(Number.isInteger(limit) && limit > 0 && limit <= 10_000)) return chat.complain('/history wants a number')
  printHistory(chat, (store) => store.history.page({ friend, limit }))
}

function searchHistory(chat: ChatContext, text: string): void {
  if (text === '') return chat.complain('search for what? /search TEXT')
  printHistory(chat, (store) => store.history.search({ text, limit: HISTORY_SHOWN }))
}

function printHistory(chat: ChatContext, read: (store: ToxStore) => HistoryPage): void {
  const { store } = chat
  if (store === undefined) return chat.complain('this identity is temporary: nothing is kept')
  const rows = [...read(store).messages].reverse()
  if (rows.length === 0) return chat.print('Nothing.')
  const people = new People(store)
  chat.print(rows.map((message) => lineOf(message, people.nameOf(message.friend), chat.paint)).join('\n'))
}

function listFriends(chat: ChatContext): void {
  const { friends } = chat.tox
  if (friends.length === 0) return chat.print('No friends yet: /add TOX-ID')
  const nameWidth = Math.min(24, Math.max(...friends.map((friend) => nameOf(friend).length)))
  const rows = friends.map((friend) => {
    const mark = friend === chat.talkingTo ? '*' : ' '
    const presence = chat.paint(friend.isOnline ? 'green' : 'dim', presenceOf(friend).padEnd(7))
    const note = friend.statusMessage === '' ? '' : `  "${harmless(friend.statusMessage)}"`
    return `${mark}${String(friend.number).padStart(3)}  ${presence}  ${nameOf(friend).padEnd(nameWidth)}${note}`.trimEnd()
  })
  chat.print(rows.join('\n'))
}

function portrait(friend: Friend): string {
  const lines = [
    `number      ${friend.number}`,
    `name        ${harmless(friend.name) || '(not told yet)'}`,
    `public key  ${friend.publicKey}`,
    `presence    ${presenceOf(friend)}`,
    `note        ${harmless(friend.statusMessage)}`.trimEnd(),
  ]
  if (!friend.isOnline) lines.push(`last seen   ${friend.lastOnline?.toISOString() ?? 'never'}`)
  return lines.join('\n')
}
