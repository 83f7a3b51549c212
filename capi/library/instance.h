// What `Tox *` points to: the part of an instance that lives outside the core.
#ifndef TOXCORE_TS_INSTANCE_H
#define TOXCORE_TS_INSTANCE_H

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "callbacks.h"  // generated: struct Callbacks, one atomic pointer for each event
#include "file_chunks.h"
#include "system.h"
#include "tox/tox.h"

// What the core said after the last call: until `until`, by the instance's clock, only packets on its socket change it.
struct Rest {
  double from = 0;
  double until = 0;
  int socket = -1;
};

// What a callback ended: a friend with everything of theirs, or one file.
struct Ended {
  static constexpr uint32_t kAllFiles = UINT32_MAX;
  uint32_t friend_number;
  uint32_t file_number;
};

struct Tox {
  // The instance's number in the core.
  uint32_t number = 0;
  Callbacks callbacks;
  tox_log_cb *log = nullptr;
  void *log_user_data = nullptr;
  std::atomic<void *> av{nullptr};
  System system;
  bool udp_enabled = true;
  bool dns_enabled = true;
  bool has_proxy = false;
  // `tox_lock`; held during every call into the core, never during a callback.
  mutable std::recursive_mutex mutex;
  // Guarded by `mutex`.
  mutable Rest rest;
  // Killed, perhaps from within a callback: what is left of the batch is not delivered any more.
  std::atomic<bool> killed{false};
  // What has ended while events are being delivered: what the batch still holds of it is left out. Guarded by `mutex`.
  std::vector<Ended> ended;
  // Its size, to be read without the lock.
  std::atomic<size_t> ended_count{0};
  std::atomic<uint32_t> deliveries{0};
  // Guarded by `mutex`.
  FileChunks file_chunks;
  // The owner and every iteration in progress; the last one frees the instance.
  std::atomic<uint32_t> holders{1};
};

void release(Tox *tox);

// Keeps the instance's object while its callbacks run, one of which may kill it.
class Hold {
 public:
  explicit Hold(Tox *tox) : tox_(tox) { tox_->holders.fetch_add(1); }
  ~Hold() { release(tox_); }
  Hold(const Hold &) = delete;
  Hold &operator=(const Hold &) = delete;

 private:
  Tox *tox_;
};

// Moves the instance once and puts what happened into `batch`, in the format of events.h. False when the core failed.
bool iterate_core(Tox *tox, std::vector<uint8_t> &batch);

#endif
