/* Tox: a passphrase over a profile.
 *
 * Two ways to the same bytes. `tox_pass_encrypt` and `tox_pass_decrypt` take the passphrase each time; each call makes
 * a key from it, which is slow on purpose. Who saves often makes the key once, keeps it as a Tox_Pass_Key, and uses
 * `tox_pass_key_encrypt` and `tox_pass_key_decrypt`.
 *
 * Encrypted data is 80 bytes longer than what it holds:
 *
 *     8  bytes   toxEsave
 *     32 bytes   salt, random for each key
 *     24 bytes   nonce, random for each encryption
 *     16 bytes   authenticator of what follows
 *     n  bytes   the data (XSalsa20-Poly1305)
 *
 * The key is scrypt (opslimit 2^20, memlimit 2^24 in libsodium's terms) of the SHA-256 of the passphrase, with the
 * salt. A single wrong bit, as a wrong passphrase, means that nothing comes back; tell your users, and keep a copy of
 * the file before it is replaced.
 *
 * These functions need no instance and may be called from any thread. `error` may be NULL everywhere.
 */
#ifndef TOXCORE_TS_TOXENCRYPTSAVE_H
#define TOXCORE_TS_TOXENCRYPTSAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Sizes ------------------------------------------------------------------------------------------------------- */

/** How many bytes a salt has. */
#define TOX_PASS_SALT_LENGTH 32

uint32_t tox_pass_salt_length(void);

typedef uint8_t Tox_Pass_Salt[TOX_PASS_SALT_LENGTH];

/** How many bytes the key itself has. */
#define TOX_PASS_KEY_LENGTH 32

uint32_t tox_pass_key_length(void);

/** How many bytes encrypted data is longer than the data in it: 8 + 32 + 24 + 16. */
#define TOX_PASS_ENCRYPTION_EXTRA_LENGTH 80

uint32_t tox_pass_encryption_extra_length(void);

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

/** Why no key was made. */
typedef enum Tox_Err_Key_Derivation {
  TOX_ERR_KEY_DERIVATION_OK,
  /** The salt is NULL, or the passphrase is NULL and has a length. */
  TOX_ERR_KEY_DERIVATION_NULL,
  /** scrypt could not run: it needs 16 MiB of memory. */
  TOX_ERR_KEY_DERIVATION_FAILED,
} Tox_Err_Key_Derivation;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_err_key_derivation_to_string(Tox_Err_Key_Derivation error);

/** Why nothing was encrypted. */
typedef enum Tox_Err_Encryption {
  TOX_ERR_ENCRYPTION_OK,
  /** A pointer that is needed is NULL, or there is nothing to encrypt. */
  TOX_ERR_ENCRYPTION_NULL,
  /** No key could be made from the passphrase. */
  TOX_ERR_ENCRYPTION_KEY_DERIVATION_FAILED,
  /** The cipher refused, for instance more data than it takes. */
  TOX_ERR_ENCRYPTION_FAILED,
} Tox_Err_Encryption;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_err_encryption_to_string(Tox_Err_Encryption error);

/** Why nothing was decrypted. Looked at in this order: length, NULL, format, key, data. */
typedef enum Tox_Err_Decryption {
  TOX_ERR_DECRYPTION_OK,
  /** A pointer that is needed is NULL. */
  TOX_ERR_DECRYPTION_NULL,
  /** TOX_PASS_ENCRYPTION_EXTRA_LENGTH bytes or fewer: nothing can be in them. */
  TOX_ERR_DECRYPTION_INVALID_LENGTH,
  /** The first eight bytes are not `toxEsave`: made by something else, or not encrypted. */
  TOX_ERR_DECRYPTION_BAD_FORMAT,
  /** No key could be made from the passphrase. */
  TOX_ERR_DECRYPTION_KEY_DERIVATION_FAILED,
  /** The passphrase or key is not the one that encrypted, or the bytes have changed since. */
  TOX_ERR_DECRYPTION_FAILED,
} Tox_Err_Decryption;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_err_decryption_to_string(Tox_Err_Decryption error);

/** Why no salt was found. */
typedef enum Tox_Err_Get_Salt {
  TOX_ERR_GET_SALT_OK,
  /** One of the pointers is NULL. */
  TOX_ERR_GET_SALT_NULL,
  /** The first eight bytes are not `toxEsave`. */
  TOX_ERR_GET_SALT_BAD_FORMAT,
} Tox_Err_Get_Salt;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_err_get_salt_to_string(Tox_Err_Get_Salt error);

