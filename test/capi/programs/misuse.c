// Story for our library alone: arguments on which c-toxcore aborts, reads wild memory or cuts a length to 16 bits.
// `instance`: no instance where one belongs. `options`: no options. `values`: lengths and enums that cannot be.
// Each line is a call that failed and came back.

#include "story.h"

static const size_t WILD[] = {
    (size_t)1 << 16, ((size_t)1 << 16) + 5, (size_t)1 << 32, ((size_t)1 << 32) + 5, SIZE_MAX / 2, SIZE_MAX,
};
enum { WILD_LENGTHS = sizeof(WILD) / sizeof(*WILD) };

static void self_without_instance(void) {
  uint8_t bytes[2000];
  STEP(Tox_Err_Set_Info, tox_self_set_name(NULL, letters(3), 3, &error));
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(NULL, letters(3), 3, &error));
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(NULL, &error));
  STEP(Tox_Err_Get_Port, tox_self_get_tcp_port(NULL, &error));
  STEP(Tox_Err_Set_Typing, tox_self_set_typing(NULL, 0, true, &error));
  STEP(Tox_Err_Bootstrap, tox_bootstrap(NULL, "127.0.0.1", 33445, key_of(1), &error));
  STEP(Tox_Err_Bootstrap, tox_add_tcp_relay(NULL, "127.0.0.1", 33445, key_of(1), &error));
  DO(tox_self_get_name(NULL, bytes));
  DO(tox_self_get_status_message(NULL, bytes));
  DO(tox_self_get_address(NULL, bytes));
  DO(tox_self_get_public_key(NULL, bytes));
  DO(tox_self_get_secret_key(NULL, bytes));
  DO(tox_self_get_dht_id(NULL, bytes));
  DO(tox_self_set_nospam(NULL, 1));
  DO(tox_self_set_status(NULL, TOX_USER_STATUS_AWAY));
  DO(tox_self_get_friend_list(NULL, (uint32_t *)bytes));
  DO(tox_get_savedata(NULL, bytes));
  SHOW(tox_self_get_name_size(NULL));
  SHOW(tox_self_get_status_message_size(NULL));
  SHOW(tox_self_get_status(NULL));
  SHOW(tox_self_get_nospam(NULL));
  SHOW(tox_self_get_connection_status(NULL));
  SHOW(tox_self_get_friend_list_size(NULL));
  SHOW(tox_get_savedata_size(NULL));
  SHOW(tox_iteration_interval(NULL) <= 50);
  DO(tox_iterate(NULL, NULL));
  DO(tox_kill(NULL));
}

