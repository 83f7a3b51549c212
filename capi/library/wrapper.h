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

// How much of the caller's bytes crosses: a length that is wrong anyway should not cost its copy.
inline size_t at_most(size_t length, size_t limit) { return length < limit ? length : limit; }

inline void copy_out(const CoreCall &call, void *target) {
  if (target != nullptr && call.out_size() != 0) memcpy(target, call.out(), call.out_size());
}

#endif
