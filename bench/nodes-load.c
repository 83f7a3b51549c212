/* Asks a bootstrap node for nodes as fast as it answers: the same load for tox-bootstrapd and for ours.
 *
 *   nodes-load PORT NODE_KEY KEYS SECONDS   -> counting            when every key has been seen and the clock runs
 *                                              answers COUNT SECONDS
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
    REQUEST_SIZE = 1 + 32 + 24 + (32 + 8) + 16,
    /* What is under way after so long is lost. */
    LOST_AFTER_MS = 50,
    WARM_UP_MS = 1500,
};

struct request {
    uint8_t packet[REQUEST_SIZE];
    struct in_addr source;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

static struct request *seal_requests(size_t keys, const uint8_t *node_key)
{
    struct request *requests = (struct request *)calloc(keys, sizeof(struct request));
    for (size_t i = 0; i < keys; ++i) {
        uint8_t public_key[32], secret_key[32], plain[32 + 8];
        uint8_t *packet = requests[i].packet;
        crypto_box_keypair(public_key, secret_key);
        randombytes_buf(plain, sizeof(plain));
        packet[0] = NODES_REQUEST;
        memcpy(packet + 1, public_key, 32);
        randombytes_buf(packet + 33, 24);
        if (crypto_box_easy(packet + 57, plain, sizeof(plain), packet + 33, node_key, secret_key) != 0) {
            fprintf(stderr, "the node's key is no public key\n");
            exit(1);
        }
        /* 127.1.0.1 and on: never 127.0.0.1, where the node itself stands. */
        requests[i].source.s_addr = htonl(0x7f010001u + (uint32_t)i);
    }
    return requests;
}

int main(int argc, char **argv)
{
    if (argc != 5 || sodium_init() < 0 || strlen(argv[2]) != 64) {
        fprintf(stderr, "usage: nodes-load PORT NODE_KEY KEYS SECONDS\n");
        return 2;
    }
    uint8_t node_key[32];
    sodium_hex2bin(node_key, 32, argv[2], 64, NULL, NULL, NULL);
    const size_t keys = strtoul(argv[3], NULL, 10);
    const double seconds = atof(argv[4]);
    struct request *requests = seal_requests(keys, node_key);

    const int s = socket(AF_INET, SOCK_DGRAM, 0);
    const int on = 1, buffer = 8 << 20;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setsockopt(s, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer));
    struct sockaddr_in node = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    node.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct sockaddr_in any = {.sin_family = AF_INET};
    if (bind(s, (const struct sockaddr *)&any, sizeof(any)) != 0) {
        perror("bind");
        return 1;
    }

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
        out_iov[i].iov_len = REQUEST_SIZE;
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
        const long room = WINDOW - under_way;
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
        if (under_way >= WINDOW && poll(&pollfd, 1, LOST_AFTER_MS) == 0) {
            continue;
        }
        const int got = recvmmsg(s, in, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; ++i) {
            /* The node also pings those who ask; those are not answers. */
            if (in[i].msg_len > 0 && in_bytes[i][0] == NODES_RESPONSE) {
                ++answers;
                under_way -= under_way > 0;
            }
        }
    }
}
