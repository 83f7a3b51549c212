// Story of a program that asks for more than can be done: friends, bootstraps and log lines by the thousand, and messages and
// packets to a friend who does not listen. Queues end, memory stays, and what was taken arrives.

#include "virtual-time.h"

enum { MANY_FRIENDS = 1000, MANY_BOOTSTRAPS = 5000, MANY_MESSAGES = 100000, PACKETS = 10 * 1024 * 1024 / 1373 };

static unsigned heard = 0;

static void on_message(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                       void *user_data) {
  (void)tox, (void)number, (void)type, (void)text, (void)length, (void)user_data;
  heard++;
}

static void on_lossless(Tox *tox, uint32_t number, const uint8_t *data, size_t length, void *user_data) {
  (void)tox, (void)number, (void)data, (void)length, (void)user_data;
  heard++;
}

static void hear_all(World *world, Tox *a, Tox *b, unsigned taken) {
  while (heard < taken) turn_both(world, a, b);
  printf("all that was taken was heard: %d\n", heard == taken);
  heard = 0;
}

/** A friend who does not iterate at all, and then does. */
static void flood_a_friend(World *world, Tox *a, Tox *b) {
  static uint8_t text[TOX_MAX_MESSAGE_LENGTH];
  memset(text, 'm', sizeof(text));
  unsigned taken = 0;
  unsigned refused = 0;
  for (int i = 0; i < MANY_MESSAGES; i++) {
    Tox_Err_Friend_Send_Message error;
    tox_friend_send_message(a, 0, TOX_MESSAGE_TYPE_NORMAL, text, sizeof(text), &error);
    if (error == TOX_ERR_FRIEND_SEND_MESSAGE_OK) taken++;
    if (error == TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ) refused++;
  }
  printf("messages, taken or refused: %d, some were taken: %d\n", taken + refused == MANY_MESSAGES, taken > 0);
  printf("= messages_taken %u\n= messages_kib %ld\n", taken, resident_kib());
  hear_all(world, a, b, taken);
  memset(text, 160, sizeof(text));
  taken = refused = 0;
  for (int i = 0; i < PACKETS; i++) {
    Tox_Err_Friend_Custom_Packet error;
    tox_friend_send_lossless_packet(a, 0, text, sizeof(text), &error);
    if (error == TOX_ERR_FRIEND_CUSTOM_PACKET_OK) taken++;
    if (error == TOX_ERR_FRIEND_CUSTOM_PACKET_SENDQ) refused++;
  }
  printf("packets, taken or refused: %d, some were taken: %d\n", taken + refused == PACKETS, taken > 0);
  printf("= packets_taken %u\n= packets_kib %ld\n", taken, resident_kib());
  hear_all(world, a, b, taken);
  memset(text, 200, sizeof(text));
  for (int i = 0; i < PACKETS; i++) tox_friend_send_lossy_packet(a, 0, text, sizeof(text), NULL);
  for (int i = 0; i < 100; i++) turn_both(world, a, b);
  printf("still friends: %d\n", tox_friend_get_connection_status(a, 0, NULL) != TOX_CONNECTION_NONE);
  printf("= lossy_kib %ld\n", resident_kib());
}

static void flood_alone(World *world, Tox *tox) {
  uint8_t key[KEY_SIZE] = {0};
  for (int i = 0; i < MANY_BOOTSTRAPS; i++) {
    memcpy(key, &i, sizeof(i));
    tox_bootstrap(tox, "127.0.0.1", (uint16_t)(1 + i % 65535), key, NULL);
  }
  for (int i = 0; i < 100; i++) {
    tox_iterate(tox, NULL);
    world->now_ms += tox_iteration_interval(tox);
  }
  printf("= bootstraps_kib %ld\n", resident_kib());
  for (int i = 0; i < MANY_FRIENDS; i++) {
    memcpy(key, &i, sizeof(i));
    key[5] = 1;
    tox_friend_add_norequest(tox, key, NULL);
  }
  for (int i = 0; i < 1000; i++) {
    tox_iterate(tox, NULL);
    world->now_ms += tox_iteration_interval(tox);
  }
  printf("friends: %zu\n", tox_self_get_friend_list_size(tox));
  printf("= friends_kib %ld\n", resident_kib());
}

int main(int argc, char **argv) {
  alarm(DEADLINE_S);
  World *world = new_world(1, NEW);
  Tox *a = new_peer(world, 0);
  Tox *b = new_peer(world, 1);
  printf("= begin_kib %ld\n", resident_kib());
  if (argc > 1 && strcmp(argv[1], "friend") == 0) {
    tox_callback_friend_message(b, on_message);
    tox_callback_friend_lossless_packet(b, on_lossless);
    befriend(world, a, b);
    flood_a_friend(world, a, b);
  } else {
    flood_alone(world, a);
  }
  tox_kill(a);
  tox_kill(b);
  return 0;
}
