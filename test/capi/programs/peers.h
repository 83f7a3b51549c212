// Peers that meet: every callback is a printed line, and a story waits for what it is due to hear, never for time.
// Two instances in one process (connect_pair), or one in each of two processes that the harness introduces (join).

#ifndef PEERS_H
#define PEERS_H

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "story.h"

enum {
  /** Fresh c-toxcore peers see each other after 10 s and deliver friend requests after 30 s. */
  DEADLINE_S = 150,
  FIRST = 1,
  SECOND = 2,
};

/** What an instance hears; goes through tox_iterate as user_data. */
typedef struct Ear {
  /** Printed before each line where two instances share a process. */
  const char *who;
  unsigned heard;
} Ear;

static inline void note(void *user_data, const char *what) {
  Ear *ear = user_data;
  ear->heard++;
  printf("  %s%s ", ear->who, what);
}

static inline void on_self_connection(Tox *tox, Tox_Connection connection, void *user_data) {
  (void)tox;
  note(user_data, "self_connection_status");
  // To c-toxcore a network of private addresses alone is none to be reached over UDP, and it tells of TCP.
  printf("connected %d\n", connection != TOX_CONNECTION_NONE);
}

static inline void on_connection(Tox *tox, uint32_t number, Tox_Connection connection, void *user_data) {
  (void)tox;
  note(user_data, "friend_connection_status");
  printf("%u: %d\n", number, (int)connection);
}

static inline void on_status(Tox *tox, uint32_t number, Tox_User_Status status, void *user_data) {
  (void)tox;
  note(user_data, "friend_status");
  printf("%u: %d\n", number, (int)status);
}

static inline void on_typing(Tox *tox, uint32_t number, bool typing, void *user_data) {
  (void)tox;
  note(user_data, "friend_typing");
  printf("%u: %d\n", number, typing);
}

static inline void on_receipt(Tox *tox, uint32_t number, uint32_t message, void *user_data) {
  (void)tox;
  note(user_data, "friend_read_receipt");
  printf("%u: %u\n", number, message);
}

static inline void on_name(Tox *tox, uint32_t number, const uint8_t *name, size_t length, void *user_data) {
  (void)tox;
  note(user_data, "friend_name");
  printf("%u, ", number);
  print_string("text", name, length);
}

static inline void on_status_message(Tox *tox, uint32_t number, const uint8_t *text, size_t length, void *user_data) {
  (void)tox;
  note(user_data, "friend_status_message");
  printf("%u, ", number);
  print_string("text", text, length);
}

static inline void on_message(Tox *tox, uint32_t number, Tox_Message_Type type, const uint8_t *text, size_t length,
                              void *user_data) {
  (void)tox;
  note(user_data, "friend_message");
  printf("%u, type %d, ", number, (int)type);
  print_string("text", text, length);
}

static inline void on_request(Tox *tox, const uint8_t *key, const uint8_t *text, size_t length, void *user_data) {
  (void)tox;
  note(user_data, "friend_request");
  print_string("text", text, length);
  print_hex("    from", key, KEY_SIZE);
}

static inline void on_lossless(Tox *tox, uint32_t number, const uint8_t *data, size_t length, void *user_data) {
  (void)tox;
  note(user_data, "friend_lossless_packet");
  printf("%u, id %u, ", number, data[0]);
  print_text("data", data, length);
}

static inline void on_lossy(Tox *tox, uint32_t number, const uint8_t *data, size_t length, void *user_data) {
  (void)tox;
  note(user_data, "friend_lossy_packet");
  printf("%u, id %u, ", number, data[0]);
  print_text("data", data, length);
}

