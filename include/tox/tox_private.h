/* Tox: doors for tests, node operators and tox_av, less settled than tox.h.
 *
 * The clock and the dice of an instance, iteration with options, its lock, questions to the DHT, counts of packets, and
 * the addresses of group peers. What tox.h says of errors, memory and threads holds here too.
 */
#ifndef TOXCORE_TS_TOX_PRIVATE_H
#define TOXCORE_TS_TOX_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tox.h"
#include "tox_attributes.h"
#include "tox_options.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The system beneath an instance ------------------------------------------------------------------------------ */

/** Tells a monotonic time in milliseconds, from any origin. Called on the thread that calls into the instance. */
typedef uint64_t tox_mono_time_cb(void *user_data);

/**
 * A source of randomness: `{ const struct { bytes, uniform } *funcs; void *obj; }`, where
 * `bytes(obj, buffer, length)` fills a buffer and `uniform(obj, upper)` tells a number below `upper`.
 */
typedef struct Random Random;

/** A table of socket functions; its own layout differs between releases. */
typedef struct Network Network;

/** A table of allocation functions. */
typedef struct Memory Memory;

/**
 * What an instance stands on. A NULL member means the default, but `tox_new_testing` takes NULL only for the clock.
 *
 * Honoured: the clock, from which the instance then takes all its time, and `rng`, from which it then takes all its
 * randomness, keys included. Refused: `ns` and `mem` other than NULL or what `tox_default_system` gave, since sockets
 * and memory belong to the embedded runtime; the answer is TOX_ERR_NEW_MALLOC then, and a log record tells why.
 *
 * Release 0.2.18's structure ended before `mem`, which is therefore never read from an object given through
 * `tox_options_set_operating_system`. Whatever the members point to must outlive the instance.
 */
struct Tox_System {
  /** The clock; NULL for the machine's monotonic one. */
  tox_mono_time_cb *mono_time_callback;
  /** Handed to the clock at each call. */
  void *mono_time_user_data;
  const Random *rng;
  const Network *ns;
  const Memory *mem;
};

/** The default system: a base on which a test replaces single members. Its pointers are static. */
Tox_System tox_default_system(void);

/** The system on which the instance stands, with the defaults filled in. Belongs to the instance, and dies with it. */
const Tox_System *tox_get_system(const Tox *tox);

/** What `tox_new_testing` takes beyond the ordinary options. */
typedef struct Tox_Options_Testing {
  /** The system; copied. `tox_default_system` is the one to start from. */
  const struct Tox_System *operating_system;
} Tox_Options_Testing;

/** Why `tox_new_testing` refused its own parameters. */
typedef enum Tox_Err_New_Testing {
  TOX_ERR_NEW_TESTING_OK,
  /** `testing`, its system, or the system's `rng`, `ns` or `mem` is NULL. */
  TOX_ERR_NEW_TESTING_NULL,
} Tox_Err_New_Testing;

/**
 * `tox_new` on a given system. Each of the two error pointers may be NULL; when `testing` is refused, `error` becomes
 * TOX_ERR_NEW_NULL.
 */
Tox *tox_new_testing(const Tox_Options *options, Tox_Err_New *error, const Tox_Options_Testing *testing,
                     Tox_Err_New_Testing *testing_error);

/* ---- Iteration with options -------------------------------------------------------------------------------------- */

/** Options of one iteration. */
typedef struct Tox_Iterate_Options Tox_Iterate_Options;

/** Why `tox_iterate_options_new` failed. */
typedef enum Tox_Err_Iterate_Options_New {
  TOX_ERR_ITERATE_OPTIONS_NEW_OK,
  /** No memory for the object. */
  TOX_ERR_ITERATE_OPTIONS_NEW_MALLOC,
} Tox_Err_Iterate_Options_New;

/** Makes an object with the defaults, which the caller ends with `tox_iterate_options_free`. NULL on failure. */
Tox_Iterate_Options *tox_iterate_options_new(Tox_Err_Iterate_Options_New *error);

/** Ends the object. NULL is allowed. */
void tox_iterate_options_free(Tox_Iterate_Options *options);

/**
 * Whether `tox_events_iterate` throws all events of an iteration away, rather than keeping those it has, when memory
 * runs out within it. Default: false. The getter takes NULL as the defaults.
 */
