/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer that does not speak SSH, or speaks it wrongly, before any key is
 * agreed. It waits until the other side hangs up, and fails when that takes
 * longer than a server's login grace or a client's patience may be.
 *
 *     bad_input                  names the cases, one a line
 *     bad_input connect PORT CASE    to a server
 *     bad_input listen FILE CASE     for one client; writes its port into FILE
 *
 * T… and U… name the requirements of docs/protocol.md.
 */
#include "interop/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX  300000
#define BOUND_MS   15000 /* until the other side hangs up */
#define PACKET_MAX 262144
#define OUR_NAME   "SSH-2.0-bad_input\r\n"

/* What is said; a packet's length is filled in when it ends. */
struct script {
    uint8_t bytes[BYTES_MAX];
    size_t len;
    bool hangs_up;   /* EOF after the last byte */
    bool is_slow;    /* a byte every 100 ms */
    bool is_endless; /* all of it again and again */
};

static void put_byte(struct script *s, uint8_t byte)
{
    if (s->len < sizeof s->bytes)
        s->bytes[s->len++] = byte;
}

static void put_uint32(struct script *s, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put_byte(s, (uint8_t)(value >> shift));
}

static void put_text(struct script *s, const char *text)
{
    for (; *text != '\0'; text++)
        put_byte(s, (uint8_t)*text);
}

static void put_string(struct script *s, const char *text)
{
    put_uint32(s, (uint32_t)strlen(text));
    put_text(s, text);
}

static void put_fill(struct script *s, uint8_t byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_byte(s, byte);
}

/* Returns where the packet begins, for packet_end(). */
static size_t packet_begin(struct script *s, uint8_t number)
{
    const size_t start = s->len;

    put_uint32(s, 0);
    put_byte(s, 0);
    put_byte(s, number);
    return start;
}

static void packet_end(struct script *s, size_t start)
{
    const size_t padding = 8 + (8 - (s->len - start) % 8) % 8;
    uint32_t length;

    put_fill(s, 0, padding);
    s->bytes[start + 4] = (uint8_t)padding;
    length = (uint32_t)(s->len - start - 4);
    for (int i = 0; i < 4; i++)
        s->bytes[start + (size_t)i] = (uint8_t)(length >> (24 - 8 * i));
}

/* A KEXINIT that everybody can agree with, but for its list of kex methods. */
static void put_kexinit_after(struct script *s, size_t start)
{
    static const char *const lists[] = { "ssh-ed25519",
                                         "aes128-ctr",
                                         "aes128-ctr",
                                         "hmac-sha2-256",
                                         "hmac-sha2-256",
                                         "none",
                                         "none",
                                         "",
                                         "" };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        put_string(s, lists[i]);
    put_byte(s, 0);
    put_uint32(s, 0);
    packet_end(s, start);
}

static size_t kexinit_begin(struct script *s)
{
    const size_t start = packet_begin(s, 20);

    put_fill(s, 7, 16);
    return start;
}

static void put_kexinit(struct script *s)
{
    const size_t start = kexinit_begin(s);

    put_string(s, "curve25519-sha256");
    put_kexinit_after(s, start);
}

/* ---- the cases --------------------------------------------------------------- */

static void http(struct script *s)
{
    put_text(s, "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n"); /* T2 */
}

static void tls(struct script *s)
{
    put_text(s, "\x16\x03\x01\x02");
    put_fill(s, 0xc0, 512);
}

static void binary(struct script *s)
{
    struct adit_stream stream = adit_stream_init(39, false);

    adit_stream_fill(&stream, s->bytes, 4096);
    s->len = 4096;
    s->is_endless = true;
}

static void old_version(struct script *s)
{
    put_text(s, "SSH-1.5-old\r\n"); /* T1 */
}

static void nul_in_identification(struct script *s)
{
    put_text(s, "SSH-2.0-a"); /* T3 */
    put_byte(s, 0);
    put_text(s, "b\r\n");
}

static void long_identification(struct script *s)
{
    put_text(s, "SSH-2.0-"); /* T1 */
    put_fill(s, 'a', 10000);
    put_text(s, "\r\n");
}

