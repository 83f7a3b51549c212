// The runtime inside this library: opened by the first call that needs it, and never closed.
#ifndef TOXCORE_TS_CORE_H
#define TOXCORE_TS_CORE_H

#include <string>

#include "../runtime/runtime.h"

// Starts the runtime where it does not run yet. Empty when it runs, else why it does not.
std::string start_core();

// Valid once start_core() has returned an empty text.
const Runtime &core();

#endif
