// tox_dht_send_nodes_request: like bootstrapping, it resolves a name on the caller's thread and before any lock.

#include "core_call.h"
#include "resolve.h"
#include "tox/tox_private.h"

namespace {

bool fail(Tox_Err_Dht_Send_Nodes_Request *error, Tox_Err_Dht_Send_Nodes_Request why) {
  if (error != nullptr) *error = why;
  return false;
}

bool has_udp(const Tox *tox) {
  Tox_Err_Get_Port error;
  tox_self_get_udp_port(tox, &error);
  return error == TOX_ERR_GET_PORT_OK;
}

}  // namespace

extern "C" bool tox_dht_send_nodes_request(const Tox *tox, const uint8_t *public_key, const char *ip, uint16_t port,
                                           const uint8_t *target_public_key, Tox_Err_Dht_Send_Nodes_Request *error) {
  if (tox == nullptr) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_NULL);
  if (!has_udp(tox)) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_UDP_DISABLED);
  if (public_key == nullptr || ip == nullptr || target_public_key == nullptr) {
    return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_NULL);
  }
  if (port == 0) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_PORT);
  const std::vector<uint8_t> addresses = resolve_host(ip, tox->dns_enabled);
  if (addresses.empty()) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_IP);
  CoreCall call(Function::core_dht_send_nodes_request, tox);
  call.bytes(addresses.data(), addresses.size());
  call.number(port);
  call.bytes(public_key, TOX_DHT_NODE_PUBLIC_KEY_SIZE);
  call.bytes(target_public_key, TOX_DHT_NODE_PUBLIC_KEY_SIZE);
  if (!call.run()) return fail(error, TOX_ERR_DHT_SEND_NODES_REQUEST_FAIL);
  if (error != nullptr) *error = static_cast<Tox_Err_Dht_Send_Nodes_Request>(call.error());
  return call.error() == 0;
}