static void endless_lines(struct script *s)
{
    put_text(s, "this is not an identification\r\n"); /* T2 */
    s->is_endless = true;
}

static void silence(struct script *s)
{
    s->len = 0; /* T4 */
}

static void slow_identification(struct script *s)
{
    put_text(s, "SSH-2.0-slow"); /* T4 */
    put_fill(s, '.', 200);
    s->is_slow = true;
}

static void slow_packet(struct script *s)
{
    put_text(s, OUR_NAME);
    put_kexinit(s);
    s->is_slow = true;
}

static void end_at_once(struct script *s)
{
    s->hangs_up = true;
}

static void truncated_packet(struct script *s)
{
    put_text(s, OUR_NAME);
    put_kexinit(s);
    s->len -= 20;
    s->hangs_up = true;
}

/* A first packet of that length, of which only the beginning comes (T7). */
static void put_length(struct script *s, uint32_t length)
{
    put_text(s, OUR_NAME);
    put_uint32(s, length);
    put_byte(s, 4);
    put_fill(s, 20, 64);
}

static void length_0(struct script *s)
{
    put_length(s, 0);
}

static void length_1(struct script *s)
{
    put_length(s, 1);
}

static void length_over_the_limit(struct script *s)
{
    put_length(s, PACKET_MAX + 4);
}

static void length_max(struct script *s)
{
    put_length(s, UINT32_MAX);
}

static void length_odd(struct script *s)
{
    put_length(s, 13); /* T6: no multiple of 8 */
}

static void padding_too_long(struct script *s)
{
    put_text(s, OUR_NAME); /* T8 */
    put_uint32(s, 12);
    put_byte(s, 255);
    put_fill(s, 20, 11);
}

static void long_name_list(struct script *s)
{
    size_t start;

    put_text(s, OUR_NAME); /* T18 */
    start = kexinit_begin(s);
    put_uint32(s, 200000);
    for (int i = 0; i < 20000; i++)
        put_text(s, "method-no,");
    s->bytes[s->len - 1] = 'x'; /* no empty name at the end */
    put_kexinit_after(s, start);
}

static void name_list_without_end(struct script *s)
{
    size_t start;

    put_text(s, OUR_NAME); /* T18 */
    start = kexinit_begin(s);
    put_uint32(s, UINT32_MAX);
    put_kexinit_after(s, start);
}

static void no_common_method(struct script *s)
{
    size_t start;

    put_text(s, OUR_NAME); /* T19 */
    start = kexinit_begin(s);
    put_string(s, "diffie-hellman-group1-sha1");
    put_kexinit_after(s, start);
}

static void kexinit_twice(struct script *s)
{
    put_text(s, OUR_NAME); /* T22 */
    put_kexinit(s);
    put_kexinit(s);
}

/* A message that may not come before the keys. */
static void put_early(struct script *s, uint8_t number)
{
    size_t start;

    put_text(s, OUR_NAME);
    put_kexinit(s);
    start = packet_begin(s, number);
    put_string(s, "ssh-connection");
    put_uint32(s, 0);
    packet_end(s, start);
}

static void early_newkeys(struct script *s)
{
    put_early(s, 21); /* T25 */
}

static void early_login(struct script *s)
{
    put_early(s, 50); /* U3 */
}

static void early_success(struct script *s)
{
    put_early(s, 52); /* U2 */
}

static void early_channel(struct script *s)
{
    put_early(s, 90); /* U1 */
}

static void short_public_value(struct script *s)
{
    size_t start;

    put_text(s, OUR_NAME); /* T29; to a client it is wrong by its number too */
    put_kexinit(s);
    start = packet_begin(s, 30);
    put_string(s, "31 bytes are one too few for me");
    packet_end(s, start);
}

/* All that makes a server compute and sign, and nobody to hear of it. */
static void exchange_left(struct script *s)
{
    size_t start;

    put_text(s, OUR_NAME);
    put_kexinit(s);
    start = packet_begin(s, 30);
    put_uint32(s, 32);
    put_byte(s, 9); /* the point that X25519 begins with */
    put_fill(s, 0, 31);
    packet_end(s, start);
    s->hangs_up = true;
}

