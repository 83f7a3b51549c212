// Story: a friend list that never goes online: adding, deleting, numbers, and every refusal.

#include "story.h"

enum { NOBODY = 77 };

static void add_by_address(Tox *tox) {
  chapter("add by address");
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 1), bytes_of("hello"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 1), bytes_of("hello"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 2), bytes_of("hello"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 2), bytes_of("hello"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 1), bytes_of("hello"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(10), &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(11, 1), letters(1), 1, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(12, 1), letters(MAX_REQUEST), MAX_REQUEST, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(13, 1), letters(2000), OVERLONG_REQUEST, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(13, 1), letters(65535), 65535, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(13, 1), letters(1), 0, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(13, 1), NULL, 0, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(13, 1), NULL, 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, NULL, bytes_of("hello"), 5, &error));
  SHOW(tox_friend_add(tox, address_of(14, 1), bytes_of("hello"), 5, NULL));
  SHOW(tox_friend_add(tox, address_of(14, 1), bytes_of("hello"), 5, NULL));
  print_friends(tox);
}

static void add_wrongly(Tox *tox) {
  chapter("bad checksum, own address, and which refusal comes first");
  uint8_t own[ADDRESS_SIZE];
  uint8_t bad[ADDRESS_SIZE];
  tox_self_get_address(tox, own);
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, own, bytes_of("me"), 2, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, own, bytes_of("me"), 0, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, own, letters(2000), 2000, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, own, &error));
  for (int i = 0; i < ADDRESS_SIZE; i++) {
    memcpy(bad, address_of(15, 3), ADDRESS_SIZE);
    bad[i] ^= 1;
    printf("bit of byte %d: ", i);
    STEP(Tox_Err_Friend_Add, tox_friend_add(tox, bad, bytes_of("hello"), 5, &error));
  }
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, bad, bytes_of("hello"), 0, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, bad, letters(2000), 2000, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(10, 1), letters(1), 0, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(200, 1), bytes_of("high bit set"), 12, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(200), &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, NULL, &error));
  SHOW(tox_friend_add_norequest(tox, NULL, NULL));
  print_friends(tox);
}

static void reuse_numbers(Tox *tox) {
  chapter("numbers are reused, lowest first");
  for (uint8_t n = 20; n < 30; n++) {
    STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(n), &error));
  }
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(20), &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(20, 9), bytes_of("hello"), 5, &error));
  const uint32_t leaving[] = {7, 1, 4};
  for (int i = 0; i < 3; i++) {
    printf("%u leaves\n", leaving[i]);
    STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, leaving[i], &error));
    STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, leaving[i], &error));
    SHOW(tox_friend_exists(tox, leaving[i]));
  }
  print_friends(tox);
  for (uint8_t n = 40; n < 45; n++) {
    STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(n), &error));
  }
  print_friends(tox);
  chapter("the last ones leave, and one comes back");
  for (uint32_t last = 15; last > 10; last--) SHOW(tox_friend_delete(tox, last, NULL));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(40, 5), bytes_of("back"), 4, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(44), &error));
  STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, NOBODY, &error));
  STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, UINT32_MAX, &error));
  SHOW(tox_friend_delete(tox, NOBODY, NULL));
  print_friends(tox);
}

static void ask(Tox *tox, uint32_t number) {
  uint8_t key[KEY_SIZE];
  uint8_t text[TOX_MAX_STATUS_MESSAGE_LENGTH];
  printf("number %u\n", number);
  SHOW(tox_friend_exists(tox, number));
  STEP(Tox_Err_Friend_Get_Public_Key, tox_friend_get_public_key(tox, number, key, &error));
  STEP(Tox_Err_Friend_Get_Last_Online, tox_friend_get_last_online(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name_size(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name(tox, number, text, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message_size(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message(tox, number, text, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_connection_status(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_typing(tox, number, &error));
  STEP(Tox_Err_Set_Typing, tox_self_set_typing(tox, number, true, &error));
  STEP(Tox_Err_Set_Typing, tox_self_set_typing(tox, number, false, &error));
  SHOW(tox_friend_get_last_online(tox, number, NULL));
  SHOW(tox_friend_get_name_size(tox, number, NULL));
  SHOW(tox_friend_get_status(tox, number, NULL));
  SHOW(tox_self_set_typing(tox, number, true, NULL));
}

static void find_by_key(Tox *tox) {
  chapter("by key");
  const uint8_t sought[] = {10, 12, 29, 44, 99, 0, 127, 200};
  for (size_t i = 0; i < sizeof(sought); i++) {
    printf("key %u: ", sought[i]);
    STEP(Tox_Err_Friend_By_Public_Key, tox_friend_by_public_key(tox, key_of(sought[i]), &error));
  }
  STEP(Tox_Err_Friend_By_Public_Key, tox_friend_by_public_key(tox, NULL, &error));
  SHOW(tox_friend_by_public_key(tox, key_of(99), NULL));
}

int main(void) {
  Tox *tox = make_instance(1, 0);
  print_friends(tox);
  add_by_address(tox);
  add_wrongly(tox);
  reuse_numbers(tox);
  find_by_key(tox);
  chapter("questions about one that is there, and about nobody");
  ask(tox, 0);
  ask(tox, NOBODY);
  ask(tox, UINT32_MAX);
  ask(tox, INT32_MAX);
  ask(tox, 0x80000000);
  chapter("everybody leaves");
  for (uint32_t number = 0; number < 20; number++) SHOW(tox_friend_delete(tox, number, NULL));
  print_friends(tox);
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(1), &error));
  tox_kill(tox);
  return 0;
}
