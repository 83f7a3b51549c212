// Stories of what goes wrong around the library, and of processes that end in odd ways. `new`: one instance, or why there is
// none. `stack KIB`: a life on a thread with this much stack. `end WAY`: a process with a running instance ends so.
// `files N`, `memory MIB`: when no more is left. `spawn`: other programs started in the ways that share memory at first.
// `libnode`: which file that is. `mistake`: with a library that has one.

#include <spawn.h>
#include <sys/resource.h>

#include "virtual-time.h"

extern char **environ;

enum { FRIENDS_OF_STRANGERS = 100 };

static void on_log(Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *function,
                   const char *message, void *user_data) {
  (void)tox, (void)file, (void)line;
  int *lines = user_data;
  if (level >= TOX_LOG_LEVEL_ERROR && (*lines)++ == 0) printf("log: %s: %s\n", function, message);
}

/** An instance that speaks, and its death; or the reason why there is none. */
static bool live_and_die(void) {
  int log_lines = 0;
  struct Tox_Options *options = quiet_options();
  tox_options_set_log_callback(options, on_log);
  tox_options_set_log_user_data(options, &log_lines);
  Tox_Err_New error = (Tox_Err_New)UNTOUCHED;
  Tox *tox = tox_new(options, &error);
  tox_options_free(options);
  printf("instance: %d, error %d\n", tox != NULL, (int)error);
  if (tox == NULL) return false;
  uint8_t name[TOX_MAX_NAME_LENGTH];
  memset(name, 'n', sizeof(name));
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, name, sizeof(name), &error));
  for (int i = 1; i <= FRIENDS_OF_STRANGERS; i++) tox_friend_add_norequest(tox, key_of((uint8_t)i), NULL);
  SHOW(tox_self_get_friend_list_size(tox));
  STEP(Tox_Err_Bootstrap, tox_bootstrap(tox, "127.0.0.1", 1, key_of(1), &error));
  for (int i = 0; i < 20; i++) tox_iterate(tox, NULL);
  const size_t size = tox_get_savedata_size(tox);
  uint8_t *savedata = malloc(size);
  tox_get_savedata(tox, savedata);
  free(savedata);
  tox_kill(tox);
  printf("lived and died\n");
  return true;
}

/** Calls the function in which the library's core has a mistake, and then others. */
static void meet_a_mistake(void) {
  int log_lines = 0;
  struct Tox_Options *options = quiet_options();
  tox_options_set_log_callback(options, on_log);
  tox_options_set_log_user_data(options, &log_lines);
  Tox *tox = tox_new(options, NULL);
  tox_options_free(options);
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, bytes_of("busy"), 4, &error));
  SHOW(tox_self_get_status_message_size(tox));
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, bytes_of("name"), 4, &error));
  SHOW(tox_self_get_name_size(tox));
  tox_iterate(tox, NULL);
  tox_kill(tox);
  printf("log lines: %d\n", log_lines);
}

static void *live_on_a_thread(void *argument) {
  (void)argument;
  live_and_die();
  return NULL;
}

static void live_on_a_stack_of(size_t kib) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_t thread;
  if (pthread_attr_setstacksize(&attributes, kib * 1024) != 0) give_up("no such stack");
  if (pthread_create(&thread, &attributes, live_on_a_thread, NULL) != 0) give_up("no thread");
  pthread_join(thread, NULL);
}

static Tox *busy_tox;

static void *iterate_for_ever(void *argument) {
  for (;;) tox_iterate(argument, NULL);
  return NULL;
}

static void *make_and_end(void *argument) {
  *(Tox **)argument = make_instance(1, 0);
  pthread_exit(NULL);
}

static void exit_at_once(Tox *tox, uint32_t number, Tox_Connection connection, void *user_data) {
  (void)tox, (void)number, (void)connection, (void)user_data;
  printf("exit in a callback\n");
  exit(0);
}

static void kill_at_exit(void) {
  tox_iterate(busy_tox, NULL);
  tox_kill(busy_tox);
  printf("killed at exit\n");
}

/** Meets a second instance in this thread; the first callback ends the process. */
static void exit_in_a_callback(void) {
  World *world = new_world(1, NEW);
  Tox *a = new_peer(world, 0);
  Tox *b = new_peer(world, 1);
  introduce_both(a, b);
  tox_callback_friend_connection_status(a, exit_at_once);
  for (;;) turn_both(world, a, b);
}

