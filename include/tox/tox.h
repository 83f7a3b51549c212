/* Tox: a serverless messenger between friends, in groups and conferences.
 *
 * A program makes an instance with `tox_new`, sets callbacks, joins the network with `tox_bootstrap`, then calls
 * `tox_iterate` over and over, waiting `tox_iteration_interval` milliseconds in between, until `tox_kill`. What is said
 * here holds for every function of this and the other headers.
 *
 * Errors. A function that can fail takes, last, a pointer to an enum of its own. It may be NULL; otherwise it is
 * always written: the enum's `..._OK`, which is 0, on success, else the reason. What a function returns on failure is
 * `false`, NULL, or the greatest number of its type (UINT32_MAX, SIZE_MAX, UINT64_MAX), unless its comment says
 * otherwise; an enum that is returned becomes one outside its constants where it has no constant for nothing. Where
 * memory is short, or the library fails within, and the enum has no word for it, its nearest one is told and a log
 * record says more. No argument makes the library end the process: a NULL where none belongs is an error, or the call
 * does nothing.
 *
 * Names of constants. An enum's function `..._to_string`, where one is declared, gives the constant's own name, or for
 * a number outside the enum a text that begins with `<invalid`. Each constant of a size or length has a function of
 * the same name in small letters, which tells what the running library thinks. Both work before any instance exists,
 * from any thread.
 *
 * Text. Names, messages and the like are UTF-8 with a length in bytes and without a NUL; nothing checks that they are
 * UTF-8, and those from peers are hostile until proven otherwise. Only hosts, addresses and log records end in a NUL.
 *
 * Memory. The library copies what it is given before the function returns. Pointers handed to a callback live until
 * the callback returns. A function that fills a buffer has a twin that tells the size first; the answer holds until
 * the next call that may change it, `tox_iterate` above all. Where other threads make such calls, `tox_lock` of
 * tox_private.h holds both together.
 *
 * Numbers are in host byte order. Friends, conferences, groups and files are named by numbers that belong to one
 * instance and one run: after a deletion the lowest free number is given out again.
 *
 * Callbacks. One for each event, set by `tox_callback_...`, removed with NULL, at any time, from within a callback too.
 * They run inside `tox_iterate`, on its thread, in the order in which things happened, with `user_data` as it was
 * given to that call. No lock is held: they may call every function on their instance. After `tox_kill` none is called
 * any more. (c-toxcore allows neither `tox_iterate` nor `tox_kill` there.) A log callback must not end its instance.
 *
 * Threads. Every function may be called on every thread, as long as none uses an instance that another one ends.
 * (c-toxcore wants `experimental_thread_safety` for several threads on one instance.)
 *
 * Define TOX_HIDE_DEPRECATED to hide what is kept for old programs only.
 */
#ifndef TOXCORE_TS_TOX_H
#define TOXCORE_TS_TOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tox_log_level.h"
#include "tox_options.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef TOX_DEFINED
#define TOX_DEFINED
/** One presence in the network: an identity, its friends, its sockets. */
typedef struct Tox Tox;
#endif

/* ---- Version ----------------------------------------------------------------------------------------------------- */

/**
 * The release of the interface. Below 1.0, a program fits when major and minor are its own and the patch is no less.
 */
#define TOX_VERSION_MAJOR 0
uint32_t tox_version_major(void);
#define TOX_VERSION_MINOR 2
uint32_t tox_version_minor(void);
#define TOX_VERSION_PATCH 23
uint32_t tox_version_patch(void);

/** Whether a program written for the named release compiles with this header and means the same. */
#define TOX_VERSION_IS_API_COMPATIBLE(MAJOR, MINOR, PATCH)                             \
  (TOX_VERSION_MAJOR == (MAJOR) &&                                                     \
   ((TOX_VERSION_MINOR == (MINOR) &&                                                   \
     (TOX_VERSION_MAJOR > 0 || TOX_VERSION_MINOR > 0 ? TOX_VERSION_PATCH >= (PATCH)    \
                                                     : TOX_VERSION_PATCH == (PATCH))) || \
    (TOX_VERSION_MAJOR > 0 && TOX_VERSION_MINOR > (MINOR))))

/** Whether a program compiled against the named release runs with the library that is loaded. */
bool tox_version_is_compatible(uint32_t major, uint32_t minor, uint32_t patch);

/** Whether the library that is loaded fits the header that the program was compiled with. */
#define TOX_VERSION_IS_ABI_COMPATIBLE() \
  tox_version_is_compatible(TOX_VERSION_MAJOR, TOX_VERSION_MINOR, TOX_VERSION_PATCH)

/* ---- Sizes and limits, in bytes ---------------------------------------------------------------------------------- */

/** A public key: who somebody is. */
#define TOX_PUBLIC_KEY_SIZE 32
uint32_t tox_public_key_size(void);
typedef uint8_t Tox_Public_Key[TOX_PUBLIC_KEY_SIZE];

/** A secret key: whoever holds it is that somebody. */
#define TOX_SECRET_KEY_SIZE 32
uint32_t tox_secret_key_size(void);
typedef uint8_t Tox_Secret_Key[TOX_SECRET_KEY_SIZE];

/** A node's public key in the DHT, made anew at each start and unrelated to the identity. */
#define TOX_DHT_ID_SIZE 32
uint32_t tox_dht_id_size(void);
typedef uint8_t Tox_Dht_Id[TOX_DHT_ID_SIZE];

/** A conference's lasting name among all its peers, by its old word. */
#define TOX_CONFERENCE_UID_SIZE 32
uint32_t tox_conference_uid_size(void);
typedef uint8_t Tox_Conference_Uid[TOX_CONFERENCE_UID_SIZE];

/** A conference's lasting name among all its peers. */
#define TOX_CONFERENCE_ID_SIZE 32
uint32_t tox_conference_id_size(void);
typedef uint8_t Tox_Conference_Id[TOX_CONFERENCE_ID_SIZE];

/** The nospam: the part of an address that can be changed to be rid of unwanted requests. */
#define TOX_NOSPAM_SIZE 4
uint32_t tox_nospam_size(void);

/** An address, or Tox ID: public key, nospam, and a checksum of two bytes over both. */
#define TOX_ADDRESS_SIZE 38
uint32_t tox_address_size(void);
typedef uint8_t Tox_Address[TOX_ADDRESS_SIZE];

/** The longest name of a person, and title of a conference. */
#define TOX_MAX_NAME_LENGTH 128
uint32_t tox_max_name_length(void);

/** The longest status message. */
#define TOX_MAX_STATUS_MESSAGE_LENGTH 1007
uint32_t tox_max_status_message_length(void);

/** The longest message of a friend request. (Older headers said 1016; what was longer than this never arrived.) */
#define TOX_MAX_FRIEND_REQUEST_LENGTH 921
uint32_t tox_max_friend_request_length(void);

/** The longest single message to a friend or a conference; a program splits what is longer. */
#define TOX_MAX_MESSAGE_LENGTH 1372
uint32_t tox_max_message_length(void);

/** The longest custom packet to a friend, its first byte included. */
#define TOX_MAX_CUSTOM_PACKET_SIZE 1373
uint32_t tox_max_custom_packet_size(void);

/** What `tox_hash` gives. */
#define TOX_HASH_LENGTH 32
uint32_t tox_hash_length(void);
typedef uint8_t Tox_Hash[TOX_HASH_LENGTH];

/** A file's lasting name, by which a transfer is found again after a restart. */
#define TOX_FILE_ID_LENGTH 32
uint32_t tox_file_id_length(void);
typedef uint8_t Tox_File_Id[TOX_FILE_ID_LENGTH];

/** The longest file name. */
#define TOX_MAX_FILENAME_LENGTH 255
uint32_t tox_max_filename_length(void);

/** The longest name of a host, the NUL at its end counted. */
#define TOX_MAX_HOSTNAME_LENGTH 255
uint32_t tox_max_hostname_length(void);

/* ---- Words used throughout --------------------------------------------------------------------------------------- */

/** How reachable a person says to be. It is a label only: nothing else changes with it. */
typedef enum Tox_User_Status {
  /** There. */
  TOX_USER_STATUS_NONE,
  /** Not at the machine. */
  TOX_USER_STATUS_AWAY,
  /** Not to be disturbed. */
  TOX_USER_STATUS_BUSY,
} Tox_User_Status;
const char *tox_user_status_to_string(Tox_User_Status value);

/** How a message is to be shown. */
typedef enum Tox_Message_Type {
  /** As something said. */
  TOX_MESSAGE_TYPE_NORMAL,
  /** As something done, in the manner of IRC's `/me`. */
  TOX_MESSAGE_TYPE_ACTION,
} Tox_Message_Type;
const char *tox_message_type_to_string(Tox_Message_Type value);

/** How somebody is reached. */
typedef enum Tox_Connection {
  /** Not at all. */
  TOX_CONNECTION_NONE,
  /** Through TCP relays: of oneself, that the network is reached by relays alone. */
  TOX_CONNECTION_TCP,
  /** Directly. */
  TOX_CONNECTION_UDP,
} Tox_Connection;
const char *tox_connection_to_string(Tox_Connection value);

/** A friend's number: small, given out from 0 on. */
typedef uint32_t Tox_Friend_Number;

/** The number of a message to one friend, which its receipt repeats. */
typedef uint32_t Tox_Friend_Message_Id;

/** A file transfer's number with one friend; see the section on files. */
typedef uint32_t Tox_File_Number;

/** A conference's number. */
typedef uint32_t Tox_Conference_Number;

/** The place of a peer in the list of a conference. It changes whenever the list does. */
typedef uint32_t Tox_Conference_Peer_Number;

/** The place of a peer in the list of those that have left a conference without a word. */
typedef uint32_t Tox_Conference_Offline_Peer_Number;

/** A group's number. */
typedef uint32_t Tox_Group_Number;

/** A peer's number within a group. It keeps its meaning until that peer leaves. */
typedef uint32_t Tox_Group_Peer_Number;

/** A number that a sender chose for a message to a group: random, and the same for everybody who gets it. */
typedef uint32_t Tox_Group_Message_Id;

/* ---- The life of an instance ------------------------------------------------------------------------------------- */

/** Why no instance was made. */
typedef enum Tox_Err_New {
  TOX_ERR_NEW_OK,
  /** What `tox_new_testing` needs is NULL. */
  TOX_ERR_NEW_NULL,
  /** Memory is short, or the runtime could not be started, or refused what it was given; the log tells which. */
  TOX_ERR_NEW_MALLOC,
  /** Every UDP port of the range, or the relay's TCP port, is taken or forbidden. */
  TOX_ERR_NEW_PORT_ALLOC,
  /** The proxy type is none of the enum's. */
  TOX_ERR_NEW_PROXY_BAD_TYPE,
  /** The proxy's host is missing, too long, or has no address. */
  TOX_ERR_NEW_PROXY_BAD_HOST,
  /** The proxy's port is 0. */
  TOX_ERR_NEW_PROXY_BAD_PORT,
  /** Not told: a proxy whose name has no address is a bad host. */
  TOX_ERR_NEW_PROXY_NOT_FOUND,
  /** The savedata is encrypted: decrypt it first, see toxencryptsave.h. */
  TOX_ERR_NEW_LOAD_ENCRYPTED,
  /** The savedata is damaged, or is none. Nothing of it is loaded. */
  TOX_ERR_NEW_LOAD_BAD_FORMAT,
} Tox_Err_New;
const char *tox_err_new_to_string(Tox_Err_New value);

/**
 * Makes an instance, loads its savedata and binds its ports. The first call in a process also starts the runtime that
 * all instances share, which takes a fraction of a second.
 *
 * @param options what was chosen, needed only during the call; NULL for the defaults.
 * @return the instance, to be ended with `tox_kill`, or NULL.
 */
Tox *tox_new(const Tox_Options *options, Tox_Err_New *error);

/**
 * Takes leave of all friends, closes the sockets and frees the instance; nothing is saved. The pointer, and every
 * tox_av session on it, must not be used afterwards. NULL is allowed.
 */
void tox_kill(Tox *tox);

/** How many bytes `tox_get_savedata` would write now. */
size_t tox_get_savedata_size(const Tox *tox);

/**
 * Writes the profile: keys, nospam, own name and status, friends, conferences, known nodes. It holds the secret key in
 * the clear; toxencryptsave.h encrypts it. Save after each change that must not be lost, and before `tox_kill`.
 *
 * @param savedata a buffer of `tox_get_savedata_size` bytes; NULL makes the call do nothing.
 */
void tox_get_savedata(const Tox *tox, uint8_t savedata[]);

/** How long to wait before the next `tox_iterate`, in milliseconds: 1 to 50, short while data moves. */
uint32_t tox_iteration_interval(const Tox *tox);

