// Names and addresses to what the core can send to.
#ifndef TOXCORE_TS_RESOLVE_H
#define TOXCORE_TS_RESOLVE_H

#include <cstdint>
#include <vector>

// The addresses of a host, at most 64, packed as the core reads them: a byte 4 or 6, then 4 or 16 bytes, for each. Empty
// when there is none; an address in numbers needs no DNS, and with `dns` false nothing else is tried. Waits for name
// servers.
std::vector<uint8_t> resolve_host(const char *host, bool dns);

// A name that the core leaves to a proxy: a byte 0, then its letters. Empty when it cannot be a name.
std::vector<uint8_t> name_for_proxy(const char *host);

#endif
