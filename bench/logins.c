/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many SSH clients in one process, over the engine: the same load for every
 * server.
 *
 *     logins login PORT USER KEY COUNT PARALLEL
 *         logs in COUNT times, PARALLEL at once: prints how many a second
 *     logins hold PORT USER KEY COUNT PARALLEL SECONDS
 *         the same with a listener each (-R 127.0.0.1:0:…), all at once: prints "held", then after
 *         SECONDS asks each session to give up its listener; prints how many answered
 *
 * The host key is not judged, only its signature.
 */
#include "adit/key.h"
#include "net/dial.h"
#include "net/file.h"
#include "net/link.h"
#include "socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { KEY_FILE_MAX = 65536, COUNT_MAX = 100000, TEXT_SIZE = 256 };

struct run;

struct client {
    struct run *run;
    struct adit_link *link;
    uint16_t port; /* that listens for us */
    bool tried;
};

struct run {
    struct adit_loop *loop;
    struct adit_key *key;
    const char *user;
    uint16_t port;
    uint64_t hold_s;
    bool is_hold;
    struct client *clients;
    unsigned count, parallel;
    unsigned started, up, answered, ended;
    uint64_t start_ns, up_ns;
    struct adit_timer *timer;
};

static _Noreturn void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "logins: %s: %s\n", what, why);
    _Exit(1);
}

static void must(enum adit_err err, const char *what)
{
    if (err)
        fail(what, adit_err_text(err));
}

static void start_next(struct run *run);

/* ---- one client ---- */

static void close_client(struct client *client)
{
    adit_link_close(client->link, "done");
}

/* It has all that it asked for. */
static void is_up(struct client *client)
{
    struct run *run = client->run;

    run->up++;
    run->up_ns = adit_bench_now_ns();
    if (!run->is_hold)
        close_client(client);
    start_next(run);
    if (!run->is_hold || run->up < run->count)
        return;
    (void)puts("held");
    (void)fflush(stdout);
    adit_timer_set(run->timer, adit_loop_now_ms(run->loop) + run->hold_s * 1000);
}

static void on_authenticated(struct client *client)
{
    if (client->run->is_hold)
        must(adit_session_forward(adit_link_session(client->link), "127.0.0.1", 0, false, NULL),
             "forward");
    else
        is_up(client);
}

static void on_answer(struct client *client, const struct adit_forward_event *answer)
{
    struct run *run = client->run;

    if (client->port == 0) {
        if (!answer->accepted || answer->port == 0)
            fail("forward", "refused");
        client->port = answer->port;
        is_up(client);
        return;
    }
    run->answered += answer->accepted;
    close_client(client);
}

static void on_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct client *client = owner;
    struct adit_session *s = adit_link_session(link);

    client->link = link;
    if (event->type == ADIT_EVENT_HOST_KEY) {
        adit_session_host_key_verdict(s, true);
    } else if (event->type == ADIT_EVENT_AUTH_NEEDED) {
        if (client->tried)
            fail("login", "refused");
        client->tried = true;
        must(adit_session_auth_publickey(s, client->run->key), "login");
    } else if (event->type == ADIT_EVENT_AUTHENTICATED) {
        on_authenticated(client);
    } else if (event->type == ADIT_EVENT_FORWARD_ANSWERED) {
        on_answer(client, &event->forward);
    }
}

static void on_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    struct client *client = owner;
    struct run *run = client->run;

    (void)link;
    if (err)
        fail("a session ended", text);
    client->link = NULL;
    if (++run->ended == run->count)
        adit_loop_stop(run->loop);
}

static const struct adit_link_owner owner = { .event = on_event, .ended = on_ended };

static void on_dialled(void *arg, int fd, enum adit_err err, const char *text)
{
    struct client *client = arg;
    const struct adit_session_settings settings = { .role = ADIT_CLIENT,
                                                    .user = client->run->user };

    if (err)
        fail("connect", text);
    must(adit_link_new(client->run->loop, fd, fd, &settings, &owner, client, &client->link),
         "session");
}

/* ---- all of them ---- */

static void start_next(struct run *run)
{
    const struct adit_dial_settings target = { .host = "127.0.0.1",
                                               .port = run->port,
                                               .family = AF_INET };

    while (run->started < run->count && run->started - run->up < run->parallel) {
        struct client *client = &run->clients[run->started++];
        struct adit_dial *dial;

        client->run = run;
        must(adit_dial_start(run->loop, &target, on_dialled, client, &dial), "connect");
    }
}

/* The time of holding is over: is everybody still there? */
static void ask_all(void *arg)
{
    struct run *run = arg;

    for (unsigned i = 0; i < run->count; i++) {
        struct client *client = &run->clients[i];

        must(adit_session_forward(adit_link_session(client->link), "127.0.0.1", client->port, true,
                                  NULL),
             "cancel");
        adit_link_wake(client->link);
    }
}

static void read_key(struct run *run, const char *path)
{
    struct adit_buffer text = adit_buffer_init_secret(KEY_FILE_MAX);
    char why[TEXT_SIZE] = "";
    const enum adit_err err = adit_file_read(path, ADIT_FILE_ANY, &text, why, sizeof why);

    if (err)
        fail(path, *why ? why : adit_err_text(err));
    must(adit_key_read_private(adit_buffer_span(&text), NULL, &run->key), path);
    adit_buffer_clear(&text);
}

static void work(struct run *run)
{
    must(adit_loop_new(&run->loop), "loop");
    must(adit_timer_new(run->loop, ask_all, run, &run->timer), "timer");
    run->start_ns = adit_bench_now_ns();
    start_next(run);
    adit_loop_run(run->loop);
    if (run->is_hold)
        (void)printf("%u\n", run->answered);
    else
        (void)printf("%.1f\n", run->up * 1e9 / (double)(run->up_ns - run->start_ns));
    adit_timer_free(run->timer);
    adit_loop_free(run->loop);
}

int main(int argc, char **argv)
{
    struct run run = { .is_hold = argc == 8 && strcmp(argv[1], "hold") == 0 };

    adit_bench_prepare();
    if (!run.is_hold && !(argc == 7 && strcmp(argv[1], "login") == 0))
        fail("usage", "see the head of logins.c");
    run.port = (uint16_t)adit_bench_number(argv[2], UINT16_MAX);
    run.user = argv[3];
    read_key(&run, argv[4]);
    run.count = (unsigned)adit_bench_number(argv[5], COUNT_MAX);
    run.parallel = (unsigned)adit_bench_number(argv[6], COUNT_MAX);
    run.hold_s = run.is_hold ? adit_bench_number(argv[7], 3600) : 0;
    run.clients = adit_bench_new(run.count, sizeof *run.clients);
    work(&run);
    free(run.clients);
    adit_key_free(run.key);
    return run.is_hold && run.answered != run.count;
}
