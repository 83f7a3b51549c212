// Instances whose clock is a variable: nobody sleeps, and time goes on when all have had their turn. They may share a
// thread, or live in threads or processes of their own that take turns at a barrier.

#ifndef VIRTUAL_TIME_H
#define VIRTUAL_TIME_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <tox/tox_private.h>
#include <unistd.h>

#include "story.h"

enum {
  PEERS = 2,
  /** Release 0.2.18's Tox_System: everything before `mem`. */
  SYSTEM_SIZE_0_2_18 = 32,
  FIRST_PORT = 34000,
  PORTS_EACH = 100,
  SECOND_MS = 1000,
  HOUR_MS = 60 * 60 * SECOND_MS,
  /** Of real time: no story needs a tenth. */
  DEADLINE_S = 55,
  /** Long enough for a thread that is let to read a clock. */
  BESIDE_S = 1,
};

/** How an instance gets its system: by an option, as in release 0.2.18, or by tox_new_testing. */
typedef enum Style { OLD, NEW } Style;

/** What all peers see, wherever they live. */
typedef struct World {
  uint64_t now_ms;
  Style style;
  pthread_barrier_t barrier;
  struct {
    uint8_t dht_key[KEY_SIZE];
    uint16_t port;
    uint32_t interval_ms;
    unsigned met, lost, heard, receipts;
    uint64_t met_at_ms, heard_at_ms, receipt_at_ms;
    char text[100];
  } peers[PEERS];
} World;

static inline World *new_world(int residents, Style style) {
  World *world = mmap(NULL, sizeof(World), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (world == MAP_FAILED) give_up("no world");
  pthread_barrierattr_t shared;
  pthread_barrierattr_init(&shared);
  pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&world->barrier, &shared, (unsigned)residents);
  world->style = style;
  world->now_ms = SECOND_MS;
  return world;
}

static inline uint64_t tell_time(void *now_ms) { return *(const uint64_t *)now_ms; }

/** A copy that ends where memory ends: who reads a member that 0.2.18 did not have dies. */
static inline const Tox_System *at_the_end_of_memory(const Tox_System *system) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) give_up("no pages");
  memcpy(pages + page - SYSTEM_SIZE_0_2_18, system, SYSTEM_SIZE_0_2_18);
  return (const Tox_System *)(pages + page - SYSTEM_SIZE_0_2_18);
}

/** tox_new with this system. */
static inline Tox *new_on(const Tox_System *system, Style style, struct Tox_Options *options, Tox_Err_New *error) {
  Tox *tox;
  if (style == OLD) {
    tox_options_set_operating_system(options, at_the_end_of_memory(system));
    tox = tox_new(options, error);
  } else {
    const Tox_Options_Testing testing = {.operating_system = system};
    tox = tox_new_testing(options, error, &testing, NULL);
  }
  tox_options_free(options);
  return tox;
}

/** The peer's instance, on the world's clock; its secret key is 32 times `role + 1`. */
static inline Tox *new_peer(World *world, int role) {
  uint8_t secret[KEY_SIZE];
  memset(secret, role + 1, sizeof(secret));
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_SECRET_KEY);
  tox_options_set_savedata_data(options, secret, sizeof(secret));
  tox_options_set_start_port(options, (uint16_t)(FIRST_PORT + role * PORTS_EACH));
  tox_options_set_end_port(options, (uint16_t)(FIRST_PORT + role * PORTS_EACH + PORTS_EACH - 1));
  Tox_System system = tox_default_system();
  system.mono_time_callback = tell_time;
  system.mono_time_user_data = &world->now_ms;
  Tox_Err_New error;
  Tox *tox = new_on(&system, world->style, options, &error);
  if (tox == NULL) give_up(tox_err_new_to_string(error));
  return tox;
}

static inline void turn_both(World *world, Tox *a, Tox *b) {
  tox_iterate(a, NULL);
  tox_iterate(b, NULL);
  world->now_ms += tox_iteration_interval(a);
}

static inline void befriend(World *world, Tox *a, Tox *b) {
  introduce_both(a, b);
  while (tox_friend_get_connection_status(a, 0, NULL) == TOX_CONNECTION_NONE ||
         tox_friend_get_connection_status(b, 0, NULL) == TOX_CONNECTION_NONE) {
    turn_both(world, a, b);
  }
}

static inline double real_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
