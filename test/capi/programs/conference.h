// Conferences as printed lines: what the getters tell, and every callback.

#ifndef CONFERENCE_H
#define CONFERENCE_H

#include "story.h"

enum {
  /** Conference number (2 bytes), type, id: what an invitation carries and joining takes. */
  COOKIE_SIZE = 2 + 1 + TOX_CONFERENCE_ID_SIZE,
  /** A packet's 1373 bytes less id, conference, peer and message numbers and the message's id. */
  MAX_CONFERENCE_MESSAGE = 1373 - (1 + 2 + 2 + 4 + 1),
};

/** Calls of one instance, named `tox` where they stand. */
#define PEER_QUERY(call) STEP(Tox_Err_Conference_Peer_Query, call)
#define SAY(conference, type, text, n) \
  STEP(Tox_Err_Conference_Send_Message, tox_conference_send_message(tox, conference, type, text, n, &error))
#define SET_TITLE(conference, text, n) \
  STEP(Tox_Err_Conference_Title, tox_conference_set_title(tox, conference, text, n, &error))
#define INVITE(number, conference) \
  STEP(Tox_Err_Conference_Invite, tox_conference_invite(tox, number, conference, &error))
#define JOIN(number, cookie, n) STEP(Tox_Err_Conference_Join, tox_conference_join(tox, number, cookie, n, &error))
#define DELETE(conference) STEP(Tox_Err_Conference_Delete, tox_conference_delete(tox, conference, &error))
#define SET_MAX_OFFLINE(conference, most) \
  STEP(Tox_Err_Conference_Set_Max_Offline, tox_conference_set_max_offline(tox, conference, most, &error))

static inline void print_conferences(const Tox *tox) {
  uint32_t numbers[64];
  const size_t count = tox_conference_get_chatlist_size(tox);
  if (count > 64) give_up("too many conferences");
  tox_conference_get_chatlist(tox, numbers);
  printf("%zu conferences:", count);
  for (size_t i = 0; i < count; i++) printf(" %u", numbers[i]);
  printf("\n");
}

static inline void print_title(const Tox *tox, uint32_t conference) {
  uint8_t title[TOX_MAX_NAME_LENGTH + 1] = {0};
  Tox_Err_Conference_Title error = (Tox_Err_Conference_Title)UNTOUCHED;
  const size_t size = tox_conference_get_title_size(tox, conference, &error);
  printf("title size %lld, error %d\n", (long long)size, (int)error);
  STEP(Tox_Err_Conference_Title, tox_conference_get_title(tox, conference, title, &error));
  if (error == TOX_ERR_CONFERENCE_TITLE_OK) print_text("title", title, size);
}

/** One line for each peer: the first byte of the key, the name, whether it is ours. */
static inline void print_peers(const Tox *tox, uint32_t conference) {
  const uint32_t count = tox_conference_peer_count(tox, conference, NULL);
  printf("%d peers\n", (int)count);
  for (uint32_t peer = 0; peer + 1 < count + 1; peer++) {
    uint8_t key[KEY_SIZE] = {0};
    uint8_t name[TOX_MAX_NAME_LENGTH] = {0};
    tox_conference_peer_get_public_key(tox, conference, peer, key, NULL);
    tox_conference_peer_get_name(tox, conference, peer, name, NULL);
    printf("  %u: %02x, ours %d, ", peer, key[0], tox_conference_peer_number_is_ours(tox, conference, peer, NULL));
    print_text("name", name, tox_conference_peer_get_name_size(tox, conference, peer, NULL));
  }
}

static inline void print_offline_peers(const Tox *tox, uint32_t conference) {
  const uint32_t count = tox_conference_offline_peer_count(tox, conference, NULL);
  printf("%d offline peers\n", (int)count);
  for (uint32_t peer = 0; peer + 1 < count + 1; peer++) {
    uint8_t key[KEY_SIZE] = {0};
    uint8_t name[TOX_MAX_NAME_LENGTH] = {0};
    tox_conference_offline_peer_get_public_key(tox, conference, peer, key, NULL);
    tox_conference_offline_peer_get_name(tox, conference, peer, name, NULL);
    const uint64_t last_active = tox_conference_offline_peer_get_last_active(tox, conference, peer, NULL);
    printf("  %u: %02x, active once %d, ", peer, key[0], last_active != UINT64_MAX);
    print_text("name", name, tox_conference_offline_peer_get_name_size(tox, conference, peer, NULL));
  }
}

/** All that can be asked about a conference but its id, which is random. */
static inline void print_conference(const Tox *tox, uint32_t conference) {
  STEP(Tox_Err_Conference_Get_Type, tox_conference_get_type(tox, conference, &error));
  print_title(tox, conference);
  print_peers(tox, conference);
  print_offline_peers(tox, conference);
}

#endif
