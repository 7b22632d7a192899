/* SPDX-License-Identifier: BSD-2-Clause */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void take_line(void *data, int level, const char *line)
{
    struct world *w = data;
    size_t len;

    (void)pthread_mutex_lock(&w->lock);
    len = strlen(w->log);
    (void)snprintf(w->log + len, sizeof w->log - len, "%d %s\n", level, line);
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
}

bool world_answer(void *data, enum adit_prompt_kind kind, const char *text, char *answer,
                  size_t size)
{
    struct world *w = data;

    (void)kind;
    (void)text;
    (void)pthread_mutex_lock(&w->lock);
    w->prompts++;
    (void)pthread_mutex_unlock(&w->lock);
    (void)snprintf(answer, size, "%s", w->answer);
    return true;
}

static void take_end(void *data, const struct adit_failure *failure)
{
    struct world *w = data;
    struct adit_tunnel *tunnel;

    (void)pthread_mutex_lock(&w->lock);
    tunnel = w->free_when_ended;
    (void)pthread_mutex_unlock(&w->lock);
    adit_tunnel_free(tunnel);
    (void)pthread_mutex_lock(&w->lock);
    w->ended++;
    w->end = *failure;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
}

void world_wait_for_end(struct world *w)
{
    (void)pthread_mutex_lock(&w->lock);
    while (w->ended == 0)
        (void)pthread_cond_wait(&w->changed, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
}

void world_wait_for_line(struct world *w, const char *part)
{
    (void)pthread_mutex_lock(&w->lock);
    while (strstr(w->log, part) == NULL)
        (void)pthread_cond_wait(&w->changed, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
}

struct world *world_new(const char *sshd_config)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    (void)pthread_mutex_init(&w->lock, NULL);
    (void)pthread_cond_init(&w->changed, NULL);
    sshd_peer_start(&w->sshd, sshd_config);
    echo_peer_start(&w->echo, NULL);
    assert_int_equal(adit_runtime_new(&w->runtime), ADIT_OK);
    sshd_peer_settings(&w->sshd, &w->settings);
    w->settings.log_level = 1;
    w->settings.log = take_line;
    w->settings.ended = take_end;
    w->settings.user_data = w;
    return w;
}

int world_set_up(void **state)
{
    *state = world_new("");
    return 0;
}

int world_tear_down(void **state)
{
    struct world *w = *state;

    adit_runtime_free(w->runtime);
    echo_peer_stop(&w->echo);
    sshd_peer_stop(&w->sshd);
    (void)pthread_cond_destroy(&w->changed);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
    return 0;
}

struct adit_tunnel *world_open(struct world *w)
{
    struct adit_tunnel *tunnel = NULL;

    if (adit_tunnel_open(w->runtime, &w->settings, &tunnel, &w->failure) != ADIT_OK)
        fail_msg("%s", w->failure.text);
    return tunnel;
}

const char *world_refused(struct world *w, enum adit_err err)
{
    struct adit_tunnel *tunnel = NULL;

    assert_int_equal(adit_tunnel_open(w->runtime, &w->settings, &tunnel, &w->failure), err);
    assert_null(tunnel);
    assert_int_equal(w->failure.err, err);
    assert_int_equal(w->ended, 0);
    return w->failure.text;
}

int world_dial(struct world *w, struct adit_tunnel *tunnel)
{
    int fd = -1;

    if (adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, LONG_MS, &fd, &w->failure) != ADIT_OK)
        fail_msg("%s", w->failure.text);
    return fd;
}

int loopback_connect(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons(port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    assert_int_equal(errno, ECONNREFUSED);
    assert_int_equal(close(fd), 0);
    return -1;
}

bool says(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

bool echo_is_good(int fd, size_t size)
{
    char out[16384];
    char in[sizeof out];
    bool same = true;

    for (size_t done = 0; done < size && same; done += sizeof out) {
        const size_t len = size - done < sizeof out ? size - done : sizeof out;

        for (size_t i = 0; i < len; i++)
            out[i] = (char)((done + i) * 7 % 251);
        same = send(fd, out, len, MSG_NOSIGNAL) == (ssize_t)len &&
               recv(fd, in, len, MSG_WAITALL) == (ssize_t)len && memcmp(out, in, len) == 0;
    }
    return same;
}

void echo_to_the_end(int fd)
{
    char byte;

    assert_true(echo_is_good(fd, 300000));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    assert_int_equal(close(fd), 0);
}
