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
  say(text: string, kind: 'normal' | 'action'): void
  talkTo(friend: Friend): void
  quit(): void
}

interface ChatCommand {
  readonly name: string
  readonly operands: string
  readonly help: string
  run(chat: ChatContext, argument: string): void | Promise<void>
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
  { name: 'accept', operands: 'REQUEST', help: 'accept a friend request', run: acceptRequest },
  {
    name: 'reject',
    operands: 'REQUEST',
    help: 'refuse a friend request',
    run(chat, argument) {
      const request = takeRequest(chat, argument)
      request?.reject()
      if (request !== undefined) chat.print('Refused.')
    },
  },
  { name: 'friends', operands: '', help: 'list your friends', run: listFriends },
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
      if (chosen === undefined) chat.print(chat.paint('red', 'a status is online, away or busy'))
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

function helpText(): string {
  const rows = CHAT_COMMANDS.map(({ name, operands, help }) => [`/${name} ${operands}`, help] as const)
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n')
}

function takeRequest(chat: ChatContext, argument: string): FriendRequest | undefined {
  const request = chat.requests.get(Number(argument))
  if (request === undefined) chat.print(chat.paint('red', `there is no friend request '${argument}'`))
  else chat.requests.delete(Number(argument))
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
  const friend = /^\d+$/.test(argument) ? chat.tox.friend(Number(argument)) : undefined
  if (friend === undefined) chat.print(chat.paint('red', `there is no friend '${argument}'; /friends lists them`))
  return friend
}

function listFriends(chat: ChatContext): void {
  const friends = chat.tox.friends
  if (friends.length === 0) return chat.print('No friends yet: /add TOX-ID')
  for (const friend of friends) {
    const presence = friend.isOnline ? chat.paint('green', statusText(friend.status)) : chat.paint('dim', 'offline')
    const typing = friend.isTyping ? ', typing' : ''
    const note = friend.statusMessage === '' ? '' : `  "${harmless(friend.statusMessage)}"`
    chat.print(
      `${friend.number}  ${presence}${typing}  ${harmless(friend.name) || '(no name yet)'}  ${friend.publicKey}${note}`,
    )
  }
}
