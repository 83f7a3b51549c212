// `toxcore-ts history` and `toxcore-ts export`: what was said, from the database beside the profile. Offline.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HistoryPage, HistoryQuery, Peer, StoredMessage, ToxStore } from '../store/index.js'
import { CliError, type Command, type Values } from './command.js'
import { dataDirOf, OWN_PROFILE, ownProfileOptions, withProfileStore } from './profile-dir.js'
import { harmless, harmlessLines, painter } from './terminal.js'

const MESSAGES_SHOWN = 100
/** Messages read at once: the whole history need not fit into memory. */
const PAGE_MESSAGES = 1000

const sinceOption = { value: 'DATE', help: 'only from this day or moment on: 2026-01-31, or 2026-01-31T18:00' } as const

export const history: Command = {
  name: 'history',
  summary: 'Shows what was said, the newest last.',
  operands: '[FRIEND]',
  operandCount: [0, 1],
  options: {
    search: { value: 'TEXT', help: 'only messages with these words; words in "double quotes" as they stand' },
    since: sinceOption,
    limit: { value: 'NUMBER', help: `at most so many, the newest ones (default ${MESSAGES_SHOWN}; 0: all)` },
    ...ownProfileOptions,
  },
  details: 'FRIEND is how a name or key begins. A mark tells what has not arrived: … waits, ? no receipt, ! not sent.',
  async run(values) {
    const limit = values.number('limit', MESSAGES_SHOWN, 0, Number.MAX_SAFE_INTEGER)
    const sinceMs = sinceOf(values)
    return withProfileStore(existingDataDir(values), values, (store) => {
      const people = new People(store)
      const query = { ...sinceMs, ...people.query(values.positionals[0]) }
      const rows = newest(store, query, values.text('search'), limit === 0 ? Number.POSITIVE_INFINITY : limit)
      const paint = painter(process.stdout)
      for (const message of rows) console.log(lineOf(message, people.nameOf(message.friend), paint))
      return 0
    })
  },
}

export const exportHistory: Command = {
  name: 'export',
  summary: 'Writes the history as JSON Lines to standard output: one message a line, the oldest first.',
  operands: '[FRIEND]',
  operandCount: [0, 1],
  options: { since: sinceOption, ...ownProfileOptions },
  details: [
    'FRIEND is how a name or key begins. Each line has id, time (ISO 8601), friend (public key), name, direction',
    '("incoming", "outgoing"), kind ("normal", "action"), state ("pending", "sent", "received", "failed") and text.',
  ].join('\n'),
  async run(values) {
    const sinceMs = sinceOf(values)
    return withProfileStore(existingDataDir(values), values, async (store) => {
      const people = new People(store)
      const query = { ...sinceMs, ...people.query(values.positionals[0]) }
      for (const message of oldestFirst(store, query)) await write(`${jsonOf(message, people)}\n`)
      return 0
    })
  },
}

/** Who is known by which name, friends of former times included. */
export class People {
  readonly #store: ToxStore

  constructor(store: ToxStore) {
    this.#store = store
  }

  /** The name as it was told: any text at all. */
  toldName(publicKey: string): string {
    return this.#store.peers.get(publicKey)?.name ?? ''
  }

  nameOf(publicKey: string): string {
    return harmless(this.toldName(publicKey)) || publicKey.slice(0, 8)
  }

  /** The part of a query that is about the person named on the command line. CliError when that is nobody, or several. */
  query(text: string | undefined): Pick<HistoryQuery, 'friend'> {
    if (text === undefined) return {}
    const beginning = text.toLowerCase()
    const begins = ({ name, publicKey }: Peer): boolean =>
      [name, publicKey].some((one) => one.toLowerCase().startsWith(beginning))
    const [found, ...more] = this.#store.peers.all().filter(begins)
    if (found === undefined) throw new CliError(`nobody called '${text}' is known`, 1)
    if (more.length === 0) return { friend: found.publicKey }
    const names = [found, ...more].map(({ publicKey }) => `${this.nameOf(publicKey)} (${publicKey.slice(0, 8)})`)
    throw new CliError(`who is '${text}'? ${names.join(', ')}`, 1)
  }
}

/** The newest messages, in the order of time. */
function newest(store: ToxStore, query: HistoryQuery, search: string | undefined, limit: number): StoredMessage[] {
  const found: StoredMessage[] = []
  let cursor: string | undefined
  do {
    const wanted = Math.min(PAGE_MESSAGES, limit - found.length)
    const part = { ...query, limit: wanted, ...(cursor === undefined ? {} : { cursor }) }
    const page: HistoryPage =
      search === undefined ? store.history.page(part) : store.history.search({ ...part, text: search })
    found.push(...page.messages)
    cursor = page.next
  } while (cursor !== undefined && found.length < limit)
  return found.reverse()
}

function* oldestFirst(store: ToxStore, query: HistoryQuery): Generator<StoredMessage> {
  let cursor: string | undefined
  do {
    const part = { ...query, order: 'oldest' as const, limit: PAGE_MESSAGES }
    const page = store.history.page(cursor === undefined ? part : { ...part, cursor })
    yield* page.messages
    cursor = page.next
  } while (cursor !== undefined)
}

const MARKS = { pending: ' …', sent: ' ?', received: '', failed: ' !' } as const

/** `2026-11-21 18:03  Rosa: hello`, in local time; shown in chat as well. */
export function lineOf(message: StoredMessage, name: string, paint: ReturnType<typeof painter>): string {
  const { timeMs, direction, kind, state } = message
  const text = harmlessLines(message.text)
  const mark = direction === 'outgoing' ? MARKS[state] : ''
  const who = direction === 'incoming' ? paint('green', name) : `${paint('cyan', 'me')} > ${name}`
  const said = kind === 'action' ? `* ${who} ${text}` : `${who}: ${text}`
  return `${paint('dim', localTime(timeMs))}  ${said}${mark}`
}

function localTime(timeMs: number): string {
  const time = new Date(timeMs)
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}

function jsonOf(message: StoredMessage, people: People): string {
  const { id, timeMs, friend, direction, kind, state, text } = message
  const time = new Date(timeMs).toISOString()
  const json = JSON.stringify({ id, time, friend, name: people.toldName(friend), direction, kind, state, text })
  // JSON lets through what moves a terminal's cursor or turns its text around; escaped it means the same.
  return json.replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Waits for a slow reader; one who has left ends the program. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve()
    else process.stdout.once('drain', resolve)
  })
}

function sinceOf(values: Values): Pick<HistoryQuery, 'sinceMs'> {
  const text = values.text('since')
  if (text === undefined) return {}
  // A day alone begins at midnight here, not in Greenwich.
  const sinceMs = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text)
  if (Number.isNaN(sinceMs)) throw new CliError(`option --since wants a date such as 2026-01-31, not '${text}'`)
  return { sinceMs }
}

/** Looking into a history makes no new profile. */
function existingDataDir(values: Values): string {
  const dir = dataDirOf(values)
  if (!existsSync(join(dir, `${OWN_PROFILE}.tox`))) throw new CliError(`there is no profile in ${dir}`, 1)
  return dir
}
