// A long file from one instance to another in this process, and what memory it takes on the way.

#include "peers.h"

enum { FILE_BYTES = 150 * 1000 * 1000, WARM_BYTES = 50 * 1000 * 1000, LOOK_AFTER_BYTES = 1000 * 1000 };

static uint64_t received = 0;
static bool is_whole = false;
static uint8_t zeros[1371];

static void on_offer(Tox *tox, uint32_t number, uint32_t file, uint32_t kind, uint64_t size, const uint8_t *name,
                     size_t length, void *user_data) {
  (void)kind, (void)size, (void)name, (void)length, (void)user_data;
  tox_file_control(tox, number, file, TOX_FILE_CONTROL_RESUME, NULL);
}

static void on_chunk_request(Tox *tox, uint32_t number, uint32_t file, uint64_t position, size_t length,
                             void *user_data) {
  (void)user_data;
  if (length == 0) return;
  if (!tox_file_send_chunk(tox, number, file, position, zeros, length, NULL)) give_up("a chunk is refused");
}

static void on_chunk(Tox *tox, uint32_t number, uint32_t file, uint64_t position, const uint8_t *data, size_t length,
                     void *user_data) {
  (void)tox, (void)number, (void)file, (void)position, (void)data, (void)user_data;
  received += length;
  is_whole = length == 0;
}

int main(void) {
  Tox *sender = make_instance(1, 0);
  Tox *receiver = make_instance(2, 0);
  tox_callback_file_chunk_request(sender, on_chunk_request);
  tox_callback_file_recv(receiver, on_offer);
  tox_callback_file_recv_chunk(receiver, on_chunk);
  connect_pair(sender, receiver);
  printf("= idle_kib %ld\n", resident_kib());
  tox_file_send(sender, 0, TOX_FILE_KIND_DATA, FILE_BYTES, NULL, NULL, 0, NULL);
  long warm = 0, most = 0;
  for (uint64_t next_look = LOOK_AFTER_BYTES; !is_whole;) {
    tox_iterate(sender, NULL);
    tox_iterate(receiver, NULL);
    if (received < next_look) continue;
    next_look += LOOK_AFTER_BYTES;
    const long now = resident_kib();
    if (now > most) most = now;
    if (received <= WARM_BYTES) warm = most;
  }
  if (received != FILE_BYTES) give_up("not as many bytes as were sent");
  printf("= warm_kib %ld\n= most_kib %ld\n", warm, most);
  tox_kill(sender);
  tox_kill(receiver);
  return 0;
}
