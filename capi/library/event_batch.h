// Reads the events that one move of the core made. They come as records, one after another: u32 type, u32 size of what
// follows, then the fields in the order of capi/table/events.ts. Truth values, enums and integers of up to 32 bits are
// a u32, others a u64; bytes and text are a u32 length, as many bytes and a zero, which clients of c-toxcore rely on: they
// print names and messages as they come. Numbers are little-endian, nothing is padded.
#ifndef TOXCORE_TS_EVENT_BATCH_H
#define TOXCORE_TS_EVENT_BATCH_H

#include <cstddef>
#include <cstdint>

#include "event_fields.h"

namespace events {

class BatchReader {
 public:
  BatchReader(const uint8_t *batch, size_t size) : next_(batch), left_(size) {}

  // The next record: its type, and a reader of its fields.
  bool record(uint32_t &type, BatchReader &fields) {
    uint64_t number, size;
    if (!integer(number, sizeof(uint32_t)) || !integer(size, sizeof(uint32_t)) || size > left_) return false;
    type = static_cast<uint32_t>(number);
    fields = BatchReader(next_, size);
    skip(size);
    return true;
  }

  bool integer(uint64_t &value, size_t width) {
    const size_t size = width == sizeof(uint64_t) ? width : sizeof(uint32_t);
    if (size > left_) return false;
    value = 0;
    for (size_t i = 0; i < size; i += 1) value |= uint64_t{next_[i]} << (8 * i);
    skip(size);
    return true;
  }

  bool boolean(bool &value) {
    uint64_t number;
    if (!integer(number, sizeof(uint32_t))) return false;
    value = number != 0;
    return true;
  }

  bool binary(Bytes &bytes) {
    uint64_t size;
    if (!integer(size, sizeof(uint32_t)) || size >= left_ || next_[size] != 0) return false;
    bytes = {next_, static_cast<uint32_t>(size)};
    skip(size + 1);
    return true;
  }

  bool text(Text &text) {
    Bytes bytes;
    if (!binary(bytes)) return false;
    text = {reinterpret_cast<const char *>(bytes.data), bytes.size};
    return true;
  }

 private:
  void skip(size_t size) {
    next_ += size;
    left_ -= size;
  }

  const uint8_t *next_;
  size_t left_;
};

}  // namespace events

#endif
