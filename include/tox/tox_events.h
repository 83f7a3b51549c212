/* Tox: what happened, as values; the other way to hear from an instance than callbacks.
 *
 * `tox_events_init` turns an instance to recording. From then on each `tox_events_iterate` moves the instance once and
 * returns the list of everything that happened, in order. Go through it with `tox_events_get_size` and
 * `tox_events_get`, look at each event's type, take its fields, and give the list back with `tox_events_free`. A list
 * can be packed into bytes (msgpack) and loaded again, elsewhere and later.
 *
 * Lists do not change. A pointer that a getter returns stays valid until its list is freed. Bytes are not terminated
 * with NUL, their length is asked for separately, and an empty array may be NULL.
 *
 * Two releases of c-toxcore disagree about five functions (`tox_events_iterate`, `tox_events_load`, `tox_events_equal`,
 * `tox_events_get_bytes`, `tox_dispatch_invoke`) and about the callbacks of tox_dispatch.h. What follows is the meaning
 * of 0.2.23, which the library proper has. Define TOXCORE_TS_ABI_0_2_18 before the #include to get the meaning of
 * 0.2.18, and link the library of the folder `0.2.18` then.
 */
#ifndef TOXCORE_TS_TOX_EVENTS_H
#define TOXCORE_TS_TOX_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tox.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Made by a function of tox_private.h. */
struct Tox_Iterate_Options;

/* ---- Kinds of events and their fields ---------------------------------------------------------------------------- */

/** We reached the network, lost it, or changed between UDP and TCP. */
typedef struct Tox_Event_Self_Connection_Status Tox_Event_Self_Connection_Status;
Tox_Connection tox_event_self_connection_status_get_connection_status(const Tox_Event_Self_Connection_Status *event);

/** A stranger asks to become a friend. `public_key` has TOX_PUBLIC_KEY_SIZE bytes. */
typedef struct Tox_Event_Friend_Request Tox_Event_Friend_Request;
const uint8_t *tox_event_friend_request_get_public_key(const Tox_Event_Friend_Request *event);
const uint8_t *tox_event_friend_request_get_message(const Tox_Event_Friend_Request *event);
uint32_t tox_event_friend_request_get_message_length(const Tox_Event_Friend_Request *event);

/** A friend came online, went offline, or changed between UDP and TCP. */
typedef struct Tox_Event_Friend_Connection_Status Tox_Event_Friend_Connection_Status;
uint32_t tox_event_friend_connection_status_get_friend_number(const Tox_Event_Friend_Connection_Status *event);
Tox_Connection tox_event_friend_connection_status_get_connection_status(
    const Tox_Event_Friend_Connection_Status *event);

/** A custom packet of a friend that the network may lose. The first byte of `data` is its kind. */
typedef struct Tox_Event_Friend_Lossy_Packet Tox_Event_Friend_Lossy_Packet;
uint32_t tox_event_friend_lossy_packet_get_friend_number(const Tox_Event_Friend_Lossy_Packet *event);
const uint8_t *tox_event_friend_lossy_packet_get_data(const Tox_Event_Friend_Lossy_Packet *event);
uint32_t tox_event_friend_lossy_packet_get_data_length(const Tox_Event_Friend_Lossy_Packet *event);

/** A custom packet of a friend that arrives once and in order. The first byte of `data` is its kind. */
typedef struct Tox_Event_Friend_Lossless_Packet Tox_Event_Friend_Lossless_Packet;
uint32_t tox_event_friend_lossless_packet_get_friend_number(const Tox_Event_Friend_Lossless_Packet *event);
const uint8_t *tox_event_friend_lossless_packet_get_data(const Tox_Event_Friend_Lossless_Packet *event);
uint32_t tox_event_friend_lossless_packet_get_data_length(const Tox_Event_Friend_Lossless_Packet *event);

/** A friend told their name. */
typedef struct Tox_Event_Friend_Name Tox_Event_Friend_Name;
uint32_t tox_event_friend_name_get_friend_number(const Tox_Event_Friend_Name *event);
const uint8_t *tox_event_friend_name_get_name(const Tox_Event_Friend_Name *event);
uint32_t tox_event_friend_name_get_name_length(const Tox_Event_Friend_Name *event);

/** A friend is available, away or busy. */
typedef struct Tox_Event_Friend_Status Tox_Event_Friend_Status;
uint32_t tox_event_friend_status_get_friend_number(const Tox_Event_Friend_Status *event);
Tox_User_Status tox_event_friend_status_get_status(const Tox_Event_Friend_Status *event);

