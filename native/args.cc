#include "args.h"

#include <cmath>
#include <cstdio>

namespace {

constexpr size_t kMessageBytes = 160;

// libsodium and memcpy want a pointer even for nothing.
uint8_t empty_bytes[1];

bool refuse_type(napi_env env, const char *name, const char *type) {
  char message[kMessageBytes];
  std::snprintf(message, sizeof message, "%s must be %s", name, type);
  napi_throw_type_error(env, nullptr, message);
  return false;
}

}  // namespace

bool take_args(napi_env env, napi_callback_info info, napi_value *args, size_t count) {
  size_t given = count;
  return napi_get_cb_info(env, info, &given, args, nullptr, nullptr) == napi_ok;
}

bool bytes_arg(napi_env env, napi_value value, const char *name, Bytes *out) {
  napi_typedarray_type type;
  void *data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &out->length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    return refuse_type(env, name, "a Uint8Array");
  }
  if (data == nullptr) out->length = 0;  // Detached.
  out->data = out->length == 0 ? empty_bytes : static_cast<uint8_t *>(data);
  return true;
}

bool fixed_bytes_arg(napi_env env, napi_value value, const char *name, size_t length, Bytes *out) {
  if (!bytes_arg(env, value, name, out)) return false;
  return out->length == length || refuse_length(env, name, length, out->length);
}

bool ints_arg(napi_env env, napi_value value, const char *name, Ints *out) {
  napi_typedarray_type type;
  void *data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &out->length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_int32_array) {
    return refuse_type(env, name, "an Int32Array");
  }
  if (data == nullptr) out->length = 0;
  out->data = static_cast<int32_t *>(data);
  return true;
}

bool count_arg(napi_env env, napi_value value, const char *name, size_t limit, size_t *out) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return refuse_type(env, name, "a number");
  if (!(number >= 0 && number <= static_cast<double>(limit) && number == std::floor(number))) {
    char message[kMessageBytes];
    std::snprintf(message, sizeof message, "%s must be an integer in [0, %zu]", name, limit);
    napi_throw_range_error(env, nullptr, message);
    return false;
  }
  *out = static_cast<size_t>(number);
  return true;
}

bool refuse_length(napi_env env, const char *name, size_t expected, size_t actual) {
  char message[kMessageBytes];
  std::snprintf(message, sizeof message, "%s must be %zu bytes, not %zu", name, expected, actual);
  napi_throw_range_error(env, nullptr, message);
  return false;
}

bool overlap(const Bytes &a, const Bytes &b) {
  const auto a_at = reinterpret_cast<uintptr_t>(a.data);
  const auto b_at = reinterpret_cast<uintptr_t>(b.data);
  return a.length != 0 && b.length != 0 && a_at < b_at + b.length && b_at < a_at + a.length;
}

napi_value boolean(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value integer(napi_env env, uint32_t value) {
  napi_value result = nullptr;
  napi_create_uint32(env, value, &result);
  return result;
}

bool set_function(napi_env env, napi_value target, const char *name, napi_callback function) {
  napi_value value;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) == napi_ok &&
         napi_set_named_property(env, target, name, value) == napi_ok;
}
