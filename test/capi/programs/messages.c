// Story of two processes: friends by key meet, write to each other, change names and statuses, send custom packets.

#include "peers.h"

/** Connection of oneself and of the friend; name, status message, status and typing of the friend. */
enum { HEARD_ON_MEETING = 6 };

static void print_friend(Peer *me) {
  uint8_t text[TOX_MAX_STATUS_MESSAGE_LENGTH];
  tox_friend_get_name(me->tox, 0, text, NULL);
  print_text("name", text, tox_friend_get_name_size(me->tox, 0, NULL));
  tox_friend_get_status_message(me->tox, 0, text, NULL);
  print_text("status message", text, tox_friend_get_status_message_size(me->tox, 0, NULL));
  SHOW(tox_friend_get_status(me->tox, 0, NULL));
  SHOW(tox_friend_get_connection_status(me->tox, 0, NULL));
  SHOW(tox_friend_get_typing(me->tox, 0, NULL));
  SHOW(tox_friend_get_last_online(me->tox, 0, NULL) != 0);
  SHOW(tox_self_get_connection_status(me->tox) != TOX_CONNECTION_NONE);
}

static void say(Peer *me, Tox_Message_Type type, const uint8_t *text, size_t n) {
  STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(me->tox, 0, type, text, n, &error));
}

static void write_to_each_other(Peer *me) {
  step(me, "the first one says hello");
  if (me->role == FIRST) say(me, TOX_MESSAGE_TYPE_NORMAL, bytes_of("hello"), 5);
  hear(me, 1);
  step(me, "the second one waves");
  if (me->role == SECOND) say(me, TOX_MESSAGE_TYPE_ACTION, bytes_of("waves"), 5);
  hear(me, 1);
  step(me, "one byte, zeros, the longest, and five that are refused");
  if (me->role == FIRST) {
    say(me, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
    say(me, TOX_MESSAGE_TYPE_NORMAL, bytes_of("\0\0\0"), 3);
    say(me, TOX_MESSAGE_TYPE_ACTION, letters(TOX_MAX_MESSAGE_LENGTH), TOX_MAX_MESSAGE_LENGTH);
    say(me, TOX_MESSAGE_TYPE_NORMAL, letters(1), 0);
    say(me, TOX_MESSAGE_TYPE_NORMAL, NULL, 0);
    say(me, TOX_MESSAGE_TYPE_NORMAL, NULL, 3);
    say(me, TOX_MESSAGE_TYPE_NORMAL, letters(TOX_MAX_MESSAGE_LENGTH + 1), TOX_MAX_MESSAGE_LENGTH + 1);
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(me->tox, 1, TOX_MESSAGE_TYPE_NORMAL, letters(1), 1, &error));
  }
  hear(me, 3);
  step(me, "thirty in a row arrive in their order");
  if (me->role == SECOND) {
    for (size_t n = 1; n <= 30; n++) say(me, TOX_MESSAGE_TYPE_NORMAL, letters(n), n);
  }
  hear(me, 30);
}

/** A change of one side, of which the other hears as often as given. */
#define CHANGE(title, count, change)                \
  do {                                              \
    step(me, title);                                \
    if (me->role == FIRST) { change; }              \
    if (me->role == SECOND) hear(me, count);   \
  } while (0)

static void change(Peer *me) {
  Tox *tox = me->tox;
  CHANGE("a name", 1, SHOW(tox_self_set_name(tox, bytes_of("Ada"), 3, NULL)));
  CHANGE("the longest name", 1, SHOW(tox_self_set_name(tox, letters(128), 128, NULL)));
  CHANGE("the same name again", 0, SHOW(tox_self_set_name(tox, letters(128), 128, NULL)));
  CHANGE("too long a name", 0, SHOW(tox_self_set_name(tox, letters(129), 129, NULL)));
  CHANGE("no name", 1, SHOW(tox_self_set_name(tox, NULL, 0, NULL)));
  CHANGE("a status message", 1, SHOW(tox_self_set_status_message(tox, bytes_of("busy, sorry"), 11, NULL)));
  CHANGE("the longest one", 1, SHOW(tox_self_set_status_message(tox, letters(1007), 1007, NULL)));
  CHANGE("the same one again", 0, SHOW(tox_self_set_status_message(tox, letters(1007), 1007, NULL)));
  CHANGE("none", 1, SHOW(tox_self_set_status_message(tox, NULL, 0, NULL)));
  CHANGE("away", 1, DO(tox_self_set_status(tox, TOX_USER_STATUS_AWAY)));
  CHANGE("away again", 0, DO(tox_self_set_status(tox, TOX_USER_STATUS_AWAY)));
  CHANGE("busy", 1, DO(tox_self_set_status(tox, TOX_USER_STATUS_BUSY)));
  CHANGE("a status that is none", 0, DO(tox_self_set_status(tox, (Tox_User_Status)7)));
  CHANGE("here", 1, DO(tox_self_set_status(tox, TOX_USER_STATUS_NONE)));
  CHANGE("typing", 1, SHOW(tox_self_set_typing(tox, 0, true, NULL)));
  CHANGE("still typing", 0, SHOW(tox_self_set_typing(tox, 0, true, NULL)));
  CHANGE("no longer typing", 1, SHOW(tox_self_set_typing(tox, 0, false, NULL)));
  CHANGE("a name at last", 1, SHOW(tox_self_set_name(tox, bytes_of("Ada L."), 6, NULL)));
}

static void send_packets(Peer *me, bool lossless, const uint8_t *ids, size_t count) {
  static const size_t lengths[] = {1, 2, 100, 1373, 1374, 0};
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
      uint8_t data[1374];
      const size_t n = lengths[k];
      memset(data, (int)k, sizeof(data));
      data[0] = ids[i];
      printf("id %u, n = %zu\n", ids[i], n);
      if (lossless) {
        STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(me->tox, 0, data, n, &error));
      } else {
        STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(me->tox, 0, data, n, &error));
      }
    }
  }
}

/** Of each accepted id the first four lengths arrive. */
static void exchange_packets(Peer *me) {
  static const uint8_t lossless[] = {0, 16, 64, 159, 160, 175, 191, 192, 255};
  static const uint8_t lossy[] = {160, 191, 200, 225, 254, 255};
  step(me, "lossless packets");
  if (me->role == FIRST) send_packets(me, true, lossless, sizeof(lossless));
  if (me->role == SECOND) hear(me, 3 * 4);
  step(me, "lossy packets");
  if (me->role == SECOND) send_packets(me, false, lossy, sizeof(lossy));
  if (me->role == FIRST) hear(me, 3 * 4);
}

int main(int argc, char **argv) {
  Peer me = join(argc, argv);
  if (me.role == SECOND) tox_self_set_name(me.tox, bytes_of("Second"), 6, NULL);
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(me.tox, me.other_key, &error));
  step_in_any_order(&me, "they meet");
  meet(&me);
  hear(&me, HEARD_ON_MEETING);
  step(&me, "what they know");
  print_friend(&me);
  write_to_each_other(&me);
  change(&me);
  exchange_packets(&me);
  step(&me, "the end");
  print_friend(&me);
  part(&me);
  return 0;
}
