/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server is let speak first. One that waits is asked: by the usual protocol of
 * its port, then by the others, each time over a connection of its own. Only
 * what changes nothing is ever sent.
 */
#include "check_answer.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    GREETING_MS = 1500,       /* for a server to speak by itself… */
    USUAL_GREETING_MS = 8000, /* …that should: MySQL looks our name up first */
    WAITS_MS = 300,           /* …that should wait to be asked */
    ANSWER_MS = 2000,
};

static uint64_t now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct hearing {
    uint8_t bytes[ADIT_GREETING_MAX];
    size_t len;
    bool ended;
};

/* Some more bytes, or the end; false: not in time. */
static bool hear_more(struct hearing *hearing, int fd, uint64_t due_ms)
{
    const uint64_t now = now_ms();
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
    ssize_t n;

    if (now >= due_ms || hearing->len == sizeof hearing->bytes)
        return false;
    if (poll(&poll_fd, 1, (int)(due_ms - now)) <= 0)
        return errno == EINTR;
    n = recv(fd, hearing->bytes + hearing->len, sizeof hearing->bytes - hearing->len, 0);
    if (n > 0)
        hearing->len += (size_t)n;
    else if (n == 0 || errno != EINTR)
        hearing->ended = true;
    return true;
}

/* Until it is clear what speaks, or it stops. */
static enum adit_greeting_verdict hear(struct hearing *hearing, int fd, enum adit_service asked,
                                       uint64_t wait_ms, struct adit_greeting *out)
{
    const uint64_t due_ms = now_ms() + wait_ms;
    enum adit_greeting_verdict verdict = ADIT_GREETING_MORE;

    *hearing = (struct hearing){ .len = 0 };
    while (verdict == ADIT_GREETING_MORE && !hearing->ended && hear_more(hearing, fd, due_ms))
        verdict =
            adit_greeting_read(asked, (struct adit_span){ hearing->bytes, hearing->len }, out);
    if (verdict == ADIT_GREETING_MORE && hearing->len > 0 && out->service != ADIT_SERVICE_NONE)
        return ADIT_GREETING_KNOWN; /* that much is certain */
    return verdict;
}

static void quote(const struct hearing *hearing, struct adit_check_answer *out)
{
    size_t len = 0;

    for (size_t i = 0; i < hearing->len && len + 5 < sizeof out->said; i++) {
        const uint8_t byte = hearing->bytes[i];

        if (isprint(byte) && byte != '\\')
            out->said[len++] = (char)byte;
        else
            len += (size_t)snprintf(out->said + len, sizeof out->said - len, "\\x%02x", byte);
    }
    out->said[len] = '\0';
    out->outcome = ADIT_CHECK_STRANGE;
}

/* True: it is known. */
static bool ask_for(int fd, enum adit_service service, struct adit_check_answer *out)
{
    const struct adit_span probe = adit_greeting_probe(service);
    struct hearing hearing;

    if (send(fd, probe.data, probe.len, MSG_NOSIGNAL) != (ssize_t)probe.len)
        return false; /* it is gone already */
    if (hear(&hearing, fd, service, ANSWER_MS, &out->greeting) == ADIT_GREETING_KNOWN) {
        out->outcome = ADIT_CHECK_KNOWN;
        return true;
    }
    if (hearing.len > 0)
        quote(&hearing, out);
    else if (hearing.ended && out->outcome == ADIT_CHECK_SILENT)
        out->outcome = ADIT_CHECK_SHY;
    return false;
}

static void ask_all(const struct adit_check_place *place, int first, enum adit_service usual,
                    struct adit_check_answer *out)
{
    const enum adit_service order[] = {
        usual,
        ADIT_SERVICE_POSTGRESQL,
        ADIT_SERVICE_REDIS,
        ADIT_SERVICE_HTTP,
        ADIT_SERVICE_SQL_SERVER,
        ADIT_SERVICE_ORACLE,
    };
    bool known = false;
    int fd = first;

    for (size_t i = 0; i < sizeof order / sizeof order[0] && !known; i++) {
        if (order[i] == ADIT_SERVICE_NONE || (i > 0 && order[i] == usual))
            continue;
        if (fd < 0)
            fd = place->open(place->arg);
        if (fd < 0)
            return;
        known = ask_for(fd, order[i], out);
        (void)close(fd);
        fd = -1;
    }
    if (fd >= 0)
        (void)close(fd);
}

void adit_check_ask(const struct adit_check_place *place, int fd, struct adit_check_answer *out)
{
    const enum adit_service usual = adit_service_of_port(place->port);
    const bool speaks_first = usual != ADIT_SERVICE_NONE && adit_greeting_probe(usual).len == 0;
    uint64_t wait_ms = GREETING_MS;
    struct hearing hearing;

    *out = (struct adit_check_answer){ .outcome = ADIT_CHECK_SILENT };
    if (usual != ADIT_SERVICE_NONE)
        wait_ms = speaks_first ? USUAL_GREETING_MS : WAITS_MS;
    if (hear(&hearing, fd, ADIT_SERVICE_NONE, wait_ms, &out->greeting) == ADIT_GREETING_KNOWN)
        out->outcome = ADIT_CHECK_KNOWN;
    else if (hearing.len > 0)
        quote(&hearing, out);
    else if (hearing.ended)
        out->outcome = ADIT_CHECK_CLOSED;
    else if (!speaks_first) {
        ask_all(place, fd, usual, out);
        return;
    }
    (void)close(fd);
}
