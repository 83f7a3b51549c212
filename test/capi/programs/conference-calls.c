// Story of one instance alone: every conference function, with numbers that there are and that there are not, every length at
// its edge, and what of it a profile keeps.

#include "conference.h"

enum { SECRET = 5 };

/** Every function, with a number that is no conference's or a peer that is none. */
static void ask(Tox *tox, uint32_t conference, uint32_t peer) {
  uint8_t bytes[TOX_MAX_NAME_LENGTH] = {0};
  printf("conference %u, peer %u\n", conference, peer);
  PEER_QUERY(tox_conference_peer_count(tox, conference, &error));
  PEER_QUERY(tox_conference_peer_get_name_size(tox, conference, peer, &error));
  PEER_QUERY(tox_conference_peer_get_name(tox, conference, peer, bytes, &error));
  PEER_QUERY(tox_conference_peer_get_public_key(tox, conference, peer, bytes, &error));
  PEER_QUERY(tox_conference_peer_number_is_ours(tox, conference, peer, &error));
  PEER_QUERY(tox_conference_offline_peer_count(tox, conference, &error));
  PEER_QUERY(tox_conference_offline_peer_get_name_size(tox, conference, peer, &error));
  PEER_QUERY(tox_conference_offline_peer_get_name(tox, conference, peer, bytes, &error));
  PEER_QUERY(tox_conference_offline_peer_get_public_key(tox, conference, peer, bytes, &error));
  PEER_QUERY(tox_conference_offline_peer_get_last_active(tox, conference, peer, &error));
  STEP(Tox_Err_Conference_Get_Type, tox_conference_get_type(tox, conference, &error));
  STEP(Tox_Err_Conference_Title, tox_conference_get_title_size(tox, conference, &error));
  STEP(Tox_Err_Conference_Title, tox_conference_get_title(tox, conference, bytes, &error));
  SHOW(tox_conference_get_id(tox, conference, bytes));
  SHOW(tox_conference_get_uid(tox, conference, bytes));
}

static void without_any(Tox *tox) {
  chapter("there is none");
  print_conferences(tox);
  ask(tox, 0, 0);
  ask(tox, UINT32_MAX, UINT32_MAX);
  SET_TITLE(0, bytes_of("x"), 1);
  SET_TITLE(0, letters(129), 129);
  SET_TITLE(0, letters(1), 0);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(MAX_CONFERENCE_MESSAGE + 1), MAX_CONFERENCE_MESSAGE + 1);
  INVITE(0, 0);
  SET_MAX_OFFLINE(0, 1);
  DELETE(0);
  STEP(Tox_Err_Conference_By_Id, tox_conference_by_id(tox, key_of(1), &error));
  STEP(Tox_Err_Conference_By_Id, tox_conference_by_id(tox, NULL, &error));
  STEP(Tox_Err_Conference_By_Uid, tox_conference_by_uid(tox, key_of(1), &error));
  STEP(Tox_Err_Conference_By_Uid, tox_conference_by_uid(tox, NULL, &error));
}

static void numbers(Tox *tox) {
  uint8_t id[TOX_CONFERENCE_ID_SIZE];
  uint8_t uid[TOX_CONFERENCE_UID_SIZE];
  chapter("numbers and ids");
  for (uint32_t i = 0; i < 4; i++) STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
  print_conferences(tox);
  for (uint32_t i = 0; i < 5; i++) {
    SHOW(tox_conference_get_id(tox, i, id));
    SHOW(tox_conference_get_uid(tox, i, uid));
    printf("equal: %d\n", memcmp(id, uid, sizeof(id)) == 0);
    STEP(Tox_Err_Conference_By_Id, tox_conference_by_id(tox, id, &error));
    STEP(Tox_Err_Conference_By_Uid, tox_conference_by_uid(tox, uid, &error));
  }
  SHOW(tox_conference_get_id(tox, 0, NULL));
  DELETE(1);
  DELETE(1);
  DELETE(3);
  print_conferences(tox);
  STEP(Tox_Err_Conference_Get_Type, tox_conference_get_type(tox, 1, &error));
  for (int i = 0; i < 3; i++) STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
  print_conferences(tox);
  for (uint32_t i = 1; i < 5; i++) DELETE(i);
  print_conferences(tox);
}

