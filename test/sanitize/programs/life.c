// A short life that touches every part of the library: two friends meet, what one hears is recorded, packed, loaded and
// dispatched, a profile is saved, encrypted and read again.

#include <tox/tox_dispatch.h>
#include <tox/tox_events.h>
#include <tox/tox_private.h>
#include <tox/toxencryptsave.h>

#include "../../capi/programs/peers.h"

static unsigned messages = 0;

static void on_recorded(const Tox_Event_Friend_Message *event, void *user_data) {
  (void)user_data;
  messages++;
  print_text("heard", tox_event_friend_message_get_message(event), tox_event_friend_message_get_message_length(event));
}

/** The list by way of its bytes. */
static Tox_Events *packed_and_loaded(const Tox_Events *events) {
  const Tox_System system = tox_default_system();
  const uint32_t size = tox_events_bytes_size(events);
  uint8_t *bytes = malloc(size);
  if (bytes == NULL || !tox_events_get_bytes(events, bytes)) give_up("a list cannot be packed");
  Tox_Events *loaded = tox_events_load(&system, bytes, size);
  if (!tox_events_equal(&system, events, loaded)) give_up("a list changes by being packed");
  free(bytes);
  return loaded;
}

static void talk(Tox *speaker, Tox *listener) {
  Tox_Dispatch *dispatch = tox_dispatch_new(NULL);
  tox_events_callback_friend_message(dispatch, on_recorded);
  tox_events_init(listener);
  tox_friend_send_message(speaker, 0, TOX_MESSAGE_TYPE_NORMAL, letters(1372), 1372, NULL);
  const double end = seconds() + DEADLINE_S;
  while (messages == 0) {
    turn(speaker, NULL);
    Tox_Events *events = tox_events_iterate(listener, NULL, NULL);
    Tox_Events *loaded = packed_and_loaded(events);
    tox_dispatch_invoke(dispatch, loaded, NULL);
    tox_events_free(loaded);
    tox_events_free(events);
    if (seconds() > end) give_up("nothing was heard");
  }
  tox_dispatch_free(dispatch);
}

static void save_and_read(const Tox *tox) {
  const uint8_t *password = bytes_of("password");
  const size_t size = tox_get_savedata_size(tox);
  const size_t sealed_size = size + TOX_PASS_ENCRYPTION_EXTRA_LENGTH;
  uint8_t *data = malloc(size);
  uint8_t *sealed = malloc(sealed_size);
  uint8_t *opened = malloc(size);
  tox_get_savedata(tox, data);
  STEP(Tox_Err_Encryption, tox_pass_encrypt(data, size, password, 8, sealed, &error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, sealed_size, bytes_of("mistaken"), 8, opened, &error));
  STEP(Tox_Err_Decryption, tox_pass_decrypt(sealed, sealed_size, password, 8, opened, &error));
  if (memcmp(data, opened, size) != 0) give_up("a profile changes by being encrypted");
  struct Tox_Options *options = quiet_options();
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, opened, size);
  Tox *again = tox_new(options, NULL);
  tox_options_free(options);
  SHOW(tox_self_get_friend_list_size(again));
  tox_kill(again);
  free(opened);
  free(sealed);
  free(data);
}

int main(void) {
  Tox *a = make_instance(1, 0);
  Tox *b = make_instance(2, 0);
  connect_pair(a, b);
  talk(a, b);
  tox_friend_add(a, address_of(10, 1), letters(MAX_REQUEST), MAX_REQUEST, NULL);
  save_and_read(a);
  tox_kill(a);
  tox_kill(b);
  printf("came to the end\n");
  return 0;
}
