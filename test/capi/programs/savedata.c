// Stories of profiles. `keep`: one process saves and loads again. `write FILE`: a profile for another library to load.
// `read FILE`: what is in it. `damage FILE`: what becomes of it when it is cut or a bit is flipped.

#include "story.h"

enum { MAX_FILE = 1 << 16, SECRET = 3 };

static const uint32_t NOSPAM = 0xbeefcafe;

static Tox *load(const uint8_t *data, size_t length, Tox_Err_New *error) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, data, length);
  Tox *tox = tox_new(options, error);
  tox_options_free(options);
  return tox;
}

static uint8_t *save(const Tox *tox, size_t *length) {
  *length = tox_get_savedata_size(tox);
  uint8_t *data = malloc(*length + 1);
  data[*length] = 0xa5;
  tox_get_savedata(tox, data);
  printf("savedata keeps to its size: %d\n", data[*length] == 0xa5);
  return data;
}

static void print_profile(Tox *tox) {
  uint8_t bytes[TOX_MAX_STATUS_MESSAGE_LENGTH];
  tox_self_get_address(tox, bytes);
  print_hex("address", bytes, ADDRESS_SIZE);
  tox_self_get_secret_key(tox, bytes);
  print_hex("secret key", bytes, KEY_SIZE);
  tox_self_get_name(tox, bytes);
  print_text("name", bytes, tox_self_get_name_size(tox));
  tox_self_get_status_message(tox, bytes);
  print_text("status message", bytes, tox_self_get_status_message_size(tox));
  SHOW(tox_self_get_status(tox));
  print_friends(tox);
  for (uint32_t number = 0; number < 8; number++) {
    if (!tox_friend_exists(tox, number)) continue;
    printf("friend %u: name size %zu, last online %d\n", number, tox_friend_get_name_size(tox, number, NULL),
           tox_friend_get_last_online(tox, number, NULL) != 0);
  }
}

static Tox *make_profile(void) {
  Tox *tox = make_instance(SECRET, 0);
  tox_self_set_name(tox, bytes_of("Grace"), 5, NULL);
  tox_self_set_status_message(tox, bytes_of("found a moth"), 12, NULL);
  tox_self_set_status(tox, TOX_USER_STATUS_AWAY);
  tox_self_set_nospam(tox, NOSPAM);
  tox_friend_add_norequest(tox, key_of(10), NULL);
  tox_friend_add(tox, address_of(11, 5), bytes_of("hello"), 5, NULL);
  tox_friend_add_norequest(tox, key_of(12), NULL);
  tox_friend_add(tox, address_of(13, 7), letters(MAX_REQUEST), MAX_REQUEST, NULL);
  tox_friend_delete(tox, 2, NULL);
  return tox;
}

static void keep(void) {
  Tox *tox = make_profile();
  for (int life = 0; life < 3; life++) {
    printf("life %d\n", life);
    print_profile(tox);
    size_t length;
    uint8_t *data = save(tox, &length);
    tox_kill(tox);
    Tox_Err_New error;
    tox = load(data, length, &error);
    printf("loading: error %d\n", (int)error);
    free(data);
    if (tox == NULL) give_up("the profile did not load");
  }
  chapter("loaded friends still refuse what they refused");
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(tox, key_of(10), &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(11, 5), bytes_of("again"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(11, 6), bytes_of("again"), 5, &error));
  STEP(Tox_Err_Friend_Add, tox_friend_add(tox, address_of(12, 6), bytes_of("new"), 3, &error));
  print_friends(tox);
  tox_kill(tox);
  chapter("long texts and an empty profile");
  tox = make_instance(4, 0);
  for (int round = 0; round < 2; round++) {
    size_t length;
    uint8_t *data = save(tox, &length);
    tox_kill(tox);
    tox = load(data, length, NULL);
    free(data);
    if (tox == NULL) give_up("the profile did not load");
    print_profile(tox);
    tox_self_set_name(tox, letters(128), 128, NULL);
    tox_self_set_status_message(tox, letters(1007), 1007, NULL);
  }
  tox_kill(tox);
}

static void write_file(const char *path) {
  Tox *tox = make_profile();
  size_t length;
  uint8_t *data = save(tox, &length);
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(data, 1, length, file) != length || fclose(file) != 0) give_up("cannot write");
  free(data);
  tox_kill(tox);
}

static size_t read_file(const char *path, uint8_t *data) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) give_up("cannot read");
  const size_t length = fread(data, 1, MAX_FILE, file);
  fclose(file);
  return length;
}

/** Loads damaged bytes; of an instance that comes with an error (0.2.18 makes one) nothing is told. */
static void try_damaged(const char *what, size_t at, const uint8_t *data, size_t length) {
  Tox_Err_New error = (Tox_Err_New)UNTOUCHED;
  Tox *tox = load(data, length, &error);
  printf("%s %zu: error %d", what, at, (int)error);
  if (tox != NULL && error == TOX_ERR_NEW_OK) {
    uint8_t key[KEY_SIZE];
    tox_self_get_secret_key(tox, key);
    printf(", name %zu, message %zu, status %d, key kept %d, nospam kept %d, ", tox_self_get_name_size(tox),
           tox_self_get_status_message_size(tox), (int)tox_self_get_status(tox),
           key[0] == SECRET && key[KEY_SIZE - 1] == SECRET, tox_self_get_nospam(tox) == NOSPAM);
    print_friends(tox);
  } else {
    printf("\n");
  }
  tox_kill(tox);
}

static void damage(const char *path) {
  uint8_t data[MAX_FILE];
  const size_t length = read_file(path, data);
  try_damaged("whole", length, data, length);
  for (size_t at = 1; at < length; at += at < 200 ? 1 : 61) try_damaged("cut to", at, data, at);
  for (size_t at = 0; at < length; at += at < 120 ? 1 : 37) {
    for (int bit = 0; bit < 8; bit += 7) {
      data[at] ^= (uint8_t)(1 << bit);
      printf("bit %d of ", bit);
      try_damaged("byte", at, data, length);
      data[at] ^= (uint8_t)(1 << bit);
    }
  }
  memset(data + length, 0, 16);
  try_damaged("zeros behind", length, data, length + 16);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "keep";
  if (strcmp(what, "keep") == 0) {
    keep();
  } else if (strcmp(what, "write") == 0) {
    write_file(argv[2]);
  } else if (strcmp(what, "damage") == 0) {
    damage(argv[2]);
  } else {
    uint8_t data[MAX_FILE];
    Tox_Err_New error;
    Tox *tox = load(data, read_file(argv[2], data), &error);
    printf("loading: error %d\n", (int)error);
    if (tox != NULL) print_profile(tox);
    tox_kill(tox);
  }
  return 0;
}
