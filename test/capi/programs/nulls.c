// Story: a null pointer wherever c-toxcore takes one, on an instance with a friend; nothing may change or end.

#include "story.h"

static void self(Tox *tox) {
  chapter("self");
  DO(tox_self_get_name(tox, NULL));
  DO(tox_self_get_status_message(tox, NULL));
  DO(tox_self_get_address(tox, NULL));
  DO(tox_self_get_public_key(tox, NULL));
  DO(tox_self_get_secret_key(tox, NULL));
  DO(tox_self_get_dht_id(tox, NULL));
  DO(tox_self_get_friend_list(tox, NULL));
  DO(tox_get_savedata(tox, NULL));
  SHOW(tox_self_set_name(tox, NULL, 0, NULL));
  SHOW(tox_self_set_name(tox, NULL, 1, NULL));
  SHOW(tox_self_set_status_message(tox, NULL, 0, NULL));
  SHOW(tox_self_set_status_message(tox, NULL, 1, NULL));
  SHOW(tox_self_get_udp_port(tox, NULL));
  SHOW(tox_self_get_tcp_port(tox, NULL));
}

static void friends(Tox *tox) {
  chapter("friends");
  const uint32_t numbers[] = {0, 9};
  for (int i = 0; i < 2; i++) {
    const uint32_t number = numbers[i];
    printf("number %u\n", number);
    STEP(Tox_Err_Friend_Get_Public_Key, tox_friend_get_public_key(tox, number, NULL, &error));
    STEP(Tox_Err_Friend_Query, tox_friend_get_name(tox, number, NULL, &error));
    STEP(Tox_Err_Friend_Query, tox_friend_get_status_message(tox, number, NULL, &error));
    SHOW(tox_friend_get_public_key(tox, number, NULL, NULL));
    SHOW(tox_friend_get_name(tox, number, NULL, NULL));
    SHOW(tox_friend_get_status_message(tox, number, NULL, NULL));
    SHOW(tox_friend_get_last_online(tox, number, NULL));
    SHOW(tox_friend_get_name_size(tox, number, NULL));
    SHOW(tox_friend_get_status_message_size(tox, number, NULL));
    SHOW(tox_friend_get_status(tox, number, NULL));
    SHOW(tox_friend_get_connection_status(tox, number, NULL));
    SHOW(tox_friend_get_typing(tox, number, NULL));
    SHOW(tox_self_set_typing(tox, number, true, NULL));
    SHOW(tox_friend_send_message(tox, number, TOX_MESSAGE_TYPE_NORMAL, NULL, 0, NULL));
    SHOW(tox_friend_send_lossy_packet(tox, number, NULL, 0, NULL));
    SHOW(tox_friend_send_lossless_packet(tox, number, NULL, 0, NULL));
  }
  SHOW(tox_friend_by_public_key(tox, NULL, NULL));
  SHOW(tox_friend_add(tox, NULL, NULL, 0, NULL));
  SHOW(tox_friend_add(tox, NULL, letters(1), 1, NULL));
  SHOW(tox_friend_add_norequest(tox, NULL, NULL));
  SHOW(tox_friend_delete(tox, 9, NULL));
}

static void callbacks(Tox *tox) {
  chapter("callbacks");
  DO(tox_callback_self_connection_status(tox, NULL));
  DO(tox_callback_friend_name(tox, NULL));
  DO(tox_callback_friend_status_message(tox, NULL));
  DO(tox_callback_friend_status(tox, NULL));
  DO(tox_callback_friend_connection_status(tox, NULL));
  DO(tox_callback_friend_typing(tox, NULL));
  DO(tox_callback_friend_read_receipt(tox, NULL));
  DO(tox_callback_friend_request(tox, NULL));
  DO(tox_callback_friend_message(tox, NULL));
  DO(tox_callback_friend_lossy_packet(tox, NULL));
  DO(tox_callback_friend_lossless_packet(tox, NULL));
  DO(tox_iterate(tox, NULL));
}

static void others(Tox *tox) {
  chapter("options, bootstrap, hash");
  DO(tox_options_free(NULL));
  DO(tox_options_default(NULL));
  struct Tox_Options *options = tox_options_new(NULL);
  DO(tox_options_set_savedata_data(options, NULL, 0));
  DO(tox_options_set_proxy_host(options, NULL));
  DO(tox_options_set_log_callback(options, NULL));
  DO(tox_options_set_log_user_data(options, NULL));
  SHOW(tox_options_get_savedata_data(options) == NULL);
  SHOW(tox_options_get_proxy_host(options) == NULL);
  DO(tox_options_free(options));
  SHOW(tox_bootstrap(tox, NULL, 33445, NULL, NULL));
  SHOW(tox_add_tcp_relay(tox, NULL, 33445, NULL, NULL));
  uint8_t hash[TOX_HASH_LENGTH];
  SHOW(tox_hash(NULL, NULL, 0));
  SHOW(tox_hash(NULL, letters(1), 1));
  SHOW(tox_hash(hash, NULL, 1));
  SHOW(tox_hash(hash, NULL, 0));
  print_hex("hash of nothing", hash, sizeof(hash));
  DO(tox_kill(NULL));
}

int main(void) {
  Tox *tox = make_instance(1, 0);
  SHOW(tox_friend_add_norequest(tox, key_of(10), NULL));
  self(tox);
  friends(tox);
  callbacks(tox);
  others(tox);
  print_friends(tox);
  DO(tox_kill(tox));
  return 0;
}
