// `toxcore-ts profile`: looks into a profile, repairs it, gives it a passphrase or takes it away. Offline.

import { statSync } from 'node:fs'
import { ProfileSeal } from '../api/profile-seal.js'
import { fromUtf8, toHex } from '../base/index.js'
import { type Crypto, loadCrypto } from '../crypto/index.js'
import { ENCRYPTION_OVERHEAD_BYTES, isEncrypted } from '../encryptsave/index.js'
import { ProfileError } from '../host/profile-error.js'
import { ProfileFile, readProfileBytes } from '../host/profile-file.js'
import { changeStorePassphrase } from '../store/index.js'
import { encodeSavedata, type Savedata } from '../tox/savedata.js'
import { formatToxId } from '../tox/tox-id.js'
import { CliError, type Command, type Values } from './command.js'
import { askPassphrase, canAsk, passphraseFromFile } from './passphrase.js'
import { checkStore, repairStore } from './profile-database.js'
import { type ProfileReport, reportProfile, salvageProfile } from './profile-report.js'
import { harmless } from './terminal.js'

type Action = (path: string, values: Values) => Promise<number>

const ACTIONS: Readonly<Record<string, Action>> = { check, repair, encrypt, decrypt }

export const profile: Command = {
  name: 'profile',
  summary: 'Looks into a profile (a .tox file), repairs it, encrypts and decrypts it.',
  operands: 'ACTION FILE',
  operandCount: [2, 2],
  options: {
    'passphrase-file': {
      value: 'FILE',
      help: "the passphrase is FILE's first line (default: asked for on the terminal)",
    },
    'old-passphrase-file': { value: 'FILE', help: 'with encrypt: the passphrase that the profile has so far' },
  },
  details: [
    'Actions:',
    '  check FILE      tell what is inside and what is damaged, with offsets; exit code 0 when it is sound, 1 when not',
    '  repair FILE     bring back the newest sound backup (FILE.bak), else what can still be read; the damaged file is',
    '                  kept as FILE.damaged',
    '  encrypt FILE    give it a passphrase, or another one, with which any Tox client opens it',
    '  decrypt FILE    take the passphrase away',
  ].join('\n'),
  async run(values) {
    const [name = '', path = ''] = values.positionals
    const action = ACTIONS[name]
    if (action === undefined) throw new CliError(`unknown action '${name}': ${Object.keys(ACTIONS).join(', ')}`)
    try {
      return await action(path, values)
    } catch (error) {
      if (error instanceof ProfileError) throw new CliError(error.message, 1)
      throw error
    }
  },
}

/** A file after its passphrase, if it has one. */
type Content =
  | { readonly kind: 'plain'; readonly bytes: Uint8Array; readonly wasEncrypted: boolean }
  /** Nobody could be asked for the passphrase. */
  | { readonly kind: 'locked' }
  /** The passphrase is wrong, or the file is damaged. */
  | { readonly kind: 'unreadable' }

/** Gives what opens an encrypted file; `undefined` when there is neither a passphrase file nor a terminal. */
type AskSeal = () => Promise<ProfileSeal | undefined>

async function check(path: string, values: Values): Promise<number> {
  const bytes = readExisting(path)
  const crypto = await loadCrypto()
  console.log(`${path}: ${bytes.length} bytes${isEncrypted(bytes) ? ', encrypted' : ''}`)
  const phrase = isEncrypted(bytes) ? await phraseOf(path, values) : undefined
  const content = await contentOf(bytes, async () => sealWith(phrase, crypto))
  let isSound = false
  if (content.kind === 'plain') {
    const report = reportProfile(content.bytes, crypto)
    isSound = report.damageCount === 0
    printReport(report, content.wasEncrypted ? ' of what is encrypted' : '')
  } else if (content.kind === 'unreadable') {
    console.log('It cannot be opened: the passphrase is wrong, or the file is damaged.')
  } else {
    isSound = bytes.length > ENCRYPTION_OVERHEAD_BYTES
    console.log(
      isSound
        ? 'What is inside was not checked: no passphrase was given.'
        : `It is cut off: an encrypted file has more than ${ENCRYPTION_OVERHEAD_BYTES} bytes.`,
    )
  }
  if (content.kind === 'plain') isSound = checkStore(path, phrase) && isSound
  if (!isSound) console.log(`'toxcore-ts profile repair ${path}' brings back a backup, when there is a sound one.`)
  return isSound ? 0 : 1
}

