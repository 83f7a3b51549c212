// Story of two processes: friends found conferences, invite, join, talk, change titles and names, leave; one of them ends, comes
// back with its profile, and is in the conference again.

#include "conference.h"
#include "peers.h"

enum {
  /** Connection of oneself and of the friend; name, status message, status and typing of the friend. */
  HEARD_ON_MEETING = 6,
  /** The one who stayed was connected all the time. */
  HEARD_ON_RETURN = HEARD_ON_MEETING - 1,
};

/** What the last invitation brought. */
static struct {
  uint8_t bytes[COOKIE_SIZE];
  size_t length;
} cookie;

static void on_invite(Tox *tox, uint32_t number, Tox_Conference_Type type, const uint8_t *bytes, size_t length,
                      void *user_data) {
  (void)tox;
  note(user_data, "conference_invite");
  printf("%u, type %d, %zu bytes\n", number, (int)type, length);
  if (length != COOKIE_SIZE) give_up("a cookie of another size");
  memcpy(cookie.bytes, bytes, length);
  cookie.length = length;
}

static void on_connected(Tox *tox, uint32_t conference, void *user_data) {
  (void)tox;
  note(user_data, "conference_connected");
  printf("%u\n", conference);
}

static void on_conference_message(Tox *tox, uint32_t conference, uint32_t peer, Tox_Message_Type type,
                                  const uint8_t *text, size_t length, void *user_data) {
  note(user_data, "conference_message");
  printf("%u, peer %u, ours %d, type %d, ", conference, peer,
         tox_conference_peer_number_is_ours(tox, conference, peer, NULL), (int)type);
  print_text("text", text, length);
}

static void on_title(Tox *tox, uint32_t conference, uint32_t peer, const uint8_t *title, size_t length,
                     void *user_data) {
  (void)tox;
  note(user_data, "conference_title");
  printf("%u, peer %d, ", conference, (int)peer);
  print_text("title", title, length);
}

static void on_peer_name(Tox *tox, uint32_t conference, uint32_t peer, const uint8_t *name, size_t length,
                         void *user_data) {
  (void)tox;
  note(user_data, "conference_peer_name");
  printf("%u, peer %u, ", conference, peer);
  print_text("name", name, length);
}

/** How many there are is not asked: what happened in one iteration is told together. */
static void on_peer_list_changed(Tox *tox, uint32_t conference, void *user_data) {
  (void)tox;
  note(user_data, "conference_peer_list_changed");
  printf("%u\n", conference);
}

static void hear_conferences(Tox *tox) {
  tox_callback_conference_invite(tox, on_invite);
  tox_callback_conference_connected(tox, on_connected);
  tox_callback_conference_message(tox, on_conference_message);
  tox_callback_conference_title(tox, on_title);
  tox_callback_conference_peer_name(tox, on_peer_name);
  tox_callback_conference_peer_list_changed(tox, on_peer_list_changed);
}

/** The one of this role does `act`, then both hear so much. */
#define TURN(who, title, first_hears, second_hears, act)      \
  do {                                                        \
    step(me, title);                                          \
    if (me->role == (who)) { act; }                           \
    hear(me, me->role == FIRST ? first_hears : second_hears); \
  } while (0)

static void found(Peer *me) {
  Tox *tox = me->tox;
  TURN(FIRST, "the first one founds a conference and invites", 0, 1, {
    STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
    SET_TITLE(0, bytes_of("The moths"), 9);
    INVITE(1, 0);
    INVITE(0, 1);
    INVITE(0, 0);
    print_conference(tox, 0);
  });
  // The second one hears of both peers, that it is in, of the title, and of its own name.
  TURN(SECOND, "the second one joins", 2, 6, {
    JOIN(0, cookie.bytes, cookie.length);
    JOIN(0, cookie.bytes, cookie.length);
    print_conference(tox, 0);
    PEER_QUERY(tox_conference_peer_number_is_ours(tox, 0, 0, &error));
    INVITE(0, 0);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("too early"), 9);
  });
  step(me, "what they know");
  print_conferences(tox);
  print_conference(tox, 0);
  PEER_QUERY(tox_conference_peer_number_is_ours(tox, 0, 0, &error));
  PEER_QUERY(tox_conference_peer_number_is_ours(tox, 0, 1, &error));
  PEER_QUERY(tox_conference_peer_number_is_ours(tox, 0, 2, &error));
}

static void talk(Peer *me) {
  Tox *tox = me->tox;
  TURN(FIRST, "the first one speaks, and hears itself", 1, 1, SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("hello"), 5));
  TURN(SECOND, "the second one waves", 1, 1, SAY(0, TOX_MESSAGE_TYPE_ACTION, bytes_of("waves"), 5));
  TURN(FIRST, "one byte, zeros, the longest; nothing, and too much", 4, 4, {
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("\0\0\0"), 3);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(1), 0);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(MAX_CONFERENCE_MESSAGE), MAX_CONFERENCE_MESSAGE);
    SAY(0, TOX_MESSAGE_TYPE_ACTION, letters(MAX_CONFERENCE_MESSAGE), MAX_CONFERENCE_MESSAGE);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(MAX_CONFERENCE_MESSAGE + 1), MAX_CONFERENCE_MESSAGE + 1);
    SAY(1, TOX_MESSAGE_TYPE_NORMAL, bytes_of("x"), 1);
  });
  TURN(SECOND, "thirty in a row arrive in their order", 30, 30, {
    for (size_t n = 1; n <= 30; n++) SAY(0, TOX_MESSAGE_TYPE_NORMAL, letters(n), n);
  });
}

