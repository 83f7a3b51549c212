#include "before_start.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "../runtime/stack.h"
#include "libnode.h"  // generated: kShareableBuiltins

namespace {

// Node's own start needs more of it than any later call: 76 KiB, measured.
constexpr size_t kStackBytes = 84 * 1024;
// Of the address space, measured 340 MiB, most of which is never touched: V8's room for code, libraries, threads' stacks.
// The rest is for the heap.
constexpr size_t kAddressBytes = size_t{512} << 20;
// Open at once, measured 11: the event loop's, and those of libraries while they are loaded.
constexpr size_t kFiles = 16;

// Debian's libnode reads some of its own JavaScript from files.
std::string missing_script() {
  for (const char *path : kShareableBuiltins) {
    if (access(path, R_OK) == 0) continue;
    return std::string(path) + ", which libnode reads at start, cannot be read: " + strerror(errno);
  }
  return "";
}

std::string missing_memory() {
  void *room = mmap(nullptr, kAddressBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return "Node needs 512 MiB of address space; see RLIMIT_AS";
  munmap(room, kAddressBytes);
  return "";
}

std::string missing_files() {
  std::array<int, kFiles> files;
  size_t opened = 0;
  while (opened < kFiles && (files[opened] = open("/", O_PATH | O_CLOEXEC)) >= 0) opened++;
  const int why = errno;
  for (size_t i = 0; i < opened; i++) close(files[i]);
  return opened == kFiles ? "" : std::string("Node needs 16 more open files: ") + strerror(why);
}

}  // namespace

std::string obstacle_to_start() {
  if (stack_left() < kStackBytes) return "too little is left of this thread's stack";
  for (const auto check : {missing_script, missing_memory, missing_files}) {
    const std::string missing = check();
    if (!missing.empty()) return missing;
  }
  return "";
}