function printReport({ sections, damages, damageCount, savedata }: ProfileReport, of: string): void {
  if (savedata !== undefined) printWho(savedata)
  if (sections.length > 0) console.log(`Sections, by their offset in the bytes${of || ' of the file'}:`)
  for (const { at, name, size, holds } of sections) {
    console.log(`  ${String(at).padStart(8)}  ${name.padEnd(16)}${`${size} bytes`.padStart(14)}  ${holds}`.trimEnd())
  }
  if (damageCount === 0) return console.log('Sound: nothing is damaged.')
  console.log(`Damaged in ${damageCount} place${damageCount === 1 ? '' : 's'}:`)
  for (const { at, where, text } of damages) console.log(`  at ${at}  ${where}: ${text}`)
  if (damageCount > damages.length) console.log(`  … and ${damageCount - damages.length} more`)
  console.log(
    savedata === undefined
      ? 'No Tox client loads it.'
      : 'Tox clients load it, without what is damaged, and will save it without that.',
  )
}

function printWho({ longTerm, nospam, name, friends }: Savedata): void {
  console.log(`Tox ID   ${formatToxId({ publicKey: longTerm.publicKey, nospam })}`)
  console.log(`name     ${harmless(fromUtf8(name))}`.trimEnd())
  console.log(`friends  ${friends.length}`)
  for (const friend of friends) {
    const who = friend.state === 'confirmed' ? harmless(fromUtf8(friend.name)) : '(asked, not seen since)'
    console.log(`  ${toHex(friend.publicKey)}  ${who}`.trimEnd())
  }
}

async function repair(path: string, values: Values): Promise<number> {
  const crypto = await loadCrypto()
  const file = ProfileFile.open(path)
  let asked: Promise<string | undefined> | undefined
  let opener: ProfileSeal | undefined
  const seal: AskSeal = async () => {
    asked ??= phraseOf(path, values)
    opener ??= sealWith(await asked, crypto)
    return opener
  }
  try {
    const main = readProfileBytes(file.path)
    const content: Content = main === undefined ? { kind: 'unreadable' } : await contentOf(main, seal)
    if (content.kind === 'locked') throw new CliError(`${path} is encrypted: --passphrase-file FILE opens it`, 1)
    if (content.kind === 'plain' && reportProfile(content.bytes, crypto).damageCount === 0) {
      if (!repairStore(path, await asked)) console.log(`${path} is sound: nothing to repair.`)
      return 0
    }
    // As damaged: saving then keeps it aside.
    file.load(() => false)
    const mustBeEncrypted = main !== undefined && isEncrypted(main)
    const backup = await newestSound([file.backupPath, `${file.path}.tmp`], { seal, crypto, mustBeEncrypted })
    if (backup !== undefined) {
      await file.save(backup.bytes)
      console.log(`Repaired: ${path} is again as it was saved at ${backup.savedAt.toISOString()} (${backup.path}).`)
    } else {
      const rest = content.kind === 'plain' ? salvageProfile(content.bytes, crypto) : undefined
      if (rest === undefined) throw new CliError(hopeless(path, mustBeEncrypted), 1)
      const plain = encodeSavedata(rest)
      await file.save(mustBeEncrypted ? (await seal())!.seal(plain) : plain)
      plain.fill(0)
      console.log(`There is no sound backup. ${path} now holds what could be read:`)
      printWho(rest)
    }
    if (main !== undefined) console.log(`The damaged file is kept as ${file.path}.damaged.`)
    repairStore(path, await asked)
    return 0
  } finally {
    opener?.wipe()
    await file.close()
  }
}

function hopeless(path: string, isEncrypted: boolean): string {
  if (isEncrypted) return `${path} can't be repaired: the passphrase is wrong, or there is no sound backup`
  return `${path} can't be repaired: there is no sound backup, and its keys can't be read`
}

interface Backup {
  readonly path: string
  readonly bytes: Uint8Array
  readonly savedAt: Date
}

/** The newest of the files that is a sound profile; under the passphrase, when the damaged one was. */
async function newestSound(
  paths: readonly string[],
  { seal, crypto, mustBeEncrypted }: { seal: AskSeal; crypto: Crypto; mustBeEncrypted: boolean },
): Promise<Backup | undefined> {
  const found: Backup[] = []
  for (const path of paths) {
    const bytes = readQuietly(path)
    if (bytes === undefined || (mustBeEncrypted && !isEncrypted(bytes))) continue
    const content = await contentOf(bytes, seal)
    if (content.kind !== 'plain' || reportProfile(content.bytes, crypto).damageCount > 0) continue
    found.push({ path, bytes, savedAt: statSync(path).mtime })
  }
  return found.sort((a, b) => b.savedAt.getTime() - a.savedAt.getTime())[0]
}

