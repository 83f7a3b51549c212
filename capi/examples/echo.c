// An echo bot in C: prints its Tox ID, accepts every friend request and sends back what it is told, until it is interrupted.
// Build: cc -o echo echo.c $(pkg-config --cflags --libs toxcore)
// Use:   ./echo PROFILE [HOST PORT KEY]
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <tox/tox.h>

static volatile sig_atomic_t interrupted = 0;

static void interrupt(int signal_number) { interrupted = signal_number; }

// The new profile is whole before it takes the place of the old one.
static void save(const Tox *tox, const char *path) {
  char aside[4096];
  const size_t size = tox_get_savedata_size(tox);
  uint8_t *data = malloc(size);
  snprintf(aside, sizeof aside, "%s.new", path);
  FILE *file = fopen(aside, "wb");
  if (data != NULL) tox_get_savedata(tox, data);
  const bool written = data != NULL && file != NULL && fwrite(data, size, 1, file) == 1;
  if (file == NULL || fclose(file) != 0 || !written || rename(aside, path) != 0) perror(path);
  free(data);
}

static void on_request(Tox *tox, const uint8_t *public_key, const uint8_t *message, size_t length, void *path) {
  (void)message, (void)length;
  if (tox_friend_add_norequest(tox, public_key, NULL) != UINT32_MAX) save(tox, path);
}

static void on_message(Tox *tox, uint32_t friend_number, Tox_Message_Type type, const uint8_t *message, size_t length,
                       void *path) {
  (void)path;
  tox_friend_send_message(tox, friend_number, type, message, length, NULL);
}

int main(int count, char **arguments) {
  uint8_t key[TOX_PUBLIC_KEY_SIZE], address[TOX_ADDRESS_SIZE];
  if (count != 2 && (count != 5 || strlen(arguments[4]) != 2 * sizeof key))
    return fprintf(stderr, "usage: echo PROFILE [HOST PORT KEY]\n"), 2;
  umask(077);  // The profile holds the secret key.
  static uint8_t saved[1 << 20];
  FILE *file = fopen(arguments[1], "rb");
  const size_t length = file == NULL ? 0 : fread(saved, 1, sizeof saved, file);
  if (file == NULL ? errno != ENOENT : ferror(file)) return perror(arguments[1]), 1;
  if (file != NULL) fclose(file);
  sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = interrupt}, NULL);

  struct Tox_Options *options = tox_options_new(NULL);
  tox_options_set_savedata_type(options, length > 0 ? TOX_SAVEDATA_TYPE_TOX_SAVE : TOX_SAVEDATA_TYPE_NONE);
  tox_options_set_savedata_data(options, saved, length);
  Tox_Err_New error;
  Tox *tox = tox_new(options, &error);
  tox_options_free(options);
  if (tox == NULL) return fprintf(stderr, "tox_new: error %d of Tox_Err_New\n", (int)error), 1;

  tox_self_get_address(tox, address);
  for (size_t i = 0; i < sizeof address; i++) printf("%02X", address[i]);
  printf("\n"), fflush(stdout);
  tox_callback_friend_request(tox, on_request);
  tox_callback_friend_message(tox, on_message);
  for (size_t i = 0; count == 5 && i < sizeof key; i++) sscanf(arguments[4] + 2 * i, "%2hhx", &key[i]);
  if (count == 5 && !tox_bootstrap(tox, arguments[2], (uint16_t)atoi(arguments[3]), key, NULL))
    fprintf(stderr, "%s cannot be asked\n", arguments[2]);

  while (!interrupted) {
    tox_iterate(tox, arguments[1]);
    nanosleep(&(struct timespec){.tv_nsec = tox_iteration_interval(tox) * 1000000L}, NULL);
  }
  save(tox, arguments[1]);
  tox_kill(tox);
}
