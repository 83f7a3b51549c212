/* toxencryptsave: a passphrase over a profile, byte for byte as c-toxcore has it. The header tells the format.
 *
 * The passphrase goes through SHA-256 before scrypt, so a long one costs no more than a short one. */

#include "tox/toxencryptsave.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAGIC_LENGTH = 8,
  SALT_OFFSET = MAGIC_LENGTH,
  NONCE_OFFSET = SALT_OFFSET + TOX_PASS_SALT_LENGTH,
  BOX_OFFSET = NONCE_OFFSET + crypto_secretbox_NONCEBYTES,
  /* c-toxcore counts the bytes of the box in an int32_t. */
  MAX_BOX_LENGTH = INT32_MAX,
  MAX_LENGTH = MAX_BOX_LENGTH - crypto_secretbox_MACBYTES,
};

static const unsigned char MAGIC[MAGIC_LENGTH] = {'t', 'o', 'x', 'E', 's', 'a', 'v', 'e'};

_Static_assert(TOX_PASS_SALT_LENGTH == crypto_pwhash_scryptsalsa208sha256_SALTBYTES, "a salt for scrypt");
_Static_assert(TOX_PASS_KEY_LENGTH == crypto_secretbox_KEYBYTES, "a key for the box");
_Static_assert(TOX_PASS_ENCRYPTION_EXTRA_LENGTH == BOX_OFFSET + crypto_secretbox_MACBYTES, "what comes before data");

struct Tox_Pass_Key {
  uint8_t salt[TOX_PASS_SALT_LENGTH];
  uint8_t key[TOX_PASS_KEY_LENGTH];
};

/* Sets an error that may be unwanted, and says how the call ends. */
#define RETURN(value, why)               \
  do {                                   \
    if (error != NULL) *error = (why);   \
    return value;                        \
  } while (0)

void tox_pass_key_free(Tox_Pass_Key *key) {
  if (key == NULL) return;
  sodium_memzero(key, sizeof *key);
  free(key);
}

Tox_Pass_Key *tox_pass_key_derive(const uint8_t passphrase[], size_t passphrase_len, Tox_Err_Key_Derivation *error) {
  if (sodium_init() < 0) RETURN(NULL, TOX_ERR_KEY_DERIVATION_FAILED);
  Tox_Pass_Salt salt;
  randombytes_buf(salt, sizeof salt);
  return tox_pass_key_derive_with_salt(passphrase, passphrase_len, salt, error);
}

Tox_Pass_Key *tox_pass_key_derive_with_salt(const uint8_t passphrase[], size_t passphrase_len,
                                            const Tox_Pass_Salt salt, Tox_Err_Key_Derivation *error) {
  if (salt == NULL || (passphrase == NULL && passphrase_len != 0)) RETURN(NULL, TOX_ERR_KEY_DERIVATION_NULL);
  Tox_Pass_Key *key = sodium_init() < 0 ? NULL : malloc(sizeof *key);
  if (key == NULL) RETURN(NULL, TOX_ERR_KEY_DERIVATION_FAILED);
  memcpy(key->salt, salt, sizeof key->salt);

  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, passphrase, passphrase_len);
  const int failed = crypto_pwhash_scryptsalsa208sha256(
      key->key, sizeof key->key, (const char *)hash, sizeof hash, key->salt,
      2 * crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_INTERACTIVE,
      crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_INTERACTIVE);
  sodium_memzero(hash, sizeof hash);
  if (failed) {
    tox_pass_key_free(key);
    RETURN(NULL, TOX_ERR_KEY_DERIVATION_FAILED);
  }
  RETURN(key, TOX_ERR_KEY_DERIVATION_OK);
}

bool tox_pass_key_encrypt(const Tox_Pass_Key *key, const uint8_t plaintext[], size_t plaintext_len,
                          uint8_t ciphertext[], Tox_Err_Encryption *error) {
  if (key == NULL || plaintext == NULL || plaintext_len == 0 || ciphertext == NULL) {
    RETURN(false, TOX_ERR_ENCRYPTION_NULL);
  }
  if (plaintext_len > MAX_LENGTH || sodium_init() < 0) RETURN(false, TOX_ERR_ENCRYPTION_FAILED);
  uint8_t *const nonce = ciphertext + NONCE_OFFSET;
  memcpy(ciphertext, MAGIC, MAGIC_LENGTH);
  memcpy(ciphertext + SALT_OFFSET, key->salt, sizeof key->salt);
  randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
  const int failed = crypto_secretbox_easy(ciphertext + BOX_OFFSET, plaintext, plaintext_len, nonce, key->key);
  RETURN(!failed, failed ? TOX_ERR_ENCRYPTION_FAILED : TOX_ERR_ENCRYPTION_OK);
}

