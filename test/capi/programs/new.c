// Stories of tox_new, each told by name: `ports`, `tcp` (the port of a relay), `proxies`, `savedata`, `order` (which
// refusal comes first).

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "story.h"

enum { TAKEN_UDP = 34100, TAKEN_TCP = 34200 };

/** Occupies a port of this machine until the process ends. */
static void occupy(int type, uint16_t port) {
  const int handle = socket(AF_INET, type, 0);
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = INADDR_ANY};
  if (bind(handle, (struct sockaddr *)&any, sizeof(any)) != 0) give_up("the port is in use already");
  if (type == SOCK_STREAM && listen(handle, 1) != 0) give_up("cannot listen");
}

/** Makes an instance, prints what came of it, and kills it. Frees the options. */
static void attempt(const char *what, struct Tox_Options *options) {
  Tox_Err_New error = (Tox_Err_New)UNTOUCHED;
  Tox *tox = tox_new(options, &error);
  printf("%s: error %d", what, (int)error);
  if (tox != NULL && error == TOX_ERR_NEW_OK) {
    printf(", UDP port %u, TCP port %u", tox_self_get_udp_port(tox, NULL), tox_self_get_tcp_port(tox, NULL));
  }
  printf("\n");
  tox_kill(tox);
  tox_options_free(options);
}

static void try_ports(const char *what, uint16_t start, uint16_t end, uint16_t tcp) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_start_port(options, start);
  tox_options_set_end_port(options, end);
  tox_options_set_tcp_port(options, tcp);
  attempt(what, options);
}

static void no_options(void) {
  chapter("no options, and no room for the error");
  attempt("no options", NULL);
  Tox *tox = tox_new(NULL, NULL);
  printf("an instance: %d\n", tox != NULL);
  attempt("a second one beside it", NULL);
  tox_kill(tox);
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  SHOW(tox_new(options, NULL) != NULL);
  tox_options_free(options);
  DO(tox_kill(NULL));
}

static void ports(void) {
  no_options();
  chapter("ports");
  try_ports("none given", 0, 0, 0);
  try_ports("a start alone", 34000, 0, 0);
  try_ports("an end alone", 0, 34050, 0);
  try_ports("one", 34000, 34000, 0);
  try_ports("a range", 34000, 34010, 0);
  try_ports("start above end", 34010, 34000, 0);
  try_ports("the last one", 65535, 65535, 0);
  try_ports("one in use", TAKEN_UDP, TAKEN_UDP, 0);
  try_ports("two in use", TAKEN_UDP, TAKEN_UDP + 1, 0);
  try_ports("two in use, backwards", TAKEN_UDP + 1, TAKEN_UDP, 0);
  try_ports("two in use, the third free", TAKEN_UDP, TAKEN_UDP + 2, 0);
  struct Tox_Options *options = quiet_options();
  tox_options_set_udp_enabled(options, false);
  tox_options_set_start_port(options, TAKEN_UDP);
  tox_options_set_end_port(options, TAKEN_UDP);
  attempt("one in use, but no UDP", options);
}

static void tcp_ports(void) {
  try_ports("a TCP port", 0, 0, 34300);
  try_ports("a TCP port in use", 0, 0, TAKEN_TCP);
  try_ports("a TCP port in use for UDP alone", 0, 0, TAKEN_UDP);
  try_ports("UDP and TCP in use", TAKEN_UDP, TAKEN_UDP, TAKEN_TCP);
  struct Tox_Options *options = quiet_options();
  tox_options_set_udp_enabled(options, false);
  tox_options_set_tcp_port(options, 34300);
  attempt("a TCP port, but no UDP", options);
}

static void try_proxy(const char *what, int type, const char *host, uint16_t port) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_proxy_type(options, (Tox_Proxy_Type)type);
  tox_options_set_proxy_host(options, host);
  tox_options_set_proxy_port(options, port);
  attempt(what, options);
}

static void proxies(void) {
  static char long_host[400];
  memset(long_host, 'a', sizeof(long_host) - 1);
  for (int type = 0; type <= 4; type++) {
    printf("type %d\n", type);
    try_proxy("nothing else", type, NULL, 0);
    try_proxy("no host", type, NULL, 9050);
    try_proxy("no port", type, "127.0.0.1", 0);
    try_proxy("an empty host", type, "", 9050);
    try_proxy("a host with a space", type, "127.0.0.1 ", 9050);
    try_proxy("a bad host, no port", type, "no such host", 0);
    try_proxy("a bad host", type, "no such host", 9050);
    try_proxy("a long host", type, long_host, 9050);
    try_proxy("an IPv6 host", type, "::1", 9050);
    try_proxy("a good host", type, "127.0.0.1", 9050);
  }
  try_proxy("a type far out of range", 1000, "127.0.0.1", 9050);
  try_proxy("a type below 0", -1, "127.0.0.1", 9050);
}

static void try_savedata(const char *what, int type, const uint8_t *data, size_t length) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, (Tox_Savedata_Type)type);
  tox_options_set_savedata_data(options, data, length);
  attempt(what, options);
}

static void savedata(void) {
  for (int type = 0; type <= 3; type++) {
    printf("type %d\n", type);
    try_savedata("no data", type, NULL, 0);
    try_savedata("no data, but a length", type, NULL, 32);
    try_savedata("data without a length", type, letters(1), 0);
    const size_t lengths[] = {1, 7, 8, 9, 31, 32, 33, 64, 1000};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
      printf("%zu letters, ", lengths[i]);
      try_savedata("nonsense", type, letters(lengths[i]), lengths[i]);
    }
    try_savedata("encrypted", type, bytes_of("toxEsave and something behind it"), 33);
    try_savedata("encrypted, of the size of a key", type, bytes_of("toxEsave and something behind it"), 32);
    try_savedata("the mark of encryption alone", type, bytes_of("toxEsave"), 8);
    try_savedata("a cut mark", type, bytes_of("toxEsave"), 7);
  }
}

/** Three mistakes at once, then one fewer each time. */
static void order(void) {
  for (int mistakes = 3; mistakes >= 0; mistakes--) {
    struct Tox_Options *options = quiet_options();
    tox_options_set_start_port(options, TAKEN_UDP);
    tox_options_set_end_port(options, mistakes > 0 ? TAKEN_UDP : TAKEN_UDP + 2);
    tox_options_set_proxy_type(options, mistakes > 1 ? TOX_PROXY_TYPE_HTTP : TOX_PROXY_TYPE_NONE);
    tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_SECRET_KEY);
    tox_options_set_savedata_data(options, letters(32), mistakes > 2 ? 31 : 32);
    printf("%d mistakes: ", mistakes);
    attempt("savedata, proxy, port", options);
  }
  struct Tox_Options *options = quiet_options();
  tox_options_set_start_port(options, TAKEN_UDP);
  tox_options_set_end_port(options, TAKEN_UDP);
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, letters(500), 500);
  attempt("nonsense to load, and the port in use", options);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  occupy(SOCK_DGRAM, TAKEN_UDP);
  occupy(SOCK_DGRAM, TAKEN_UDP + 1);
  occupy(SOCK_STREAM, TAKEN_TCP);
  if (strcmp(what, "ports") == 0) ports();
  if (strcmp(what, "tcp") == 0) tcp_ports();
  if (strcmp(what, "proxies") == 0) proxies();
  if (strcmp(what, "savedata") == 0) savedata();
  if (strcmp(what, "order") == 0) order();
  return 0;
}
