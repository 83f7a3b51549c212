// Where received files go: into one folder, under names of their own, never over what is there.

import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { type IncomingTransfer, type Tox, ToxError } from '../api/index.js'
import { CliError, type Option, systemReason, type Values } from './command.js'

export const downloadsOption: Readonly<Record<'downloads', Option>> = {
  downloads: { value: 'DIR', help: 'put received files into DIR (default: the current folder)' },
}

/** `photo.jpg`, `photo (1).jpg`, …: whoever sends the same name more often than this is told to stop. */
const NAMES_MAX = 1000

/**
 * The folder that --downloads names. CliError when it is none, or nothing can be put there; the current folder may be such a
 * one for a program that need not receive anything.
 */
export function downloadsOf(values: Values, { isNeeded }: { isNeeded: boolean }): string {
  const dir = resolve(values.text('downloads') ?? '.')
  if (!isNeeded && !values.has('downloads')) return dir
  try {
    if (!statSync(dir).isDirectory()) throw new CliError(`${dir} is not a folder`, 1)
    accessSync(dir, constants.W_OK)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`cannot put files into ${dir}: ${systemReason(error)}`, 1)
  }
  return dir
}

/**
 * Accepts a file: into the folder `target` under its own name, or under a numbered one when that is taken, or as the file
 * `target`. Resolves with its path. Rejects with ToxError; the offer then stays open.
 */
export async function acceptInto(tox: Tox, transfer: IncomingTransfer, target: string): Promise<string> {
  if (!isFolder(target)) {
    await transfer.accept(target)
    return target
  }
  for (let number = 0; ; number++) {
    const path = join(target, numbered(transfer.safeName, number))
    // A file that is still coming has its name when it is complete.
    if (number < NAMES_MAX && pathsUnderway(tox).has(path)) continue
    try {
      await transfer.accept(path)
      return path
    } catch (error) {
      const isTaken = error instanceof ToxError && error.code === 'TOX_ERR_TS_FILE_EXISTS'
      if (!isTaken || number === NAMES_MAX) throw error
    }
  }
}

function pathsUnderway(tox: Tox): Set<string | undefined> {
  const transfers = tox.friends.flatMap((friend) => friend.transfers)
  return new Set(transfers.map((one) => (one.direction === 'receiving' ? (one as IncomingTransfer).path : undefined)))
}

/** `photo.jpg` with 2 is `photo (2).jpg`; cut so that it stays a name that file systems take (255 bytes). */
function numbered(name: string, number: number): string {
  if (number === 0) return name
  const extension = extname(name)
  const tail = ` (${number})${extension}`
  const letters = [...name.slice(0, name.length - extension.length)]
  while (letters.length > 0 && Buffer.byteLength(letters.join('') + tail) > 255) letters.pop()
  return letters.join('') + tail
}

/** A path as typed in chat: `~/` is the home folder, as in a shell. */
export function typedPath(text: string, base: string): string {
  if (text === '~' || text.startsWith('~/')) return join(homedir(), text.slice(1))
  return resolve(base, text)
}

/** Paths that begin as typed so far, for the Tab key; folders end with a slash. */
export function pathsLike(text: string): string[] {
  const start = text.slice(0, text.lastIndexOf('/') + 1)
  const beginning = text.slice(start.length)
  try {
    return readdirSync(typedPath(start, process.cwd()), { withFileTypes: true })
      .filter(({ name }) => name.startsWith(beginning) && (beginning !== '' || !name.startsWith('.')))
      .map((one) => `${start}${one.name}${one.isDirectory() ? '/' : ''}`)
  } catch {
    return []
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
