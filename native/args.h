// Arguments from JavaScript, judged once at the door. A judge that refuses has thrown TypeError (wrong type) or
// RangeError (wrong size) naming the argument, and returns false; the caller then returns nullptr at once.
// Raw Node-API: these run once per packet, where a C++ wrapper's allocation would show.

#ifndef TOXCORE_TS_ARGS_H
#define TOXCORE_TS_ARGS_H

#include <node_api.h>

#include <cstddef>
#include <cstdint>

// A view of a typed array's memory, valid until JavaScript runs again. `data` is never null, also when `length` is 0.
struct Bytes {
  uint8_t *data = nullptr;
  size_t length = 0;
};

struct Ints {
  int32_t *data = nullptr;
  size_t length = 0;
};

// Takes exactly `count` arguments into `args`; absent ones are undefined and fail their own judge.
bool take_args(napi_env env, napi_callback_info info, napi_value *args, size_t count);

bool bytes_arg(napi_env env, napi_value value, const char *name, Bytes *out);
bool fixed_bytes_arg(napi_env env, napi_value value, const char *name, size_t length, Bytes *out);
bool ints_arg(napi_env env, napi_value value, const char *name, Ints *out);
// An integer in [0, limit].
bool count_arg(napi_env env, napi_value value, const char *name, size_t limit, size_t *out);

// Throws RangeError "<name> must be <expected> bytes, not <actual>" and returns false.
bool refuse_length(napi_env env, const char *name, size_t expected, size_t actual);

bool overlap(const Bytes &a, const Bytes &b);

napi_value boolean(napi_env env, bool value);
napi_value integer(napi_env env, uint32_t value);

// Sets `target[name]` to a function; false when the environment is shutting down.
bool set_function(napi_env env, napi_value target, const char *name, napi_callback function);

#endif
