// What the C stories share: every step is one printed line, so that two libraries can be compared by their text.
// A story prints nothing that differs between two runs: no times, and keys only where a fixed secret key makes them.

#ifndef STORY_H
#define STORY_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/tox.h>
#include <unistd.h>

/** What an error variable holds before the call: a call that does not write its error is seen as well. */
#define UNTOUCHED 99

/** Prints the call as it stands in the source, what it returned and the error it left in `error`. */
#define STEP(ErrorType, call)                                          \
  do {                                                                 \
    ErrorType error = (ErrorType)UNTOUCHED;                            \
    const long long value = (long long)(call);                         \
    printf("%s: %lld, error %d\n", #call, value, (int)error);          \
  } while (0)

/** The same for calls without an error. */
#define SHOW(call) printf("%s: %lld\n", #call, (long long)(call))

/** The same for calls without a result: they return at all. */
#define DO(call)       \
  do {                 \
    (call);            \
    printf("%s\n", #call); \
  } while (0)

enum {
  /** c-toxcore 0.2.18 takes requests of up to 1016 bytes, of which those above 921 never arrive. */
  MAX_REQUEST = 921,
  OVERLONG_REQUEST = 1017,
  ADDRESS_SIZE = 38,
  KEY_SIZE = 32,
};

/** A title between steps. */
static inline void chapter(const char *title) { printf("-- %s\n", title); }

/** Ends a story that cannot go on; the harness sees the exit code. */
static inline void give_up(const char *why) {
  printf("gave up: %s\n", why);
  fflush(stdout);
  _Exit(2);
}

static inline void print_hex(const char *what, const uint8_t *bytes, size_t length) {
  printf("%s: ", what);
  for (size_t i = 0; i < length; i++) printf("%02x", bytes[i]);
  printf("\n");
}

/** Short printable text as it is, anything else by its length and a sum over its bytes (FNV-1a). */
static inline void print_text(const char *what, const uint8_t *bytes, size_t length) {
  uint32_t sum = 2166136261u;
  bool printable = length <= 40;
  for (size_t i = 0; i < length; i++) {
    sum = (sum ^ bytes[i]) * 16777619u;
    printable = printable && bytes[i] >= ' ' && bytes[i] <= '~';
  }
  if (printable) {
    printf("%s: '%.*s'\n", what, (int)length, (const char *)bytes);
  } else {
    printf("%s: %zu bytes, sum %08x\n", what, length, sum);
  }
}

/** The same for a text from a callback: clients print them as they come, so there is a zero behind them. */
static inline void print_string(const char *what, const uint8_t *bytes, size_t length) {
  if (bytes != NULL && bytes[length] != 0) give_up("a text without its end");
  print_text(what, bytes, length);
}

/** `length` letters; good until the next call. */
static inline const uint8_t *letters(size_t length) {
  static uint8_t buffer[1 << 17];
  if (length > sizeof(buffer)) give_up("too many letters");
  for (size_t i = 0; i < length; i++) buffer[i] = (uint8_t)('a' + i % 26);
  return buffer;
}

static inline const uint8_t *bytes_of(const char *text) { return (const uint8_t *)text; }

/** The key of stranger `n` (below 128, since a public key's highest bit is clear); good until the next call. */
static inline const uint8_t *key_of(uint8_t n) {
  static uint8_t key[KEY_SIZE];
  memset(key, n, KEY_SIZE);
  return key;
}

/** Key, nospam and checksum in one: a Tox ID. */
static inline void make_address(uint8_t address[ADDRESS_SIZE], const uint8_t *key, uint32_t nospam) {
  memcpy(address, key, KEY_SIZE);
  for (int i = 0; i < 4; i++) address[KEY_SIZE + i] = (uint8_t)(nospam >> (24 - 8 * i));
  address[36] = address[37] = 0;
  for (int i = 0; i < 36; i++) address[36 + i % 2] ^= address[i];
}

/** The Tox ID of stranger `n`; good until the next call. */
static inline const uint8_t *address_of(uint8_t n, uint32_t nospam) {
  static uint8_t address[ADDRESS_SIZE];
  make_address(address, key_of(n), nospam);
  return address;
}

/** Options of an instance that keeps to itself. */
static inline struct Tox_Options *quiet_options(void) {
  struct Tox_Options *options = tox_options_new(NULL);
  if (options == NULL) give_up("no options");
  tox_options_set_ipv6_enabled(options, false);
  tox_options_set_local_discovery_enabled(options, false);
  return options;
}

/** What an instance has of the network besides a secret key; see make_instance. */
typedef struct Ways {
  /** The first UDP port to try, 0 for 33445. */
  uint16_t port;
  bool has_no_udp;
  /** The port of its TCP relay, 0 for none. */
  uint16_t tcp_port;
} Ways;

/** The instance whose long-term secret key is 32 times `n`. */
static inline Tox *make_instance_with(uint8_t n, Ways ways) {
  uint8_t secret[KEY_SIZE];
  memset(secret, n, sizeof(secret));
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_SECRET_KEY);
  tox_options_set_savedata_data(options, secret, sizeof(secret));
  tox_options_set_udp_enabled(options, !ways.has_no_udp);
  tox_options_set_tcp_port(options, ways.tcp_port);
  tox_options_set_start_port(options, ways.port);
  tox_options_set_end_port(options, ways.port == 0 ? 0 : (uint16_t)(ways.port + 99));
  tox_options_set_experimental_thread_safety(options, true);
  Tox_Err_New error;
  Tox *tox = tox_new(options, &error);
  tox_options_free(options);
  if (tox == NULL) {
    printf("tox_new: error %d\n", (int)error);
    give_up("no instance");
  }
  tox_self_set_nospam(tox, 0x01020304);
  return tox;
}

/** The same with UDP alone, at the first free port from `port` on, or from 33445. */
static inline Tox *make_instance(uint8_t n, uint16_t port) { return make_instance_with(n, (Ways){.port = port}); }

/** Friend numbers with the first byte of each key. */
static inline void print_friends(const Tox *tox) {
  uint32_t numbers[256];
  const size_t count = tox_self_get_friend_list_size(tox);
  if (count > 256) give_up("too many friends");
  tox_self_get_friend_list(tox, numbers);
  printf("%zu friends:", count);
  for (size_t i = 0; i < count; i++) {
    uint8_t key[KEY_SIZE] = {0};
    tox_friend_get_public_key(tox, numbers[i], key, NULL);
    printf(" %u=%02x", numbers[i], key[0]);
  }
  printf("\n");
}

/** Resident memory of this process. */
static inline long resident_kib(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) give_up("no statm");
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/** Two instances of one thread become friends by key, and one knows where the other is. */
static inline void introduce_both(Tox *a, Tox *b) {
  uint8_t key[KEY_SIZE];
  tox_self_get_public_key(a, key);
  tox_friend_add_norequest(b, key, NULL);
  tox_self_get_public_key(b, key);
  tox_friend_add_norequest(a, key, NULL);
  tox_self_get_dht_id(b, key);
  tox_bootstrap(a, "127.0.0.1", tox_self_get_udp_port(b, NULL), key, NULL);
}

/** Tells the harness, on standard error and before main, which library file this process really runs. */
__attribute__((constructor)) static inline void tell_library(void) {
  Dl_info info;
  void *symbol = dlsym(RTLD_DEFAULT, "tox_new");
  if (symbol != NULL && dladdr(symbol, &info) != 0) fprintf(stderr, "library: %s\n", info.dli_fname);
}

#endif
