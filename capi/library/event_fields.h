// What the fields of events are made of, and how they are read, whatever they are read from.
#ifndef TOXCORE_TS_EVENT_FIELDS_H
#define TOXCORE_TS_EVENT_FIELDS_H

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace events {

struct Bytes {
  const uint8_t *data = nullptr;
  uint32_t size = 0;
};

struct Text {
  const char *data = nullptr;
  uint32_t size = 0;
};

template <uint32_t SIZE>
struct FixedBytes {
  const uint8_t *data = nullptr;
};

template <class Enum>
inline constexpr uint32_t ENUMERATORS = 0;

// A number until somebody asks: a C++ enum must not hold what is not one of its values.
template <class Enum>
struct EnumField {
  uint32_t value = 0;
  operator Enum() const { return static_cast<Enum>(value); }
};

// Reads one field after another from a source that knows integers, truth values, bytes and text.
template <class Source>
class FieldReader {
 public:
  FieldReader(Source &source, bool checks_enums) : source_(source), checks_enums_(checks_enums) {}

  bool operator()(bool &field) { return source_.boolean(field); }
  bool operator()(Bytes &field) { return source_.binary(field); }
  bool operator()(Text &field) { return source_.text(field); }

  template <class Integer>
  std::enable_if_t<std::is_unsigned_v<Integer>, bool> operator()(Integer &field) {
    uint64_t value;
    if (!source_.integer(value, sizeof(Integer))) return false;
    field = static_cast<Integer>(value);
    return true;
  }

  template <class Enum>
  bool operator()(EnumField<Enum> &field) {
    return (*this)(field.value) && (!checks_enums_ || field.value < ENUMERATORS<Enum>);
  }

  template <uint32_t SIZE>
  bool operator()(FixedBytes<SIZE> &field) {
    Bytes bytes;
    if (!source_.binary(bytes) || bytes.size != SIZE) return false;
    field.data = bytes.data;
    return true;
  }

 private:
  Source &source_;
  bool checks_enums_;
};

}  // namespace events

#endif
