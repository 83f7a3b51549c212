// The five functions that mean something else in each release: those of 0.2.18. It had a list for each type of events,
// and those follow one another when they are packed, compared and dispatched. The other library has
// events_abi_current.cc.
#define TOXCORE_TS_ABI_0_2_18
#include "dispatch.h"

using namespace events;

const Release events::RELEASE = {TYPES_OF_0_2_18, false};

namespace {

constexpr TypeOrder PACKED = {PACKED_ORDER_OF_0_2_18, std::size(PACKED_ORDER_OF_0_2_18)};
constexpr TypeOrder DISPATCHED = {DISPATCH_ORDER_OF_0_2_18, std::size(DISPATCH_ORDER_OF_0_2_18)};

}  // namespace

// Either all events are recorded or none, so every failure is hard.
Tox_Events *tox_events_iterate(Tox *tox, bool, Tox_Err_Events_Iterate *error) { return iterate(tox, error); }

void tox_events_get_bytes(const Tox_Events *events, uint8_t *bytes) { pack(events, &PACKED, bytes); }

Tox_Events *tox_events_load(const uint8_t *bytes, uint32_t bytes_size) { return load(bytes, bytes_size); }

bool tox_events_equal(const Tox_Events *a, const Tox_Events *b) { return equal(a, b, &PACKED); }

void tox_dispatch_invoke(const Tox_Dispatch *dispatch, const Tox_Events *events, Tox *tox, void *user_data) {
  if (dispatch == nullptr) return;
  for_each_event(events, &DISPATCHED, [&](const Tox_Event &event) {
    std::visit(
        [&](const auto &one) {
          using Event = std::decay_t<decltype(one)>;
          const auto callback = dispatch->get<Event, void(Tox *, const Event *, void *)>();
          if (callback != nullptr) callback(tox, &one, user_data);
        },
        event.of);
  });
}