static void *end_the_process(void *argument) {
  usleep(100 * 1000);
  tox_iterate(argument, NULL);
  tox_kill(argument);
  printf("the other thread ends it\n");
  exit(0);
}

static void end(const char *way) {
  pthread_t thread;
  if (strcmp(way, "callback") == 0) exit_in_a_callback();
  if (strcmp(way, "first-thread") == 0) {
    // Who made the first instance is gone; it lives on, and others are made.
    pthread_create(&thread, NULL, make_and_end, &busy_tox);
    pthread_join(thread, NULL);
    live_and_die();
    for (int i = 0; i < 20; i++) tox_iterate(busy_tox, NULL);
    tox_kill(busy_tox);
    return;
  }
  busy_tox = make_instance(1, 0);
  if (strcmp(way, "main-thread") == 0) {
    pthread_create(&thread, NULL, end_the_process, busy_tox);
    pthread_exit(NULL);
  }
  if (strcmp(way, "atexit") == 0) atexit(kill_at_exit);
  else pthread_create(&thread, NULL, iterate_for_ever, busy_tox);
  usleep(100 * 1000);
  printf("the end\n");
  if (strcmp(way, "exit") == 0 || strcmp(way, "atexit") == 0) exit(0);
  if (strcmp(way, "quick") == 0) quick_exit(0);
  if (strcmp(way, "at-once") == 0) _exit(0);
  if (strcmp(way, "signal") == 0) raise(SIGTERM);
}

static void tell_child(const char *how, pid_t child) {
  int status = -1;
  if (waitpid(child, &status, 0) != child) give_up(how);
  printf("%s: %d\n", how, status);
}

static void spawn(void) {
  Tox *tox = make_instance(1, 0);
  pthread_t thread;
  pthread_create(&thread, NULL, iterate_for_ever, tox);
  char *const arguments[] = {(char *)"true", NULL};
  for (int i = 0; i < 20; i++) {
    pid_t child;
    if (posix_spawnp(&child, "true", NULL, NULL, arguments, environ) != 0) give_up("posix_spawn");
    int status = -1;
    if (waitpid(child, &status, 0) != child || status != 0) give_up("posix_spawn");
  }
  printf("posix_spawn, 20 times\n");
  pid_t child = vfork();
  if (child == 0) {
    execlp("true", "true", (char *)NULL);
    _exit(1);
  }
  tell_child("vfork and exec", child);
  // Nothing of the library may run in such a child, and nothing does at its exit.
  fflush(stdout);
  child = fork();
  if (child == 0) exit(0);
  tell_child("fork and exit", child);
  FILE *pipe = popen("echo from a shell", "r");
  char line[100] = "";
  if (pipe == NULL || fgets(line, sizeof(line), pipe) == NULL) give_up("popen");
  printf("popen: %d, %s", pclose(pipe), line);
  exit(0);
}

/** Where the file lies that the first instance loads. */
static void tell_libnode(void) {
  live_and_die();
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[4096];
  while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
    char *path = strchr(line, '/');
    if (path == NULL || strstr(path, "/libnode.so") == NULL) continue;
    printf("%s", path);
    return;
  }
  give_up("no libnode");
}

static void limit(__rlimit_resource_t what, rlim_t most) {
  const struct rlimit both = {most, most};
  if (setrlimit(what, &both) != 0) give_up("no such limit");
}

/** Every file but the first `spare` that are still allowed is open already. */
static void leave_files(int spare) {
  enum { MOST = 64 };
  limit(RLIMIT_NOFILE, MOST);
  int last = dup(1);
  while (last >= 0 && last < MOST - 1 - spare) last = dup(1);
}

int main(int argc, char **argv) {
  alarm(DEADLINE_S);
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *what = argc > 1 ? argv[1] : "";
  const char *which = argc > 2 ? argv[2] : "";
  if (strcmp(what, "new") == 0) live_and_die();
  if (strcmp(what, "end") == 0) end(which);
  if (strcmp(what, "spawn") == 0) spawn();
  if (strcmp(what, "mistake") == 0) meet_a_mistake();
  if (strcmp(what, "libnode") == 0) tell_libnode();
  if (strcmp(what, "stack") == 0) {
    if (argc > 3) live_and_die();
    live_on_a_stack_of((size_t)atoi(which));
  }
  if (strcmp(what, "files") == 0) {
    leave_files(atoi(which));
    live_and_die();
  }
  if (strcmp(what, "memory") == 0) {
    limit(RLIMIT_AS, (rlim_t)atoi(which) << 20);
    live_and_die();
  }
  return 0;
}