/** A friend told their status message. */
typedef struct Tox_Event_Friend_Status_Message Tox_Event_Friend_Status_Message;
uint32_t tox_event_friend_status_message_get_friend_number(const Tox_Event_Friend_Status_Message *event);
const uint8_t *tox_event_friend_status_message_get_message(const Tox_Event_Friend_Status_Message *event);
uint32_t tox_event_friend_status_message_get_message_length(const Tox_Event_Friend_Status_Message *event);

/** A friend wrote a message. */
typedef struct Tox_Event_Friend_Message Tox_Event_Friend_Message;
uint32_t tox_event_friend_message_get_friend_number(const Tox_Event_Friend_Message *event);
Tox_Message_Type tox_event_friend_message_get_type(const Tox_Event_Friend_Message *event);
const uint8_t *tox_event_friend_message_get_message(const Tox_Event_Friend_Message *event);
uint32_t tox_event_friend_message_get_message_length(const Tox_Event_Friend_Message *event);

/** A message of ours, known by what `tox_friend_send_message` returned, has reached the friend. */
typedef struct Tox_Event_Friend_Read_Receipt Tox_Event_Friend_Read_Receipt;
uint32_t tox_event_friend_read_receipt_get_friend_number(const Tox_Event_Friend_Read_Receipt *event);
uint32_t tox_event_friend_read_receipt_get_message_id(const Tox_Event_Friend_Read_Receipt *event);

/** A friend began or stopped typing. */
typedef struct Tox_Event_Friend_Typing Tox_Event_Friend_Typing;
uint32_t tox_event_friend_typing_get_friend_number(const Tox_Event_Friend_Typing *event);
bool tox_event_friend_typing_get_typing(const Tox_Event_Friend_Typing *event);

/** A file that we send is ready for `length` bytes from `position` on. Length 0: it is complete. */
typedef struct Tox_Event_File_Chunk_Request Tox_Event_File_Chunk_Request;
uint32_t tox_event_file_chunk_request_get_friend_number(const Tox_Event_File_Chunk_Request *event);
uint32_t tox_event_file_chunk_request_get_file_number(const Tox_Event_File_Chunk_Request *event);
uint64_t tox_event_file_chunk_request_get_position(const Tox_Event_File_Chunk_Request *event);
uint16_t tox_event_file_chunk_request_get_length(const Tox_Event_File_Chunk_Request *event);

/** A friend offers a file. `kind` is a Tox_File_Kind or a number that clients agreed on. */
typedef struct Tox_Event_File_Recv Tox_Event_File_Recv;
uint32_t tox_event_file_recv_get_friend_number(const Tox_Event_File_Recv *event);
uint32_t tox_event_file_recv_get_file_number(const Tox_Event_File_Recv *event);
uint32_t tox_event_file_recv_get_kind(const Tox_Event_File_Recv *event);
uint64_t tox_event_file_recv_get_file_size(const Tox_Event_File_Recv *event);
const uint8_t *tox_event_file_recv_get_filename(const Tox_Event_File_Recv *event);
uint32_t tox_event_file_recv_get_filename_length(const Tox_Event_File_Recv *event);

/** A piece of a file that we receive. No data: the file is complete. */
typedef struct Tox_Event_File_Recv_Chunk Tox_Event_File_Recv_Chunk;
uint32_t tox_event_file_recv_chunk_get_friend_number(const Tox_Event_File_Recv_Chunk *event);
uint32_t tox_event_file_recv_chunk_get_file_number(const Tox_Event_File_Recv_Chunk *event);
uint64_t tox_event_file_recv_chunk_get_position(const Tox_Event_File_Recv_Chunk *event);
const uint8_t *tox_event_file_recv_chunk_get_data(const Tox_Event_File_Recv_Chunk *event);
uint32_t tox_event_file_recv_chunk_get_data_length(const Tox_Event_File_Recv_Chunk *event);
/** The name that 0.2.18 has for `tox_event_file_recv_chunk_get_data_length`. */
uint32_t tox_event_file_recv_chunk_get_length(const Tox_Event_File_Recv_Chunk *event);

/** A friend paused, resumed or cancelled a file. */
typedef struct Tox_Event_File_Recv_Control Tox_Event_File_Recv_Control;
uint32_t tox_event_file_recv_control_get_friend_number(const Tox_Event_File_Recv_Control *event);
uint32_t tox_event_file_recv_control_get_file_number(const Tox_Event_File_Recv_Control *event);
Tox_File_Control tox_event_file_recv_control_get_control(const Tox_Event_File_Recv_Control *event);

