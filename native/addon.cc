// The door of the addon. Context-aware: it may be loaded by the main thread and by any number of workers.

#include "addon.h"

// The same number as in src/addon/index.ts: grows when a function changes its meaning.
static constexpr uint32_t kAbi = 1;

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("abi", Napi::Number::New(env, kAbi));
  register_crypto(env, exports);
  register_nodes(env, exports);
  register_udp(env, exports);
  register_tcp(env, exports);
  return exports;
}

NODE_API_MODULE(toxcore_ts, init)
