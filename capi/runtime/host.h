// What the core's script and the library's calls share. Guarded by the lock of entry.h.
#ifndef TOXCORE_TS_RUNTIME_HOST_H
#define TOXCORE_TS_RUNTIME_HOST_H

#include <memory>

#include <v8.h>

#include "runtime.h"

struct Host {
  Word words[FRAME_WORDS] = {};
  RuntimeRandom *random = nullptr;
  // call(function, instance): true when the core did not fail within.
  // Eternal, as all here lives on when the process ends: at its exit other threads may still be inside.
  v8::Eternal<v8::Function> call;
  // reserve(size): makes the block at least so large and keeps what it holds.
  v8::Eternal<v8::Function> reserve;
  std::shared_ptr<v8::BackingStore> &block = *new std::shared_ptr<v8::BackingStore>;
};

extern Host host;

#endif
