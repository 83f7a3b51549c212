// An echo bot in C: prints its Tox ID, accepts every friend request, and sends back what it is told.
// Build: cc -o echo echo.c $(pkg-config --cflags --libs toxcore)
// Use:   ./echo PROFILE [HOST PORT KEY]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tox/tox.h>

static void on_request(Tox *tox, const uint8_t *public_key, const uint8_t *message, size_t length, void *profile) {
  (void)message, (void)length, (void)profile;
  tox_friend_add_norequest(tox, public_key, NULL);
}

static void on_message(Tox *tox, uint32_t friend_number, Tox_Message_Type type, const uint8_t *message, size_t length,
                       void *profile) {
  (void)profile;
  tox_friend_send_message(tox, friend_number, type, message, length, NULL);
}

static void print_hex(const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) printf("%02X", bytes[i]);
  printf("\n");
  fflush(stdout);
}

static void save(const Tox *tox, const char *path) {
  uint8_t *data = malloc(tox_get_savedata_size(tox));
  char aside[4096];
  snprintf(aside, sizeof aside, "%s.new", path);
  FILE *file = fopen(aside, "wb");
  if (data == NULL || file == NULL) exit(EXIT_FAILURE);
  tox_get_savedata(tox, data);
  fwrite(data, tox_get_savedata_size(tox), 1, file);
  if (fclose(file) == 0) rename(aside, path);
  free(data);
}

int main(int count, char **arguments) {
  if (count != 2 && count != 5) return fprintf(stderr, "usage: echo PROFILE [HOST PORT KEY]\n"), EXIT_FAILURE;
  static uint8_t saved[1 << 20];
  FILE *file = fopen(arguments[1], "rb");
  const size_t length = file == NULL ? 0 : fread(saved, 1, sizeof saved, file);
  if (file != NULL) fclose(file);

  struct Tox_Options *options = tox_options_new(NULL);
  tox_options_set_savedata_type(options, length > 0 ? TOX_SAVEDATA_TYPE_TOX_SAVE : TOX_SAVEDATA_TYPE_NONE);
  tox_options_set_savedata_data(options, saved, length);
  Tox_Err_New error;
  Tox *tox = tox_new(options, &error);
  tox_options_free(options);
  if (tox == NULL) return fprintf(stderr, "tox_new: %s\n", tox_err_new_to_string(error)), EXIT_FAILURE;

  uint8_t address[TOX_ADDRESS_SIZE], key[TOX_PUBLIC_KEY_SIZE];
  tox_self_get_address(tox, address);
  print_hex(address, sizeof address);
  tox_callback_friend_request(tox, on_request);
  tox_callback_friend_message(tox, on_message);
  for (size_t i = 0; count == 5 && i < sizeof key; i++) sscanf(arguments[4] + 2 * i, "%2hhx", &key[i]);
  if (count == 5) tox_bootstrap(tox, arguments[2], (uint16_t)atoi(arguments[3]), key, NULL);

  for (time_t next = 0;;) {
    tox_iterate(tox, NULL);
    if (time(NULL) >= next) save(tox, arguments[1]), next = time(NULL) + 60;
    const uint32_t wait_ms = tox_iteration_interval(tox);
    nanosleep(&(struct timespec){.tv_nsec = wait_ms * 1000000L}, NULL);
  }
}