static void friends_without_instance(void) {
  uint8_t bytes[2000];
  STEP(Tox_Err_Friend_Add, tox_friend_add(NULL, address_of(10, 1), letters(3), 3, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(NULL, key_of(10), &error));
  STEP(Tox_Err_Friend_Delete, tox_friend_delete(NULL, 0, &error));
  STEP(Tox_Err_Friend_By_Public_Key, tox_friend_by_public_key(NULL, key_of(10), &error));
  STEP(Tox_Err_Friend_Get_Public_Key, tox_friend_get_public_key(NULL, 0, bytes, &error));
  STEP(Tox_Err_Friend_Get_Last_Online, tox_friend_get_last_online(NULL, 0, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name_size(NULL, 0, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name(NULL, 0, bytes, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message_size(NULL, 0, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message(NULL, 0, bytes, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status(NULL, 0, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_connection_status(NULL, 0, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_typing(NULL, 0, &error));
  STEP(Tox_Err_Friend_Send_Message,
       tox_friend_send_message(NULL, 0, TOX_MESSAGE_TYPE_NORMAL, letters(3), 3, &error));
  STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(NULL, 0, key_of(200), 3, &error));
  STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(NULL, 0, key_of(160), 3, &error));
  SHOW(tox_friend_exists(NULL, 0));
  DO(tox_callback_self_connection_status(NULL, NULL));
  DO(tox_callback_friend_name(NULL, NULL));
  DO(tox_callback_friend_status_message(NULL, NULL));
  DO(tox_callback_friend_status(NULL, NULL));
  DO(tox_callback_friend_connection_status(NULL, NULL));
  DO(tox_callback_friend_typing(NULL, NULL));
  DO(tox_callback_friend_read_receipt(NULL, NULL));
  DO(tox_callback_friend_request(NULL, NULL));
  DO(tox_callback_friend_message(NULL, NULL));
  DO(tox_callback_friend_lossy_packet(NULL, NULL));
  DO(tox_callback_friend_lossless_packet(NULL, NULL));
}

static void without_options(void) {
  DO(tox_options_set_ipv6_enabled(NULL, true));
  DO(tox_options_set_udp_enabled(NULL, true));
  DO(tox_options_set_local_discovery_enabled(NULL, true));
  DO(tox_options_set_dht_announcements_enabled(NULL, true));
  DO(tox_options_set_hole_punching_enabled(NULL, true));
  DO(tox_options_set_proxy_type(NULL, TOX_PROXY_TYPE_HTTP));
  DO(tox_options_set_proxy_host(NULL, "127.0.0.1"));
  DO(tox_options_set_proxy_port(NULL, 1));
  DO(tox_options_set_start_port(NULL, 1));
  DO(tox_options_set_end_port(NULL, 1));
  DO(tox_options_set_tcp_port(NULL, 1));
  DO(tox_options_set_savedata_type(NULL, TOX_SAVEDATA_TYPE_TOX_SAVE));
  DO(tox_options_set_savedata_data(NULL, letters(3), 3));
  DO(tox_options_set_savedata_length(NULL, 3));
  DO(tox_options_set_log_callback(NULL, NULL));
  DO(tox_options_set_log_user_data(NULL, NULL));
  DO(tox_options_set_experimental_thread_safety(NULL, true));
  DO((void)tox_options_get_ipv6_enabled(NULL));
  DO((void)tox_options_get_udp_enabled(NULL));
  DO((void)tox_options_get_proxy_type(NULL));
  DO((void)tox_options_get_proxy_host(NULL));
  DO((void)tox_options_get_start_port(NULL));
  DO((void)tox_options_get_savedata_type(NULL));
  DO((void)tox_options_get_savedata_data(NULL));
  DO((void)tox_options_get_savedata_length(NULL));
  DO((void)tox_options_get_log_callback(NULL));
  DO((void)tox_options_get_experimental_thread_safety(NULL));
}

/** The length is refused before a byte behind the text is read. */
static void wild_values(void) {
  Tox *tox = make_instance(1, 0);
  tox_friend_add_norequest(tox, key_of(10), NULL);
  const uint8_t *text = letters(3);
  for (int i = 0; i < WILD_LENGTHS; i++) {
    const size_t n = WILD[i];
    STEP(Tox_Err_Set_Info, tox_self_set_name(tox, text, n, &error));
    STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, text, n, &error));
    STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(11, 1), text, n, &error));
    STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_NORMAL, text, n, &error));
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, 0, key_of(200), n, &error));
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, 0, key_of(160), n, &error));
  }
  const int types[] = {2, 3, 100, -1};
  for (int i = 0; i < 4; i++) {
    const Tox_Message_Type type = (Tox_Message_Type)types[i];
    STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(tox, 0, type, text, 3, &error));
    DO(tox_self_set_status(tox, (Tox_User_Status)(256 + types[i])));
  }
  SHOW(tox_self_get_name_size(tox));
  SHOW(tox_self_get_status(tox));
  print_friends(tox);
  tox_kill(tox);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (strcmp(what, "instance") == 0) {
    // Once before any instance exists, and once beside one.
    self_without_instance();
    friends_without_instance();
    Tox *tox = make_instance(1, 0);
    self_without_instance();
    friends_without_instance();
    SHOW(tox_self_get_name_size(tox));
    tox_kill(tox);
  }
  if (strcmp(what, "options") == 0) without_options();
  if (strcmp(what, "values") == 0) wild_values();
  printf("came through\n");
  return 0;
}
