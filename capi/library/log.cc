#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <string>

#include "core.h"
#include "functions.h"
#include "instance.h"

namespace {

constexpr uint32_t kNoLevel = TOX_LOG_LEVEL_ERROR + 1;
constexpr const char *kLevels[] = {"trace", "debug", "info", "warning", "error"};

// Reads the fields of a packed record; what is too short reads as nothing.
class Reader {
 public:
  Reader(const uint8_t *bytes, size_t size) : at_(bytes), left_(size) {}

  bool at_end() const { return left_ == 0; }

  uint32_t number() {
    uint32_t value = 0;
    if (left_ < sizeof value) return skip_all();
    memcpy(&value, at_, sizeof value);
    advance(sizeof value);
    return value;
  }

  std::string text() {
    const uint32_t size = number();
    if (left_ < size) return std::string(skip_all(), ' ');
    const std::string value(reinterpret_cast<const char *>(at_), size);
    advance(size);
    return value;
  }

 private:
  void advance(size_t size) {
    at_ += size;
    left_ -= size;
  }
  uint32_t skip_all() {
    advance(left_);
    return 0;
  }
  const uint8_t *at_;
  size_t left_;
};

void tell(const Tox *tox, uint32_t level, const char *file, uint32_t line, const char *function, const char *message) {
  if (level >= environment_log_level()) {
    fprintf(stderr, "toxcore-ts: %s: %s (%s)\n", level < kNoLevel ? kLevels[level] : "?", message, function);
  }
  if (tox->log == nullptr) return;
  tox->log(const_cast<Tox *>(tox), static_cast<Tox_Log_Level>(level), file, line, function, message, tox->log_user_data);
}

}  // namespace

uint32_t environment_log_level() {
  static const uint32_t level = [] {
    const char *wanted = getenv("TOXCORE_TS_LOG");
    for (uint32_t i = 0; wanted != nullptr && i < kNoLevel; i++) {
      if (strcmp(wanted, kLevels[i]) == 0) return i;
    }
    return kNoLevel;
  }();
  return level;
}

std::vector<uint8_t> take_logs(uint32_t instance) {
  if (core().call(static_cast<uint32_t>(Function::core_take_logs), instance) == 0) return {};
  const uint8_t *records = core().block(0);
  return {records, records + static_cast<size_t>(core().words[FRAME_OUT_SIZE].number)};
}

void deliver_logs(const Tox *tox, const std::vector<uint8_t> &records) {
  // The callback may kill the instance: what is left is not told then.
  const Hold hold(const_cast<Tox *>(tox));
  Reader reader(records.data(), records.size());
  while (!reader.at_end() && !tox->killed) {
    const uint32_t level = reader.number();
    const std::string file = reader.text();
    const uint32_t line = reader.number();
    const std::string function = reader.text();
    const std::string message = reader.text();
    tell(tox, level, file.c_str(), line, function.c_str(), message.c_str());
  }
}

void log_here(const Tox *tox, Tox_Log_Level level, const char *function, const char *message) {
  tell(tox, level, "capi/library", 0, function, message);
}
