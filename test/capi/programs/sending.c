// Story: messages and custom packets for a friend who is not there, in every length and with every id.

#include "story.h"

enum { NOBODY = 5 };

static void send_messages(Tox *tox) {
  chapter("messages");
  const size_t lengths[] = {0, 1, 1371, 1372, 1373, 1374, 65536};
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
    const size_t n = lengths[i];
    printf("n = %zu\n", n);
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_NORMAL, letters(n), n, &error));
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_ACTION, letters(n), n, &error));
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(tox, NOBODY, TOX_MESSAGE_TYPE_NORMAL, letters(n), n, &error));
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(tox, UINT32_MAX, TOX_MESSAGE_TYPE_ACTION, letters(n), n, &error));
    STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_NORMAL, NULL, n, &error));
    STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(tox, NOBODY, TOX_MESSAGE_TYPE_NORMAL, NULL, n, &error));
    SHOW(tox_friend_send_message(tox, 0, TOX_MESSAGE_TYPE_NORMAL, letters(n), n, NULL));
  }
}

static void send_every_id(Tox *tox) {
  chapter("custom packets of every id");
  for (int id = 0; id < 256; id++) {
    const uint8_t data[] = {(uint8_t)id, 1, 2};
    printf("id %d\n", id);
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, 0, data, 3, &error));
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, 0, data, 3, &error));
  }
}

static void send_every_length(Tox *tox) {
  chapter("custom packets of odd lengths, to a friend and to nobody");
  const size_t lengths[] = {0, 1, 1372, 1373, 1374, 1400, 65536};
  const uint8_t ids[] = {160, 192, 200, 64};
  uint8_t data[65536] = {0};
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
    const size_t n = lengths[i];
    for (size_t k = 0; k < sizeof(ids); k++) {
      data[0] = ids[k];
      printf("n = %zu, id %u\n", n, ids[k]);
      STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, 0, data, n, &error));
      STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, 0, data, n, &error));
      STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, NOBODY, data, n, &error));
      STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, NOBODY, data, n, &error));
      SHOW(tox_friend_send_lossless_packet(tox, 0, data, n, NULL));
      SHOW(tox_friend_send_lossy_packet(tox, 0, data, n, NULL));
    }
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, 0, NULL, n, &error));
    STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, NOBODY, NULL, n, &error));
  }
}

int main(void) {
  Tox *tox = make_instance(1, 0);
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(10), &error));
  send_messages(tox);
  send_every_id(tox);
  send_every_length(tox);
  for (int i = 0; i < 10; i++) tox_iterate(tox, NULL);
  tox_kill(tox);
  return 0;
}
