// No story: a small network of nodes that stay, for stories whose peers come and go. The first one is a TCP relay as well,
// at the port that is given third. Runs until standard input ends.

#include "peers.h"

enum { NODES = 4 };

int main(int argc, char **argv) {
  if (argc < 3) give_up("usage: program ROLE PORT [TCP-PORT]");
  const int port = atoi(argv[2]);
  const int tcp_port = argc > 3 ? atoi(argv[3]) : 0;
  Tox *nodes[NODES];
  uint8_t key[KEY_SIZE];
  for (int i = 0; i < NODES; i++) {
    const Ways ways = {.port = (uint16_t)port, .tcp_port = i == 0 ? (uint16_t)tcp_port : 0};
    nodes[i] = make_instance_with((uint8_t)(100 + i), ways);
    tox_self_get_dht_id(nodes[0], key);
    if (i > 0) tox_bootstrap(nodes[i], "127.0.0.1", tox_self_get_udp_port(nodes[0], NULL), key, NULL);
  }
  printf("= node %u ", tox_self_get_udp_port(nodes[0], NULL));
  for (int i = 0; i < KEY_SIZE; i++) printf("%02x", key[i]);
  if (tcp_port != 0) printf(" %u", tox_self_get_tcp_port(nodes[0], NULL));
  printf("\n");
  fflush(stdout);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  for (;;) {
    uint32_t pause = UINT32_MAX;
    for (int i = 0; i < NODES; i++) {
      const uint32_t wanted = tox_iteration_interval(nodes[i]);
      if (wanted < pause) pause = wanted;
    }
    if (poll(&input, 1, (int)pause) != 0) break;
    for (int i = 0; i < NODES; i++) tox_iterate(nodes[i], NULL);
  }
  for (int i = 0; i < NODES; i++) tox_kill(nodes[i]);
  return 0;
}
