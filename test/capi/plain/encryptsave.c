// The passphrase API, step by step: what each call answers and which error it leaves. Run without arguments it tells a
// story that must be equal with every library; with `encrypt` it prints encrypted data in hexadecimal, which `decrypt`
// reads from standard input and opens again, perhaps in another library.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/toxencryptsave.h>

enum {
  // An error variable that a call left alone.
  UNTOUCHED = 99,
  EXTRA = TOX_PASS_ENCRYPTION_EXTRA_LENGTH,
  MESSAGE = 27,
  SEALED = MESSAGE + EXTRA,
  LONG_MESSAGE = 100000,
};

#define STEP(ErrorType, call)                                 \
  do {                                                        \
    ErrorType value = (ErrorType)UNTOUCHED;                   \
    ErrorType *error = &value;                                \
    const int answer = (int)(call);                           \
    printf("%s: %d, error %d\n", #call, answer, (int)value);  \
  } while (0)

#define SHOW(call) printf("%s: %d\n", #call, (int)(call))

static const uint8_t message[MESSAGE + 1] = "a profile with a secret key";
static const uint8_t pass[] = {'p', 'a', 0, 's', 0xff};
static uint8_t sealed[SEALED], spoilt[SEALED], opened[MESSAGE];

static bool is_open(void) {
  const bool equal = memcmp(opened, message, MESSAGE) == 0;
  memset(opened, 0xa5, sizeof opened);
  return equal;
}

static bool untouched(void) {
  for (size_t i = 0; i < sizeof opened; i++) {
    if (opened[i] != 0xa5) return false;
  }
  return true;
}

static const uint8_t *spoil(size_t at) {
  memcpy(spoilt, sealed, SEALED);
  spoilt[at] ^= 1;
  return spoilt;
}

static Tox_Pass_Key *key_of(const char *text, uint8_t salt_byte) {
  uint8_t salt[TOX_PASS_SALT_LENGTH];
  memset(salt, salt_byte, sizeof salt);
  return tox_pass_key_derive_with_salt((const uint8_t *)text, strlen(text), salt, NULL);
}

static void tell_sizes(void) {
  SHOW(tox_pass_salt_length());
  SHOW(tox_pass_key_length());
  SHOW(tox_pass_encryption_extra_length());
}

static void tell_passphrases(void) {
  STEP(Tox_Err_Encryption, tox_pass_encrypt(NULL, MESSAGE, pass, sizeof pass, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_encrypt(message, 0, pass, sizeof pass, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_encrypt(message, MESSAGE, NULL, 3, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_encrypt(message, MESSAGE, pass, sizeof pass, NULL, error));
  SHOW(tox_pass_encrypt(NULL, MESSAGE, pass, sizeof pass, sealed, NULL));
  STEP(Tox_Err_Encryption, tox_pass_encrypt(message, MESSAGE, NULL, 0, sealed, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, pass, 0, opened, error));
  SHOW(is_open());
  STEP(Tox_Err_Encryption, tox_pass_encrypt(message, MESSAGE, pass, sizeof pass, sealed, error));
  SHOW(memcmp(sealed, "toxEsave", 8));

  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, pass, sizeof pass, opened, error));
  SHOW(is_open());
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, pass, sizeof pass - 1, opened, error));
  SHOW(untouched());
  STEP(Tox_Err_Decryption, tox_pass_decrypt(NULL, 0, NULL, 0, NULL, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(NULL, EXTRA, pass, sizeof pass, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(NULL, EXTRA + 1, pass, sizeof pass, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, EXTRA, pass, sizeof pass, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, NULL, 0, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, NULL, 3, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, SEALED, pass, sizeof pass, NULL, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(spoil(7), SEALED, pass, sizeof pass, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(spoil(8), SEALED, pass, sizeof pass, opened, error));
  SHOW(tox_pass_decrypt(sealed, SEALED, pass, 0, opened, NULL));
}

static void tell_keys(void) {
  STEP(Tox_Err_Key_Derivation, tox_pass_key_derive(NULL, 3, error) != NULL);
  STEP(Tox_Err_Key_Derivation, tox_pass_key_derive_with_salt(pass, sizeof pass, NULL, error) != NULL);
  STEP(Tox_Err_Key_Derivation, tox_pass_key_derive_with_salt(NULL, 3, sealed, error) != NULL);
  SHOW(tox_pass_key_derive(NULL, 3, NULL) != NULL);
  Tox_Err_Key_Derivation why = (Tox_Err_Key_Derivation)UNTOUCHED;
  Tox_Pass_Key *fresh = tox_pass_key_derive(NULL, 0, &why);
  printf("a fresh key: %d, error %d\n", fresh != NULL, (int)why);
  tox_pass_key_free(fresh);

  Tox_Pass_Key *key = key_of("secret", 7), *same = key_of("secret", 7), *other = key_of("secret", 8);
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(NULL, message, MESSAGE, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(key, NULL, MESSAGE, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(key, message, 0, sealed, error));
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(key, message, MESSAGE, NULL, error));
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(key, message, MESSAGE, sealed, error));

  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(same, sealed, SEALED, opened, error));
  SHOW(is_open());
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(other, sealed, SEALED, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(NULL, sealed, SEALED, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(NULL, sealed, EXTRA, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, NULL, SEALED, opened, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, sealed, SEALED, NULL, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, sealed, EXTRA, opened, error));
  SHOW(untouched());
  for (size_t length = EXTRA + 1; length < SEALED; length++) {
    STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, sealed, length, opened, error));
  }
  for (size_t at = 0; at < SEALED; at++) {
    STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, spoil(at), SEALED, opened, error));
    printf("byte %zu: opened %d\n", at, is_open());
  }
  // In place.
  memcpy(spoilt, sealed, SEALED);
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, spoilt, SEALED, spoilt, error));
  SHOW(memcmp(spoilt, message, MESSAGE));

  uint8_t *data = calloc(1, LONG_MESSAGE), *large = malloc(LONG_MESSAGE + EXTRA), *back = malloc(LONG_MESSAGE);
  STEP(Tox_Err_Encryption, tox_pass_key_encrypt(key, data, LONG_MESSAGE, large, error));
  STEP(Tox_Err_Decryption, tox_pass_key_decrypt(key, large, LONG_MESSAGE + EXTRA, back, error));
  SHOW(memcmp(back, data, LONG_MESSAGE));
  free(data);
  free(large);
  free(back);
  tox_pass_key_free(key);
  tox_pass_key_free(same);
  tox_pass_key_free(other);
  tox_pass_key_free(NULL);
}

