// Stories on a virtual clock. `friends STYLE PLACE`: two peers in one thread, in two threads or in two processes become
// friends, and an hour later one says something. `clock STYLE`: the clock stands still, leaps, goes back, tells nonsense.
// `order STYLE`: two threads ask an instance at once. `random STYLE SEED`: keys from an injected generator.
// `foreign STYLE`: what cannot be injected.

#include "virtual-time.h"

/** One peer. */
typedef struct Peer {
  World *world;
  int role;
  Tox *tox;
} Peer;

static void on_connection(Tox *tox, uint32_t number, Tox_Connection connection, void *user_data) {
  (void)tox, (void)number;
  const Peer *peer = user_data;
  World *world = peer->world;
  if (connection == TOX_CONNECTION_NONE) {
    world->peers[peer->role].lost++;
  } else {
    world->peers[peer->role].met++;
    world->peers[peer->role].met_at_ms = world->now_ms;
  }
}

static void on_message(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                       void *user_data) {
  (void)tox, (void)number, (void)type;
  const Peer *peer = user_data;
  World *world = peer->world;
  world->peers[peer->role].heard++;
  world->peers[peer->role].heard_at_ms = world->now_ms;
  snprintf(world->peers[peer->role].text, sizeof(world->peers[0].text), "%.*s", (int)length, (const char *)text);
}

static void on_receipt(Tox *tox, uint32_t number, uint32_t message_id, void *user_data) {
  (void)tox, (void)number, (void)message_id;
  const Peer *peer = user_data;
  World *world = peer->world;
  world->peers[peer->role].receipts++;
  world->peers[peer->role].receipt_at_ms = world->now_ms;
}

/** Makes the instance and says where it is. */
static void be_born(Peer *peer, World *world, int role) {
  *peer = (Peer){.world = world, .role = role, .tox = new_peer(world, role)};
  tox_callback_friend_connection_status(peer->tox, on_connection);
  tox_callback_friend_message(peer->tox, on_message);
  tox_callback_friend_read_receipt(peer->tox, on_receipt);
  tox_self_get_dht_id(peer->tox, world->peers[role].dht_key);
  world->peers[role].port = tox_self_get_udp_port(peer->tox, NULL);
}

static void meet(Peer *peer) {
  World *world = peer->world;
  const int other = 1 - peer->role;
  Tox *stranger = new_peer(world, other);
  uint8_t key[KEY_SIZE];
  tox_self_get_public_key(stranger, key);
  tox_kill(stranger);
  if (tox_friend_add_norequest(peer->tox, key, NULL) != 0) give_up("no friend");
  tox_bootstrap(peer->tox, "127.0.0.1", world->peers[other].port, world->peers[other].dht_key, NULL);
}

static void turn(Peer *peer) {
  tox_iterate(peer->tox, peer);
  const uint32_t interval_ms = tox_iteration_interval(peer->tox);
  if (interval_ms < 1 || interval_ms > 50) give_up("no such interval is told");
  peer->world->peers[peer->role].interval_ms = interval_ms;
}

/** Time goes on by what the more impatient of the two may sleep. */
static void pass_time(World *world) {
  const uint32_t a = world->peers[0].interval_ms;
  const uint32_t b = world->peers[1].interval_ms;
  world->now_ms += a < b ? a : b;
}

/** Who lives in one place: `count` peers from `first` on. Everything is decided by what all see alike. */
typedef struct Residents {
  World *world;
  int first;
  int count;
} Residents;