/* ---- With a passphrase ------------------------------------------------------------------------------------------- */

/**
 * Encrypts with a passphrase and a fresh salt.
 *
 * @param plaintext  `plaintext_len` bytes, at least one.
 * @param passphrase `passphrase_len` bytes in any encoding; none is allowed, and no protection.
 * @param ciphertext room for `plaintext_len + TOX_PASS_ENCRYPTION_EXTRA_LENGTH` bytes, apart from `plaintext`.
 */
bool tox_pass_encrypt(const uint8_t plaintext[], size_t plaintext_len, const uint8_t passphrase[],
                      size_t passphrase_len, uint8_t ciphertext[], Tox_Err_Encryption *error);

/**
 * Decrypts with the passphrase that encrypted.
 *
 * @param ciphertext `ciphertext_len` bytes, more than TOX_PASS_ENCRYPTION_EXTRA_LENGTH.
 * @param passphrase `passphrase_len` bytes. Not NULL, not even when there are none.
 * @param plaintext  room for `ciphertext_len - TOX_PASS_ENCRYPTION_EXTRA_LENGTH` bytes; of no meaning after a failure.
 */
bool tox_pass_decrypt(const uint8_t ciphertext[], size_t ciphertext_len, const uint8_t passphrase[],
                      size_t passphrase_len, uint8_t plaintext[], Tox_Err_Decryption *error);

/* ---- With a key -------------------------------------------------------------------------------------------------- */

/** A key and the salt it was made with. Whoever has its bytes needs no passphrase: it never belongs on a disk. */
#ifndef TOX_PASS_KEY_DEFINED
#define TOX_PASS_KEY_DEFINED
typedef struct Tox_Pass_Key Tox_Pass_Key;
#endif

/** Overwrites the key and ends it. NULL is allowed. */
void tox_pass_key_free(Tox_Pass_Key *key);

/**
 * Makes a key from a passphrase and a fresh salt: another one at each call, even for the same passphrase.
 *
 * @return a key for `tox_pass_key_free`, or NULL.
 */
Tox_Pass_Key *tox_pass_key_derive(const uint8_t passphrase[], size_t passphrase_len, Tox_Err_Key_Derivation *error);

/**
 * Makes the key that belongs to a passphrase and a salt. For data that exists, `tox_get_salt` tells the salt.
 *
 * @return a key for `tox_pass_key_free`, or NULL.
 */
Tox_Pass_Key *tox_pass_key_derive_with_salt(const uint8_t passphrase[], size_t passphrase_len,
                                            const Tox_Pass_Salt salt, Tox_Err_Key_Derivation *error);

/** `tox_pass_encrypt` with a key that is ready. The key's salt goes into the result. */
bool tox_pass_key_encrypt(const Tox_Pass_Key *key, const uint8_t plaintext[], size_t plaintext_len,
                          uint8_t ciphertext[], Tox_Err_Encryption *error);

/** `tox_pass_decrypt` with a key that is ready. The salt in the data is not looked at. */
bool tox_pass_key_decrypt(const Tox_Pass_Key *key, const uint8_t ciphertext[], size_t ciphertext_len,
                          uint8_t plaintext[], Tox_Err_Decryption *error);

/* ---- Looking at data --------------------------------------------------------------------------------------------- */

/** Copies the salt out of encrypted data. Says nothing about whether the data can be decrypted. */
bool tox_get_salt(const uint8_t ciphertext[TOX_PASS_ENCRYPTION_EXTRA_LENGTH], Tox_Pass_Salt salt,
                  Tox_Err_Get_Salt *error);

/** True when the data begins as encrypted data does. False for NULL. */
bool tox_is_data_encrypted(const uint8_t data[TOX_PASS_ENCRYPTION_EXTRA_LENGTH]);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* The enums under the names that older programs use. */
typedef Tox_Err_Key_Derivation TOX_ERR_KEY_DERIVATION;
typedef Tox_Err_Encryption TOX_ERR_ENCRYPTION;
typedef Tox_Err_Decryption TOX_ERR_DECRYPTION;
typedef Tox_Err_Get_Salt TOX_ERR_GET_SALT;

#endif
