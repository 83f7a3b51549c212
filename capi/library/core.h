// The runtime inside this library: opened by the first call that needs it, and never closed.
#ifndef TOXCORE_TS_CORE_H
#define TOXCORE_TS_CORE_H

#include "../runtime/runtime.h"

// Starts the runtime where it does not run yet. NULL when it runs, else why it cannot: the same answer for ever after.
const char *start_core();

// Valid once start_core() has returned NULL.
const Runtime &core();

#endif