void tox_iterate_options_set_fail_hard(Tox_Iterate_Options *options, bool fail_hard);
bool tox_iterate_options_get_fail_hard(const Tox_Iterate_Options *options);

/** `tox_iterate` with options; NULL for the defaults. */
void tox_iterate_with_options(Tox *tox, const Tox_Iterate_Options *options, void *user_data);

/* ---- The instance's lock, and its companion ---------------------------------------------------------------------- */

/**
 * Holds the instance for the calling thread, so that several calls stand together; other threads' calls wait. The same
 * thread may lock again, and unlocks as often. Works whether or not `experimental_thread_safety` was set.
 */
void tox_lock(const Tox *tox);
void tox_unlock(const Tox *tox);

/** A pointer that the instance keeps for tox_av and never follows. NULL at first. */
void tox_set_av_object(Tox *tox, void *object);
void *tox_get_av_object(const Tox *tox);

/**
 * Sets who receives the lossy packets of friends whose first byte is `pktid`, before the general callback is asked;
 * NULL for nobody. A `pktid` outside 192 to 254 is ignored.
 */
void tox_callback_friend_lossy_packet_per_pktid(Tox *tox, tox_friend_lossy_packet_cb *callback, uint8_t pktid);

/**
 * Sets who receives the lossless packets of friends whose first byte is `pktid`, before the general callback is asked;
 * NULL for nobody. A `pktid` other than 69, which carries call signalling, or 160 to 191 is ignored.
 */
void tox_callback_friend_lossless_packet_per_pktid(Tox *tox, tox_friend_lossless_packet_cb *callback, uint8_t pktid);

/* ---- The DHT ----------------------------------------------------------------------------------------------------- */

/** Bytes that hold any node's address as text, the NUL included. */
#define TOX_DHT_NODE_IP_STRING_SIZE 96
uint32_t tox_dht_node_ip_string_size(void);

/** Bytes of a node's public key. */
#define TOX_DHT_NODE_PUBLIC_KEY_SIZE 32
uint32_t tox_dht_node_public_key_size(void);

/**
 * A DHT node has named a node in its answer to any of our nodes requests; called once for each node named.
 *
 * @param public_key TOX_DHT_NODE_PUBLIC_KEY_SIZE bytes, the key of the node that was named.
 * @param ip         its address as NUL-terminated text.
 * @param ip_length  the text's length, without the NUL.
 * @param port       its UDP port, in host byte order.
 */
typedef void tox_dht_nodes_response_cb(Tox *tox, const uint8_t *public_key, const char *ip, uint32_t ip_length,
                                       uint16_t port, void *user_data);

/** Sets who hears of nodes that answers have named; NULL for nobody. */
void tox_callback_dht_nodes_response(Tox *tox, tox_dht_nodes_response_cb *callback);

/** Why a nodes request was not sent. */
typedef enum Tox_Err_Dht_Send_Nodes_Request {
  TOX_ERR_DHT_SEND_NODES_REQUEST_OK,
  /** UDP is off in the options, and the DHT speaks only UDP. */
  TOX_ERR_DHT_SEND_NODES_REQUEST_UDP_DISABLED,
  /** One of the pointers is NULL. */
  TOX_ERR_DHT_SEND_NODES_REQUEST_NULL,
  /** The port is 0. */
  TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_PORT,
  /** The text is no address that this instance can reach. */
  TOX_ERR_DHT_SEND_NODES_REQUEST_BAD_IP,
  /** The packet could not be sent. */
  TOX_ERR_DHT_SEND_NODES_REQUEST_FAIL,
} Tox_Err_Dht_Send_Nodes_Request;

/**
 * Asks one DHT node which nodes it knows nearest to a key. The answer arrives at the callback above.
 *
 * @param public_key        the asked node's key, TOX_DHT_NODE_PUBLIC_KEY_SIZE bytes.
 * @param ip                its address as NUL-terminated text.
 * @param port              its UDP port, in host byte order.
 * @param target_public_key the key whose neighbourhood is asked for, of the same size.
 */
bool tox_dht_send_nodes_request(const Tox *tox, const uint8_t *public_key, const char *ip, uint16_t port,
                                const uint8_t *target_public_key, Tox_Err_Dht_Send_Nodes_Request *error);

/** How many nodes the close list holds. */
uint16_t tox_dht_get_num_closelist(const Tox *tox);

