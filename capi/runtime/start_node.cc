// Starts Node inside a process that belongs to somebody else. Everything is made once and never torn down: destructors at
// exit would race with the host's threads.

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "node.h"

// What JavaScript sees as process.env; libnode exports it, though no header tells of it.
namespace node {
class KVStore {
 public:
  static std::shared_ptr<KVStore> CreateMapKVStore();
};
namespace per_process {
extern std::shared_ptr<KVStore> system_environment;
}  // namespace per_process
}  // namespace node

namespace {

// One worker compiles and collects garbage beside the caller; more would only cost memory.
constexpr int kWorkers = 1;

// Each call is short and allocates little: small spaces for young objects keep an idle host small. The heap's limit is
// documented in doc/capi.md.
constexpr char kV8Flags[] = "--max-semi-space-size=8 --max-old-space-size=2048 --stack-size=";
constexpr size_t kKibibyte = 1024;

// How far the heap may grow beyond its limit before V8 gives up, each time that the limit is met.
constexpr size_t kHeapReserve = size_t{256} << 20;

size_t on_near_heap_limit(void *, size_t current, size_t) { return current + kHeapReserve; }

// Threads inherit the mask of signals: Node's own must never take a signal that the host waits for.
class WithoutSignals {
 public:
  WithoutSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

const char *keep(const std::vector<std::string> &errors, const char *otherwise) {
  return errors.empty() ? otherwise : (new std::string(errors.front()))->c_str();
}

const char *initialize_process(const std::vector<std::string> &args) {
  namespace Process = node::ProcessInitializationFlags;
  const auto flags = static_cast<Process::Flags>(
      Process::kDisableNodeOptionsEnv | Process::kDisableCLIOptions | Process::kNoStdioInitialization |
      Process::kNoDefaultSignalHandling | Process::kNoInitializeV8 | Process::kNoInitializeNodeV8Platform |
      Process::kNoInitOpenSSL | Process::kNoParseGlobalDebugVariables | Process::kNoAdjustResourceLimits |
      Process::kNoUseLargePages | Process::kNoPrintHelpOrVersionOutput);
  // Node's scripts would obey the host's variables and delete some: NODE_CHANNEL_FD makes them read from a pipe of the host.
  node::per_process::system_environment = node::KVStore::CreateMapKVStore();
  const auto result = node::InitializeOncePerProcess(args, flags);
  return result->early_return() ? keep(result->errors(), "Node refuses to initialize") : nullptr;
}

}  // namespace

const char *start_node(Environment *environment) {
  const WithoutSignals guard;
  const std::vector<std::string> args{"libtoxcore"};
  if (const char *problem = initialize_process(args)) return problem;

  environment->platform = node::MultiIsolatePlatform::Create(kWorkers).release();
  v8::V8::SetFlagsFromString((kV8Flags + std::to_string(kStackBytes / kKibibyte)).c_str());
  v8::V8::InitializePlatform(environment->platform);
  v8::V8::Initialize();

  namespace Env = node::EnvironmentFlags;
  const auto flags = static_cast<Env::Flags>(Env::kNoRegisterESMLoader | Env::kNoNativeAddons |
                                             Env::kNoGlobalSearchPaths |
                                             Env::kNoCreateInspector);
  std::vector<std::string> errors;
  environment->setup = node::CommonEnvironmentSetup::Create(environment->platform, &errors, args,
                                                            std::vector<std::string>{}, flags)
                           .release();
  if (environment->setup == nullptr) return keep(errors, "Node makes no environment");
  environment->isolate()->AddNearHeapLimitCallback(on_near_heap_limit, nullptr);
  return nullptr;
}
