// tox_iterate: one step of the core under the locks, then the host's callbacks on its own thread with no lock held.

#include <poll.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core_call.h"
#include "events.h"
#include "tox/tox_private.h"

namespace {

// A larger batch is given back after so many quiet steps: nobody needs room for a burst for ever, but while a file comes every
// other step is quiet.
constexpr size_t kKeptBytes = 64 * 1024;
constexpr unsigned kQuietSteps = 64;

// How long a client may sleep at most.
constexpr uint32_t kMaxIntervalMs = 50;

// For how many milliseconds from now only a packet can change anything; 0 where the core must be asked, and with a clock of
// the host's own, which each call asks once. Under the instance's lock.
double rest_left(const Tox *tox) {
  if (tox->system.given.mono_time_callback != nullptr) return 0;
  const double now = now_ms(tox->system);
  return now >= tox->rest.from ? std::max(0.0, tox->rest.until - now) : 0;
}

// A client polls twenty times a second, and by then the core's code and data have left the processor's caches: to find out
// in there that nothing is to be done takes far longer than to find it out here.
bool is_idle(const Tox *tox) {
  const std::lock_guard lock(tox->mutex);
  if (rest_left(tox) <= 0) return false;
  pollfd socket = {tox->rest.socket, POLLIN, 0};
  return socket.fd < 0 || poll(&socket, 1, 0) == 0;
}

}  // namespace

bool iterate_core(Tox *tox, std::vector<uint8_t> &batch) {
  batch.clear();
  if (is_idle(tox)) return true;
  CoreCall call(Function::core_iterate, tox);
  if (!call.run()) return false;
  batch.assign(call.out(), call.out() + call.out_size());
  return true;
}

extern "C" void tox_iterate(Tox *tox, void *user_data) {
  if (tox == nullptr) return;
  // Kept for the next time: a busy loop should not allocate. A callback may iterate another instance meanwhile.
  static thread_local std::vector<uint8_t> spare;
  static thread_local unsigned quiet_steps = 0;
  std::vector<uint8_t> batch = std::move(spare);
  const Hold hold(tox);
  if (iterate_core(tox, batch) && !batch.empty()) deliver_events(tox, batch.data(), batch.size(), user_data);
  quiet_steps = batch.empty() ? quiet_steps + 1 : 0;
  if (batch.capacity() <= kKeptBytes || quiet_steps < kQuietSteps) spare = std::move(batch);
}

extern "C" uint32_t tox_iteration_interval(const Tox *tox) {
  if (tox == nullptr) return kMaxIntervalMs;
  {
    const std::lock_guard lock(tox->mutex);
    const double left = rest_left(tox);
    if (left > 0) return static_cast<uint32_t>(std::ceil(std::min(left, double{kMaxIntervalMs})));
  }
  CoreCall call(Function::core_iteration_interval, tox);
  return call.run() ? static_cast<uint32_t>(call.value()) : kMaxIntervalMs;
}

extern "C" void tox_iterate_with_options(Tox *tox, const Tox_Iterate_Options *, void *user_data) {
  tox_iterate(tox, user_data);
}
