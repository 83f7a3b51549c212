// Story: what tox_new, tox_iterate and tox_kill leave of the process as it was: signals, standard files, locale,
// environment, limits, current directory. One line for each thing that changed.

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "story.h"

extern char **environ;

enum { SIGNALS = 64, STANDARD_FILES = 3, FOLDER = 4096 };

typedef struct State {
  struct sigaction actions[SIGNALS + 1];
  sigset_t blocked;
  int file_flags[STANDARD_FILES];
  int descriptor_flags[STANDARD_FILES];
  struct stat files[STANDARD_FILES];
  char locale[200];
  char **environment;
  char environment_text[1 << 16];
  struct rlimit limits[RLIM_NLIMITS];
  mode_t mask;
  char folder[FOLDER];
  pid_t session;
} State;

static void take(State *state) {
  memset(state, 0, sizeof(*state));
  for (int i = 1; i <= SIGNALS; i++) sigaction(i, NULL, &state->actions[i]);
  pthread_sigmask(SIG_SETMASK, NULL, &state->blocked);
  for (int i = 0; i < STANDARD_FILES; i++) {
    state->file_flags[i] = fcntl(i, F_GETFL);
    state->descriptor_flags[i] = fcntl(i, F_GETFD);
    fstat(i, &state->files[i]);
  }
  snprintf(state->locale, sizeof(state->locale), "%s", setlocale(LC_ALL, NULL));
  state->environment = environ;
  for (char **one = environ; *one != NULL; one++) {
    const size_t used = strlen(state->environment_text);
    snprintf(state->environment_text + used, sizeof(state->environment_text) - used, "%s\n", *one);
  }
  for (int i = 0; i < (int)RLIM_NLIMITS; i++) getrlimit((__rlimit_resource_t)i, &state->limits[i]);
  state->mask = umask(0);
  umask(state->mask);
  if (getcwd(state->folder, sizeof(state->folder)) == NULL) snprintf(state->folder, sizeof(state->folder), "gone");
  state->session = getsid(0);
}

static void compare(const State *before, const char *when) {
  static State after;
  take(&after);
  printf("%s\n", when);
  for (int i = 1; i <= SIGNALS; i++) {
    const struct sigaction *a = &before->actions[i];
    const struct sigaction *b = &after.actions[i];
    if (a->sa_handler != b->sa_handler || a->sa_flags != b->sa_flags) printf("  signal %d is handled otherwise\n", i);
  }
  if (memcmp(&before->blocked, &after.blocked, sizeof(sigset_t)) != 0) printf("  other signals are blocked\n");
  for (int i = 0; i < STANDARD_FILES; i++) {
    if (before->file_flags[i] != after.file_flags[i]) printf("  file %d has other flags\n", i);
    if (before->descriptor_flags[i] != after.descriptor_flags[i]) printf("  descriptor %d has other flags\n", i);
    if (before->files[i].st_ino != after.files[i].st_ino) printf("  file %d is another\n", i);
  }
  if (strcmp(before->locale, after.locale) != 0) printf("  the locale is %s\n", after.locale);
  if (before->environment != after.environment) printf("  the environment is another\n");
  if (strcmp(before->environment_text, after.environment_text) != 0) printf("  the environment has changed\n");
  for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
    if (memcmp(&before->limits[i], &after.limits[i], sizeof(struct rlimit)) != 0) printf("  limit %d is another\n", i);
  }
  if (before->mask != after.mask) printf("  the umask is another\n");
  if (strcmp(before->folder, after.folder) != 0) printf("  the folder is %s\n", after.folder);
  if (before->session != after.session) printf("  the session is another\n");
}

static void handler(int number) { (void)number; }

int main(void) {
  static State before;
  setlocale(LC_ALL, "C.UTF-8");
  signal(SIGINT, handler);
  signal(SIGUSR1, handler);
  signal(SIGPIPE, SIG_DFL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  take(&before);
  Tox *tox = make_instance(1, 0);
  compare(&before, "made");
  for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
  compare(&before, "iterated");
  tox_kill(tox);
  compare(&before, "killed");
  return 0;
}