/**
 * Reads what has arrived, does what is due, and calls the callbacks. Nothing happens between two calls, so call it
 * often: friends notice an instance that has been still for half a minute.
 *
 * @param user_data handed to each callback; the library never follows it.
 */
void tox_iterate(Tox *tox, void *user_data);

/* ---- Joining the network ----------------------------------------------------------------------------------------- */

/** Why a node could not be used. */
typedef enum Tox_Err_Bootstrap {
  TOX_ERR_BOOTSTRAP_OK,
  /** Host or key is NULL. */
  TOX_ERR_BOOTSTRAP_NULL,
  /** The host has no address that this instance can reach, or is a name while names are forbidden. */
  TOX_ERR_BOOTSTRAP_BAD_HOST,
  /** The port is 0. */
  TOX_ERR_BOOTSTRAP_BAD_PORT,
} Tox_Err_Bootstrap;
const char *tox_err_bootstrap_to_string(Tox_Err_Bootstrap value);

/**
 * Asks a DHT node for its neighbours: the way into the network. Several at the start are wise. A host name is resolved
 * before the call returns, and every address it has is asked. That the packet left says nothing about an answer.
 *
 * @param host       a name or an address, NUL-terminated.
 * @param port       its UDP port.
 * @param public_key its key in the DHT, TOX_DHT_ID_SIZE bytes.
 */
bool tox_bootstrap(Tox *tox, const char *host, uint16_t port, const Tox_Dht_Id public_key, Tox_Err_Bootstrap *error);

/** Uses a node as a TCP relay, whether or not it is a DHT node too; parameters as above, but for its TCP port. */
bool tox_add_tcp_relay(Tox *tox, const char *host, uint16_t port, const Tox_Dht_Id public_key,
                       Tox_Err_Bootstrap *error);

/** Whether and how the network is reached. */
Tox_Connection tox_self_get_connection_status(const Tox *tox);

/** The way in which the network is reached has changed. */
typedef void tox_self_connection_status_cb(Tox *tox, Tox_Connection connection_status, void *user_data);
void tox_callback_self_connection_status(Tox *tox, tox_self_connection_status_cb *callback);

/** Why there is no port to tell. */
typedef enum Tox_Err_Get_Port {
  TOX_ERR_GET_PORT_OK,
  /** No such port is bound: UDP is off, or the instance is no relay. */
  TOX_ERR_GET_PORT_NOT_BOUND,
} Tox_Err_Get_Port;
const char *tox_err_get_port_to_string(Tox_Err_Get_Port value);

/** Writes the instance's own key in the DHT, which with its UDP port lets others bootstrap from it. */
void tox_self_get_dht_id(const Tox *tox, Tox_Dht_Id dht_id);

/** The bound UDP port; 0 on failure. */
uint16_t tox_self_get_udp_port(const Tox *tox, Tox_Err_Get_Port *error);

/** The relay's TCP port; 0 on failure. */
uint16_t tox_self_get_tcp_port(const Tox *tox, Tox_Err_Get_Port *error);

/* ---- Oneself ----------------------------------------------------------------------------------------------------- */

/** Writes one's address, which others need for a friend request. */
void tox_self_get_address(const Tox *tox, Tox_Address address);

/** The four bytes of the nospam as one number, most significant byte first. A new one makes the old address useless. */
void tox_self_set_nospam(Tox *tox, uint32_t nospam);
uint32_t tox_self_get_nospam(const Tox *tox);

/** Writes one's public key, the first part of the address. */
void tox_self_get_public_key(const Tox *tox, Tox_Public_Key public_key);

/** Writes one's secret key. Wipe the copy when it has served. */
void tox_self_get_secret_key(const Tox *tox, Tox_Secret_Key secret_key);

/** Why name or status message was not set. */
typedef enum Tox_Err_Set_Info {
  TOX_ERR_SET_INFO_OK,
  /** The text is NULL, yet its length is not 0. */
  TOX_ERR_SET_INFO_NULL,
  /** Longer than TOX_MAX_NAME_LENGTH or TOX_MAX_STATUS_MESSAGE_LENGTH. */
  TOX_ERR_SET_INFO_TOO_LONG,
} Tox_Err_Set_Info;
const char *tox_err_set_info_to_string(Tox_Err_Set_Info value);

/** Sets one's name and tells all friends. Length 0 takes it away. */
bool tox_self_set_name(Tox *tox, const uint8_t name[], size_t length, Tox_Err_Set_Info *error);

/** The length of one's name; 0 for none. */
size_t tox_self_get_name_size(const Tox *tox);

/** Writes one's name into a buffer of that size. */
void tox_self_get_name(const Tox *tox, uint8_t name[]);

/** Sets one's status message and tells all friends. Length 0 takes it away. */
bool tox_self_set_status_message(Tox *tox, const uint8_t status_message[], size_t length, Tox_Err_Set_Info *error);

/** The length of one's status message; 0 for none. */
size_t tox_self_get_status_message_size(const Tox *tox);

/** Writes one's status message into a buffer of that size. */
void tox_self_get_status_message(const Tox *tox, uint8_t status_message[]);

/** Sets one's status and tells all friends. */
void tox_self_set_status(Tox *tox, Tox_User_Status status);
Tox_User_Status tox_self_get_status(const Tox *tox);

/* ---- Friends: the list ------------------------------------------------------------------------------------------- */

/** Why somebody was not added. */
typedef enum Tox_Err_Friend_Add {
  TOX_ERR_FRIEND_ADD_OK,
  /** Address, key or message is NULL. */
  TOX_ERR_FRIEND_ADD_NULL,
  /** The message is longer than TOX_MAX_FRIEND_REQUEST_LENGTH. */
  TOX_ERR_FRIEND_ADD_TOO_LONG,
  /** The message is empty, and a request needs one. */
  TOX_ERR_FRIEND_ADD_NO_MESSAGE,
  /** The address or key is one's own. */
  TOX_ERR_FRIEND_ADD_OWN_KEY,
  /** A request to that person is under way, or the person is a friend already. */
  TOX_ERR_FRIEND_ADD_ALREADY_SENT,
  /** The address contradicts its checksum, or its key can be nobody's. */
  TOX_ERR_FRIEND_ADD_BAD_CHECKSUM,
  /** The person was in the list with another nospam. The request under way now goes out with this one. */
  TOX_ERR_FRIEND_ADD_SET_NEW_NOSPAM,
  /** Memory is short. */
  TOX_ERR_FRIEND_ADD_MALLOC,
} Tox_Err_Friend_Add;
const char *tox_err_friend_add_to_string(Tox_Err_Friend_Add value);

/**
 * Puts a person in the list and sends a friend request, again and again until the person is seen. Both must have added
 * each other before they meet.
 *
 * @param address TOX_ADDRESS_SIZE bytes.
 * @param message 1 to TOX_MAX_FRIEND_REQUEST_LENGTH bytes that the person will read.
 */
Tox_Friend_Number tox_friend_add(Tox *tox, const Tox_Address address, const uint8_t message[], size_t length,
                                 Tox_Err_Friend_Add *error);

/** Puts a person in the list without a request: the answer to one received, or an understanding reached elsewhere. */
Tox_Friend_Number tox_friend_add_norequest(Tox *tox, const Tox_Public_Key public_key, Tox_Err_Friend_Add *error);

/** Why nobody was deleted. */
typedef enum Tox_Err_Friend_Delete {
  TOX_ERR_FRIEND_DELETE_OK,
  /** No friend has that number. */
  TOX_ERR_FRIEND_DELETE_FRIEND_NOT_FOUND,
} Tox_Err_Friend_Delete;
const char *tox_err_friend_delete_to_string(Tox_Err_Friend_Delete value);

/** Strikes a friend off the list. The friend is not told, and sees one as offline from then on. */
bool tox_friend_delete(Tox *tox, Tox_Friend_Number friend_number, Tox_Err_Friend_Delete *error);

/** Why a key led to no friend. */
typedef enum Tox_Err_Friend_By_Public_Key {
  TOX_ERR_FRIEND_BY_PUBLIC_KEY_OK,
  /** The key is NULL. */
  TOX_ERR_FRIEND_BY_PUBLIC_KEY_NULL,
  /** No friend has that key. */
  TOX_ERR_FRIEND_BY_PUBLIC_KEY_NOT_FOUND,
} Tox_Err_Friend_By_Public_Key;
const char *tox_err_friend_by_public_key_to_string(Tox_Err_Friend_By_Public_Key value);

/** Finds the number of the friend with that key. */
Tox_Friend_Number tox_friend_by_public_key(const Tox *tox, const Tox_Public_Key public_key,
                                           Tox_Err_Friend_By_Public_Key *error);

/** Whether a friend has that number. */
bool tox_friend_exists(const Tox *tox, Tox_Friend_Number friend_number);

/** How many friends there are. */
size_t tox_self_get_friend_list_size(const Tox *tox);

/** Writes the numbers of all friends into an array of that many elements. */
void tox_self_get_friend_list(const Tox *tox, Tox_Friend_Number friend_list[]);

/** Why there is no key to tell. */
typedef enum Tox_Err_Friend_Get_Public_Key {
  TOX_ERR_FRIEND_GET_PUBLIC_KEY_OK,
  /** No friend has that number. */
  TOX_ERR_FRIEND_GET_PUBLIC_KEY_FRIEND_NOT_FOUND,
} Tox_Err_Friend_Get_Public_Key;
const char *tox_err_friend_get_public_key_to_string(Tox_Err_Friend_Get_Public_Key value);

/** Writes a friend's public key. */
bool tox_friend_get_public_key(const Tox *tox, Tox_Friend_Number friend_number, Tox_Public_Key public_key,
                               Tox_Err_Friend_Get_Public_Key *error);

/** Why there is no time to tell. */
typedef enum Tox_Err_Friend_Get_Last_Online {
  TOX_ERR_FRIEND_GET_LAST_ONLINE_OK,
  /** No friend has that number. */
  TOX_ERR_FRIEND_GET_LAST_ONLINE_FRIEND_NOT_FOUND,
} Tox_Err_Friend_Get_Last_Online;
const char *tox_err_friend_get_last_online_to_string(Tox_Err_Friend_Get_Last_Online value);

/** When the friend was last seen online, in seconds of Unix time; 0 for never. */
uint64_t tox_friend_get_last_online(const Tox *tox, Tox_Friend_Number friend_number,
                                    Tox_Err_Friend_Get_Last_Online *error);

/* ---- Friends: what they tell of themselves ----------------------------------------------------------------------- */

/** Why a question about a friend has no answer. */
typedef enum Tox_Err_Friend_Query {
  TOX_ERR_FRIEND_QUERY_OK,
  /** The buffer is NULL. */
  TOX_ERR_FRIEND_QUERY_NULL,
  /** No friend has that number. */
  TOX_ERR_FRIEND_QUERY_FRIEND_NOT_FOUND,
} Tox_Err_Friend_Query;
const char *tox_err_friend_query_to_string(Tox_Err_Friend_Query value);

/** The length of a friend's name; 0 before it was ever told. */
size_t tox_friend_get_name_size(const Tox *tox, Tox_Friend_Number friend_number, Tox_Err_Friend_Query *error);

/** Writes a friend's name into a buffer of that size. */
bool tox_friend_get_name(const Tox *tox, Tox_Friend_Number friend_number, uint8_t name[], Tox_Err_Friend_Query *error);

/** A friend has told a name. `length` is at most TOX_MAX_NAME_LENGTH. */
typedef void tox_friend_name_cb(Tox *tox, Tox_Friend_Number friend_number, const uint8_t name[], size_t length,
                                void *user_data);
void tox_callback_friend_name(Tox *tox, tox_friend_name_cb *callback);

/** The length of a friend's status message; 0 before it was ever told. */
size_t tox_friend_get_status_message_size(const Tox *tox, Tox_Friend_Number friend_number, Tox_Err_Friend_Query *error);

/** Writes a friend's status message into a buffer of that size. */
bool tox_friend_get_status_message(const Tox *tox, Tox_Friend_Number friend_number, uint8_t status_message[],
                                   Tox_Err_Friend_Query *error);

/** A friend has told a status message. `length` is at most TOX_MAX_STATUS_MESSAGE_LENGTH. */
typedef void tox_friend_status_message_cb(Tox *tox, Tox_Friend_Number friend_number, const uint8_t message[],
                                          size_t length, void *user_data);
void tox_callback_friend_status_message(Tox *tox, tox_friend_status_message_cb *callback);

/** A friend's status, as last told. */
Tox_User_Status tox_friend_get_status(const Tox *tox, Tox_Friend_Number friend_number, Tox_Err_Friend_Query *error);

/** A friend has told a status. */
typedef void tox_friend_status_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_User_Status status, void *user_data);
void tox_callback_friend_status(Tox *tox, tox_friend_status_cb *callback);

