// event_getters.cc: `tox_event_<name>_get_<field>`, `tox_event_get_<name>`, and 0.2.18's `tox_events_get_<name>[_size]`.
// dispatch_callbacks.cc: `tox_events_callback_<name>`.

import { EVENTS, EVENTS_OF_0_2_18, type EventField, type EventName, type EventRow } from '../table/events.js'
import { structName } from './events-callbacks.js'

interface Getter {
  readonly name: string
  readonly returns: string
  /** What it returns, in terms of `event`. */
  readonly value: string
  /** What it returns for no event. */
  readonly none: string
}

/** Names that 0.2.18 gave to getters that are called otherwise today. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  tox_event_file_recv_chunk_get_data_length: 'tox_event_file_recv_chunk_get_length',
}

function getters(event: EventRow): Getter[] {
  const today = event.fields.flatMap((field) => gettersOf(`tox_event_${event.name}_get_${field.name}`, field))
  const old = today.flatMap((getter) => {
    const name = OLD_NAMES[getter.name]
    return name === undefined ? [] : [{ ...getter, name }]
  })
  return [...today, ...old]
}

function gettersOf(name: string, field: EventField): Getter[] {
  const value = `event->${field.name}`
  const length = { name: `${name}_length`, returns: 'uint32_t ', value: `${value}.size`, none: '0' }
  switch (field.kind) {
    case 'scalar':
    case 'enum':
      return [{ name, returns: `${field.type} `, value, none: `${field.type}()` }]
    case 'fixed':
      return [{ name, returns: 'const uint8_t *', value: `${value}.data`, none: 'nullptr' }]
    case 'data':
      return [{ name, returns: 'const uint8_t *', value: `${value}.data`, none: 'nullptr' }, length]
    case 'text':
      return [{ name, returns: 'const char *', value: `${value}.data`, none: 'nullptr' }, length]
  }
}

export function gettersSource(): string {
  return `// Generated from capi/table/events.ts.
#include "events.h"

extern "C" {

${EVENTS.map((event) => gettersOfEvent(event)).join('\n')}
}  // extern "C"
`
}

function gettersOfEvent(event: EventRow & { name: EventName }): string {
  const type = structName(event.name)
  const fields = getters(event).map(
    ({ name, returns, value, none }) => `${returns}${name}(const ${type} *event) {
  return event == nullptr ? ${none} : ${value};
}
`,
  )
  const single = `const ${type} *tox_event_get_${event.name}(const Tox_Event *event) {
  return event == nullptr ? nullptr : std::get_if<${type}>(&event->of);
}
`
  const list = `uint32_t tox_events_get_${event.name}_size(const Tox_Events *events) {
  return events == nullptr ? 0 : events->count(${type}::TYPE);
}

const ${type} *tox_events_get_${event.name}(const Tox_Events *events, uint32_t index) {
  return events == nullptr ? nullptr : tox_event_get_${event.name}(events->at(${type}::TYPE, index));
}
`
  return [...fields, single, ...(event.number < EVENTS_OF_0_2_18 ? [list] : [])].join('\n')
}

export function dispatchSource(): string {
  return `// Generated from capi/table/events.ts.
#include "dispatch.h"

${EVENTS.map(
  ({ name }) => `void tox_events_callback_${name}(Tox_Dispatch *dispatch, tox_events_${name}_cb *callback) {
  if (dispatch != nullptr) dispatch->set<${structName(name)}>(callback);
}
`,
).join('\n')}`
}
