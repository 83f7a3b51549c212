/* c-toxcore's side of the benchmarks: one peer, told by lines on standard input what to do. peer-ours.mjs is its twin
 * and speaks the same lines. Times are milliseconds of the wall clock, with fractions.
 *
 *                                                   -> up, when it is ready to be told
 *   start PORT NODE_PORT NODE_KEY OFFLINE_FRIENDS   -> ready PUBLIC_KEY
 *   friend PUBLIC_KEY                               -> online TIME, when the friend is seen
 *   rtt COUNT                                       -> rtt MS MS MS …: message to receipt, one after the other
 *   expect COUNT                                    -> expecting, then
 *                                                      received TIME, when so many messages have come from now on
 *   burst COUNT SIZE                                -> sent TIME of the first send
 *
 * It iterates as clients do: tox_iterate, then a pause of tox_iteration_interval. */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tox/tox.h>
#include <unistd.h>

static Tox *tox;
static uint32_t friend_number;
static long expected, received;
static long rtt_left, rtt_count;
static double rtt_sent_at;
static double *rtts;
static long burst_left;
static uint8_t burst_message[TOX_MAX_MESSAGE_LENGTH];
static size_t burst_size;

static double now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void from_hex(const char *text, uint8_t *bytes)
{
    for (size_t i = 0; i < 32; ++i) {
        unsigned value = 0;
        sscanf(text + 2 * i, "%2x", &value);
        bytes[i] = (uint8_t)value;
    }
}

static void rtt_next(void)
{
    rtt_sent_at = now_ms();
    const Tox_Err_Friend_Send_Message none = TOX_ERR_FRIEND_SEND_MESSAGE_OK;
    Tox_Err_Friend_Send_Message error = none;
    tox_friend_send_message(tox, friend_number, TOX_MESSAGE_TYPE_NORMAL, (const uint8_t *)"ping", 4, &error);
    if (error != none) {
        fprintf(stderr, "send failed: %d\n", error);
        exit(1);
    }
}

static void on_receipt(Tox *t, uint32_t f, uint32_t id, void *user_data)
{
    if (rtt_left == 0) {
        return;
    }
    rtts[rtt_count - rtt_left] = now_ms() - rtt_sent_at;
    if (--rtt_left > 0) {
        rtt_next();
        return;
    }
    printf("rtt");
    for (long i = 0; i < rtt_count; ++i) {
        printf(" %.3f", rtts[i]);
    }
    printf("\n");
}

static void on_message(Tox *t, uint32_t f, Tox_Message_Type type, const uint8_t *m, size_t length, void *user_data)
{
    if (++received == expected) {
        printf("received %.3f\n", now_ms());
    }
}

static void on_connection(Tox *t, uint32_t f, Tox_Connection connection, void *user_data)
{
    if (f == friend_number && connection != TOX_CONNECTION_NONE) {
        printf("online %.3f\n", now_ms());
    }
}

static void start(unsigned port, unsigned node_port, const char *node_key, unsigned offline)
{
    Tox_Err_Options_New options_error;
    struct Tox_Options *options = tox_options_new(&options_error);
    tox_options_set_ipv6_enabled(options, false);
    tox_options_set_local_discovery_enabled(options, false);
    tox_options_set_start_port(options, (uint16_t)port);
    tox_options_set_end_port(options, (uint16_t)(port + 50));
    Tox_Err_New error;
    tox = tox_new(options, &error);
    tox_options_free(options);
    if (tox == NULL) {
        fprintf(stderr, "tox_new: %d\n", error);
        exit(1);
    }
    tox_callback_friend_read_receipt(tox, on_receipt);
    tox_callback_friend_message(tox, on_message);
    tox_callback_friend_connection_status(tox, on_connection);
    uint8_t key[TOX_PUBLIC_KEY_SIZE];
    for (unsigned i = 0; i < offline; ++i) {
        /* Friends whom nobody is: any 32 bytes are a public key, their last bit aside. */
        for (size_t k = 0; k < sizeof(key); ++k) {
            key[k] = (uint8_t)rand();
        }
        key[31] &= 127;
        tox_friend_add_norequest(tox, key, NULL);
    }
    from_hex(node_key, key);
    tox_bootstrap(tox, "127.0.0.1", (uint16_t)node_port, key, NULL);
    tox_self_get_public_key(tox, key);
    printf("ready ");
    for (size_t i = 0; i < sizeof(key); ++i) {
        printf("%02x", key[i]);
    }
    printf("\n");
}

static void command(char *line)
{
    char key[80] = "";
    unsigned a = 0, b = 0, c = 0;
    if (sscanf(line, "start %u %u %64s %u", &a, &b, key, &c) == 4) {
        start(a, b, key, c);
    } else if (sscanf(line, "friend %64s", key) == 1) {
        uint8_t bytes[TOX_PUBLIC_KEY_SIZE];
        from_hex(key, bytes);
        friend_number = tox_friend_add_norequest(tox, bytes, NULL);
    } else if (sscanf(line, "rtt %u", &a) == 1) {
        free(rtts);
        rtts = (double *)calloc(a, sizeof(double));
        rtt_left = rtt_count = a;
        rtt_next();
    } else if (sscanf(line, "expect %u", &a) == 1) {
        expected = a;
        received = 0;
        printf("expecting\n");
    } else if (sscanf(line, "burst %u %u", &a, &b) == 2 && b <= sizeof(burst_message)) {
        burst_left = a;
        burst_size = b;
        memset(burst_message, 'x', sizeof(burst_message));
        printf("sent %.3f\n", now_ms());
    }
}

static void send_burst(void)
{
    while (burst_left > 0) {
        Tox_Err_Friend_Send_Message error;
        tox_friend_send_message(tox, friend_number, TOX_MESSAGE_TYPE_NORMAL, burst_message, burst_size, &error);
        if (error != TOX_ERR_FRIEND_SEND_MESSAGE_OK) {
            return;
        }
        --burst_left;
    }
}

int main(void)
{
    static char input[4096];
    size_t held = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("up\n");
    for (;;) {
        int wait = -1;
        if (tox != NULL) {
            send_burst();
            tox_iterate(tox, NULL);
            wait = (int)tox_iteration_interval(tox);
        }
        struct pollfd in = {0, POLLIN, 0};
        if (poll(&in, 1, wait) <= 0) {
            continue;
        }
        const ssize_t got = read(0, input + held, sizeof(input) - 1 - held);
        if (got <= 0) {
            return 0;
        }
        held += (size_t)got;
        input[held] = '\0';
        for (char *end; (end = strchr(input, '\n')) != NULL;) {
            *end = '\0';
            command(input);
            held -= (size_t)(end + 1 - input);
            memmove(input, end + 1, held + 1);
        }
    }
}
