// Mistakes on purpose, each of which becomes one within the library: whoever checks must tell them.
// Any of `overflow`, `leak`, `race`.

#include <pthread.h>

#include "../../capi/programs/story.h"

enum { ROUNDS = 200 };

static uint8_t shared[TOX_MAX_NAME_LENGTH];

static void *read_name(void *tox) {
  for (int i = 0; i < ROUNDS; i++) tox_self_get_name(tox, shared);
  return NULL;
}

/** The library writes to bytes that this thread looks at. */
static void race(Tox *tox) {
  pthread_t other;
  if (pthread_create(&other, NULL, read_name, tox) != 0) give_up("no thread");
  for (int i = 0; i < ROUNDS; i++) print_text("torn or not", shared, 20);
  pthread_join(other, NULL);
}

static void overflow(Tox *tox) {
  uint8_t *small = malloc(tox_self_get_name_size(tox) - 1);
  tox_self_get_name(tox, small);
  free(small);
}

/** The library allocates, nobody frees, and no register still knows of it. */
static __attribute__((noinline)) void leak(void) {
  for (int i = 0; i < 10; i++) SHOW(tox_options_new(NULL) != NULL);
}

int main(int argc, char **argv) {
  Tox *tox = make_instance(1, 0);
  tox_self_set_name(tox, letters(20), 20, NULL);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "overflow") == 0) overflow(tox);
    if (strcmp(argv[i], "leak") == 0) leak();
    if (strcmp(argv[i], "race") == 0) race(tox);
  }
  tox_kill(tox);
  return 0;
}
