// Story of a host that loads the library, lives with it, unloads it, and does so again: a plugin's life. A second thread has
// called it as well, and ends only after the library is unloaded.

#include <pthread.h>

#include "story.h"

enum { ROUNDS = 3 };

/** What is called, found by name. */
typedef struct Functions {
  Tox *(*make)(const struct Tox_Options *, Tox_Err_New *);
  void (*iterate)(Tox *, void *);
  void (*kill)(Tox *);
} Functions;

typedef struct Visitor {
  const Functions *functions;
  Tox *tox;
  pthread_barrier_t *barrier;
} Visitor;

static void *visit(void *argument) {
  const Visitor *visitor = argument;
  for (int i = 0; i < 10; i++) visitor->functions->iterate(visitor->tox, NULL);
  pthread_barrier_wait(visitor->barrier);
  pthread_barrier_wait(visitor->barrier);
  return NULL;
}

static void live_once(void) {
  void *library = dlopen("libtoxcore.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) give_up(dlerror());
  Functions functions;
  *(void **)&functions.make = dlsym(library, "tox_new");
  *(void **)&functions.iterate = dlsym(library, "tox_iterate");
  *(void **)&functions.kill = dlsym(library, "tox_kill");
  Dl_info info;
  if (dladdr(dlsym(library, "tox_new"), &info) != 0) fprintf(stderr, "library: %s\n", info.dli_fname);
  Tox *tox = functions.make(NULL, NULL);
  if (tox == NULL) give_up("no instance");
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, 2);
  Visitor visitor = {&functions, tox, &barrier};
  pthread_t thread;
  pthread_create(&thread, NULL, visit, &visitor);
  for (int i = 0; i < 10; i++) functions.iterate(tox, NULL);
  pthread_barrier_wait(&barrier);
  functions.kill(tox);
  dlclose(library);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  printf("loaded, lived, unloaded\n");
}

int main(void) {
  for (int i = 0; i < ROUNDS; i++) live_once();
  return 0;
}
