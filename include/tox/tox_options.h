/* Tox: what can be chosen before an instance starts.
 *
 * Make an object with `tox_options_new`, change it through the setters, hand it to `tox_new`, free it with
 * `tox_options_free` as soon as `tox_new` has returned: an instance keeps no pointer into its options.
 */
#ifndef TOXCORE_TS_TOX_OPTIONS_H
#define TOXCORE_TS_TOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tox_log_level.h"

#ifdef __cplusplus
extern "C" {
#endif

struct Tox;

/** Clock and randomness given by the program; see tox_private.h. */
typedef struct Tox_System Tox_System;

/* ---- Enumerations ------------------------------------------------------------------------------------------------ */

/** The kind of proxy through which all connections go. With a proxy, UDP is off. */
typedef enum Tox_Proxy_Type {
  /** Connect directly. */
  TOX_PROXY_TYPE_NONE,
  /** An HTTP proxy that grants the CONNECT method. */
  TOX_PROXY_TYPE_HTTP,
  /** A SOCKS proxy of version 5, without authentication. */
  TOX_PROXY_TYPE_SOCKS5,
} Tox_Proxy_Type;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_proxy_type_to_string(Tox_Proxy_Type value);

/** What the bytes given as savedata are. */
typedef enum Tox_Savedata_Type {
  /** Nothing: a new identity is made. */
  TOX_SAVEDATA_TYPE_NONE,
  /** A whole profile, as `tox_get_savedata` wrote it, not encrypted. */
  TOX_SAVEDATA_TYPE_TOX_SAVE,
  /** The TOX_SECRET_KEY_SIZE bytes of a secret key alone: that identity, with a fresh nospam and nothing else. */
  TOX_SAVEDATA_TYPE_SECRET_KEY,
} Tox_Savedata_Type;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_savedata_type_to_string(Tox_Savedata_Type value);

/**
 * Receives log records.
 *
 * Any function of the library may call it, on the thread that called that function, `tox_new` and `tox_kill` included;
 * it must therefore stand ready for several threads when the program uses several. It must not call into this library.
 * Message texts and secret keys never appear in a record.
 *
 * @param tox       the instance that speaks; NULL while it is being made and has no address yet.
 * @param file,line where in the library's source the record was made.
 * @param func      the function that made it.
 * @param message   the record, UTF-8 and NUL-terminated. All three strings live until the callback returns.
 * @param user_data the pointer given with `tox_options_set_log_user_data`.
 */
typedef void tox_log_cb(struct Tox *tox, Tox_Log_Level level, const char *file, uint32_t line, const char *func,
                        const char *message, void *user_data);

/* ---- The object -------------------------------------------------------------------------------------------------- */

/**
 * The options of a new instance.
 *
 * The members stand open for programs that were written so. Better: treat it as opaque and use the functions below,
 * for the layout has grown between releases. Release 0.2.18's ended at 80 bytes, with a pointer `operating_system` in
 * the place where `owned_savedata_data` is now. Objects of that size, on a stack for instance, still work: nothing
 * past byte 79 is ever touched.
 *
 * Each member means what its setter says.
 */
typedef struct Tox_Options Tox_Options;

#ifndef TOX_HIDE_DEPRECATED
struct Tox_Options {
  bool ipv6_enabled;
  bool udp_enabled;
  bool local_discovery_enabled;
  bool dht_announcements_enabled;
  Tox_Proxy_Type proxy_type;
  const char *proxy_host;
  uint16_t proxy_port;
  uint16_t start_port;
  uint16_t end_port;
  uint16_t tcp_port;
  bool hole_punching_enabled;
  Tox_Savedata_Type savedata_type;
  const uint8_t *savedata_data;
  size_t savedata_length;
  tox_log_cb *log_callback;
  void *log_user_data;
  bool experimental_thread_safety;
  bool experimental_groups_persistence;
  bool experimental_disable_dns;
  bool experimental_owned_data;
  /** Neither is used: what `experimental_owned_data` copies is kept elsewhere. They stand here for the layout. */
  uint8_t *owned_savedata_data;
  char *owned_proxy_host;
};
#endif

/** Why `tox_options_new` failed. */
typedef enum Tox_Err_Options_New {
  TOX_ERR_OPTIONS_NEW_OK,
  /** No memory for the object. */
  TOX_ERR_OPTIONS_NEW_MALLOC,
} Tox_Err_Options_New;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_err_options_new_to_string(Tox_Err_Options_New value);

/**
 * Makes an object that holds the defaults. The caller owns it and ends it with `tox_options_free`.
 *
 * @return the object, or NULL with the reason in `error` (which may be NULL).
 */
Tox_Options *tox_options_new(Tox_Err_Options_New *error);

/** Ends an object that `tox_options_new` made, with all copies it owns. NULL is allowed and does nothing. */
void tox_options_free(Tox_Options *options);

/**
 * Sets every option to its default, whatever was there before; the memory need not have been initialised. Copies that
 * the library knows to belong to the object are freed. NULL is allowed and does nothing.
 */
void tox_options_default(Tox_Options *options);

/**
 * Copies all options of `src` over those of `dest`. Where `src` owns copies of its data, `dest` gets copies of its own;
 * otherwise both point to the same bytes. Does nothing when either is NULL.
 */
void tox_options_copy(Tox_Options *dest, const Tox_Options *src);

/* ---- Network ----------------------------------------------------------------------------------------------------- */

/** Whether to use an IPv6 socket, which speaks IPv4 too, rather than one for IPv4 alone. Default: true. */
bool tox_options_get_ipv6_enabled(const Tox_Options *options);
void tox_options_set_ipv6_enabled(Tox_Options *options, bool ipv6_enabled);

/** Whether to use UDP. Without it everything goes through TCP relays, more slowly. Default: true. */
bool tox_options_get_udp_enabled(const Tox_Options *options);
void tox_options_set_udp_enabled(Tox_Options *options, bool udp_enabled);

/** Whether to greet and to find peers on the local network by broadcast. Default: true. */
bool tox_options_get_local_discovery_enabled(const Tox_Options *options);
void tox_options_set_local_discovery_enabled(Tox_Options *options, bool local_discovery_enabled);

/** Whether to keep announcements for other DHT nodes and to forward requests about them. Default: true. */
bool tox_options_get_dht_announcements_enabled(const Tox_Options *options);
void tox_options_set_dht_announcements_enabled(Tox_Options *options, bool dht_announcements_enabled);

/** Whether to try to open the NATs between two friends. Default: true. */
bool tox_options_get_hole_punching_enabled(const Tox_Options *options);
void tox_options_set_hole_punching_enabled(Tox_Options *options, bool hole_punching_enabled);

/**
 * The first and the last UDP port to try, in host byte order; the first free one is bound.
 *
 * Both 0, the default: 33445 to 33545. One of them 0: only the other. In the wrong order: as if exchanged.
 */
uint16_t tox_options_get_start_port(const Tox_Options *options);
void tox_options_set_start_port(Tox_Options *options, uint16_t start_port);
uint16_t tox_options_get_end_port(const Tox_Options *options);
void tox_options_set_end_port(Tox_Options *options, uint16_t end_port);

/** The TCP port on which to serve as a relay for others, in host byte order. 0, the default: be no relay. */
uint16_t tox_options_get_tcp_port(const Tox_Options *options);
void tox_options_set_tcp_port(Tox_Options *options, uint16_t tcp_port);

/** Whether to refuse host names everywhere, so that no DNS query ever leaves; addresses still work. Default: false. */
bool tox_options_get_experimental_disable_dns(const Tox_Options *options);
void tox_options_set_experimental_disable_dns(Tox_Options *options, bool experimental_disable_dns);

/* ---- Proxy ------------------------------------------------------------------------------------------------------- */

/** The kind of proxy. Default: TOX_PROXY_TYPE_NONE, which makes host and port below meaningless. */
Tox_Proxy_Type tox_options_get_proxy_type(const Tox_Options *options);
void tox_options_set_proxy_type(Tox_Options *options, Tox_Proxy_Type proxy_type);

/**
 * The proxy's name or address: a NUL-terminated string of at most TOX_MAX_HOSTNAME_LENGTH bytes, the NUL counted.
 *
 * The pointer is kept, not the string, which must live until `tox_new` has returned; with `experimental_owned_data`
 * the string is copied. The getter gives back what was set; NULL is the default.
 *
 * @return false only when a copy was wanted and memory was short; the pointer is then kept as without the flag.
 */
const char *tox_options_get_proxy_host(const Tox_Options *options);
bool tox_options_set_proxy_host(Tox_Options *options, const char *proxy_host);

/** The proxy's port, 1 to 65535, in host byte order. Default: 0. */
uint16_t tox_options_get_proxy_port(const Tox_Options *options);
void tox_options_set_proxy_port(Tox_Options *options, uint16_t proxy_port);

/* ---- Savedata ---------------------------------------------------------------------------------------------------- */

/** What the savedata is. Default: TOX_SAVEDATA_TYPE_NONE, which makes data and length below meaningless. */
Tox_Savedata_Type tox_options_get_savedata_type(const Tox_Options *options);
void tox_options_set_savedata_type(Tox_Options *options, Tox_Savedata_Type savedata_type);

/**
 * The bytes to load and how many they are; the setter sets both.
 *
 * The pointer is kept, not the bytes, which must live until `tox_new` has returned; with `experimental_owned_data`
 * the bytes are copied. The getter gives back what was set; NULL is the default.
 *
 * @return false only when a copy was wanted and memory was short; the pointer is then kept as without the flag.
 */
const uint8_t *tox_options_get_savedata_data(const Tox_Options *options);
bool tox_options_set_savedata_data(Tox_Options *options, const uint8_t savedata_data[], size_t length);

/** The number of bytes of the savedata. `tox_options_set_savedata_data` has set it already. Default: 0. */
size_t tox_options_get_savedata_length(const Tox_Options *options);
void tox_options_set_savedata_length(Tox_Options *options, size_t savedata_length);

/* ---- Logging ----------------------------------------------------------------------------------------------------- */

/** Who receives the log records of the instance. Default: NULL, nobody. */
tox_log_cb *tox_options_get_log_callback(const Tox_Options *options);
void tox_options_set_log_callback(Tox_Options *options, tox_log_cb *log_callback);

/** The pointer handed to the log callback, which the library never follows. Default: NULL. */
void *tox_options_get_log_user_data(const Tox_Options *options);
void tox_options_set_log_user_data(Tox_Options *options, void *log_user_data);

/* ---- Experimental ------------------------------------------------------------------------------------------------ */

/**
 * Whether several threads may call one instance at once. Default: false.
 *
 * This library takes an instance's lock in every call in any case; set the option nevertheless, so that a program keeps
 * its meaning with other implementations.
 */
bool tox_options_get_experimental_thread_safety(const Tox_Options *options);
void tox_options_set_experimental_thread_safety(Tox_Options *options, bool experimental_thread_safety);

/** Whether new-style groups are part of the savedata. Default: false; then the program keeps the chat IDs itself. */
bool tox_options_get_experimental_groups_persistence(const Tox_Options *options);
void tox_options_set_experimental_groups_persistence(Tox_Options *options, bool experimental_groups_persistence);

/**
 * Whether the setters of savedata and proxy host copy what they are given, so that the caller may free it at once.
 * Default: false. Set it before the data that it shall hold for.
 */
bool tox_options_get_experimental_owned_data(const Tox_Options *options);
void tox_options_set_experimental_owned_data(Tox_Options *options, bool experimental_owned_data);

/**
 * The clock and the dice of the new instance; NULL, the default, means the machine's own. The pointer is kept until
 * `tox_new` has returned. Release 0.2.18's door: programs for newer releases use `tox_new_testing`. On an object in
 * which `experimental_owned_data` is set there is no room for it: the setter does nothing and the getter gives NULL.
 */
const Tox_System *tox_options_get_operating_system(const Tox_Options *options);
void tox_options_set_operating_system(Tox_Options *options, const Tox_System *operating_system);

#ifdef __cplusplus
}
#endif

#endif
