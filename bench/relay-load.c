/* Thousands of clients of one TCP relay: the same load for tox-bootstrapd's and for ours.
 *
 *   relay-load PORT NODE_KEY      reads commands, answers each with a line:
 *     hold N                      clients until there are N     -> held COUNT SECONDS
 *     ping                        one ping from each            -> pongs COUNT MEDIAN_MS P99_MS
 *     drop                        ends all clients              -> dropped COUNT
 *     churn N                     N clients that come, shake hands and go, CHURNING at a time
 *                                                               -> churned COUNT SECONDS
 *     half N                      N connections with 0 to 127 bytes of a handshake, left so
 *                                                               -> half COUNT
 *     ended SECONDS               waits until the relay has ended the half ones
 *                                                               -> ended COUNT
 *
 * Clients stand at addresses of their own in 127.0.0.0/8, PER_ADDRESS at each, and answer the relay's pings all the while.
 * One that the relay ends is told on standard error by the next command's count. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PER_ADDRESS = 50,
    /* Below the 256 handshakes that either relay holds at once. */
    CONNECTING = 100,
    CHURNING = 50,
    CLIENTS_MAX = 20000,
    HANDSHAKE = 32 + 24 + 32 + 24 + 16,
    ANSWER = 24 + 32 + 24 + 16,
    FRAME_MAX = 2 + 2048,
    PING = 4,
    PONG = 5,
    PING_SIZE = 9,
    EVENTS = 256,
    /* One command takes no longer, whatever the relay does. */
    GIVE_UP_S = 60,
};

enum state { FREE, HALF, GREETING, CONFIRMING, HELD };

struct client {
    int fd;
    enum state state;
    bool has_greeted, awaits_pong;
    double pinged;
    uint8_t public_key[32], secret_key[32], session_secret[32];
    uint8_t long_key[32], key[32], send_nonce[24], receive_nonce[24];
    uint8_t in[FRAME_MAX];
    size_t have;
};

static struct client clients[CLIENTS_MAX];
static double rtts[CLIENTS_MAX];
static int epoll_fd;
static uint8_t node_key[32];
static struct sockaddr_in node;
static size_t open_count, held, half, pongs, lost, failed;
/* Numbers every connection, and so spreads them over addresses. */
static uint32_t opened;
static bool leaves_when_held;

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void end(struct client *client, bool by_us)
{
    if (!by_us) {
        /* Half connections are there to be ended. */
        lost += client->state == HELD;
        failed += client->state == GREETING || client->state == CONFIRMING;
    } else if ((opened & 1) == 0) {
        /* Every other one breaks instead of closing. */
        const struct linger reset = {.l_onoff = 1, .l_linger = 0};
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    }
    held -= client->state == HELD;
    half -= client->state == HALF;
    close(client->fd);
    client->state = FREE;
    --open_count;
}

static void agree(uint8_t *key, const uint8_t *public_key, const uint8_t *secret_key)
{
    if (crypto_box_beforenm(key, public_key, secret_key) != 0) {
        fprintf(stderr, "the relay's key is no public key\n");
        exit(1);
    }
}

static void send_packet(struct client *client, const uint8_t *packet, size_t length)
{
    uint8_t frame[FRAME_MAX];
    frame[0] = (uint8_t)((length + 16) >> 8);
    frame[1] = (uint8_t)(length + 16);
    crypto_box_easy_afternm(frame + 2, packet, length, client->send_nonce, client->key);
    for (int i = 23; i >= 0 && ++client->send_nonce[i] == 0; --i) {
    }
    if (send(client->fd, frame, 2 + 16 + length, MSG_NOSIGNAL) < 0) {
        end(client, false);
    }
}

static void send_ping(struct client *client)
{
    uint8_t ping[PING_SIZE] = {PING, 1, 2, 3, 4, 5, 6, 7, 8};
    client->awaits_pong = true;
    client->pinged = now();
    send_packet(client, ping, sizeof(ping));
}

