// A program that saves a profile over and over until it is killed. Each state is a number and a body that follows from it,
// so that a torn state shows. `argv`: path, how often, and whether to ask for scheduled saves.

import { writeSync } from 'node:fs'
import { ProfileFile } from '../../src/host/profile-file.js'
import { stateNumber, stateOf } from './profile-state.js'

async function main(path: string): Promise<void> {
  const profile = ProfileFile.open(path)
  const found = profile.load((bytes) => stateNumber(bytes) !== undefined)
  let number = found === undefined ? 0 : stateNumber(found)!
  writeSync(1, `open ${number}\n`)
  for (;;) {
    number++
    await profile.save(stateOf(number))
    writeSync(1, `saved ${number}\n`)
  }
}

main(process.argv[2]!).catch((error: unknown) => {
  writeSync(1, `error ${(error as { code?: string }).code} ${String(error)}\n`)
  process.exit(3)
})
