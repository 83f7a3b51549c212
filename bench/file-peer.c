/* One side of a file transfer through the C API, in an ordinary client's loop: tox_iterate, then a pause of
   tox_iteration_interval; or, when busy, without the pause. file-peer PORT send|receive BYTES [busy [RELAY NODE …]]
     prints  up PORT DHT_KEY KEY
     reads   PORT DHT_KEY KEY      the other side: adds it, and joins through it unless PORT is 0
     prints  done SECONDS CPU_SECONDS MEGABYTES   from the acceptance of the file to its end; how much more memory was
                                                  resident meanwhile than before, at most
   With a relay and nodes (each HOST:PORT:KEY) it has no UDP, prints  up KEY  and reads  KEY. */

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <tox/tox.h>
#include <unistd.h>

static uint8_t chunk[2048];
static double begun, begun_cpu;
static long idle_pages, most_pages;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long resident_pages(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) _Exit(4);
  fclose(file);
  return pages;
}

/* Of each piece of the file; memory is looked at every ten megabytes or so. */
static void note_piece(void) {
  static unsigned pieces;
  if (++pieces % 8192 != 0) return;
  const long pages = resident_pages();
  if (pages > most_pages) most_pages = pages;
}

static void begin(void) {
  begun = now();
  begun_cpu = cpu();
  idle_pages = most_pages = resident_pages();
}

static void end(void) {
  const double megabytes = (double)(most_pages - idle_pages) * (double)sysconf(_SC_PAGESIZE) / 1e6;
  printf("done %f %f %f\n", now() - begun, cpu() - begun_cpu, megabytes);
  fflush(stdout);
}

static void on_offer(Tox *tox, uint32_t number, uint32_t file, uint32_t kind, uint64_t size, const uint8_t *name,
                     size_t length, void *user_data) {
  (void)kind, (void)size, (void)name, (void)length, (void)user_data;
  tox_file_control(tox, number, file, TOX_FILE_CONTROL_RESUME, NULL);
  begin();
}

static void on_control(Tox *tox, uint32_t number, uint32_t file, Tox_File_Control control, void *user_data) {
  (void)tox, (void)number, (void)file, (void)control, (void)user_data;
  begin();
}

static void on_request(Tox *tox, uint32_t number, uint32_t file, uint64_t position, size_t length, void *user_data) {
  (void)user_data;
  note_piece();
  if (length == 0) end();
  else if (!tox_file_send_chunk(tox, number, file, position, chunk, length, NULL)) _Exit(3);
}

static void on_chunk(Tox *tox, uint32_t number, uint32_t file, uint64_t position, const uint8_t *data, size_t length,
                     void *user_data) {
  (void)tox, (void)number, (void)file, (void)position, (void)data, (void)user_data;
  note_piece();
  if (length == 0) end();
}

static void print_key(const uint8_t *key) {
  printf(" ");
  for (int i = 0; i < 32; i++) printf("%02x", key[i]);
}

static void parse_key(const char *text, uint8_t *key) {
  for (int i = 0; i < 32; i++) {
    unsigned byte = 0;
    sscanf(text + 2 * i, "%2x", &byte);
    key[i] = (uint8_t)byte;
  }
}

/* HOST:PORT:KEY */
static void use_node(Tox *tox, const char *text, bool is_relay) {
  char host[64], key[65];
  uint8_t bytes[32];
  unsigned port;
  if (sscanf(text, "%63[^:]:%u:%64s", host, &port, key) != 3) _Exit(2);
  parse_key(key, bytes);
  if (is_relay) tox_add_tcp_relay(tox, host, (uint16_t)port, bytes, NULL);
  else tox_bootstrap(tox, host, (uint16_t)port, bytes, NULL);
}

static void hear_friend(Tox *tox) {
  char key[65];
  uint8_t bytes[32];
  if (scanf("%64s", key) != 1) _Exit(0);
  parse_key(key, bytes);
  tox_friend_add_norequest(tox, bytes, NULL);
}

static void hear(Tox *tox) {
  char line[256], dht[65], key[65];
  uint8_t bytes[32];
  unsigned port;
  if (fgets(line, sizeof(line), stdin) == NULL) _Exit(0);
  if (sscanf(line, "%u %64s %64s", &port, dht, key) != 3) _Exit(2);
  parse_key(key, bytes);
  tox_friend_add_norequest(tox, bytes, NULL);
  parse_key(dht, bytes);
  if (port != 0) tox_bootstrap(tox, "127.0.0.1", (uint16_t)port, bytes, NULL);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  const bool is_busy = argc >= 5, is_relayed = argc > 5;
  struct Tox_Options *options = tox_options_new(NULL);
  tox_options_set_ipv6_enabled(options, false);
  tox_options_set_local_discovery_enabled(options, false);
  tox_options_set_udp_enabled(options, !is_relayed);
  tox_options_set_start_port(options, (uint16_t)atoi(argv[1]));
  tox_options_set_end_port(options, (uint16_t)(atoi(argv[1]) + 99));
  Tox *tox = tox_new(options, NULL);
  if (tox == NULL) return 1;
  tox_callback_file_recv(tox, on_offer);
  tox_callback_file_recv_control(tox, on_control);
  tox_callback_file_chunk_request(tox, on_request);
  tox_callback_file_recv_chunk(tox, on_chunk);
  uint8_t key[32];
  for (int i = 5; i < argc; i++) use_node(tox, argv[i], i == 5);
  printf("up");
  if (!is_relayed) {
    printf(" %u", tox_self_get_udp_port(tox, NULL));
    tox_self_get_dht_id(tox, key);
    print_key(key);
  }
  tox_self_get_public_key(tox, key);
  print_key(key);
  printf("\n");
  fflush(stdout);
  bool offers = strcmp(argv[2], "send") == 0;
  for (struct pollfd input = {.fd = 0, .events = POLLIN};;) {
    if (poll(&input, 1, 0) > 0) {
      if (is_relayed) hear_friend(tox);
      else hear(tox);
    }
    tox_iterate(tox, NULL);
    if (offers && tox_friend_get_connection_status(tox, 0, NULL) != TOX_CONNECTION_NONE) {
      offers = false;
      tox_file_send(tox, 0, TOX_FILE_KIND_DATA, strtoull(argv[3], NULL, 10), NULL, chunk, 1, NULL);
    }
    if (!is_busy) usleep(1000 * tox_iteration_interval(tox));
  }
}
