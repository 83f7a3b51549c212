#include "system.h"

#include <sodium.h>
#include <time.h>

#include "tox/tox.h"

// The machine's network and memory. They have no members that anybody may call: a host passes them on unchanged.
struct Network {
  const void *funcs;
  void *object;
};
struct Memory {
  const void *funcs;
  void *object;
};

namespace {

const Random_Funcs kMachineRandomFuncs = {
    [](void *, uint8_t *bytes, size_t length) { randombytes_buf(bytes, length); },
    [](void *, uint32_t upper_bound) { return randombytes_uniform(upper_bound); },
};
const Random kMachineRandom = {&kMachineRandomFuncs, nullptr};
const Network kMachineNetwork = {nullptr, nullptr};
const Memory kMachineMemory = {nullptr, nullptr};

}  // namespace

bool adopt(const Tox_System &given, bool has_memory, System *system) {
  if (given.ns != nullptr && given.ns != &kMachineNetwork) return false;
  if (has_memory && given.mem != nullptr && given.mem != &kMachineMemory) return false;
  system->given = tox_default_system();
  system->given.mono_time_callback = given.mono_time_callback;
  system->given.mono_time_user_data = given.mono_time_user_data;
  if (given.rng != nullptr) system->given.rng = given.rng;
  system->rng = system->given.rng == &kMachineRandom ? nullptr : system->given.rng;
  return true;
}

double now_ms(const System &system) {
  const Tox_System &given = system.given;
  if (given.mono_time_callback != nullptr) {
    return static_cast<double>(given.mono_time_callback(given.mono_time_user_data));
  }
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

extern "C" Tox_System tox_default_system(void) {
  return {nullptr, nullptr, &kMachineRandom, &kMachineNetwork, &kMachineMemory};
}
