// tox_new and tox_kill. What c-toxcore checks before it opens anything is checked here, in its order.

#include <string.h>

#include <memory>
#include <new>
#include <vector>

#include "core.h"
#include "log.h"
#include "random.h"
#include "resolve.h"
#include "tox/tox_options.h"
#include "tox/tox_private.h"
#include "tox/toxencryptsave.h"
#include "wrapper.h"

namespace {

constexpr Tox *kNoTox = nullptr;

// A killed instance leaves a few hundred kilobytes that nothing would make the collector look for while the host idles.
constexpr uint32_t kKillsForCollection = 8;

// What an encrypted profile begins with.
constexpr char kEncryptedMagic[] = {'t', 'o', 'x', 'E', 's', 'a', 'v', 'e'};

Tox_Err_New check_savedata(const Tox_Options *options) {
  const Tox_Savedata_Type type = tox_options_get_savedata_type(options);
  if (type == TOX_SAVEDATA_TYPE_NONE) return TOX_ERR_NEW_OK;
  const uint8_t *data = tox_options_get_savedata_data(options);
  const size_t length = tox_options_get_savedata_length(options);
  if (data == nullptr || length == 0) return TOX_ERR_NEW_LOAD_BAD_FORMAT;
  if (type == TOX_SAVEDATA_TYPE_SECRET_KEY) {
    return length == TOX_SECRET_KEY_SIZE ? TOX_ERR_NEW_OK : TOX_ERR_NEW_LOAD_BAD_FORMAT;
  }
  if (type != TOX_SAVEDATA_TYPE_TOX_SAVE) return TOX_ERR_NEW_OK;
  if (length < sizeof kEncryptedMagic) return TOX_ERR_NEW_LOAD_BAD_FORMAT;
  const bool encrypted = memcmp(data, kEncryptedMagic, sizeof kEncryptedMagic) == 0;
  return encrypted ? TOX_ERR_NEW_LOAD_ENCRYPTED : TOX_ERR_NEW_OK;
}

// Where the proxy is goes into `addresses`, packed as in resolve.h.
Tox_Err_New find_proxy(const Tox_Options *options, bool dns, std::vector<uint8_t> *addresses) {
  const Tox_Proxy_Type type = tox_options_get_proxy_type(options);
  if (type == TOX_PROXY_TYPE_NONE) return TOX_ERR_NEW_OK;
  if (type != TOX_PROXY_TYPE_HTTP && type != TOX_PROXY_TYPE_SOCKS5) return TOX_ERR_NEW_PROXY_BAD_TYPE;
  if (tox_options_get_proxy_port(options) == 0) return TOX_ERR_NEW_PROXY_BAD_PORT;
  const char *host = tox_options_get_proxy_host(options);
  if (host != nullptr) *addresses = resolve_host(host, dns);
  return addresses->empty() ? TOX_ERR_NEW_PROXY_BAD_HOST : TOX_ERR_NEW_OK;
}

Tox_Err_New create(Tox *tox, const Tox_Options *options, const std::vector<uint8_t> &proxy) {
  CoreCall call(Function::core_new, tox);
  call.number(tox_options_get_ipv6_enabled(options));
  call.number(tox->udp_enabled);
  call.number(tox->udp_enabled && tox_options_get_local_discovery_enabled(options));
  call.number(tox_options_get_dht_announcements_enabled(options));
  call.number(tox_options_get_hole_punching_enabled(options));
  call.number(tox_options_get_start_port(options));
  call.number(tox_options_get_end_port(options));
  call.number(tox_options_get_tcp_port(options));
  call.number(tox_options_get_proxy_type(options));
  call.bytes(proxy.data(), proxy.size());
  call.number(tox_options_get_proxy_port(options));
  call.number(tox_options_get_experimental_groups_persistence(options));
  const Tox_Savedata_Type type = tox_options_get_savedata_type(options);
  // A type that does not exist is none, as in c-toxcore.
  const bool has_savedata = type == TOX_SAVEDATA_TYPE_TOX_SAVE || type == TOX_SAVEDATA_TYPE_SECRET_KEY;
  call.number(has_savedata ? type : TOX_SAVEDATA_TYPE_NONE);
  call.bytes(tox_options_get_savedata_data(options), has_savedata ? tox_options_get_savedata_length(options) : 0);
  if (!call.is_ready()) return TOX_ERR_NEW_MALLOC;
  // Wanted from the first draw on: keys are made before the number is known outside.
  inject_random(kBeingMade, tox->system.rng);
  const bool ran = call.run();
  inject_random(kBeingMade, nullptr);
  if (!ran) return TOX_ERR_NEW_MALLOC;
  if (call.error() != 0) return static_cast<Tox_Err_New>(call.error());
  tox->number = static_cast<uint32_t>(call.value());
  inject_random(tox->number, tox->system.rng);
  return TOX_ERR_NEW_OK;
}

void set_log_level(const Tox *tox) {
  CoreCall call(Function::core_set_log, tox);
  call.number(tox->log != nullptr ? uint32_t{TOX_LOG_LEVEL_TRACE} : environment_log_level());
  (void)call.run();
}

Tox *new_with_system(const Tox_Options *given, Tox_Err_New *error, const Tox_System *system, bool has_memory) {
  const std::unique_ptr<Tox_Options, void (*)(Tox_Options *)> defaults(
      given == nullptr ? tox_options_new(nullptr) : nullptr, tox_options_free);
  const Tox_Options *options = given != nullptr ? given : defaults.get();
  if (options == nullptr) return fail(error, TOX_ERR_NEW_MALLOC, kNoTox);
  if (const Tox_Err_New why = check_savedata(options)) return fail(error, why, kNoTox);

  std::unique_ptr<Tox> tox(new (std::nothrow) Tox);
  if (tox == nullptr) return fail(error, TOX_ERR_NEW_MALLOC, kNoTox);
  tox->log = tox_options_get_log_callback(options);
  tox->log_user_data = tox_options_get_log_user_data(options);
  // A proxy carries no UDP, and who asks for one does not want to be seen past it.
  tox->has_proxy = tox_options_get_proxy_type(options) != TOX_PROXY_TYPE_NONE;
  tox->udp_enabled = tox_options_get_udp_enabled(options) && !tox->has_proxy;
  tox->dns_enabled = !tox_options_get_experimental_disable_dns(options);
  // By reference: the host's structure may end before the last member of ours.
  const Tox_System machine = tox_default_system();
  if (!adopt(system != nullptr ? *system : machine, has_memory, &tox->system)) {
    log_here(tox.get(), TOX_LOG_LEVEL_ERROR, "tox_new", "a network or memory of the host's own cannot be injected");
    return fail(error, TOX_ERR_NEW_MALLOC, kNoTox);
  }
  std::vector<uint8_t> proxy;
  if (const Tox_Err_New why = find_proxy(options, tox->dns_enabled, &proxy)) return fail(error, why, kNoTox);
  const std::string problem = start_core();
  if (!problem.empty()) {
    log_here(tox.get(), TOX_LOG_LEVEL_ERROR, "tox_new", problem.c_str());
    return fail(error, TOX_ERR_NEW_MALLOC, kNoTox);
  }
  if (const Tox_Err_New why = create(tox.get(), options, proxy)) return fail(error, why, kNoTox);
  set_log_level(tox.get());
  if (error != nullptr) *error = TOX_ERR_NEW_OK;
  return tox.release();
}

}  // namespace