/** A friend invites us into a conference. The cookie is what `tox_conference_join` wants. */
typedef struct Tox_Event_Conference_Invite Tox_Event_Conference_Invite;
uint32_t tox_event_conference_invite_get_friend_number(const Tox_Event_Conference_Invite *event);
Tox_Conference_Type tox_event_conference_invite_get_type(const Tox_Event_Conference_Invite *event);
const uint8_t *tox_event_conference_invite_get_cookie(const Tox_Event_Conference_Invite *event);
uint32_t tox_event_conference_invite_get_cookie_length(const Tox_Event_Conference_Invite *event);

/** We are in a conference that we joined. */
typedef struct Tox_Event_Conference_Connected Tox_Event_Conference_Connected;
uint32_t tox_event_conference_connected_get_conference_number(const Tox_Event_Conference_Connected *event);

/** Somebody entered or left a conference: peer numbers may mean others now. */
typedef struct Tox_Event_Conference_Peer_List_Changed Tox_Event_Conference_Peer_List_Changed;
uint32_t tox_event_conference_peer_list_changed_get_conference_number(
    const Tox_Event_Conference_Peer_List_Changed *event);

/** A peer in a conference told their name. */
typedef struct Tox_Event_Conference_Peer_Name Tox_Event_Conference_Peer_Name;
uint32_t tox_event_conference_peer_name_get_conference_number(const Tox_Event_Conference_Peer_Name *event);
uint32_t tox_event_conference_peer_name_get_peer_number(const Tox_Event_Conference_Peer_Name *event);
const uint8_t *tox_event_conference_peer_name_get_name(const Tox_Event_Conference_Peer_Name *event);
uint32_t tox_event_conference_peer_name_get_name_length(const Tox_Event_Conference_Peer_Name *event);

/** A conference got a title. `peer_number` is UINT32_MAX where nobody in it is known to have set it. */
typedef struct Tox_Event_Conference_Title Tox_Event_Conference_Title;
uint32_t tox_event_conference_title_get_conference_number(const Tox_Event_Conference_Title *event);
uint32_t tox_event_conference_title_get_peer_number(const Tox_Event_Conference_Title *event);
const uint8_t *tox_event_conference_title_get_title(const Tox_Event_Conference_Title *event);
uint32_t tox_event_conference_title_get_title_length(const Tox_Event_Conference_Title *event);

/** A peer wrote a message to a conference. */
typedef struct Tox_Event_Conference_Message Tox_Event_Conference_Message;
uint32_t tox_event_conference_message_get_conference_number(const Tox_Event_Conference_Message *event);
uint32_t tox_event_conference_message_get_peer_number(const Tox_Event_Conference_Message *event);
Tox_Message_Type tox_event_conference_message_get_type(const Tox_Event_Conference_Message *event);
const uint8_t *tox_event_conference_message_get_message(const Tox_Event_Conference_Message *event);
uint32_t tox_event_conference_message_get_message_length(const Tox_Event_Conference_Message *event);

/** A peer in a group changed their name. */
typedef struct Tox_Event_Group_Peer_Name Tox_Event_Group_Peer_Name;
uint32_t tox_event_group_peer_name_get_group_number(const Tox_Event_Group_Peer_Name *event);
uint32_t tox_event_group_peer_name_get_peer_id(const Tox_Event_Group_Peer_Name *event);
const uint8_t *tox_event_group_peer_name_get_name(const Tox_Event_Group_Peer_Name *event);
uint32_t tox_event_group_peer_name_get_name_length(const Tox_Event_Group_Peer_Name *event);

/** A peer in a group is available, away or busy. */
typedef struct Tox_Event_Group_Peer_Status Tox_Event_Group_Peer_Status;
uint32_t tox_event_group_peer_status_get_group_number(const Tox_Event_Group_Peer_Status *event);
uint32_t tox_event_group_peer_status_get_peer_id(const Tox_Event_Group_Peer_Status *event);
Tox_User_Status tox_event_group_peer_status_get_status(const Tox_Event_Group_Peer_Status *event);

/** A peer set the topic of a group. `peer_id` is 0 where that peer is not known. */
typedef struct Tox_Event_Group_Topic Tox_Event_Group_Topic;
uint32_t tox_event_group_topic_get_group_number(const Tox_Event_Group_Topic *event);
uint32_t tox_event_group_topic_get_peer_id(const Tox_Event_Group_Topic *event);
const uint8_t *tox_event_group_topic_get_topic(const Tox_Event_Group_Topic *event);
uint32_t tox_event_group_topic_get_topic_length(const Tox_Event_Group_Topic *event);

