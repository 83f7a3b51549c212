// tox_iterate: one step of the core under the locks, then the host's callbacks on its own thread with no lock held.

#include <utility>

#include "core_call.h"
#include "events.h"
#include "tox/tox_private.h"

namespace {

// A larger batch is given back: nobody needs room for a burst for ever.
constexpr size_t kKeptBytes = 64 * 1024;

}  // namespace

bool iterate_core(Tox *tox, std::vector<uint8_t> &batch) {
  batch.clear();
  CoreCall call(Function::core_iterate, tox);
  if (!call.run()) return false;
  batch.assign(call.out(), call.out() + call.out_size());
  return true;
}

extern "C" void tox_iterate(Tox *tox, void *user_data) {
  if (tox == nullptr) return;
  // Kept for the next time: a busy loop should not allocate. A callback may iterate another instance meanwhile.
  static thread_local std::vector<uint8_t> spare;
  std::vector<uint8_t> batch = std::move(spare);
  tox->holders.fetch_add(1);
  if (iterate_core(tox, batch) && !batch.empty()) deliver_events(tox, batch.data(), batch.size(), user_data);
  release(tox);
  if (batch.capacity() <= kKeptBytes) spare = std::move(batch);
}

extern "C" void tox_iterate_with_options(Tox *tox, const Tox_Iterate_Options *, void *user_data) {
  tox_iterate(tox, user_data);
}
