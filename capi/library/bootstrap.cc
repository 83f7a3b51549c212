// Functions that reach a node by its address: names are resolved here, on the caller's thread and before any lock.

#include "log.h"
#include "resolve.h"
#include "tox/tox_private.h"
#include "wrapper.h"

namespace {

// With a proxy no name is resolved here: who sees the question knows who is reached through it.
std::vector<uint8_t> addresses_of(const Tox *tox, const char *host, const char *function) {
  std::vector<uint8_t> addresses = resolve_host(host, tox->dns_enabled && !tox->has_proxy);
  if (addresses.empty()) log_here(tox, TOX_LOG_LEVEL_DEBUG, function, "the host has no address that may be asked for");
  return addresses;
}

// A relay is reached through the proxy, which may resolve its name; a node is needed by its address.
std::vector<uint8_t> relay_addresses_of(const Tox *tox, const char *host) {
  const std::vector<uint8_t> addresses = addresses_of(tox, host, "tox_add_tcp_relay");
  const bool asks_proxy = addresses.empty() && tox->has_proxy && tox->dns_enabled;
  return asks_proxy ? name_for_proxy(host) : addresses;
}

bool reach(Function function, Tox *tox, const char *host, uint16_t port, const uint8_t *public_key,
           Tox_Err_Bootstrap *error) {
  if (tox == nullptr || host == nullptr || public_key == nullptr) return fail(error, TOX_ERR_BOOTSTRAP_NULL, false);
  if (port == 0) return fail(error, TOX_ERR_BOOTSTRAP_BAD_PORT, false);
  const bool is_relay = function == Function::core_add_tcp_relay;
  const std::vector<uint8_t> addresses =
      is_relay ? relay_addresses_of(tox, host) : addresses_of(tox, host, "tox_bootstrap");
  if (addresses.empty()) return fail(error, TOX_ERR_BOOTSTRAP_BAD_HOST, false);
  CoreCall call(function, tox);
  call.bytes(addresses.data(), addresses.size());
  call.number(port);
  call.bytes(public_key, TOX_PUBLIC_KEY_SIZE);
  if (!call.run()) return fail(error, TOX_ERR_BOOTSTRAP_BAD_HOST, false);
  set_error(error, static_cast<Tox_Err_Bootstrap>(call.error()));
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

extern "C" bool tox_dht_send_nodes_request(const Tox *tox, const uint8_t *public_key, const char *ip, uint16_t port,
                                           const uint8_t *target_public_key, Tox_Err_Dht_Send_Nodes_Request *error) {
  if (tox == nullptr) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_NULL, false);
  if (!tox->udp_enabled) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_UDP_DISABLED, false);
  if (public_key == nullptr || ip == nullptr || target_public_key == nullptr) {
    return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_NULL, false);
  }
  if (port == 0) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_PORT, false);
  const std::vector<uint8_t> addresses = addresses_of(tox, ip, "tox_dht_send_nodes_request");
  if (addresses.empty()) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_IP, false);
  CoreCall call(Function::core_dht_send_nodes_request, tox);
  call.bytes(addresses.data(), addresses.size());
  call.number(port);
  call.bytes(public_key, TOX_PUBLIC_KEY_SIZE);
  call.bytes(target_public_key, TOX_PUBLIC_KEY_SIZE);
  if (!call.run()) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_FAIL, false);
  set_error(error, static_cast<Tox_Err_Dht_Send_Nodes_Request>(call.error()));
  return call.error() == 0;
}