/** The founder made a group public or private. */
typedef struct Tox_Event_Group_Privacy_State Tox_Event_Group_Privacy_State;
uint32_t tox_event_group_privacy_state_get_group_number(const Tox_Event_Group_Privacy_State *event);
Tox_Group_Privacy_State tox_event_group_privacy_state_get_privacy_state(const Tox_Event_Group_Privacy_State *event);

/** The founder decided who may write in a group. */
typedef struct Tox_Event_Group_Voice_State Tox_Event_Group_Voice_State;
uint32_t tox_event_group_voice_state_get_group_number(const Tox_Event_Group_Voice_State *event);
Tox_Group_Voice_State tox_event_group_voice_state_get_voice_state(const Tox_Event_Group_Voice_State *event);

/** The founder decided who may set the topic of a group. */
typedef struct Tox_Event_Group_Topic_Lock Tox_Event_Group_Topic_Lock;
uint32_t tox_event_group_topic_lock_get_group_number(const Tox_Event_Group_Topic_Lock *event);
Tox_Group_Topic_Lock tox_event_group_topic_lock_get_topic_lock(const Tox_Event_Group_Topic_Lock *event);

/** The founder decided how many peers a group holds. */
typedef struct Tox_Event_Group_Peer_Limit Tox_Event_Group_Peer_Limit;
uint32_t tox_event_group_peer_limit_get_group_number(const Tox_Event_Group_Peer_Limit *event);
uint32_t tox_event_group_peer_limit_get_peer_limit(const Tox_Event_Group_Peer_Limit *event);

/** The founder set the password of a group, or removed it: no bytes. */
typedef struct Tox_Event_Group_Password Tox_Event_Group_Password;
uint32_t tox_event_group_password_get_group_number(const Tox_Event_Group_Password *event);
const uint8_t *tox_event_group_password_get_password(const Tox_Event_Group_Password *event);
uint32_t tox_event_group_password_get_password_length(const Tox_Event_Group_Password *event);

/** A peer wrote a message to a group. */
typedef struct Tox_Event_Group_Message Tox_Event_Group_Message;
uint32_t tox_event_group_message_get_group_number(const Tox_Event_Group_Message *event);
uint32_t tox_event_group_message_get_peer_id(const Tox_Event_Group_Message *event);
Tox_Message_Type tox_event_group_message_get_message_type(const Tox_Event_Group_Message *event);
const uint8_t *tox_event_group_message_get_message(const Tox_Event_Group_Message *event);
uint32_t tox_event_group_message_get_message_length(const Tox_Event_Group_Message *event);
uint32_t tox_event_group_message_get_message_id(const Tox_Event_Group_Message *event);

/** A peer in a group wrote a message to us alone. */
typedef struct Tox_Event_Group_Private_Message Tox_Event_Group_Private_Message;
uint32_t tox_event_group_private_message_get_group_number(const Tox_Event_Group_Private_Message *event);
uint32_t tox_event_group_private_message_get_peer_id(const Tox_Event_Group_Private_Message *event);
Tox_Message_Type tox_event_group_private_message_get_message_type(const Tox_Event_Group_Private_Message *event);
const uint8_t *tox_event_group_private_message_get_message(const Tox_Event_Group_Private_Message *event);
uint32_t tox_event_group_private_message_get_message_length(const Tox_Event_Group_Private_Message *event);
uint32_t tox_event_group_private_message_get_message_id(const Tox_Event_Group_Private_Message *event);

/** A peer sent a custom packet to a group. */
typedef struct Tox_Event_Group_Custom_Packet Tox_Event_Group_Custom_Packet;
uint32_t tox_event_group_custom_packet_get_group_number(const Tox_Event_Group_Custom_Packet *event);
uint32_t tox_event_group_custom_packet_get_peer_id(const Tox_Event_Group_Custom_Packet *event);
const uint8_t *tox_event_group_custom_packet_get_data(const Tox_Event_Group_Custom_Packet *event);
uint32_t tox_event_group_custom_packet_get_data_length(const Tox_Event_Group_Custom_Packet *event);

/** A peer in a group sent a custom packet to us alone. */
typedef struct Tox_Event_Group_Custom_Private_Packet Tox_Event_Group_Custom_Private_Packet;
uint32_t tox_event_group_custom_private_packet_get_group_number(const Tox_Event_Group_Custom_Private_Packet *event);
uint32_t tox_event_group_custom_private_packet_get_peer_id(const Tox_Event_Group_Custom_Private_Packet *event);
const uint8_t *tox_event_group_custom_private_packet_get_data(const Tox_Event_Group_Custom_Private_Packet *event);
uint32_t tox_event_group_custom_private_packet_get_data_length(const Tox_Event_Group_Custom_Private_Packet *event);