static void *live(void *argument) {
  const Residents *residents = argument;
  World *world = residents->world;
  const bool keeps_time = residents->first == 0;
  Peer peers[PEERS];
  for (int i = 0; i < residents->count; i++) be_born(&peers[i], world, residents->first + i);
  pthread_barrier_wait(&world->barrier);
  for (int i = 0; i < residents->count; i++) meet(&peers[i]);
  pthread_barrier_wait(&world->barrier);
  uint64_t said_at_ms = 0;
  while (world->peers[0].receipts == 0 && world->now_ms < 2 * (uint64_t)HOUR_MS) {
    pthread_barrier_wait(&world->barrier);
    for (int i = 0; i < residents->count; i++) turn(&peers[i]);
    if (keeps_time && said_at_ms == 0 && world->now_ms >= HOUR_MS) {
      said_at_ms = world->now_ms;
      tox_friend_send_message(peers[0].tox, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("an hour later"), 13, NULL);
    }
    pthread_barrier_wait(&world->barrier);
    if (keeps_time) pass_time(world);
    pthread_barrier_wait(&world->barrier);
  }
  pthread_barrier_wait(&world->barrier);
  for (int i = 0; i < residents->count; i++) tox_kill(peers[i].tox);
  return NULL;
}

static void live_in_threads(Residents residents[PEERS]) {
  pthread_t threads[PEERS];
  for (int i = 0; i < PEERS; i++) {
    if (pthread_create(&threads[i], NULL, live, &residents[i]) != 0) give_up("no thread");
  }
  for (int i = 0; i < PEERS; i++) pthread_join(threads[i], NULL);
}

static void live_in_processes(Residents residents[PEERS]) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    live(&residents[1]);
    _exit(0);
  }
  live(&residents[0]);
  int status = 1;
  if (waitpid(child, &status, 0) != child || status != 0) give_up("the other process ended badly");
}

static void tell_friends(const char *place, Style style) {
  const bool alone = strcmp(place, "thread") == 0;
  World *world = new_world(alone ? 1 : PEERS, style);
  Residents residents[PEERS] = {{world, 0, alone ? PEERS : 1}, {world, 1, 1}};
  const double begin = real_seconds();
  if (alone) live(&residents[0]);
  else if (strcmp(place, "threads") == 0) live_in_threads(residents);
  else live_in_processes(residents);
  for (int i = 0; i < PEERS; i++) {
    printf("peer %d: met %u times, lost %u, heard %u '%s', receipts %u\n", i, world->peers[i].met, world->peers[i].lost,
           world->peers[i].heard, world->peers[i].text, world->peers[i].receipts);
  }
  printf("= met_ms %llu\n", (unsigned long long)world->peers[1].met_at_ms);
  printf("= heard_ms %llu\n", (unsigned long long)world->peers[1].heard_at_ms);
  printf("= receipt_ms %llu\n", (unsigned long long)world->peers[0].receipt_at_ms);
  printf("= real_ms %.0f\n", (real_seconds() - begin) * SECOND_MS);
}

/** Turns of both, time going on, until both are friends and have said something to each other. */
static void talk(Peer peers[PEERS], const char *when) {
  World *world = peers[0].world;
  const uint64_t begin_ms = world->now_ms;
  const double end = real_seconds() + DEADLINE_S;
  bool said[PEERS] = {false, false};
  for (int i = 0; i < PEERS; i++) world->peers[i].heard = world->peers[i].receipts = 0;
  while (world->peers[0].receipts == 0 || world->peers[1].receipts == 0) {
    for (int i = 0; i < PEERS; i++) {
      if (!said[i] && tox_friend_get_connection_status(peers[i].tox, 0, NULL) != TOX_CONNECTION_NONE) {
        said[i] = tox_friend_send_message(peers[i].tox, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of(when), strlen(when), NULL);
      }
      // A friend is lost without a word while time leaps, and messages with him.
      if (tox_friend_get_connection_status(peers[i].tox, 0, NULL) == TOX_CONNECTION_NONE) said[i] = false;
      turn(&peers[i]);
    }
    pass_time(world);
    if (real_seconds() > end) give_up(when);
  }
  printf("%s: they talk\n", when);
  printf("= %s_ms %llu\n", when, (unsigned long long)(world->now_ms - begin_ms));
}