/** How many of these keep announcements for others. */
uint16_t tox_dht_get_num_closelist_announce_capable(const Tox *tox);

/* ---- Counts of packets ------------------------------------------------------------------------------------------- */

/**
 * The first byte of a packet. Where UDP and TCP use one number for different packets, the constant is that number in
 * words. A number that is unused, or not used by the asked transport, counts 0.
 */
typedef enum Tox_Netprof_Packet_Id {
  /** UDP: ping request. TCP: routing request. */
  TOX_NETPROF_PACKET_ID_ZERO = 0x00,
  /** UDP: ping response. TCP: routing response. */
  TOX_NETPROF_PACKET_ID_ONE = 0x01,
  /** UDP: nodes request. TCP: a peer has connected through the relay. */
  TOX_NETPROF_PACKET_ID_TWO = 0x02,
  /** A peer has left the relay. */
  TOX_NETPROF_PACKET_ID_TCP_DISCONNECT = 0x03,
  /** UDP: nodes response. TCP: ping. */
  TOX_NETPROF_PACKET_ID_FOUR = 0x04,
  /** The relay protocol's answer to a ping. */
  TOX_NETPROF_PACKET_ID_TCP_PONG = 0x05,
  /** Data to a peer by its key, outside any route. */
  TOX_NETPROF_PACKET_ID_TCP_OOB_SEND = 0x06,
  /** Data from a peer by its key, outside any route. */
  TOX_NETPROF_PACKET_ID_TCP_OOB_RECV = 0x07,
  /** An onion packet handed to the relay. */
  TOX_NETPROF_PACKET_ID_TCP_ONION_REQUEST = 0x08,
  /** An onion answer handed back by the relay. */
  TOX_NETPROF_PACKET_ID_TCP_ONION_RESPONSE = 0x09,
  /** Data over a route; the numbers of all routes, 16 and up, count here. */
  TOX_NETPROF_PACKET_ID_TCP_DATA = 0x10,
  /** Before a session: the request for a cookie, and its answer. */
  TOX_NETPROF_PACKET_ID_COOKIE_REQUEST = 0x18,
  TOX_NETPROF_PACKET_ID_COOKIE_RESPONSE = 0x19,
  /** The handshake of a session. */
  TOX_NETPROF_PACKET_ID_CRYPTO_HS = 0x1a,
  /** The data of a session. */
  TOX_NETPROF_PACKET_ID_CRYPTO_DATA = 0x1b,
  /** A sealed packet that DHT nodes pass on. */
  TOX_NETPROF_PACKET_ID_CRYPTO = 0x20,
  /** The greeting broadcast on a local network. */
  TOX_NETPROF_PACKET_ID_LAN_DISCOVERY = 0x21,
  /** Between peers of a group. */
  TOX_NETPROF_PACKET_ID_GC_HANDSHAKE = 0x5a,
  TOX_NETPROF_PACKET_ID_GC_LOSSLESS = 0x5b,
  TOX_NETPROF_PACKET_ID_GC_LOSSY = 0x5c,
  /** An onion packet on its way out: to the first, second and third hop. */
  TOX_NETPROF_PACKET_ID_ONION_SEND_INITIAL = 0x80,
  TOX_NETPROF_PACKET_ID_ONION_SEND_1 = 0x81,
  TOX_NETPROF_PACKET_ID_ONION_SEND_2 = 0x82,
  /** Announcing oneself over the onion, in the form before groups. */
  TOX_NETPROF_PACKET_ID_ANNOUNCE_REQUEST_OLD = 0x83,
  TOX_NETPROF_PACKET_ID_ANNOUNCE_RESPONSE_OLD = 0x84,
  /** Data for an announced peer: to the node that keeps the announcement, and from it. */
  TOX_NETPROF_PACKET_ID_ONION_DATA_REQUEST = 0x85,
  TOX_NETPROF_PACKET_ID_ONION_DATA_RESPONSE = 0x86,
  /** Announcing oneself or a group over the onion. */
  TOX_NETPROF_PACKET_ID_ANNOUNCE_REQUEST = 0x87,
  TOX_NETPROF_PACKET_ID_ANNOUNCE_RESPONSE = 0x88,
  /** An onion answer on its way back: from the third, second and first hop. */
  TOX_NETPROF_PACKET_ID_ONION_RECV_3 = 0x8c,
  TOX_NETPROF_PACKET_ID_ONION_RECV_2 = 0x8d,
  TOX_NETPROF_PACKET_ID_ONION_RECV_1 = 0x8e,
  /** Forwarding between DHT nodes. */
  TOX_NETPROF_PACKET_ID_FORWARD_REQUEST = 0x90,
  TOX_NETPROF_PACKET_ID_FORWARDING = 0x91,
  TOX_NETPROF_PACKET_ID_FORWARD_REPLY = 0x92,
  /** Announcements in the DHT: searched, fetched and stored. */
  TOX_NETPROF_PACKET_ID_DATA_SEARCH_REQUEST = 0x93,
  TOX_NETPROF_PACKET_ID_DATA_SEARCH_RESPONSE = 0x94,
  TOX_NETPROF_PACKET_ID_DATA_RETRIEVE_REQUEST = 0x95,
  TOX_NETPROF_PACKET_ID_DATA_RETRIEVE_RESPONSE = 0x96,
  TOX_NETPROF_PACKET_ID_STORE_ANNOUNCE_REQUEST = 0x97,
  TOX_NETPROF_PACKET_ID_STORE_ANNOUNCE_RESPONSE = 0x98,
  /** A bootstrap node's version and message of the day. */
  TOX_NETPROF_PACKET_ID_BOOTSTRAP_INFO = 0xf0,
} Tox_Netprof_Packet_Id;