/** Whether and how a friend is reached; TOX_CONNECTION_NONE on failure. */
Tox_Connection tox_friend_get_connection_status(const Tox *tox, Tox_Friend_Number friend_number,
                                                Tox_Err_Friend_Query *error);

/** A friend has come, has gone, or is reached in another way. Not called when one deletes the friend oneself. */
typedef void tox_friend_connection_status_cb(Tox *tox, Tox_Friend_Number friend_number,
                                             Tox_Connection connection_status, void *user_data);
void tox_callback_friend_connection_status(Tox *tox, tox_friend_connection_status_cb *callback);

/** Whether a friend is typing to us. */
bool tox_friend_get_typing(const Tox *tox, Tox_Friend_Number friend_number, Tox_Err_Friend_Query *error);

/** A friend has begun or ceased to type. */
typedef void tox_friend_typing_cb(Tox *tox, Tox_Friend_Number friend_number, bool typing, void *user_data);
void tox_callback_friend_typing(Tox *tox, tox_friend_typing_cb *callback);

/* ---- Friends: talking -------------------------------------------------------------------------------------------- */

/** Why one's typing was not told. */
typedef enum Tox_Err_Set_Typing {
  TOX_ERR_SET_TYPING_OK,
  /** No friend has that number. */
  TOX_ERR_SET_TYPING_FRIEND_NOT_FOUND,
} Tox_Err_Set_Typing;
const char *tox_err_set_typing_to_string(Tox_Err_Set_Typing value);

/** Tells one friend whether one is typing. The program takes it back; no time limit does. */
bool tox_self_set_typing(Tox *tox, Tox_Friend_Number friend_number, bool typing, Tox_Err_Set_Typing *error);

/** Why a message was not sent. */
typedef enum Tox_Err_Friend_Send_Message {
  TOX_ERR_FRIEND_SEND_MESSAGE_OK,
  /** The message is NULL. */
  TOX_ERR_FRIEND_SEND_MESSAGE_NULL,
  /** No friend has that number. */
  TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED,
  /** Too much waits to be sent already; try again after an iteration. */
  TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ,
  /** Longer than TOX_MAX_MESSAGE_LENGTH. */
  TOX_ERR_FRIEND_SEND_MESSAGE_TOO_LONG,
  /** Of length 0. */
  TOX_ERR_FRIEND_SEND_MESSAGE_EMPTY,
} Tox_Err_Friend_Send_Message;
const char *tox_err_friend_send_message_to_string(Tox_Err_Friend_Send_Message value);

/**
 * Sends a message of 1 to TOX_MAX_MESSAGE_LENGTH bytes to a friend who is online. Messages arrive in the order in
 * which they were sent, or not at all when the friend goes offline first: then there is no receipt, and the program
 * sends again.
 *
 * @return the message's number, which rises by one with each message to this friend in this run.
 */
Tox_Friend_Message_Id tox_friend_send_message(Tox *tox, Tox_Friend_Number friend_number, Tox_Message_Type type,
                                              const uint8_t message[], size_t length,
                                              Tox_Err_Friend_Send_Message *error);

/** A friend's Tox has received the message with that number. */
typedef void tox_friend_read_receipt_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_Friend_Message_Id message_id,
                                        void *user_data);
void tox_callback_friend_read_receipt(Tox *tox, tox_friend_read_receipt_cb *callback);

/** A stranger asks for friendship. To grant it, call `tox_friend_add_norequest` with the key. */
typedef void tox_friend_request_cb(Tox *tox, const Tox_Public_Key public_key, const uint8_t message[], size_t length,
                                   void *user_data);
void tox_callback_friend_request(Tox *tox, tox_friend_request_cb *callback);

/** A friend has sent a message. */
typedef void tox_friend_message_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_Message_Type type,
                                   const uint8_t message[], size_t length, void *user_data);
void tox_callback_friend_message(Tox *tox, tox_friend_message_cb *callback);

/* ---- Friends: packets of the program's own ----------------------------------------------------------------------- */

/** Why a custom packet was not sent. */
typedef enum Tox_Err_Friend_Custom_Packet {
  TOX_ERR_FRIEND_CUSTOM_PACKET_OK,
  /** The data is NULL. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_NULL,
  /** No friend has that number. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_FRIEND_NOT_CONNECTED,
  /** The first byte is outside the range for this kind of packet. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_INVALID,
  /** Of length 0. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_EMPTY,
  /** Longer than TOX_MAX_CUSTOM_PACKET_SIZE. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_TOO_LONG,
  /** Too much waits to be sent already. */
  TOX_ERR_FRIEND_CUSTOM_PACKET_SENDQ,
} Tox_Err_Friend_Custom_Packet;
const char *tox_err_friend_custom_packet_to_string(Tox_Err_Friend_Custom_Packet value);

/**
 * Sends a packet that may be lost, doubled or overtaken, as UDP packets may. Its first byte, 192 to 254, says what it
 * is; those below 200 belong to audio and video.
 */
bool tox_friend_send_lossy_packet(Tox *tox, Tox_Friend_Number friend_number, const uint8_t data[], size_t length,
                                  Tox_Err_Friend_Custom_Packet *error);

/**
 * Sends a packet that arrives once and in order, or not at all when the friend goes offline. Its first byte, 160 to
 * 191, says what it is; 69, which carries call signalling, is let through too.
 */
bool tox_friend_send_lossless_packet(Tox *tox, Tox_Friend_Number friend_number, const uint8_t data[], size_t length,
                                     Tox_Err_Friend_Custom_Packet *error);

/** A friend has sent a lossy packet; its first byte is part of the data. */
typedef void tox_friend_lossy_packet_cb(Tox *tox, Tox_Friend_Number friend_number, const uint8_t data[], size_t length,
                                        void *user_data);
void tox_callback_friend_lossy_packet(Tox *tox, tox_friend_lossy_packet_cb *callback);

/** A friend has sent a lossless packet; its first byte is part of the data. */
typedef void tox_friend_lossless_packet_cb(Tox *tox, Tox_Friend_Number friend_number, const uint8_t data[],
                                           size_t length, void *user_data);
void tox_callback_friend_lossless_packet(Tox *tox, tox_friend_lossless_packet_cb *callback);

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* A transfer runs between two friends who are online, and dies when one goes offline; its file ID is how both find the
 * place to go on from. The sender offers (`tox_file_send`), the receiver is asked (`tox_file_recv_cb`), may skip what
 * it has (`tox_file_seek`), and starts it (RESUME) or refuses (CANCEL). From then on the sender is asked for one chunk
 * after another (`tox_file_chunk_request_cb`), until one of length 0 says that all was received. Either side may
 * pause; it runs again when every side that paused has resumed.
 *
 * With each friend there can be 256 transfers in each direction at once. Those that one sends have the numbers 0 to
 * 255, those that one receives the numbers (n + 1) * 65536 for n from 0 to 255.
 */

/**
 * Hashes data with SHA-256, as an avatar's file ID. `data` may be NULL when `length` is 0. False when `hash` is NULL.
 */
bool tox_hash(Tox_Hash hash, const uint8_t data[], size_t length);

/** What a file is for. Further numbers may be agreed on between programs. */
enum Tox_File_Kind {
  /** A file, by the name it comes with. */
  TOX_FILE_KIND_DATA = 0,
  /**
   * The sender's picture. Its file ID is the picture's `tox_hash`, so that nobody fetches it twice; size 0 means none.
   */
  TOX_FILE_KIND_AVATAR = 1,
  /** A picture to be shown in the conversation. */
  TOX_FILE_KIND_STICKER = 2,
  /** A file whose name is the hexadecimal SHA-1 of its content. */
  TOX_FILE_KIND_SHA1 = 3,
  /** A file whose name is the hexadecimal SHA-256 of its content. */
  TOX_FILE_KIND_SHA256 = 4,
};

/** What one side asks of a transfer. */
typedef enum Tox_File_Control {
  /** Start, as the receiver of an offer; or go on after one's own pause. */
  TOX_FILE_CONTROL_RESUME,
  /** Send or receive nothing until resumed. */
  TOX_FILE_CONTROL_PAUSE,
  /** End it. Its number is free at once, and no callback follows on this side. */
  TOX_FILE_CONTROL_CANCEL,
} Tox_File_Control;
const char *tox_file_control_to_string(Tox_File_Control value);

/** Why a transfer was not steered. */
typedef enum Tox_Err_File_Control {
  TOX_ERR_FILE_CONTROL_OK,
  /** No friend has that number. */
  TOX_ERR_FILE_CONTROL_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FILE_CONTROL_FRIEND_NOT_CONNECTED,
  /** The friend has no transfer with that number. */
  TOX_ERR_FILE_CONTROL_NOT_FOUND,
  /** RESUME, but it runs. */
  TOX_ERR_FILE_CONTROL_NOT_PAUSED,
  /** RESUME, but only the other side can: it paused, or has not accepted the offer. */
  TOX_ERR_FILE_CONTROL_DENIED,
  /** PAUSE, but one has paused it before, or it has not been started. */
  TOX_ERR_FILE_CONTROL_ALREADY_PAUSED,
  /** Too much waits to be sent already. */
  TOX_ERR_FILE_CONTROL_SENDQ,
} Tox_Err_File_Control;
const char *tox_err_file_control_to_string(Tox_Err_File_Control value);

/** Starts, pauses or ends a transfer, and tells the friend. */
bool tox_file_control(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number, Tox_File_Control control,
                      Tox_Err_File_Control *error);

/** A friend has started, paused or ended a transfer. After CANCEL its number means nothing more. */
typedef void tox_file_recv_control_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number,
                                      Tox_File_Control control, void *user_data);
void tox_callback_file_recv_control(Tox *tox, tox_file_recv_control_cb *callback);

/** Why nothing was skipped. */
typedef enum Tox_Err_File_Seek {
  TOX_ERR_FILE_SEEK_OK,
  /** No friend has that number. */
  TOX_ERR_FILE_SEEK_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FILE_SEEK_FRIEND_NOT_CONNECTED,
  /** The friend has no transfer with that number. */
  TOX_ERR_FILE_SEEK_NOT_FOUND,
  /** It is one that we send, or it has been started. */
  TOX_ERR_FILE_SEEK_DENIED,
  /** The position is at or past the end of the file. */
  TOX_ERR_FILE_SEEK_INVALID_POSITION,
  /** Too much waits to be sent already. */
  TOX_ERR_FILE_SEEK_SENDQ,
} Tox_Err_File_Seek;
const char *tox_err_file_seek_to_string(Tox_Err_File_Seek value);

/** As the receiver, before the first RESUME: asks that the file be sent from byte `position` on. */
bool tox_file_seek(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number, uint64_t position,
                   Tox_Err_File_Seek *error);

/** Why there is no file ID to tell. */
typedef enum Tox_Err_File_Get {
  TOX_ERR_FILE_GET_OK,
  /** The buffer is NULL. */
  TOX_ERR_FILE_GET_NULL,
  /** No friend has that number. */
  TOX_ERR_FILE_GET_FRIEND_NOT_FOUND,
  /** The friend has no transfer with that number. */
  TOX_ERR_FILE_GET_NOT_FOUND,
} Tox_Err_File_Get;
const char *tox_err_file_get_to_string(Tox_Err_File_Get value);

/** Writes the file ID of a transfer. */
bool tox_file_get_file_id(const Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number,
                          Tox_File_Id file_id, Tox_Err_File_Get *error);

/** Why a file ID led to no transfer. */
typedef enum Tox_Err_File_By_Id {
  TOX_ERR_FILE_BY_ID_OK,
  /** The file ID is NULL. */
  TOX_ERR_FILE_BY_ID_NULL,
  /** No friend has that number. */
  TOX_ERR_FILE_BY_ID_FRIEND_NOT_FOUND,
  /** No transfer with that friend has that file ID. */
  TOX_ERR_FILE_BY_ID_NOT_FOUND,
} Tox_Err_File_By_Id;
const char *tox_err_file_by_id_to_string(Tox_Err_File_By_Id value);

/** Finds the number of the transfer with that file ID. */
Tox_File_Number tox_file_by_id(const Tox *tox, Tox_Friend_Number friend_number, const Tox_File_Id file_id,
                               Tox_Err_File_By_Id *error);

/** Why a file was not offered. */
typedef enum Tox_Err_File_Send {
  TOX_ERR_FILE_SEND_OK,
  /** The name is NULL, yet its length is not 0. */
  TOX_ERR_FILE_SEND_NULL,
  /** No friend has that number. */
  TOX_ERR_FILE_SEND_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FILE_SEND_FRIEND_NOT_CONNECTED,
  /** The name is longer than TOX_MAX_FILENAME_LENGTH. */
  TOX_ERR_FILE_SEND_NAME_TOO_LONG,
  /** All 256 numbers with that friend are in use. */
  TOX_ERR_FILE_SEND_TOO_MANY,
} Tox_Err_File_Send;
const char *tox_err_file_send_to_string(Tox_Err_File_Send value);

