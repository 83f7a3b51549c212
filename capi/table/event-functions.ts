// The names that the rows of the events make, and those of the functions around them.
import { EVENTS, EVENTS_OF_0_2_18, type EventField, PACKET_EVENTS } from './events.js'
import type { NameRow } from './schema.js'

const AROUND = [
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
  'tox_event_get_type',
  'tox_dispatch_new',
  'tox_dispatch_free',
  'tox_dispatch_invoke',
  // What 0.2.18 calls tox_event_file_recv_chunk_get_data_length.
  'tox_event_file_recv_chunk_get_length',
] as const

function getters(event: string, field: EventField): string[] {
  const name = `tox_event_${event}_get_${field.name}`
  return field.kind === 'data' || field.kind === 'text' ? [name, `${name}_length`] : [name]
}

export const EVENT_FUNCTIONS: readonly NameRow[] = [
  ...EVENTS.map(({ name }) => `tox_callback_${name}`),
  ...Object.keys(PACKET_EVENTS).map((name) => `tox_callback_${name}_per_pktid`),
  ...EVENTS.map(({ name }) => `tox_events_callback_${name}`),
  ...EVENTS.map(({ name }) => `tox_event_get_${name}`),
  ...EVENTS.flatMap(({ name, fields }) => fields.flatMap((field) => getters(name, field))),
  ...EVENTS.slice(0, EVENTS_OF_0_2_18).flatMap(({ name }) => [`tox_events_get_${name}`, `tox_events_get_${name}_size`]),
  ...AROUND,
].map((name) => ({ name, how: 'event' }))
