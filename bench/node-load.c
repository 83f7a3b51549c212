/* Gives a bootstrap node work as fast as it does it: the same load for tox-bootstrapd and for ours.
 *
 *   node-load WORK PORT NODE_KEY KEYS SECONDS   -> counting        when every key has been seen and the clock runs
 *                                                  answers COUNT SECONDS
 *
 * WORK is `nodes`: nodes requests, which it answers; or `onion`: onion packets of the size of an announce request, which it as
 * their first hop passes on to us; or `flood`: nodes requests without waiting for answers, from FLOODERS addresses alone.
 *
 * KEYS asking keys, each at an address of its own in 127.0.0.0/8 (chosen per packet with IP_PKTINFO), requests sealed
 * beforehand. At most about WINDOW requests are under way: as many as the node's receive buffer holds, so that it never
 * waits for us, and what is measured is answers and not dropped packets. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    WINDOW = 400,
    BATCH = 64,
    NODES_REQUEST = 0x02,
    NODES_RESPONSE = 0x04,
    /* kind, public key, nonce, box of (key asked for, request id) */
    NODES_REQUEST_SIZE = 1 + 32 + 24 + (32 + 8) + 16,
    ONION_INITIAL = 0x80,
    ONION_1 = 0x81,
    /* kind, nonce, key of an announce request, and its box of (ping id, key sought, data key, request id) */
    ANNOUNCE_SIZE = 1 + 24 + 32 + (3 * 32 + 8) + 16,
    ADDRESS_SIZE = 1 + 16 + 2,
    /* What hop 1 finds: an address, a key, and what is for hop 2 and the exit. */
    LAYER_SIZE = ADDRESS_SIZE + 32 + (ADDRESS_SIZE + 32 + (ADDRESS_SIZE + ANNOUNCE_SIZE + 16) + 16),
    ONION_SIZE = 1 + 24 + 32 + LAYER_SIZE + 16,
    REQUEST_MAX = ONION_SIZE,
    FLOODERS = 4,
    /* What is under way after so long is lost. */
    LOST_AFTER_MS = 50,
    WARM_UP_MS = 1500,
};

struct request {
    uint8_t packet[REQUEST_MAX];
    struct in_addr source;
};