const char *tox_netprof_packet_id_to_string(Tox_Netprof_Packet_Id value);

/** The transport whose packets are asked for. */
typedef enum Tox_Netprof_Packet_Type {
  /** TCP, as a client of relays. */
  TOX_NETPROF_PACKET_TYPE_TCP_CLIENT,
  /** TCP, as a relay. */
  TOX_NETPROF_PACKET_TYPE_TCP_SERVER,
  /** Both of these, added up. */
  TOX_NETPROF_PACKET_TYPE_TCP,
  TOX_NETPROF_PACKET_TYPE_UDP,
} Tox_Netprof_Packet_Type;

const char *tox_netprof_packet_type_to_string(Tox_Netprof_Packet_Type value);

/** The direction asked for. */
typedef enum Tox_Netprof_Direction {
  TOX_NETPROF_DIRECTION_SENT,
  TOX_NETPROF_DIRECTION_RECV,
} Tox_Netprof_Direction;

const char *tox_netprof_direction_to_string(Tox_Netprof_Direction value);

/** Packets with one id, or of all ids, that the instance has sent or received since it was made. */
uint64_t tox_netprof_get_packet_id_count(const Tox *tox, Tox_Netprof_Packet_Type type, uint8_t id,
                                         Tox_Netprof_Direction direction);
uint64_t tox_netprof_get_packet_total_count(const Tox *tox, Tox_Netprof_Packet_Type type,
                                            Tox_Netprof_Direction direction);

/** The bytes of these packets, headers of IP, UDP and TCP not counted. */
uint64_t tox_netprof_get_packet_id_bytes(const Tox *tox, Tox_Netprof_Packet_Type type, uint8_t id,
                                         Tox_Netprof_Direction direction);
uint64_t tox_netprof_get_packet_total_bytes(const Tox *tox, Tox_Netprof_Packet_Type type,
                                            Tox_Netprof_Direction direction);

/* ---- Addresses of group peers ------------------------------------------------------------------------------------ */

/** The greatest length of a group peer's address as text. */
#define TOX_GROUP_PEER_IP_STRING_MAX_LENGTH 96
uint32_t tox_group_peer_ip_string_max_length(void);

/** The length of a group peer's address as text, 0 on failure. */
size_t tox_group_peer_get_ip_address_size(const Tox *tox, uint32_t group_number, uint32_t peer_id,
                                          Tox_Err_Group_Peer_Query *error);

/**
 * Writes a group peer's address as text, without a NUL, into a buffer of the length told above. For a peer that is
 * reached through relays alone, and for ourselves when UDP is off, a placeholder stands instead.
 */
bool tox_group_peer_get_ip_address(const Tox *tox, uint32_t group_number, uint32_t peer_id, uint8_t *ip_addr,
                                   Tox_Err_Group_Peer_Query *error);

#ifdef __cplusplus
}
#endif

#endif