static void tell_clock(Style style) {
  enum { STILL_TURNS = 300 };
  World *world = new_world(1, style);
  Peer peers[PEERS];
  for (int i = 0; i < PEERS; i++) be_born(&peers[i], world, i);
  for (int i = 0; i < PEERS; i++) meet(&peers[i]);
  talk(peers, "first");
  for (int n = 0; n < STILL_TURNS; n++) {
    for (int i = 0; i < PEERS; i++) turn(&peers[i]);
  }
  talk(peers, "stood");
  world->now_ms += 7 * (uint64_t)HOUR_MS;
  talk(peers, "ahead");
  world->now_ms -= 5 * (uint64_t)HOUR_MS;
  talk(peers, "back");
  world->now_ms = 0;
  talk(peers, "zero");
  const uint64_t nonsense[] = {UINT64_MAX, 0, (uint64_t)1 << 63, ((uint64_t)1 << 53) + 1, UINT64_MAX - 1};
  for (size_t n = 0; n < sizeof(nonsense) / sizeof(*nonsense); n++) {
    world->now_ms = nonsense[n];
    for (int i = 0; i < PEERS; i++) turn(&peers[i]);
  }
  world->now_ms = HOUR_MS;
  talk(peers, "nonsense");
  for (int i = 0; i < PEERS; i++) tox_kill(peers[i].tox);
}

/** A clock whose first reader waits a while for a second one beside it. */
typedef struct SlowClock {
  Tox *tox;
  pthread_t second;
  atomic_int readers;
  bool is_waited;
} SlowClock;

static void *ask(void *argument) {
  tox_iterate(((SlowClock *)argument)->tox, NULL);
  return NULL;
}

static uint64_t tell_slowly(void *argument) {
  SlowClock *clock = argument;
  if (clock->tox == NULL) return SECOND_MS;
  atomic_fetch_add(&clock->readers, 1);
  if (clock->is_waited) return 2 * SECOND_MS;
  clock->is_waited = true;
  if (pthread_create(&clock->second, NULL, ask, clock) != 0) give_up("no thread");
  const double end = real_seconds() + BESIDE_S;
  while (atomic_load(&clock->readers) == 1 && real_seconds() < end) usleep(1000);
  printf("readers at one time: %d\n", atomic_load(&clock->readers));
  return SECOND_MS;
}

/** Were both in the clock, the second's later moment could come to the core before the first's: time would run ahead. */
static void tell_order(Style style) {
  SlowClock clock = {.tox = NULL};
  Tox_System system = tox_default_system();
  system.mono_time_callback = tell_slowly;
  system.mono_time_user_data = &clock;
  Tox *tox = new_on(&system, style, quiet_options(), NULL);
  if (tox == NULL) give_up("no instance");
  clock.tox = tox;
  tox_iterate(tox, NULL);
  pthread_join(clock.second, NULL);
  printf("both were told the time: %d\n", atomic_load(&clock.readers) > 1);
  tox_kill(tox);
}

/** A generator that everybody can compute: xorshift64*. */
typedef struct Dice {
  uint64_t state;
  uint64_t rolled;
} Dice;

static uint8_t roll(Dice *dice) {
  dice->state ^= dice->state >> 12;
  dice->state ^= dice->state << 25;
  dice->state ^= dice->state >> 27;
  dice->rolled++;
  return (uint8_t)((dice->state * 0x2545F4914F6CDD1Dull) >> 56);
}

static void bytes_0_2_18(void *object, uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) bytes[i] = roll(object);
}

static void bytes_0_2_23(void *object, uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) bytes[i] = roll(object);
}

static uint32_t below(void *object, uint32_t upper) {
  uint32_t number = 0;
  for (int i = 0; i < 4; i++) number = number << 8 | roll(object);
  return upper == 0 ? 0 : number % upper;
}

