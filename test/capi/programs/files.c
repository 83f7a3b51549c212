// Story of two processes: friends offer each other files, accept, pause, resume, seek, cancel, and make every mistake.
// A chunk's bytes follow from its position, so that both sides can tell what arrived by a sum.

#include "peers.h"

enum {
  CHUNK = 1371,
  /** Number of the first file that is received, and of the second. */
  IN = 1 << 16,
  IN_2 = 2 << 16,
  /** Connection of oneself and of the friend; name, status message, status and typing of the friend. */
  HEARD_ON_MEETING = 6,
  BIG = 1000 * 1000,
};

static const uint64_t FAR = (UINT64_C(1) << 60) + 12345;

/** What this process does with files; one story, one of it. */
static struct {
  /** Chunks are not answered but counted. */
  bool holds;
  /** Requests are answered by `meddle`. */
  bool meddles;
  /** After so many chunks the file is cancelled; 0 for never. */
  unsigned cancels_after;
  /** Where a stream ends. */
  uint64_t stream_end;
  unsigned requests;
  size_t longest;
  uint64_t received;
  unsigned chunks;
  uint32_t sum;
  /** Offers and controls are counted, not printed. */
  bool is_crowd;
  uint32_t last;
} files;

static uint8_t byte_at(uint64_t position) { return (uint8_t)(position * 31 + (position >> 8)); }

static void on_offer(Tox *tox, uint32_t number, uint32_t file, uint32_t kind, uint64_t size, const uint8_t *name,
                     size_t length, void *user_data) {
  (void)tox;
  if (files.is_crowd) {
    ((Ear *)user_data)->heard++;
    files.last = file;
    return;
  }
  note(user_data, "file_recv");
  printf("%u, file %u, kind %u, size %llu, ", number, file, kind, (unsigned long long)size);
  print_string("name", name, length);
}

static void on_control(Tox *tox, uint32_t number, uint32_t file, Tox_File_Control control, void *user_data) {
  (void)tox;
  if (files.is_crowd) {
    ((Ear *)user_data)->heard++;
    files.last = file;
    return;
  }
  note(user_data, "file_recv_control");
  printf("%u, file %u: %d\n", number, file, (int)control);
}

#define GIVE(at, length) STEP(Tox_Err_File_Send_Chunk, tox_file_send_chunk(tox, number, file, at, data, length, &error))
#define IN_CALLBACK(control) STEP(Tox_Err_File_Control, tox_file_control(tox, number, file, control, &error))

/** Answers a request, and does all else that may be done meanwhile. */
static void meddle(Tox *tox, uint32_t number, uint32_t file, uint64_t position) {
  static uint8_t data[2 * CHUNK];
  for (size_t i = 0; i < sizeof(data); i++) data[i] = byte_at(position + i);
  uint8_t id[TOX_FILE_ID_LENGTH];
  const unsigned turn = (unsigned)(position / CHUNK);
  printf("asked for chunk %u\n", turn);
  switch (turn) {
    case 1:
      GIVE(position, CHUNK);
      break;
    case 2:
      GIVE(position + 1, CHUNK);
      GIVE(position, CHUNK - 1);
      GIVE(position, CHUNK + 1);
      GIVE(position, 0);
      break;
    case 3:
      STEP(Tox_Err_File_Send_Chunk, tox_file_send_chunk(tox, 9, file, position, data, CHUNK, &error));
      STEP(Tox_Err_File_Send_Chunk, tox_file_send_chunk(tox, number, 9, position, data, CHUNK, &error));
      break;
    case 4:
      SHOW(tox_friend_get_connection_status(tox, number, NULL));
      SHOW(tox_file_get_file_id(tox, number, file, id, NULL));
      break;
    case 5:
      tox_self_set_nospam(tox, 7);
      break;
    case 7:
      IN_CALLBACK(TOX_FILE_CONTROL_PAUSE);
      break;
    case 8:
      return;  // Answered with the next one.
    case 9:
      GIVE(position, CHUNK);
      for (size_t i = 0; i < CHUNK; i++) data[i] = byte_at(position - CHUNK + i);
      GIVE(position - CHUNK, CHUNK);
      for (size_t i = 0; i < CHUNK; i++) data[i] = byte_at(position + i);
      break;
    case 11:
      IN_CALLBACK(TOX_FILE_CONTROL_CANCEL);
      break;
  }
  GIVE(position, CHUNK);
  if (turn == 7) IN_CALLBACK(TOX_FILE_CONTROL_RESUME);
}

