// What only newer releases have: options that own their data. Also calls without options, tox_hash and the version.
// Each line that is wrong is told.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/tox.h>

#define EXPECT(what)                                      \
  do {                                                    \
    if (!(what)) printf("line %d: %s\n", __LINE__, #what); \
  } while (0)

static const char host[] = "localhost";
static const uint8_t data[] = {1, 2, 3, 4};
static const char system_place;
#define SYSTEM ((const Tox_System *)&system_place)

static void test_borrowing(void) {
  Tox_Options *options = tox_options_new(NULL);
  EXPECT(!tox_options_get_experimental_owned_data(options));
  EXPECT(!tox_options_get_experimental_groups_persistence(options));
  EXPECT(!tox_options_get_experimental_disable_dns(options));
  EXPECT(tox_options_set_proxy_host(options, host) && tox_options_get_proxy_host(options) == host);
  EXPECT(tox_options_set_savedata_data(options, data, 4) && tox_options_get_savedata_data(options) == data);
  EXPECT(tox_options_set_savedata_data(options, NULL, 4) && tox_options_get_savedata_length(options) == 4);
  tox_options_set_experimental_groups_persistence(options, true);
  tox_options_set_experimental_disable_dns(options, true);
  EXPECT(tox_options_get_experimental_groups_persistence(options) && tox_options_get_experimental_disable_dns(options));
  tox_options_free(options);
}

static void test_owning(void) {
  char name[] = "example.org";
  uint8_t bytes[] = {5, 6, 7};
  Tox_Options *options = tox_options_new(NULL);
  tox_options_set_experimental_owned_data(options, true);
  EXPECT(tox_options_set_proxy_host(options, name) && tox_options_set_savedata_data(options, bytes, 3));
  memset(name, 0, sizeof name);
  memset(bytes, 0, sizeof bytes);
  EXPECT(strcmp(tox_options_get_proxy_host(options), "example.org") == 0);
  EXPECT(memcmp(tox_options_get_savedata_data(options), "\5\6\7", 3) == 0);
  EXPECT(tox_options_get_savedata_length(options) == 3);

  // From itself, and from a part of itself.
  EXPECT(tox_options_set_proxy_host(options, tox_options_get_proxy_host(options) + 8));
  EXPECT(strcmp(tox_options_get_proxy_host(options), "org") == 0);
  EXPECT(tox_options_set_savedata_data(options, tox_options_get_savedata_data(options) + 1, 2));
  EXPECT(memcmp(tox_options_get_savedata_data(options), "\6\7", 2) == 0);

  EXPECT(tox_options_set_savedata_data(options, data, 0) && tox_options_get_savedata_data(options) != NULL);
  EXPECT(tox_options_set_savedata_data(options, NULL, 4) && tox_options_get_savedata_data(options) == NULL);
  EXPECT(tox_options_get_savedata_length(options) == 0);
  EXPECT(tox_options_set_proxy_host(options, NULL) && tox_options_get_proxy_host(options) == NULL);

  // More than there is memory for: the caller's own, as if nothing were owned.
  EXPECT(!tox_options_set_savedata_data(options, data, SIZE_MAX) && tox_options_get_savedata_data(options) == data);
  EXPECT(!tox_options_set_savedata_data(options, data, SIZE_MAX / 4) && tox_options_get_savedata_data(options) == data);

  tox_options_set_proxy_host(options, "last");
  tox_options_set_experimental_owned_data(options, false);
  EXPECT(strcmp(tox_options_get_proxy_host(options), "last") == 0);
  tox_options_set_proxy_host(options, host);
  EXPECT(tox_options_get_proxy_host(options) == host);
  tox_options_default(options);
  EXPECT(tox_options_get_proxy_host(options) == NULL && !tox_options_get_experimental_owned_data(options));
  tox_options_free(options);
}

static void test_copying(void) {
  Tox_Options *one = tox_options_new(NULL), *two = tox_options_new(NULL);
  tox_options_set_tcp_port(one, 7);
  tox_options_set_proxy_host(one, host);
  tox_options_copy(two, one);
  EXPECT(tox_options_get_tcp_port(two) == 7 && tox_options_get_proxy_host(two) == host);

  tox_options_set_experimental_owned_data(one, true);
  tox_options_set_proxy_host(one, "first");
  tox_options_set_savedata_data(one, data, 4);
  tox_options_copy(two, one);
  tox_options_copy(two, one);
  tox_options_copy(two, two);
  EXPECT(tox_options_get_proxy_host(two) != tox_options_get_proxy_host(one));
  tox_options_free(one);
  EXPECT(tox_options_get_experimental_owned_data(two) && strcmp(tox_options_get_proxy_host(two), "first") == 0);
  EXPECT(memcmp(tox_options_get_savedata_data(two), data, 4) == 0);
  tox_options_copy(two, NULL);
  tox_options_copy(NULL, two);
  tox_options_free(two);
}

static void test_stack(void) {
  Tox_Options options;
  memset(&options, 0xff, sizeof options);
  tox_options_default(&options);
  tox_options_set_experimental_owned_data(&options, true);
  EXPECT(tox_options_set_proxy_host(&options, host) && strcmp(options.proxy_host, host) == 0);
  EXPECT(options.proxy_host != host);
  // The system of 0.2.18 and owned data exclude each other.
  tox_options_set_operating_system(&options, SYSTEM);
  EXPECT(tox_options_get_operating_system(&options) == NULL);
  tox_options_default(&options);
  tox_options_set_operating_system(&options, SYSTEM);
  EXPECT(tox_options_get_operating_system(&options) == SYSTEM);
}

static void test_padding(void) {
  // What 0.2.18 leaves in its padding is no wish.
  Tox_Options options;
  memset(&options, 0xff, sizeof options);
  EXPECT(!tox_options_get_experimental_owned_data(&options));
  EXPECT(!tox_options_get_experimental_disable_dns(&options));
  EXPECT(!tox_options_get_experimental_groups_persistence(&options));
}

static void test_nothing(void) {
  tox_options_set_udp_enabled(NULL, true);
  tox_options_set_log_callback(NULL, NULL);
  tox_options_set_experimental_owned_data(NULL, true);
  tox_options_set_operating_system(NULL, SYSTEM);
  EXPECT(!tox_options_set_proxy_host(NULL, host) && !tox_options_set_savedata_data(NULL, data, 4));
  EXPECT(!tox_options_get_udp_enabled(NULL) && tox_options_get_start_port(NULL) == 0);
  EXPECT(tox_options_get_proxy_host(NULL) == NULL && tox_options_get_savedata_data(NULL) == NULL);
  EXPECT(tox_options_get_operating_system(NULL) == NULL && tox_options_get_log_callback(NULL) == NULL);
  EXPECT(!tox_options_get_experimental_owned_data(NULL));
}

static void test_hash(void) {
  uint8_t hash[TOX_HASH_LENGTH];
  EXPECT(tox_hash(hash, (const uint8_t *)"abc", 3));
  EXPECT(memcmp(hash, "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
                      "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad", sizeof hash) == 0);
  EXPECT(tox_hash(hash, NULL, 0) && hash[0] == 0xe3);
  EXPECT(!tox_hash(hash, NULL, 1) && !tox_hash(NULL, data, 4));
}

static void test_version(void) {
  EXPECT(TOX_VERSION_IS_ABI_COMPATIBLE());
  EXPECT(tox_version_is_compatible(0, 2, 18) && tox_version_is_compatible(0, 2, 0));
  EXPECT(!tox_version_is_compatible(0, 2, tox_version_patch() + 1));
  EXPECT(!tox_version_is_compatible(0, 3, 0) && !tox_version_is_compatible(1, 2, 18));
}

int main(void) {
  test_borrowing();
  test_owning();
  test_copying();
  test_stack();
  test_padding();
  test_nothing();
  test_hash();
  test_version();
  return 0;
}
