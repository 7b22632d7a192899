/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gateway of our own engine that lets everybody in and answers as it is told:
 *
 *     moody FILE KEY MOOD
 *
 * FILE gets the port of 127.0.0.1 that it listens on, KEY is its host key; it
 * serves one client after the other. MOOD is the first answer that it keeps to
 * itself, with all that would follow, until the client hangs up:
 *
 *     identification, kexinit, kex-reply, newkeys, service, login, forward
 *
 * Or it has a letter for each request to listen and to stop, whoever sends it; the
 * last one is good for all that follow:
 *
 *     y  yes, though nothing listens      -  not a word, of this alone
 *     n  no                               x  the connection is reset
 */
#include "interop/flow.h"

#include "adit/ssh.h"
#include "adit/tunnel.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OUTPUT_MAX = 65536 };

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

struct mood {
    enum answer kept;    /* to itself; ANSWERS: none */
    const char *letters; /* that are left */
};

struct guest {
    struct mood *mood;
    int fd;
    struct adit_session *session;
    size_t said; /* the identification and the packets after it that have no cipher yet */
    bool is_silent;
    bool is_cut;
};

/* The identification is a line, what follows a packet with its length before it. */
static size_t unit_len(const struct guest *g, const uint8_t *at, size_t left)
{
    const uint8_t *newline = memchr(at, '\n', left);

    if (g->said == 0)
        return newline != NULL ? (size_t)(newline - at) + 1 : left;
    return 4 + ((size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3]);
}

static bool say(struct guest *g)
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
        g->is_silent = g->said == g->mood->kept;
        if (!g->is_silent)
            at += unit_len(g, output + at, len - at);
        g->said++;
    }
    if (!g->is_silent)
        at = len;
    adit_session_output_sent(g->session, len);
    return at == 0 || adit_write_all(g->fd, output, at);
}

static void answer(struct guest *g, uint16_t port)
{
    const struct linger at_once = { .l_onoff = 1 };
    const char letter = *g->mood->letters;

    if (letter != '\0' && g->mood->letters[1] != '\0')
        g->mood->letters++;
    g->is_silent = g->mood->kept == FORWARD;
    g->is_cut = letter == 'x';
    if (letter == 'y' || letter == 'n')
        adit_session_forward_verdict(g->session, letter == 'y', port);
    if (g->is_cut)
        (void)setsockopt(g->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void handle(struct guest *g, const struct adit_event *event)
{
    if (event->type == ADIT_EVENT_KEYS_CHANGED)
        g->is_silent = g->mood->kept == SERVICE;
    else if (event->type == ADIT_EVENT_AUTH_REQUEST)
        g->is_silent = g->mood->kept == LOGIN;
    if (event->type == ADIT_EVENT_AUTH_REQUEST && !g->is_silent)
        adit_session_auth_verdict(g->session, ADIT_VERDICT_YES, NULL);
    else if (event->type == ADIT_EVENT_FORWARD_REQUEST || event->type == ADIT_EVENT_FORWARD_CANCEL)
        answer(g, event->forward.port);
    else if (event->type == ADIT_EVENT_CHANNEL_OPEN)
        adit_channel_refuse(event->channel, 1, "not today");
}

/* Once it is silent, what comes is not even looked at. */
static void run(struct guest *g)
{
    struct adit_event event;
    uint8_t *room;
    size_t cap;
    ssize_t n = 1;

    while (n > 0 && !g->is_cut && say(g)) {
        adit_session_input_buffer(g->session, &room, &cap);
        n = recv(g->fd, room, cap, 0);
        if (n > 0 && !g->is_silent)
            adit_session_input_filled(g->session, (size_t)n);
        while (!g->is_silent && !g->is_cut && adit_session_next_event(g->session, &event))
            handle(g, &event);
    }
}

static bool serve(int fd, const struct adit_session_settings *settings, struct mood *mood)
{
    struct guest g = { .mood = mood, .fd = fd };
    struct adit_buffers *buffers = NULL;
    bool ok = false;

    if (adit_buffers_new(&buffers) == ADIT_OK &&
        adit_session_new(settings, buffers, 0, &g.session) == ADIT_OK) {
        run(&g);
        (void)printf("a session ended: %s\n", adit_session_error_text(g.session));
        ok = fflush(stdout) == 0;
    }
    adit_session_free(g.session);
    adit_buffers_free(buffers);
    return close(fd) == 0 && ok;
}

static int listen_at(const char *path)
{
    uint16_t port = 0;
    const int listener = adit_listen_on(&port);
    FILE *file = fopen(path, "w");

    if (listener < 0 || file == NULL || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0)
        return -1;
    return listener;
}

int main(int argc, char **argv)
{
    struct mood mood = { .letters = "" };
    struct adit_key *key = NULL;
    const struct adit_key *keys[1];
    const struct adit_session_settings settings = {
        .role = ADIT_SERVER, .software_version = "moody", .host_keys = keys, .host_key_count = 1
    };
    struct pollfd listener = { .events = POLLIN };
    bool ok = true;

    if (argc != 4 || adit_key_load(argv[2], NULL, &key, NULL) != ADIT_OK)
        return 2;
    while (mood.kept < ANSWERS && strcmp(argv[3], answers[mood.kept]) != 0)
        mood.kept++;
    if (mood.kept == ANSWERS)
        mood.letters = argv[3];
    keys[0] = key;
    listener.fd = listen_at(argv[1]);
    while (ok && listener.fd >= 0 && poll(&listener, 1, -1) == 1) {
        const int fd = accept(listener.fd, NULL, NULL);

        ok = fd >= 0 && serve(fd, &settings, &mood);
    }
    adit_key_free(key);
    return 1; /* it serves until it is ended */
}
