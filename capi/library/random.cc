#include "random.h"

#include <sodium.h>

#include <map>

#include "system.h"

namespace {

// By instance; only those with a generator of their own. Guarded by the core's lock.
std::map<uint32_t, const Random *> &generators() {
  static auto *all = new std::map<uint32_t, const Random *>;
  return *all;
}

}  // namespace

void injected_random(uint32_t instance, uint8_t *target, size_t size) {
  const auto found = generators().find(instance);
  if (found == generators().end()) {
    randombytes_buf(target, size);
  } else {
    found->second->funcs->bytes(found->second->object, target, size);
  }
}

void inject_random(uint32_t instance, const Random *generator) {
  if (generator == nullptr) {
    generators().erase(instance);
  } else {
    generators()[instance] = generator;
  }
}
