// C programs that know every event, written from the table: one tells packed lists, one tells what its callbacks hear.

import {
  dispatchOrderOf0218,
  EVENTS,
  EVENTS_OF_0_2_18,
  type EventField,
  type EventRow,
} from '../../capi/table/events.js'
import type { Release } from './event-library.js'

const structName = (name: string) => `Tox_Event_${name.replace(/(^|_)[a-z]/g, (letter) => letter.toUpperCase())}`

const known = (release: Release): readonly EventRow[] =>
  release === 'current' ? EVENTS : EVENTS.slice(0, EVENTS_OF_0_2_18)

const HEAD = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/tox.h>
#include <tox/tox_dispatch.h>
#include <tox/tox_events.h>

#include "event-lines.h"
`

/** Reads packed lists, one in a line of hex, and tells of each what its getters say and how it packs again. */
export function tellerOfLists(release: Release): string {
  const calls =
    release === 'current'
      ? {
          load: 'tox_events_load(NULL, bytes, size)',
          equal: 'tox_events_equal(NULL, events, events)',
          tell: currentList(),
        }
      : { load: 'tox_events_load(bytes, size)', equal: 'tox_events_equal(events, events)', tell: listsOf0218() }
  return `${HEAD}
${known(release).map(tellFields).join('\n')}
static void tell_list(const Tox_Events *events) {
${calls.tell}
}

${dispatchCallbacks(release)}
int main(void) {
  Tox_Dispatch *dispatch = tox_dispatch_new(NULL);
${known(release)
  .map(({ name }) => `  tox_events_callback_${name}(dispatch, on_${name});`)
  .join('\n')}
  uint8_t *bytes;
  uint32_t size;
  while (read_line(&bytes, &size)) {
    Tox_Events *events = ${calls.load};
    if (events == NULL) {
      puts("refused");
    } else {
      tell_list(events);
      tell_dispatched(dispatch, events);
      const uint32_t packed_size = tox_events_bytes_size(events);
      uint8_t *packed = malloc(packed_size);
      tox_events_get_bytes(events, packed);
      printf("%s packed", ${calls.equal} ? "equal" : "DIFFERENT");
      tell_bytes("", packed, packed_size);
      printf("\\n");
      free(packed);
    }
    tox_events_free(events);
    free(bytes);
  }
  tox_dispatch_free(dispatch);
  return 0;
}
`
}

function tellFields(event: EventRow): string {
  return `static void tell_${event.name}(const ${structName(event.name)} *event) {
  printf("${event.name}");
${event.fields.map((field) => `  ${tellField(event.name, field)}`).join('\n')}
  printf("\\n");
}
`
}

function tellField(name: string, field: EventField): string {
  const get = `tox_event_${name}_get_${field.name}`
  switch (field.kind) {
    case 'scalar':
    case 'enum':
      return `printf(" ${field.name}=%llu", (unsigned long long)${get}(event));`
    case 'fixed':
      return `tell_bytes(" ${field.name}=", ${get}(event), ${field.size});`
    case 'text':
      return `tell_text(" ${field.name}=", ${get}(event), ${get}_length(event));`
    case 'data': {
      // The one getter that both releases name otherwise.
      const length = name === 'file_recv_chunk' ? 'FILE_RECV_CHUNK_LENGTH' : `${get}_length`
      return `tell_bytes(" ${field.name}=", ${get}(event), ${length}(event));`
    }
  }
}

/** Every event, asked for by every type: only its own may answer. */
function currentList(): string {
  return `  printf("%u events\\n", tox_events_get_size(events));
  for (uint32_t i = 0; i < tox_events_get_size(events); i += 1) {
    const Tox_Event *event = tox_events_get(events, i);
${EVENTS.map(
  ({
    name,
    number,
  }) => `    if ((tox_event_get_type(event) == ${number}) != (tox_event_get_${name}(event) != NULL)) abort();
    if (tox_event_get_${name}(event) != NULL) tell_${name}(tox_event_get_${name}(event));`,
).join('\n')}
  }
  if (tox_events_get(events, tox_events_get_size(events)) != NULL) abort();`
}

function listsOf0218(): string {
  return dispatchOrderOf0218()
    .map(
      (name) => `  for (uint32_t i = 0; i < tox_events_get_${name}_size(events); i += 1) {
    tell_${name}(tox_events_get_${name}(events, i));
  }`,
    )
    .join('\n')
}

function dispatchCallbacks(release: Release): string {
  const tox = release === 'current' ? '' : 'Tox *tox, '
  const check = release === 'current' ? '' : '  if (tox != A_TOX) abort();\n'
  const invoke =
    release === 'current'
      ? 'tox_dispatch_invoke(dispatch, events, &calls);'
      : 'tox_dispatch_invoke(dispatch, events, A_TOX, &calls);'
  return `#define A_TOX ((Tox *)(void *)&main)