struct work {
    const char *name;
    size_t size;
    uint8_t answer;
    /* Addresses that the keys share; 0: each has its own. */
    uint32_t addresses;
    void (*seal)(uint8_t *packet, const uint8_t *node_key, const struct sockaddr_in *us);
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void box(uint8_t *out, const uint8_t *plain, size_t size, const uint8_t *nonce, const uint8_t *node_key,
                const uint8_t *secret_key)
{
    if (crypto_box_easy(out, plain, size, nonce, node_key, secret_key) != 0) {
        fprintf(stderr, "the node's key is no public key\n");
        exit(1);
    }
}

static void seal_nodes_request(uint8_t *packet, const uint8_t *node_key, const struct sockaddr_in *us)
{
    uint8_t secret_key[32], plain[32 + 8];
    (void)us;
    packet[0] = NODES_REQUEST;
    crypto_box_keypair(packet + 1, secret_key);
    randombytes_buf(packet + 33, 24);
    randombytes_buf(plain, sizeof(plain));
    box(packet + 57, plain, sizeof(plain), packet + 33, node_key, secret_key);
}

static void seal_onion(uint8_t *packet, const uint8_t *node_key, const struct sockaddr_in *us)
{
    uint8_t secret_key[32], layer[LAYER_SIZE];
    packet[0] = ONION_INITIAL;
    randombytes_buf(packet + 1, 24);
    crypto_box_keypair(packet + 25, secret_key);
    /* Hop 2 is this program, which opens nothing. */
    randombytes_buf(layer, sizeof(layer));
    memset(layer, 0, ADDRESS_SIZE);
    layer[0] = 2;
    memcpy(layer + 1, &us->sin_addr, 4);
    memcpy(layer + 17, &us->sin_port, 2);
    box(packet + 57, layer, sizeof(layer), packet + 1, node_key, secret_key);
}

static const struct work works[] = {
    {"nodes", NODES_REQUEST_SIZE, NODES_RESPONSE, 0, seal_nodes_request},
    {"onion", ONION_SIZE, ONION_1, 0, seal_onion},
    {"flood", NODES_REQUEST_SIZE, NODES_RESPONSE, FLOODERS, seal_nodes_request},
};
static const size_t work_count = sizeof(works) / sizeof(works[0]);

static struct request *seal_requests(const struct work *work, size_t keys, const uint8_t *node_key, int s)
{
    struct request *requests = (struct request *)calloc(keys, sizeof(struct request));
    struct sockaddr_in us;
    socklen_t length = sizeof(us);
    getsockname(s, (struct sockaddr *)&us, &length);
    us.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (size_t i = 0; i < keys; ++i) {
        work->seal(requests[i].packet, node_key, &us);
        /* 127.1.0.1 and on: never 127.0.0.1, where the node itself stands. */
        const uint32_t place = (uint32_t)(work->addresses == 0 ? i : i % work->addresses);
        requests[i].source.s_addr = htonl(0x7f010001u + place);
    }
    return requests;
}

int main(int argc, char **argv)
{
    const struct work *work = works;
    while (work < works + work_count && (argc < 2 || strcmp(work->name, argv[1]) != 0)) {
        ++work;
    }
    if (argc != 6 || work == works + work_count || sodium_init() < 0 || strlen(argv[3]) != 64) {
        fprintf(stderr, "usage: node-load nodes|onion|flood PORT NODE_KEY KEYS SECONDS\n");
        return 2;
    }
    uint8_t node_key[32];
    sodium_hex2bin(node_key, 32, argv[3], 64, NULL, NULL, NULL);
    const size_t keys = strtoul(argv[4], NULL, 10);
    const double seconds = atof(argv[5]);
    const int floods = work->addresses != 0;

    const int s = socket(AF_INET, SOCK_DGRAM, 0);
    const int on = 1, buffer = 8 << 20;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setsockopt(s, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
    struct sockaddr_in node = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
    node.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct sockaddr_in any = {.sin_family = AF_INET};
    if (bind(s, (const struct sockaddr *)&any, sizeof(any)) != 0) {
        perror("bind");
        return 1;
    }
    struct request *requests = seal_requests(work, keys, node_key, s);

    static struct mmsghdr out[BATCH], in[BATCH];
    static struct iovec out_iov[BATCH], in_iov[BATCH];
    static uint8_t in_bytes[BATCH][2048];
    static union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control[BATCH];
    for (int i = 0; i < BATCH; ++i) {
        in_iov[i] = (struct iovec){in_bytes[i], sizeof(in_bytes[i])};
        in[i].msg_hdr = (struct msghdr){.msg_iov = &in_iov[i], .msg_iovlen = 1};
        out_iov[i].iov_len = work->size;
        out[i].msg_hdr = (struct msghdr){
            .msg_name = &node, .msg_namelen = sizeof(node), .msg_iov = &out_iov[i], .msg_iovlen = 1,
            .msg_control = &control[i], .msg_controllen = sizeof(control[i])};
        struct cmsghdr *header = CMSG_FIRSTHDR(&out[i].msg_hdr);
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    }

    long answers = 0, under_way = 0, sent_lately = 0, counted_from = 0;
    size_t next = 0;
    const double warm = now() + WARM_UP_MS / 1e3;
    double judged = now();
    double counting_since = 0;
    for (;;) {
        const double t = now();
        if (counting_since == 0 && t >= warm) {
            counting_since = t;
            counted_from = answers;
            printf("counting\n");
        }
        if (counting_since != 0 && t >= counting_since + seconds) {
            printf("answers %ld %.6f\n", answers - counted_from, t - counting_since);
            return 0;
        }
        if (t >= judged + LOST_AFTER_MS / 1e3) {
            judged = t;
            under_way = under_way < sent_lately ? under_way : sent_lately;
            sent_lately = 0;
        }
        const long room = floods ? BATCH : WINDOW - under_way;
        const int count = room < BATCH ? (int)room : BATCH;
        for (int i = 0; i < count; ++i) {
            struct request *request = &requests[next];
            next = (next + 1) % keys;
            out_iov[i].iov_base = request->packet;
            struct in_pktinfo info = {.ipi_spec_dst = request->source};
            memcpy(CMSG_DATA(CMSG_FIRSTHDR(&out[i].msg_hdr)), &info, sizeof(info));
        }
        if (count > 0) {
            const int sent = sendmmsg(s, out, (unsigned)count, MSG_DONTWAIT);
            under_way += sent > 0 ? sent : 0;
            sent_lately += sent > 0 ? sent : 0;
        }
        struct pollfd pollfd = {s, POLLIN, 0};
        if (!floods && under_way >= WINDOW && poll(&pollfd, 1, LOST_AFTER_MS) == 0) {
            continue;
        }
        const int got = recvmmsg(s, in, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; ++i) {
            /* The node also pings those who ask; those are not answers. */
            if (in[i].msg_len > 0 && in_bytes[i][0] == work->answer) {
                ++answers;
                under_way -= under_way > 0;
            }
        }
    }
}