/** A friend invites us into a group. The invite data is what `tox_group_invite_accept` wants. */
typedef struct Tox_Event_Group_Invite Tox_Event_Group_Invite;
uint32_t tox_event_group_invite_get_friend_number(const Tox_Event_Group_Invite *event);
const uint8_t *tox_event_group_invite_get_invite_data(const Tox_Event_Group_Invite *event);
uint32_t tox_event_group_invite_get_invite_data_length(const Tox_Event_Group_Invite *event);
const uint8_t *tox_event_group_invite_get_group_name(const Tox_Event_Group_Invite *event);
uint32_t tox_event_group_invite_get_group_name_length(const Tox_Event_Group_Invite *event);

/** A peer entered a group. */
typedef struct Tox_Event_Group_Peer_Join Tox_Event_Group_Peer_Join;
uint32_t tox_event_group_peer_join_get_group_number(const Tox_Event_Group_Peer_Join *event);
uint32_t tox_event_group_peer_join_get_peer_id(const Tox_Event_Group_Peer_Join *event);

/** A peer left a group, or was made to. The number of a peer who left may soon be another's. */
typedef struct Tox_Event_Group_Peer_Exit Tox_Event_Group_Peer_Exit;
uint32_t tox_event_group_peer_exit_get_group_number(const Tox_Event_Group_Peer_Exit *event);
uint32_t tox_event_group_peer_exit_get_peer_id(const Tox_Event_Group_Peer_Exit *event);
Tox_Group_Exit_Type tox_event_group_peer_exit_get_exit_type(const Tox_Event_Group_Peer_Exit *event);
const uint8_t *tox_event_group_peer_exit_get_name(const Tox_Event_Group_Peer_Exit *event);
uint32_t tox_event_group_peer_exit_get_name_length(const Tox_Event_Group_Peer_Exit *event);
const uint8_t *tox_event_group_peer_exit_get_part_message(const Tox_Event_Group_Peer_Exit *event);
uint32_t tox_event_group_peer_exit_get_part_message_length(const Tox_Event_Group_Peer_Exit *event);

/** We are in a group that we joined. */
typedef struct Tox_Event_Group_Self_Join Tox_Event_Group_Self_Join;
uint32_t tox_event_group_self_join_get_group_number(const Tox_Event_Group_Self_Join *event);

/** A group would not let us in. */
typedef struct Tox_Event_Group_Join_Fail Tox_Event_Group_Join_Fail;
uint32_t tox_event_group_join_fail_get_group_number(const Tox_Event_Group_Join_Fail *event);
Tox_Group_Join_Fail tox_event_group_join_fail_get_fail_type(const Tox_Event_Group_Join_Fail *event);

/** A moderator or the founder changed the role of a peer, or removed it. */
typedef struct Tox_Event_Group_Moderation Tox_Event_Group_Moderation;
uint32_t tox_event_group_moderation_get_group_number(const Tox_Event_Group_Moderation *event);
uint32_t tox_event_group_moderation_get_source_peer_id(const Tox_Event_Group_Moderation *event);
uint32_t tox_event_group_moderation_get_target_peer_id(const Tox_Event_Group_Moderation *event);
Tox_Group_Mod_Event tox_event_group_moderation_get_mod_type(const Tox_Event_Group_Moderation *event);

/**
 * A DHT node answered `tox_dht_send_nodes_request` with this node. `public_key` has
 * TOX_DHT_NODE_PUBLIC_KEY_SIZE bytes, `ip` is its address as text.
 */
typedef struct Tox_Event_Dht_Nodes_Response Tox_Event_Dht_Nodes_Response;
const uint8_t *tox_event_dht_nodes_response_get_public_key(const Tox_Event_Dht_Nodes_Response *event);
const char *tox_event_dht_nodes_response_get_ip(const Tox_Event_Dht_Nodes_Response *event);
uint32_t tox_event_dht_nodes_response_get_ip_length(const Tox_Event_Dht_Nodes_Response *event);
uint16_t tox_event_dht_nodes_response_get_port(const Tox_Event_Dht_Nodes_Response *event);

/* ---- One event of any kind --------------------------------------------------------------------------------------- */

