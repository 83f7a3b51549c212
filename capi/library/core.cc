// Opens the runtime. It is a shared object of its own, carried inside this one as bytes, so that this library can be loaded
// (and its plain parts used) without Node, and so that the runtime can be opened apart from a Node that the host may be.

#include "core.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>

#include "before_start.h"
#include "libnode.h"  // generated: kLibnode
#include "random.h"

extern "C" const unsigned char toxcore_ts_runtime_image[];
extern "C" const unsigned char toxcore_ts_runtime_image_end[];

namespace {

std::atomic<const Runtime *> runtime = nullptr;
// Why it does not run. Guarded by `starting`, like everything below.
std::string problem;
std::mutex starting;

bool write_all(int file, const unsigned char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

// A host that is Node itself exports V8's names; without RTLD_DEEPBIND libnode would take the host's functions for its own and
// crash. Elsewhere the flag stays off: it would also hide a host's allocator and the sanitizers.
int binding_flags() {
  const bool host_has_v8 = dlsym(RTLD_DEFAULT, "_ZN2v87Isolate10GetCurrentEv") != nullptr;
  return RTLD_NOW | RTLD_LOCAL | (host_has_v8 ? RTLD_DEEPBIND : 0);
}

// V8 starts once in a process. A Node that is linked with the same libnode, as Debian's is, has started it already.
bool libnode_is_free() {
  static bool was_free = false;
  if (was_free) return true;  // What is loaded by now is our own attempt.
  void *used = dlopen(kLibnode, RTLD_LAZY | RTLD_NOLOAD);
  if (used == nullptr) return was_free = true;
  dlclose(used);
  problem = std::string("this process uses ") + kLibnode + " already, which starts only once";
  return false;
}

// An installation may bring its own libnode, in a folder beside this library: once it is loaded, the runtime finds it by its
// name. Otherwise the system's is found as any library is.
void open_own_libnode(int flags) {
  Dl_info self;
  char path[PATH_MAX];
  if (dladdr(&problem, &self) == 0 || realpath(self.dli_fname, path) == nullptr) return;
  *strrchr(path, '/') = '\0';
  dlopen((std::string(path) + "/toxcore-ts/" + kLibnode).c_str(), flags);
}

void *open_image() {
  const int file = memfd_create("libtoxcore-runtime.so", MFD_CLOEXEC);
  if (file < 0) {
    problem = std::string("no memory for the runtime: ") + strerror(errno);
    return nullptr;
  }
  const auto size = static_cast<size_t>(toxcore_ts_runtime_image_end - toxcore_ts_runtime_image);
  void *library = nullptr;
  if (!write_all(file, toxcore_ts_runtime_image, size)) {
    problem = std::string("cannot unpack the runtime: ") + strerror(errno);
  } else {
    // The linker takes equal paths for one library, and hosts that do the same say it without the point.
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/./%d", file);
    const int flags = binding_flags();
    open_own_libnode(flags);
    library = dlopen(path, flags);
    if (library == nullptr) problem = std::string("the Node runtime does not load: ") + dlerror();
  }
  close(file);
  return library;
}

void start_runtime(void *library) {
  using Door = const Runtime *();
  auto *door = reinterpret_cast<Door *>(dlsym(library, "toxcore_ts_runtime"));
  if (door == nullptr) {
    problem = "the Node runtime has no door";
  } else if (const char *reason = door()->start(injected_random)) {
    problem = std::string("the Node runtime does not start: ") + reason;
  } else {
    runtime = door();
  }
}

// Node is started once, whatever comes of it; what it needs beforehand is looked for again until then.
void try_to_start() {
  static bool is_tried = false;
  if (is_tried || !libnode_is_free()) return;
  problem = obstacle_to_start();
  if (!problem.empty()) return;
  void *library = open_image();
  if (library == nullptr) return;
  is_tried = true;
  start_runtime(library);
}

}  // namespace

std::string start_core() {
  if (runtime.load() != nullptr) return "";
  const std::lock_guard<std::mutex> guard(starting);
  if (runtime.load() == nullptr) try_to_start();
  return runtime.load() == nullptr ? problem : "";
}

const Runtime &core() { return *runtime.load(); }
