/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands between an SSH client and a server on 127.0.0.1 and breaks each
 * connection at one byte: the first one at byte FIRST of the direction, each
 * further one STEP bytes later.
 *
 *     breaker FILE PORT up|down flip|fin|reset|silence FIRST STEP
 *
 * FILE gets the port that it listens on. When a connection is over, one line
 * tells its byte and what that was:
 *
 *     line      of the identification
 *     clear     of a packet before NEWKEYS has been sent
 *     padding   the same, but of its padding, which nothing protects
 *     sealed    after NEWKEYS
 *     never     the connection was over before
 */
#include "interop/flow.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NEWKEYS    21
#define HEADER_LEN 5 /* packet_length and padding_length */

enum kind { FLIP, FIN, RESET, SILENCE };
enum place { LINE, CLEAR, PADDING, SEALED, NEVER };

static const char *const places[] = { "line", "clear", "padding", "sealed", "never" };

/* Where in its direction a byte stands, RFC 4253, 4.2 and 6. */
struct walk {
    enum place place; /* of the byte that was taken last */
    bool line_over;
    bool is_newkeys;
    uint32_t at; /* within the packet */
    uint32_t length;
    uint32_t padding;
};

static void walk_packet(struct walk *w, uint8_t byte)
{
    const uint32_t at = w->at++;

    w->place = CLEAR;
    if (at == 0)
        *w = (struct walk){ .place = CLEAR, .line_over = true, .at = 1 };
    if (at < 4)
        w->length = w->length << 8 | byte;
    else if (at == 4)
        w->padding = byte;
    else if (at == HEADER_LEN)
        w->is_newkeys = byte == NEWKEYS;
    if (at >= HEADER_LEN && at >= 4 + w->length - w->padding)
        w->place = PADDING;
    if (at > HEADER_LEN && w->at == 4 + w->length)
        w->at = 0;
}

static enum place walk_on(struct walk *w, uint8_t byte)
{
    if (!w->line_over) {
        w->place = LINE;
        w->line_over = byte == '\n';
    } else if (w->is_newkeys && w->at == 0) {
        w->place = SEALED;
    } else {
        walk_packet(w, byte);
    }
    return w->place;
}

struct breaker {
    int fds[2]; /* the client's, the server's */
    int from;   /* which of them sends the byte that breaks */
    enum kind kind;
    uint64_t offset;
    uint64_t passed; /* bytes of that direction */
    struct walk walk;
    enum place place;
    bool is_silent;
};

/* Closes both; with a reset, if that is how it is to break. */
static void hang_up(const struct breaker *b, bool broken)
{
    const struct linger at_once = { .l_onoff = broken && b->kind == RESET, .l_linger = 0 };

    for (int i = 0; i < 2; i++) {
        (void)setsockopt(b->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        (void)close(b->fds[i]);
    }
}

/* How many of the bytes go on; fewer than all: it breaks behind them. */
static size_t break_bytes(struct breaker *b, uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++, b->passed++) {
        const enum place place = walk_on(&b->walk, bytes[i]);

        if (b->passed != b->offset)
            continue;
        b->place = place;
        if (b->kind != FLIP)
            return i;
        bytes[i] ^= (uint8_t)(1U << b->offset % 8);
    }
    return len;
}

/* Whether the connection goes on. */
static bool pass(struct breaker *b, int from, bool *broken)
{
    uint8_t buf[FLOW_CHUNK];
    const ssize_t n = recv(b->fds[from], buf, sizeof buf, 0);
    size_t len = n > 0 ? (size_t)n : 0;

    if (n <= 0)
        return false;
    if (b->is_silent)
        return true;
    if (from == b->from)
        len = break_bytes(b, buf, len);
    if (!adit_write_all(b->fds[1 - from], buf, len))
        return false;
    if (len == (size_t)n)
        return true;
    b->is_silent = b->kind == SILENCE;
    *broken = true;
    return b->is_silent;
}

static void carry(struct breaker *b)
{
    struct pollfd pfds[2] = { { .fd = b->fds[0], .events = POLLIN },
                              { .fd = b->fds[1], .events = POLLIN } };
    bool goes_on = true;
    bool broken = false;

    while (goes_on && poll(pfds, 2, -1) > 0)
        for (int i = 0; goes_on && i < 2; i++)
            if (pfds[i].revents != 0)
                goes_on = pass(b, i, &broken);
    hang_up(b, broken);
}

static bool serve(int listener, uint16_t target, struct breaker pattern, uint64_t step)
{
    for (;;) {
        struct breaker b = pattern;

        b.fds[0] = accept(listener, NULL, NULL);
        b.fds[1] = adit_connect_to(target);
        if (b.fds[0] < 0 || b.fds[1] < 0)
            return adit_fail("%s", strerror(errno));
        carry(&b);
        if (printf("%llu %s\n", (unsigned long long)b.offset, places[b.place]) < 0 ||
            fflush(stdout) != 0)
            return false;
        pattern.offset += step;
    }
}

static enum kind kind_of(const char *name)
{
    static const char *const names[] = { "flip", "fin", "reset", "silence" };
    int kind = FLIP;

    while (kind < SILENCE && strcmp(names[kind], name) != 0)
        kind++;
    return (enum kind)kind;
}

int main(int argc, char **argv)
{
    struct breaker pattern = { .place = NEVER };
    uint16_t port = 0;
    FILE *file;
    int listener;

    if (argc != 7)
        return adit_fail("see the head of breaker.c") ? 0 : 1;
    pattern.from = strcmp(argv[3], "down") == 0;
    pattern.kind = kind_of(argv[4]);
    pattern.offset = strtoull(argv[5], NULL, 10);
    listener = adit_listen_on(&port);
    file = fopen(argv[1], "w");
    if (listener < 0 || file == NULL || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0)
        return adit_fail("%s: %s", argv[1], strerror(errno)) ? 0 : 1;
    return serve(listener, (uint16_t)strtoul(argv[2], NULL, 10), pattern,
                 strtoull(argv[6], NULL, 10))
               ? 0
               : 1;
}
