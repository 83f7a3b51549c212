// Where an instance takes time and randomness from: the machine, or what the host injects.
#ifndef TOXCORE_TS_SYSTEM_H
#define TOXCORE_TS_SYSTEM_H

#include "tox/tox_private.h"

// The layout behind the opaque `Random` of both releases.
struct Random_Funcs {
  // The length is size_t in 0.2.18 and uint32_t in 0.2.23: a small number reads the same as either.
  void (*bytes)(void *object, uint8_t *bytes, size_t length);
  uint32_t (*uniform)(void *object, uint32_t upper_bound);
};
struct Random {
  const Random_Funcs *funcs;
  void *object;
};

struct System {
  // As the host gave it; members that it left out are the machine's.
  Tox_System given;
  // NULL: the machine's.
  const Random *rng = nullptr;
};

// Whether the parts that are given can be honoured: clock and randomness always, a network or a memory of the host's own never.
// `has_memory` tells whether the caller's struct has that member (it came with 0.2.23).
bool adopt(const Tox_System &given, bool has_memory, System *system);

double now_ms(const System &system);

#endif
