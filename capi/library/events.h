// Events: delivered to the callbacks of an instance, or kept in lists, which can be packed and loaded.
#ifndef TOXCORE_TS_EVENTS_H
#define TOXCORE_TS_EVENTS_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "event_types.h"

struct Tox_Event {
  events::AnyEvent of;
};

// Events in the order in which they happened. Owns what they point to, and does not change once it is complete.
struct Tox_Events {
 public:
  // An empty list with room for so many events, whose bytes fill at most so much. NULL when memory is out.
  static std::unique_ptr<Tox_Events> with_room(uint32_t events, size_t bytes);

  // Copies what the event points to. False when there is no room.
  template <class Event>
  bool add(Event event);
  // The list is complete: now its parts by type can be had as well.
  void complete();

  uint32_t size() const { return size_; }
  const Tox_Event *get(uint32_t index) const { return index < size_ ? &list_[index] : nullptr; }

  uint32_t count(Tox_Event_Type type) const { return first_[type + 1] - first_[type]; }
  const Tox_Event *at(Tox_Event_Type type, uint32_t index) const {
    return index < count(type) ? &list_[by_type_[first_[type] + index]] : nullptr;
  }

 private:
  std::unique_ptr<Tox_Event[]> list_;
  uint32_t capacity_ = 0;
  uint32_t size_ = 0;
  std::unique_ptr<uint8_t[]> bytes_;
  size_t bytes_capacity_ = 0;
  size_t bytes_size_ = 0;
  // Places in the list, sorted by type, and where each type begins among them.
  std::unique_ptr<uint32_t[]> by_type_;
  uint32_t first_[std::variant_size_v<events::AnyEvent> + 1] = {};
};

// Calls the instance's callbacks for a batch of the core (event_batch.h), in order, on this thread. Each callback is
// read when its event's turn comes, so one that is set to NULL by another is not called any more. Stops when one of them
// kills the instance; its object must stay until this returns.
void deliver_events(Tox *tox, const uint8_t *batch, size_t size, void *user_data);

namespace events {

// What is recorded and loaded differs between the releases: see events_abi_current.cc and its sibling.
struct Release {
  // How many types of events there are.
  uint32_t types;
  // Whether packed enums must be of those that exist.
  bool checks_enums;
};
extern const Release RELEASE;

// The order of a list's events when it is packed or dispatched: as they happened, or by type in this order.
struct TypeOrder {
  const Tox_Event_Type *types;
  size_t count;
};
inline constexpr const TypeOrder *AS_THEY_HAPPENED = nullptr;

template <class Visit>
void for_each_event(const Tox_Events *events, const TypeOrder *order, Visit &&visit) {
  if (events == nullptr) return;
  if (order == AS_THEY_HAPPENED) {
    for (uint32_t i = 0; i < events->size(); i += 1) visit(*events->get(i));
    return;
  }
  for (size_t place = 0; place < order->count; place += 1) {
    const Tox_Event_Type type = order->types[place];
    for (uint32_t i = 0; i < events->count(type); i += 1) visit(*events->at(type, i));
  }
}

// Calls `visit` with an empty event of the type, and returns what it says; false when there is no such type.
template <class Visit, size_t... TYPES>
bool with_type(uint32_t type, Visit &visit, std::index_sequence<TYPES...>) {
  using Call = bool(Visit &);
  static constexpr Call *CALLS[] = {
      [](Visit &call) { return call(std::variant_alternative_t<TYPES, AnyEvent>{}); }...,
  };
  return type < sizeof...(TYPES) && CALLS[type](visit);
}

template <class Visit>
bool with_type(uint32_t type, Visit &&visit) {
  return with_type(type, visit, std::make_index_sequence<std::variant_size_v<AnyEvent>>{});
}

// Moves the instance once. What tox_events_init has taken over is recorded, callbacks that were set later are called.
Tox_Events *iterate(Tox *tox, Tox_Err_Events_Iterate *error);

// Writes tox_events_bytes_size bytes.
void pack(const Tox_Events *events, const TypeOrder *order, uint8_t *bytes);
// NULL when these are not packed events, or memory is out.
Tox_Events *load(const uint8_t *bytes, uint32_t size);
bool equal(const Tox_Events *a, const Tox_Events *b, const TypeOrder *order);

}  // namespace events

#endif
