// The database beside a profile, as `profile check` and `profile repair` see it.

import { existsSync } from 'node:fs'
import { databasePathOf, moveStoreAside, openProfileStore } from '../store/index.js'
import { ToxError } from '../tox/errors.js'
import { harmless } from './terminal.js'

/** SQLite tells up to 100. */
const DATABASE_DAMAGES_SHOWN_MAX = 20

/** Tells what the database beside the profile holds; whether it is sound, or there is none. */
export function checkStore(path: string, phrase: string | undefined): boolean {
  const database = databasePathOf(path)
  if (!existsSync(database)) return true
  const { damages, count } = storeState(path, phrase)
  if (damages.length === 0) console.log(`${database}: sound, ${count} message${count === 1 ? '' : 's'}`)
  for (const damage of damages.slice(0, DATABASE_DAMAGES_SHOWN_MAX)) console.log(`${database}: ${harmless(damage)}`)
  return damages.length === 0
}

/** Moves a damaged database aside; whether it was. */
export function repairStore(path: string, phrase: string | undefined): boolean {
  const database = databasePathOf(path)
  if (!existsSync(database) || !storeState(path, phrase).isDamaged) return false
  console.log(`The database with the history is damaged: moved to ${moveStoreAside(database)}; a new one will be made.`)
  return true
}

interface StoreState {
  readonly damages: readonly string[]
  readonly isDamaged: boolean
  readonly count: number
}

function storeState(path: string, phrase: string | undefined): StoreState {
  try {
    const store = openProfileStore(path, phrase === undefined || phrase === '' ? {} : { passphrase: phrase })
    try {
      const damages = store.check()
      return { damages, isDamaged: damages.length > 0, count: damages.length > 0 ? 0 : store.history.count() }
    } finally {
      store.close()
    }
  } catch (error) {
    if (!(error instanceof ToxError)) throw error
    return { damages: [error.message], isDamaged: error.code === 'TOX_ERR_TS_STORE_DAMAGED', count: 0 }
  }
}
