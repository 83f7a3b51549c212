/* tox_hash: the hash by which clients tell avatars apart. */

#include <sodium.h>

#include "tox/tox.h"

_Static_assert(TOX_HASH_LENGTH == crypto_hash_sha256_BYTES, "it is SHA-256");

bool tox_hash(Tox_Hash hash, const uint8_t data[], size_t length) {
  if (hash == NULL || (data == NULL && length != 0)) return false;
  crypto_hash_sha256(hash, data, length);
  return true;
}
