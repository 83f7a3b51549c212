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

export interface Area {
  /** As in `wrappers_<name>.cc`. */
  readonly name: string
  readonly title: string
  readonly rows: readonly FunctionRow[]
}

export const AREAS: readonly Area[] = [
  { name: 'core', title: 'The core of the library', rows: CORE },
  { name: 'instances', title: 'Instances', rows: INSTANCES },
  { name: 'self', title: 'Self', rows: SELF },
  { name: 'friends', title: 'Friends', rows: FRIENDS },
  { name: 'files', title: 'File transfers', rows: FILES },
  { name: 'conferences', title: 'Conferences', rows: CONFERENCES },
  { name: 'groups', title: 'Groups', rows: GROUPS },
  { name: 'av', title: 'Calls', rows: AV },
  { name: 'network', title: 'Network', rows: NETWORK },
  { name: 'events', title: 'Events', rows: EVENT_FUNCTIONS },
  { name: 'options', title: 'Options', rows: OPTIONS },
  { name: 'constants', title: 'Constants', rows: CONSTANTS },
  { name: 'strings', title: 'Words for enums', rows: STRINGS },
  { name: 'encryptsave', title: 'Encryption of profiles', rows: ENCRYPTSAVE },
]

export const FUNCTIONS: readonly FunctionRow[] = AREAS.flatMap((area) => area.rows)

/** What the core answers, in the order of the functions' numbers. */
export const CORE_FUNCTIONS: readonly SignatureRow[] = FUNCTIONS.filter(
  (row): row is SignatureRow => row.how === 'core',
)

/** What the library exports: everything but the core's own functions. */
export const EXPORTS: readonly FunctionRow[] = FUNCTIONS.filter((row) => !row.name.startsWith('core_'))
