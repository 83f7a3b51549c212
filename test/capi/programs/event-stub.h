// An instance without a core: what happens at its next move, the test says.
#ifndef EVENT_STUB_H
#define EVENT_STUB_H

#include <stddef.h>
#include <stdint.h>
#include <tox/tox.h>

#ifdef __cplusplus
extern "C" {
#endif

Tox *stub_new(void);
// A batch in the format of capi/library/event_batch.h.
void stub_happens(Tox *tox, const uint8_t *batch, size_t size);
// The next move fails as it does when the core fails within.
void stub_fails(void);
// How many instances there are.
int stub_alive(void);

#ifdef __cplusplus
}
#endif

#endif
