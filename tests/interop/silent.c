/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gateway that speaks SSH well, up to the answer that it is told to keep to
 * itself. From there on it says nothing more, and waits until the other side
 * hangs up.
 *
 *     silent FILE HOST_KEY ANSWER     for one client; writes its port into FILE
 */
#include "interop/flow.h"

#include "adit/ssh.h"
#include "adit/tunnel.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    OUTPUT_MAX = 65536,
    PATIENCE_MS = 40000, /* more than adit has with any answer */
};

enum answer { IDENTIFICATION, KEXINIT, KEX_REPLY, NEWKEYS, SERVICE, LOGIN, FORWARD, ANSWERS };

static const char *const answers[ANSWERS] = {
    [IDENTIFICATION] = "identification",
    [KEXINIT] = "kexinit",
    [KEX_REPLY] = "kex-reply",
    [NEWKEYS] = "newkeys",
    [SERVICE] = "service",
    [LOGIN] = "login",
    [FORWARD] = "forward",
};

struct gateway {
    int fd;
    struct adit_session *session;
    enum answer kept; /* to itself */
    size_t said;      /* the identification and the packets after it that have no cipher yet */
    bool is_silent;
};

/* The identification is a line, what follows a packet with its length before it. */
static size_t unit_len(const struct gateway *g, const uint8_t *at, size_t left)
{
    const uint8_t *newline = memchr(at, '\n', left);

    if (g->said == 0)
        return newline != NULL ? (size_t)(newline - at) + 1 : left;
    return 4 + ((size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]);
}

static bool say(struct gateway *g)
{
    uint8_t output[OUTPUT_MAX];
    struct adit_span spans[16];
    const size_t count = adit_session_output(g->session, spans, 16);
    size_t len = 0;
    size_t at = 0;

    for (size_t i = 0; i < count && spans[i].len <= sizeof output - len; i++) {
        memcpy(output + len, spans[i].data, spans[i].len);
        len += spans[i].len;
    }
    while (at < len && g->said <= NEWKEYS && !g->is_silent) {
        g->is_silent = g->said == g->kept;
        if (!g->is_silent)
            at += unit_len(g, output + at, len - at);
        g->said++;
    }
    if (!g->is_silent)
        at = len;
    adit_session_output_sent(g->session, len);
    return at == 0 || adit_write_all(g->fd, output, at);
}

static void handle(struct gateway *g, const struct adit_event *event)
{
    if (event->type == ADIT_EVENT_KEYS_CHANGED)
        g->is_silent = g->kept == SERVICE;
    else if (event->type == ADIT_EVENT_AUTH_REQUEST)
        g->is_silent = g->kept == LOGIN;
    else if (event->type == ADIT_EVENT_FORWARD_REQUEST)
        g->is_silent = true;
    if (event->type == ADIT_EVENT_AUTH_REQUEST && !g->is_silent)
        adit_session_auth_verdict(g->session, ADIT_VERDICT_YES, NULL);
}

static bool is_left(int fd)
{
    struct pollfd pfd = { .fd = fd, .events = POLLIN };
    uint8_t heard[4096];

    while (poll(&pfd, 1, PATIENCE_MS) == 1)
        if (recv(fd, heard, sizeof heard, 0) <= 0)
            return true;
    return adit_fail("the other side did not hang up");
}

static bool run(struct gateway *g)
{
    struct adit_event event;
    uint8_t *room;
    size_t cap;
    ssize_t n = 1;
    short got;

    while (!g->is_silent && n > 0) {
        if (!say(g) || g->is_silent)
            break;
        adit_session_input_buffer(g->session, &room, &cap);
        if (!adit_wait_for(g->fd, POLLIN, &got))
            return false;
        n = recv(g->fd, room, cap, 0);
        if (n > 0)
            adit_session_input_filled(g->session, (size_t)n);
        while (!g->is_silent && adit_session_next_event(g->session, &event))
            handle(g, &event);
    }
    if (!g->is_silent)
        return adit_fail("no question that could have been left unanswered came");
    return is_left(g->fd);
}

static int accept_one(const char *path)
{
    uint16_t port = 0;
    const int listener = adit_listen_on(&port);
    FILE *file = fopen(path, "w");
    short got;
    int fd = -1;

    if (listener < 0 || file == NULL || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0)
        return -1;
    if (adit_wait_for(listener, POLLIN, &got))
        fd = accept(listener, NULL, NULL);
    (void)close(listener);
    return fd;
}

int main(int argc, char **argv)
{
    struct gateway g = { .kept = IDENTIFICATION };
    struct adit_key *key = NULL;
    const struct adit_key *keys[1];
    const struct adit_session_settings settings = {
        .role = ADIT_SERVER, .software_version = "silent", .host_keys = keys, .host_key_count = 1
    };
    struct adit_buffers *buffers = NULL;
    bool ok = false;

    if (argc != 4)
        return 2;
    while (g.kept < ANSWERS && strcmp(argv[3], answers[g.kept]) != 0)
        g.kept++;
    if (g.kept == ANSWERS || adit_key_load(argv[2], NULL, &key, NULL) != ADIT_OK)
        return 2;
    keys[0] = key;
    g.fd = accept_one(argv[1]);
    if (g.fd >= 0 && adit_buffers_new(&buffers) == ADIT_OK &&
        adit_session_new(&settings, buffers, 0, &g.session) == ADIT_OK)
        ok = run(&g);
    adit_session_free(g.session);
    adit_buffers_free(buffers);
    adit_key_free(key);
    return ok ? 0 : 1;
}