extern "C" Tox *tox_new(const Tox_Options *options, Tox_Err_New *error) {
  // 0.2.18 injects its system through the options; its struct has no memory in it.
  const Tox_System *system = options == nullptr ? nullptr : tox_options_get_operating_system(options);
  return new_with_system(options, error, system, system == nullptr);
}

extern "C" Tox *tox_new_testing(const Tox_Options *options, Tox_Err_New *error, const Tox_Options_Testing *testing,
                                Tox_Err_New_Testing *testing_error) {
  const Tox_System *system = testing == nullptr ? nullptr : testing->operating_system;
  if (system == nullptr || system->rng == nullptr || system->ns == nullptr || system->mem == nullptr) {
    if (testing_error != nullptr) *testing_error = TOX_ERR_NEW_TESTING_NULL;
    return fail(error, TOX_ERR_NEW_NULL, kNoTox);
  }
  if (testing_error != nullptr) *testing_error = TOX_ERR_NEW_TESTING_OK;
  return new_with_system(options, error, system, true);
}

void release(Tox *tox) {
  if (tox->holders.fetch_sub(1) == 1) delete tox;
}

extern "C" void tox_kill(Tox *tox) {
  if (tox == nullptr || tox->killed.exchange(true)) return;
  {
    CoreCall call(Function::core_kill, tox);
    if (call.is_ready()) {
      (void)call.run();
      inject_random(tox->number, nullptr);
      // Guarded by the core's lock.
      static uint32_t killed = 0;
      if (++killed % kKillsForCollection == 0) core().collect();
    }
  }
  release(tox);
}
