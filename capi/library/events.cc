#include "events.h"

#include <cstring>
#include <new>

#include "event_list.h"
#include "msgpack.h"

using namespace events;

std::unique_ptr<Tox_Events> Tox_Events::with_room(uint32_t events, size_t bytes) {
  std::unique_ptr<Tox_Events> made(new (std::nothrow) Tox_Events);
  if (made == nullptr) return nullptr;
  made->list_.reset(new (std::nothrow) Tox_Event[events]);
  made->bytes_.reset(new (std::nothrow) uint8_t[bytes]);
  made->by_type_.reset(new (std::nothrow) uint32_t[events]);
  if (made->list_ == nullptr || made->bytes_ == nullptr || made->by_type_ == nullptr) return nullptr;
  made->capacity_ = events;
  made->bytes_capacity_ = bytes;
  return made;
}

void Tox_Events::complete() {
  // A counting sort: it keeps the order of events of one type.
  for (uint32_t i = 0; i < size_; i += 1) first_[list_[i].of.index() + 1] += 1;
  for (size_t type = 0; type < std::variant_size_v<AnyEvent>; type += 1) first_[type + 1] += first_[type];
  uint32_t next[std::variant_size_v<AnyEvent>];
  std::memcpy(next, first_, sizeof next);
  for (uint32_t i = 0; i < size_; i += 1) by_type_[next[list_[i].of.index()]++] = i;
}

namespace {

class FieldWriter {
 public:
  explicit FieldWriter(MsgpackWriter &out) : out_(out) {}

  bool operator()(bool field) { return out_.boolean(field), true; }
  bool operator()(const Bytes &field) { return out_.binary(field.data, field.size), true; }
  bool operator()(const Text &field) { return out_.text(field.data, field.size), true; }

  template <class Integer>
  std::enable_if_t<std::is_unsigned_v<Integer>, bool> operator()(Integer field) {
    return out_.integer(field), true;
  }

  template <class Enum>
  bool operator()(const EnumField<Enum> &field) {
    return out_.integer(field.value), true;
  }

  template <uint32_t SIZE>
  bool operator()(const FixedBytes<SIZE> &field) {
    return out_.binary(field.data, SIZE), true;
  }

 private:
  MsgpackWriter &out_;
};

// [type, [field, field, …]], or [type, field] where there is but one.
template <class Event>
void pack_event(const Event &event, MsgpackWriter &out) {
  out.array(2);
  out.integer(Event::TYPE);
  if (Event::FIELDS > 1) out.array(Event::FIELDS);
  Event::each(event, FieldWriter(out));
}

void pack_list(const Tox_Events *list, const TypeOrder *order, MsgpackWriter &out) {
  out.array(tox_events_get_size(list));
  for_each_event(list, order, [&](const Tox_Event &event) {
    std::visit([&](const auto &one) { pack_event(one, out); }, event.of);
  });
}

bool load_event(MsgpackReader &in, Tox_Events &list) {
  uint32_t fields;
  uint64_t type;
  if (!in.array(fields) || fields != 2 || !in.integer(type, sizeof(uint32_t)) || type >= RELEASE.types) return false;
  return with_type(static_cast<uint32_t>(type), [&](auto event) {
    using Event = decltype(event);
    if (Event::FIELDS > 1 && (!in.array(fields) || fields != Event::FIELDS)) return false;
    return Event::each(event, FieldReader<MsgpackReader>(in, RELEASE.checks_enums)) && list.add(event);
  });
}

// Nothing shorter than [type, number] is an event.
constexpr size_t SMALLEST_EVENT = 3;

}  // namespace

Tox_Events *events::load(const uint8_t *bytes, uint32_t size) {
  if (bytes == nullptr) return nullptr;
  MsgpackReader in(bytes, size);
  uint32_t count;
  if (!in.array(count) || count > in.left() / SMALLEST_EVENT) return nullptr;
  std::unique_ptr<Tox_Events> list = Tox_Events::with_room(count, size);
  if (list == nullptr) return nullptr;
  for (uint32_t i = 0; i < count; i += 1) {
    if (!load_event(in, *list)) return nullptr;
  }
  list->complete();
  return list.release();
}

void events::pack(const Tox_Events *list, const TypeOrder *order, uint8_t *bytes) {
  MsgpackWriter out(bytes);
  pack_list(list, order, out);
}

bool events::equal(const Tox_Events *a, const Tox_Events *b, const TypeOrder *order) {
  const uint32_t size = tox_events_bytes_size(a);
  if (size != tox_events_bytes_size(b)) return false;
  const std::unique_ptr<uint8_t[]> a_bytes(new (std::nothrow) uint8_t[size]);
  const std::unique_ptr<uint8_t[]> b_bytes(new (std::nothrow) uint8_t[size]);
  if (a_bytes == nullptr || b_bytes == nullptr) return false;
  pack(a, order, a_bytes.get());
  pack(b, order, b_bytes.get());
  return std::memcmp(a_bytes.get(), b_bytes.get(), size) == 0;
}

Tox_Event_Type tox_event_get_type(const Tox_Event *event) {
  return event == nullptr ? TOX_EVENT_INVALID : static_cast<Tox_Event_Type>(event->of.index());
}

uint32_t tox_events_get_size(const Tox_Events *events) { return events == nullptr ? 0 : events->size(); }

const Tox_Event *tox_events_get(const Tox_Events *events, uint32_t index) {
  return events == nullptr ? nullptr : events->get(index);
}

void tox_events_free(Tox_Events *events) { delete events; }

uint32_t tox_events_bytes_size(const Tox_Events *events) {
  MsgpackWriter measure(nullptr);
  pack_list(events, AS_THEY_HAPPENED, measure);
  return measure.size() < UINT32_MAX ? static_cast<uint32_t>(measure.size()) : UINT32_MAX;
}
