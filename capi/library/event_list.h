// How a list takes over what an event points to.
#ifndef TOXCORE_TS_EVENT_LIST_H
#define TOXCORE_TS_EVENT_LIST_H

#include <cstring>

#include "events.h"

namespace events {

// Moves the bytes of an event's fields, one field after another, into memory that lives as long as the list. Every
// field took at least one byte more where it came from, its marker or its length: the zero behind a text has room too.
class FieldKeeper {
 public:
  FieldKeeper(uint8_t *memory, size_t size) : next_(memory), left_(size) {}

  size_t left() const { return left_; }

  bool operator()(Bytes &field) { return keep(field.data, field.size); }

  bool operator()(Text &field) {
    const uint8_t *bytes = reinterpret_cast<const uint8_t *>(field.data);
    if (!keep(bytes, field.size) || left_ == 0) return false;
    field.data = reinterpret_cast<const char *>(next_ - field.size);
    *next_ = 0;
    next_ += 1;
    left_ -= 1;
    return true;
  }

  template <uint32_t SIZE>
  bool operator()(FixedBytes<SIZE> &field) {
    return keep(field.data, SIZE);
  }

  template <class Scalar>
  bool operator()(Scalar &) {
    return true;
  }

 private:
  // No bytes stand nowhere: the getters answer NULL.
  bool keep(const uint8_t *&data, uint32_t size) {
    if (size > left_) return false;
    if (size > 0) std::memcpy(next_, data, size);
    data = size > 0 ? next_ : nullptr;
    next_ += size;
    left_ -= size;
    return true;
  }

  uint8_t *next_;
  size_t left_;
};

}  // namespace events

template <class Event>
bool Tox_Events::add(Event event) {
  if (size_ == capacity_) return false;
  events::FieldKeeper keeper(bytes_.get() + bytes_size_, bytes_capacity_ - bytes_size_);
  if (!Event::each(event, keeper)) return false;
  bytes_size_ = bytes_capacity_ - keeper.left();
  list_[size_].of = event;
  size_ += 1;
  return true;
}

#endif
