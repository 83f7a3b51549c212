// All functions of the core by their C names; each has a row in capi/table.

import type { Core } from '../core.js'
import type { CoreFunctions } from '../dispatcher.js'
import { conferenceFunctions } from './conferences.js'
import { fileFunctions } from './files.js'
import { friendFunctions } from './friends.js'
import { instanceFunctions } from './instances.js'
import { networkFunctions } from './network.js'
import { selfFunctions } from './self.js'
import { talkFunctions } from './talk.js'

export function coreFunctions(core: Core): CoreFunctions {
  return {
    ...instanceFunctions(core),
    ...selfFunctions,
    ...friendFunctions,
    ...talkFunctions,
    ...fileFunctions,
    ...conferenceFunctions,
    ...networkFunctions,
  }
}
