// Loads damaged lists. Each line of hex is a packed list; its damaged copies are refused, or load as something that
// packs and loads again as itself. The address sanitizer watches.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "events.h"

extern "C" {
#include "event-lines.h"
}

const events::Release events::RELEASE = {std::variant_size_v<events::AnyEvent>, true};

namespace {

// xorshift32: every machine damages the same bytes.
uint32_t state = 2463534242;
uint32_t roll(uint32_t below) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

std::vector<uint8_t> packed(const Tox_Events *list) {
  std::vector<uint8_t> bytes(tox_events_bytes_size(list));
  events::pack(list, events::AS_THEY_HAPPENED, bytes.data());
  return bytes;
}

Tox_Events *load(const std::vector<uint8_t> &bytes) {
  return events::load(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

bool survives(const std::vector<uint8_t> &bytes) {
  Tox_Events *list = load(bytes);
  if (list == nullptr) return false;
  const std::vector<uint8_t> once = packed(list);
  Tox_Events *again = load(once);
  if (again == nullptr || packed(again) != once) std::abort();
  if (!events::equal(list, again, events::AS_THEY_HAPPENED)) std::abort();
  tox_events_free(again);
  tox_events_free(list);
  return true;
}

std::vector<uint8_t> damaged(std::vector<uint8_t> bytes) {
  const uint32_t damages = 1 + roll(3);
  for (uint32_t i = 0; i < damages && !bytes.empty(); i += 1) {
    const uint32_t at = roll(static_cast<uint32_t>(bytes.size()));
    switch (roll(4)) {
      case 0: bytes[at] ^= static_cast<uint8_t>(1 << roll(8)); break;
      case 1: bytes[at] = static_cast<uint8_t>(0x90 + roll(0x50)); break;
      case 2: bytes.resize(at); break;
      default: bytes.insert(bytes.begin() + at, static_cast<uint8_t>(roll(256)));
    }
    bytes.shrink_to_fit();
  }
  return bytes;
}

}  // namespace

int main(int, char **argv) {
  const int copies = std::atoi(argv[1]);
  int loaded = 0;
  int refused = 0;
  uint8_t *line;
  uint32_t size;
  while (read_line(&line, &size)) {
    const std::vector<uint8_t> bytes(line, line + size);
    std::free(line);
    if (!survives(bytes)) std::abort();
    for (uint32_t end = 0; end < size; end += 1) {
      if (survives(std::vector<uint8_t>(bytes.begin(), bytes.begin() + end))) std::abort();
    }
    for (int i = 0; i < copies; i += 1) (survives(damaged(bytes)) ? loaded : refused) += 1;
  }
  std::printf("%d loaded, %d refused\n", loaded, refused);
  return 0;
}
