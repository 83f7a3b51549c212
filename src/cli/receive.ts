// `toxcore-ts receive`: takes the files that named people send, into one folder. The other end is `toxcore-ts send` or any
// Tox client.

import type { FriendRequest, IncomingTransfer, Tox } from '../api/index.js'
import { fromHex } from '../base/index.js'
import { CliError, type Command } from './command.js'
import { acceptInto, downloadsOf, downloadsOption } from './downloads.js'
import { friendsCalled, nameOf } from './friends.js'
import { checkToxId } from './id.js'
import { INTERRUPTED, joinNetwork, networkOptions, startTox, untilStopped } from './network.js'
import { maybeTemporaryOptions, ownProfilePath } from './profile-dir.js'
import { harmless, harmlessLines, showToxId } from './terminal.js'
import { TransferBoard } from './transfer-board.js'
import { titleOf } from './transfer-meter.js'

const ANYONE = 'anyone'

export const receive: Command = {
  name: 'receive',
  summary: 'Shows your Tox ID and receives the files that friends send to it.',
  options: {
    from: { value: 'WHO', help: "whose files to take: a Tox ID, public key or friend, or 'anyone'", repeatable: true },
    ...downloadsOption,
    count: { value: 'NUMBER', help: 'end when so many files have arrived (default: run until interrupted)' },
    ...maybeTemporaryOptions,
    ...networkOptions,
    name: { value: 'NAME', help: 'your name, as friends see it' },
  },
  details: [
    'The first line of standard output is your Tox ID: the sender needs it. Files of friends are taken; with --from, only',
    'those of the people named, who become friends. A file never replaces another: it gets a number behind its name.',
  ].join('\n'),
  async run(values) {
    const stopped = untilStopped()
    const downloads = downloadsOf(values, { isNeeded: true })
    const count = values.number('count', 0, 1, 1_000_000)
    const from = values.all('from').map(whoIs)
    const name = values.text('name')
    await using session = await startTox(values, ownProfilePath, name === undefined ? {} : { name })
    const { tox } = session
    const publicKeys = from.map((one) => publicKeyOf(tox, one))
    showToxId(tox.address)
    const board = new TransferBoard()
    try {
      const receiver = new Receiver(tox, board, { downloads, count, from: publicKeys })
      const joined = joinNetwork(tox, values).then(() => receiver.done)
      if ((await Promise.race([joined, receiver.done, stopped])) === 'done') return 0
      board.close()
      if (receiver.isBusy && !values.has('temporary')) console.log('Paused. The same command goes on where it stopped.')
      return INTERRUPTED
    } finally {
      board.close()
    }
  },
}

interface Wishes {
  readonly downloads: string
  /** 0: no end. */
  readonly count: number
  /** Public keys, or `'anyone'`; empty: all friends. */
  readonly from: readonly string[]
}

class Receiver {
  /** Resolves when as many files as wanted have arrived. */
  readonly done: Promise<'done'>
  readonly #tox: Tox
  readonly #board: TransferBoard
  readonly #wishes: Wishes
  #arrived = 0
  #finish: (done: 'done') => void = () => {}

  constructor(tox: Tox, board: TransferBoard, wishes: Wishes) {
    this.#tox = tox
    this.#board = board
    this.#wishes = wishes
    this.done = new Promise((resolve) => {
      this.#finish = resolve
    })
    tox.on('friendRequest', (request) => this.#judge(request))
    tox.on('friendConnection', ({ friend, connection }) =>
      board.print(`${nameOf(friend)} is ${connection === 'none' ? 'offline' : 'online'}.`),
    )
    tox.on('file', ({ transfer }) => this.#take(transfer))
  }

  get isBusy(): boolean {
    return this.#tox.friends.some(({ transfers }) => transfers.some(({ direction }) => direction === 'receiving'))
  }

  #isWanted(publicKey: string): boolean {
    const { from } = this.#wishes
    return from.includes(ANYONE) || from.includes(publicKey)
  }

  #judge(request: FriendRequest): void {
    if (this.#isWanted(request.publicKey)) {
      request.accept()
      return this.#board.print(`${request.publicKey} is a friend now.`)
    }
    this.#board.print(
      `Friend request from ${request.publicKey}: ${harmlessLines(request.message)}\n` +
        `--from ${request.publicKey} takes their files`,
    )
  }

  #take(transfer: IncomingTransfer): void {
    const { friend } = transfer
    // Avatars are no files that anybody sent.
    if (transfer.kind !== 'data') return transfer.reject()
    if (this.#wishes.from.length > 0 && !this.#isWanted(friend.publicKey)) {
      this.#board.print(
        `${nameOf(friend)} offers ${titleOf(transfer)}, and is not among those named by --from: refused`,
      )
      return transfer.reject()
    }
    this.#receive(transfer).catch((error: Error) => {
      this.#board.print(`${titleOf(transfer)} of ${nameOf(friend)} cannot be received: ${error.message}`)
      transfer.reject()
    })
  }

  async #receive(transfer: IncomingTransfer): Promise<void> {
    const path = transfer.path ?? (await acceptInto(this.#tox, transfer, this.#wishes.downloads))
    this.#board.print(`${nameOf(transfer.friend)} sends ${titleOf(transfer)}, into ${harmless(path)}`)
    this.#board.add(transfer)
    transfer.finished.then(
      () => {
        if (++this.#arrived === this.#wishes.count) this.#finish('done')
      },
      () => {},
    )
  }
}

/** Who is meant, checked before anything starts: a Tox ID is sound, or it is no Tox ID. */
function whoIs(text: string): string {
  const bare = text.trim().replace(/^tox:(\/\/)?/i, '')
  if (bare.length === 76 && fromHex(bare) !== undefined) return checkToxId(bare).slice(0, 64)
  return bare === ANYONE ? ANYONE : text
}

function publicKeyOf(tox: Tox, who: string): string {
  if (who === ANYONE) return who
  if (who.length === 64 && fromHex(who) !== undefined) {
    // They can find us at once, and we them, without a request.
    return (tox.friend(who) ?? tox.addFriendWithoutRequest(who)).publicKey
  }
  const [friend, ...more] = friendsCalled(tox, who)
  if (friend !== undefined && more.length === 0) return friend.publicKey
  throw new CliError(`option --from: there is ${friend === undefined ? 'no' : 'more than one'} friend '${who}'`, 1)
}
