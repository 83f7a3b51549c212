// Story: what an instance says about itself, and which names and messages it takes.

#include "story.h"

static void print_self(const Tox *tox) {
  uint8_t name[TOX_MAX_NAME_LENGTH];
  uint8_t message[TOX_MAX_STATUS_MESSAGE_LENGTH];
  tox_self_get_name(tox, name);
  tox_self_get_status_message(tox, message);
  print_text("name", name, tox_self_get_name_size(tox));
  print_text("status message", message, tox_self_get_status_message_size(tox));
}

static void set_texts(Tox *tox) {
  chapter("name and status message");
  print_self(tox);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, bytes_of("Ada"), 3, &error));
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, bytes_of("counting"), 8, &error));
  print_self(tox);
  const size_t lengths[] = {1, 127, 128, 129, 1006, 1007, 1008, 65535};
  for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
    const size_t n = lengths[i];
    printf("n = %zu\n", n);
    STEP(Tox_Err_Set_Info, tox_self_set_name(tox, letters(n), n, &error));
    STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, letters(n), n, &error));
    print_self(tox);
  }
  const uint8_t odd[] = {0, 0xff, 0xc3, 0x28, '\n', 0, 0x80};
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, odd, sizeof(odd), &error));
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, odd, sizeof(odd), &error));
  print_self(tox);
  SHOW(tox_self_set_name(tox, letters(5), 5, NULL));
  SHOW(tox_self_set_name(tox, letters(500), 500, NULL));
  print_self(tox);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, NULL, 4, &error));
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, NULL, 4, &error));
  print_self(tox);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, NULL, 0, &error));
  STEP(Tox_Err_Set_Info, tox_self_set_status_message(tox, NULL, 0, &error));
  print_self(tox);
  STEP(Tox_Err_Set_Info, tox_self_set_name(tox, bytes_of("kept"), 0, &error));
  print_self(tox);
}

static void set_status(Tox *tox) {
  chapter("status");
  SHOW(tox_self_get_status(tox));
  const int statuses[] = {1, 2, 0, 2, 3, -1, 100, 1};
  for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
    printf("status %d\n", statuses[i]);
    DO(tox_self_set_status(tox, (Tox_User_Status)statuses[i]));
    SHOW(tox_self_get_status(tox));
  }
}

static void print_identity(Tox *tox) {
  chapter("keys, nospam, address");
  uint8_t key[KEY_SIZE];
  uint8_t address[ADDRESS_SIZE];
  tox_self_get_secret_key(tox, key);
  print_hex("secret key", key, KEY_SIZE);
  tox_self_get_public_key(tox, key);
  print_hex("public key", key, KEY_SIZE);
  const uint32_t nospams[] = {0x01020304, 0, 0xffffffff, 0x80000000, 0xcafe};
  for (size_t i = 0; i < sizeof(nospams) / sizeof(*nospams); i++) {
    tox_self_set_nospam(tox, nospams[i]);
    printf("nospam %08x\n", tox_self_get_nospam(tox));
    tox_self_get_address(tox, address);
    print_hex("address", address, ADDRESS_SIZE);
  }
  uint8_t first[KEY_SIZE];
  uint8_t second[KEY_SIZE];
  tox_self_get_dht_id(tox, first);
  tox_self_get_dht_id(tox, second);
  printf("the DHT key stays: %d\n", memcmp(first, second, KEY_SIZE) == 0);
  printf("it is another than the public key: %d\n", memcmp(first, key, KEY_SIZE) != 0);
}

static void print_ports(void) {
  chapter("ports");
  struct Tox_Options *options = quiet_options();
  tox_options_set_start_port(options, 33600);
  tox_options_set_end_port(options, 33600);
  Tox *bound = tox_new(options, NULL);
  tox_options_set_udp_enabled(options, false);
  Tox *unbound = tox_new(options, NULL);
  tox_options_free(options);
  if (bound == NULL || unbound == NULL) give_up("no instance");
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(bound, &error));
  STEP(Tox_Err_Get_Port, tox_self_get_tcp_port(bound, &error));
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(unbound, &error));
  STEP(Tox_Err_Get_Port, tox_self_get_tcp_port(unbound, &error));
  SHOW(tox_self_get_connection_status(bound));
  tox_kill(bound);
  tox_kill(unbound);
}

int main(void) {
  Tox *tox = make_instance(1, 0);
  SHOW(tox_self_get_connection_status(tox));
  SHOW(tox_self_get_friend_list_size(tox));
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(tox, &error));
  set_texts(tox);
  set_status(tox);
  print_identity(tox);
  const uint32_t interval = tox_iteration_interval(tox);
  printf("iteration interval between 1 and 50 ms: %d\n", interval >= 1 && interval <= 50);
  for (int i = 0; i < 20; i++) tox_iterate(tox, NULL);
  print_self(tox);
  DO(tox_kill(tox));
  print_ports();
  return 0;
}
