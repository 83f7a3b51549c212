// Where the commands keep what lasts: a folder with the profile, a `.tox` file as c-toxcore writes it, and what belongs to it.

import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ENCRYPTED_MAGIC, isEncrypted } from '../encryptsave/index.js'
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
export const OWN_PROFILE = 'chat'

/** Typing errors on the terminal before the program gives up. */
const PASSPHRASE_ATTEMPTS = 3

/** `$XDG_DATA_HOME/toxcore-ts`, else `~/.local/share/toxcore-ts`. */
export function defaultDataDir(): string {
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'toxcore-ts')
}

/** The path of the person's own profile; its folder is there afterwards. `undefined` with --temporary. */
export function ownProfilePath(values: Values): string | undefined {
  if (values.has('temporary')) {
    if (values.has('data')) throw new CliError('options --data and --temporary exclude each other')
    return undefined
  }
  const dir = values.text('data') ?? defaultDataDir()
  makeFolder(dir)
  return join(dir, `${OWN_PROFILE}.tox`)
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
  if (fromFile !== undefined || !looksEncrypted(path)) return open(fromFile)
  if (!canAsk()) {
    throw new CliError(`${path} is encrypted with a passphrase: --passphrase-file FILE gives it without a terminal`, 1)
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(await askPassphrase(`Passphrase of ${path}: `))
    } catch (error) {
      const isWrong = error instanceof ToxError && error.code === 'TOX_ERR_NEW_LOAD_DECRYPTION_FAILED'
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
