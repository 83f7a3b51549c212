// Stories of many instances: `row`, one after the other, and what memory they leave; `together`, all alive at once.

#include <unistd.h>

#include "story.h"

enum { IN_A_ROW = 100, WARM = 20, TOGETHER = 32, TURNS = 20 };

static int open_files(void) {
  int count = 0;
  for (int i = 0; i < 1024; i++) {
    char link[40];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", i);
    if (access(link, F_OK) == 0) count++;
  }
  return count;
}

static void row(void) {
  for (int i = 1; i <= IN_A_ROW; i++) {
    Tox *tox = make_instance((uint8_t)i, 0);
    tox_friend_add_norequest(tox, key_of(120), NULL);
    for (int n = 0; n < TURNS; n++) tox_iterate(tox, NULL);
    if (i == 1) printf("UDP port %u\n", tox_self_get_udp_port(tox, NULL));
    if (i == IN_A_ROW) printf("UDP port %u\n", tox_self_get_udp_port(tox, NULL));
    tox_kill(tox);
    if (i == WARM) printf("= warm_kib %ld\n= warm_files %d\n", resident_kib(), open_files());
  }
  printf("= end_kib %ld\n= end_files %d\n", resident_kib(), open_files());
}

static void together(void) {
  Tox *all[TOGETHER];
  for (int i = 0; i < TOGETHER; i++) all[i] = make_instance((uint8_t)(i + 1), 0);
  for (int n = 0; n < TURNS; n++) {
    for (int i = 0; i < TOGETHER; i++) tox_iterate(all[i], NULL);
  }
  for (int i = 0; i < TOGETHER; i++) {
    uint8_t key[KEY_SIZE];
    tox_self_get_public_key(all[i], key);
    tox_self_set_name(all[i], letters((size_t)i), (size_t)i, NULL);
    printf("instance %d, UDP port %u, ", i, tox_self_get_udp_port(all[i], NULL));
    print_hex("key", key, KEY_SIZE);
  }
  for (int i = 0; i < TOGETHER; i++) printf("name of %zu bytes\n", tox_self_get_name_size(all[i]));
  printf("= together_kib %ld\n", resident_kib());
  for (int i = 0; i < TOGETHER; i += 2) tox_kill(all[i]);
  for (int i = 1; i < TOGETHER; i += 2) tox_iterate(all[i], NULL);
  for (int i = 1; i < TOGETHER; i += 2) tox_kill(all[i]);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "row") == 0) row();
  if (argc > 1 && strcmp(argv[1], "together") == 0) together();
  return 0;
}