static void tell_salts(void) {
  uint8_t salt[TOX_PASS_SALT_LENGTH], sevens[TOX_PASS_SALT_LENGTH];
  memset(sevens, 7, sizeof sevens);
  STEP(Tox_Err_Get_Salt, tox_get_salt(sealed, salt, error));
  SHOW(memcmp(salt, sevens, sizeof salt));
  STEP(Tox_Err_Get_Salt, tox_get_salt(NULL, salt, error));
  STEP(Tox_Err_Get_Salt, tox_get_salt(sealed, NULL, error));
  STEP(Tox_Err_Get_Salt, tox_get_salt(spoil(0), salt, error));
  SHOW(tox_get_salt(sealed, salt, NULL));
  SHOW(tox_is_data_encrypted(sealed));
  SHOW(tox_is_data_encrypted(spoil(7)));
  SHOW(tox_is_data_encrypted(spoil(8)));
}

static void print_sealed(void) {
  for (size_t i = 0; i < SEALED; i++) printf("%02x", sealed[i]);
  printf("\n");
}

static int encrypt(void) {
  Tox_Pass_Key *key = key_of("key", 1);
  if (!tox_pass_encrypt(message, MESSAGE, pass, sizeof pass, sealed, NULL)) return 1;
  print_sealed();
  if (!tox_pass_key_encrypt(key, message, MESSAGE, sealed, NULL)) return 1;
  print_sealed();
  tox_pass_key_free(key);
  return 0;
}

static bool read_sealed(void) {
  for (size_t i = 0; i < SEALED; i++) {
    unsigned byte;
    if (scanf("%2x", &byte) != 1) return false;
    sealed[i] = (uint8_t)byte;
  }
  return true;
}

static int decrypt(void) {
  Tox_Pass_Key *key = key_of("key", 1);
  if (!read_sealed() || !tox_pass_decrypt(sealed, SEALED, pass, sizeof pass, opened, NULL)) return 1;
  printf("%.*s\n", MESSAGE, (const char *)opened);
  if (!read_sealed() || !tox_pass_key_decrypt(key, sealed, SEALED, opened, NULL)) return 1;
  printf("%.*s\n", MESSAGE, (const char *)opened);
  tox_pass_key_free(key);
  return 0;
}

int main(int argc, char **argv) {
  memset(opened, 0xa5, sizeof opened);
  if (argc > 1) return strcmp(argv[1], "encrypt") == 0 ? encrypt() : decrypt();
  tell_sizes();
  tell_passphrases();
  tell_keys();
  tell_salts();
  return 0;
}
