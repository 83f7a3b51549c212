// callbacks.h and callbacks.cc: one pointer for each event of an instance, and the functions that set them.

import { EVENTS, type EventName, PACKET_EVENTS } from '../table/events.js'

export function callbacksHeader(): string {
  return `// Generated from capi/table/events.ts.
// The callbacks that a client set, one for each event. They may change at any moment, in a callback and on another thread.
#ifndef TOXCORE_TS_CALLBACKS_H
#define TOXCORE_TS_CALLBACKS_H

#include <array>
#include <atomic>

#include "tox/tox.h"
#include "tox/tox_private.h"

// One for each packet id that a client may take.
template <class Callback>
using PacketCallbacks = std::array<std::atomic<Callback *>, 256>;

struct Callbacks {
${EVENTS.map(({ name }) => member(name)).join('\n')}
};

#endif
`
}

function member(name: EventName): string {
  if (name in PACKET_EVENTS) return `  PacketCallbacks<tox_${name}_cb> ${name}{};`
  return `  std::atomic<tox_${name}_cb *> ${name}{nullptr};`
}

export function callbacksSource(): string {
  return `// Generated from capi/table/events.ts.
#include "event_types.h"
#include "instance.h"

${EVENTS.map(({ name }) => setter(name)).join('\n')}`
}

function setter(name: EventName): string {
  const packet = PACKET_EVENTS[name]
  const perPacket =
    packet === undefined
      ? ''
      : `
void tox_callback_${name}_per_pktid(Tox *tox, tox_${name}_cb *callback, uint8_t pktid) {
  const bool allowed = (pktid >= ${packet.free[0]} && pktid <= ${packet.free[1]}) || (pktid >= ${packet.calls[0]} && pktid <= ${packet.calls[1]});
  if (tox != nullptr && allowed) tox->callbacks.${name}[pktid].store(callback);
}
`
  return `void tox_callback_${name}(Tox *tox, tox_${name}_cb *callback) {
  if (tox != nullptr) ${structName(name)}::set(tox->callbacks, callback);
}
${perPacket}`
}

/** `Tox_Event_Friend_Message` for `friend_message`. */
export function structName(name: EventName): string {
  return `Tox_Event_${name.replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase())}`
}
