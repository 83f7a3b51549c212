// Files in chat: what is offered, sent and received, each under a number, and the commands that deal with it.

import { statSync } from 'node:fs'
import type { Friend, IncomingTransfer, Tox, Transfer } from '../api/index.js'
import { ToxError } from '../tox/errors.js'
import { acceptInto, typedPath } from './downloads.js'
import { nameOf } from './friends.js'
import { harmless, type painter } from './terminal.js'
import { arrow, bytesText, stateText, TransferMeter, titleOf } from './transfer-meter.js'

/** Bars that stand above the prompt; the others are told by /files. */
const BARS_MAX = 3

/** What it uses of the chat around it. */
export interface FilesHost {
  readonly tox: Tox
  readonly paint: ReturnType<typeof painter>
  /** Where accepted files go. */
  readonly downloads: string
  print(text: string): void
  complain(text: string): void
  /** A number that names nothing else in this chat. */
  nextNumber(): number
}

export class ChatFiles {
  readonly #chat: FilesHost
  readonly #meters = new Map<number, TransferMeter>()

  constructor(chat: FilesHost) {
    this.#chat = chat
    chat.tox.on('file', ({ transfer }) => this.#offered(transfer))
  }

  /** Shows what an earlier run has begun. */
  goOn(): void {
    for (const transfer of this.#chat.tox.friends.flatMap(({ transfers }) => transfers)) {
      if (!this.#isShown(transfer)) this.#goOn(transfer)
    }
  }

  /** Numbers of files that wait for an answer. */
  get offers(): number[] {
    return [...this.#meters].filter(([, { transfer }]) => isOffer(transfer)).map(([number]) => number)
  }

  /** How many are not over. */
  get count(): number {
    return this.#meters.size
  }

  send(friend: Friend, text: string): void {
    const path = typedPath(text, process.cwd())
    if (text === '') return this.#chat.complain('which file? /send FILE')
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      return this.#chat.complain(`${path} is a folder`)
    }
    const transfer = friend.sendFile(path)
    const number = this.#numberOf(transfer) ?? this.#add(transfer)
    const what = `${titleOf(transfer)}, ${sizeText(transfer)}`
    this.#note(`File ${number} to ${nameOf(friend)}: ${what}: ${stateText(transfer)}`)
  }

  /** Accepts an offer into the folder of downloads, or as `path` says. */
  accept(number: number, path: string): void {
    const transfer = this.#meters.get(number)?.transfer as IncomingTransfer | undefined
    if (transfer === undefined || !isOffer(transfer))
      return this.#chat.complain(`file ${number} is not offered any more`)
    const { tox, downloads } = this.#chat
    const target = path === '' ? downloads : typedPath(path, downloads)
    acceptInto(tox, transfer, target).then(
      (into) => this.#note(`File ${number} goes into ${harmless(into)}`),
      (error: Error) => this.#chat.complain(`file ${number} cannot be received: ${error.message}`),
    )
  }

  reject(number: number): void {
    this.#find(number)?.cancel()
  }

  /** Runs one of pause, resume and cancel on the file with this number, or on the only one. */
  control(action: 'pause' | 'resume' | 'cancel', argument: string): void {
    const numbers = [...this.#meters.keys()]
    if (argument === '' && numbers.length > 1) return this.#chat.complain(`which one? ${numbers.join(', ')}`)
    const number = argument === '' ? numbers[0] : Number(argument)
    const transfer = number === undefined ? undefined : this.#find(number)
    if (transfer === undefined) return this.#chat.complain(`there is no file ${argument}; /files lists them`.trim())
    transfer[action]()
    if (action !== 'cancel') this.#note(`File ${number}: ${stateText(transfer)}`)
  }

  list(): string {
    if (this.#meters.size === 0) return 'No files: /send FILE'
    const rows = [...this.#meters].map(([number, meter]) => {
      meter.sample()
      const { friend } = meter.transfer
      return `${String(number).padStart(3)}  ${meter.line(100)}  ${friend === undefined ? '' : nameOf(friend)}`
    })
    return rows.join('\n')
  }

  /** A line for each file that moves, or would if the friend let it: a slow disk pauses it again and again. */
  bars(width: number): string[] {
    const moves = ({ state, pausedBy }: Transfer): boolean => state === 'transferring' || pausedBy === 'friend'
    const moving = [...this.#meters].filter(([, { transfer }]) => moves(transfer))
    return moving.slice(0, BARS_MAX).map(([number, meter]) => {
      meter.sample()
      return `${number} ${meter.line(width - `${number} `.length)}`
    })
  }

  #offered(transfer: IncomingTransfer): void {
    // Avatars and what other programs tell each other are no files that anybody sent.
    if (transfer.kind !== 'data') return transfer.reject()
    if (transfer.isResumed) return this.#isShown(transfer) ? undefined : this.#goOn(transfer)
    const number = this.#add(transfer)
    const { chat, what } = { chat: this.#chat, what: `${titleOf(transfer)}, ${sizeText(transfer)}` }
    const text = `File ${number} from ${nameOf(transfer.friend)}: ${what}`
    chat.print(chat.paint('yellow', `${text}\n/accept ${number} or /reject ${number}`))
  }

  #goOn(transfer: Transfer): void {
    const number = this.#add(transfer)
    const who = `${transfer.direction === 'sending' ? 'to' : 'from'} ${nameOf(transfer.friend)}`
    this.#note(`File ${number} ${who} goes on: ${titleOf(transfer)}, ${this.#meters.get(number)!.text}`)
  }

  /** Keeps a transfer until it is over; its number. */
  #add(transfer: Transfer): number {
    const number = this.#chat.nextNumber()
    const meter = new TransferMeter(transfer)
    this.#meters.set(number, meter)
    const label = `File ${number} ${arrow(transfer)} ${titleOf(transfer)}`
    transfer.on('progress', () => meter.sample())
    transfer.on('state', (state) => {
      if (state === 'transferring') meter.restart()
    })
    const over = (): boolean => this.#meters.delete(number)
    transfer.finished.then(
      () => over() && this.#note(`${label}: done, ${bytesText(transfer.position)}`),
      (error: unknown) => {
        const isClosing = error instanceof ToxError && error.code === 'TOX_ERR_TS_CLOSED'
        if (over() && !isClosing) this.#chat.complain(`${label}: ${(error as Error).message}`)
      },
    )
    return number
  }

  #find(number: number): Transfer | undefined {
    return this.#meters.get(number)?.transfer
  }

  #isShown(transfer: Transfer): boolean {
    return this.#numberOf(transfer) !== undefined
  }

  #numberOf(transfer: Transfer): number | undefined {
    return [...this.#meters].find(([, meter]) => meter.transfer === transfer)?.[0]
  }

  #note(text: string): void {
    this.#chat.print(this.#chat.paint('dim', text))
  }
}

function isOffer(transfer: Transfer): boolean {
  return transfer.direction === 'receiving' && transfer.state === 'offered'
}

function sizeText({ size }: Transfer): string {
  return size === undefined ? 'of unknown size' : bytesText(size)
}
