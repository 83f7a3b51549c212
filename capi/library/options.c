/* tox_options_*: the options of an instance, for programs of 0.2.18 and of 0.2.23 at once.
 *
 * The struct has 80 bytes in the former and 88 in the latter, and nothing tells whose a pointer is; uTox, for one,
 * keeps 80 bytes on its stack. So nothing here reads or writes past byte 79. Of what lies before, the releases disagree
 * about bytes 65 to 67 (three truth values today, padding then) and about the pointer at 72 (`operating_system` then;
 * today a place for the library's own use, which this one has no use for). */

#include "tox/tox_options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "option_copies.h"

enum {
  OPERATING_SYSTEM_OFFSET = offsetof(Tox_Options, owned_savedata_data),
  SIZE_IN_0_2_18 = offsetof(Tox_Options, owned_proxy_host),
};

_Static_assert(sizeof(void *) != 8 || (OPERATING_SYSTEM_OFFSET == 72 && SIZE_IN_0_2_18 == 80),
               "the layout that programs have compiled in");

/* Without options a getter answers nothing and a setter does nothing. */
#define ACCESSORS(type, field)                                                                       \
  type tox_options_get_##field(const Tox_Options *options) {                                         \
    return options == NULL ? (type)0 : options->field;                                               \
  }                                                                                                  \
  void tox_options_set_##field(Tox_Options *options, type field) {                                   \
    if (options != NULL) options->field = field;                                                     \
  }

/* What was padding may hold anything: only a true that was written as such counts. */
#define PADDING_ACCESSORS(field)                                                                     \
  bool tox_options_get_##field(const Tox_Options *options) {                                         \
    return options != NULL && ((const unsigned char *)options)[offsetof(Tox_Options, field)] == 1;   \
  }                                                                                                  \
  void tox_options_set_##field(Tox_Options *options, bool field) {                                   \
    if (options != NULL) options->field = field;                                                     \
  }

typedef tox_log_cb *LogCallback;
typedef void *UserData;

ACCESSORS(bool, ipv6_enabled)
ACCESSORS(bool, udp_enabled)
ACCESSORS(bool, local_discovery_enabled)
ACCESSORS(bool, dht_announcements_enabled)
ACCESSORS(Tox_Proxy_Type, proxy_type)
ACCESSORS(uint16_t, proxy_port)
ACCESSORS(uint16_t, start_port)
ACCESSORS(uint16_t, end_port)
ACCESSORS(uint16_t, tcp_port)
ACCESSORS(bool, hole_punching_enabled)
ACCESSORS(Tox_Savedata_Type, savedata_type)
ACCESSORS(size_t, savedata_length)
ACCESSORS(LogCallback, log_callback)
ACCESSORS(UserData, log_user_data)
ACCESSORS(bool, experimental_thread_safety)
PADDING_ACCESSORS(experimental_groups_persistence)
PADDING_ACCESSORS(experimental_disable_dns)
PADDING_ACCESSORS(experimental_owned_data)

const char *tox_options_get_proxy_host(const Tox_Options *options) {
  return options == NULL ? NULL : options->proxy_host;
}

const uint8_t *tox_options_get_savedata_data(const Tox_Options *options) {
  return options == NULL ? NULL : options->savedata_data;
}

/* What the options shall point to from now on: `data` itself, or a copy where they own what they point to. Without
 * memory for one, `data` again, and `*copied` becomes false. A copy stays until the options end or get another, even
 * when they have ceased to own: somebody may have asked for its address. */
static const void *keep(Tox_Options *options, enum CopyKind kind, const void *data, size_t size, bool *copied) {
  *copied = true;
  if (!tox_options_get_experimental_owned_data(options)) return data;
  if (data == NULL) {
    drop_option_copy(options, kind);
    return NULL;
  }
  const void *copy = option_copy(options, kind, data, size);
  *copied = copy != NULL;
  return copy == NULL ? data : copy;
}

bool tox_options_set_proxy_host(Tox_Options *options, const char *proxy_host) {
  if (options == NULL) return false;
  const size_t size = proxy_host == NULL ? 0 : strlen(proxy_host) + 1;
  bool copied;
  options->proxy_host = keep(options, COPY_PROXY_HOST, proxy_host, size, &copied);
  return copied;
}

bool tox_options_set_savedata_data(Tox_Options *options, const uint8_t savedata_data[], size_t length) {
  if (options == NULL) return false;
  const bool owned = tox_options_get_experimental_owned_data(options);
  bool copied;
  options->savedata_data = keep(options, COPY_SAVEDATA, savedata_data, length, &copied);
  options->savedata_length = owned && savedata_data == NULL ? 0 : length;
  return copied;
}

/* Options that own their data are of a program for 0.2.23, where there is no such option. */

const Tox_System *tox_options_get_operating_system(const Tox_Options *options) {
  if (options == NULL || tox_options_get_experimental_owned_data(options)) return NULL;
  const Tox_System *system;
  memcpy(&system, (const char *)options + OPERATING_SYSTEM_OFFSET, sizeof system);
  return system;
}

void tox_options_set_operating_system(Tox_Options *options, const Tox_System *operating_system) {
  if (options == NULL || tox_options_get_experimental_owned_data(options)) return;
  memcpy((char *)options + OPERATING_SYSTEM_OFFSET, &operating_system, sizeof operating_system);
}

static void drop_copies(const Tox_Options *options) {
  drop_option_copy(options, COPY_PROXY_HOST);
  drop_option_copy(options, COPY_SAVEDATA);
}

void tox_options_default(Tox_Options *options) {
  if (options == NULL) return;
  drop_copies(options);
  memset((void *)options, 0, SIZE_IN_0_2_18);
  options->ipv6_enabled = true;
  options->udp_enabled = true;
  options->local_discovery_enabled = true;
  options->dht_announcements_enabled = true;
  options->hole_punching_enabled = true;
}

void tox_options_copy(Tox_Options *dest, const Tox_Options *src) {
  if (dest == NULL || src == NULL || dest == src) return;
  memcpy((void *)dest, (const void *)src, SIZE_IN_0_2_18);
  if (!tox_options_get_experimental_owned_data(src)) return;
  tox_options_set_proxy_host(dest, src->proxy_host);
  tox_options_set_savedata_data(dest, src->savedata_data, src->savedata_length);
}

Tox_Options *tox_options_new(Tox_Err_Options_New *error) {
  Tox_Options *options = calloc(1, sizeof *options);
  if (error != NULL) *error = options == NULL ? TOX_ERR_OPTIONS_NEW_MALLOC : TOX_ERR_OPTIONS_NEW_OK;
  tox_options_default(options);
  return options;
}

void tox_options_free(Tox_Options *options) {
  if (options == NULL) return;
  drop_copies(options);
  free(options);
}
