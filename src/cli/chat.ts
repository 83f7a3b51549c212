// `toxcore-ts chat`: an interactive client for the terminal. Lines that begin with / are commands, others go to the friend
// that is talked to. It works from a pipe as well: then nothing is painted and the end of input is /quit.

import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import type { Friend, FriendRequest, Tox, UserStatus } from '../api/index.js'
import type { ToxStore } from '../store/index.js'
import { ToxError } from '../tox/errors.js'
import { CHAT_COMMANDS, type ChatContext, completions, findFriend, statusText } from './chat-commands.js'
import { ChatConferences, type ConferencesHost, titleOf } from './chat-conferences.js'
import { ChatFiles, type FilesHost } from './chat-files.js'
import type { Command } from './command.js'
import { downloadsOf, downloadsOption } from './downloads.js'
import { nameOf } from './friends.js'
import { checkToxId } from './id.js'
import { joinNetwork, networkOptions, startTox, untilStopped } from './network.js'
import { maybeTemporaryOptions, ownProfilePath } from './profile-dir.js'
import { harmless, harmlessLines, painter, showToxId } from './terminal.js'

/** A friend sees "typing" until so long after the last key. */
const TYPING_SHOWN_MS = 4000
/** How often the bars of files above the prompt move. */
const BARS_EVERY_MS = 500
/** Friend requests that wait for an answer; strangers send them, so the oldest makes room. */
const REQUESTS_MAX = 100

export const chat: Command = {
  name: 'chat',
  summary: 'Chats in the terminal.',
  options: {
    ...maybeTemporaryOptions,
    ...networkOptions,
    ...downloadsOption,
    name: { value: 'NAME', help: 'your name, as friends see it' },
    add: { value: 'TOX-ID', help: 'send a friend request at once', repeatable: true },
  },
  details:
    'Type /help inside for the commands. From a pipe, each line is read as if it were typed, and its end is /quit.',
  async run(values) {
    const stopped = untilStopped()
    const toAdd = values.all('add').map(checkToxId)
    const downloads = downloadsOf(values, { isNeeded: false })
    const name = values.text('name')
    await using started = await startTox(values, ownProfilePath, name === undefined ? {} : { name })
    const { tox } = started
    showToxId(tox.address)
    const session = new ChatSession(tox, started.store, downloads)
    session.print(session.paint('dim', 'This is your Tox ID. /help lists the commands, /quit ends.'))
    session.files.goOn()
    for (const id of toAdd) session.add(id)
    try {
      // A node that does not answer ends the program; a person who leaves first does not wait for it.
      await Promise.race([session.ended, stopped, joinNetwork(tox, values).then(() => session.ended)])
    } finally {
      session.quit()
    }
    return 0
  },
}

class ChatSession implements ChatContext, FilesHost, ConferencesHost {
  readonly requests = new Map<number, FriendRequest>()
  readonly files: ChatFiles
  readonly conferences: ChatConferences
  readonly paint = painter(process.stdout)
  /** Resolves after /quit, Ctrl-C at the prompt, or the end of input. */
  readonly ended: Promise<void>
  talkingTo: Friend | undefined
  readonly #interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  readonly #lines: Interface
  readonly #statuses = new WeakMap<Friend, UserStatus>()
  #lastNumber = 0
  #bars: string[] = []
  #barTimer: NodeJS.Timeout | undefined
  #typingTimer: NodeJS.Timeout | undefined
  #isEnded = false

