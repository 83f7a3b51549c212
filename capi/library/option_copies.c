#include "option_copies.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* One copy. There are as many as programs have options with copies at one time: a list serves. */
struct Copy {
  struct Copy *next;
  const Tox_Options *owner;
  enum CopyKind kind;
  size_t size;
  unsigned char bytes[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct Copy *copies;

/* Puts `fresh`, which may be NULL, in the place of the copy of this owner and kind, and returns that one. */
static struct Copy *exchange(const Tox_Options *owner, enum CopyKind kind, struct Copy *fresh) {
  pthread_mutex_lock(&lock);
  struct Copy **link = &copies;
  while (*link != NULL && ((*link)->owner != owner || (*link)->kind != kind)) link = &(*link)->next;
  struct Copy *old = *link;
  if (old != NULL) *link = old->next;
  if (fresh != NULL) {
    fresh->next = copies;
    copies = fresh;
  }
  pthread_mutex_unlock(&lock);
  return old;
}

static void discard(struct Copy *copy) {
  if (copy == NULL) return;
  /* Savedata holds a secret key. */
  sodium_memzero(copy->bytes, copy->size);
  free(copy);
}

const void *option_copy(const Tox_Options *owner, enum CopyKind kind, const void *data, size_t size) {
  struct Copy *fresh = size > SIZE_MAX - sizeof *fresh ? NULL : malloc(sizeof *fresh + size);
  if (fresh == NULL) return NULL;
  fresh->owner = owner;
  fresh->kind = kind;
  fresh->size = size;
  memcpy(fresh->bytes, data, size);
  discard(exchange(owner, kind, fresh));
  return fresh->bytes;
}

void drop_option_copy(const Tox_Options *owner, enum CopyKind kind) { discard(exchange(owner, kind, NULL)); }
