// `toxcore-ts import`: takes over the profile of another Tox client: toxic, qTox and all others on c-toxcore keep the same
// `.tox` file. Their own histories are not in it.

import { existsSync } from 'node:fs'
import { ProfileSeal } from '../api/profile-seal.js'
import { readSavedata } from '../api/runtime.js'
import { fromUtf8 } from '../base/index.js'
import { loadCrypto } from '../crypto/index.js'
import { ProfileError } from '../host/profile-error.js'
import { ProfileFile, readProfileBytes } from '../host/profile-file.js'
import type { Savedata } from '../tox/savedata.js'
import { formatToxId } from '../tox/tox-id.js'
import { CliError, type Command } from './command.js'
import { ownProfileOptions, ownProfilePath, withPassphrase } from './profile-dir.js'
import { harmless } from './terminal.js'

export const importProfile: Command = {
  name: 'import',
  summary: 'Takes over the profile (.tox file) of toxic, qTox or another Tox client.',
  operands: 'FILE',
  operandCount: [1, 1],
  options: ownProfileOptions,
  details: [
    'FILE stays as it is. An encrypted profile stays encrypted, with the same passphrase. Use one of the two programs at a',
    'time: two that are the same person at once confuse their friends. Typical places: ~/.config/tox/NAME.tox (qTox),',
    '~/.config/tox/toxic_profile.tox (toxic).',
  ].join('\n'),
  async run(values) {
    const path = values.positionals[0]!
    try {
      const bytes = readProfileBytes(path)
      if (bytes === undefined) throw new CliError(`${path} does not exist, or is empty`, 1)
      const savedata = await readable(path, bytes, (open) => withPassphrase(path, values, open))
      const target = ownProfilePath(values)!
      await keep(target, bytes)
      console.log(formatToxId({ publicKey: savedata.longTerm.publicKey, nospam: savedata.nospam }))
      const { length } = savedata.friends
      const who = `${harmless(fromUtf8(savedata.name)) || '(no name)'}, ${length} friend${length === 1 ? '' : 's'}`
      console.log(`${who}: imported into ${target}`)
      return 0
    } catch (error) {
      if (error instanceof ProfileError) throw new CliError(error.message, 1)
      throw error
    }
  },
}

type WithPassphrase = (open: (passphrase: string | undefined) => Promise<Savedata>) => Promise<Savedata>

/** What the profile holds, by way of its passphrase. Rejects with ToxError when it cannot be loaded. */
async function readable(path: string, bytes: Uint8Array, withPhrase: WithPassphrase): Promise<Savedata> {
  const crypto = await loadCrypto()
  return withPhrase(async (passphrase) => {
    const seal = passphrase === undefined ? undefined : new ProfileSeal(crypto, passphrase)
    try {
      return readSavedata(bytes, crypto, { path, seal })
    } finally {
      seal?.wipe()
    }
  })
}

/** Saves the bytes as a profile, where there is none. */
async function keep(target: string, bytes: Uint8Array): Promise<void> {
  const file = ProfileFile.open(target)
  try {
    if (existsSync(target) || existsSync(file.backupPath)) {
      throw new CliError(`${target} exists already; --data DIR names another folder`, 1)
    }
    await file.save(bytes)
  } finally {
    await file.close()
  }
}