/**
 * Offers a file to a friend.
 *
 * @param kind      an enum Tox_File_Kind, or a number agreed on.
 * @param file_size in bytes; UINT64_MAX for a stream whose end nobody knows yet.
 * @param file_id   TOX_FILE_ID_LENGTH bytes, or NULL for random ones.
 * @param filename  its name without folders, which the friend will see.
 */
Tox_File_Number tox_file_send(Tox *tox, Tox_Friend_Number friend_number, uint32_t kind, uint64_t file_size,
                              const Tox_File_Id file_id, const uint8_t filename[], size_t filename_length,
                              Tox_Err_File_Send *error);

/** Why a chunk was not sent. */
typedef enum Tox_Err_File_Send_Chunk {
  TOX_ERR_FILE_SEND_CHUNK_OK,
  /** The data is NULL, yet its length is not 0. */
  TOX_ERR_FILE_SEND_CHUNK_NULL,
  /** No friend has that number. */
  TOX_ERR_FILE_SEND_CHUNK_FRIEND_NOT_FOUND,
  /** The friend is offline. */
  TOX_ERR_FILE_SEND_CHUNK_FRIEND_NOT_CONNECTED,
  /** Files that one sends never have that number. */
  TOX_ERR_FILE_SEND_CHUNK_NOT_FOUND,
  /** No file with that number is on its way: there is none, or it has not been started, or all was sent. */
  TOX_ERR_FILE_SEND_CHUNK_NOT_TRANSFERRING,
  /** Not the length that was asked for: past the end of the file, or short before its end. */
  TOX_ERR_FILE_SEND_CHUNK_INVALID_LENGTH,
  /** Too much waits to be sent already. */
  TOX_ERR_FILE_SEND_CHUNK_SENDQ,
  /** Not the position that was asked for. */
  TOX_ERR_FILE_SEND_CHUNK_WRONG_POSITION,
} Tox_Err_File_Send_Chunk;
const char *tox_err_file_send_chunk_to_string(Tox_Err_File_Send_Chunk value);

/**
 * Sends a chunk, in answer to a request for it, at once or later; the chunks of one file in the order of the requests.
 * None is longer than 1371 bytes.
 * A stream ends with a chunk that is shorter than was asked for, of length 0 if need be.
 */
bool tox_file_send_chunk(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number, uint64_t position,
                         const uint8_t data[], size_t length, Tox_Err_File_Send_Chunk *error);

/** A chunk of a file that one sends is wanted. `length` 0: all has been received, and the number is free. */
typedef void tox_file_chunk_request_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number,
                                       uint64_t position, size_t length, void *user_data);
void tox_callback_file_chunk_request(Tox *tox, tox_file_chunk_request_cb *callback);

/** A friend offers a file, with the parameters of `tox_file_send`. Answer with `tox_file_control`. */
typedef void tox_file_recv_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number, uint32_t kind,
                              uint64_t file_size, const uint8_t filename[], size_t filename_length, void *user_data);
void tox_callback_file_recv(Tox *tox, tox_file_recv_cb *callback);

/** A chunk has arrived, in order. `length` 0: the file is complete, and the number is free. */
typedef void tox_file_recv_chunk_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_File_Number file_number,
                                    uint64_t position, const uint8_t data[], size_t length, void *user_data);
void tox_callback_file_recv_chunk(Tox *tox, tox_file_recv_chunk_cb *callback);

/* ---- Conferences ------------------------------------------------------------------------------------------------- */

/* The older kind of group chat: everybody who was invited by a friend is in, nobody is in charge, nobody can be put
 * out. A conference lives as long as one of its peers is online. For roles, passwords and lasting groups see the next
 * section.
 */

/** What a conference carries. */
typedef enum Tox_Conference_Type {
  TOX_CONFERENCE_TYPE_TEXT,
  /** Text and sound; made and joined through toxav.h. */
  TOX_CONFERENCE_TYPE_AV,
} Tox_Conference_Type;
const char *tox_conference_type_to_string(Tox_Conference_Type value);

/**
 * A friend invites to a conference. Join with `tox_conference_join`, or for TOX_CONFERENCE_TYPE_AV with
 * `toxav_join_av_groupchat`, now or later: then copy the cookie.
 *
 * @param cookie what the invitation says, of use only for joining.
 */
typedef void tox_conference_invite_cb(Tox *tox, Tox_Friend_Number friend_number, Tox_Conference_Type type,
                                      const uint8_t cookie[], size_t length, void *user_data);
void tox_callback_conference_invite(Tox *tox, tox_conference_invite_cb *callback);

/** A conference that one joined has let us in: messages pass from now on. */
typedef void tox_conference_connected_cb(Tox *tox, Tox_Conference_Number conference_number, void *user_data);
void tox_callback_conference_connected(Tox *tox, tox_conference_connected_cb *callback);

/** A peer has sent a message to the conference. One's own do not come back. */
typedef void tox_conference_message_cb(Tox *tox, Tox_Conference_Number conference_number,
                                       Tox_Conference_Peer_Number peer_number, Tox_Message_Type type,
                                       const uint8_t message[], size_t length, void *user_data);
void tox_callback_conference_message(Tox *tox, tox_conference_message_cb *callback);

/** A peer has set the title; UINT32_MAX as its number: the title was told when we came in, by nobody in particular. */
typedef void tox_conference_title_cb(Tox *tox, Tox_Conference_Number conference_number,
                                     Tox_Conference_Peer_Number peer_number, const uint8_t title[], size_t length,
                                     void *user_data);
void tox_callback_conference_title(Tox *tox, tox_conference_title_cb *callback);

/** A peer has told a name. */
typedef void tox_conference_peer_name_cb(Tox *tox, Tox_Conference_Number conference_number,
                                         Tox_Conference_Peer_Number peer_number, const uint8_t name[], size_t length,
                                         void *user_data);
void tox_callback_conference_peer_name(Tox *tox, tox_conference_peer_name_cb *callback);

/** Peers have come or gone: all peer numbers of the conference must be asked for anew. */
typedef void tox_conference_peer_list_changed_cb(Tox *tox, Tox_Conference_Number conference_number, void *user_data);
void tox_callback_conference_peer_list_changed(Tox *tox, tox_conference_peer_list_changed_cb *callback);

/** Why no conference was made. */
typedef enum Tox_Err_Conference_New {
  TOX_ERR_CONFERENCE_NEW_OK,
  /** It could not be set up. */
  TOX_ERR_CONFERENCE_NEW_INIT,
} Tox_Err_Conference_New;
const char *tox_err_conference_new_to_string(Tox_Err_Conference_New value);

/** Makes a conference for text, with oneself as its only peer. */
Tox_Conference_Number tox_conference_new(Tox *tox, Tox_Err_Conference_New *error);

/** Why no conference was left. */
typedef enum Tox_Err_Conference_Delete {
  TOX_ERR_CONFERENCE_DELETE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_DELETE_CONFERENCE_NOT_FOUND,
} Tox_Err_Conference_Delete;
const char *tox_err_conference_delete_to_string(Tox_Err_Conference_Delete value);

/** Leaves a conference and forgets it. */
bool tox_conference_delete(Tox *tox, Tox_Conference_Number conference_number, Tox_Err_Conference_Delete *error);

/** Why a question about a peer has no answer. */
typedef enum Tox_Err_Conference_Peer_Query {
  TOX_ERR_CONFERENCE_PEER_QUERY_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_PEER_QUERY_CONFERENCE_NOT_FOUND,
  /** No peer has that number. */
  TOX_ERR_CONFERENCE_PEER_QUERY_PEER_NOT_FOUND,
  /** The conference is not connected. */
  TOX_ERR_CONFERENCE_PEER_QUERY_NO_CONNECTION,
} Tox_Err_Conference_Peer_Query;
const char *tox_err_conference_peer_query_to_string(Tox_Err_Conference_Peer_Query value);

/** How many peers are online in a conference, oneself included. Their numbers run from 0 to one less. */
uint32_t tox_conference_peer_count(const Tox *tox, Tox_Conference_Number conference_number,
                                   Tox_Err_Conference_Peer_Query *error);

/** The length of a peer's name. */
size_t tox_conference_peer_get_name_size(const Tox *tox, Tox_Conference_Number conference_number,
                                         Tox_Conference_Peer_Number peer_number, Tox_Err_Conference_Peer_Query *error);

/** Writes a peer's name into a buffer of that size. */
bool tox_conference_peer_get_name(const Tox *tox, Tox_Conference_Number conference_number,
                                  Tox_Conference_Peer_Number peer_number, uint8_t name[],
                                  Tox_Err_Conference_Peer_Query *error);

/** Writes a peer's public key, the same that friends know. */
bool tox_conference_peer_get_public_key(const Tox *tox, Tox_Conference_Number conference_number,
                                        Tox_Conference_Peer_Number peer_number, Tox_Public_Key public_key,
                                        Tox_Err_Conference_Peer_Query *error);

/** Whether a peer is oneself. */
bool tox_conference_peer_number_is_ours(const Tox *tox, Tox_Conference_Number conference_number,
                                        Tox_Conference_Peer_Number peer_number, Tox_Err_Conference_Peer_Query *error);

/** How many peers have gone offline without leaving; they may come back. Their numbers run from 0 to one less. */
uint32_t tox_conference_offline_peer_count(const Tox *tox, Tox_Conference_Number conference_number,
                                           Tox_Err_Conference_Peer_Query *error);

/** The length of an offline peer's name. */
size_t tox_conference_offline_peer_get_name_size(const Tox *tox, Tox_Conference_Number conference_number,
                                                 Tox_Conference_Offline_Peer_Number offline_peer_number,
                                                 Tox_Err_Conference_Peer_Query *error);

/** Writes an offline peer's name into a buffer of that size. */
bool tox_conference_offline_peer_get_name(const Tox *tox, Tox_Conference_Number conference_number,
                                          Tox_Conference_Offline_Peer_Number offline_peer_number, uint8_t name[],
                                          Tox_Err_Conference_Peer_Query *error);

/** Writes an offline peer's public key. */
bool tox_conference_offline_peer_get_public_key(const Tox *tox, Tox_Conference_Number conference_number,
                                                Tox_Conference_Offline_Peer_Number offline_peer_number,
                                                Tox_Public_Key public_key, Tox_Err_Conference_Peer_Query *error);

/** When an offline peer was last heard of, in seconds of Unix time. */
uint64_t tox_conference_offline_peer_get_last_active(const Tox *tox, Tox_Conference_Number conference_number,
                                                     Tox_Conference_Offline_Peer_Number offline_peer_number,
                                                     Tox_Err_Conference_Peer_Query *error);

/** Why the number of offline peers was not bounded. */
typedef enum Tox_Err_Conference_Set_Max_Offline {
  TOX_ERR_CONFERENCE_SET_MAX_OFFLINE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_SET_MAX_OFFLINE_CONFERENCE_NOT_FOUND,
} Tox_Err_Conference_Set_Max_Offline;
const char *tox_err_conference_set_max_offline_to_string(Tox_Err_Conference_Set_Max_Offline value);

/** Bounds how many offline peers are remembered; those heard of longest ago are forgotten first. */
bool tox_conference_set_max_offline(Tox *tox, Tox_Conference_Number conference_number, uint32_t max_offline,
                                    Tox_Err_Conference_Set_Max_Offline *error);

/** Why nobody was invited. */
typedef enum Tox_Err_Conference_Invite {
  TOX_ERR_CONFERENCE_INVITE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_INVITE_CONFERENCE_NOT_FOUND,
  /** The invitation could not be sent: no such friend, or offline. */
  TOX_ERR_CONFERENCE_INVITE_FAIL_SEND,
  /** The conference is not connected. */
  TOX_ERR_CONFERENCE_INVITE_NO_CONNECTION,
} Tox_Err_Conference_Invite;
const char *tox_err_conference_invite_to_string(Tox_Err_Conference_Invite value);

/** Asks a friend into a conference. */
bool tox_conference_invite(Tox *tox, Tox_Friend_Number friend_number, Tox_Conference_Number conference_number,
                           Tox_Err_Conference_Invite *error);

