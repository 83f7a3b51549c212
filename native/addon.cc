// The door of the addon. Context-aware: it may be loaded by the main thread and by any number of workers.

#include "addon.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  register_crypto(env, exports);
  register_nodes(env, exports);
  register_udp(env, exports);
  return exports;
}

NODE_API_MODULE(toxcore_ts, init)
