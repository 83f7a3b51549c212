// Stories of two instances in one process: callbacks that are removed or replaced by callbacks (`change`), calls made
// from them (`call`), and a friend who is deleted and killed by a callback while more is on its way (`delete`).
// Only the listener's callbacks print: the order between the two instances' lines would depend on chance.

#include "peers.h"

static Tox *writer;
static Tox *listener;
static unsigned receipts;
static unsigned heard;

static void count_receipt(Tox *tox, uint32_t number, uint32_t message, void *user_data) {
  (void)tox, (void)number, (void)message, (void)user_data;
  receipts++;
}

/** Turns of both until the writer knows that everything arrived; the listener gets `user_data`. */
static void deliver(unsigned messages, void *user_data) {
  const double end = seconds() + DEADLINE_S;
  while (receipts < messages) {
    tox_iterate(writer, NULL);
    turn(listener, user_data);
    if (seconds() > end) give_up("the messages did not arrive");
  }
  receipts = 0;
}

static void write_messages(unsigned count, void *user_data) {
  for (unsigned i = 0; i < count; i++) {
    const uint8_t text[] = {'n', (uint8_t)('0' + i)};
    if (tox_friend_send_message(writer, 0, TOX_MESSAGE_TYPE_NORMAL, text, 2, NULL) == 0) give_up("not sent");
  }
  deliver(count, user_data);
}

static void print_message(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                          void *user_data) {
  (void)number, (void)type;
  heard++;
  printf("  listener %d, user data '%s', ", tox == listener, user_data == NULL ? "none" : (const char *)user_data);
  print_string("message", text, length);
}

static void remove_itself(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                          void *user_data) {
  print_message(tox, number, type, text, length, user_data);
  tox_callback_friend_message(tox, NULL);
}

static void replace_itself(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                           void *user_data) {
  printf("  replaced by another:\n");
  print_message(tox, number, type, text, length, user_data);
  tox_callback_friend_message(tox, print_message);
}

static void remove_status(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                          void *user_data) {
  print_message(tox, number, type, text, length, user_data);
  tox_callback_friend_status(tox, NULL);
}

/** Every kind of call, from a callback. */
static void call_back(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                      void *user_data) {
  print_message(tox, number, type, text, length, user_data);
  uint8_t name[TOX_MAX_NAME_LENGTH];
  STEP(Tox_Err_Friend_Query, tox_friend_get_name(tox, number, name, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_connection_status(tox, number, &error));
  STEP(Tox_Err_Friend_Send_Message,
       tox_friend_send_message(tox, number, TOX_MESSAGE_TYPE_ACTION, text, length, &error));
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, bytes_of("renamed"), 7, &error));
  STEP(Tox_Err_Set_Typing, tox_self_set_typing(tox, number, true, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(50), &error));
  print_friends(tox);
  STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, 1, &error));
  const size_t size = tox_get_savedata_size(tox);
  uint8_t *data = malloc(size);
  tox_get_savedata(tox, data);
  free(data);
  Tox *third = make_instance(60, 0);
  tox_iterate(third, NULL);
  tox_kill(third);
  printf("  made and killed a third one\n");
}

static void be_done_with_writer(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                                void *user_data) {
  print_message(tox, number, type, text, length, user_data);
  STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, number, &error));
  SHOW(tox_friend_exists(tox, number));
  tox_kill(writer);
  writer = NULL;
}

static void change_callbacks(void) {
  chapter("what is passed to tox_iterate reaches the callback");
  tox_callback_friend_message(listener, print_message);
  write_messages(2, "first");
  write_messages(1, "second");
  write_messages(1, NULL);
  chapter("removed by itself: the rest is not heard");
  tox_callback_friend_message(listener, remove_itself);
  write_messages(3, NULL);
  chapter("set again");
  tox_callback_friend_message(listener, print_message);
  write_messages(1, NULL);
  chapter("replaced by itself");
  tox_callback_friend_message(listener, replace_itself);
  write_messages(3, NULL);
  chapter("another event's callback, removed by this one");
  tox_callback_friend_status(listener, on_status);
  tox_callback_friend_message(listener, remove_status);
  Ear ear = {.who = "listener "};
  write_messages(1, "before the status");
  tox_self_set_status(writer, TOX_USER_STATUS_BUSY);
  for (int i = 0; i < 5; i++) turn(writer, NULL);
  tox_callback_friend_message(listener, NULL);
  write_messages(1, &ear);
  SHOW(tox_friend_get_status(listener, 0, NULL));
  printf("statuses heard: %u\n", ear.heard);
}

static void call_from_callback(void) {
  tox_callback_friend_message(listener, call_back);
  write_messages(1, NULL);
  tox_callback_friend_message(listener, print_message);
  write_messages(1, NULL);
}

static void delete_and_kill(void) {
  tox_callback_friend_message(listener, be_done_with_writer);
  heard = 0;
  tox_friend_send_message(writer, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("one"), 3, NULL);
  tox_friend_send_message(writer, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("two"), 3, NULL);
  const double end = seconds() + DEADLINE_S;
  while (writer != NULL) {
    tox_iterate(writer, NULL);
    turn(listener, NULL);
    if (seconds() > end) give_up("the messages did not arrive");
  }
  for (int i = 0; i < 20; i++) turn(listener, NULL);
  printf("messages heard: %u\n", heard);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  writer = make_instance(1, 35000);
  listener = make_instance(2, 35100);
  connect_pair(writer, listener);
  tox_callback_friend_read_receipt(writer, count_receipt);
  if (strcmp(what, "change") == 0) change_callbacks();
  if (strcmp(what, "call") == 0) call_from_callback();
  if (strcmp(what, "delete") == 0) delete_and_kill();
  tox_kill(writer);
  tox_kill(listener);
  return 0;
}
