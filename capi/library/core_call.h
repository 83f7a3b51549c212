// One call into the core: every exported function has this shape. Check, call, copy out.
#ifndef TOXCORE_TS_CORE_CALL_H
#define TOXCORE_TS_CORE_CALL_H

#include <cstddef>
#include <cstdint>

#include "functions.h"  // generated: enum class Function
#include "instance.h"

class CoreCall {
 public:
  // Takes the instance's lock, reads its clock, and takes the core's lock.
  CoreCall(Function function, const Tox *tox);
  // A call that may change something: what waits in the instance goes first.
  CoreCall(Function function, Tox *tox);
  // Gives the locks back, then tells the log callback what the core said meanwhile.
  ~CoreCall();
  CoreCall(const CoreCall &) = delete;
  CoreCall &operator=(const CoreCall &) = delete;

  void number(double value);
  void bits(uint64_t value);
  // `data` may be NULL when `size` is 0.
  void bytes(const void *data, size_t size);

  // Whether the locks are held and the arguments fit; without, it cannot run.
  bool is_ready() const { return locked_ && !failed_; }

  // False when the core failed within: then neither value nor error mean anything.
  bool run();

  int error() const;
  double value() const;
  uint64_t value_bits() const;
  // The bytes of the answer, valid until this object ends.
  const uint8_t *out() const;
  size_t out_size() const;

 private:
  bool call(Function function);
  void wipe();
  void send_waiting(FileChunks &chunks);
  void note_rest(bool done);

  const Tox *tox_;
  double now_ = 0;
  Function function_;
  size_t arguments_ = 0;
  size_t bytes_ = 0;
  // The thread's stack was large enough to take the core's lock.
  bool locked_ = false;
  // The block had no room for the arguments.
  bool failed_ = false;
  bool called_ = false;
};

#endif