int main(void);

${known(release)
  .map(
    ({ name }) => `static void on_${name}(${tox}const ${structName(name)} *event, void *user_data) {
${check}  *(int *)user_data += 1;
  tell_${name}(event);
}
`,
  )
  .join('\n')}
static void tell_dispatched(Tox_Dispatch *dispatch, const Tox_Events *events) {
  int calls = 0;
  ${invoke}
  printf("%d dispatched\\n", calls);
}
`
}

/** Reads batches of the core, one in a line of hex, and tells what the callbacks of the instance hear. */
export function tellerOfCallbacks(): string {
  return `${HEAD}
#include <tox/tox_private.h>

#include "event-stub.h"

${EVENTS.map(onEvent).join('\n')}
int main(void) {
  Tox *tox = stub_new();
${EVENTS.map(({ name }) => `  tox_callback_${name}(tox, on_${name});`).join('\n')}
  uint8_t *bytes;
  uint32_t size;
  while (read_line(&bytes, &size)) {
    int calls = 0;
    stub_happens(tox, bytes, size);
    free(bytes);
    tox_iterate(tox, &calls);
    printf("%d calls\\n", calls);
  }
  tox_kill(tox);
  return 0;
}
`
}

function onEvent(event: EventRow): string {
  return `static void on_${event.name}(Tox *tox, ${event.fields.flatMap(parameter).join(', ')}, void *user_data) {
  if (tox == NULL) abort();
  *(int *)user_data += 1;
  printf("${event.name}");
${event.fields.map((field) => `  ${tellParameter(event.name, field)}`).join('\n')}
  printf("\\n");
}
`
}

function parameter(field: EventField): string[] {
  switch (field.kind) {
    case 'scalar':
      // The one number that a callback takes in another type than its getter gives.
      return [`${field.name === 'length' ? 'size_t' : field.type} ${field.name}`]
    case 'enum':
      return [`${field.type} ${field.name}`]
    case 'fixed':
      return [`const uint8_t *${field.name}`]
    case 'text':
      return [`const char *${field.name}`, `uint32_t ${field.name}_length`]
    case 'data':
      return [`const uint8_t *${field.name}`, `size_t ${field.name}_length`]
  }
}

function tellParameter(event: string, field: EventField): string {
  switch (field.kind) {
    case 'scalar':
    case 'enum':
      return `printf(" ${field.name}=%llu", (unsigned long long)${field.name});`
    case 'fixed':
      return `tell_bytes(" ${field.name}=", ${field.name}, ${field.size});`
    case 'text':
      return `tell_text(" ${field.name}=", ${field.name}, ${field.name}_length);`
    case 'data': {
      const absent = event === 'file_recv_chunk' ? `${field.name}_length == 0` : 'false'
      return `if ((${field.name} == NULL) != (${absent})) abort();
  tell_bytes(" ${field.name}=", ${field.name}, ${field.name}_length);`
    }
  }
}
