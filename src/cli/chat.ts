// `toxcore-ts chat`: an interactive client for the terminal. Lines that begin with / are commands, others go to the friend
// that is talked to. It works from a pipe as well: then nothing is painted and the end of input is /quit.

import { createInterface, emitKeypressEvents, type Interface } from 'node:readline'
import type { Friend, FriendRequest, Tox } from '../api/index.js'
import { ToxError } from '../tox/errors.js'
import { CHAT_COMMANDS, type ChatContext, statusText } from './chat-commands.js'
import type { Command } from './command.js'
import { joinNetwork, networkOptions, startTox } from './network.js'
import { harmless, painter, showToxId } from './terminal.js'

/** A friend sees "typing" until so long after the last key. */
const TYPING_SHOWN_MS = 4000

export const chat: Command = {
  name: 'chat',
  summary: 'Chats in the terminal.',
  options: {
    ...networkOptions,
    name: { value: 'NAME', help: 'your name, as friends see it' },
    add: { value: 'TOX-ID', help: 'send a friend request at once', repeatable: true },
  },
  details: 'Type /help inside for the commands.',
  async run(values) {
    await using tox = await startTox(values, 'chat', { name: values.text('name') ?? '' })
    const session = new ChatSession(tox)
    showToxId(tox.address)
    session.print(session.paint('dim', 'This is your Tox ID. /help lists the commands, /quit ends.'))
    for (const id of values.all('add')) await session.execute(`/add ${id}`)
    // A node that does not answer ends the program; a person who leaves first does not wait for it.
    await Promise.race([session.run(), joinNetwork(tox, values).then(() => new Promise<never>(() => {}))])
    return 0
  },
}

class ChatSession implements ChatContext {
  readonly requests = new Map<number, FriendRequest>()
  readonly paint = painter(process.stdout)
  talkingTo: Friend | undefined
  readonly #lines: Interface
  #requestCount = 0
  #typingTimer: NodeJS.Timeout | undefined
  #ended = false

  constructor(readonly tox: Tox) {
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdin.isTTY === true,
    })
    this.#showEvents()
    if (process.stdin.isTTY) {
      emitKeypressEvents(process.stdin, this.#lines)
      process.stdin.on('keypress', () => this.#showTyping())
    }
  }

  /** Reads lines until /quit, the end of input, SIGINT or SIGTERM. */
  async run(): Promise<void> {
    this.#lines.on('SIGINT', () => this.quit())
    process.once('SIGTERM', () => this.quit())
    this.#prompt()
    for await (const line of this.#lines) {
      await this.execute(line)
      if (this.#ended) break
      this.#prompt()
    }
    clearTimeout(this.#typingTimer)
    this.#lines.close()
  }

  quit(): void {
    this.#ended = true
    this.#lines.close()
  }

  /** Writes a line above the prompt, keeping what is being typed. */
  print(text: string): void {
    if (!process.stdout.isTTY || this.#ended) {
      process.stdout.write(`${text}\n`)
      return
    }
    process.stdout.write(`\r\u001b[K${text}\n`)
    this.#lines.prompt(true)
  }

  /** Runs one line of input; mistakes are shown, not thrown. */
  async execute(line: string): Promise<void> {
    try {
      if (line.startsWith('/') && !line.startsWith('//')) await this.#command(line)
      else if (line.trim() !== '') this.say(line.startsWith('//') ? line.slice(1) : line, 'normal')
    } catch (error) {
      if (!(error instanceof ToxError)) throw error
      this.print(this.paint('red', error.message))
    }
  }

  async #command(line: string): Promise<void> {
    const [name = '', ...words] = line.slice(1).split(' ')
    const command = CHAT_COMMANDS.find((one) => one.name === name)
    if (command === undefined) return this.print(this.paint('red', `unknown command /${name}; /help lists them`))
    await command.run(this, words.join(' ').trim())
  }

  /** Sends to the friend that is talked to; kept and sent later when they are offline. */
  say(text: string, kind: 'normal' | 'action'): void {
    const friend = this.talkingTo
    if (friend === undefined) return this.print(this.paint('red', 'nobody is talked to: /talk NUMBER chooses a friend'))
    if (!friend.isOnline) this.print(this.paint('dim', `${nameOf(friend)} is offline: kept until they return`))
    friend.setTyping(false)
    friend.send(text, { kind, outbox: true }).catch((error: unknown) => {
      if (error instanceof ToxError && !this.#ended) this.print(this.paint('red', `not delivered: ${error.message}`))
    })
  }

  talkTo(friend: Friend): void {
    this.talkingTo = friend
    this.print(`You talk to ${nameOf(friend)}.`)
  }

  #prompt(): void {
    if (!process.stdin.isTTY || this.#ended) return
    this.#lines.setPrompt(this.talkingTo === undefined ? '> ' : `${nameOf(this.talkingTo)}> `)
    this.#lines.prompt()
  }

  #showTyping(): void {
    const friend = this.talkingTo
    if (friend === undefined || !friend.isOnline || this.#lines.line.startsWith('/')) return
    friend.setTyping(true)
    clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => friend.setTyping(false), TYPING_SHOWN_MS)
  }

  #showEvents(): void {
    const { tox, paint } = this
    tox.on('connection', (connection) =>
      this.print(paint('dim', connection === 'none' ? 'You are offline.' : 'You are online.')),
    )
    tox.on('friendRequest', (request) => {
      const number = ++this.#requestCount
      this.requests.set(number, request)
      this.print(paint('yellow', `Friend request ${number} from ${request.publicKey}: ${harmless(request.message)}`))
      this.print(paint('yellow', `/accept ${number} or /reject ${number}`))
    })
    tox.on('friendConnection', ({ friend, connection }) => {
      this.print(paint('dim', `${nameOf(friend)} is ${connection === 'none' ? 'offline' : 'online'}.`))
      if (connection !== 'none') this.talkingTo ??= friend
    })
    tox.on('friendName', ({ friend, previous }) => {
      if (previous !== '') this.print(paint('dim', `${harmless(previous)} is now ${nameOf(friend)}.`))
    })
    tox.on('friendStatus', ({ friend, status }) => this.print(paint('dim', `${nameOf(friend)}: ${statusText(status)}`)))
    tox.on('friendStatusMessage', ({ friend, statusMessage }) => {
      if (statusMessage !== '') this.print(paint('dim', `${nameOf(friend)}: ${harmless(statusMessage)}`))
    })
    tox.on('friendTyping', ({ friend, isTyping }) => {
      if (isTyping) this.print(paint('dim', `${nameOf(friend)} is typing...`))
    })
    tox.on('message', ({ friend, text, kind }) => {
      const who = paint('green', nameOf(friend))
      this.print(kind === 'action' ? `* ${who} ${harmless(text)}` : `${who}: ${harmless(text)}`)
    })
  }
}

/** How a friend is called on screen: the name, or the first digits of the key. */
export function nameOf(friend: Friend): string {
  return friend.name === '' ? friend.publicKey.slice(0, 8) : harmless(friend.name)
}