static struct client *open_client(enum state state)
{
    struct client *client = clients;
    while (client < clients + CLIENTS_MAX && client->state != FREE) {
        ++client;
    }
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client == clients + CLIENTS_MAX || fd < 0) {
        perror("socket");
        exit(1);
    }
    /* 127.1.0.1 and on. */
    const int on = 1;
    const struct sockaddr_in from = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001u + opened++ / PER_ADDRESS)};
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0
            || (connect(fd, (const struct sockaddr *)&node, sizeof(node)) != 0 && errno != EINPROGRESS)) {
        perror("connect");
        exit(1);
    }
    client->fd = fd;
    client->state = state;
    client->have = 0;
    client->has_greeted = client->awaits_pong = false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    ++open_count;
    half += state == HALF;
    return client;
}

static void send_handshake(struct client *client, size_t length)
{
    uint8_t handshake[HANDSHAKE], plain[56];
    crypto_box_keypair(client->public_key, client->secret_key);
    crypto_box_keypair(plain, client->session_secret);
    randombytes_buf(client->send_nonce, 24);
    memcpy(plain + 32, client->send_nonce, 24);
    agree(client->long_key, node_key, client->secret_key);
    memcpy(handshake, client->public_key, 32);
    randombytes_buf(handshake + 32, 24);
    crypto_box_easy_afternm(handshake + 56, plain, sizeof(plain), handshake + 32, client->long_key);
    if (length > 0 && send(client->fd, handshake, length, MSG_NOSIGNAL) < 0) {
        end(client, false);
    }
}

/* Takes what the relay sent: its answer, then frames. */
static void take(struct client *client)
{
    if (client->state == GREETING && client->have >= ANSWER) {
        uint8_t plain[56];
        if (crypto_box_open_easy_afternm(plain, client->in + 24, 72, client->in, client->long_key) != 0) {
            end(client, false);
            return;
        }
        client->have -= ANSWER;
        memmove(client->in, client->in + ANSWER, client->have);
        agree(client->key, plain, client->session_secret);
        memcpy(client->receive_nonce, plain + 32, 24);
        client->state = CONFIRMING;
        send_ping(client);
    }
    while (client->state >= CONFIRMING && client->have >= 2) {
        const size_t sealed = (size_t)(client->in[0] << 8 | client->in[1]);
        uint8_t packet[FRAME_MAX];
        if (client->have < 2 + sealed) {
            return;
        }
        if (sealed < 17 || sealed > 2048
                || crypto_box_open_easy_afternm(packet, client->in + 2, sealed, client->receive_nonce, client->key) != 0) {
            end(client, false);
            return;
        }
        for (int i = 23; i >= 0 && ++client->receive_nonce[i] == 0; --i) {
        }
        client->have -= 2 + sealed;
        memmove(client->in, client->in + 2 + sealed, client->have);
        if (packet[0] == PING) {
            packet[0] = PONG;
            send_packet(client, packet, PING_SIZE);
        } else if (packet[0] == PONG && client->awaits_pong) {
            client->awaits_pong = false;
            if (client->state == HELD) {
                rtts[pongs++] = (now() - client->pinged) * 1e3;
            } else {
                client->state = HELD;
                ++held;
                if (leaves_when_held) {
                    ++pongs;
                    end(client, true);
                }
            }
        }
    }
}