/** The kind of an event. The numbers are part of the packed form. */
typedef enum Tox_Event_Type {
  TOX_EVENT_SELF_CONNECTION_STATUS = 0,
  TOX_EVENT_FRIEND_REQUEST = 1,
  TOX_EVENT_FRIEND_CONNECTION_STATUS = 2,
  TOX_EVENT_FRIEND_LOSSY_PACKET = 3,
  TOX_EVENT_FRIEND_LOSSLESS_PACKET = 4,
  TOX_EVENT_FRIEND_NAME = 5,
  TOX_EVENT_FRIEND_STATUS = 6,
  TOX_EVENT_FRIEND_STATUS_MESSAGE = 7,
  TOX_EVENT_FRIEND_MESSAGE = 8,
  TOX_EVENT_FRIEND_READ_RECEIPT = 9,
  TOX_EVENT_FRIEND_TYPING = 10,
  TOX_EVENT_FILE_CHUNK_REQUEST = 11,
  TOX_EVENT_FILE_RECV = 12,
  TOX_EVENT_FILE_RECV_CHUNK = 13,
  TOX_EVENT_FILE_RECV_CONTROL = 14,
  TOX_EVENT_CONFERENCE_INVITE = 15,
  TOX_EVENT_CONFERENCE_CONNECTED = 16,
  TOX_EVENT_CONFERENCE_PEER_LIST_CHANGED = 17,
  TOX_EVENT_CONFERENCE_PEER_NAME = 18,
  TOX_EVENT_CONFERENCE_TITLE = 19,
  TOX_EVENT_CONFERENCE_MESSAGE = 20,
  TOX_EVENT_GROUP_PEER_NAME = 21,
  TOX_EVENT_GROUP_PEER_STATUS = 22,
  TOX_EVENT_GROUP_TOPIC = 23,
  TOX_EVENT_GROUP_PRIVACY_STATE = 24,
  TOX_EVENT_GROUP_VOICE_STATE = 25,
  TOX_EVENT_GROUP_TOPIC_LOCK = 26,
  TOX_EVENT_GROUP_PEER_LIMIT = 27,
  TOX_EVENT_GROUP_PASSWORD = 28,
  TOX_EVENT_GROUP_MESSAGE = 29,
  TOX_EVENT_GROUP_PRIVATE_MESSAGE = 30,
  TOX_EVENT_GROUP_CUSTOM_PACKET = 31,
  TOX_EVENT_GROUP_CUSTOM_PRIVATE_PACKET = 32,
  TOX_EVENT_GROUP_INVITE = 33,
  TOX_EVENT_GROUP_PEER_JOIN = 34,
  TOX_EVENT_GROUP_PEER_EXIT = 35,
  TOX_EVENT_GROUP_SELF_JOIN = 36,
  TOX_EVENT_GROUP_JOIN_FAIL = 37,
  TOX_EVENT_GROUP_MODERATION = 38,
  TOX_EVENT_DHT_NODES_RESPONSE = 39,

  /** No event has this type; it is the answer for an event that is none. */
  TOX_EVENT_INVALID = 255,
} Tox_Event_Type;

/** The constant's own name, or a text that begins with `<invalid` for a number outside the enum. Static memory. */
const char *tox_event_type_to_string(Tox_Event_Type type);

/** An event of the kind that `tox_event_get_type` tells. */
typedef struct Tox_Event Tox_Event;

Tox_Event_Type tox_event_get_type(const Tox_Event *event);

/* The event as what it is. NULL when it is of another kind. */

