// Story: the log callback gets what it was given, levels that exist, and texts that are there. What is logged differs.

#include <pthread.h>

#include "story.h"

static unsigned lines;
static unsigned wrong;
static unsigned on_other_threads;
static pthread_t caller;
static int marker;

static void note(Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *function,
                 const char *message, void *user_data) {
  (void)tox, (void)line;
  lines++;
  if (level < TOX_LOG_LEVEL_TRACE || level > TOX_LOG_LEVEL_ERROR) wrong++;
  if (file == NULL || function == NULL || message == NULL || user_data != &marker) wrong++;
  if (!pthread_equal(pthread_self(), caller)) on_other_threads++;
}

static Tox *make(const uint8_t *data, size_t length) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_log_callback(options, note);
  tox_options_set_log_user_data(options, &marker);
  if (data != NULL) tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, data, length);
  Tox *tox = tox_new(options, NULL);
  tox_options_free(options);
  return tox;
}

int main(void) {
  caller = pthread_self();
  Tox *tox = make(NULL, 0);
  if (tox == NULL) give_up("no instance");
  const size_t length = tox_get_savedata_size(tox);
  uint8_t *data = malloc(length);
  tox_get_savedata(tox, data);
  tox_bootstrap(tox, "no such host", 33445, key_of(1), NULL);
  tox_bootstrap(tox, "127.0.0.1", 33445, key_of(1), NULL);
  tox_friend_add(tox, address_of(10, 1), letters(5), 5, NULL);
  for (int i = 0; i < 50; i++) tox_iterate(tox, NULL);
  tox_kill(tox);
  for (size_t at = 0; at < length && at < 400; at += 9) {
    data[at] ^= 0x40;
    tox_kill(make(data, length));
    data[at] ^= 0x40;
  }
  free(data);
  printf("wrong lines: %u, on other threads: %u\n", wrong, on_other_threads);
  printf("= lines %u\n", lines);
  return 0;
}
