/* Tox: a table from the kind of an event to the function that handles it.
 *
 * Fill the table once, then let `tox_dispatch_invoke` go through each list that `tox_events_iterate` returns. A table
 * belongs to no instance; one may serve many. See tox_events.h for what TOXCORE_TS_ABI_0_2_18 changes.
 */
#ifndef TOXCORE_TS_TOX_DISPATCH_H
#define TOXCORE_TS_TOX_DISPATCH_H

#include "tox.h"
#include "tox_events.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The table: one function or none for each kind of event. */
typedef struct Tox_Dispatch Tox_Dispatch;

/** Why there is no table. */
typedef enum Tox_Err_Dispatch_New {
  TOX_ERR_DISPATCH_NEW_OK,

  /** Memory ran out. */
  TOX_ERR_DISPATCH_NEW_MALLOC,
} Tox_Err_Dispatch_New;

/** Makes an empty table for `tox_dispatch_free`. */
Tox_Dispatch *tox_dispatch_new(Tox_Err_Dispatch_New *error);

/** Gives a table back. NULL is allowed. */
void tox_dispatch_free(Tox_Dispatch *dispatch);

/**
 * Calls the table's functions for the events of the list, in order. Events without a function are passed over.
 *
 * In 0.2.18 the functions are also told an instance: the one given here, whichever it is.
 */
#ifdef TOXCORE_TS_ABI_0_2_18
#define TOX_DISPATCH_INSTANCE Tox *tox,
void tox_dispatch_invoke(const Tox_Dispatch *dispatch, const Tox_Events *events, Tox *tox, void *user_data);
#else
#define TOX_DISPATCH_INSTANCE
void tox_dispatch_invoke(const Tox_Dispatch *dispatch, const Tox_Events *events, void *user_data);
#endif

/* ---- What handles an event --------------------------------------------------------------------------------------- */

/* `user_data` is what `tox_dispatch_invoke` was given. */

typedef void tox_events_self_connection_status_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Self_Connection_Status *event, void *user_data);
typedef void tox_events_friend_request_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Request *event, void *user_data);
typedef void tox_events_friend_connection_status_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Connection_Status *event, void *user_data);
typedef void tox_events_friend_lossy_packet_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Lossy_Packet *event, void *user_data);
typedef void tox_events_friend_lossless_packet_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Lossless_Packet *event, void *user_data);
typedef void tox_events_friend_name_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Name *event, void *user_data);
typedef void tox_events_friend_status_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Status *event, void *user_data);
typedef void tox_events_friend_status_message_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Status_Message *event, void *user_data);
typedef void tox_events_friend_message_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Message *event, void *user_data);
typedef void tox_events_friend_read_receipt_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Read_Receipt *event, void *user_data);
typedef void tox_events_friend_typing_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Friend_Typing *event, void *user_data);
typedef void tox_events_file_chunk_request_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_File_Chunk_Request *event, void *user_data);
typedef void tox_events_file_recv_cb(TOX_DISPATCH_INSTANCE const Tox_Event_File_Recv *event, void *user_data);
typedef void tox_events_file_recv_chunk_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_File_Recv_Chunk *event, void *user_data);
typedef void tox_events_file_recv_control_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_File_Recv_Control *event, void *user_data);
typedef void tox_events_conference_invite_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Invite *event, void *user_data);
typedef void tox_events_conference_connected_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Connected *event, void *user_data);
typedef void tox_events_conference_peer_list_changed_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Peer_List_Changed *event, void *user_data);
typedef void tox_events_conference_peer_name_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Peer_Name *event, void *user_data);
typedef void tox_events_conference_title_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Title *event, void *user_data);
typedef void tox_events_conference_message_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Conference_Message *event, void *user_data);
typedef void tox_events_group_peer_name_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Peer_Name *event, void *user_data);
typedef void tox_events_group_peer_status_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Peer_Status *event, void *user_data);
typedef void tox_events_group_topic_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Group_Topic *event, void *user_data);
typedef void tox_events_group_privacy_state_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Privacy_State *event, void *user_data);
typedef void tox_events_group_voice_state_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Voice_State *event, void *user_data);
typedef void tox_events_group_topic_lock_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Topic_Lock *event, void *user_data);
typedef void tox_events_group_peer_limit_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Peer_Limit *event, void *user_data);
typedef void tox_events_group_password_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Group_Password *event, void *user_data);
typedef void tox_events_group_message_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Group_Message *event, void *user_data);
typedef void tox_events_group_private_message_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Private_Message *event, void *user_data);
typedef void tox_events_group_custom_packet_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Custom_Packet *event, void *user_data);
typedef void tox_events_group_custom_private_packet_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Custom_Private_Packet *event, void *user_data);
typedef void tox_events_group_invite_cb(TOX_DISPATCH_INSTANCE const Tox_Event_Group_Invite *event, void *user_data);
typedef void tox_events_group_peer_join_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Peer_Join *event, void *user_data);
typedef void tox_events_group_peer_exit_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Peer_Exit *event, void *user_data);
typedef void tox_events_group_self_join_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Self_Join *event, void *user_data);
typedef void tox_events_group_join_fail_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Join_Fail *event, void *user_data);
typedef void tox_events_group_moderation_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Group_Moderation *event, void *user_data);
typedef void tox_events_dht_nodes_response_cb(
    TOX_DISPATCH_INSTANCE const Tox_Event_Dht_Nodes_Response *event, void *user_data);

