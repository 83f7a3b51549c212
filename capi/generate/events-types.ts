// event_types.h: one struct for each event, which knows its fields, its callback and how to call it.

import {
  dispatchOrderOf0218,
  EVENT_ENUMS,
  EVENTS,
  EVENTS_OF_0_2_18,
  type EventField,
  type EventName,
  type EventRow,
  PACKET_EVENTS,
  packedOrderOf0218,
} from '../table/events.js'
import { structName } from './events-callbacks.js'

export function typesHeader(): string {
  return `// Generated from capi/table/events.ts.
#ifndef TOXCORE_TS_EVENT_TYPES_H
#define TOXCORE_TS_EVENT_TYPES_H

#include <variant>

#include "callbacks.h"
#include "event_fields.h"
#include "tox/tox_events.h"

namespace events {

${Object.entries(EVENT_ENUMS)
  .map(([type, last]) => `template <>\ninline constexpr uint32_t ENUMERATORS<${type}> = ${last} + 1;`)
  .join('\n')}

}  // namespace events

${EVENTS.map(struct).join('\n')}
namespace events {

// The place of an event's struct is the number of its Tox_Event_Type.
using AnyEvent = std::variant<
${EVENTS.map(({ name }) => `    ${structName(name)}`).join(',\n')}>;

// Release 0.2.18 knows the types below this number, and holds the events of each type apart: these are the orders of the
// types in what it packs and in what it dispatches.
inline constexpr uint32_t TYPES_OF_0_2_18 = ${EVENTS_OF_0_2_18};
inline constexpr Tox_Event_Type PACKED_ORDER_OF_0_2_18[] = {
${order(packedOrderOf0218())}
};
inline constexpr Tox_Event_Type DISPATCH_ORDER_OF_0_2_18[] = {
${order(dispatchOrderOf0218())}
};

}  // namespace events

#endif
`
}

function order(names: readonly EventName[]): string {
  return names.map((name) => `    TOX_EVENT_${name.toUpperCase()},`).join('\n')
}

function struct(event: (typeof EVENTS)[number]): string {
  const fields: readonly EventField[] = event.fields
  return `struct ${structName(event.name)} {
  using Callback = tox_${event.name}_cb;
  static constexpr Tox_Event_Type TYPE = TOX_EVENT_${event.name.toUpperCase()};
  static constexpr uint32_t FIELDS = ${fields.length};

${fields.map((field) => `  ${fieldType(field)} ${field.name}{};`).join('\n')}

  template <class Event, class Visit>
  static bool each(Event &event, Visit &&visit) {
    return ${fields.map((field) => `visit(event.${field.name})`).join(' && ')};
  }
${slot(event)}
  void call(Callback *callback, Tox *tox, void *user_data) const {
    callback(tox, ${fields.flatMap(callArguments).join(', ')}, user_data);
  }
};
`
}

function fieldType(field: EventField): string {
  switch (field.kind) {
    case 'scalar':
      return field.type
    case 'enum':
      return `events::EnumField<${field.type}>`
    case 'data':
      return 'events::Bytes'
    case 'fixed':
      return `events::FixedBytes<${field.size}>`
    case 'text':
      return 'events::Text'
  }
}

/** Where the callback stands: for custom packets, at the packet's id. */
function slot({ name, fields }: EventRow & { name: EventName }): string {
  const packet = PACKET_EVENTS[name]
  if (packet === undefined) {
    return `
  Callback *callback(const Callbacks &callbacks) const { return callbacks.${name}.load(); }
  static void set(Callbacks &callbacks, Callback *callback) { callbacks.${name}.store(callback); }
`
  }
  const [first, last] = packet.free
  const data = fields.find((field) => field.kind === 'data')?.name
  return `
  Callback *callback(const Callbacks &callbacks) const {
    return ${data}.size == 0 ? nullptr : callbacks.${name}[${data}.data[0]].load();
  }
  static void set(Callbacks &callbacks, Callback *callback) {
    for (int id = ${first}; id <= ${last}; id += 1) callbacks.${name}[id].store(callback);
  }
`
}

function callArguments(field: EventField): string[] {
  switch (field.kind) {
    case 'scalar':
    case 'enum':
      return [field.name]
    case 'data':
      return [
        field.nullWhenEmpty ? `${field.name}.size == 0 ? nullptr : ${field.name}.data` : `${field.name}.data`,
        `${field.name}.size`,
      ]
    case 'text':
      return [`${field.name}.data`, `${field.name}.size`]
    case 'fixed':
      return [`${field.name}.data`]
  }
}