static void on_chunk_request(Tox *tox, uint32_t number, uint32_t file, uint64_t position, size_t length,
                             void *user_data) {
  if (length == 0) {
    note(user_data, "file_chunk_request");
    printf("%u, file %u: done at %llu, longest %zu\n", number, file, (unsigned long long)position, files.longest);
    files.longest = files.requests = 0;
    return;
  }
  files.requests++;
  if (length > files.longest) files.longest = length;
  if (files.meddles) return meddle(tox, number, file, position);
  if (files.holds || position > files.stream_end) return;
  uint8_t data[CHUNK];
  if (length > files.stream_end - position) length = (size_t)(files.stream_end - position);
  for (size_t i = 0; i < length; i++) data[i] = byte_at(position + i);
  Tox_Err_File_Send_Chunk error;
  if (!tox_file_send_chunk(tox, number, file, position, data, length, &error)) {
    // Behind the end of a stream there is nothing to send.
    if (error != TOX_ERR_FILE_SEND_CHUNK_NOT_TRANSFERRING) printf("a chunk is refused: %d\n", (int)error);
  }
}

static void on_chunk(Tox *tox, uint32_t number, uint32_t file, uint64_t position, const uint8_t *data, size_t length,
                     void *user_data) {
  (void)tox;
  if (length > 0) {
    if (files.chunks == 0) printf("  the first chunk is at %llu\n", (unsigned long long)position);
    for (size_t i = 0; i < length; i++) {
      files.sum = (files.sum ^ data[i]) * 16777619u;
      if (data[i] != byte_at(position + i)) give_up("a wrong byte");
    }
    files.received += length;
    files.chunks++;
    if (files.cancels_after == 0) return;
    if (files.chunks > files.cancels_after) give_up("a chunk of a cancelled file");
    if (files.chunks == files.cancels_after) IN_CALLBACK(TOX_FILE_CONTROL_CANCEL);
    return;
  }
  note(user_data, "file_recv_chunk");
  printf("%u, file %u: ends at %llu, %llu bytes in %u chunks, sum %08x\n", number, file, (unsigned long long)position,
         (unsigned long long)files.received, files.chunks, files.sum);
  files.received = files.chunks = files.sum = 0;
}

#define SEND(friend, kind, size, id, name, length) \
  STEP(Tox_Err_File_Send, tox_file_send(me->tox, friend, kind, size, id, name, length, &error))
#define CONTROL(friend, file, control) \
  STEP(Tox_Err_File_Control, tox_file_control(me->tox, friend, file, control, &error))
#define SEEK(friend, file, position) STEP(Tox_Err_File_Seek, tox_file_seek(me->tox, friend, file, position, &error))
#define SEND_CHUNK(friend, file, position, length) \
  STEP(Tox_Err_File_Send_Chunk,                    \
       tox_file_send_chunk(me->tox, friend, file, position, letters(length), length, &error))
#define RESUME TOX_FILE_CONTROL_RESUME
#define PAUSE TOX_FILE_CONTROL_PAUSE
#define CANCEL TOX_FILE_CONTROL_CANCEL

static void show_id(Peer *me, uint32_t file) {
  uint8_t id[TOX_FILE_ID_LENGTH] = {0};
  STEP(Tox_Err_File_Get, tox_file_get_file_id(me->tox, 0, file, id, &error));
  print_text("id", id, sizeof(id));
}

/** The first one does `act`, then both hear so much. */
#define TURN(title, first_hears, second_hears, act) \
  do {                                              \
    step(me, title);                                \
    if (me->role == FIRST) { act; }                 \
    hear(me, me->role == FIRST ? first_hears : second_hears); \
  } while (0)

/** The second one does. */
#define RETURN(title, first_hears, second_hears, act) \
  do {                                                \
    step(me, title);                                  \
    if (me->role == SECOND) { act; }                  \
    hear(me, me->role == FIRST ? first_hears : second_hears); \
  } while (0)

static void without_any(Peer *me) {
  step(me, "nothing can be done with files that there are not");
  SEND(1, 0, 1, NULL, bytes_of("x"), 1);
  SEND(0, 0, 1, NULL, letters(256), 256);
  SEND(0, 0, 1, NULL, NULL, 1);
  CONTROL(1, 0, RESUME);
  SEEK(1, IN, 0);
  SEND_CHUNK(1, 0, 0, 1);
  uint8_t id[TOX_FILE_ID_LENGTH];
  STEP(Tox_Err_File_Get, tox_file_get_file_id(me->tox, 1, 0, id, &error));
  STEP(Tox_Err_File_Get, tox_file_get_file_id(me->tox, 0, 0, NULL, &error));
  const uint32_t numbers[] = {0, 255, 256, 65535, IN, 256 << 16, 257 << 16, UINT32_MAX};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
    const uint32_t number = numbers[i];
    printf("file %u\n", number);
    CONTROL(0, number, RESUME);
    CONTROL(0, number, CANCEL);
    SEEK(0, number, 1);
    SEND_CHUNK(0, number, 0, 1);
    STEP(Tox_Err_File_Get, tox_file_get_file_id(me->tox, 0, number, id, &error));
  }
}

static void small_ones(Peer *me) {
  TURN("an avatar with an id", 0, 1, SEND(0, TOX_FILE_KIND_AVATAR, 3000, letters(32), bytes_of("../a/b"), 6));
  step(me, "its id, and what may not be done before it is accepted");
  show_id(me, me->role == FIRST ? 0 : IN);
  if (me->role == FIRST) {
    CONTROL(0, 0, RESUME);
    CONTROL(0, 0, PAUSE);
    SEEK(0, 0, 1);
    SEND_CHUNK(0, 0, 0, CHUNK);
  } else {
    CONTROL(0, IN, PAUSE);
    SEEK(0, IN, 3000);
    SEND_CHUNK(0, IN, 0, CHUNK);
  }
  RETURN("it is accepted", 2, 1, CONTROL(0, IN, RESUME));
  TURN("nothing at all", 0, 1, SEND(0, 77, 0, NULL, NULL, 0));
  RETURN("is accepted too", 2, 1, CONTROL(0, IN, RESUME));
  RETURN("the longest name, from the other side", 1, 0, SEND(0, 0, CHUNK, NULL, letters(255), 255));
  TURN("one chunk", 1, 2, CONTROL(0, IN, RESUME));
}

static void big_ones(Peer *me) {
  TURN("a million bytes", 0, 1, SEND(0, 0, BIG, NULL, bytes_of("big"), 3));
  RETURN("arrive", 2, 1, CONTROL(0, IN, RESUME));
  RETURN("and back", 1, 0, SEND(0, 0, BIG, NULL, bytes_of("back"), 4));
  TURN("they arrive", 1, 2, CONTROL(0, IN, RESUME));
}

static void sought(Peer *me) {
  TURN("five thousand bytes", 0, 1, SEND(0, 0, 5000, NULL, bytes_of("s"), 1));
  step(me, "are sought");
  if (me->role == SECOND) {
    SEEK(0, IN, 5000);
    SEEK(0, IN, 1000);
    SEEK(0, IN, 3000);
    CONTROL(0, IN, RESUME);
    SEEK(0, IN, 4000);
  }
  hear(me, me->role == FIRST ? 2 : 1);
  TURN("more than a double holds", 0, 1, SEND(0, 0, FAR, NULL, bytes_of("far"), 3));
  step(me, "is sought");
  if (me->role == SECOND) {
    SEEK(0, IN, FAR);
    SEEK(0, IN, FAR - 3001);
    CONTROL(0, IN, RESUME);
  }
  hear(me, me->role == FIRST ? 2 : 1);
}

static void streams(Peer *me) {
  static const uint64_t ends[] = {4000, 2 * CHUNK};
  for (int i = 0; i < 2; i++) {
    files.stream_end = ends[i];
    TURN("a stream", 0, 1, SEND(0, 0, UINT64_MAX, NULL, bytes_of("stream"), 6));
    RETURN("ends", 2, 1, CONTROL(0, IN, RESUME));
  }
  files.stream_end = UINT64_MAX;
}

/** Iterates until so many chunks have been asked for. */
static void await_requests(Peer *me, unsigned count) {
  const double end = seconds() + DEADLINE_S;
  while (files.requests < count) {
    turn(me->tox, &me->ear);
    if (seconds() > end) give_up("no chunks are asked for");
  }
}

/** Iterates until so many chunks have come. */
static void await_chunks(Peer *me, unsigned count) {
  const double end = seconds() + DEADLINE_S;
  while (files.chunks < count) {
    turn(me->tox, &me->ear);
    if (seconds() > end) give_up("no chunks come");
  }
}