bool tox_pass_encrypt(const uint8_t plaintext[], size_t plaintext_len, const uint8_t passphrase[],
                      size_t passphrase_len, uint8_t ciphertext[], Tox_Err_Encryption *error) {
  /* Known before the key is made, which takes long. */
  if (plaintext == NULL || plaintext_len == 0 || ciphertext == NULL) RETURN(false, TOX_ERR_ENCRYPTION_NULL);
  Tox_Err_Key_Derivation why;
  Tox_Pass_Key *key = tox_pass_key_derive(passphrase, passphrase_len, &why);
  if (why == TOX_ERR_KEY_DERIVATION_NULL) RETURN(false, TOX_ERR_ENCRYPTION_NULL);
  if (key == NULL) RETURN(false, TOX_ERR_ENCRYPTION_KEY_DERIVATION_FAILED);
  const bool encrypted = tox_pass_key_encrypt(key, plaintext, plaintext_len, ciphertext, error);
  tox_pass_key_free(key);
  return encrypted;
}

/* What can be seen to be wrong without the key, which stands for whatever opens the data: a key or a passphrase. */
static Tox_Err_Decryption examine(const void *key, const uint8_t *ciphertext, size_t ciphertext_len,
                                  const uint8_t *plaintext) {
  if (ciphertext_len <= TOX_PASS_ENCRYPTION_EXTRA_LENGTH) return TOX_ERR_DECRYPTION_INVALID_LENGTH;
  if (key == NULL || ciphertext == NULL || plaintext == NULL) return TOX_ERR_DECRYPTION_NULL;
  if (!tox_is_data_encrypted(ciphertext)) return TOX_ERR_DECRYPTION_BAD_FORMAT;
  return TOX_ERR_DECRYPTION_OK;
}

bool tox_pass_key_decrypt(const Tox_Pass_Key *key, const uint8_t ciphertext[], size_t ciphertext_len,
                          uint8_t plaintext[], Tox_Err_Decryption *error) {
  const Tox_Err_Decryption wrong = examine(key, ciphertext, ciphertext_len, plaintext);
  if (wrong != TOX_ERR_DECRYPTION_OK) RETURN(false, wrong);
  const size_t box_length = ciphertext_len - BOX_OFFSET;
  if (box_length > MAX_BOX_LENGTH) RETURN(false, TOX_ERR_DECRYPTION_FAILED);
  /* Callers may decrypt in place, where the nonce would be overwritten while it is needed. */
  unsigned char nonce[crypto_secretbox_NONCEBYTES];
  memcpy(nonce, ciphertext + NONCE_OFFSET, sizeof nonce);
  const int failed = crypto_secretbox_open_easy(plaintext, ciphertext + BOX_OFFSET, box_length, nonce, key->key);
  RETURN(!failed, failed ? TOX_ERR_DECRYPTION_FAILED : TOX_ERR_DECRYPTION_OK);
}

bool tox_pass_decrypt(const uint8_t ciphertext[], size_t ciphertext_len, const uint8_t passphrase[],
                      size_t passphrase_len, uint8_t plaintext[], Tox_Err_Decryption *error) {
  const Tox_Err_Decryption wrong = examine(passphrase, ciphertext, ciphertext_len, plaintext);
  if (wrong != TOX_ERR_DECRYPTION_OK) RETURN(false, wrong);
  Tox_Pass_Key *key = tox_pass_key_derive_with_salt(passphrase, passphrase_len, ciphertext + SALT_OFFSET, NULL);
  if (key == NULL) RETURN(false, TOX_ERR_DECRYPTION_KEY_DERIVATION_FAILED);
  const bool decrypted = tox_pass_key_decrypt(key, ciphertext, ciphertext_len, plaintext, error);
  tox_pass_key_free(key);
  return decrypted;
}

bool tox_get_salt(const uint8_t ciphertext[TOX_PASS_ENCRYPTION_EXTRA_LENGTH], Tox_Pass_Salt salt,
                  Tox_Err_Get_Salt *error) {
  if (ciphertext == NULL || salt == NULL) RETURN(false, TOX_ERR_GET_SALT_NULL);
  if (!tox_is_data_encrypted(ciphertext)) RETURN(false, TOX_ERR_GET_SALT_BAD_FORMAT);
  memcpy(salt, ciphertext + SALT_OFFSET, TOX_PASS_SALT_LENGTH);
  RETURN(true, TOX_ERR_GET_SALT_OK);
}

bool tox_is_data_encrypted(const uint8_t data[TOX_PASS_ENCRYPTION_EXTRA_LENGTH]) {
  return data != NULL && memcmp(data, MAGIC, MAGIC_LENGTH) == 0;
}
