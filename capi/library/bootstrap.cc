// tox_bootstrap and tox_add_tcp_relay: names are resolved here, on the caller's thread and before any lock.

#include "core_call.h"
#include "resolve.h"

namespace {

bool fail(Tox_Err_Bootstrap *error, Tox_Err_Bootstrap why) {
  if (error != nullptr) *error = why;
  return false;
}

bool reach(Function function, Tox *tox, const char *host, uint16_t port, const uint8_t *public_key,
           Tox_Err_Bootstrap *error) {
  if (tox == nullptr || host == nullptr || public_key == nullptr) return fail(error, TOX_ERR_BOOTSTRAP_NULL);
  if (port == 0) return fail(error, TOX_ERR_BOOTSTRAP_BAD_PORT);
  const std::vector<uint8_t> addresses = resolve_host(host, tox->dns_enabled);
  if (addresses.empty()) return fail(error, TOX_ERR_BOOTSTRAP_BAD_HOST);
  CoreCall call(function, tox);
  call.bytes(addresses.data(), addresses.size());
  call.number(port);
  call.bytes(public_key, TOX_PUBLIC_KEY_SIZE);
  if (!call.run()) return fail(error, TOX_ERR_BOOTSTRAP_BAD_HOST);
  if (error != nullptr) *error = static_cast<Tox_Err_Bootstrap>(call.error());
  return call.error() == 0;
}

}  // namespace

extern "C" bool tox_bootstrap(Tox *tox, const char *host, uint16_t port, const uint8_t *public_key,
                              Tox_Err_Bootstrap *error) {
  return reach(Function::core_bootstrap, tox, host, port, public_key, error);
}

extern "C" bool tox_add_tcp_relay(Tox *tox, const char *host, uint16_t port, const uint8_t *public_key,
                                  Tox_Err_Bootstrap *error) {
  return reach(Function::core_add_tcp_relay, tox, host, port, public_key, error);
}
