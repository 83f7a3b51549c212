// The part of MessagePack that packed events are made of, read and written as c-toxcore does it: integers are written
// in their shortest form, and read in any that fits their type.
// https://github.com/msgpack/msgpack/blob/master/spec.md
#ifndef TOXCORE_TS_MSGPACK_H
#define TOXCORE_TS_MSGPACK_H

#include <cstddef>
#include <cstdint>

#include "event_fields.h"

namespace events {

// Reads bytes that anybody may have made: whatever does not stand there as it should reads as false.
class MsgpackReader {
 public:
  MsgpackReader(const uint8_t *bytes, size_t size) : next_(bytes), left_(size) {}

  size_t left() const { return left_; }

  bool array(uint32_t &size);
  // Not negative, in at most `width` bytes.
  bool integer(uint64_t &value, size_t width);
  bool boolean(bool &value);
  // Both point into what is read.
  bool binary(Bytes &bytes);
  bool text(Text &text);

 private:
  bool big_endian(size_t width, uint64_t &value);
  bool bytes(uint64_t size, const uint8_t *&bytes);

  const uint8_t *next_;
  size_t left_;
};

// Writes to a buffer that has room for everything, or nowhere: then it only measures.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(uint8_t *target) : target_(target) {}

  size_t size() const { return size_; }

  void array(uint32_t size);
  void integer(uint64_t value);
  void boolean(bool value);
  void binary(const uint8_t *bytes, uint32_t size);
  void text(const char *text, uint32_t size);

 private:
  void byte(uint8_t value);
  void big_endian(size_t width, uint64_t value);
  void bytes(const void *bytes, size_t size);

  uint8_t *target_;
  size_t size_ = 0;
};

}  // namespace events

#endif
