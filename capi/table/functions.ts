// The table: every function that libtoxcore.so.2 exports, and the core's own before them. The core knows a function by its
// index among the rows that are 'core'.
import { AV } from './av.js'
import { CONFERENCES } from './conference.js'
import { CORE } from './core.js'
import { EVENT_FUNCTIONS } from './event-functions.js'
import { FILES } from './file.js'
import { FRIENDS } from './friend.js'
import { GROUPS } from './group.js'
import type { FunctionRow, SignatureRow } from './schema.js'
import { SELF } from './self.js'
import { CONSTANTS, ENCRYPTSAVE, INSTANCES, NETWORK, OPTIONS, STRINGS } from './system.js'

export const FUNCTIONS: readonly FunctionRow[] = [
  ...CORE,
  ...INSTANCES,
  ...SELF,
  ...FRIENDS,
  ...FILES,
  ...CONFERENCES,
  ...GROUPS,
  ...AV,
  ...NETWORK,
  ...EVENT_FUNCTIONS,
  ...OPTIONS,
  ...CONSTANTS,
  ...STRINGS,
  ...ENCRYPTSAVE,
]

/** What the core answers, in the order of the functions' numbers. */
export const CORE_FUNCTIONS: readonly SignatureRow[] = FUNCTIONS.filter(
  (row): row is SignatureRow => row.how === 'core',
)

/** What the library exports: everything but the core's own functions. */
export const EXPORTS: readonly FunctionRow[] = FUNCTIONS.filter((row) => !row.name.startsWith('core_'))
