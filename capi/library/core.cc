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

#include <mutex>
#include <string>

#include "libnode.h"  // generated: kLibnode and kShareableBuiltins, its scripts
#include "random.h"

extern "C" const unsigned char toxcore_ts_runtime_image[];
extern "C" const unsigned char toxcore_ts_runtime_image_end[];

namespace {

const Runtime *runtime = nullptr;
std::string problem;

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

// Debian's libnode reads some of its own JavaScript from files, and aborts the process when one is missing.
bool builtins_are_there() {
  for (const char *path : kShareableBuiltins) {
    if (access(path, R_OK) == 0) continue;
    problem = std::string(path) + ", which libnode reads at start, cannot be read: " + strerror(errno);
    return false;
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
  void *used = dlopen(kLibnode, RTLD_LAZY | RTLD_NOLOAD);
  if (used == nullptr) return true;
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
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const int flags = binding_flags();
    open_own_libnode(flags);
    library = dlopen(path, flags);
    if (library == nullptr) problem = std::string("the Node runtime does not load: ") + dlerror();
  }
  close(file);
  return library;
}

void open_and_start() {
  if (!libnode_is_free() || !builtins_are_there()) return;
  void *library = open_image();
  if (library == nullptr) return;
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

}  // namespace

const char *start_core() {
  static std::once_flag once;
  std::call_once(once, open_and_start);
  return runtime == nullptr ? problem.c_str() : nullptr;
}

const Runtime &core() { return *runtime; }
