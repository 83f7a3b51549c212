// Runs the core's script, and what the script gets of the host.

#include <node_api.h>
#include <stdio.h>

#include <string>

#include "host.h"
#include "node.h"

extern "C" const char toxcore_ts_bundle[];
extern "C" const char toxcore_ts_bundle_end[];
// The addon of native/, linked in: what a loader would look up by this name.
extern "C" napi_value napi_register_module_v1(napi_env env, napi_value exports);

namespace {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::MaybeLocal;
using v8::Object;
using v8::ScriptCompiler;
using v8::ScriptOrigin;
using v8::String;
using v8::Value;

Local<String> name_of(Isolate *isolate, const char *text) { return String::NewFromUtf8(isolate, text).ToLocalChecked(); }

void set_call(const FunctionCallbackInfo<Value> &info) {
  if (info[0]->IsFunction()) host.call.Set(info.GetIsolate(), info[0].As<Function>());
}

void set_block(const FunctionCallbackInfo<Value> &info) {
  if (!info[0]->IsArrayBuffer()) return;
  host.block = info[0].As<v8::ArrayBuffer>()->GetBackingStore();
}

void set_reserve(const FunctionCallbackInfo<Value> &info) {
  if (info[0]->IsFunction()) host.reserve.Set(info.GetIsolate(), info[0].As<Function>());
}

void random(const FunctionCallbackInfo<Value> &info) {
  if (!info[0]->IsUint32() || !info[1]->IsUint8Array()) return;
  const auto target = info[1].As<v8::Uint8Array>();
  auto *bytes = static_cast<uint8_t *>(target->Buffer()->Data()) + target->ByteOffset();
  host.random(info[0].As<v8::Uint32>()->Value(), bytes, target->ByteLength());
}

void set_function(Local<Context> context, Local<Object> target, const char *name, v8::FunctionCallback callback) {
  Isolate *isolate = context->GetIsolate();
  const Local<Function> function = Function::New(context, callback).ToLocalChecked();
  target->Set(context, name_of(isolate, name), function).Check();
}

// The script as a function of `require` and `process`, which are all it may reach.
MaybeLocal<Value> evaluate(Isolate *isolate, const node::StartExecutionCallbackInfo &info) {
  const Local<Context> context = isolate->GetCurrentContext();
  const auto size = static_cast<int>(toxcore_ts_bundle_end - toxcore_ts_bundle);
  Local<String> text;
  if (!String::NewFromUtf8(isolate, toxcore_ts_bundle, v8::NewStringType::kNormal, size).ToLocal(&text)) return {};
  const ScriptOrigin origin(isolate, name_of(isolate, "toxcore-ts/core.js"));
  ScriptCompiler::Source source(text, origin);
  Local<String> parameters[] = {name_of(isolate, "require"), name_of(isolate, "process")};
  Local<Function> script;
  if (!ScriptCompiler::CompileFunctionInContext(context, &source, 2, parameters, 0, nullptr).ToLocal(&script)) return {};
  Local<Value> arguments[] = {info.native_require, info.process_object};
  return script->Call(context, v8::Undefined(isolate), 2, arguments);
}

}  // namespace

Host host;

void register_host(Local<Object> exports, Local<Value>, Local<Context> context, void *) {
  Isolate *isolate = context->GetIsolate();
  // The words live as long as the process: nothing to free.
  auto store = v8::ArrayBuffer::NewBackingStore(host.words, sizeof host.words, [](void *, size_t, void *) {}, nullptr);
  const auto words = v8::ArrayBuffer::New(isolate, std::move(store));
  exports->Set(context, name_of(isolate, "words"), words).Check();
  set_function(context, exports, "setCall", set_call);
  set_function(context, exports, "setBlock", set_block);
  set_function(context, exports, "setReserve", set_reserve);
  set_function(context, exports, "random", random);
}

const char *describe(Isolate *isolate, const v8::TryCatch &caught) {
  static std::string text;
  const Local<Context> context = isolate->GetCurrentContext();
  Local<Value> what;
  if (!caught.StackTrace(context).ToLocal(&what) || !what->IsString()) what = caught.Exception();
  const String::Utf8Value utf8(isolate, what);
  text = *utf8 != nullptr ? *utf8 : "an exception without text";
  return text.c_str();
}

const char *run_core(const Environment &environment) {
  Isolate *isolate = environment.isolate();
  const v8::HandleScope handles(isolate);
  const Context::Scope context(environment.context());
  node::Environment *env = environment.setup->env();
  node::AddLinkedBinding(env, "toxcore_ts", napi_register_module_v1);
  node::AddLinkedBinding(env, "toxcore_ts_host", register_host, nullptr);
  // process.exit() in a library may end nothing: the call that reached it goes on.
  node::SetProcessExitHandler(env, [](node::Environment *, int) {});
  const v8::TryCatch caught(isolate);
  const auto evaluated = node::LoadEnvironment(
      env, [isolate](const node::StartExecutionCallbackInfo &info) { return evaluate(isolate, info); });
  if (evaluated.IsEmpty()) return caught.HasCaught() ? describe(isolate, caught) : "the core's script did not run";
  return host.call.IsEmpty() || host.reserve.IsEmpty() || host.block == nullptr ? "the core did not register" : nullptr;
}
