// Story of one process: two friends without UDP meet through a relay; then the relay goes while both write to it, and its port
// is free for another one at once.

#include <signal.h>

#include "peers.h"

enum { NODES = 3, RELAY_PORT = 35700, UDP_PORT = 35600, WAIT_S = 60, WORDS = 50 };

static const double DYING_S = 0.3;

static unsigned words_heard;

static void on_word(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                    void *user_data) {
  (void)tox, (void)number, (void)type, (void)text, (void)length, (void)user_data;
  words_heard++;
}

typedef struct Network {
  Tox *nodes[NODES];
  Tox *friends[2];
} Network;

static void turn_all(Network *network) {
  uint32_t pause = 50;
  for (int i = 0; i < NODES + 2; i++) {
    Tox *tox = i < NODES ? network->nodes[i] : network->friends[i - NODES];
    if (tox == NULL) continue;
    tox_iterate(tox, NULL);
    if (tox_iteration_interval(tox) < pause) pause = tox_iteration_interval(tox);
  }
  usleep(1000 * pause);
}

static bool have_met(const Network *network) {
  for (int i = 0; i < 2; i++) {
    if (tox_friend_get_connection_status(network->friends[i], 0, NULL) != TOX_CONNECTION_TCP) return false;
  }
  return true;
}

static bool have_heard_all(const Network *network) {
  (void)network;
  return words_heard == 2 * WORDS;
}

static void wait_for(Network *network, bool (*is_so)(const Network *), const char *what) {
  const double end = seconds() + WAIT_S;
  while (!is_so(network)) {
    turn_all(network);
    if (seconds() > end) give_up(what);
  }
  printf("%s\n", what);
}

static void enter(Network *network, Tox *tox) {
  uint8_t key[KEY_SIZE];
  tox_self_get_dht_id(network->nodes[0], key);
  tox_bootstrap(tox, "127.0.0.1", tox_self_get_udp_port(network->nodes[0], NULL), key, NULL);
  tox_add_tcp_relay(tox, "127.0.0.1", tox_self_get_tcp_port(network->nodes[0], NULL), key, NULL);
}

static void open_nodes(Network *network) {
  for (int i = 0; i < NODES; i++) {
    const Ways ways = {.port = (uint16_t)(UDP_PORT + i), .tcp_port = i == 0 ? RELAY_PORT : 0};
    network->nodes[i] = make_instance_with((uint8_t)(50 + i), ways);
    if (i > 0) enter(network, network->nodes[i]);
  }
}

static void close_nodes(Network *network) {
  for (int i = 0; i < NODES; i++) {
    tox_kill(network->nodes[i]);
    network->nodes[i] = NULL;
  }
}

static void say_words(Network *network) {
  for (int i = 0; i < WORDS; i++) {
    for (int k = 0; k < 2; k++) {
      tox_friend_send_message(network->friends[k], 0, TOX_MESSAGE_TYPE_NORMAL, letters(1000), 1000, NULL);
    }
  }
}

int main(void) {
  // A peer who hangs up must not end a program that has never heard of this signal.
  signal(SIGPIPE, SIG_DFL);
  Network network;
  open_nodes(&network);
  for (int i = 0; i < 2; i++) {
    network.friends[i] = make_instance_with((uint8_t)(70 + i), (Ways){.has_no_udp = true});
    tox_callback_friend_message(network.friends[i], on_word);
    enter(&network, network.friends[i]);
  }
  uint8_t key[KEY_SIZE];
  for (int i = 0; i < 2; i++) {
    tox_self_get_public_key(network.friends[i], key);
    tox_friend_add_norequest(network.friends[1 - i], key, NULL);
  }
  wait_for(&network, have_met, "both friends are here");
  say_words(&network);
  wait_for(&network, have_heard_all, "all words arrive");
  close_nodes(&network);
  for (const double end = seconds() + DYING_S; seconds() < end;) {
    say_words(&network);
    turn_all(&network);
  }
  open_nodes(&network);
  for (int i = 0; i < 2; i++) enter(&network, network.friends[i]);
  turn_all(&network);
  printf("the port is free again: %d\n", tox_self_get_tcp_port(network.nodes[0], NULL) == RELAY_PORT);
  for (int i = 0; i < 2; i++) tox_kill(network.friends[i]);
  close_nodes(&network);
  return 0;
}
