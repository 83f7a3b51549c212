#include "sodium.h"

#ifndef _WIN32
#include <dlfcn.h>
#endif

namespace {

struct Opened {
  Sodium table = {};
  const char *missing = nullptr;
};

#ifdef _WIN32

Opened open_sodium() {
  Opened opened;
  opened.missing = "libsodium is not looked for on Windows";
  return opened;
}

#else

// 23: up to libsodium 1.0.18; 26: from 1.0.19 on.
constexpr const char *kNames[] = {
#ifdef __APPLE__
    "libsodium.23.dylib", "libsodium.26.dylib", "libsodium.dylib",
#else
    "libsodium.so.23", "libsodium.so.26", "libsodium.so",
#endif
};

template <typename Function>
bool resolve(void *library, const char *name, Function **slot) {
  *slot = reinterpret_cast<Function *>(dlsym(library, name));
  return *slot != nullptr;
}

bool resolve_all(void *library, Sodium *table) {
#define RESOLVE(name) resolve(library, #name, &table->name)
  return RESOLVE(sodium_init) && RESOLVE(randombytes_buf) && RESOLVE(sodium_memzero) && RESOLVE(sodium_memcmp) &&
         RESOLVE(crypto_box_keypair) && RESOLVE(crypto_scalarmult_base) && RESOLVE(crypto_box_beforenm) &&
         RESOLVE(crypto_box_easy_afternm) && RESOLVE(crypto_box_open_easy_afternm) && RESOLVE(crypto_sign_keypair) &&
         RESOLVE(crypto_sign_seed_keypair) && RESOLVE(crypto_sign_detached) && RESOLVE(crypto_sign_verify_detached) &&
         RESOLVE(crypto_hash_sha256) && RESOLVE(crypto_hash_sha512) && RESOLVE(crypto_auth) &&
         RESOLVE(crypto_pwhash_scryptsalsa208sha256);
#undef RESOLVE
}

// The library stays open for the life of the process: its functions may be running on any thread.
Opened open_sodium() {
  Opened opened;
  opened.missing = "libsodium is not installed (looked for libsodium.so.23, .26 and libsodium.so)";
  for (const char *name : kNames) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) continue;
    if (!resolve_all(library, &opened.table)) {
      opened.missing = "libsodium lacks a function (a minimal build?)";
    } else if (opened.table.sodium_init() < 0) {
      opened.missing = "libsodium does not initialise";
    } else {
      opened.missing = nullptr;
      return opened;
    }
    dlclose(library);
  }
  return opened;
}

#endif

}  // namespace

const Sodium *sodium(const char **reason) {
  static const Opened opened = open_sodium();  // Once per process, guarded by the compiler.
  *reason = opened.missing;
  return opened.missing == nullptr ? &opened.table : nullptr;
}