  constructor(
    readonly tox: Tox,
    readonly store: ToxStore | undefined,
    readonly downloads: string,
  ) {
    this.files = new ChatFiles(this)
    this.conferences = new ChatConferences(this)
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#interactive,
      completer: completions,
    })
    this.ended = new Promise((resolve) => this.#lines.once('close', resolve))
    this.#lines.on('line', (line) => {
      if (this.#isEnded) return
      this.execute(line)
      this.#prompt()
    })
    this.#lines.on('SIGINT', () => this.quit())
    if (this.#interactive) process.stdin.on('keypress', () => this.#showTyping())
    this.#showEvents()
    if (this.#interactive) this.#barTimer = setInterval(() => this.#moveBars(), BARS_EVERY_MS)
    this.#prompt()
  }

  quit(): void {
    if (this.#isEnded) return
    if (this.files.count > 0 && this.store !== undefined) {
      this.print(this.paint('dim', 'Files that are not complete go on when you chat again.'))
    }
    this.#clearPrompt()
    this.#isEnded = true
    clearTimeout(this.#typingTimer)
    clearInterval(this.#barTimer)
    this.#lines.close()
    // A pipe that is still open would keep the program alive.
    process.stdin.destroy()
  }

  /** Writes a line above the prompt, keeping what is being typed. */
  print(text: string): void {
    this.#clearPrompt()
    process.stdout.write(`${text}\n`)
    this.#prompt()
  }

  /** Runs one line of input; mistakes are shown, not thrown. */
  execute(line: string): void {
    try {
      if (line.startsWith('/') && !line.startsWith('//')) this.#command(line)
      else if (line.trim() !== '') this.say(line.startsWith('//') ? line.slice(1) : line, 'normal')
    } catch (error) {
      if (!(error instanceof ToxError)) throw error
      this.complain(error.message)
    }
  }

  complain(text: string): void {
    this.print(this.paint('red', text))
  }

  #command(line: string): void {
    const [name = '', ...words] = line.slice(1).split(' ')
    const command = CHAT_COMMANDS.find((one) => one.name === name)
    if (command === undefined) this.complain(`unknown command /${harmless(name)}; /help lists them`)
    else command.run(this, words.join(' ').trim())
  }

  /** Asks the owner of a Tox ID, unless they are a friend already, and talks to them. */
  add(id: string): void {
    const known = this.tox.friend(id.slice(0, 64))
    if (known === undefined) this.execute(`/add ${id}`)
    else this.talkingTo = known
  }

  /** Sends to the friend that is talked to; kept and sent later when they are offline. */
  say(text: string, kind: 'normal' | 'action'): void {
    if (this.conferences.talkingIn !== undefined) return this.conferences.say(text, kind)
    const friend = this.talkingTo
    if (friend === undefined) return this.complain('nobody is talked to: /talk FRIEND chooses a friend')
    const isKept = !friend.isOnline
    const untilWhen = this.store === undefined ? 'until they return, or you quit' : 'until they return'
    if (isKept) this.print(this.paint('dim', `${nameOf(friend)} is offline: kept ${untilWhen}`))
    this.#stopTyping(friend)
    friend.send(text, { kind, outbox: true }).then(
      () => {
        if (isKept) this.print(this.paint('dim', `${nameOf(friend)} has received: ${harmless(text)}`))
      },
      (error: unknown) => {
        if (!(error instanceof ToxError)) throw error
        if (!this.#isEnded) this.complain(`not delivered: ${error.message}`)
      },
    )
  }

  findFriend(text: string): Friend | undefined {
    return findFriend(this, text)
  }

  talkTo(friend: Friend): void {
    this.conferences.stopTalking()
    this.talkingTo = friend
    this.print(`You talk to ${nameOf(friend)}.`)
  }

  nextNumber(): number {
    return ++this.#lastNumber
  }

  #prompt(): void {
    if (!this.#interactive || this.#isEnded) return
    const friend = this.talkingTo
    const typing = friend?.isTyping === true ? ' is typing' : ''
    const conference = this.conferences.talkingIn
    const whom =
      conference !== undefined ? `[${titleOf(conference)}]` : friend === undefined ? '' : nameOf(friend) + typing
    const ask = `${whom}> `
    this.#lines.setPrompt([...this.#bars, ask].join('\n'))
    this.#lines.prompt(true)
  }

  #moveBars(): void {
    const bars = this.files.bars((process.stdout.columns || 80) - 1)
    if (bars.length === 0 && this.#bars.length === 0) return
    this.#clearPrompt()
    this.#bars = bars
    this.#prompt()
  }

  /** Takes prompt and typed text off the screen; the cursor is then where a line can be written. */
  #clearPrompt(): void {
    if (!this.#interactive || this.#isEnded) return
    moveCursor(process.stdout, 0, -this.#lines.getCursorPos().rows)
    cursorTo(process.stdout, 0)
    clearScreenDown(process.stdout)
    // readline moves up by the rows that it drew last before it draws again. We have done that, and it has no public way to say so.
    Object.assign(this.#lines, { prevRows: 0 })
  }

  #showTyping(): void {
    const friend = this.conferences.talkingIn === undefined ? this.talkingTo : undefined
    if (friend === undefined || !friend.isOnline || this.#isEnded) return
    const { line } = this.#lines
    if (line === '' || line.startsWith('/')) return this.#stopTyping(friend)
    if (this.#typingTimer === undefined) friend.setTyping(true)
    clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => this.#stopTyping(friend), TYPING_SHOWN_MS)
  }

  #stopTyping(friend: Friend): void {
    if (this.#typingTimer === undefined) return
    clearTimeout(this.#typingTimer)
    this.#typingTimer = undefined
    // They may have been removed meanwhile.
    if (this.tox.friend(friend.number) === friend) friend.setTyping(false)
  }

  #showEvents(): void {
    const { tox, paint } = this
    const note = (text: string): void => this.print(paint('dim', text))
    tox.on('connection', (connection) => note(connection === 'none' ? 'You are offline.' : 'You are online.'))
    tox.on('friendRequest', (request) => this.#showRequest(request))
    tox.on('friendConnection', ({ friend, connection }) => {
      note(`${nameOf(friend)} is ${connection === 'none' ? 'offline' : 'online'}.`)
      if (connection !== 'none') this.talkingTo ??= friend
      this.#prompt()
    })
    tox.on('friendName', ({ friend, previous }) => {
      if (friend.name !== previous)
        note(`${harmless(previous) || friend.publicKey.slice(0, 8)} is now ${nameOf(friend)}.`)
    })
    tox.on('friendStatus', ({ friend, status }) => {
      const before = this.#statuses.get(friend) ?? 'none'
      this.#statuses.set(friend, status)
      if (status !== before) note(`${nameOf(friend)} is ${statusText(status)}.`)
    })
    tox.on('friendStatusMessage', ({ friend, statusMessage }) => {
      if (statusMessage !== '') note(`${nameOf(friend)} notes: "${harmless(statusMessage)}"`)
    })
    tox.on('friendTyping', ({ friend, isTyping }) => {
      if (this.#interactive) this.#prompt()
      else if (isTyping) note(`${nameOf(friend)} is typing.`)
    })
    tox.on('message', ({ friend, text, kind }) => {
      const who = paint('green', nameOf(friend))
      this.print(kind === 'action' ? `* ${who} ${harmlessLines(text)}` : `${who}: ${harmlessLines(text)}`)
    })
  }

  #showRequest(request: FriendRequest): void {
    const number = this.nextNumber()
    this.requests.set(number, request)
    if (this.requests.size > REQUESTS_MAX) {
      const [oldest, forgotten] = [...this.requests][0]!
      this.requests.delete(oldest)
      forgotten.reject()
    }
    const text = `Friend request ${number} from ${request.publicKey}: ${harmlessLines(request.message)}`
    this.print(this.paint('yellow', `${text}\n/accept ${number} or /reject ${number}`))
  }
}