async function encrypt(path: string, values: Values): Promise<number> {
  const crypto = await loadCrypto()
  await rewrite(path, async (bytes) => {
    const from = isEncrypted(bytes) ? await phraseOf(path, values, 'old-passphrase-file', 'Old passphrase') : undefined
    const plain = await plainOf(path, bytes, from, crypto)
    const to = passphraseFromFile(values) ?? (await askNewPassphrase(path))
    const seal = new ProfileSeal(crypto, to)
    return { from, to, next: () => seal.seal(plain), done: () => [seal.wipe(), plain.fill(0)] }
  })
  console.log(`${path} is encrypted. Without its passphrase nobody can open it, you neither.`)
  return 0
}

async function decrypt(path: string, values: Values): Promise<number> {
  const crypto = await loadCrypto()
  await rewrite(path, async (bytes) => {
    if (!isEncrypted(bytes)) throw new CliError(`${path} is not encrypted`, 1)
    const from = await phraseOf(path, values)
    const plain = await plainOf(path, bytes, from, crypto)
    return { from, to: undefined, next: () => plain, done: () => [plain.fill(0)] }
  })
  console.log(`${path} is no longer encrypted: it holds your secret key in the clear.`)
  return 0
}

interface Change {
  /** The passphrase so far, and from now on. */
  readonly from: string | undefined
  readonly to: string | undefined
  next(): Uint8Array
  done(): unknown
}

/** Saves what `change` makes of a profile, twice, for its backup must not stay as it was; its database follows. */
async function rewrite(path: string, change: (bytes: Uint8Array) => Promise<Change>): Promise<void> {
  readExisting(path)
  const file = ProfileFile.open(path)
  try {
    const { from, to, next, done } = await change(readExisting(path))
    const forgetOld = changeStorePassphrase(path, { from, to })
    await file.save(next())
    await file.save(next())
    forgetOld()
    done()
  } finally {
    await file.close()
  }
}

async function plainOf(
  path: string,
  bytes: Uint8Array,
  phrase: string | undefined,
  crypto: Crypto,
): Promise<Uint8Array> {
  const seal = sealWith(phrase, crypto)
  const plain = soundContent(path, await contentOf(bytes, async () => seal), crypto)
  seal?.wipe()
  return plain
}

function soundContent(path: string, content: Content, crypto: Crypto): Uint8Array {
  if (content.kind === 'locked') {
    throw new CliError(`${path} is encrypted: its passphrase is needed, from a terminal or a file`, 1)
  }
  if (content.kind === 'unreadable') throw new CliError(`${path}: the passphrase is wrong, or the file is damaged`, 1)
  if (reportProfile(content.bytes, crypto).savedata !== undefined) return content.bytes
  throw new CliError(`${path} is damaged or is no Tox profile; see toxcore-ts profile check`, 1)
}

async function contentOf(bytes: Uint8Array, seal: AskSeal): Promise<Content> {
  if (!isEncrypted(bytes)) return { kind: 'plain', bytes, wasEncrypted: false }
  const opener = await seal()
  if (opener === undefined) return { kind: 'locked' }
  const plain = opener.open(bytes)
  return plain === undefined ? { kind: 'unreadable' } : { kind: 'plain', bytes: plain, wasEncrypted: true }
}

/** The passphrase of an option's file, else one that is typed; `undefined` when there is neither file nor terminal. */
async function phraseOf(
  path: string,
  values: Values,
  option = 'passphrase-file',
  what = 'Passphrase',
): Promise<string | undefined> {
  const fromFile = passphraseFromFile(values, option)
  if (fromFile !== undefined || !canAsk()) return fromFile
  return askPassphrase(`${what} of ${path}: `)
}

function sealWith(phrase: string | undefined, crypto: Crypto): ProfileSeal | undefined {
  return phrase === undefined ? undefined : new ProfileSeal(crypto, phrase)
}

async function askNewPassphrase(path: string): Promise<string> {
  if (!canAsk()) throw new CliError('a passphrase is needed: --passphrase-file FILE gives it without a terminal', 1)
  const first = await askPassphrase(`New passphrase of ${path}: `)
  if (first === '') throw new CliError('an empty passphrase protects nothing', 1)
  if (first !== (await askPassphrase('The same again: '))) throw new CliError('the two differ', 1)
  return first
}

function readExisting(path: string): Uint8Array {
  const bytes = readProfileBytes(path)
  if (bytes === undefined) throw new CliError(`${path} does not exist, or is empty`, 1)
  return bytes
}

/** A file that cannot be read is no backup. */
function readQuietly(path: string): Uint8Array | undefined {
  try {
    return readProfileBytes(path)
  } catch (error) {
    if (error instanceof ProfileError) return undefined
    throw error
  }
}
