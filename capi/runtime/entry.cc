// A thread keeps its place with V8 from its first call to its end. Between calls it only gives the lock away: V8 then leaves the
// thread's state where it is until another thread really comes, whereas a Locker for each call would build all of it up and
// tear it down, which costs more than a short call itself.

#include "entry.h"

#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "node.h"
#include "stack.h"

namespace {

using v8::Isolate;
using v8::Locker;
using v8::Unlocker;

struct Thread {
  explicit Thread(Isolate *isolate) : isolate(isolate), locker(isolate) {}
  Isolate *isolate;
  Locker locker;
  // While the thread is outside.
  std::optional<Unlocker> unlocker;
  // Of the stack; as V8 was told last.
  uintptr_t limit = 0;
};

// Whose turn it is. V8's own lock, taken behind this one, is always free; but it lies in code that thread sanitizers do not see.
std::mutex turn;

thread_local Thread *thread = nullptr;
thread_local int depth = 0;

void forget(void *ending) {
  auto *const it = static_cast<Thread *>(ending);
  Isolate *const isolate = it->isolate;
  thread = nullptr;
  const std::lock_guard<std::mutex> guard(turn);
  delete it;
  isolate->DiscardThreadSpecificMetadata();
}

// A key rather than a destructor of `thread`: it tells the end of threads alone, not of the process. Nothing of ours may wait in
// exit(), least of all in the child of a fork, where the lock's owner does not exist.
pthread_key_t ending_key() {
  static const pthread_key_t key = [] {
    pthread_key_t made;
    pthread_key_create(&made, forget);
    return made;
  }();
  return key;
}

// V8 would count its share of the stack from where the thread stood at its first call; later ones may come from far deeper, or
// from another stack. And it would not know where a small stack ends.
void set_stack_limit() {
  constexpr uintptr_t kNear = kStackBytes / 4;
  const uintptr_t here = here_on_the_stack();
  const uintptr_t lowest = stack_left() == SIZE_MAX ? 0 : thread_stack().bottom + kNativeStackBytes;
  const uintptr_t wanted = std::max(here - kStackBytes, lowest);
  const uintptr_t distance = wanted > thread->limit ? wanted - thread->limit : thread->limit - wanted;
  if (distance <= kNear && thread->limit >= lowest) return;
  thread->limit = wanted;
  thread->isolate->SetStackLimit(wanted);
}

}  // namespace

bool enter(Isolate *isolate) {
  if (depth == 0 && stack_left() < kLeastStackBytes) return false;
  if (depth++ > 0) return true;
  turn.lock();
  if (thread == nullptr) {
    thread = new Thread(isolate);
    pthread_setspecific(ending_key(), thread);
  } else {
    thread->unlocker.reset();
  }
  isolate->Enter();
  set_stack_limit();
  return true;
}

void leave() {
  if (--depth > 0) return;
  thread->isolate->Exit();
  thread->unlocker.emplace(thread->isolate);
  turn.unlock();
}