const Tox_Event_Self_Connection_Status *tox_event_get_self_connection_status(const Tox_Event *event);
const Tox_Event_Friend_Request *tox_event_get_friend_request(const Tox_Event *event);
const Tox_Event_Friend_Connection_Status *tox_event_get_friend_connection_status(const Tox_Event *event);
const Tox_Event_Friend_Lossy_Packet *tox_event_get_friend_lossy_packet(const Tox_Event *event);
const Tox_Event_Friend_Lossless_Packet *tox_event_get_friend_lossless_packet(const Tox_Event *event);
const Tox_Event_Friend_Name *tox_event_get_friend_name(const Tox_Event *event);
const Tox_Event_Friend_Status *tox_event_get_friend_status(const Tox_Event *event);
const Tox_Event_Friend_Status_Message *tox_event_get_friend_status_message(const Tox_Event *event);
const Tox_Event_Friend_Message *tox_event_get_friend_message(const Tox_Event *event);
const Tox_Event_Friend_Read_Receipt *tox_event_get_friend_read_receipt(const Tox_Event *event);
const Tox_Event_Friend_Typing *tox_event_get_friend_typing(const Tox_Event *event);
const Tox_Event_File_Chunk_Request *tox_event_get_file_chunk_request(const Tox_Event *event);
const Tox_Event_File_Recv *tox_event_get_file_recv(const Tox_Event *event);
const Tox_Event_File_Recv_Chunk *tox_event_get_file_recv_chunk(const Tox_Event *event);
const Tox_Event_File_Recv_Control *tox_event_get_file_recv_control(const Tox_Event *event);
const Tox_Event_Conference_Invite *tox_event_get_conference_invite(const Tox_Event *event);
const Tox_Event_Conference_Connected *tox_event_get_conference_connected(const Tox_Event *event);
const Tox_Event_Conference_Peer_List_Changed *tox_event_get_conference_peer_list_changed(const Tox_Event *event);
const Tox_Event_Conference_Peer_Name *tox_event_get_conference_peer_name(const Tox_Event *event);
const Tox_Event_Conference_Title *tox_event_get_conference_title(const Tox_Event *event);
const Tox_Event_Conference_Message *tox_event_get_conference_message(const Tox_Event *event);
const Tox_Event_Group_Peer_Name *tox_event_get_group_peer_name(const Tox_Event *event);
const Tox_Event_Group_Peer_Status *tox_event_get_group_peer_status(const Tox_Event *event);
const Tox_Event_Group_Topic *tox_event_get_group_topic(const Tox_Event *event);
const Tox_Event_Group_Privacy_State *tox_event_get_group_privacy_state(const Tox_Event *event);
const Tox_Event_Group_Voice_State *tox_event_get_group_voice_state(const Tox_Event *event);
const Tox_Event_Group_Topic_Lock *tox_event_get_group_topic_lock(const Tox_Event *event);
const Tox_Event_Group_Peer_Limit *tox_event_get_group_peer_limit(const Tox_Event *event);
const Tox_Event_Group_Password *tox_event_get_group_password(const Tox_Event *event);
const Tox_Event_Group_Message *tox_event_get_group_message(const Tox_Event *event);
const Tox_Event_Group_Private_Message *tox_event_get_group_private_message(const Tox_Event *event);
const Tox_Event_Group_Custom_Packet *tox_event_get_group_custom_packet(const Tox_Event *event);
const Tox_Event_Group_Custom_Private_Packet *tox_event_get_group_custom_private_packet(const Tox_Event *event);
const Tox_Event_Group_Invite *tox_event_get_group_invite(const Tox_Event *event);
const Tox_Event_Group_Peer_Join *tox_event_get_group_peer_join(const Tox_Event *event);
const Tox_Event_Group_Peer_Exit *tox_event_get_group_peer_exit(const Tox_Event *event);
const Tox_Event_Group_Self_Join *tox_event_get_group_self_join(const Tox_Event *event);
const Tox_Event_Group_Join_Fail *tox_event_get_group_join_fail(const Tox_Event *event);
const Tox_Event_Group_Moderation *tox_event_get_group_moderation(const Tox_Event *event);
const Tox_Event_Dht_Nodes_Response *tox_event_get_dht_nodes_response(const Tox_Event *event);

/* ---- The list of events ------------------------------------------------------------------------------------------ */

/** What one step of an instance brought. */
typedef struct Tox_Events Tox_Events;

/** How many events are in the list; 0 for NULL. */
uint32_t tox_events_get_size(const Tox_Events *events);

/** The event at an index, NULL when there are not so many. */
const Tox_Event *tox_events_get(const Tox_Events *events, uint32_t index);

/* As 0.2.18 has it, for the kinds that it knows: how many there are of a kind, and the one at an index among its kind,
 * NULL when there are not so many. */

