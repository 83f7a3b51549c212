#include "core_call.h"

#include <string.h>

#include <algorithm>
#include <cmath>

#include "core.h"
#include "log.h"

CoreCall::CoreCall(Function function, const Tox *tox) : tox_(tox), function_(function) {
  // Under the instance's lock, as in c-toxcore: the moments that its core hears are in order. Before the core's lock: the
  // clock may be the host's own function.
  if (tox != nullptr) tox->mutex.lock();
  if (tox != nullptr) now_ = now_ms(tox->system);
  locked_ = core().lock() != 0;
  if (locked_) core().words[FRAME_VALUE].number = now_;
}

CoreCall::CoreCall(Function function, Tox *tox) : CoreCall(function, static_cast<const Tox *>(tox)) {
  if (tox == nullptr || !locked_) return;
  FileChunks &chunks = tox->file_chunks;
  if (function != Function::core_file_send_chunks) chunks.forget();
  if (!chunks.waiting().empty()) send_waiting(chunks);
}

CoreCall::~CoreCall() {
  std::vector<uint8_t> records;
  if (locked_) wipe();
  if (called_) {
    if (tox_ != nullptr && core().words[FRAME_LOGS].number > 0) records = take_logs(tox_->number);
  }
  if (locked_) core().unlock();
  if (tox_ == nullptr) return;
  tox_->mutex.unlock();
  if (!locked_) log_here(tox_, TOX_LOG_LEVEL_ERROR, "CoreCall", "too little is left of this thread's stack");
  if (!records.empty()) deliver_logs(tox_, records);
}

void CoreCall::number(double value) {
  if (locked_) core().words[FRAME_ARGUMENTS + arguments_++].number = value;
}

void CoreCall::bits(uint64_t value) {
  if (locked_) core().words[FRAME_ARGUMENTS + arguments_++].bits = value;
}

void CoreCall::bytes(const void *data, size_t size) {
  number(static_cast<double>(size));
  if (size == 0 || !locked_) return;
  uint8_t *block = core().block(bytes_ + size);
  if (block == nullptr) {
    failed_ = true;
    return;
  }
  memcpy(block + bytes_, data, size);
  bytes_ += size;
}

bool CoreCall::run() { return is_ready() && call(function_); }

bool CoreCall::call(Function function) {
  called_ = true;
  const bool done = core().call(static_cast<uint32_t>(function), tox_ != nullptr ? tox_->number : 0) != 0;
  // While core_new runs, the frame tells of the instance that was called before.
  if (tox_ != nullptr && tox_->number != 0) note_rest(done);
  return done;
}

// Keys, profiles and messages pass through the block: they stay no longer than the call.
void CoreCall::wipe() { memset(core().block(0), 0, std::max(bytes_, called_ ? out_size() : 0)); }

// A call before the call, under the same locks. A lot that memory has no room for waits for the next one.
void CoreCall::send_waiting(FileChunks &chunks) {
  bytes(chunks.waiting().data(), chunks.waiting().size());
  if (!failed_) {
    (void)call(Function::core_file_send_chunks);
    chunks.sent();
  }
  wipe();
  arguments_ = bytes_ = 0;
  failed_ = false;
  core().words[FRAME_VALUE].number = now_;
}

void CoreCall::note_rest(bool done) {
  const Word *words = core().words;
  const double until = words[FRAME_RESTS_UNTIL].number;
  if (!done) {
    tox_->rest = Rest{};
  } else if (!std::isnan(until)) {
    tox_->rest = {now_, until, static_cast<int>(words[FRAME_DESCRIPTOR].number)};
  }
}

int CoreCall::error() const { return static_cast<int>(core().words[FRAME_ERROR].number); }

double CoreCall::value() const { return core().words[FRAME_VALUE].number; }

uint64_t CoreCall::value_bits() const { return core().words[FRAME_VALUE].bits; }

const uint8_t *CoreCall::out() const { return core().block(0); }

size_t CoreCall::out_size() const { return static_cast<size_t>(core().words[FRAME_OUT_SIZE].number); }
