// Writes what is uniform about events: the callbacks of an instance, the structs that hold an event, their getters, and the
// setters of the dispatch table. What is the same for all of them is in capi/library.

import { join } from 'node:path'
import { callbacksHeader, callbacksSource } from './events-callbacks.js'
import { dispatchSource, gettersSource } from './events-getters.js'
import { typesHeader } from './events-types.js'
import { writeIfChanged } from './write.js'

export function generateEvents(folder: string): void {
  writeIfChanged(join(folder, 'callbacks.h'), callbacksHeader())
  writeIfChanged(join(folder, 'callbacks.cc'), callbacksSource())
  writeIfChanged(join(folder, 'event_types.h'), typesHeader())
  writeIfChanged(join(folder, 'event_getters.cc'), gettersSource())
  writeIfChanged(join(folder, 'dispatch_callbacks.cc'), dispatchSource())
}
