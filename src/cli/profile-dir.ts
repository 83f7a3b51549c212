// Where the commands keep what lasts: a folder with the profile, a `.tox` file as c-toxcore writes it, and what belongs to it.

import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ProfileSeal } from '../api/profile-seal.js'
import { loadCrypto } from '../crypto/index.js'
import { ENCRYPTED_MAGIC, isEncrypted } from '../encryptsave/index.js'
import { ProfileError } from '../host/profile-error.js'
import { ProfileFile, readProfileBytes } from '../host/profile-file.js'
import { databasePathOf, openProfileStore, type ToxStore } from '../store/index.js'
import { ToxError } from '../tox/errors.js'
import { CliError, type Option, systemReason, type Values } from './command.js'
import { askPassphrase, canAsk, passphraseFromFile, passphraseOption } from './passphrase.js'

/** For commands whose identity is that of the person at the keyboard. */
export const ownProfileOptions: Readonly<Record<string, Option>> = {
  data: { value: 'DIR', help: 'keep the profile in DIR (default: ~/.local/share/toxcore-ts)' },
  ...passphraseOption,
}

/** The same where it makes sense to be somebody else for once. */
export const maybeTemporaryOptions: Readonly<Record<string, Option>> = {
  ...ownProfileOptions,
  temporary: { help: 'use a new identity, and forget it at the end' },
}

/** The name of the profile that `chat`, `send`, `receive` and the commands about its history share. */
export const OWN_PROFILE = 'profile'
/** What it was called before there was more than chat. */
const FORMER_PROFILE = 'chat'

const WRONG_PASSPHRASE: ReadonlySet<string> = new Set([
  'TOX_ERR_NEW_LOAD_DECRYPTION_FAILED',
  'TOX_ERR_TS_STORE_PASSPHRASE',
])
/** Typing errors on the terminal before the program gives up. */
const PASSPHRASE_ATTEMPTS = 3

/** `$XDG_DATA_HOME/toxcore-ts`, else `~/.local/share/toxcore-ts`. */
export function defaultDataDir(): string {
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'toxcore-ts')
}

/** The folder of the person's own profile, which need not exist. */
export function dataDirOf(values: Values): string {
  return values.text('data') ?? defaultDataDir()
}

/** The path of the person's own profile; its folder is there afterwards. `undefined` with --temporary. */
export function ownProfilePath(values: Values): string | undefined {
  if (values.has('temporary')) {
    if (values.has('data')) throw new CliError('options --data and --temporary exclude each other')
    return undefined
  }
  const dir = dataDirOf(values)
  makeFolder(dir)
  const path = join(dir, `${OWN_PROFILE}.tox`)
  const former = join(dir, `${FORMER_PROFILE}.tox`)
  // Nobody shall lose their identity by an update, and nobody their profile by our moving it.
  if (!existsSync(path) && existsSync(former)) {
    throw new CliError(`${former} is the profile of an earlier version: rename it to ${path}`, 1)
  }
  return path
}

/** Makes a folder for profiles, and those above it, readable by their owner alone. CliError tells why it cannot. */
export function makeFolder(path: string): void {
  const missing: string[] = []
  // Not mkdir's `recursive`: it never returns where the system refuses with ENOENT, as below /proc.
  for (let one = resolve(path); !existsSync(one); one = dirname(one)) missing.unshift(one)
  try {
    for (const one of missing) mkdirSync(one, { mode: 0o700 })
  } catch (error) {
    throw new CliError(`cannot make the folder ${path}: ${systemReason(error)}`, 1)
  }
}

/**
 * Runs `open` with the passphrase of the profile at `path`: that of --passphrase-file, else one that is asked for when the
 * file is encrypted, three times if need be. CliError when nobody can be asked.
 */
export async function withPassphrase<T>(
  path: string,
  values: Values,
  open: (passphrase: string | undefined) => Promise<T>,
): Promise<T> {
  const fromFile = passphraseFromFile(values)
  if (fromFile !== undefined && existsSync(path) && !looksEncrypted(path)) {
    throw new CliError(`${path} is not encrypted; toxcore-ts profile encrypt does it`, 1)
  }
  if (fromFile !== undefined || !looksEncrypted(path)) return open(fromFile)
  if (!canAsk()) {
    throw new CliError(`${path} is encrypted with a passphrase: --passphrase-file FILE gives it without a terminal`, 1)
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(await askPassphrase(`Passphrase of ${path}: `))
    } catch (error) {
      const isWrong = error instanceof ToxError && WRONG_PASSPHRASE.has(error.code)
      if (!isWrong || attempt === PASSPHRASE_ATTEMPTS) throw error
      process.stderr.write('That is not the passphrase.\n')
    }
  }
}

/** Whether the file begins as an encrypted one does. What cannot be read is for the one who opens it to say. */
export function looksEncrypted(path: string): boolean {
  const start = new Uint8Array(ENCRYPTED_MAGIC.length)
  try {
    const fd = openSync(path, 'r')
    try {
      readSync(fd, start, 0, start.length, 0)
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
  return isEncrypted(start)
}

/**
 * Opens what is kept beside the profile at `path`. Where SQLite cannot be loaded there is none, and standard error says so:
 * chatting is possible without. Throws ToxError as `openSqliteStore` does, and CliError that names who uses the profile.
 */
export async function openStore(path: string, passphrase: string | undefined): Promise<ToxStore | undefined> {
  // A new database must not begin under a passphrase that was mistyped.
  if (passphrase !== undefined && !existsSync(databasePathOf(path))) await provePassphrase(path, passphrase)
  // An empty passphrase is one for Tox clients, but none for a database.
  const options = passphrase === undefined || passphrase === '' ? {} : { passphrase }
  try {
    return openProfileStore(path, options)
  } catch (error) {
    if (!(error instanceof ToxError)) throw error
    if (error.code === 'TOX_ERR_TS_STORE_LOCKED') sayWhoUses(path)
    if (error.code !== 'TOX_ERR_TS_STORE_UNAVAILABLE') throw error
    process.stderr.write(`${error.message}; history and unfinished files are not kept\n`)
    return undefined
  }
}

/** Rejects with `TOX_ERR_NEW_LOAD_DECRYPTION_FAILED` when it opens neither an encrypted profile nor its backup. */
async function provePassphrase(path: string, passphrase: string): Promise<void> {
  const files = [path, `${path}.bak`].filter(looksEncrypted)
  if (files.length === 0) return
  const seal = new ProfileSeal(await loadCrypto(), passphrase)
  try {
    for (const file of files) {
      const plain = seal.open(readProfileBytes(file) ?? new Uint8Array(0))
      plain?.fill(0)
      if (plain !== undefined) return
    }
    const why = `${path}: the passphrase is wrong, or the file is damaged`
    throw new ToxError('NEW', 'load-decryption-failed', why)
  } finally {
    seal.wipe()
  }
}

/** Runs `use` on the store of the own profile in `dir`, offline. */
export function withProfileStore(
  dir: string,
  values: Values,
  use: (store: ToxStore) => number | Promise<number>,
): Promise<number> {
  const path = join(dir, `${OWN_PROFILE}.tox`)
  return withPassphrase(path, values, async (passphrase) => {
    const store = await openStore(path, passphrase)
    if (store === undefined) return 1
    try {
      return await use(store)
    } finally {
      store.close()
    }
  })
}

function sayWhoUses(path: string): void {
  try {
    // Its lock names the holder, which the database's cannot.
    void ProfileFile.open(path).close()
  } catch (error) {
    if (error instanceof ProfileError) throw new CliError(error.message, 1)
    throw error
  }
}
