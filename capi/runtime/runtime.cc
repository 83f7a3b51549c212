// The door of the runtime: one table of functions, found by name after dlopen.

#include "runtime.h"

#include <time.h>

#include "entry.h"
#include "host.h"
#include "node.h"

extern "C" int uv_run(struct uv_loop_s *loop, int mode);

namespace {

using v8::Context;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Value;

Environment environment;

int lock() { return enter(environment.isolate()); }

void unlock() { leave(); }

// V8's and Node's own errands (collected objects, delayed tasks) need a turn now and then; ten a second are plenty, since the
// core itself waits on nothing there.
constexpr int64_t kErrandNanoseconds = 100'000'000;

void run_errands() {
  static int64_t due = 0;
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  const int64_t nanoseconds = now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
  if (nanoseconds < due) return;
  due = nanoseconds + kErrandNanoseconds;
  const HandleScope handles(environment.isolate());
  const Context::Scope context(environment.context());
  constexpr int kNoWait = 2;  // UV_RUN_NOWAIT
  uv_run(environment.setup->event_loop(), kNoWait);
  environment.platform->FlushForegroundTasks(environment.isolate());
}

const char *start(RuntimeRandom *random) {
  if (const char *problem = start_node(&environment)) return problem;
  host.random = random;
  if (!lock()) return "the thread's stack is too small";
  const char *problem = run_core(environment);
  unlock();
  return problem;
}

uint8_t *block(size_t size) {
  if (size > host.block->ByteLength()) {
    Isolate *isolate = environment.isolate();
    const HandleScope handles(isolate);
    const v8::TryCatch caught(isolate);
    const Local<Context> context = environment.context();
    Local<Value> wanted = v8::Number::New(isolate, static_cast<double>(size));
    const auto reserved = host.reserve.Get(isolate)->Call(context, v8::Undefined(isolate), 1, &wanted);
    if (reserved.IsEmpty() || size > host.block->ByteLength()) return nullptr;
  }
  return static_cast<uint8_t *>(host.block->Data());
}

int call(uint32_t function, uint32_t instance) {
  Isolate *isolate = environment.isolate();
  const HandleScope handles(isolate);
  v8::TryCatch caught(isolate);
  const Local<Context> context = environment.context();
  Local<Value> arguments[] = {v8::Integer::NewFromUnsigned(isolate, function),
                              v8::Integer::NewFromUnsigned(isolate, instance)};
  Local<Value> done;
  const bool returned = host.call.Get(isolate)->Call(context, v8::Undefined(isolate), 2, arguments).ToLocal(&done);
  // The core catches its own exceptions; what comes here is exhaustion (stack, memory). Both calls can go on after it.
  if (caught.HasTerminated()) isolate->CancelTerminateExecution();
  run_errands();
  return returned && done->IsTrue();
}

void collect() { environment.isolate()->LowMemoryNotification(); }

const Runtime runtime = {host.words, start, lock, unlock, block, call, collect};

}  // namespace

extern "C" __attribute__((visibility("default"))) const Runtime *toxcore_ts_runtime() { return &runtime; }
