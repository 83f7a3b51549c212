// What libtoxcore.so.2 asks of the runtime embedded in it: one Node environment, entered under a lock, that shares a frame of
// words and a block of bytes with its callers. No V8 type crosses this line, so the library itself needs no libnode.
#ifndef TOXCORE_TS_RUNTIME_H
#define TOXCORE_TS_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  FRAME_WORDS = 24,
  // Before a call: the instance's clock in milliseconds. After it: the result.
  FRAME_VALUE = 0,
  // Before a call: the arguments. A byte array is one word, its length; its bytes stand in the block, one after another.
  FRAME_ARGUMENTS = 1,
  // After a call of an instance: until when, by its clock, it changes only by packets (NaN: as was said last), and the
  // descriptor on which they come (-1 for none).
  FRAME_DESCRIPTOR = 19,
  FRAME_RESTS_UNTIL = 20,
  // After a call: the number of the error, 0 for none.
  FRAME_ERROR = 21,
  // After a call: how many bytes of the block are the answer.
  FRAME_OUT_SIZE = 22,
  // After a call: how many log records wait to be taken.
  FRAME_LOGS = 23,
};

// A word is a double, and the same bits an unsigned number where the C type has 64 bits.
union Word {
  double number;
  uint64_t bits;
};

// Fills `target` with random bytes for the instance with this number.
typedef void RuntimeRandom(uint32_t instance, uint8_t *target, size_t size);

struct Runtime {
  union Word *words;
  // Starts Node and the core, once. Returns NULL, or why it could not, in words for people.
  const char *(*start)(RuntimeRandom *random);
  // Takes the lock that everything below needs. A thread may take it again; others wait. False, and no lock, for a thread
  // whose stack is too small.
  int (*lock)(void);
  void (*unlock)(void);
  // The block of bytes with room for `size`; what it holds is kept. NULL when memory is out.
  uint8_t *(*block)(size_t size);
  // Runs a function of the core, known by its number in the table. False when the core failed within; see the log.
  int (*call)(uint32_t function, uint32_t instance);
  // Collects what nobody uses any more, at once. Some ten milliseconds.
  void (*collect)(void);
};

#ifdef __cplusplus
}
#endif

#endif
