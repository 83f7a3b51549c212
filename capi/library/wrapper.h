// What the generated wrappers share.
#ifndef TOXCORE_TS_WRAPPER_H
#define TOXCORE_TS_WRAPPER_H

#include <string.h>

#include "core_call.h"

template <typename Error>
void set_error(Error *error, Error value) {
  if (error != nullptr) *error = value;
}

template <typename Error, typename Result>
Result fail(Error *error, Error why, Result failed) {
  set_error(error, why);
  return failed;
}

// Passes on bytes of which at most `limit` are allowed. Where the length is wrong nobody knows how many there are: the core
// then gets as many as it refuses, of which only the first, which tells a packet's kind, is the caller's.
template <size_t limit>
void pass_at_most(CoreCall &call, const uint8_t *data, size_t length) {
  if (length <= limit) return call.bytes(data, length);
  const uint8_t refused[limit + 1] = {data[0]};
  call.bytes(refused, sizeof refused);
}

inline void copy_out(const CoreCall &call, void *target) {
  if (target != nullptr && call.out_size() != 0) memcpy(target, call.out(), call.out_size());
}

#endif
