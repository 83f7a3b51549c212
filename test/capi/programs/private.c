// Story of a program that wants to be seen by its proxy alone: it meets the network behind the proxy, asks somebody for
// friendship, ends, and comes back from its profile.

#include "peers.h"

enum { WAIT_S = 20 };

/** Long enough for what comes after the connection. */
static const double LINGER_S = 0.5;

static struct Tox_Options *options_behind(int type, uint16_t proxy_port) {
  // All else as by default: UDP and LAN discovery are wanted.
  struct Tox_Options *options = tox_options_new(NULL);
  tox_options_set_proxy_type(options, (Tox_Proxy_Type)type);
  tox_options_set_proxy_host(options, "127.0.0.1");
  tox_options_set_proxy_port(options, proxy_port);
  return options;
}

static void wait_for(Tox *tox, bool (*is_so)(Tox *), double seconds_at_most) {
  const double end = seconds() + seconds_at_most;
  while (seconds() < end && !is_so(tox)) turn(tox, NULL);
}

static bool is_connected(Tox *tox) { return tox_self_get_connection_status(tox) != TOX_CONNECTION_NONE; }
static bool never(Tox *tox) {
  (void)tox;
  return false;
}

static void live(Tox *tox, char **node) {
  uint8_t key[KEY_SIZE];
  read_key(key, node[1]);
  const uint16_t udp_port = (uint16_t)atoi(node[0]), relay_port = (uint16_t)atoi(node[2]);
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(tox, &error) != 0);
  STEP(Tox_Err_Bootstrap, tox_bootstrap(tox, "localhost", udp_port, key, &error));
  STEP(Tox_Err_Bootstrap, tox_bootstrap(tox, "127.0.0.1", udp_port, key, &error));
  STEP(Tox_Err_Bootstrap, tox_add_tcp_relay(tox, "a\r\nb", relay_port, key, &error));
  STEP(Tox_Err_Bootstrap, tox_add_tcp_relay(tox, "localhost", relay_port, key, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(9, 1), bytes_of("hello"), 5, &error));
  wait_for(tox, is_connected, WAIT_S);
  wait_for(tox, never, LINGER_S);
  SHOW(tox_self_get_connection_status(tox));
}

int main(int argc, char **argv) {
  if (argc < 6) give_up("usage: private TYPE PROXY-PORT NODE-PORT NODE-KEY RELAY-PORT");
  struct Tox_Options *options = options_behind(atoi(argv[1]), (uint16_t)atoi(argv[2]));
  Tox *tox = tox_new(options, NULL);
  if (tox == NULL) give_up("no instance");
  live(tox, argv + 3);
  const size_t size = tox_get_savedata_size(tox);
  uint8_t *profile = malloc(size);
  tox_get_savedata(tox, profile);
  tox_kill(tox);
  chapter("back from the profile");
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, profile, size);
  tox = tox_new(options, NULL);
  if (tox == NULL) give_up("no instance");
  free(profile);
  tox_options_free(options);
  live(tox, argv + 3);
  tox_kill(tox);
  return 0;
}
