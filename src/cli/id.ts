// `toxcore-ts id`: makes, shows, verifies and converts Tox IDs and keys. It never touches the network and never prints a
// secret key: what is shown on a screen ends in a log or a screenshot.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { ProfileSeal } from '../api/profile-seal.js'
import { readSavedata } from '../api/runtime.js'
import { fromHex, fromUtf8, toHex } from '../base/index.js'
import { type LongTermPublicKey, loadCrypto } from '../crypto/index.js'
import { encodeSavedata, freshSavedata, type Savedata } from '../tox/savedata.js'
import { formatToxId, parseToxId, type ToxId, type ToxIdError } from '../tox/tox-id.js'
import { CliError, type Command, systemReason, type Values } from './command.js'
import { passphraseOption } from './passphrase.js'
import { withPassphrase } from './profile-dir.js'
import { harmless, showToxId, toxIdQrCode } from './terminal.js'

const MISTAKES: Readonly<Record<ToxIdError, (text: string) => string>> = {
  'bad-length': (text) =>
    `a Tox ID has 76 digits, this has ${text.length}${text.length === 64 ? ': a public key alone?' : ''}`,
  'bad-hex': (text) => `'${harmless(/[^0-9a-fA-F]/.exec(text)?.[0] ?? '')}' is no hexadecimal digit`,
  'bad-checksum': () => 'the checksum is wrong: a digit was mistyped',
}

type Action = (operands: readonly string[], values: Values) => Promise<void>

const ACTIONS: Readonly<Record<string, { operands: readonly string[]; run: Action }>> = {
  new: { operands: ['PROFILE'], run: makeProfile },
  show: { operands: ['PROFILE'], run: showProfile },
  verify: { operands: ['TOX-ID'], run: verify },
  convert: { operands: ['TOX-ID | PUBLIC-KEY'], run: convert },
}

export const id: Command = {
  name: 'id',
  summary: 'Makes, shows, verifies and converts Tox IDs and keys.',
  operands: 'ACTION OPERAND',
  operandCount: [1, 2],
  options: {
    nospam: { value: 'HEX', help: 'with convert: the nospam (8 hex digits) to make a Tox ID of a public key' },
    ...passphraseOption,
    qr: { help: 'show the Tox ID as a QR code as well' },
  },
  details: [
    'Actions:',
    '  new PROFILE       make a new identity in the file PROFILE (a .tox file) and print its Tox ID',
    '  show PROFILE      print the Tox ID, keys and name that a .tox file holds (never the secret key)',
    '  verify TOX-ID     say whether a Tox ID is sound; exit code 1 and the reason when it is not',
    '  convert TOX-ID    print the public key, nospam and checksum of a Tox ID',
    '  convert KEY       print the Tox ID of a public key, with --nospam HEX (default 00000000)',
  ].join('\n'),
  async run(values) {
    const [name = '', ...operands] = values.positionals
    const action = ACTIONS[name]
    if (action === undefined) throw new CliError(`unknown action '${name}': ${Object.keys(ACTIONS).join(', ')}`)
    if (operands.length === 0)
      throw new CliError(`too few arguments: toxcore-ts id ${name} ${action.operands.join(' ')}`)
    await action.run(operands, values)
    return 0
  },
}

async function makeProfile([path]: readonly string[], values: Values): Promise<void> {
  if (existsSync(path!)) throw new CliError(`${path} exists already; a new identity never replaces a profile`, 1)
  const savedata = freshSavedata(await loadCrypto())
  try {
    writeFileSync(path!, encodeSavedata(savedata), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new CliError(`cannot write ${path}: ${systemReason(error)}`, 1)
  }
  print(formatToxId({ publicKey: savedata.longTerm.publicKey, nospam: savedata.nospam }), values)
}

async function showProfile([path]: readonly string[], values: Values): Promise<void> {
  const { nospam, longTerm, name, statusMessage, friends } = await readProfile(path!, values)
  print(formatToxId({ publicKey: longTerm.publicKey, nospam }), values)
  console.log(`public key      ${toHex(longTerm.publicKey)}`)
  console.log(`nospam          ${toHex(nospam)}`)
  console.log(`name            ${harmless(fromUtf8(name))}`)
  console.log(`status message  ${harmless(fromUtf8(statusMessage))}`)
  console.log(`friends         ${friends.length}`)
}

async function readProfile(path: string, values: Values): Promise<Savedata> {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${systemReason(error)}`, 1)
  }
  const crypto = await loadCrypto()
  return withPassphrase(path, values, async (passphrase) => {
    const seal = passphrase === undefined ? undefined : new ProfileSeal(crypto, passphrase)
    try {
      return readSavedata(bytes, crypto, { path, seal })
    } finally {
      seal?.wipe()
    }
  })
}

async function verify([text]: readonly string[], values: Values): Promise<void> {
  print(formatToxId(soundToxId(text!)), values)
}

async function convert([text]: readonly string[], values: Values): Promise<void> {
  const bare = withoutScheme(text!)
  if (bare.length === 64) {
    const publicKey = fromHex(bare) as LongTermPublicKey | undefined
    if (publicKey === undefined) throw new CliError(MISTAKES['bad-hex'](bare), 1)
    return print(formatToxId({ publicKey, nospam: nospamOf(values) }), values)
  }
  const { publicKey, nospam, checksum } = soundToxId(bare)
  console.log(`public key  ${toHex(publicKey)}`)
  console.log(`nospam      ${toHex(nospam)}`)
  console.log(`checksum    ${toHex(checksum)}`)
  if (values.has('nospam')) print(formatToxId({ publicKey, nospam: nospamOf(values) }), values)
}

function nospamOf(values: Values): Uint8Array {
  const nospam = fromHex(values.text('nospam') ?? '00000000')
  if (nospam?.length !== 4) throw new CliError('option --nospam wants 8 hexadecimal digits')
  return nospam
}

/** A Tox ID as typed, without the `tox:` of links. CliError tells what is wrong with it. */
export function checkToxId(text: string): string {
  return formatToxId(soundToxId(text))
}

function soundToxId(text: string): ToxId {
  const bare = withoutScheme(text)
  const parsed = parseToxId(bare)
  if (!parsed.ok) throw new CliError(MISTAKES[parsed.error](bare), 1)
  return parsed.value
}

/** QR codes and links carry `tox:` in front. */
function withoutScheme(text: string): string {
  return text.trim().replace(/^tox:(\/\/)?/i, '')
}

function print(toxId: string, values: Values): void {
  if (values.has('qr')) console.log(`${toxId}\n${toxIdQrCode(toxId)}`)
  else showToxId(toxId)
}
