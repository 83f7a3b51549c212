// libsodium, opened at run time by soname: one prebuilt addon serves distributions with different libsodiums, and where
// there is none it still loads (UDP and node selection work; crypto falls to another backend). No libsodium header is
// needed to build: the few prototypes used are declared here, sizes as in the library's stable ABI.

#ifndef TOXCORE_TS_SODIUM_H
#define TOXCORE_TS_SODIUM_H

#include <cstddef>
#include <cstdint>

constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSecretKeyBytes = 32;
constexpr size_t kSharedKeyBytes = 32;
constexpr size_t kNonceBytes = 24;
constexpr size_t kMacBytes = 16;
constexpr size_t kSignPublicKeyBytes = 32;
constexpr size_t kSignSecretKeyBytes = 64;
constexpr size_t kSignSeedBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kSha256Bytes = 32;
constexpr size_t kSha512Bytes = 64;
constexpr size_t kAuthKeyBytes = 32;
constexpr size_t kAuthBytes = 32;
constexpr size_t kPasswordSaltBytes = 32;
// What toxencryptsave pays (see src/crypto/backend/password.ts).
constexpr unsigned long long kPasswordOpslimit = 2ULL * 524288;
constexpr size_t kPasswordMemlimit = 16 * 1024 * 1024;

struct Sodium {
  int (*sodium_init)();
  void (*randombytes_buf)(void *out, size_t length);
  void (*sodium_memzero)(void *target, size_t length);
  int (*sodium_memcmp)(const void *a, const void *b, size_t length);
  int (*crypto_box_keypair)(uint8_t *public_key, uint8_t *secret_key);
  int (*crypto_scalarmult_base)(uint8_t *public_key, const uint8_t *secret_key);
  int (*crypto_box_beforenm)(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret_key);
  int (*crypto_box_easy_afternm)(uint8_t *out, const uint8_t *plain, unsigned long long length, const uint8_t *nonce,
                                 const uint8_t *key);
  int (*crypto_box_open_easy_afternm)(uint8_t *out, const uint8_t *sealed, unsigned long long length,
                                      const uint8_t *nonce, const uint8_t *key);
  int (*crypto_sign_keypair)(uint8_t *public_key, uint8_t *secret_key);
  int (*crypto_sign_seed_keypair)(uint8_t *public_key, uint8_t *secret_key, const uint8_t *seed);
  int (*crypto_sign_detached)(uint8_t *signature, unsigned long long *signature_length, const uint8_t *message,
                              unsigned long long length, const uint8_t *secret_key);
  int (*crypto_sign_verify_detached)(const uint8_t *signature, const uint8_t *message, unsigned long long length,
                                     const uint8_t *public_key);
  int (*crypto_hash_sha256)(uint8_t *out, const uint8_t *data, unsigned long long length);
  int (*crypto_hash_sha512)(uint8_t *out, const uint8_t *data, unsigned long long length);
  int (*crypto_auth)(uint8_t *out, const uint8_t *message, unsigned long long length, const uint8_t *key);
  int (*crypto_pwhash_scryptsalsa208sha256)(uint8_t *out, unsigned long long out_length, const char *passphrase,
                                            unsigned long long length, const uint8_t *salt,
                                            unsigned long long opslimit, size_t memlimit);
};

// The process's libsodium, opened by the first call on any thread; nullptr when there is none, and then `*reason` says why.
const Sodium *sodium(const char **reason);

#endif
