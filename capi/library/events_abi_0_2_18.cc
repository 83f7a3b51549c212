// The five functions that mean something else in each release: those of 0.2.18. It had a list for each type of events, and
// those follow one another when they are packed, compared and dispatched. The other library has events_abi_current.cc instead.
#include "dispatch.h"

using namespace events;

const uint32_t events::known_types = TYPES_OF_0_2_18;

namespace {

constexpr TypeOrder PACKED = {PACKED_ORDER_OF_0_2_18, std::size(PACKED_ORDER_OF_0_2_18)};
constexpr TypeOrder DISPATCHED = {DISPATCH_ORDER_OF_0_2_18, std::size(DISPATCH_ORDER_OF_0_2_18)};

}  // namespace

// The header declares today's functions, so these get other names here, and the right ones in the object file.
extern "C" {

Tox_Events *iterate_0_2_18(Tox *tox, bool fail_hard, Tox_Err_Events_Iterate *error) __asm__("tox_events_iterate");
void get_bytes_0_2_18(const Tox_Events *events, uint8_t *bytes) __asm__("tox_events_get_bytes");
Tox_Events *load_0_2_18(const uint8_t *bytes, uint32_t bytes_size) __asm__("tox_events_load");
bool equal_0_2_18(const Tox_Events *a, const Tox_Events *b) __asm__("tox_events_equal");
void invoke_0_2_18(const Tox_Dispatch *dispatch, const Tox_Events *events, Tox *tox, void *user_data) __asm__(
    "tox_dispatch_invoke");

// Either all events are recorded or none, so every failure is hard.
Tox_Events *iterate_0_2_18(Tox *tox, bool, Tox_Err_Events_Iterate *error) { return iterate(tox, error); }

void get_bytes_0_2_18(const Tox_Events *events, uint8_t *bytes) { pack(events, &PACKED, bytes); }

Tox_Events *load_0_2_18(const uint8_t *bytes, uint32_t bytes_size) { return load(bytes, bytes_size); }

bool equal_0_2_18(const Tox_Events *a, const Tox_Events *b) { return equal(a, b, &PACKED); }

void invoke_0_2_18(const Tox_Dispatch *dispatch, const Tox_Events *events, Tox *tox, void *user_data) {
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

}  // extern "C"
