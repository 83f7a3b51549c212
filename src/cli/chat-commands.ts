// The commands of `toxcore-ts chat`, one table.

import type { Friend, FriendRequest, Tox, UserStatus } from '../api/index.js'
import type { painter } from './terminal.js'
import { harmless, toxIdQrCode } from './terminal.js'

/** What a command may use of the running chat. */
export interface ChatContext {
  readonly tox: Tox
  readonly requests: Map<number, FriendRequest>
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
  { name: 'accept', operands: '[REQUEST]', help: 'accept a friend request', run: acceptRequest },
  {
    name: 'reject',
    operands: '[REQUEST]',
    help: 'refuse a friend request',
    run(chat, argument) {
      const request = takeRequest(chat, argument)
      request?.reject()
      if (request !== undefined) chat.print('Refused.')
    },
  },
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
  {
    name: 'talk',
    operands: 'FRIEND',
    help: 'choose whom your lines go to',
    run(chat, argument) {
      const friend = findFriend(chat, argument)
      if (friend !== undefined) chat.talkTo(friend)
    },
  },
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

/** What the Tab key makes of a line: commands that begin like it. */
export function completions(line: string): [string[], string] {
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

/** The request with this number; without a number, the only one. */
function takeRequest(chat: ChatContext, argument: string): FriendRequest | undefined {
  const [first, ...more] = chat.requests.keys()
  if (argument === '' && more.length > 0) {
    chat.complain(`which one? ${[first, ...more].join(', ')}`)
    return undefined
  }
  const number = argument === '' ? (first ?? 0) : Number(argument)
  const request = chat.requests.get(number)
  if (request === undefined) chat.complain(`there is no friend request ${argument}`.trimEnd())
  chat.requests.delete(number)
  return request
}

function acceptRequest(chat: ChatContext, argument: string): void {
  const request = takeRequest(chat, argument)
  if (request === undefined) return
  const friend = request.accept()
  chat.talkingTo ??= friend
  chat.print(`Friend ${friend.number}: accepted.`)
}

function findFriend(chat: ChatContext, argument: string): Friend | undefined {
  const [found, ...more] = friendsCalled(chat.tox, argument)
  if (found !== undefined && more.length === 0) return found
  const why = found === undefined ? 'there is no friend' : 'there is more than one friend'
  chat.complain(`${why} '${argument}'; /friends lists them`)
  return undefined
}

function friendsCalled(tox: Tox, text: string): Friend[] {
  const byNumber = /^\d{1,9}$/.test(text) ? tox.friend(Number(text)) : undefined
  if (byNumber !== undefined) return [byNumber]
  const beginning = text.toLowerCase()
  if (beginning === '') return []
  return tox.friends.filter(({ name, publicKey }) =>
    [name, publicKey].some((one) => one.toLowerCase().startsWith(beginning)),
  )
}

/** How a friend is called on screen: the name, or the first digits of the key. */
export function nameOf(friend: Friend): string {
  return friend.name === '' ? friend.publicKey.slice(0, 8) : harmless(friend.name)
}

function presenceOf(friend: Friend): string {
  if (friend.isOnline) return friend.isTyping ? 'typing' : statusText(friend.status)
  return 'offline'
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