/** Why a conference was not joined. */
typedef enum Tox_Err_Conference_Join {
  TOX_ERR_CONFERENCE_JOIN_OK,
  /** No cookie has that length. */
  TOX_ERR_CONFERENCE_JOIN_INVALID_LENGTH,
  /** The conference is of another type than this function joins. */
  TOX_ERR_CONFERENCE_JOIN_WRONG_TYPE,
  /** No friend has that number, or the friend is offline. */
  TOX_ERR_CONFERENCE_JOIN_FRIEND_NOT_FOUND,
  /** One is in that conference already. */
  TOX_ERR_CONFERENCE_JOIN_DUPLICATE,
  /** It could not be set up. */
  TOX_ERR_CONFERENCE_JOIN_INIT_FAIL,
  /** The answer to the invitation could not be sent. */
  TOX_ERR_CONFERENCE_JOIN_FAIL_SEND,
  /** The cookie is NULL. */
  TOX_ERR_CONFERENCE_JOIN_NULL,
} Tox_Err_Conference_Join;
const char *tox_err_conference_join_to_string(Tox_Err_Conference_Join value);

/** Joins the text conference to which a friend has invited, with the cookie of the invitation. */
Tox_Conference_Number tox_conference_join(Tox *tox, Tox_Friend_Number friend_number, const uint8_t cookie[],
                                          size_t length, Tox_Err_Conference_Join *error);

/** Why a message was not sent. */
typedef enum Tox_Err_Conference_Send_Message {
  TOX_ERR_CONFERENCE_SEND_MESSAGE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_SEND_MESSAGE_CONFERENCE_NOT_FOUND,
  /** Longer than TOX_MAX_MESSAGE_LENGTH. */
  TOX_ERR_CONFERENCE_SEND_MESSAGE_TOO_LONG,
  /** The conference is not connected. */
  TOX_ERR_CONFERENCE_SEND_MESSAGE_NO_CONNECTION,
  /** It could not be sent to anybody. A NULL message is told so too. */
  TOX_ERR_CONFERENCE_SEND_MESSAGE_FAIL_SEND,
} Tox_Err_Conference_Send_Message;
const char *tox_err_conference_send_message_to_string(Tox_Err_Conference_Send_Message value);

/** Sends a message of at most TOX_MAX_MESSAGE_LENGTH bytes to all peers. There are no receipts. */
bool tox_conference_send_message(Tox *tox, Tox_Conference_Number conference_number, Tox_Message_Type type,
                                 const uint8_t message[], size_t length, Tox_Err_Conference_Send_Message *error);

/** Why a title was neither told nor set. */
typedef enum Tox_Err_Conference_Title {
  TOX_ERR_CONFERENCE_TITLE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_TITLE_CONFERENCE_NOT_FOUND,
  /** Setting: empty, or longer than TOX_MAX_NAME_LENGTH. Asking: there is none. */
  TOX_ERR_CONFERENCE_TITLE_INVALID_LENGTH,
  /** It could not be sent to anybody. A NULL title is told so too. */
  TOX_ERR_CONFERENCE_TITLE_FAIL_SEND,
} Tox_Err_Conference_Title;
const char *tox_err_conference_title_to_string(Tox_Err_Conference_Title value);

/** The length of a conference's title. */
size_t tox_conference_get_title_size(const Tox *tox, Tox_Conference_Number conference_number,
                                     Tox_Err_Conference_Title *error);

/** Writes a conference's title into a buffer of that size. */
bool tox_conference_get_title(const Tox *tox, Tox_Conference_Number conference_number, uint8_t title[],
                              Tox_Err_Conference_Title *error);

/** Sets the title for all peers, 1 to TOX_MAX_NAME_LENGTH bytes. */
bool tox_conference_set_title(Tox *tox, Tox_Conference_Number conference_number, const uint8_t title[], size_t length,
                              Tox_Err_Conference_Title *error);

/** How many conferences one is in. */
size_t tox_conference_get_chatlist_size(const Tox *tox);

/** Writes their numbers into an array of that many elements. */
void tox_conference_get_chatlist(const Tox *tox, Tox_Conference_Number chatlist[]);

/** Why there is no type to tell. */
typedef enum Tox_Err_Conference_Get_Type {
  TOX_ERR_CONFERENCE_GET_TYPE_OK,
  /** No conference has that number. */
  TOX_ERR_CONFERENCE_GET_TYPE_CONFERENCE_NOT_FOUND,
} Tox_Err_Conference_Get_Type;
const char *tox_err_conference_get_type_to_string(Tox_Err_Conference_Get_Type value);

/**
 * What a conference carries. Ask after loading a profile: for a conference with sound, toxav.h must enable it again.
 */
Tox_Conference_Type tox_conference_get_type(const Tox *tox, Tox_Conference_Number conference_number,
                                            Tox_Err_Conference_Get_Type *error);

/** Writes a conference's lasting name. False when no conference has that number. */
bool tox_conference_get_id(const Tox *tox, Tox_Conference_Number conference_number, Tox_Conference_Id id);

/** Why an ID led to no conference. */
typedef enum Tox_Err_Conference_By_Id {
  TOX_ERR_CONFERENCE_BY_ID_OK,
  /** The ID is NULL. */
  TOX_ERR_CONFERENCE_BY_ID_NULL,
  /** One is in no such conference. */
  TOX_ERR_CONFERENCE_BY_ID_NOT_FOUND,
} Tox_Err_Conference_By_Id;
const char *tox_err_conference_by_id_to_string(Tox_Err_Conference_By_Id value);

/** Finds the number of the conference with that ID. */
Tox_Conference_Number tox_conference_by_id(const Tox *tox, const Tox_Conference_Id id, Tox_Err_Conference_By_Id *error);

/** Why a UID led to no conference. */
typedef enum Tox_Err_Conference_By_Uid {
  TOX_ERR_CONFERENCE_BY_UID_OK,
  /** The UID is NULL. */
  TOX_ERR_CONFERENCE_BY_UID_NULL,
  /** One is in no such conference. */
  TOX_ERR_CONFERENCE_BY_UID_NOT_FOUND,
} Tox_Err_Conference_By_Uid;
const char *tox_err_conference_by_uid_to_string(Tox_Err_Conference_By_Uid value);

#ifndef TOX_HIDE_DEPRECATED
/** The old name of `tox_conference_get_id`. */
bool tox_conference_get_uid(const Tox *tox, Tox_Conference_Number conference_number, Tox_Conference_Uid uid);

/** The old name of `tox_conference_by_id`, with an enum of its own. */
Tox_Conference_Number tox_conference_by_uid(const Tox *tox, const Tox_Conference_Uid uid,
                                            Tox_Err_Conference_By_Uid *error);
#endif

/* ---- Groups: limits and words ------------------------------------------------------------------------------------ */

/* Groups have a founder, roles, a topic, perhaps a password, and a key of their own, the chat ID, under which they stay
 * even while all peers are offline. In each group a peer has a key that is unrelated to the peer's identity.
 *
 * Where a function names a group, `group_number` is one that making, joining or accepting has returned.
 */

/** The longest topic. */
#define TOX_GROUP_MAX_TOPIC_LENGTH 512
uint32_t tox_group_max_topic_length(void);

/** The longest parting message. */
#define TOX_GROUP_MAX_PART_LENGTH 128
uint32_t tox_group_max_part_length(void);

/** The longest message; a program splits what is longer. */
#define TOX_GROUP_MAX_MESSAGE_LENGTH 1372
uint32_t tox_group_max_message_length(void);

/** The longest custom packet that may be lost. */
#define TOX_GROUP_MAX_CUSTOM_LOSSY_PACKET_LENGTH 1373
uint32_t tox_group_max_custom_lossy_packet_length(void);

/** The longest custom packet that arrives for sure. */
#define TOX_GROUP_MAX_CUSTOM_LOSSLESS_PACKET_LENGTH 1373
uint32_t tox_group_max_custom_lossless_packet_length(void);

/** The longest name of a group. A peer's name has at most TOX_MAX_NAME_LENGTH bytes. */
#define TOX_GROUP_MAX_GROUP_NAME_LENGTH 48
uint32_t tox_group_max_group_name_length(void);

/** The longest password. */
#define TOX_GROUP_MAX_PASSWORD_SIZE 32
uint32_t tox_group_max_password_size(void);

/** A chat ID: whoever knows that of a public group can find and join it. */
#define TOX_GROUP_CHAT_ID_SIZE 32
uint32_t tox_group_chat_id_size(void);
typedef uint8_t Tox_Group_Chat_Id[TOX_GROUP_CHAT_ID_SIZE];

/** A peer's public key within one group: who the peer is there, across restarts. */
#define TOX_GROUP_PEER_PUBLIC_KEY_SIZE 32
uint32_t tox_group_peer_public_key_size(void);
typedef uint8_t Tox_Group_Peer_Public_Key[TOX_GROUP_PEER_PUBLIC_KEY_SIZE];

/** Who can come in. */
typedef enum Tox_Group_Privacy_State {
  /** Whoever has the chat ID: the group announces itself in the DHT. */
  TOX_GROUP_PRIVACY_STATE_PUBLIC,
  /** Friends of peers, by invitation. */
  TOX_GROUP_PRIVACY_STATE_PRIVATE,
} Tox_Group_Privacy_State;
const char *tox_group_privacy_state_to_string(Tox_Group_Privacy_State value);

/** Who may set the topic. */
typedef enum Tox_Group_Topic_Lock {
  /** The founder and moderators. The default. */
  TOX_GROUP_TOPIC_LOCK_ENABLED,
  /** All but observers. */
  TOX_GROUP_TOPIC_LOCK_DISABLED,
} Tox_Group_Topic_Lock;
const char *tox_group_topic_lock_to_string(Tox_Group_Topic_Lock value);

/** Who may speak. */
typedef enum Tox_Group_Voice_State {
  /** All but observers. The default. */
  TOX_GROUP_VOICE_STATE_ALL,
  /** The founder and moderators. */
  TOX_GROUP_VOICE_STATE_MODERATOR,
  /** The founder. */
  TOX_GROUP_VOICE_STATE_FOUNDER,
} Tox_Group_Voice_State;
const char *tox_group_voice_state_to_string(Tox_Group_Voice_State value);

/** What a peer may do; each role may do what those below it may. */
typedef enum Tox_Group_Role {
  /** Set password, topic lock, voice state, privacy state and peer limit; make and unmake moderators. */
  TOX_GROUP_ROLE_FOUNDER,
  /** Make observers of users and the reverse, put them out, set a locked topic. */
  TOX_GROUP_ROLE_MODERATOR,
  /** Speak. */
  TOX_GROUP_ROLE_USER,
  /** Listen. */
  TOX_GROUP_ROLE_OBSERVER,
} Tox_Group_Role;
const char *tox_group_role_to_string(Tox_Group_Role value);

/* ---- Groups: making, joining, leaving ---------------------------------------------------------------------------- */

/** Why no group was made. */
typedef enum Tox_Err_Group_New {
  TOX_ERR_GROUP_NEW_OK,
  /** The group's name or one's own is too long. */
  TOX_ERR_GROUP_NEW_TOO_LONG,
  /** The group's name or one's own is empty or NULL. */
  TOX_ERR_GROUP_NEW_EMPTY,
  /** It could not be set up. */
  TOX_ERR_GROUP_NEW_INIT,
  /** Its shared state could not be made; with a privacy state outside the enum, for instance. */
  TOX_ERR_GROUP_NEW_STATE,
  /** It could not be announced. */
  TOX_ERR_GROUP_NEW_ANNOUNCE,
} Tox_Err_Group_New;
const char *tox_err_group_new_to_string(Tox_Err_Group_New value);

/**
 * Founds a group.
 *
 * @param group_name its name for ever, 1 to TOX_GROUP_MAX_GROUP_NAME_LENGTH bytes.
 * @param name       one's own name in it, 1 to TOX_MAX_NAME_LENGTH bytes.
 */
Tox_Group_Number tox_group_new(Tox *tox, Tox_Group_Privacy_State privacy_state, const uint8_t group_name[],
                               size_t group_name_length, const uint8_t name[], size_t name_length,
                               Tox_Err_Group_New *error);

/** Why a group was not joined. */
typedef enum Tox_Err_Group_Join {
  TOX_ERR_GROUP_JOIN_OK,
  /** It could not be set up. */
  TOX_ERR_GROUP_JOIN_INIT,
  /** The chat ID is NULL. */
  TOX_ERR_GROUP_JOIN_BAD_CHAT_ID,
  /** One's name is empty or NULL. */
  TOX_ERR_GROUP_JOIN_EMPTY,
  /** One's name is too long. */
  TOX_ERR_GROUP_JOIN_TOO_LONG,
  /** The password is too long. Whether it is right shows later, see `tox_group_join_fail_cb`. */
  TOX_ERR_GROUP_JOIN_PASSWORD,
  /** A failure within the library. */
  TOX_ERR_GROUP_JOIN_CORE,
} Tox_Err_Group_Join;
const char *tox_err_group_join_to_string(Tox_Err_Group_Join value);

