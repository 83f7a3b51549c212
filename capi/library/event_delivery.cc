// From the core's batch of events to the client: by callbacks, or into a list that tox_events_iterate returns.
#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

#include "event_batch.h"
#include "event_list.h"
#include "instance.h"

using namespace events;

namespace {

// The "callback" that tox_events_init sets. It marks the events that tox_events_iterate shall record, and does nothing.
template <class Callback>
struct Recorder;

template <class... Arguments>
struct Recorder<void(Arguments...)> {
  static void record(Arguments...) {}
};

template <class Event>
constexpr typename Event::Callback *RECORDER = &Recorder<typename Event::Callback>::record;

template <class Event>
void call_back(Tox *tox, const Event &event, void *user_data) {
  const auto callback = event.callback(tox->callbacks);
  if (callback != nullptr) event.call(callback, tox, user_data);
}

// Whether events have such a field.
template <class Event, class = void>
struct has_friend_number : std::false_type {};
template <class Event>
struct has_friend_number<Event, std::void_t<decltype(Event::friend_number)>> : std::true_type {};

template <class Event, class = void>
struct has_file_number : std::false_type {};
template <class Event>
struct has_file_number<Event, std::void_t<decltype(Event::file_number)>> : std::true_type {};

// One delivery of a batch: knows what has ended since it began.
class Delivery {
 public:
  explicit Delivery(Tox *tox) : tox_(tox) {
    const std::lock_guard lock(tox->mutex);
    tox->deliveries += 1;
    tox->file_chunks.begin();
    known_ = tox->ended.size();
  }
  ~Delivery() {
    send_file_chunks(tox_);
    const std::lock_guard lock(tox_->mutex);
    if (--tox_->deliveries > 0) return;
    tox_->ended.clear();
    tox_->ended_count = 0;
  }
  Delivery(const Delivery &) = delete;
  Delivery &operator=(const Delivery &) = delete;

  template <class Event>
  bool wants(const Event &event) const {
    if constexpr (has_friend_number<Event>::value) {
      if (tox_->ended_count == known_) return true;
      const std::lock_guard lock(tox_->mutex);
      return std::none_of(tox_->ended.begin() + static_cast<ptrdiff_t>(known_), tox_->ended.end(),
                          [&](const Ended &ended) { return concerns(ended, event); });
    }
    return true;
  }

 private:
  template <class Event>
  static bool concerns(const Ended &ended, const Event &event) {
    if (ended.friend_number != event.friend_number) return false;
    if constexpr (has_file_number<Event>::value) {
      if (ended.file_number == event.file_number) return true;
    }
    return ended.file_number == Ended::kAllFiles;
  }

  Tox *tox_;
  size_t known_;
};

template <class Event>
bool deliver(Tox *tox, const Delivery &delivery, Event &event, void *user_data) {
  if (delivery.wants(event)) call_back(tox, event, user_data);
  return true;
}

// Calls `handle` for each event of the batch, until the instance is killed. What is not as the table says is left out.
template <class Handle>
void for_each_record(Tox *tox, const uint8_t *batch, size_t size, Handle &&handle) {
  BatchReader records(batch, size);
  BatchReader fields(nullptr, 0);
  uint32_t type;
  while (!tox->killed.load() && records.record(type, fields)) {
    with_type(type, [&](auto event) {
      return decltype(event)::each(event, FieldReader<BatchReader>(fields, true)) && handle(event);
    });
  }
}

uint32_t count_records(const uint8_t *batch, size_t size) {
  BatchReader records(batch, size);
  BatchReader fields(nullptr, 0);
  uint32_t type;
  uint32_t count = 0;
  while (records.record(type, fields)) count += 1;
  return count;
}

// Recorded events, made room for when the first of them comes: most moves record none.
class Recording {
 public:
  Recording(const uint8_t *batch, size_t size) : batch_(batch), size_(size) {}

  template <class Event>
  bool add(const Event &event) {
    if (list_ == nullptr) list_ = Tox_Events::with_room(count_records(batch_, size_), size_);
    failed_ = failed_ || list_ == nullptr || !list_->add(event);
    return !failed_;
  }

  bool failed() const { return failed_; }

  // NULL when there were none.
  Tox_Events *take() {
    if (list_ != nullptr) list_->complete();
    return list_.release();
  }

 private:
  const uint8_t *batch_;
  size_t size_;
  std::unique_ptr<Tox_Events> list_;
  bool failed_ = false;
};

}  // namespace

void deliver_events(Tox *tox, const uint8_t *batch, size_t size, void *user_data) {
  const Delivery delivery(tox);
  for_each_record(tox, batch, size, [&](auto &event) { return deliver(tox, delivery, event, user_data); });
}

Tox_Events *events::iterate(Tox *tox, Tox_Err_Events_Iterate *error) {
  if (tox == nullptr) return nullptr;
  const Hold hold(tox);
  std::vector<uint8_t> batch;
  const bool moved = iterate_core(tox, batch);
  Recording recording(batch.data(), batch.size());
  const Delivery delivery(tox);
  if (moved) {
    for_each_record(tox, batch.data(), batch.size(), [&](auto &event) {
      const bool recorded = event.callback(tox->callbacks) == RECORDER<std::decay_t<decltype(event)>>;
      return recorded ? recording.add(event) : deliver(tox, delivery, event, nullptr);
    });
  }
  const bool failed = !moved || recording.failed();
  if (error != nullptr) *error = failed ? TOX_ERR_EVENTS_ITERATE_MALLOC : TOX_ERR_EVENTS_ITERATE_OK;
  return failed ? nullptr : recording.take();
}

void tox_events_init(Tox *tox) {
  if (tox == nullptr) return;
  for (uint32_t type = 0; type < RELEASE.types; type += 1) {
    with_type(type, [&](auto event) {
      decltype(event)::set(tox->callbacks, RECORDER<decltype(event)>);
      return true;
    });
  }
}

void tox_events_dispatch(Tox *tox, Tox_Events *events, void *user_data) {
  if (tox == nullptr) return;
  const Hold hold(tox);
  for_each_event(events, AS_THEY_HAPPENED, [&](const Tox_Event &event) {
    if (!tox->killed.load()) std::visit([&](const auto &one) { call_back(tox, one, user_data); }, event.of);
  });
}
