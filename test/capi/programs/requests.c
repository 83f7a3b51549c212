// Story of two processes: a friend request of the greatest length that arrives, its acceptance, and a first message.

#include "peers.h"

enum { NOSPAM = 0x01020304, HEARD_ON_MEETING = 5 };

int main(int argc, char **argv) {
  Peer me = join(argc, argv);
  step_in_any_order(&me, "the second one asks");
  meet(&me);
  if (me.role == SECOND) {
    uint8_t address[ADDRESS_SIZE];
    make_address(address, me.other_key, NOSPAM);
    STEP(Tox_Err_Friend_Add, tox_friend_add(me.tox, address, letters(MAX_REQUEST), MAX_REQUEST, &error));
    STEP(Tox_Err_Friend_Add, tox_friend_add(me.tox, address, bytes_of("twice"), 5, &error));
    SHOW(tox_friend_get_connection_status(me.tox, 0, NULL));
    hear(&me, 1);
  } else {
    hear(&me, 2);
  }
  step_in_any_order(&me, "the first one accepts");
  if (me.role == FIRST) STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(me.tox, me.other_key, &error));
  hear(&me, HEARD_ON_MEETING);
  step(&me, "and says so");
  if (me.role == FIRST) {
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(me.tox, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("welcome"), 7, &error));
  }
  hear(&me, 1);
  step(&me, "asking a friend again is refused");
  if (me.role == SECOND) {
    uint8_t address[ADDRESS_SIZE];
    make_address(address, me.other_key, NOSPAM);
    STEP(Tox_Err_Friend_Add, tox_friend_add(me.tox, address, bytes_of("again"), 5, &error));
    make_address(address, me.other_key, NOSPAM + 1);
    STEP(Tox_Err_Friend_Add, tox_friend_add(me.tox, address, bytes_of("again"), 5, &error));
    STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(me.tox, me.other_key, &error));
  }
  step(&me, "the end");
  print_friends(me.tox);
  part(&me);
  return 0;
}