/** `Random` as each release lays it out. */
typedef struct Funcs_0_2_18 {
  void (*bytes)(void *object, uint8_t *bytes, size_t length);
  uint32_t (*below)(void *object, uint32_t upper);
} Funcs_0_2_18;
typedef struct Funcs_0_2_23 {
  void (*bytes)(void *object, uint8_t *bytes, uint32_t length);
  uint32_t (*below)(void *object, uint32_t upper);
} Funcs_0_2_23;
typedef struct Generator {
  const void *funcs;
  void *object;
} Generator;

static void tell_random(Style style, uint64_t seed) {
  static const Funcs_0_2_18 old_funcs = {bytes_0_2_18, below};
  static const Funcs_0_2_23 new_funcs = {bytes_0_2_23, below};
  Dice dice = {.state = seed * 0x9E3779B97F4A7C15ull + 1, .rolled = 0};
  const Generator generator = {style == OLD ? (const void *)&old_funcs : (const void *)&new_funcs, &dice};
  Tox_System system = tox_default_system();
  system.rng = (const Random *)&generator;
  Tox_Err_New error;
  Tox *tox = new_on(&system, style, quiet_options(), &error);
  // The generator is this instance's alone.
  Tox *other = tox_new(NULL, NULL);
  if (tox == NULL || other == NULL) give_up("no instance");
  uint8_t address[ADDRESS_SIZE];
  uint8_t key[KEY_SIZE];
  tox_self_get_address(tox, address);
  print_hex("address", address, sizeof(address));
  tox_self_get_secret_key(tox, key);
  print_hex("secret key", key, sizeof(key));
  tox_self_get_dht_id(tox, key);
  print_hex("DHT key", key, sizeof(key));
  printf("= rolled %llu\n", (unsigned long long)dice.rolled);
  const uint64_t before = dice.rolled;
  tox_iterate(other, NULL);
  uint8_t other_address[ADDRESS_SIZE];
  tox_self_get_address(other, other_address);
  printf("another instance rolls the same dice: %d, has the same key: %d\n", dice.rolled != before,
         memcmp(address, other_address, KEY_SIZE) == 0);
  printf("its system has the generator: %d\n", tox_get_system(tox)->rng == (const Random *)&generator);
  tox_kill(tox);
  tox_kill(other);
}

static void on_log(Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *function,
                   const char *message, void *user_data) {
  (void)tox, (void)file, (void)line, (void)user_data;
  printf("  log, level %d: %s: %s\n", (int)level, function, message);
}

static void try_system(const char *what, const Tox_System *system, Style style) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_log_callback(options, on_log);
  printf("%s\n", what);
  Tox_Err_New error = (Tox_Err_New)UNTOUCHED;
  Tox *tox = new_on(system, style, options, &error);
  printf("  instance: %d, error %d\n", tox != NULL, (int)error);
  tox_kill(tox);
}

static void tell_foreign(Style style) {
  const Generator foreign = {NULL, NULL};
  Tox_System system = tox_default_system();
  try_system("the default system", &system, style);
  system.ns = (const Network *)&foreign;
  try_system("a network of its own", &system, style);
  system = tox_default_system();
  system.mem = (const Memory *)&foreign;
  try_system("a memory of its own", &system, style);
  memset(&system, 0, sizeof(system));
  try_system("nothing", &system, style);
}

int main(int argc, char **argv) {
  alarm(DEADLINE_S);
  const char *what = argc > 1 ? argv[1] : "";
  const Style style = argc > 2 && strcmp(argv[2], "new") == 0 ? NEW : OLD;
  if (strcmp(what, "friends") == 0 && argc > 3) tell_friends(argv[3], style);
  if (strcmp(what, "clock") == 0) tell_clock(style);
  if (strcmp(what, "order") == 0) tell_order(style);
  if (strcmp(what, "random") == 0 && argc > 3) tell_random(style, strtoull(argv[3], NULL, 10));
  if (strcmp(what, "foreign") == 0) tell_foreign(style);
  return 0;
}