static void by_hand(Peer *me) {
  files.holds = true;
  TURN("a file whose chunks wait", 0, 1, SEND(0, 0, 2 * CHUNK + 10, NULL, bytes_of("slow"), 4));
  RETURN("is accepted", 1, 0, CONTROL(0, IN, RESUME));
  step(me, "right and wrong chunks");
  if (me->role == FIRST) {
    await_requests(me, 3);
    SEND_CHUNK(0, 0, 0, CHUNK + 1);
    SEND_CHUNK(0, 0, 0, CHUNK - 1);
    SEND_CHUNK(0, 0, 0, 0);
    SEND_CHUNK(0, 0, 1, CHUNK);
    CONTROL(0, 0, RESUME);
    CONTROL(0, 0, PAUSE);
    CONTROL(0, 0, PAUSE);
  }
  hear(me, me->role == FIRST ? 0 : 1);
  RETURN("only who paused can resume", 1, 0, CONTROL(0, IN, RESUME); CONTROL(0, IN, PAUSE); CONTROL(0, IN, PAUSE));
  TURN("the first one resumes", 0, 1, CONTROL(0, 0, RESUME); CONTROL(0, 0, RESUME));
  RETURN("the second one resumes", 1, 0, CONTROL(0, IN, RESUME); CONTROL(0, IN, RESUME));
  step(me, "it is cancelled");
  if (me->role == FIRST) {
    CONTROL(0, 0, CANCEL);
    CONTROL(0, 0, CANCEL);
    SEND_CHUNK(0, 0, 0, CHUNK);
    show_id(me, 0);
  }
  hear(me, me->role == FIRST ? 0 : 1);
  files.requests = 0;
  files.holds = false;
}

static void in_callbacks(Peer *me) {
  files.meddles = true;
  TURN("a file for chunks with much else", 0, 1, SEND(0, 0, BIG, NULL, bytes_of("busy"), 4));
  RETURN("is accepted, paused, resumed and cancelled", 1, 3, CONTROL(0, IN, RESUME));
  files.meddles = false;
  files.chunks = files.received = files.sum = 0;
  TURN("a file", 0, 1, SEND(0, 0, BIG, NULL, bytes_of("unwanted"), 8));
  files.cancels_after = 3;
  RETURN("is cancelled while it comes", 2, 0, CONTROL(0, IN, RESUME); await_chunks(me, 3));
  files.cancels_after = files.chunks = files.received = files.sum = files.requests = files.longest = 0;
}

static void cancelled(Peer *me) {
  TURN("an offer", 0, 1, SEND(0, 0, 10, NULL, bytes_of("c"), 1));
  RETURN("is refused", 1, 0, CONTROL(0, IN, CANCEL); CONTROL(0, IN, RESUME));
  TURN("two offers", 0, 2, SEND(0, 0, 10, NULL, bytes_of("d"), 1); SEND(0, 0, 20, NULL, bytes_of("e"), 1));
  TURN("the first of them is withdrawn", 0, 1, CONTROL(0, 0, CANCEL));
  TURN("a third one takes its number", 0, 1, SEND(0, 0, 30, NULL, bytes_of("f"), 1));
  RETURN("the second one is accepted", 2, 1, CONTROL(0, IN_2, RESUME));
  RETURN("the third one is refused", 1, 0, CONTROL(0, IN, CANCEL));
}

static void crowd(Peer *me) {
  files.is_crowd = true;
  step(me, "256 offers and no more");
  if (me->role == FIRST) {
    unsigned offered = 0;
    while (tox_file_send(me->tox, 0, 0, 1, NULL, bytes_of("many"), 4, NULL) == offered) offered++;
    SHOW(offered);
    SEND(0, 0, 1, NULL, bytes_of("many"), 4);
  }
  hear(me, me->role == FIRST ? 0 : 256);
  SHOW(files.last);
  step(me, "all are refused");
  if (me->role == SECOND) {
    unsigned refused = 0;
    while (refused < 256 && tox_file_control(me->tox, 0, (refused + 1) << 16, CANCEL, NULL)) refused++;
    SHOW(refused);
  }
  hear(me, me->role == FIRST ? 256 : 0);
  SHOW(files.last);
  files.is_crowd = false;
}

int main(int argc, char **argv) {
  Peer peer = join(argc, argv);
  Peer *me = &peer;
  files.stream_end = UINT64_MAX;
  tox_callback_file_recv(me->tox, on_offer);
  tox_callback_file_recv_control(me->tox, on_control);
  tox_callback_file_chunk_request(me->tox, on_chunk_request);
  tox_callback_file_recv_chunk(me->tox, on_chunk);
  if (me->role == SECOND) tox_self_set_name(me->tox, bytes_of("Second"), 6, NULL);
  STEP(Tox_Err_Friend_Add, tox_friend_add_norequest(me->tox, me->other_key, &error));
  step(me, "nobody is there yet");
  SEND(0, 0, 1, NULL, bytes_of("x"), 1);
  CONTROL(0, 0, RESUME);
  SEEK(0, IN, 0);
  SEND_CHUNK(0, 0, 0, 1);
  show_id(me, 0);
  step_in_any_order(me, "they meet");
  meet(me);
  hear(me, HEARD_ON_MEETING);
  without_any(me);
  small_ones(me);
  big_ones(me);
  sought(me);
  streams(me);
  by_hand(me);
  in_callbacks(me);
  cancelled(me);
  crowd(me);
  part(me);
  return 0;
}