/**
 * Begins to join the public group with that chat ID, or connects anew to one that one has already;
 * `tox_group_self_join_cb` tells when one is in.
 *
 * @param chat_id  TOX_GROUP_CHAT_ID_SIZE bytes.
 * @param name     one's own name in it, 1 to TOX_MAX_NAME_LENGTH bytes.
 * @param password at most TOX_GROUP_MAX_PASSWORD_SIZE bytes; NULL when there is none.
 */
Tox_Group_Number tox_group_join(Tox *tox, const Tox_Group_Chat_Id chat_id, const uint8_t name[], size_t name_length,
                                const uint8_t password[], size_t password_length, Tox_Err_Group_Join *error);

/** Why it is unknown whether a group is connected. */
typedef enum Tox_Err_Group_Is_Connected {
  TOX_ERR_GROUP_IS_CONNECTED_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_IS_CONNECTED_GROUP_NOT_FOUND,
} Tox_Err_Group_Is_Connected;
const char *tox_err_group_is_connected_to_string(Tox_Err_Group_Is_Connected value);

/** Whether one is in a group, or on the way into it. */
bool tox_group_is_connected(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_Is_Connected *error);

/** Why a group was not disconnected. */
typedef enum Tox_Err_Group_Disconnect {
  TOX_ERR_GROUP_DISCONNECT_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_DISCONNECT_GROUP_NOT_FOUND,
  /** It was disconnected before. */
  TOX_ERR_GROUP_DISCONNECT_ALREADY_DISCONNECTED,
} Tox_Err_Group_Disconnect;
const char *tox_err_group_disconnect_to_string(Tox_Err_Group_Disconnect value);

/** Goes offline in one group and keeps it; joining by its chat ID brings one back as the same peer. */
bool tox_group_disconnect(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_Disconnect *error);

/** Why a group was not connected anew. */
typedef enum Tox_Err_Group_Reconnect {
  TOX_ERR_GROUP_RECONNECT_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_RECONNECT_GROUP_NOT_FOUND,
  /** A failure within the library. */
  TOX_ERR_GROUP_RECONNECT_CORE,
} Tox_Err_Group_Reconnect;
const char *tox_err_group_reconnect_to_string(Tox_Err_Group_Reconnect value);

#ifndef TOX_HIDE_DEPRECATED
/** Drops all peers of a group and looks for them afresh. `tox_group_join` does it too, and takes a password. */
bool tox_group_reconnect(Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_Reconnect *error);
#endif

/** What went wrong in leaving a group. */
typedef enum Tox_Err_Group_Leave {
  TOX_ERR_GROUP_LEAVE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_LEAVE_GROUP_NOT_FOUND,
  /** The parting message is too long. */
  TOX_ERR_GROUP_LEAVE_TOO_LONG,
  /** The parting message could not be sent. One has left all the same, and the result is true. */
  TOX_ERR_GROUP_LEAVE_FAIL_SEND,
} Tox_Err_Group_Leave;
const char *tox_err_group_leave_to_string(Tox_Err_Group_Leave value);

/** Leaves a group for good, with a message of at most TOX_GROUP_MAX_PART_LENGTH bytes, or NULL. */
bool tox_group_leave(Tox *tox, Tox_Group_Number group_number, const uint8_t part_message[], size_t length,
                     Tox_Err_Group_Leave *error);

/** One is in a group, which has told its state. */
typedef void tox_group_self_join_cb(Tox *tox, Tox_Group_Number group_number, void *user_data);
void tox_callback_group_self_join(Tox *tox, tox_group_self_join_cb *callback);

/** Why a group did not let us in. */
typedef enum Tox_Group_Join_Fail {
  /** It is full. */
  TOX_GROUP_JOIN_FAIL_PEER_LIMIT,
  /** The password is wrong, or was missing. */
  TOX_GROUP_JOIN_FAIL_INVALID_PASSWORD,
  /** It did not say. */
  TOX_GROUP_JOIN_FAIL_UNKNOWN,
} Tox_Group_Join_Fail;
const char *tox_group_join_fail_to_string(Tox_Group_Join_Fail value);

/** A group did not let us in. */
typedef void tox_group_join_fail_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Join_Fail fail_type,
                                    void *user_data);
void tox_callback_group_join_fail(Tox *tox, tox_group_join_fail_cb *callback);

/* ---- Groups: invitations ----------------------------------------------------------------------------------------- */

/** Why nobody was invited. */
typedef enum Tox_Err_Group_Invite_Friend {
  TOX_ERR_GROUP_INVITE_FRIEND_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_INVITE_FRIEND_GROUP_NOT_FOUND,
  /** No friend has that number, or the friend is offline. */
  TOX_ERR_GROUP_INVITE_FRIEND_FRIEND_NOT_FOUND,
  /** The invitation could not be made. */
  TOX_ERR_GROUP_INVITE_FRIEND_INVITE_FAIL,
  /** The invitation could not be sent. */
  TOX_ERR_GROUP_INVITE_FRIEND_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_INVITE_FRIEND_DISCONNECTED,
} Tox_Err_Group_Invite_Friend;
const char *tox_err_group_invite_friend_to_string(Tox_Err_Group_Invite_Friend value);

/** Asks a friend into a group. */
bool tox_group_invite_friend(const Tox *tox, Tox_Group_Number group_number, Tox_Friend_Number friend_number,
                             Tox_Err_Group_Invite_Friend *error);

/** A friend invites to a group. `invite_data` is of use only for accepting; to accept later, copy it. */
typedef void tox_group_invite_cb(Tox *tox, Tox_Friend_Number friend_number, const uint8_t invite_data[],
                                 size_t invite_data_length, const uint8_t group_name[], size_t group_name_length,
                                 void *user_data);
void tox_callback_group_invite(Tox *tox, tox_group_invite_cb *callback);

/** Why an invitation was not accepted. */
typedef enum Tox_Err_Group_Invite_Accept {
  TOX_ERR_GROUP_INVITE_ACCEPT_OK,
  /** The data is no invitation. */
  TOX_ERR_GROUP_INVITE_ACCEPT_BAD_INVITE,
  /** The group could not be set up. */
  TOX_ERR_GROUP_INVITE_ACCEPT_INIT_FAILED,
  /** One's name is too long. */
  TOX_ERR_GROUP_INVITE_ACCEPT_TOO_LONG,
  /** One's name is empty. */
  TOX_ERR_GROUP_INVITE_ACCEPT_EMPTY,
  /** The password is too long. */
  TOX_ERR_GROUP_INVITE_ACCEPT_PASSWORD,
  /** No friend has that number. */
  TOX_ERR_GROUP_INVITE_ACCEPT_FRIEND_NOT_FOUND,
  /** The answer could not be sent. */
  TOX_ERR_GROUP_INVITE_ACCEPT_FAIL_SEND,
  /** Invitation or name is NULL. */
  TOX_ERR_GROUP_INVITE_ACCEPT_NULL,
} Tox_Err_Group_Invite_Accept;
const char *tox_err_group_invite_accept_to_string(Tox_Err_Group_Invite_Accept value);

/** Begins to join the group to which a friend has invited; name and password as for `tox_group_join`. */
Tox_Group_Number tox_group_invite_accept(Tox *tox, Tox_Friend_Number friend_number, const uint8_t invite_data[],
                                         size_t length, const uint8_t name[], size_t name_length,
                                         const uint8_t password[], size_t password_length,
                                         Tox_Err_Group_Invite_Accept *error);

/* ---- Groups: oneself --------------------------------------------------------------------------------------------- */

/** Why a question about oneself in a group has no answer. */
typedef enum Tox_Err_Group_Self_Query {
  TOX_ERR_GROUP_SELF_QUERY_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SELF_QUERY_GROUP_NOT_FOUND,
} Tox_Err_Group_Self_Query;
const char *tox_err_group_self_query_to_string(Tox_Err_Group_Self_Query value);

/** Why one's name in a group was not set. */
typedef enum Tox_Err_Group_Self_Name_Set {
  TOX_ERR_GROUP_SELF_NAME_SET_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SELF_NAME_SET_GROUP_NOT_FOUND,
  /** Longer than TOX_MAX_NAME_LENGTH. */
  TOX_ERR_GROUP_SELF_NAME_SET_TOO_LONG,
  /** Empty or NULL. */
  TOX_ERR_GROUP_SELF_NAME_SET_INVALID,
  /** It is set here, but could not be sent. */
  TOX_ERR_GROUP_SELF_NAME_SET_FAIL_SEND,
} Tox_Err_Group_Self_Name_Set;
const char *tox_err_group_self_name_set_to_string(Tox_Err_Group_Self_Name_Set value);

/** Sets one's name in a group, 1 to TOX_MAX_NAME_LENGTH bytes. */
bool tox_group_self_set_name(Tox *tox, Tox_Group_Number group_number, const uint8_t name[], size_t length,
                             Tox_Err_Group_Self_Name_Set *error);

/** The length of one's name in a group; 0 on failure. */
size_t tox_group_self_get_name_size(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_Self_Query *error);

/** Writes one's name in a group into a buffer of that size. */
bool tox_group_self_get_name(const Tox *tox, Tox_Group_Number group_number, uint8_t name[],
                             Tox_Err_Group_Self_Query *error);

/** Why one's status in a group was not set. */
typedef enum Tox_Err_Group_Self_Status_Set {
  TOX_ERR_GROUP_SELF_STATUS_SET_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SELF_STATUS_SET_GROUP_NOT_FOUND,
  /** It is set here, but could not be sent. */
  TOX_ERR_GROUP_SELF_STATUS_SET_FAIL_SEND,
} Tox_Err_Group_Self_Status_Set;
const char *tox_err_group_self_status_set_to_string(Tox_Err_Group_Self_Status_Set value);

/** Sets one's status in a group. */
bool tox_group_self_set_status(Tox *tox, Tox_Group_Number group_number, Tox_User_Status status,
                               Tox_Err_Group_Self_Status_Set *error);

/** One's status in a group. */
Tox_User_Status tox_group_self_get_status(const Tox *tox, Tox_Group_Number group_number,
                                          Tox_Err_Group_Self_Query *error);

/** One's role in a group. */
Tox_Group_Role tox_group_self_get_role(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_Self_Query *error);

/** One's own peer number in a group. */
Tox_Group_Peer_Number tox_group_self_get_peer_id(const Tox *tox, Tox_Group_Number group_number,
                                                 Tox_Err_Group_Self_Query *error);

/** Writes one's public key in a group, TOX_GROUP_PEER_PUBLIC_KEY_SIZE bytes. */
bool tox_group_self_get_public_key(const Tox *tox, Tox_Group_Number group_number, Tox_Public_Key public_key,
                                   Tox_Err_Group_Self_Query *error);

/* ---- Groups: peers ----------------------------------------------------------------------------------------------- */

/** Why a question about a peer has no answer. */
typedef enum Tox_Err_Group_Peer_Query {
  TOX_ERR_GROUP_PEER_QUERY_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_PEER_QUERY_GROUP_NOT_FOUND,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_PEER_QUERY_PEER_NOT_FOUND,
} Tox_Err_Group_Peer_Query;
const char *tox_err_group_peer_query_to_string(Tox_Err_Group_Peer_Query value);

/** The length of a peer's name; 0 on failure. */
size_t tox_group_peer_get_name_size(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                    Tox_Err_Group_Peer_Query *error);

/** Writes a peer's name into a buffer of that size. */
bool tox_group_peer_get_name(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                             uint8_t name[], Tox_Err_Group_Peer_Query *error);

/** A peer's status. */
Tox_User_Status tox_group_peer_get_status(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                          Tox_Err_Group_Peer_Query *error);

/** A peer's role. */
Tox_Group_Role tox_group_peer_get_role(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                       Tox_Err_Group_Peer_Query *error);

/** How a peer is reached; of oneself, how one reaches the network; TOX_CONNECTION_NONE on failure. */
Tox_Connection tox_group_peer_get_connection_status(const Tox *tox, Tox_Group_Number group_number,
                                                    Tox_Group_Peer_Number peer_id, Tox_Err_Group_Peer_Query *error);

/** Writes a peer's public key in the group, TOX_GROUP_PEER_PUBLIC_KEY_SIZE bytes. */
bool tox_group_peer_get_public_key(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                   Tox_Public_Key public_key, Tox_Err_Group_Peer_Query *error);

/** A peer has changed its name. */
typedef void tox_group_peer_name_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                    const uint8_t name[], size_t name_length, void *user_data);
void tox_callback_group_peer_name(Tox *tox, tox_group_peer_name_cb *callback);

/** A peer has changed its status. */
typedef void tox_group_peer_status_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                      Tox_User_Status status, void *user_data);
void tox_callback_group_peer_status(Tox *tox, tox_group_peer_status_cb *callback);

/** A peer has come in, or was there when one came in oneself. */
typedef void tox_group_peer_join_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                    void *user_data);
void tox_callback_group_peer_join(Tox *tox, tox_group_peer_join_cb *callback);

