// How much of its stack the calling thread has left: hosts' threads may be far smaller than what V8 takes for granted.
#ifndef TOXCORE_TS_RUNTIME_STACK_H
#define TOXCORE_TS_RUNTIME_STACK_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct Stack {
  // 0 and 0 where nobody knows.
  uintptr_t bottom = 0;
  uintptr_t top = 0;

  bool holds(uintptr_t address) const { return address >= bottom && address < top; }
};

// Of the thread itself; asked once, because for a main thread it reads /proc/self/maps.
inline const Stack &thread_stack() {
  static thread_local const Stack stack = [] {
    Stack found;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return found;
    void *bottom = nullptr;
    size_t size = 0;
    if (pthread_attr_getstack(&attributes, &bottom, &size) == 0) {
      found.bottom = reinterpret_cast<uintptr_t>(bottom);
      found.top = found.bottom + size;
    }
    pthread_attr_destroy(&attributes);
    return found;
  }();
  return stack;
}

inline uintptr_t here_on_the_stack() { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)); }

// SIZE_MAX where nobody knows, such as on the stack of a coroutine.
inline size_t stack_left() {
  const Stack &stack = thread_stack();
  const uintptr_t here = here_on_the_stack();
  return stack.holds(here) ? here - stack.bottom : SIZE_MAX;
}

#endif