#undef TOX_DISPATCH_INSTANCE

/* ---- Entering a function into the table -------------------------------------------------------------------------- */

/* It takes the place of the one before; NULL takes that out. */

void tox_events_callback_self_connection_status(Tox_Dispatch *dispatch, tox_events_self_connection_status_cb *callback);
void tox_events_callback_friend_request(Tox_Dispatch *dispatch, tox_events_friend_request_cb *callback);
void tox_events_callback_friend_connection_status(
    Tox_Dispatch *dispatch, tox_events_friend_connection_status_cb *callback);
void tox_events_callback_friend_lossy_packet(Tox_Dispatch *dispatch, tox_events_friend_lossy_packet_cb *callback);
void tox_events_callback_friend_lossless_packet(Tox_Dispatch *dispatch, tox_events_friend_lossless_packet_cb *callback);
void tox_events_callback_friend_name(Tox_Dispatch *dispatch, tox_events_friend_name_cb *callback);
void tox_events_callback_friend_status(Tox_Dispatch *dispatch, tox_events_friend_status_cb *callback);
void tox_events_callback_friend_status_message(Tox_Dispatch *dispatch, tox_events_friend_status_message_cb *callback);
void tox_events_callback_friend_message(Tox_Dispatch *dispatch, tox_events_friend_message_cb *callback);
void tox_events_callback_friend_read_receipt(Tox_Dispatch *dispatch, tox_events_friend_read_receipt_cb *callback);
void tox_events_callback_friend_typing(Tox_Dispatch *dispatch, tox_events_friend_typing_cb *callback);
void tox_events_callback_file_chunk_request(Tox_Dispatch *dispatch, tox_events_file_chunk_request_cb *callback);
void tox_events_callback_file_recv(Tox_Dispatch *dispatch, tox_events_file_recv_cb *callback);
void tox_events_callback_file_recv_chunk(Tox_Dispatch *dispatch, tox_events_file_recv_chunk_cb *callback);
void tox_events_callback_file_recv_control(Tox_Dispatch *dispatch, tox_events_file_recv_control_cb *callback);
void tox_events_callback_conference_invite(Tox_Dispatch *dispatch, tox_events_conference_invite_cb *callback);
void tox_events_callback_conference_connected(Tox_Dispatch *dispatch, tox_events_conference_connected_cb *callback);
void tox_events_callback_conference_peer_list_changed(
    Tox_Dispatch *dispatch, tox_events_conference_peer_list_changed_cb *callback);
void tox_events_callback_conference_peer_name(Tox_Dispatch *dispatch, tox_events_conference_peer_name_cb *callback);
void tox_events_callback_conference_title(Tox_Dispatch *dispatch, tox_events_conference_title_cb *callback);
void tox_events_callback_conference_message(Tox_Dispatch *dispatch, tox_events_conference_message_cb *callback);
void tox_events_callback_group_peer_name(Tox_Dispatch *dispatch, tox_events_group_peer_name_cb *callback);
void tox_events_callback_group_peer_status(Tox_Dispatch *dispatch, tox_events_group_peer_status_cb *callback);
void tox_events_callback_group_topic(Tox_Dispatch *dispatch, tox_events_group_topic_cb *callback);
void tox_events_callback_group_privacy_state(Tox_Dispatch *dispatch, tox_events_group_privacy_state_cb *callback);
void tox_events_callback_group_voice_state(Tox_Dispatch *dispatch, tox_events_group_voice_state_cb *callback);
void tox_events_callback_group_topic_lock(Tox_Dispatch *dispatch, tox_events_group_topic_lock_cb *callback);
void tox_events_callback_group_peer_limit(Tox_Dispatch *dispatch, tox_events_group_peer_limit_cb *callback);
void tox_events_callback_group_password(Tox_Dispatch *dispatch, tox_events_group_password_cb *callback);
void tox_events_callback_group_message(Tox_Dispatch *dispatch, tox_events_group_message_cb *callback);
void tox_events_callback_group_private_message(Tox_Dispatch *dispatch, tox_events_group_private_message_cb *callback);
void tox_events_callback_group_custom_packet(Tox_Dispatch *dispatch, tox_events_group_custom_packet_cb *callback);
void tox_events_callback_group_custom_private_packet(
    Tox_Dispatch *dispatch, tox_events_group_custom_private_packet_cb *callback);
void tox_events_callback_group_invite(Tox_Dispatch *dispatch, tox_events_group_invite_cb *callback);
void tox_events_callback_group_peer_join(Tox_Dispatch *dispatch, tox_events_group_peer_join_cb *callback);
void tox_events_callback_group_peer_exit(Tox_Dispatch *dispatch, tox_events_group_peer_exit_cb *callback);
void tox_events_callback_group_self_join(Tox_Dispatch *dispatch, tox_events_group_self_join_cb *callback);
void tox_events_callback_group_join_fail(Tox_Dispatch *dispatch, tox_events_group_join_fail_cb *callback);
void tox_events_callback_group_moderation(Tox_Dispatch *dispatch, tox_events_group_moderation_cb *callback);
void tox_events_callback_dht_nodes_response(Tox_Dispatch *dispatch, tox_events_dht_nodes_response_cb *callback);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif
