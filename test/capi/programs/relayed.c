// Story of two processes without UDP: all that they know is a node and its TCP relay. One asks the other for friendship;
// they talk, and send a file.

#include "peers.h"

enum {
  NOSPAM = 0x01020304,
  /** The second one's relay is this far above its first UDP port. */
  RELAY_OFFSET = 50,
  /** Connection of the friend; name, status message, status and typing. */
  HEARD_ON_MEETING = 5,
  FILE_SIZE = 300 * 1000,
};

static struct {
  uint64_t received;
  uint32_t sum;
} file;

static uint8_t byte_at(uint64_t position) { return (uint8_t)(position * 31 + (position >> 8)); }

static void on_offer(Tox *tox, uint32_t number, uint32_t file_number, uint32_t kind, uint64_t size, const uint8_t *name,
                     size_t length, void *user_data) {
  (void)tox;
  note(user_data, "file_recv");
  printf("%u, file %u, kind %u, size %llu, ", number, file_number, kind, (unsigned long long)size);
  print_string("name", name, length);
}

static void on_control(Tox *tox, uint32_t number, uint32_t file_number, Tox_File_Control control, void *user_data) {
  (void)tox;
  note(user_data, "file_recv_control");
  printf("%u, file %u: %d\n", number, file_number, (int)control);
}

static void on_request_of_chunk(Tox *tox, uint32_t number, uint32_t file_number, uint64_t position,
                                size_t length, void *user_data) {
  uint8_t data[2048];
  if (length == 0) {
    note(user_data, "file_chunk_request");
    printf("%u, file %u: the end\n", number, file_number);
    return;
  }
  for (size_t i = 0; i < length; i++) data[i] = byte_at(position + i);
  if (!tox_file_send_chunk(tox, number, file_number, position, data, length, NULL)) give_up("a chunk was refused");
}

static void on_chunk(Tox *tox, uint32_t number, uint32_t file_number, uint64_t position, const uint8_t *data,
                     size_t length, void *user_data) {
  (void)tox;
  if (position != file.received) give_up("a piece out of order");
  for (size_t i = 0; i < length; i++) file.sum = file.sum * 33 + data[i];
  file.received += length;
  if (length > 0) return;
  note(user_data, "file_recv_chunk");
  const unsigned long long received = file.received;
  printf("%u, file %u: the end, %llu bytes, sum %08x\n", number, file_number, received, file.sum);
}

static void print_ways(Peer *me) {
  SHOW(tox_self_get_connection_status(me->tox));
  SHOW(tox_friend_get_connection_status(me->tox, 0, NULL));
  STEP(Tox_Err_Get_Port, tox_self_get_udp_port(me->tox, &error));
  // Only the second one is a relay.
  Tox_Err_Get_Port error = (Tox_Err_Get_Port)UNTOUCHED;
  const uint16_t port = tox_self_get_tcp_port(me->tox, &error);
  printf("a relay: %d, error %d\n", port != 0, (int)error);
}

static void send_file(Peer *me) {
  step(me, "the second one offers a file");
  if (me->role == SECOND) {
    STEP(Tox_Err_File_Send,
         tox_file_send(me->tox, 0, TOX_FILE_KIND_DATA, FILE_SIZE, NULL, bytes_of("a file"), 6, &error));
  } else {
    hear(me, 1);
  }
  step(me, "and the first one takes it");
  if (me->role == FIRST) {
    STEP(Tox_Err_File_Control, tox_file_control(me->tox, 0, 1 << 16, TOX_FILE_CONTROL_RESUME, &error));
    hear(me, 1);
  } else {
    hear(me, 2);
  }
}

int main(int argc, char **argv) {
  const int role = argc > 1 ? atoi(argv[1]) : 0;
  const int port = argc > 2 ? atoi(argv[2]) : 0;
  const uint16_t relay = role == SECOND ? (uint16_t)(port + RELAY_OFFSET) : 0;
  Peer me = join_with(argc, argv, (Ways){.has_no_udp = true, .tcp_port = relay});
  tox_callback_file_recv(me.tox, on_offer);
  tox_callback_file_recv_control(me.tox, on_control);
  tox_callback_file_chunk_request(me.tox, on_request_of_chunk);
  tox_callback_file_recv_chunk(me.tox, on_chunk);
  step_in_any_order(&me, "the second one asks");
  print_ways(&me);
  meet(&me);
  if (me.role == SECOND) {
    uint8_t address[ADDRESS_SIZE];
    make_address(address, me.other_key, NOSPAM);
    STEP(Tox_Err_Friend_Add, tox_friend_add(me.tox, address, bytes_of("please"), 6, &error));
    hear(&me, 1);
  } else {
    hear(&me, 2);
  }
  step_in_any_order(&me, "the first one accepts");
  if (me.role == FIRST) STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(me.tox, me.other_key, &error));
  hear(&me, HEARD_ON_MEETING);
  step(&me, "how they are connected");
  print_ways(&me);
  step(&me, "a word");
  if (me.role == FIRST) {
    STEP(Tox_Err_Friend_Send_Message,
         tox_friend_send_message(me.tox, 0, TOX_MESSAGE_TYPE_NORMAL, bytes_of("welcome"), 7, &error));
  }
  hear(&me, 1);
  send_file(&me);
  step(&me, "the end");
  print_ways(&me);
  part(&me);
  return 0;
}