static const struct {
    const char *name;
    void (*write)(struct script *s);
} cases[] = {
    { "http", http },
    { "tls", tls },
    { "binary", binary },
    { "old-version", old_version },
    { "nul-in-identification", nul_in_identification },
    { "long-identification", long_identification },
    { "endless-lines", endless_lines },
    { "silence", silence },
    { "slow-identification", slow_identification },
    { "slow-packet", slow_packet },
    { "end-at-once", end_at_once },
    { "truncated-packet", truncated_packet },
    { "length-0", length_0 },
    { "length-1", length_1 },
    { "length-over-the-limit", length_over_the_limit },
    { "length-max", length_max },
    { "length-odd", length_odd },
    { "padding-too-long", padding_too_long },
    { "long-name-list", long_name_list },
    { "name-list-without-end", name_list_without_end },
    { "no-common-method", no_common_method },
    { "kexinit-twice", kexinit_twice },
    { "early-newkeys", early_newkeys },
    { "early-login", early_login },
    { "early-success", early_success },
    { "early-channel", early_channel },
    { "short-public-value", short_public_value },
    { "exchange-left", exchange_left },
};

#define CASE_COUNT (sizeof cases / sizeof cases[0])

/* ---- saying it ---------------------------------------------------------------- */

static long now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Sends what the socket takes now; false: the other side has hung up. */
static bool say(int fd, struct script *s, size_t *at)
{
    const size_t most = s->is_slow ? 1 : s->len - *at;
    const ssize_t n = send(fd, s->bytes + *at, most, MSG_NOSIGNAL);

    if (n < 0)
        return errno == EAGAIN;
    *at += (size_t)n;
    if (*at == s->len && s->hangs_up)
        (void)shutdown(fd, SHUT_WR);
    if (*at == s->len && s->is_endless)
        *at = 0;
    return true;
}

/* Says it all, passes over what is answered; true when the other side hangs up in time. */
static bool perform(int fd, struct script *s)
{
    const long end = now_ms() + BOUND_MS;
    size_t at = 0;

    if (s->len == 0 && s->hangs_up)
        (void)shutdown(fd, SHUT_WR);
    while (now_ms() < end) {
        const bool speaks = at < s->len;
        struct pollfd pfd = { .fd = fd,
                              .events = (short)(POLLIN | (speaks && !s->is_slow ? POLLOUT : 0)) };
        uint8_t heard[4096];

        (void)poll(&pfd, 1, 100);
        if (pfd.revents & (POLLIN | POLLHUP | POLLERR)) {
            const ssize_t n = recv(fd, heard, sizeof heard, 0);

            if (n == 0 || (n < 0 && errno != EAGAIN))
                return true;
        }
        if (speaks && !say(fd, s, &at))
            return true;
    }
    return adit_fail("the other side did not hang up in %d s", BOUND_MS / 1000);
}

static int accept_one(const char *path)
{
    uint16_t port = 0;
    const int listener = adit_listen_on(&port);
    struct pollfd pfd = { .fd = listener, .events = POLLIN };
    FILE *file = fopen(path, "w");
    int fd = -1;

    if (listener < 0 || file == NULL || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0)
        return -1;
    if (poll(&pfd, 1, BOUND_MS) == 1)
        fd = accept(listener, NULL, NULL);
    if (fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        (void)close(fd);
        fd = -1;
    }
    (void)close(listener);
    return fd;
}

static bool run(const char *how, const char *where, const char *name)
{
    static struct script script;
    size_t i = 0;
    bool ok;
    int fd;

    while (i < CASE_COUNT && strcmp(name, cases[i].name) != 0)
        i++;
    if (i == CASE_COUNT)
        return adit_fail("no case %s", name);
    cases[i].write(&script);
    fd = strcmp(how, "listen") == 0 ? accept_one(where)
                                    : adit_connect_to((uint16_t)strtoul(where, NULL, 10));
    if (fd < 0)
        return adit_fail("%s %s: %s", how, where, strerror(errno));
    ok = perform(fd, &script);
    (void)close(fd);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc == 4)
        return run(argv[1], argv[2], argv[3]) ? 0 : 1;
    for (size_t i = 0; i < CASE_COUNT; i++)
        (void)puts(cases[i].name);
    return 0;
}