uint32_t tox_events_get_self_connection_status_size(const Tox_Events *events);
const Tox_Event_Self_Connection_Status *tox_events_get_self_connection_status(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_request_size(const Tox_Events *events);
const Tox_Event_Friend_Request *tox_events_get_friend_request(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_connection_status_size(const Tox_Events *events);
const Tox_Event_Friend_Connection_Status *tox_events_get_friend_connection_status(
    const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_lossy_packet_size(const Tox_Events *events);
const Tox_Event_Friend_Lossy_Packet *tox_events_get_friend_lossy_packet(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_lossless_packet_size(const Tox_Events *events);
const Tox_Event_Friend_Lossless_Packet *tox_events_get_friend_lossless_packet(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_name_size(const Tox_Events *events);
const Tox_Event_Friend_Name *tox_events_get_friend_name(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_status_size(const Tox_Events *events);
const Tox_Event_Friend_Status *tox_events_get_friend_status(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_status_message_size(const Tox_Events *events);
const Tox_Event_Friend_Status_Message *tox_events_get_friend_status_message(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_message_size(const Tox_Events *events);
const Tox_Event_Friend_Message *tox_events_get_friend_message(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_read_receipt_size(const Tox_Events *events);
const Tox_Event_Friend_Read_Receipt *tox_events_get_friend_read_receipt(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_friend_typing_size(const Tox_Events *events);
const Tox_Event_Friend_Typing *tox_events_get_friend_typing(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_file_chunk_request_size(const Tox_Events *events);
const Tox_Event_File_Chunk_Request *tox_events_get_file_chunk_request(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_file_recv_size(const Tox_Events *events);
const Tox_Event_File_Recv *tox_events_get_file_recv(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_file_recv_chunk_size(const Tox_Events *events);
const Tox_Event_File_Recv_Chunk *tox_events_get_file_recv_chunk(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_file_recv_control_size(const Tox_Events *events);
const Tox_Event_File_Recv_Control *tox_events_get_file_recv_control(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_invite_size(const Tox_Events *events);
const Tox_Event_Conference_Invite *tox_events_get_conference_invite(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_connected_size(const Tox_Events *events);
const Tox_Event_Conference_Connected *tox_events_get_conference_connected(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_peer_list_changed_size(const Tox_Events *events);
const Tox_Event_Conference_Peer_List_Changed *tox_events_get_conference_peer_list_changed(
    const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_peer_name_size(const Tox_Events *events);
const Tox_Event_Conference_Peer_Name *tox_events_get_conference_peer_name(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_title_size(const Tox_Events *events);
const Tox_Event_Conference_Title *tox_events_get_conference_title(const Tox_Events *events, uint32_t index);
uint32_t tox_events_get_conference_message_size(const Tox_Events *events);
const Tox_Event_Conference_Message *tox_events_get_conference_message(const Tox_Events *events, uint32_t index);

/* ---- Recording --------------------------------------------------------------------------------------------------- */

/**
 * Lets the instance record what happens instead of calling back.
 *
 * Takes the place of every callback set so far. A callback that is set afterwards is called again, and its events are
 * no longer recorded.
 */
void tox_events_init(Tox *tox);

/** Why `tox_events_iterate` missed something. */
typedef enum Tox_Err_Events_Iterate {
  TOX_ERR_EVENTS_ITERATE_OK,

  /** Memory ran out. The list, if there is one, is sound, but events may be missing from it. */
  TOX_ERR_EVENTS_ITERATE_MALLOC,
} Tox_Err_Events_Iterate;

/**
 * Does what `tox_iterate` does and returns what happened.
 *
 * With `fail_hard` (see tox_private.h) a list from which an event would be missing is dropped as a whole, and the
 * result is NULL. Without options it is not so.
 *
 * @return a list for `tox_events_free`; NULL when there is no memory for one.
 */
#ifdef TOXCORE_TS_ABI_0_2_18
Tox_Events *tox_events_iterate(Tox *tox, bool fail_hard, Tox_Err_Events_Iterate *error);
#else
Tox_Events *tox_events_iterate(Tox *tox, const struct Tox_Iterate_Options *options, Tox_Err_Events_Iterate *error);
#endif

/** Calls the callbacks that are set on the instance, one event after another, as `tox_iterate` would have. */
void tox_events_dispatch(Tox *tox, Tox_Events *events, void *user_data);

/** Gives the list back, with its events and their bytes. NULL is allowed. */
void tox_events_free(Tox_Events *events);

/* ---- Packing ----------------------------------------------------------------------------------------------------- */

/** How many bytes the packed list has. */
uint32_t tox_events_bytes_size(const Tox_Events *events);

/**
 * Packs the list into `tox_events_bytes_size` bytes.
 *
 * @return true; false when that fails (0.2.18 does not tell).
 */
#ifdef TOXCORE_TS_ABI_0_2_18
void tox_events_get_bytes(const Tox_Events *events, uint8_t *bytes);
#else
bool tox_events_get_bytes(const Tox_Events *events, uint8_t *bytes);
#endif

/**
 * Reads a packed list.
 *
 * The bytes may come from anywhere; what is not a list in full is refused.
 *
 * @return a list for `tox_events_free`, or NULL.
 */
#ifdef TOXCORE_TS_ABI_0_2_18
Tox_Events *tox_events_load(const uint8_t *bytes, uint32_t bytes_size);
#else
Tox_Events *tox_events_load(const Tox_System *sys, const uint8_t *bytes, uint32_t bytes_size);
#endif

/** True when both lists tell the same: their packed forms are equal. */
#ifdef TOXCORE_TS_ABI_0_2_18
bool tox_events_equal(const Tox_Events *a, const Tox_Events *b);
#else
bool tox_events_equal(const Tox_System *sys, const Tox_Events *a, const Tox_Events *b);
#endif

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