static void change(Peer *me) {
  Tox *tox = me->tox;
  TURN(SECOND, "a title", 1, 0, SET_TITLE(0, bytes_of("Butterflies"), 11));
  TURN(SECOND, "the same title", 0, 0, SET_TITLE(0, bytes_of("Butterflies"), 11));
  TURN(FIRST, "the longest title", 0, 1, SET_TITLE(0, letters(128), 128));
  TURN(FIRST, "no title, and too long a one", 0, 0, {
    SET_TITLE(0, letters(1), 0);
    SET_TITLE(0, letters(129), 129);
  });
  step_in_any_order(me, "a name");
  if (me->role == FIRST) SHOW(tox_self_set_name(tox, bytes_of("Ada"), 3, NULL));
  hear(me, me->role == FIRST ? 1 : 2);
  step_in_any_order(me, "no name");
  if (me->role == SECOND) SHOW(tox_self_set_name(tox, NULL, 0, NULL));
  hear(me, me->role == SECOND ? 1 : 2);
  step_in_any_order(me, "the longest name");
  if (me->role == SECOND) SHOW(tox_self_set_name(tox, letters(128), 128, NULL));
  hear(me, me->role == SECOND ? 1 : 2);
  step(me, "what they know now");
  print_conference(tox, 0);
}

static void leave_one(Peer *me) {
  Tox *tox = me->tox;
  TURN(SECOND, "the second one founds another and invites", 1, 0, {
    STEP(Tox_Err_Conference_New, tox_conference_new(tox, &error));
    INVITE(0, 1);
  });
  TURN(FIRST, "the first one joins", 5, 2, JOIN(0, cookie.bytes, cookie.length));
  TURN(FIRST, "and speaks in both", 2, 2, {
    SAY(1, TOX_MESSAGE_TYPE_NORMAL, bytes_of("in the new one"), 14);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("in the old one"), 14);
  });
  TURN(SECOND, "the founder leaves", 1, 0, {
    DELETE(1);
    DELETE(1);
    print_conferences(tox);
  });
  step(me, "who is left");
  print_conference(tox, 1);
  SAY(1, TOX_MESSAGE_TYPE_NORMAL, bytes_of("anyone?"), 7);
  SET_TITLE(1, bytes_of("Alone"), 5);
  TURN(FIRST, "the other one invites the founder", 0, 1, INVITE(0, 1));
  // Nobody is remembered of those who left, but for their number; a title comes with the peers.
  TURN(SECOND, "who joins again", 2, 6, JOIN(0, cookie.bytes, cookie.length));
  TURN(SECOND, "and speaks", 1, 1, SAY(1, TOX_MESSAGE_TYPE_NORMAL, bytes_of("here again"), 10));
}

static void restart(Peer *me) {
  uint8_t *data = NULL;
  size_t length = 0;
  step_in_any_order(me, "the first one ends");
  if (me->role == FIRST) data = leave(me, &length);
  if (me->role == SECOND) hear(me, 3);
  step(me, "who is left in both");
  if (me->role == SECOND) {
    Tox *tox = me->tox;
    print_conference(tox, 0);
    print_conference(tox, 1);
    SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("anyone?"), 7);
    SET_MAX_OFFLINE(1, 1);
    print_offline_peers(tox, 1);
  }
  step(me, "it is back");
  if (me->role == FIRST) {
    come_back(me, data, length);
    hear_conferences(me->tox);
    print_conferences(me->tox);
    print_conference(me->tox, 0);
    print_conference(me->tox, 1);
  }
  // Each of them is there again for the other one, in both conferences.
  step_in_any_order(me, "they meet again");
  meet(me);
  hear(me, me->role == FIRST ? HEARD_ON_MEETING + 2 : HEARD_ON_RETURN + 2);
}

int main(int argc, char **argv) {
  Peer peer = join(argc, argv);
  Peer *me = &peer;
  hear_conferences(me->tox);
  tox_self_set_name(me->tox, bytes_of(me->role == FIRST ? "First" : "Second"), me->role == FIRST ? 5 : 6, NULL);
  tox_friend_add_norequest(me->tox, me->other_key, NULL);
  step_in_any_order(me, "they meet");
  meet(me);
  hear(me, HEARD_ON_MEETING);
  found(me);
  talk(me);
  change(me);
  leave_one(me);
  restart(me);
  step(me, "both are in again");
  print_conference(me->tox, 0);
  print_conference(me->tox, 1);
  Tox *tox = me->tox;
  TURN(FIRST, "the first one speaks", 1, 1, SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("back"), 4));
  TURN(SECOND, "the second one answers", 1, 1, SAY(0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("welcome back"), 12));
  tox_callback_conference_peer_list_changed(tox, NULL);
  part(me);
  return 0;
}
