#include "msgpack.h"

#include <cstring>

namespace events {

namespace {

// First bytes. The "fix" ones carry a small number in their low bits.
enum Marker : uint8_t {
  FIXED_INTEGER_MAX = 0x7f,
  FIXED_ARRAY = 0x90,
  FIXED_ARRAY_MAX = 0x0f,
  FIXED_TEXT = 0xa0,
  FIXED_TEXT_MAX = 0x1f,
  FALSE = 0xc2,
  TRUE = 0xc3,
  // Each of these families goes on with twice the width: 1, 2, 4 and for integers 8 bytes; arrays begin with 2.
  BINARY_8 = 0xc4,
  UNSIGNED_8 = 0xcc,
  SIGNED_8 = 0xd0,
  TEXT_8 = 0xd9,
  ARRAY_16 = 0xdc,
};

constexpr uint8_t LENGTH_WIDTHS = 3;
constexpr uint8_t INTEGER_WIDTHS = 4;

}  // namespace

bool MsgpackReader::bytes(uint64_t size, const uint8_t *&bytes) {
  if (size > left_) return false;
  bytes = next_;
  next_ += size;
  left_ -= size;
  return true;
}

bool MsgpackReader::big_endian(size_t width, uint64_t &value) {
  const uint8_t *digits;
  if (!bytes(width, digits)) return false;
  value = 0;
  for (size_t i = 0; i < width; i += 1) value = value << 8 | digits[i];
  return true;
}

bool MsgpackReader::array(uint32_t &size) {
  uint64_t marker;
  if (!big_endian(1, marker)) return false;
  uint64_t value = marker & FIXED_ARRAY_MAX;
  if (marker == ARRAY_16 || marker == ARRAY_16 + 1) {
    if (!big_endian(marker == ARRAY_16 ? 2 : 4, value)) return false;
  } else if ((marker & ~uint64_t{FIXED_ARRAY_MAX}) != FIXED_ARRAY) {
    return false;
  }
  size = static_cast<uint32_t>(value);
  return true;
}

bool MsgpackReader::integer(uint64_t &value, size_t width) {
  uint64_t marker;
  if (!big_endian(1, marker)) return false;
  if (marker <= FIXED_INTEGER_MAX) {
    value = marker;
    return true;
  }
  const bool is_unsigned = marker >= UNSIGNED_8 && marker < UNSIGNED_8 + INTEGER_WIDTHS;
  const bool is_signed = marker >= SIGNED_8 && marker < SIGNED_8 + INTEGER_WIDTHS;
  if (!is_unsigned && !is_signed) return false;
  const size_t size = size_t{1} << (marker - (is_unsigned ? UNSIGNED_8 : SIGNED_8));
  if (size > width || !big_endian(size, value)) return false;
  const bool negative = is_signed && value >> (8 * size - 1) == 1;
  return !negative;
}

bool MsgpackReader::boolean(bool &value) {
  uint64_t marker;
  if (!big_endian(1, marker) || (marker != FALSE && marker != TRUE)) return false;
  value = marker == TRUE;
  return true;
}

bool MsgpackReader::binary(Bytes &result) {
  uint64_t marker;
  uint64_t size;
  if (!big_endian(1, marker) || marker < BINARY_8 || marker >= BINARY_8 + LENGTH_WIDTHS) return false;
  if (!big_endian(size_t{1} << (marker - BINARY_8), size) || !bytes(size, result.data)) return false;
  result.size = static_cast<uint32_t>(size);
  return true;
}

bool MsgpackReader::text(Text &result) {
  uint64_t marker;
  if (!big_endian(1, marker)) return false;
  uint64_t size = marker & FIXED_TEXT_MAX;
  if (marker >= TEXT_8 && marker < TEXT_8 + LENGTH_WIDTHS) {
    if (!big_endian(size_t{1} << (marker - TEXT_8), size)) return false;
  } else if ((marker & ~uint64_t{FIXED_TEXT_MAX}) != FIXED_TEXT) {
    return false;
  }
  const uint8_t *characters;
  if (!bytes(size, characters)) return false;
  result = {reinterpret_cast<const char *>(characters), static_cast<uint32_t>(size)};
  return true;
}

void MsgpackWriter::bytes(const void *bytes, size_t size) {
  if (target_ != nullptr && size > 0) std::memcpy(target_ + size_, bytes, size);
  size_ += size;
}

void MsgpackWriter::byte(uint8_t value) { bytes(&value, 1); }

void MsgpackWriter::big_endian(size_t width, uint64_t value) {
  for (size_t i = width; i > 0; i -= 1) byte(static_cast<uint8_t>(value >> (8 * (i - 1))));
}

namespace {

// How many times a width of one byte must be doubled to hold the value: 0 to 3.
uint8_t doublings(uint64_t value) {
  if (value <= UINT8_MAX) return 0;
  if (value <= UINT16_MAX) return 1;
  return value <= UINT32_MAX ? 2 : 3;
}

}  // namespace

void MsgpackWriter::integer(uint64_t value) {
  if (value <= FIXED_INTEGER_MAX) return byte(static_cast<uint8_t>(value));
  const uint8_t width = doublings(value);
  byte(UNSIGNED_8 + width);
  big_endian(size_t{1} << width, value);
}

void MsgpackWriter::boolean(bool value) { byte(value ? TRUE : FALSE); }

void MsgpackWriter::array(uint32_t size) {
  if (size <= FIXED_ARRAY_MAX) return byte(static_cast<uint8_t>(FIXED_ARRAY | size));
  const bool wide = size > UINT16_MAX;
  byte(ARRAY_16 + (wide ? 1 : 0));
  big_endian(wide ? 4 : 2, size);
}

void MsgpackWriter::binary(const uint8_t *data, uint32_t size) {
  const uint8_t width = doublings(size);
  byte(BINARY_8 + width);
  big_endian(size_t{1} << width, size);
  bytes(data, size);
}

void MsgpackWriter::text(const char *text, uint32_t size) {
  const uint8_t width = doublings(size);
  if (size <= FIXED_TEXT_MAX) {
    byte(static_cast<uint8_t>(FIXED_TEXT | size));
  } else {
    byte(TEXT_8 + width);
    big_endian(size_t{1} << width, size);
  }
  bytes(text, size);
}

}  // namespace events
