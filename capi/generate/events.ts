// Writes what is uniform about events: the callbacks of an instance, the structs that hold an event, their getters, and the
// setters of the dispatch table. What is the same for all of them is in capi/library. Run it alone with
// `node --import tsx capi/generate/events.ts [FOLDER]`.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EVENTS, EVENTS_OF_0_2_18, type EventRow, PACKET_EVENTS } from '../table/events.js'
import { callbacksHeader, callbacksSource } from './events-callbacks.js'
import { dispatchSource, getters, gettersSource } from './events-getters.js'
import { typesHeader } from './events-types.js'

export function generateEvents(folder: string): void {
  const files = {
    'callbacks.h': callbacksHeader(),
    'callbacks.cc': callbacksSource(),
    'event_types.h': typesHeader(),
    'event_getters.cc': gettersSource(),
    'dispatch_callbacks.cc': dispatchSource(),
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeIfChanged(join(folder, name), text)
}

/** A file that stays as it was is not compiled again. */
function writeIfChanged(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return
  } catch {}
  writeFileSync(path, text)
}

/** The exported functions that the generated files define. */
export function generatedEventFunctions(): string[] {
  const rows: readonly EventRow[] = EVENTS
  return rows.flatMap((event) => [
    `tox_callback_${event.name}`,
    ...(event.name in PACKET_EVENTS ? [`tox_callback_${event.name}_per_pktid`] : []),
    `tox_event_get_${event.name}`,
    ...getters(event).map((getter) => getter.name),
    `tox_events_callback_${event.name}`,
    ...(event.number < EVENTS_OF_0_2_18 ? [`tox_events_get_${event.name}`, `tox_events_get_${event.name}_size`] : []),
  ])
}

/** The exported functions about events that capi/library defines by hand. */
export const WRITTEN_EVENT_FUNCTIONS = [
  'tox_dispatch_free',
  'tox_dispatch_invoke',
  'tox_dispatch_new',
  'tox_event_get_type',
  'tox_events_bytes_size',
  'tox_events_dispatch',
  'tox_events_equal',
  'tox_events_free',
  'tox_events_get',
  'tox_events_get_bytes',
  'tox_events_get_size',
  'tox_events_init',
  'tox_events_iterate',
  'tox_events_load',
] as const

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  generateEvents(process.argv[2] ?? 'build/capi/generated')
}
