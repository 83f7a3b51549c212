// `toxcore-ts send`: gives files to one person and ends when they have them. Interrupted, it goes on where it stopped when the
// same command is run again.

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import type { Friend, OutgoingTransfer, Tox } from '../api/index.js'
import { ToxError } from '../tox/errors.js'
import { CliError, type Command, systemReason, type Values } from './command.js'
import { friendsCalled, nameOf } from './friends.js'
import { checkToxId } from './id.js'
import { INTERRUPTED, joinNetwork, networkOptions, startTox, untilStopped } from './network.js'
import { maybeTemporaryOptions, ownProfilePath } from './profile-dir.js'
import { harmless } from './terminal.js'
import { TransferBoard } from './transfer-board.js'
import { titleOf } from './transfer-meter.js'

const REQUEST = 'Hello, I want to send you a file.'

export const send: Command = {
  name: 'send',
  summary: 'Sends files to a friend, or to the owner of a Tox ID, and ends when they have arrived.',
  operands: 'TO FILE…',
  operandCount: [2, Number.POSITIVE_INFINITY],
  options: {
    ...maybeTemporaryOptions,
    ...networkOptions,
    name: { value: 'NAME', help: 'your name, as friends see it' },
  },
  details: [
    'TO is a Tox ID (its owner is asked to become a friend), or a friend: a number, or how a name or key begins.',
    'On the other side, toxcore-ts receive or any Tox client takes the files. Ctrl-C pauses: the same command goes on.',
  ].join('\n'),
  async run(values) {
    const stopped = untilStopped()
    const [to = '', ...paths] = values.positionals
    const toxId = isToxId(to) ? checkToxId(to) : undefined
    await Promise.all(paths.map(checkFile))
    const name = values.text('name')
    await using session = await startTox(values, ownProfilePath, name === undefined ? {} : { name })
    const { tox } = session
    const friend = toxId === undefined ? friendCalled(tox, to) : friendOf(tox, toxId)
    const board = new TransferBoard()
    try {
      const work = deliver(tox, friend, paths, values, board)
      const outcome = await Promise.race([work, stopped])
      if (outcome !== undefined) return outcome
      board.close()
      console.log(howToGoOn(values, friend))
      return INTERRUPTED
    } finally {
      board.close()
    }
  },
}

async function deliver(
  tox: Tox,
  friend: Friend,
  paths: readonly string[],
  values: Values,
  board: TransferBoard,
): Promise<number> {
  const transfers = paths.map((path) => friend.sendFile(path))
  for (const transfer of transfers) {
    if (transfer.isResumed) board.print(`Going on with ${titleOf(transfer)}.`)
  }
  await joinNetwork(tox, values)
  if (!friend.isOnline) {
    board.print(`Waiting for ${nameOf(friend)} to come online.`)
    await friend.whenOnline()
  }
  for (const transfer of transfers) board.add(transfer)
  const results = await Promise.allSettled(transfers.map(({ finished }: OutgoingTransfer) => finished))
  return results.every(({ status }) => status === 'fulfilled') ? 0 : 1
}

/** A Tox ID, or something as long that is meant to be one. */
function isToxId(text: string): boolean {
  return /^(tox:)?[0-9a-z]{70,82}$/i.test(text.trim())
}

function friendOf(tox: Tox, toxId: string): Friend {
  return tox.friend(toxId.slice(0, 64)) ?? tox.addFriend(toxId, REQUEST)
}

function friendCalled(tox: Tox, text: string): Friend {
  const [friend, ...more] = friendsCalled(tox, text)
  if (friend === undefined) throw new CliError(`there is no friend '${harmless(text)}'; a Tox ID has 76 digits`, 1)
  if (more.length === 0) return friend
  const names = [friend, ...more].map((one) => `${one.number} (${nameOf(one)})`).join(', ')
  throw new CliError(`which friend is '${harmless(text)}'? ${names}`, 1)
}

async function checkFile(path: string): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new CliError(`${path} is not a regular file`, 1)
    await access(path, constants.R_OK)
  } catch (error) {
    if (error instanceof CliError || error instanceof ToxError) throw error
    throw new CliError(`cannot read ${path}: ${systemReason(error)}`, 1)
  }
}

function howToGoOn(values: Values, friend: Friend): string {
  if (values.has('temporary')) return 'Stopped.'
  return `Paused. The same command goes on where it stopped, when ${nameOf(friend)} is online.`
}
