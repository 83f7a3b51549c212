// Options, asked by a program that keeps the struct on its stack, in memory that was never cleared, as uTox does, and
// writes members directly. Compiled against the headers of 0.2.18 the struct has 80 bytes, against ours 88; a library
// does not know.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tox/tox.h>

#define NUMBER(getter) printf(#getter ": %lld\n", (long long)tox_options_get_##getter(options))
#define IS(getter, expected) printf(#getter ": %d\n", tox_options_get_##getter(options) == (expected))

static int user_data_place;

static void on_log(Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *func,
                   const char *message, void *user_data) {
  (void)tox, (void)level, (void)file, (void)line, (void)func, (void)message, (void)user_data;
}

static const char host[] = "localhost";
static const uint8_t data[] = {1, 2, 3, 4};
// Never looked into: a place to point to.
static const char system_place;

static void tell(const struct Tox_Options *options) {
  NUMBER(ipv6_enabled);
  NUMBER(udp_enabled);
  NUMBER(local_discovery_enabled);
  NUMBER(dht_announcements_enabled);
  NUMBER(proxy_type);
  IS(proxy_host, NULL);
  IS(proxy_host, host);
  NUMBER(proxy_port);
  NUMBER(start_port);
  NUMBER(end_port);
  NUMBER(tcp_port);
  NUMBER(hole_punching_enabled);
  NUMBER(savedata_type);
  IS(savedata_data, NULL);
  IS(savedata_data, data);
  NUMBER(savedata_length);
  IS(log_callback, NULL);
  IS(log_callback, on_log);
  IS(log_user_data, NULL);
  IS(log_user_data, &user_data_place);
  NUMBER(experimental_thread_safety);
  IS(operating_system, NULL);
  IS(operating_system, (const Tox_System *)&system_place);
}

static void set_all(struct Tox_Options *options) {
  tox_options_set_ipv6_enabled(options, false);
  tox_options_set_udp_enabled(options, false);
  tox_options_set_local_discovery_enabled(options, false);
  tox_options_set_dht_announcements_enabled(options, false);
  tox_options_set_proxy_type(options, TOX_PROXY_TYPE_SOCKS5);
  tox_options_set_proxy_host(options, host);
  tox_options_set_proxy_port(options, 65535);
  tox_options_set_start_port(options, 1);
  tox_options_set_end_port(options, 2);
  tox_options_set_tcp_port(options, 3);
  tox_options_set_hole_punching_enabled(options, false);
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_SECRET_KEY);
  tox_options_set_savedata_data(options, data, sizeof data);
  tox_options_set_log_callback(options, on_log);
  tox_options_set_log_user_data(options, &user_data_place);
  tox_options_set_experimental_thread_safety(options, true);
  tox_options_set_operating_system(options, (const Tox_System *)&system_place);
}

static void tell_members(const struct Tox_Options *options) {
  printf("members: %d %d %d %d %d %d %d %d %d %d %d %d %d %d %zu %d %d %d\n", options->ipv6_enabled,
         options->udp_enabled, options->local_discovery_enabled, options->dht_announcements_enabled,
         (int)options->proxy_type, options->proxy_host == host, options->proxy_port, options->start_port,
         options->end_port, options->tcp_port, options->hole_punching_enabled, (int)options->savedata_type,
         options->savedata_data == data, options->log_callback == on_log, options->savedata_length,
         options->log_user_data == &user_data_place, options->experimental_thread_safety,
         // 0.2.18's last member.
         memcmp((const char *)options + 72, &(const void *){&system_place}, sizeof(void *)) == 0);
}

int main(void) {
  // Bytes that stand behind the 80 that both releases have, in no matter which struct.
  struct {
    union {
      struct Tox_Options options;
      unsigned char bytes[80];
    } head;
    unsigned char canary[64];
  } stack;
  memset(&stack, 0xff, sizeof stack);
  struct Tox_Options *on_stack = &stack.head.options;

  puts("-- default, over memory that was never cleared");
  tox_options_default(on_stack);
  tell(on_stack);
  puts("-- all set");
  set_all(on_stack);
  tell(on_stack);
  tell_members(on_stack);
  tox_options_set_savedata_length(on_stack, 2);
  tox_options_set_proxy_host(on_stack, NULL);
  tox_options_set_log_callback(on_stack, NULL);
  tell(on_stack);
  puts("-- members written directly");
  tox_options_default(on_stack);
  on_stack->ipv6_enabled = false;
  on_stack->proxy_host = host;
  on_stack->savedata_data = data;
  on_stack->savedata_length = 4;
  on_stack->log_callback = on_log;
  tell(on_stack);
  tox_options_set_savedata_data(on_stack, NULL, 5);
  tell(on_stack);
  puts("-- what stands behind");
  for (const unsigned char *at = (unsigned char *)on_stack + 80; at < (unsigned char *)(&stack + 1); at++) {
    if (*at != 0xff) puts("a byte has changed");
  }

  puts("-- allocated");
  Tox_Err_Options_New error = (Tox_Err_Options_New)99;
  struct Tox_Options *allocated = tox_options_new(&error);
  printf("error %d\n", (int)error);
  tell(allocated);
  set_all(allocated);
  tell(allocated);
  tox_options_default(allocated);
  tell(allocated);
  tox_options_free(allocated);
  allocated = tox_options_new(NULL);
  tox_options_set_savedata_data(allocated, data, sizeof data);
  tox_options_free(allocated);
  tox_options_free(NULL);
  tox_options_default(NULL);

  puts("-- allocated by the program");
  struct Tox_Options *own = malloc(80);
  tox_options_default(own);
  set_all(own);
  tell(own);
  tox_options_free(own);
  return 0;
}
