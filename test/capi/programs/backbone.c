// No story: a small network of nodes that stay, for stories whose peers come and go. Runs until standard input ends.

#include "peers.h"

enum { NODES = 4 };

int main(int argc, char **argv) {
  if (argc < 3) give_up("usage: program ROLE PORT");
  const int port = atoi(argv[2]);
  Tox *nodes[NODES];
  uint8_t key[KEY_SIZE];
  for (int i = 0; i < NODES; i++) {
    nodes[i] = make_instance((uint8_t)(100 + i), (uint16_t)port);
    tox_self_get_dht_id(nodes[0], key);
    if (i > 0) tox_bootstrap(nodes[i], "127.0.0.1", tox_self_get_udp_port(nodes[0], NULL), key, NULL);
  }
  printf("= node %u ", tox_self_get_udp_port(nodes[0], NULL));
  for (int i = 0; i < KEY_SIZE; i++) printf("%02x", key[i]);
  printf("\n");
  fflush(stdout);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  while (poll(&input, 1, (int)tox_iteration_interval(nodes[0])) == 0) {
    for (int i = 0; i < NODES; i++) tox_iterate(nodes[i], NULL);
  }
  for (int i = 0; i < NODES; i++) tox_kill(nodes[i]);
  return 0;
}
