// Callbacks that change callbacks, and lists beside them. Says what happened; the test knows what should.
#include <stdio.h>
#include <stdlib.h>
#include <tox/tox.h>
#include <tox/tox_events.h>
#include <tox/tox_private.h>

#include "event-lines.h"
#include "event-stub.h"

static int heard;

static void on_typing(Tox *tox, uint32_t friend_number, bool typing, void *user_data) {
  (void)tox, (void)typing;
  heard += 1;
  printf("typing %u %s\n", friend_number, user_data == NULL ? "without" : (const char *)user_data);
}

static void on_typing_once(Tox *tox, uint32_t friend_number, bool typing, void *user_data) {
  on_typing(tox, friend_number, typing, user_data);
  tox_callback_friend_typing(tox, NULL);
}

static void on_typing_kill(Tox *tox, uint32_t friend_number, bool typing, void *user_data) {
  on_typing(tox, friend_number, typing, user_data);
  tox_kill(tox);
}

static void on_packet(Tox *tox, uint32_t friend_number, const uint8_t *data, size_t length, void *user_data) {
  (void)tox, (void)friend_number;
  printf("%s packet %u of %zu bytes\n", (const char *)user_data, data[0], length);
}

static uint8_t batch[4096];
static size_t size;

static void number(uint32_t value) {
  for (int i = 0; i < 4; i += 1) batch[size++] = (uint8_t)(value >> 8 * i);
}

static void add_typing(uint32_t friend_number) {
  number(TOX_EVENT_FRIEND_TYPING), number(8), number(friend_number), number(1);
}

static void add_packet(Tox_Event_Type type, uint8_t id) {
  number(type), number(10), number(0), number(1);
  batch[size++] = id;
  batch[size++] = 0;
}

static void happens(Tox *tox) {
  stub_happens(tox, batch, size);
  size = 0;
}

static void three_typing(Tox *tox) {
  for (uint32_t i = 0; i < 3; i += 1) add_typing(i);
  happens(tox);
}

static Tox_Events *record(Tox *tox) {
  Tox_Err_Events_Iterate error;
  Tox_Events *events = tox_events_iterate(tox, NULL, &error);
  printf("%u recorded, error %d%s\n", tox_events_get_size(events), (int)error, events == NULL ? ", no list" : "");
  return events;
}

static void removal(Tox *tox) {
  puts("- a callback removes itself");
  tox_callback_friend_typing(tox, on_typing_once);
  three_typing(tox);
  tox_iterate(tox, "with");
}

static void packets(Tox *tox, const char *what) {
  printf("- %s\n", what);
  const uint8_t lossy[] = {191, 192, 199, 200, 254, 255};
  const uint8_t lossless[] = {68, 69, 159, 160, 191, 192};
  for (size_t i = 0; i < sizeof lossy; i += 1) add_packet(TOX_EVENT_FRIEND_LOSSY_PACKET, lossy[i]);
  for (size_t i = 0; i < sizeof lossless; i += 1) add_packet(TOX_EVENT_FRIEND_LOSSLESS_PACKET, lossless[i]);
  happens(tox);
  tox_iterate(tox, "with");
}

static void packet_ids(Tox *tox) {
  tox_callback_friend_lossy_packet(tox, on_packet);
  tox_callback_friend_lossless_packet(tox, on_packet);
  packets(tox, "all free packet ids");
  tox_callback_friend_lossy_packet(tox, NULL);
  tox_callback_friend_lossless_packet(tox, NULL);
  for (int id = 0; id < 256; id += 1) {
    tox_callback_friend_lossy_packet_per_pktid(tox, on_packet, (uint8_t)id);
    tox_callback_friend_lossless_packet_per_pktid(tox, on_packet, (uint8_t)id);
  }
  tox_callback_friend_lossy_packet_per_pktid(tox, NULL, 254);
  packets(tox, "every packet id but 254");
}

static void recording(Tox *tox) {
  puts("- recording");
  tox_events_init(tox);
  record(tox);
  three_typing(tox);
  tox_iterate(tox, "with");
  three_typing(tox);
  Tox_Events *events = record(tox);
  printf("%d %d\n", tox_events_equal(NULL, events, events), tox_events_equal(NULL, events, NULL));
  puts("- dispatch of a list");
  tox_events_dispatch(tox, events, "with");
  tox_callback_friend_typing(tox, on_typing_once);
  tox_events_dispatch(tox, events, "with");
  tox_events_dispatch(tox, NULL, "with");
  tox_events_free(events);
  puts("- a callback beside the recording");
  tox_callback_friend_typing(tox, on_typing);
  add_typing(7);
  add_packet(TOX_EVENT_FRIEND_LOSSY_PACKET, 200);
  happens(tox);
  tox_events_free(record(tox));
  puts("- a move that fails");
  stub_fails();
  record(tox);
  stub_fails();
  printf("%d\n", tox_events_iterate(tox, NULL, NULL) == NULL);
}

static void death(Tox *tox) {
  puts("- a callback kills its instance");
  tox_callback_friend_typing(tox, on_typing_kill);
  three_typing(tox);
  tox_iterate(tox, "with");
  Tox *other = stub_new();
  tox_callback_friend_typing(other, on_typing_kill);
  three_typing(other);
  record(other);
  printf("%d alive\n", stub_alive());
}

static void damage(Tox *tox) {
  puts("- records that are not as they should be");
  tox_callback_friend_typing(tox, on_typing);
  number(TOX_EVENT_FRIEND_TYPING), number(4), number(1);
  number(TOX_EVENT_INVALID), number(0);
  add_typing(5);
  number(TOX_EVENT_FRIEND_TYPING), number(800), number(1);
  happens(tox);
  tox_iterate(tox, "with");
}

static void nothing(void) {
  puts("- no objects");
  tox_events_init(NULL);
  tox_callback_friend_typing(NULL, on_typing);
  tox_callback_friend_lossy_packet(NULL, on_packet);
  tox_callback_friend_lossy_packet_per_pktid(NULL, on_packet, 200);
  tox_events_dispatch(NULL, NULL, NULL);
  tox_events_free(NULL);
  uint8_t packed[2] = {0, 0xaa};
  const bool written = tox_events_get_bytes(NULL, packed);
  printf("%u %u %d %02x%02x\n", tox_events_get_size(NULL), tox_events_bytes_size(NULL), written, packed[0], packed[1]);
  printf("%d %d\n", tox_events_get(NULL, 0) == NULL, (int)tox_event_get_type(NULL));
  printf("%d %d\n", tox_events_load(NULL, NULL, 3) == NULL, tox_events_equal(NULL, NULL, NULL));
  printf("%d %u\n", tox_event_get_friend_message(NULL) == NULL, tox_event_friend_message_get_friend_number(NULL));
}

int main(void) {
  Tox *tox = stub_new();
  removal(tox);
  packet_ids(tox);
  damage(tox);
  recording(tox);
  death(tox);
  nothing();
  printf("%d heard\n", heard);
  return 0;
}
