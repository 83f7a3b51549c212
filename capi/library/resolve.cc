#include "resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

namespace {

// A name with more addresses is nobody's node.
constexpr size_t kMaxAddresses = 64;

void append(std::vector<uint8_t> *packed, const sockaddr *address) {
  if (address->sa_family == AF_INET) {
    const auto *bytes = reinterpret_cast<const uint8_t *>(&reinterpret_cast<const sockaddr_in *>(address)->sin_addr);
    packed->push_back(4);
    packed->insert(packed->end(), bytes, bytes + sizeof(in_addr));
  } else if (address->sa_family == AF_INET6) {
    const auto *bytes = reinterpret_cast<const uint8_t *>(&reinterpret_cast<const sockaddr_in6 *>(address)->sin6_addr);
    packed->push_back(6);
    packed->insert(packed->end(), bytes, bytes + sizeof(in6_addr));
  }
}

}  // namespace

std::vector<uint8_t> resolve_host(const char *host, bool dns) {
  std::vector<uint8_t> packed;
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo *found = nullptr;
  if (getaddrinfo(host, nullptr, &hints, &found) != 0) {
    hints.ai_flags = 0;
    if (!dns || getaddrinfo(host, nullptr, &hints, &found) != 0) return packed;
  }
  size_t count = 0;
  for (const addrinfo *one = found; one != nullptr && count < kMaxAddresses; one = one->ai_next, count++) {
    append(&packed, one->ai_addr);
  }
  freeaddrinfo(found);
  return packed;
}

std::vector<uint8_t> name_for_proxy(const char *host) {
  // As long as SOCKS5 can say.
  constexpr size_t kMaxName = 255;
  const size_t length = strnlen(host, kMaxName + 1);
  // Nothing that means something to a proxy, whatever the host's locale.
  constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
  if (length == 0 || length > kMaxName || strspn(host, kLetters) < length) return {};
  std::vector<uint8_t> packed{0};
  packed.insert(packed.end(), host, host + length);
  return packed;
}