/** Everything that happens is printed. */
static inline void hear_all(Tox *tox) {
  tox_callback_self_connection_status(tox, on_self_connection);
  tox_callback_friend_connection_status(tox, on_connection);
  tox_callback_friend_status(tox, on_status);
  tox_callback_friend_typing(tox, on_typing);
  tox_callback_friend_read_receipt(tox, on_receipt);
  tox_callback_friend_name(tox, on_name);
  tox_callback_friend_status_message(tox, on_status_message);
  tox_callback_friend_message(tox, on_message);
  tox_callback_friend_request(tox, on_request);
  tox_callback_friend_lossless_packet(tox, on_lossless);
  tox_callback_friend_lossy_packet(tox, on_lossy);
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/** One turn of an ordinary client's loop. */
static inline void turn(Tox *tox, void *user_data) {
  tox_iterate(tox, user_data);
  usleep(1000 * tox_iteration_interval(tox));
}

static inline void read_key(uint8_t key[KEY_SIZE], const char *text) {
  for (int i = 0; i < KEY_SIZE; i++) {
    unsigned byte;
    if (sscanf(text + 2 * i, "%2x", &byte) != 1) give_up("the other one's DHT key is none");
    key[i] = (uint8_t)byte;
  }
}

static inline void introduce(Tox *tox, const char *dht_key, uint16_t port) {
  uint8_t key[KEY_SIZE];
  read_key(key, dht_key);
  if (!tox_bootstrap(tox, "127.0.0.1", port, key, NULL)) give_up("cannot bootstrap");
}

/** Two instances of one process become friends by key and see each other; nothing is printed. */
static inline void connect_pair(Tox *a, Tox *b) {
  introduce_both(a, b);
  const double end = seconds() + DEADLINE_S;
  while (tox_friend_get_connection_status(a, 0, NULL) == TOX_CONNECTION_NONE ||
         tox_friend_get_connection_status(b, 0, NULL) == TOX_CONNECTION_NONE) {
    tox_iterate(a, NULL);
    turn(b, NULL);
    if (seconds() > end) give_up("the pair did not connect");
  }
}

/** One of two processes. */
typedef struct Peer {
  Tox *tox;
  Ear ear;
  /** FIRST or SECOND. */
  int role;
  uint16_t port;
  /** What this peer and the other one are known by: 32 times this byte is the secret key. */
  uint8_t secret;
  uint8_t other_key[KEY_SIZE];
} Peer;

/** Iterates, where there is an instance, until the harness writes a line. Lines to the harness begin with `= `. */
static inline void wait_for_line(Peer *peer, char *line, int size) {
  const double end = seconds() + DEADLINE_S;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  fflush(stdout);
  while (poll(&input, 1, peer->tox == NULL ? 1000 : 0) == 0) {
    if (peer->tox != NULL) turn(peer->tox, &peer->ear);
    fflush(stdout);
    if (seconds() > end) give_up("the other one did not come");
  }
  if (fgets(line, size, stdin) == NULL) give_up("the harness has gone");
}

/**
 * Both processes come to this point, stand still, and then both go on: what one of them does in the new step, the other
 * one cannot hear in the old one.
 */
static inline void step(Peer *peer, const char *title) {
  char line[8];
  printf("= barrier %s\n", title);
  wait_for_line(peer, line, sizeof(line));
  printf("= still %s\n", title);
  fflush(stdout);
  if (fgets(line, sizeof(line), stdin) == NULL) give_up("the harness has gone");
  chapter(title);
  peer->ear.heard = 0;
}

/** Tells the other one where we are, and bootstraps from it, or from a node of the network and its relay. */
static inline void meet(Peer *peer) {
  uint8_t key[KEY_SIZE];
  char line[128];
  char other[2 * KEY_SIZE + 1];
  unsigned port;
  unsigned tcp_port = 0;
  tox_self_get_dht_id(peer->tox, key);
  printf("= node %u ", tox_self_get_udp_port(peer->tox, NULL));
  for (int i = 0; i < KEY_SIZE; i++) printf("%02x", key[i]);
  printf("\n");
  wait_for_line(peer, line, sizeof(line));
  if (sscanf(line, "%u %64s %u", &port, other, &tcp_port) < 2) give_up("no introduction");
  introduce(peer->tox, other, (uint16_t)port);
  read_key(key, other);
  if (tcp_port == 0) return;
  if (!tox_add_tcp_relay(peer->tox, "127.0.0.1", (uint16_t)tcp_port, key, NULL)) give_up("cannot add the relay");
}

/**
 * Starts this process's instance: `program ROLE PORT`, with other ways than UDP alone where `ways` tells them. The roles'
 * public keys are known to both from the start.
 */
static inline Peer join_with(int argc, char **argv, Ways ways) {
  if (argc < 3) give_up("usage: program ROLE PORT");
  Peer peer = {.ear = {.who = ""}, .role = atoi(argv[1]), .port = (uint16_t)atoi(argv[2])};
  peer.secret = (uint8_t)(peer.role * 7);
  Tox *other = make_instance((uint8_t)((FIRST + SECOND - peer.role) * 7), 0);
  tox_self_get_public_key(other, peer.other_key);
  tox_kill(other);
  ways.port = peer.port;
  peer.tox = make_instance_with(peer.secret, ways);
  hear_all(peer.tox);
  return peer;
}

static inline Peer join(int argc, char **argv) { return join_with(argc, argv, (Ways){0}); }

/** Iterates until `count` callbacks have come since the step began; its lines are exactly those that were due. */
static inline void hear(Peer *peer, unsigned count) {
  const double end = seconds() + DEADLINE_S;
  while (peer->ear.heard < count) {
    turn(peer->tox, &peer->ear);
    if (seconds() > end) give_up("not everything was heard");
  }
}

/** Ends the instance; its profile stays. */
static inline uint8_t *leave(Peer *peer, size_t *length) {
  *length = tox_get_savedata_size(peer->tox);
  uint8_t *data = malloc(*length);
  tox_get_savedata(peer->tox, data);
  tox_kill(peer->tox);
  peer->tox = NULL;
  return data;
}

/** Begins again with that profile, which is freed. */
static inline void come_back(Peer *peer, uint8_t *data, size_t length) {
  struct Tox_Options *options = quiet_options();
  tox_options_set_start_port(options, peer->port);
  tox_options_set_end_port(options, (uint16_t)(peer->port + 99));
  tox_options_set_savedata_type(options, TOX_SAVEDATA_TYPE_TOX_SAVE);
  tox_options_set_savedata_data(options, data, length);
  peer->tox = tox_new(options, NULL);
  tox_options_free(options);
  free(data);
  if (peer->tox == NULL) give_up("the profile did not load");
  hear_all(peer->tox);
}

/** Both end at the same time; that the other one leaves is no part of the story. */
static inline void part(Peer *peer) {
  if (peer->tox != NULL) tox_callback_friend_connection_status(peer->tox, NULL);
  step(peer, "they part");
  tox_kill(peer->tox);
}

/** A title between which and the next one the order of lines depends on chance: the harness sorts them. */
static inline void step_in_any_order(Peer *peer, const char *title) {
  char text[100];
  snprintf(text, sizeof(text), "%s (in any order)", title);
  step(peer, text);
}

#endif
