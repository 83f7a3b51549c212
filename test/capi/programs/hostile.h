// What a generated program of random calls stands on (see hostile-program.ts): dice, objects that live, bytes that may be read
// and written. Arguments are wrong in every way that a caller can check, and never beyond what C allows: pointers are NULL or
// good, and a length is greater than its buffer only where the function must see from the length alone that it is wrong.

#ifndef HOSTILE_H
#define HOSTILE_H

#include <tox/tox_dispatch.h>
#include <tox/tox_events.h>
#include <tox/toxav.h>
#include <tox/toxencryptsave.h>

#include "virtual-time.h"

enum {
  /** Objects of one kind that a thread has at most. */
  SLOTS = 3,
  /** The shared bytes that calls read: an offset, and from there as much as any length. */
  OFFSETS = 1 << 10,
  LONGEST = 1 << 16,
  /** What calls write: a profile with all the friends that a run can add. */
  SCRATCH = 1 << 23,
};

static uint8_t readable[OFFSETS + LONGEST];

/** What a thread plays with. */
typedef struct Hand {
  uint64_t dice;
  /** Which function is being called; shown when the program dies in it. */
  const char *in;
  uint8_t *scratch;
  Tox_System system;
  Tox_Options_Testing testing;
  void *objects[8][SLOTS];
} Hand;

static _Thread_local Hand *playing;

/** What was seen that may not be. */
static uint32_t wrongs = 0;
/** Objects made, by kind. */
static uint32_t made[8];

static inline uint64_t roll(Hand *hand) {
  hand->dice ^= hand->dice << 13;
  hand->dice ^= hand->dice >> 7;
  hand->dice ^= hand->dice << 17;
  return hand->dice;
}

static inline bool one_in(Hand *hand, uint32_t n) { return roll(hand) % n == 0; }

/** Any number: the first ones, which exist; the last one; one beyond; any. */
static inline uint64_t any_number(Hand *hand) {
  switch (roll(hand) % 8) {
    case 0: return 0;
    case 1: return 1;
    case 2: return UINT64_MAX;
    case 3: return UINT64_MAX - roll(hand) % 3;
    case 4: return roll(hand) % 300;
    case 5: return (uint64_t)1 << roll(hand) % 64;
    case 6: return roll(hand) % 4;
    default: return roll(hand);
  }
}

static inline const void *any_bytes(Hand *hand) { return one_in(hand, 8) ? NULL : readable + roll(hand) % OFFSETS; }

static inline void *any_room(Hand *hand) { return one_in(hand, 8) ? NULL : hand->scratch; }

/** `limit` is what the table says, 0 where nothing is said: then the length is true. */
static inline size_t any_length(Hand *hand, size_t limit) {
  switch (roll(hand) % 8) {
    case 0: return 0;
    case 1: return limit;
    case 2: return limit == 0 ? LONGEST : limit + 1;
    case 3: return limit == 0 ? LONGEST - 1 : (size_t)any_number(hand);
    case 4: return roll(hand) % LONGEST;
    case 5: return 1;
    default: return roll(hand) % 64;
  }
}

static inline const char *any_text(Hand *hand) {
  static const char *const texts[] = {
      NULL,    "",    "127.0.0.1", "::1", "256.256.256.256", "127.0.0.1:80", "127.0.0.1\n", " ", "[::1]", "\xff\xfe",
      "%s%n%s", "::", "0",         "1.1", "255.255.255.255", "ff02::1",      "a name of somebody",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  };
  return texts[roll(hand) % (sizeof(texts) / sizeof(*texts))];
}

static inline const Tox_System *any_system(Hand *hand) { return one_in(hand, 2) ? NULL : &hand->system; }

static inline const Tox_Options_Testing *any_testing(Hand *hand) { return one_in(hand, 3) ? NULL : &hand->testing; }

/** For every callback: what it is called with stays unread. */
static inline void do_nothing(void) {}

static inline void wrong(const char *what) {
  fprintf(stderr, "%s: %s\n", playing->in, what);
  __atomic_fetch_add(&wrongs, 1, __ATOMIC_SEQ_CST);
}

static inline void read_text(const char *text) {
  if (text != NULL && strlen(text) > 10000) wrong("told a very long text");
}

/** An object of a kind, or NULL. */
static inline void *any_object(Hand *hand, int kind) {
  return one_in(hand, 10) ? NULL : hand->objects[kind][roll(hand) % SLOTS];
}

/** The same, for who ends it. Nobody ends the first instance, which threads share. */
static inline void *take_object(Hand *hand, int kind, int first) {
  const int slot = first + (int)(roll(hand) % (uint64_t)(SLOTS - first));
  void *object = hand->objects[kind][slot];
  hand->objects[kind][slot] = NULL;
  return object;
}

static inline bool has_room(const Hand *hand, int kind) {
  for (int i = 0; i < SLOTS; i++) {
    if (hand->objects[kind][i] == NULL) return true;
  }
  return false;
}

static inline void keep_object(Hand *hand, int kind, void *object) {
  for (int i = 0; i < SLOTS && object != NULL; i++) {
    if (hand->objects[kind][i] != NULL) continue;
    hand->objects[kind][i] = object;
    __atomic_fetch_add(&made[kind], 1, __ATOMIC_SEQ_CST);
    return;
  }
}

/** A list of one event, packed; or what is none. */
static inline Tox_Events *any_events(const Tox_System *system, const uint8_t *bytes, uint32_t size) {
  static const uint8_t connected[] = {0x91, 0x92, TOX_EVENT_SELF_CONNECTION_STATUS, TOX_CONNECTION_UDP};
  if (size % 2 == 0) return tox_events_load(system, connected, sizeof(connected));
  return tox_events_load(system, bytes, size);
}

/** The first event of a list, if there is a list with one. */
static inline const Tox_Event *any_event(Hand *hand) {
  const Tox_Events *events = any_object(hand, 3);
  return events == NULL ? NULL : tox_events_get(events, 0);
}

static inline void tell_death(int number) {
  static const char DIED[] = "died in ";
  const char *in = playing == NULL ? "nothing" : playing->in;
  if (write(2, DIED, sizeof(DIED) - 1) < 0 || write(2, in, strlen(in)) < 0 || write(2, "\n", 1) < 0) _exit(3);
  signal(number, SIG_DFL);
  raise(number);
}

#endif
