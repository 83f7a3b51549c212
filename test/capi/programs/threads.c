// Stories of threads: `pairs`, `getters`, `kill`, `create`, `small` (a small stack), `visits` (many threads that end soon), `deep`
// (calls from far down the stack). Told when all threads have ended.

#include <pthread.h>

#include "peers.h"

enum { PAIRS = 3, READERS = 3, ROUNDS = 2000, CREATORS = 4, LIVES = 4, SMALL_STACK = 128 * 1024, NAME = 100 };
enum { VISITS = 1000, LEVELS = 20, LEVEL_BYTES = 100 * 1024 };

static void run_threads(int count, void *(*body)(void *), void *argument) {
  pthread_t threads[8];
  for (int i = 0; i < count; i++) {
    if (pthread_create(&threads[i], NULL, body, argument) != 0) give_up("no thread");
  }
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

static void note_message(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                         void *user_data) {
  (void)tox, (void)number, (void)type;
  char *note = user_data;
  memcpy(note, text, length);
  note[length] = 0;
}

static int next_pair = 0;

/** One thread, two instances: they meet, and one message goes over. */
static void *live_as_pair(void *argument) {
  (void)argument;
  const int pair = __atomic_fetch_add(&next_pair, 1, __ATOMIC_SEQ_CST);
  Tox *a = make_instance((uint8_t)(1 + 2 * pair), (uint16_t)(37000 + 200 * pair));
  Tox *b = make_instance((uint8_t)(2 + 2 * pair), (uint16_t)(37100 + 200 * pair));
  connect_pair(a, b);
  char note[TOX_MAX_MESSAGE_LENGTH + 1] = "";
  tox_callback_friend_message(b, note_message);
  char text[20];
  const int length = snprintf(text, sizeof(text), "from pair %d", pair);
  tox_friend_send_message(a, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of(text), (size_t)length, NULL);
  const double end = seconds() + DEADLINE_S;
  while (note[0] == 0 && seconds() < end) {
    tox_iterate(a, NULL);
    turn(b, note);
  }
  tox_kill(a);
  tox_kill(b);
  return strcmp(note, text) == 0 ? (void *)1 : NULL;
}

static void tell_pairs(void) {
  pthread_t threads[PAIRS];
  for (int i = 0; i < PAIRS; i++) pthread_create(&threads[i], NULL, live_as_pair, NULL);
  for (int i = 0; i < PAIRS; i++) {
    void *heard = NULL;
    pthread_join(threads[i], &heard);
    printf("a pair on its own thread heard its message: %d\n", heard != NULL);
  }
}

static int torn = 0;
static int readers_left = READERS;

/** Every name ever set is one letter repeated: a mixed one was read while it was written. */
static void *read_and_write(void *argument) {
  Tox *tox = argument;
  uint8_t name[TOX_MAX_NAME_LENGTH];
  for (int round = 0; round < ROUNDS; round++) {
    if (round % 10 == 0) {
      memset(name, 'a' + round / 10 % 26, NAME);
      tox_self_set_name(tox, name, NAME, NULL);
    }
    tox_self_get_name(tox, name);
    for (int i = 1; i < NAME; i++) {
      if (name[i] != name[0]) __atomic_fetch_add(&torn, 1, __ATOMIC_SEQ_CST);
    }
    uint8_t address[ADDRESS_SIZE];
    tox_self_get_address(tox, address);
    tox_friend_get_connection_status(tox, 0, NULL);
    tox_self_get_friend_list_size(tox);
    tox_iteration_interval(tox);
  }
  __atomic_fetch_sub(&readers_left, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

static void *iterate_meanwhile(void *argument) {
  Tox *tox = argument;
  while (__atomic_load_n(&readers_left, __ATOMIC_SEQ_CST) > 0) tox_iterate(tox, NULL);
  return NULL;
}

static void tell_getters(void) {
  Tox *tox = make_instance(1, 0);
  tox_friend_add_norequest(tox, key_of(10), NULL);
  pthread_t iterating;
  pthread_create(&iterating, NULL, iterate_meanwhile, tox);
  run_threads(READERS, read_and_write, tox);
  pthread_join(iterating, NULL);
  printf("torn names: %d, name of %zu bytes\n", torn, tox_self_get_name_size(tox));
  tox_kill(tox);
}

static void *kill_it(void *argument) {
  tox_kill(argument);
  return NULL;
}

static void tell_kill(void) {
  for (int life = 0; life < 5; life++) {
    Tox *tox = make_instance(1, 0);
    for (int i = 0; i < 5; i++) tox_iterate(tox, NULL);
    run_threads(1, kill_it, tox);
    printf("killed by another thread\n");
  }
}

static void *live_and_die(void *argument) {
  (void)argument;
  for (int life = 0; life < LIVES; life++) {
    Tox *tox = make_instance(1, 0);
    for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
    tox_kill(tox);
  }
  return NULL;
}

static void tell_small(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, SMALL_STACK);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, live_and_die, NULL) != 0) give_up("no thread");
  pthread_join(thread, NULL);
  printf("lived and died on a small stack\n");
}

static bool has_name(const Tox *tox, char letter) {
  uint8_t name[NAME] = {0};
  tox_self_get_name(tox, name);
  return name[0] == letter && name[NAME - 1] == letter;
}

static Tox *make_named(char letter) {
  Tox *tox = make_instance(1, 0);
  uint8_t name[NAME];
  memset(name, letter, NAME);
  tox_self_set_name(tox, name, NAME, NULL);
  return tox;
}

static int visits_told = 0;

static void *visit(void *tox) {
  visits_told += has_name(tox, 'v');
  return NULL;
}

static void tell_visits(void) {
  Tox *tox = make_named('v');
  for (int i = 0; i < VISITS; i++) run_threads(1, visit, tox);
  tox_kill(tox);
  printf("visits that read the name: %d\n", visits_told);
}

static int names_below(Tox *tox, int levels) {
  volatile char level[LEVEL_BYTES];
  level[0] = level[LEVEL_BYTES - 1] = 1;
  const int below = levels > 1 ? names_below(tox, levels - 1) : 0;
  tox_iterate(tox, NULL);
  return below + has_name(tox, 'd') * level[0];
}

static void tell_deep(void) {
  Tox *tox = make_named('d');
  printf("levels that read the name: %d\n", names_below(tox, LEVELS));
  tox_kill(tox);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "pairs") == 0) tell_pairs();
  if (strcmp(what, "getters") == 0) tell_getters();
  if (strcmp(what, "kill") == 0) tell_kill();
  if (strcmp(what, "small") == 0) tell_small();
  if (strcmp(what, "visits") == 0) tell_visits();
  if (strcmp(what, "deep") == 0) tell_deep();
  if (strcmp(what, "create") == 0) {
    run_threads(CREATORS, live_and_die, NULL);
    printf("%d threads made %d instances each\n", CREATORS, LIVES);
  }
  return 0;
}
