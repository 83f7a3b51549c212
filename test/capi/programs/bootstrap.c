// Story: bootstrap nodes and relays, good and bad. Nothing answers at any of these addresses.

#include "story.h"

static void all_of(Tox *tox, const char *host, uint16_t port, const uint8_t *key) {
  printf("%s:%u\n", host == NULL ? "no host" : host, port);
  STEP(Tox_Err_Bootstrap, tox_bootstrap(tox, host, port, key, &error));
  STEP(Tox_Err_Bootstrap, tox_add_tcp_relay(tox, host, port, key, &error));
  SHOW(tox_bootstrap(tox, host, port, key, NULL));
  SHOW(tox_add_tcp_relay(tox, host, port, key, NULL));
}

static void tell(const char *title, bool ipv6, bool udp) {
  chapter(title);
  struct Tox_Options *options = quiet_options();
  tox_options_set_ipv6_enabled(options, ipv6);
  tox_options_set_udp_enabled(options, udp);
  Tox *tox = tox_new(options, NULL);
  tox_options_free(options);
  if (tox == NULL) give_up("no instance");
  const uint8_t *key = key_of(9);
  all_of(tox, NULL, 33445, key);
  all_of(tox, "127.0.0.1", 33445, NULL);
  all_of(tox, NULL, 0, NULL);
  all_of(tox, "127.0.0.1", 0, NULL);
  all_of(tox, "127.0.0.1", 0, key);
  all_of(tox, NULL, 0, key);
  all_of(tox, "no such host", 0, key);
  all_of(tox, "no such host", 33445, key);
  all_of(tox, "", 33445, key);
  all_of(tox, " ", 33445, key);
  all_of(tox, "127.0.0.1", 34444, key);
  all_of(tox, "127.0.0.1", 65535, key_of(0));
  all_of(tox, "127.0.0.1", 34444, key_of(200));
  uint8_t own[KEY_SIZE];
  tox_self_get_dht_id(tox, own);
  all_of(tox, "127.0.0.1", 34444, own);
  for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
  SHOW(tox_self_get_connection_status(tox));
  tox_kill(tox);
}

int main(void) {
  tell("IPv4", false, true);
  tell("IPv4 and IPv6", true, true);
  tell("no UDP", false, false);
  return 0;
}