/** How a peer went. */
typedef enum Tox_Group_Exit_Type {
  /** It left. */
  TOX_GROUP_EXIT_TYPE_QUIT,
  /** It fell silent. */
  TOX_GROUP_EXIT_TYPE_TIMEOUT,
  /** It went offline in this group, and may come back. */
  TOX_GROUP_EXIT_TYPE_DISCONNECTED,
  /** It did not go: one went offline in this group oneself. */
  TOX_GROUP_EXIT_TYPE_SELF_DISCONNECTED,
  /** It was put out. */
  TOX_GROUP_EXIT_TYPE_KICK,
  /** It and we could not agree on the group's state. */
  TOX_GROUP_EXIT_TYPE_SYNC_ERROR,
} Tox_Group_Exit_Type;
const char *tox_group_exit_type_to_string(Tox_Group_Exit_Type value);

/** A peer has gone. Its number means nothing more; its name and parting message, if any, are told here. */
typedef void tox_group_peer_exit_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                    Tox_Group_Exit_Type exit_type, const uint8_t name[], size_t name_length,
                                    const uint8_t part_message[], size_t part_message_length, void *user_data);
void tox_callback_group_peer_exit(Tox *tox, tox_group_peer_exit_cb *callback);

/* ---- Groups: the shared state ------------------------------------------------------------------------------------ */

/** Why a question about a group has no answer. */
typedef enum Tox_Err_Group_State_Query {
  TOX_ERR_GROUP_STATE_QUERY_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_STATE_QUERY_GROUP_NOT_FOUND,
} Tox_Err_Group_State_Query;
const char *tox_err_group_state_query_to_string(Tox_Err_Group_State_Query value);

/** Why the topic was not set. */
typedef enum Tox_Err_Group_Topic_Set {
  TOX_ERR_GROUP_TOPIC_SET_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_TOPIC_SET_GROUP_NOT_FOUND,
  /** Longer than TOX_GROUP_MAX_TOPIC_LENGTH. */
  TOX_ERR_GROUP_TOPIC_SET_TOO_LONG,
  /** One's role does not allow it. */
  TOX_ERR_GROUP_TOPIC_SET_PERMISSIONS,
  /** It could not be made or signed. */
  TOX_ERR_GROUP_TOPIC_SET_FAIL_CREATE,
  /** It could not be sent. */
  TOX_ERR_GROUP_TOPIC_SET_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_TOPIC_SET_DISCONNECTED,
} Tox_Err_Group_Topic_Set;
const char *tox_err_group_topic_set_to_string(Tox_Err_Group_Topic_Set value);

/** Sets the topic for all. Length 0 takes it away. */
bool tox_group_set_topic(Tox *tox, Tox_Group_Number group_number, const uint8_t topic[], size_t length,
                         Tox_Err_Group_Topic_Set *error);

/** The length of the topic; 0 on failure. */
size_t tox_group_get_topic_size(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_State_Query *error);

/** Writes the topic into a buffer of that size. */
bool tox_group_get_topic(const Tox *tox, Tox_Group_Number group_number, uint8_t topic[],
                         Tox_Err_Group_State_Query *error);

/** The topic has been set by another peer, or told when one came in. `peer_id` UINT32_MAX: by one who has left. */
typedef void tox_group_topic_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                const uint8_t topic[], size_t topic_length, void *user_data);
void tox_callback_group_topic(Tox *tox, tox_group_topic_cb *callback);

/** The length of the group's name; 0 on failure. */
size_t tox_group_get_name_size(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_State_Query *error);

/** Writes the group's name into a buffer of that size. */
bool tox_group_get_name(const Tox *tox, Tox_Group_Number group_number, uint8_t name[],
                        Tox_Err_Group_State_Query *error);

/** Writes the group's chat ID. */
bool tox_group_get_chat_id(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Chat_Id chat_id,
                           Tox_Err_Group_State_Query *error);

/** Why a chat ID led to no group. */
typedef enum Tox_Err_Group_By_Id {
  TOX_ERR_GROUP_BY_ID_OK,
  /** The chat ID is NULL. */
  TOX_ERR_GROUP_BY_ID_NULL,
  /** One is in no such group. */
  TOX_ERR_GROUP_BY_ID_NOT_FOUND,
} Tox_Err_Group_By_Id;
const char *tox_err_group_by_id_to_string(Tox_Err_Group_By_Id value);

/** Finds the number of the group with that chat ID. */
Tox_Group_Number tox_group_by_id(const Tox *tox, const Tox_Group_Chat_Id chat_id, Tox_Err_Group_By_Id *error);

/** How many groups one is in. */
uint32_t tox_group_get_group_list_size(const Tox *tox);

#ifndef TOX_HIDE_DEPRECATED
/** The old name of `tox_group_get_group_list_size`. */
uint32_t tox_group_get_number_groups(const Tox *tox);
#endif

/** Writes the numbers of all groups into an array of that many elements. */
void tox_group_get_group_list(const Tox *tox, Tox_Group_Number group_list[]);

/** Who can come in. */
Tox_Group_Privacy_State tox_group_get_privacy_state(const Tox *tox, Tox_Group_Number group_number,
                                                    Tox_Err_Group_State_Query *error);

/** The founder has changed who can come in. */
typedef void tox_group_privacy_state_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Privacy_State privacy_state,
                                        void *user_data);
void tox_callback_group_privacy_state(Tox *tox, tox_group_privacy_state_cb *callback);

/** Who may speak. */
Tox_Group_Voice_State tox_group_get_voice_state(const Tox *tox, Tox_Group_Number group_number,
                                                Tox_Err_Group_State_Query *error);

/** The founder has changed who may speak. */
typedef void tox_group_voice_state_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Voice_State voice_state,
                                      void *user_data);
void tox_callback_group_voice_state(Tox *tox, tox_group_voice_state_cb *callback);

/** Who may set the topic. */
Tox_Group_Topic_Lock tox_group_get_topic_lock(const Tox *tox, Tox_Group_Number group_number,
                                              Tox_Err_Group_State_Query *error);

/** The founder has changed who may set the topic. */
typedef void tox_group_topic_lock_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Topic_Lock topic_lock,
                                     void *user_data);
void tox_callback_group_topic_lock(Tox *tox, tox_group_topic_lock_cb *callback);

/** How many peers there may be; 0 on failure. */
uint16_t tox_group_get_peer_limit(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_State_Query *error);

/** The founder has changed how many peers there may be. */
typedef void tox_group_peer_limit_cb(Tox *tox, Tox_Group_Number group_number, uint32_t peer_limit, void *user_data);
void tox_callback_group_peer_limit(Tox *tox, tox_group_peer_limit_cb *callback);

/** The length of the password; 0 when there is none, or on failure. */
size_t tox_group_get_password_size(const Tox *tox, Tox_Group_Number group_number, Tox_Err_Group_State_Query *error);

/** Writes the password into a buffer of that size. */
bool tox_group_get_password(const Tox *tox, Tox_Group_Number group_number, uint8_t password[],
                            Tox_Err_Group_State_Query *error);

/** The founder has changed the password. */
typedef void tox_group_password_cb(Tox *tox, Tox_Group_Number group_number, const uint8_t password[],
                                   size_t password_length, void *user_data);
void tox_callback_group_password(Tox *tox, tox_group_password_cb *callback);

/* ---- Groups: talking --------------------------------------------------------------------------------------------- */

/** Why a message was not sent. */
typedef enum Tox_Err_Group_Send_Message {
  TOX_ERR_GROUP_SEND_MESSAGE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SEND_MESSAGE_GROUP_NOT_FOUND,
  /** Longer than TOX_GROUP_MAX_MESSAGE_LENGTH. */
  TOX_ERR_GROUP_SEND_MESSAGE_TOO_LONG,
  /** Empty or NULL. */
  TOX_ERR_GROUP_SEND_MESSAGE_EMPTY,
  /** The type is none of the enum's. */
  TOX_ERR_GROUP_SEND_MESSAGE_BAD_TYPE,
  /** One's role does not allow it. */
  TOX_ERR_GROUP_SEND_MESSAGE_PERMISSIONS,
  /** It could not be sent. */
  TOX_ERR_GROUP_SEND_MESSAGE_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SEND_MESSAGE_DISCONNECTED,
} Tox_Err_Group_Send_Message;
const char *tox_err_group_send_message_to_string(Tox_Err_Group_Send_Message value);

/** Sends a message of 1 to TOX_GROUP_MAX_MESSAGE_LENGTH bytes to all peers, who get it with the number returned. */
Tox_Group_Message_Id tox_group_send_message(const Tox *tox, Tox_Group_Number group_number,
                                            Tox_Message_Type message_type, const uint8_t message[], size_t length,
                                            Tox_Err_Group_Send_Message *error);

/** Why a private message was not sent. */
typedef enum Tox_Err_Group_Send_Private_Message {
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_GROUP_NOT_FOUND,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_PEER_NOT_FOUND,
  /** Longer than TOX_GROUP_MAX_MESSAGE_LENGTH. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_TOO_LONG,
  /** Empty or NULL. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_EMPTY,
  /** The type is none of the enum's. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_BAD_TYPE,
  /** One's role does not allow it. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_PERMISSIONS,
  /** It could not be sent. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SEND_PRIVATE_MESSAGE_DISCONNECTED,
} Tox_Err_Group_Send_Private_Message;
const char *tox_err_group_send_private_message_to_string(Tox_Err_Group_Send_Private_Message value);

/** Sends a message to one peer, which the others do not see. */
Tox_Group_Message_Id tox_group_send_private_message(const Tox *tox, Tox_Group_Number group_number,
                                                    Tox_Group_Peer_Number peer_id, Tox_Message_Type message_type,
                                                    const uint8_t message[], size_t length,
                                                    Tox_Err_Group_Send_Private_Message *error);

/** Why a custom packet was not sent. */
typedef enum Tox_Err_Group_Send_Custom_Packet {
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_GROUP_NOT_FOUND,
  /** Longer than the limit for its kind. */
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_TOO_LONG,
  /** Empty or NULL. */
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_EMPTY,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_DISCONNECTED,
  /** It could not be sent. */
  TOX_ERR_GROUP_SEND_CUSTOM_PACKET_FAIL_SEND,
} Tox_Err_Group_Send_Custom_Packet;
const char *tox_err_group_send_custom_packet_to_string(Tox_Err_Group_Send_Custom_Packet value);

/** Sends bytes of the program's own to all peers: `lossless`, once and in order; otherwise as UDP packets go. */
bool tox_group_send_custom_packet(const Tox *tox, Tox_Group_Number group_number, bool lossless, const uint8_t data[],
                                  size_t length, Tox_Err_Group_Send_Custom_Packet *error);

/** Why a private custom packet was not sent. */
typedef enum Tox_Err_Group_Send_Custom_Private_Packet {
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_GROUP_NOT_FOUND,
  /** Longer than the limit for its kind. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_TOO_LONG,
  /** Empty or NULL. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_EMPTY,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_PEER_NOT_FOUND,
  /** It could not be sent. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SEND_CUSTOM_PRIVATE_PACKET_DISCONNECTED,
} Tox_Err_Group_Send_Custom_Private_Packet;
const char *tox_err_group_send_custom_private_packet_to_string(Tox_Err_Group_Send_Custom_Private_Packet value);

/** Sends bytes of the program's own to one peer. */
bool tox_group_send_custom_private_packet(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                          bool lossless, const uint8_t data[], size_t length,
                                          Tox_Err_Group_Send_Custom_Private_Packet *error);

/** A peer has sent a message to all. */
typedef void tox_group_message_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                  Tox_Message_Type message_type, const uint8_t message[], size_t message_length,
                                  Tox_Group_Message_Id message_id, void *user_data);
void tox_callback_group_message(Tox *tox, tox_group_message_cb *callback);

/** A peer has sent a message to us alone. */
typedef void tox_group_private_message_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                          Tox_Message_Type message_type, const uint8_t message[],
                                          size_t message_length, Tox_Group_Message_Id message_id, void *user_data);
void tox_callback_group_private_message(Tox *tox, tox_group_private_message_cb *callback);

/** A peer has sent bytes of the program's own to all. */
typedef void tox_group_custom_packet_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                        const uint8_t data[], size_t data_length, void *user_data);
void tox_callback_group_custom_packet(Tox *tox, tox_group_custom_packet_cb *callback);

/** A peer has sent bytes of the program's own to us alone. */
typedef void tox_group_custom_private_packet_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                                                const uint8_t data[], size_t data_length, void *user_data);
void tox_callback_group_custom_private_packet(Tox *tox, tox_group_custom_private_packet_cb *callback);

/* ---- Groups: the founder's part ---------------------------------------------------------------------------------- */