static void ready(struct client *client, uint32_t events)
{
    if ((events & EPOLLOUT) != 0 && !client->has_greeted) {
        client->has_greeted = true;
        send_handshake(client, client->state == HALF ? (size_t)((client - clients) % HANDSHAKE) : HANDSHAKE);
    }
    while (client->state != FREE) {
        const ssize_t got = recv(client->fd, client->in + client->have, FRAME_MAX - client->have, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (got <= 0) {
            end(client, false);
            return;
        }
        if (client->state != HALF) {
            client->have += (size_t)got;
            take(client);
        }
    }
}

/* Moves all sockets for so long at most. */
static void turn(int wait_ms)
{
    struct epoll_event events[EVENTS];
    const int count = epoll_wait(epoll_fd, events, EVENTS, wait_ms);
    for (int i = 0; i < count; ++i) {
        struct client *client = (struct client *)events[i].data.ptr;
        if (client != NULL && client->state != FREE) {
            ready(client, events[i].events);
        }
    }
}

/* Whether a line waits on standard input; it is polled with the sockets. */
static bool has_line(void)
{
    fd_set in;
    struct timeval none = {0, 0};
    FD_ZERO(&in);
    FD_SET(STDIN_FILENO, &in);
    return select(STDIN_FILENO + 1, &in, NULL, NULL, &none) > 0;
}

static int ascending(const void *a, const void *b)
{
    const double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

static void hold(size_t count, double until)
{
    leaves_when_held = false;
    while (held < count && now() < until) {
        while (open_count - half < count && open_count - half - held < CONNECTING) {
            open_client(GREETING);
        }
        turn(100);
    }
}

static void churn(size_t count, double until)
{
    leaves_when_held = true;
    pongs = 0;
    size_t begun = 0;
    const size_t others = open_count;
    while (pongs + failed < count && now() < until) {
        while (begun < count && open_count - others < CHURNING) {
            open_client(GREETING);
            ++begun;
        }
        turn(100);
    }
    leaves_when_held = false;
}

static void ping_all(double until)
{
    pongs = 0;
    for (struct client *client = clients; client < clients + CLIENTS_MAX; ++client) {
        if (client->state == HELD) {
            send_ping(client);
        }
        if (((client - clients) & 63) == 0) {
            turn(0);
        }
    }
    while (pongs < held && now() < until) {
        turn(100);
    }
    qsort(rtts, pongs, sizeof(rtts[0]), ascending);
}

static void obey(const char *line)
{
    char word[16] = "";
    double number = 0;
    const double began = now(), until = began + GIVE_UP_S;
    sscanf(line, "%15s %lf", word, &number);
    failed = lost = 0;
    if (strcmp(word, "hold") == 0) {
        hold((size_t)number, until);
        printf("held %zu %.3f\n", held, now() - began);
    } else if (strcmp(word, "ping") == 0) {
        ping_all(until);
        printf("pongs %zu %.3f %.3f\n", pongs, rtts[pongs / 2], rtts[pongs * 99 / 100]);
    } else if (strcmp(word, "drop") == 0) {
        const size_t dropped = held;
        for (struct client *client = clients; client < clients + CLIENTS_MAX; ++client) {
            if (client->state != FREE) {
                ++opened;
                end(client, true);
            }
        }
        printf("dropped %zu\n", dropped);
    } else if (strcmp(word, "churn") == 0) {
        churn((size_t)number, until);
        printf("churned %zu %.3f\n", pongs, now() - began);
    } else if (strcmp(word, "half") == 0) {
        for (size_t i = 0; i < (size_t)number; ++i) {
            open_client(HALF);
            turn(0);
        }
        printf("half %zu\n", half);
    } else if (strcmp(word, "ended") == 0) {
        const size_t before = half;
        while (half > 0 && now() < began + number) {
            turn(100);
        }
        printf("ended %zu\n", before - half);
    }
    if (lost + failed > 0) {
        fprintf(stderr, "%s: %zu clients lost, %zu refused\n", word, lost, failed);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 || sodium_init() < 0 || strlen(argv[2]) != 64) {
        fprintf(stderr, "usage: relay-load PORT NODE_KEY\n");
        return 2;
    }
    sodium_hex2bin(node_key, 32, argv[2], 64, NULL, NULL, NULL);
    node = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    node.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdout, NULL, _IOLBF, 0);
    /* Unbuffered, so that no line hides from select. */
    setvbuf(stdin, NULL, _IONBF, 0);
    epoll_fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    printf("up\n");
    char line[64];
    for (;;) {
        turn(1000);
        if (has_line()) {
            if (fgets(line, sizeof(line), stdin) == NULL) {
                return 0;
            }
            obey(line);
        }
    }
}