static void alone_in_one(Tox *tox) {
  chapter("alone in one");
  ask(tox, 0, 0);
  ask(tox, 0, 1);
  print_conference(tox, 0);
  SHOW(tox_self_set_name(tox, bytes_of("Ada"), 3, NULL));
  STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
  print_conference(tox, 1);
  chapter("titles");
  SET_TITLE(0, letters(1), 0);
  SET_TITLE(0, NULL, 0);
  SET_TITLE(0, letters(129), 129);
  SET_TITLE(0, letters(255), 255);
  print_title(tox, 0);
  SET_TITLE(0, bytes_of("x"), 1);
  print_title(tox, 0);
  SET_TITLE(0, letters(128), 128);
  print_title(tox, 0);
  SET_TITLE(0, letters(128), 128);
  SET_TITLE(0, letters(129), 129);
  SET_TITLE(0, bytes_of("\0\n\xff"), 3);
  print_title(tox, 0);
  chapter("messages to nobody");
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
  SAY(0, TOX_MESSAGE_TYPE_ACTION, bytes_of("x"), 1);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(1), 0);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, NULL, 0);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(MAX_CONFERENCE_MESSAGE), MAX_CONFERENCE_MESSAGE);
  SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(MAX_CONFERENCE_MESSAGE + 1), MAX_CONFERENCE_MESSAGE + 1);
  SAY(0, TOX_MESSAGE_TYPE_ACTION, letters(MAX_CONFERENCE_MESSAGE + 1), MAX_CONFERENCE_MESSAGE + 1);
  SAY(2, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
  chapter("offline peers");
  SET_MAX_OFFLINE(0, 0);
  SET_MAX_OFFLINE(0, UINT32_MAX);
  SET_MAX_OFFLINE(2, 5);
}

static void friends_who_are_away(Tox *tox) {
  uint8_t cookie[COOKIE_SIZE + 1] = {0, 0, TOX_CONFERENCE_TYPE_TEXT};
  memset(cookie + 3, 7, TOX_CONFERENCE_ID_SIZE);
  chapter("friends who are away");
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(10), &error));
  INVITE(0, 0);
  INVITE(1, 0);
  INVITE(0, 2);
  INVITE(1, 2);
  JOIN(0, cookie, COOKIE_SIZE);
  JOIN(1, cookie, COOKIE_SIZE);
  JOIN(0, cookie, COOKIE_SIZE - 1);
  JOIN(1, cookie, COOKIE_SIZE + 1);
  JOIN(1, cookie, 0);
  cookie[2] = TOX_CONFERENCE_TYPE_AV;
  JOIN(0, cookie, COOKIE_SIZE);
  JOIN(1, cookie, COOKIE_SIZE);
  cookie[2] = 2;
  JOIN(0, cookie, COOKIE_SIZE);
  cookie[2] = TOX_CONFERENCE_TYPE_TEXT;
  tox_conference_get_id(tox, 0, cookie + 3);
  JOIN(0, cookie, COOKIE_SIZE);
  JOIN(1, cookie, COOKIE_SIZE);
  print_conferences(tox);
}

/** Errors may be NULL, and so may what is handed out; nobody needs a callback. */
static void nulls(Tox *tox) {
  chapter("null pointers");
  DO(tox_callback_conference_invite(tox, NULL));
  DO(tox_callback_conference_connected(tox, NULL));
  DO(tox_callback_conference_message(tox, NULL));
  DO(tox_callback_conference_title(tox, NULL));
  DO(tox_callback_conference_peer_name(tox, NULL));
  DO(tox_callback_conference_peer_list_changed(tox, NULL));
  DO(tox_conference_get_chatlist(tox, NULL));
  SHOW(tox_conference_new(tox, NULL));
  SHOW(tox_conference_delete(tox, 2, NULL));
  SHOW(tox_conference_delete(tox, 2, NULL));
  SHOW(tox_conference_peer_count(tox, 9, NULL));
  SHOW(tox_conference_get_title_size(tox, 9, NULL));
  SHOW(tox_conference_by_id(tox, NULL, NULL));
  SHOW(tox_conference_by_uid(tox, NULL, NULL));
  SHOW(tox_conference_send_message(tox, 9, TOX_MESSAGE_TYPE_NORMAL, NULL, 0, NULL));
  SHOW(tox_conference_id_size());
  SHOW(tox_conference_uid_size());
}

/** Ends, and begins again with what was saved. */
static Tox *restart(Tox *tox) {
  const size_t length = tox_get_savedata_size(tox);
  uint8_t *data = malloc(length);
  tox_get_savedata(tox, data);
  tox_kill(tox);
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, data, length);
  tox = tox_new(options, NULL);
  tox_options_free(options);
  free(data);
  if (tox == NULL) give_up("the profile did not load");
  return tox;
}

int main(void) {
  Tox *tox = make_instance(SECRET, 0);
  without_any(tox);
  numbers(tox);
  alone_in_one(tox);
  friends_who_are_away(tox);
  nulls(tox);
  for (int life = 1; life <= 2; life++) {
    uint8_t before[TOX_CONFERENCE_ID_SIZE];
    uint8_t after[TOX_CONFERENCE_ID_SIZE];
    printf("-- life %d\n", life);
    tox_conference_get_id(tox, 0, before);
    tox = restart(tox);
    tox_conference_get_id(tox, 0, after);
    printf("the same id: %d\n", memcmp(before, after, sizeof(before)) == 0);
    print_conferences(tox);
    print_conference(tox, 0);
    print_conference(tox, 1);
    // What lies between two is closed up by a restart.
    STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
    DELETE(1);
    print_conferences(tox);
  }
  tox_kill(tox);
  return 0;
}
