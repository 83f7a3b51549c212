// Story of two processes: the first one ends, comes back with its profile, and is deleted and added again.

#include "peers.h"

enum {
  /** Connection of oneself and of the friend; name, status message, status and typing of the friend. */
  HEARD_ON_MEETING = 6,
  /** The one who stayed was connected all the time, and hears the rest again. */
  HEARD_ON_RETURN = HEARD_ON_MEETING - 1,
};

static void print_friend(Tox *tox) {
  uint8_t text[TOX_MAX_STATUS_MESSAGE_LENGTH];
  print_friends(tox);
  tox_friend_get_name(tox, 0, text, NULL);
  print_text("name", text, tox_friend_get_name_size(tox, 0, NULL));
  tox_friend_get_status_message(tox, 0, text, NULL);
  print_text("status message", text, tox_friend_get_status_message_size(tox, 0, NULL));
  SHOW(tox_friend_get_status(tox, 0, NULL));
  SHOW(tox_friend_get_connection_status(tox, 0, NULL));
  SHOW(tox_friend_get_last_online(tox, 0, NULL) != 0);
}

static void say(Tox *tox, const char *text) {
  STEP(Tox_Err_Friend_Send_Message,
       tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of(text), strlen(text), &error));
}

static void restart(Peer *me) {
  uint8_t *data = NULL;
  size_t length = 0;
  step(me, "the first one leaves");
  if (me->role == FIRST) data = leave(me, &length);
  if (me->role == SECOND) {
    hear(me, 1);
    print_friend(me->tox);
    say(me->tox, "where are you?");
    STEP(Tox_Err_Set_Typing, tox_self_set_typing(me->tox, 0, false, &error));
    tox_self_set_name(me->tox, bytes_of("Second, waiting"), 15, NULL);
  }
  step(me, "it is back");
  if (me->role == FIRST) {
    come_back(me, data, length);
    print_friend(me->tox);
  }
  step_in_any_order(me, "they meet again");
  meet(me);
  hear(me, me->role == FIRST ? HEARD_ON_MEETING : HEARD_ON_RETURN);
  step_in_any_order(me, "both say something");
  say(me->tox, "again");
  hear(me, 2);
}

int main(int argc, char **argv) {
  Peer me = join(argc, argv);
  tox_self_set_name(me.tox, bytes_of(me.role == FIRST ? "First" : "Second"), me.role == FIRST ? 5 : 6, NULL);
  tox_self_set_status_message(me.tox, bytes_of("here"), 4, NULL);
  tox_self_set_status(me.tox, TOX_USER_STATUS_BUSY);
  tox_friend_add_norequest(me.tox, me.other_key, NULL);
  step_in_any_order(&me, "they meet");
  meet(&me);
  hear(&me, HEARD_ON_MEETING);
  step(&me, "the second one speaks");
  if (me.role == SECOND) say(me.tox, "hello");
  hear(&me, 1);
  restart(&me);
  step(&me, "the second one deletes the first");
  if (me.role == SECOND) {
    STEP(Tox_Err_Friend_Delete, tox_friend_delete(me.tox, 0, &error));
    print_friends(me.tox);
    say(me.tox, "gone");
  } else {
    hear(&me, 1);
    say(me.tox, "gone?");
    print_friend(me.tox);
  }
  step(&me, "the end");
  print_friends(me.tox);
  part(&me);
  return 0;
}
