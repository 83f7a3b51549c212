// The one Node environment of the process.
#ifndef TOXCORE_TS_RUNTIME_NODE_H
#define TOXCORE_TS_RUNTIME_NODE_H

#include <node.h>
#include <v8.h>

#include <cstddef>

#include "runtime.h"

struct Environment {
  node::MultiIsolatePlatform *platform = nullptr;
  node::CommonEnvironmentSetup *setup = nullptr;

  v8::Isolate *isolate() const { return setup->isolate(); }
  v8::Local<v8::Context> context() const { return setup->context(); }
};

// How much of a host's stack one call may use: all that the core needs, and less than a thread has that is no main thread.
constexpr size_t kStackBytes = 256 * 1024;

// Of a smaller stack, what V8's limit leaves to the functions in C++ that JavaScript calls; the rest is JavaScript's.
constexpr size_t kNativeStackBytes = 24 * 1024;
constexpr size_t kLeastStackBytes = kNativeStackBytes + 16 * 1024;

// Starts V8 and Node without touching the host: no signal handler, no change of standard streams, no NODE_OPTIONS. NULL, or
// why it failed.
const char *start_node(Environment *environment);

// What the core's script gets of the host, under process._linkedBinding('toxcore_ts_host').
void register_host(v8::Local<v8::Object> exports, v8::Local<v8::Value> module, v8::Local<v8::Context> context, void *);

// Compiles and runs the core's script. NULL, or why it failed.
const char *run_core(const Environment &environment);

// The text of an exception with its stack, for people.
const char *describe(v8::Isolate *isolate, const v8::TryCatch &caught);

#endif