/** Why the password was not set. */
typedef enum Tox_Err_Group_Set_Password {
  TOX_ERR_GROUP_SET_PASSWORD_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_PASSWORD_GROUP_NOT_FOUND,
  /** One is not the founder. */
  TOX_ERR_GROUP_SET_PASSWORD_PERMISSIONS,
  /** Longer than TOX_GROUP_MAX_PASSWORD_SIZE. */
  TOX_ERR_GROUP_SET_PASSWORD_TOO_LONG,
  /** It could not be sent. */
  TOX_ERR_GROUP_SET_PASSWORD_FAIL_SEND,
  /** Memory is short. */
  TOX_ERR_GROUP_SET_PASSWORD_MALLOC,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SET_PASSWORD_DISCONNECTED,
} Tox_Err_Group_Set_Password;
const char *tox_err_group_set_password_to_string(Tox_Err_Group_Set_Password value);

/** Sets the password that those who join must know. NULL or length 0 takes it away. */
bool tox_group_set_password(Tox *tox, Tox_Group_Number group_number, const uint8_t password[], size_t length,
                            Tox_Err_Group_Set_Password *error);

/** Why the topic lock was not set. */
typedef enum Tox_Err_Group_Set_Topic_Lock {
  TOX_ERR_GROUP_SET_TOPIC_LOCK_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_GROUP_NOT_FOUND,
  /** The value is none of the enum's. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_INVALID,
  /** One is not the founder. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_PERMISSIONS,
  /** It could not be set. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_FAIL_SET,
  /** It could not be sent. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SET_TOPIC_LOCK_DISCONNECTED,
} Tox_Err_Group_Set_Topic_Lock;
const char *tox_err_group_set_topic_lock_to_string(Tox_Err_Group_Set_Topic_Lock value);

/** Sets who may set the topic. */
bool tox_group_set_topic_lock(Tox *tox, Tox_Group_Number group_number, Tox_Group_Topic_Lock topic_lock,
                              Tox_Err_Group_Set_Topic_Lock *error);

/** Why the voice state was not set. */
typedef enum Tox_Err_Group_Set_Voice_State {
  TOX_ERR_GROUP_SET_VOICE_STATE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_VOICE_STATE_GROUP_NOT_FOUND,
  /** One is not the founder. */
  TOX_ERR_GROUP_SET_VOICE_STATE_PERMISSIONS,
  /** It could not be set. */
  TOX_ERR_GROUP_SET_VOICE_STATE_FAIL_SET,
  /** It could not be sent. */
  TOX_ERR_GROUP_SET_VOICE_STATE_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SET_VOICE_STATE_DISCONNECTED,
} Tox_Err_Group_Set_Voice_State;
const char *tox_err_group_set_voice_state_to_string(Tox_Err_Group_Set_Voice_State value);

/** Sets who may speak. */
bool tox_group_set_voice_state(Tox *tox, Tox_Group_Number group_number, Tox_Group_Voice_State voice_state,
                               Tox_Err_Group_Set_Voice_State *error);

/** Why the privacy state was not set. */
typedef enum Tox_Err_Group_Set_Privacy_State {
  TOX_ERR_GROUP_SET_PRIVACY_STATE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_PRIVACY_STATE_GROUP_NOT_FOUND,
  /** One is not the founder. */
  TOX_ERR_GROUP_SET_PRIVACY_STATE_PERMISSIONS,
  /** It could not be set. */
  TOX_ERR_GROUP_SET_PRIVACY_STATE_FAIL_SET,
  /** It could not be sent. */
  TOX_ERR_GROUP_SET_PRIVACY_STATE_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SET_PRIVACY_STATE_DISCONNECTED,
} Tox_Err_Group_Set_Privacy_State;
const char *tox_err_group_set_privacy_state_to_string(Tox_Err_Group_Set_Privacy_State value);

/** Sets who can come in. */
bool tox_group_set_privacy_state(Tox *tox, Tox_Group_Number group_number, Tox_Group_Privacy_State privacy_state,
                                 Tox_Err_Group_Set_Privacy_State *error);

/** Why the peer limit was not set. */
typedef enum Tox_Err_Group_Set_Peer_Limit {
  TOX_ERR_GROUP_SET_PEER_LIMIT_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_PEER_LIMIT_GROUP_NOT_FOUND,
  /** One is not the founder. */
  TOX_ERR_GROUP_SET_PEER_LIMIT_PERMISSIONS,
  /** It could not be set. */
  TOX_ERR_GROUP_SET_PEER_LIMIT_FAIL_SET,
  /** It could not be sent. */
  TOX_ERR_GROUP_SET_PEER_LIMIT_FAIL_SEND,
  /** The group is disconnected. */
  TOX_ERR_GROUP_SET_PEER_LIMIT_DISCONNECTED,
} Tox_Err_Group_Set_Peer_Limit;
const char *tox_err_group_set_peer_limit_to_string(Tox_Err_Group_Set_Peer_Limit value);

/** Sets how many peers there may be, 100 at first. Those who are in already stay. */
bool tox_group_set_peer_limit(Tox *tox, Tox_Group_Number group_number, uint16_t peer_limit,
                              Tox_Err_Group_Set_Peer_Limit *error);

/* ---- Groups: keeping order --------------------------------------------------------------------------------------- */

/** Why a peer is neither ignored nor heard again. */
typedef enum Tox_Err_Group_Set_Ignore {
  TOX_ERR_GROUP_SET_IGNORE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_IGNORE_GROUP_NOT_FOUND,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_SET_IGNORE_PEER_NOT_FOUND,
  /** The peer is oneself. */
  TOX_ERR_GROUP_SET_IGNORE_SELF,
} Tox_Err_Group_Set_Ignore;
const char *tox_err_group_set_ignore_to_string(Tox_Err_Group_Set_Ignore value);

/** Hears, or hears no more, what a peer says. Nobody else notices. */
bool tox_group_set_ignore(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id, bool ignore,
                          Tox_Err_Group_Set_Ignore *error);

/** Why a role was not given. */
typedef enum Tox_Err_Group_Set_Role {
  TOX_ERR_GROUP_SET_ROLE_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_SET_ROLE_GROUP_NOT_FOUND,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_SET_ROLE_PEER_NOT_FOUND,
  /** One's role does not allow it. */
  TOX_ERR_GROUP_SET_ROLE_PERMISSIONS,
  /** The peer has that role, or nobody can be given it. */
  TOX_ERR_GROUP_SET_ROLE_ASSIGNMENT,
  /** It could not be given. */
  TOX_ERR_GROUP_SET_ROLE_FAIL_ACTION,
  /** The peer is oneself. */
  TOX_ERR_GROUP_SET_ROLE_SELF,
} Tox_Err_Group_Set_Role;
const char *tox_err_group_set_role_to_string(Tox_Err_Group_Set_Role value);

/** Gives a peer another role. There is one founder, for ever; only the founder makes and unmakes moderators. */
bool tox_group_set_role(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id, Tox_Group_Role role,
                        Tox_Err_Group_Set_Role *error);

/** Why a peer was not put out. */
typedef enum Tox_Err_Group_Kick_Peer {
  TOX_ERR_GROUP_KICK_PEER_OK,
  /** No group has that number. */
  TOX_ERR_GROUP_KICK_PEER_GROUP_NOT_FOUND,
  /** No peer in it has that number. */
  TOX_ERR_GROUP_KICK_PEER_PEER_NOT_FOUND,
  /** One's role does not allow it. */
  TOX_ERR_GROUP_KICK_PEER_PERMISSIONS,
  /** It could not be done. */
  TOX_ERR_GROUP_KICK_PEER_FAIL_ACTION,
  /** It could not be sent. */
  TOX_ERR_GROUP_KICK_PEER_FAIL_SEND,
  /** The peer is oneself. */
  TOX_ERR_GROUP_KICK_PEER_SELF,
} Tox_Err_Group_Kick_Peer;
const char *tox_err_group_kick_peer_to_string(Tox_Err_Group_Kick_Peer value);

/** Puts a peer out. Nothing keeps it from coming back: a password does, or making it an observer. */
bool tox_group_kick_peer(const Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number peer_id,
                         Tox_Err_Group_Kick_Peer *error);

/** What was done to a peer. */
typedef enum Tox_Group_Mod_Event {
  /** Put out. */
  TOX_GROUP_MOD_EVENT_KICK,
  /** Made an observer. */
  TOX_GROUP_MOD_EVENT_OBSERVER,
  /** Made a user. */
  TOX_GROUP_MOD_EVENT_USER,
  /** Made a moderator. */
  TOX_GROUP_MOD_EVENT_MODERATOR,
} Tox_Group_Mod_Event;
const char *tox_group_mod_event_to_string(Tox_Group_Mod_Event value);

/**
 * One peer, the source, has done that to another, the target. Either may be oneself, but what one does is not told to
 * oneself. UINT32_MAX for either: nobody knows who.
 */
typedef void tox_group_moderation_cb(Tox *tox, Tox_Group_Number group_number, Tox_Group_Peer_Number source_peer_id,
                                     Tox_Group_Peer_Number target_peer_id, Tox_Group_Mod_Event mod_type,
                                     void *user_data);
void tox_callback_group_moderation(Tox *tox, tox_group_moderation_cb *callback);

/* ---- Spellings of old programs ----------------------------------------------------------------------------------- */

#ifndef TOX_HIDE_DEPRECATED
typedef Tox_Err_Options_New TOX_ERR_OPTIONS_NEW;
typedef Tox_Err_New TOX_ERR_NEW;
typedef Tox_Err_Bootstrap TOX_ERR_BOOTSTRAP;
typedef Tox_Err_Set_Info TOX_ERR_SET_INFO;
typedef Tox_Err_Friend_Add TOX_ERR_FRIEND_ADD;
typedef Tox_Err_Friend_Delete TOX_ERR_FRIEND_DELETE;
typedef Tox_Err_Friend_By_Public_Key TOX_ERR_FRIEND_BY_PUBLIC_KEY;
typedef Tox_Err_Friend_Get_Public_Key TOX_ERR_FRIEND_GET_PUBLIC_KEY;
typedef Tox_Err_Friend_Get_Last_Online TOX_ERR_FRIEND_GET_LAST_ONLINE;
typedef Tox_Err_Friend_Query TOX_ERR_FRIEND_QUERY;
typedef Tox_Err_Set_Typing TOX_ERR_SET_TYPING;
typedef Tox_Err_Friend_Send_Message TOX_ERR_FRIEND_SEND_MESSAGE;
typedef Tox_Err_Friend_Custom_Packet TOX_ERR_FRIEND_CUSTOM_PACKET;
typedef Tox_Err_File_Control TOX_ERR_FILE_CONTROL;
typedef Tox_Err_File_Seek TOX_ERR_FILE_SEEK;
typedef Tox_Err_File_Get TOX_ERR_FILE_GET;
typedef Tox_Err_File_Send TOX_ERR_FILE_SEND;
typedef Tox_Err_File_Send_Chunk TOX_ERR_FILE_SEND_CHUNK;
typedef Tox_Err_Conference_New TOX_ERR_CONFERENCE_NEW;
typedef Tox_Err_Conference_Delete TOX_ERR_CONFERENCE_DELETE;
typedef Tox_Err_Conference_Peer_Query TOX_ERR_CONFERENCE_PEER_QUERY;
typedef Tox_Err_Conference_Set_Max_Offline TOX_ERR_CONFERENCE_SET_MAX_OFFLINE;
typedef Tox_Err_Conference_By_Id TOX_ERR_CONFERENCE_BY_ID;
typedef Tox_Err_Conference_By_Uid TOX_ERR_CONFERENCE_BY_UID;
typedef Tox_Err_Conference_Invite TOX_ERR_CONFERENCE_INVITE;
typedef Tox_Err_Conference_Join TOX_ERR_CONFERENCE_JOIN;
typedef Tox_Err_Conference_Send_Message TOX_ERR_CONFERENCE_SEND_MESSAGE;
typedef Tox_Err_Conference_Title TOX_ERR_CONFERENCE_TITLE;
typedef Tox_Err_Conference_Get_Type TOX_ERR_CONFERENCE_GET_TYPE;
typedef Tox_Err_Get_Port TOX_ERR_GET_PORT;
typedef Tox_User_Status TOX_USER_STATUS;
typedef Tox_Message_Type TOX_MESSAGE_TYPE;
typedef Tox_Proxy_Type TOX_PROXY_TYPE;
typedef Tox_Savedata_Type TOX_SAVEDATA_TYPE;
typedef Tox_Connection TOX_CONNECTION;
typedef Tox_File_Control TOX_FILE_CONTROL;
typedef Tox_Conference_Type TOX_CONFERENCE_TYPE;
typedef enum Tox_File_Kind TOX_FILE_KIND;
#endif

#ifdef __cplusplus
}
#endif

#endif
