// Random calls of the offline API, equal for equal seeds: `random SEED…`. Each seed is a new instance.

#include "story.h"

enum { CALLS = 300, STRANGERS = 12 };

static uint32_t state;

/** xorshift32: the next random number below `bound`. */
static uint32_t dice(uint32_t bound) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % bound;
}

/** A length that is often one at the edge of what is allowed. */
static size_t some_length(size_t limit) {
  switch (dice(6)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return limit;
    case 3: return limit + 1;
    case 4: return limit - 1;
    default: return dice((uint32_t)limit);
  }
}

static uint32_t some_number(void) { return dice(12) == 0 ? UINT32_MAX - dice(2) : dice(STRANGERS); }

/** A stranger's key; one in eight cannot be a key. */
static uint8_t some_key(void) { return (uint8_t)(dice(8) == 0 ? 128 + dice(4) : 10 + dice(STRANGERS)); }

/** A request's length: none between what arrives and what 0.2.18 refuses. */
static size_t some_request(void) { return dice(5) == 0 ? OVERLONG_REQUEST + dice(100) : some_length(MAX_REQUEST - 1); }

static const uint8_t *some_text(size_t length) { return dice(12) == 0 ? NULL : letters(length); }

static void change_self(Tox *tox) {
  uint8_t bytes[2000];
  size_t n = some_length(TOX_MAX_NAME_LENGTH);
  const uint8_t *text = some_text(n);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, text, n, &error));
  tox_self_get_name(tox, bytes);
  print_text("name", bytes, tox_self_get_name_size(tox));
  n = some_length(TOX_MAX_STATUS_MESSAGE_LENGTH);
  text = some_text(n);
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, text, n, &error));
  tox_self_get_status_message(tox, bytes);
  print_text("status message", bytes, tox_self_get_status_message_size(tox));
  DO(tox_self_set_status(tox, (Tox_User_Status)dice(4)));
  SHOW(tox_self_get_status(tox));
  DO(tox_self_set_nospam(tox, dice(UINT32_MAX)));
  tox_self_get_address(tox, bytes);
  print_hex("address", bytes, ADDRESS_SIZE);
}

static void add_friend(Tox *tox) {
  const uint8_t key = some_key();
  if (dice(2) == 0) {
    STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(key), &error));
    return;
  }
  uint8_t address[ADDRESS_SIZE];
  memcpy(address, address_of(key, dice(3)), ADDRESS_SIZE);
  if (dice(6) == 0) address[dice(ADDRESS_SIZE)] ^= (uint8_t)(1 << dice(7));
  if (dice(10) == 0) tox_self_get_address(tox, address);
  const size_t n = some_request();
  const uint8_t *text = some_text(n);
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address, text, n, &error));
}

static void ask_friend(Tox *tox) {
  uint8_t bytes[2000];
  const uint32_t number = some_number();
  const uint8_t *sought = key_of(some_key());
  STEP(Tox_Err_Friend_By_Public_Key, tox_friend_by_public_key(tox, sought, &error));
  STEP(Tox_Err_Friend_Get_Public_Key, tox_friend_get_public_key(tox, number, bytes, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name(tox, number, dice(9) == 0 ? NULL : bytes, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message(tox, number, dice(9) == 0 ? NULL : bytes, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_name_size(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status_message_size(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_status(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_connection_status(tox, number, &error));
  STEP(Tox_Err_Friend_Query, tox_friend_get_typing(tox, number, &error));
  STEP(Tox_Err_Friend_Get_Last_Online, tox_friend_get_last_online(tox, number, &error));
  SHOW(tox_friend_exists(tox, number));
}

static void send_something(Tox *tox) {
  uint8_t packet[1500] = {0};
  const uint32_t number = some_number();
  const size_t n = some_length(TOX_MAX_MESSAGE_LENGTH);
  const uint8_t *text = some_text(n);
  const Tox_Message_Type type = (Tox_Message_Type)dice(2);
  STEP(Tox_Err_Friend_Send_Message, tox_friend_send_message(tox, number, type, text, n, &error));
  STEP(Tox_Err_Set_Typing, tox_self_set_typing(tox, number, dice(2), &error));
  packet[0] = (uint8_t)dice(256);
  const size_t size = some_length(TOX_MAX_CUSTOM_PACKET_SIZE);
  STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossless_packet(tox, number, packet, size, &error));
  STEP(Tox_Err_Friend_Custom_Packet, tox_friend_send_lossy_packet(tox, number, packet, size, &error));
}

/** Saves, ends and begins again with what was saved. */
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

static void tell(uint32_t seed) {
  printf("seed %u\n", seed);
  state = seed * 2654435761u + 1;
  Tox *tox = make_instance((uint8_t)(1 + seed % 9), 0);
  for (int call = 0; call < CALLS; call++) {
    printf("%d ", call);
    const uint32_t choice = dice(100);
    if (choice < 35) {
      add_friend(tox);
    } else if (choice < 55) {
      const uint32_t number = some_number();
      STEP(Tox_Err_Friend_Delete, tox_friend_delete(tox, number, &error));
    } else if (choice < 70) {
      ask_friend(tox);
    } else if (choice < 80) {
      send_something(tox);
    } else if (choice < 90) {
      change_self(tox);
    } else if (choice < 99) {
      print_friends(tox);
    } else {
      DO(tox = restart(tox));
    }
  }
  print_friends(tox);
  tox_kill(tox);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) tell((uint32_t)strtoul(argv[i], NULL, 10));
  return 0;
}
