// The five functions that mean something else in each release: today's. The other library has events_abi_0_2_18.cc.
#include "dispatch.h"

using namespace events;

const Release events::RELEASE = {std::variant_size_v<AnyEvent>, true};

// Either all events are recorded or none, so the options, which could ask for just that, change nothing.
Tox_Events *tox_events_iterate(Tox *tox, const Tox_Iterate_Options *, Tox_Err_Events_Iterate *error) {
  return iterate(tox, error);
}

bool tox_events_get_bytes(const Tox_Events *events, uint8_t *bytes) {
  pack(events, AS_THEY_HAPPENED, bytes);
  return true;
}

Tox_Events *tox_events_load(const Tox_System *, const uint8_t *bytes, uint32_t bytes_size) {
  return load(bytes, bytes_size);
}

bool tox_events_equal(const Tox_System *, const Tox_Events *a, const Tox_Events *b) {
  return equal(a, b, AS_THEY_HAPPENED);
}

void tox_dispatch_invoke(const Tox_Dispatch *dispatch, const Tox_Events *events, void *user_data) {
  if (dispatch == nullptr) return;
  for_each_event(events, AS_THEY_HAPPENED, [&](const Tox_Event &event) {
    std::visit(
        [&](const auto &one) {
          using Event = std::decay_t<decltype(one)>;
          const auto callback = dispatch->get<Event, void(const Event *, void *)>();
          if (callback != nullptr) callback(&one, user_data);
        },
        event.of);
  });
}
