/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client and a server session on one loop, joined by a connection; channels
 * relayed to real sockets with a program at each end (stream_app.h). The loop
 * stops when all of them have ended.
 */
#ifndef ADIT_TESTS_LINK_WORLD_H
#define ADIT_TESTS_LINK_WORLD_H

#include "adit/key.h"
#include "net/link.h"
#include "net/relay_state.h"
#include "unit/stream_app.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { TUNNELS_MAX = 300, WATCHDOG_MS = 40 * 1000 };

struct tunnel {
    struct world *world;
    struct stream_app near; /* at the client's side */
    struct stream_app far;  /* at the server's */
    struct adit_relay *near_relay;
    struct adit_relay *far_relay;
    struct adit_relay_counts near_counts;
    struct adit_relay_counts far_counts;
    unsigned relays_ended;
    bool confirmed;
    bool refused;
};

struct world {
    struct adit_loop *loop;
    struct adit_link *client;
    struct adit_link *server;
    struct adit_key *host_key;
    struct adit_timer *watchdog;
    struct adit_timer *later; /* a test's own */
    unsigned rounds;          /* of that */
    struct tunnel tunnels[TUNNELS_MAX];
    size_t count;
    size_t opened; /* CHANNEL_OPEN events seen by the server */
    unsigned key_exchanges;
    unsigned apps_running;
    unsigned relays_running;
    unsigned links_running;
    bool refuse;            /* the server refuses channels */
    bool target_ends_first; /* before its reset */
    bool client_closes_when_idle;
    bool relays_outlived_link;
    bool timed_out;
    bool client_end_releases; /* the end of pause[] when the client's link has ended */
    bool far_end_releases;    /* and when the far relay has ended */
    int pause[2];
    enum adit_err client_err;
    enum adit_err server_err;
    char client_text[200];
    void (*on_up)(struct world *world); /* the client has logged in */
    void (*on_relay_end)(struct world *world, struct tunnel *tunnel);
};

/* ---- the end of everything stops the loop ---- */

static void check_idle(struct world *w)
{
    if (w->apps_running || w->relays_running)
        return;
    if (w->links_running && w->client_closes_when_idle) {
        if (w->client)
            adit_link_close(w->client, "done");
        return;
    }
    if (w->links_running == 0)
        adit_loop_stop(w->loop);
}

static void app_finished_here(void *arg)
{
    struct world *w = arg;

    w->apps_running--;
    check_idle(w);
}

static void app_finished(void *arg)
{
    struct tunnel *tunnel = arg;

    if (adit_loop_post(tunnel->world->loop, app_finished_here, tunnel->world))
        abort();
}

static void on_relay_ended(struct tunnel *tunnel)
{
    struct world *w = tunnel->world;

    tunnel->relays_ended++;
    w->relays_running--;
    if (w->on_relay_end)
        w->on_relay_end(w, tunnel);
    check_idle(w);
}

static void on_near_ended(void *arg, const struct adit_relay_counts *counts)
{
    struct tunnel *tunnel = arg;

    tunnel->near_relay = NULL;
    tunnel->near_counts = *counts;
    if (tunnel->world->client == NULL)
        tunnel->world->relays_outlived_link = true;
    on_relay_ended(tunnel);
}

static void on_far_ended(void *arg, const struct adit_relay_counts *counts)
{
    struct tunnel *tunnel = arg;

    tunnel->far_relay = NULL;
    tunnel->far_counts = *counts;
    if (tunnel->world->server == NULL)
        tunnel->world->relays_outlived_link = true;
    on_relay_ended(tunnel);
}

/* Makes a socket whose other end is the program's, and starts the program if there is to be one. */
static int start_app(struct tunnel *tunnel, struct stream_app *app)
{
    int fds[2];

    assert_true(tcp_pair(fds));
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    app->fd = fds[1];
    if (app->by_hand)
        return fds[0];
    app->finished = app_finished;
    app->arg = tunnel;
    tunnel->world->apps_running++;
    assert_int_equal(pthread_create(&app->thread, NULL, stream_app_run, app), 0);
    return fds[0];
}

/* ---- the client ---- */

static void open_tunnel(struct world *w, struct tunnel *tunnel)
{
    const struct adit_channel_open_event open = { .type = ADIT_CHANNEL_DIRECT_TCPIP,
                                                  .host = { (const uint8_t *)"db", 2 },
                                                  .port = (uint16_t)(tunnel - w->tunnels),
                                                  .originator = { (const uint8_t *)"x", 1 } };
    struct adit_channel *channel;

    tunnel->world = w;
    assert_int_equal(adit_session_open_channel(adit_link_session(w->client), &open, NULL, &channel),
                     ADIT_OK);
    w->relays_running++;
    assert_int_equal(adit_relay_start(w->client, channel, start_app(tunnel, &tunnel->near),
                                      on_near_ended, tunnel, &tunnel->near_relay),
                     ADIT_OK);
}

static void open_all_tunnels(struct world *w)
{
    for (size_t i = 0; i < w->count; i++)
        open_tunnel(w, &w->tunnels[i]);
}

static void client_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    struct world *w = owner;
    struct adit_session *session = adit_link_session(link);
    const struct adit_relay *relay = event->channel ? adit_relay_of(event->channel) : NULL;
    struct tunnel *tunnel = relay ? relay->arg : NULL;

    if (event->type == ADIT_EVENT_HOST_KEY)
        adit_session_host_key_verdict(session, true);
    else if (event->type == ADIT_EVENT_AUTH_NEEDED)
        assert_int_equal(adit_session_auth_password(session, "x"), ADIT_OK);
    else if (event->type == ADIT_EVENT_AUTHENTICATED && w->on_up)
        w->on_up(w);
    else if (event->type == ADIT_EVENT_KEYS_CHANGED)
        w->key_exchanges++;
    else if (event->type == ADIT_EVENT_CHANNEL_CONFIRMED && tunnel)
        tunnel->confirmed = true;
    else if (event->type == ADIT_EVENT_CHANNEL_REFUSED && tunnel)
        tunnel->refused = tunnel->relays_ended == 0;
}

static void client_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    struct world *w = owner;

    assert_ptr_equal(link, w->client);
    w->client = NULL;
    w->client_err = err;
    if (w->client_end_releases)
        (void)close(w->pause[1]);
    (void)snprintf(w->client_text, sizeof w->client_text, "%s", text);
    w->links_running--;
    check_idle(w);
}

/* ---- the server ---- */

static void take_tunnel(struct world *w, struct adit_link *link, const struct adit_event *event)
{
    struct tunnel *tunnel = &w->tunnels[event->open.port];

    w->opened++;
    if (w->refuse) {
        adit_channel_refuse(event->channel, 2, "no");
        return;
    }
    adit_channel_accept(event->channel);
    w->relays_running++;
    assert_int_equal(adit_relay_start(link, event->channel, start_app(tunnel, &tunnel->far),
                                      on_far_ended, tunnel, &tunnel->far_relay),
                     ADIT_OK);
}

static void server_event(void *owner, struct adit_link *link, const struct adit_event *event)
{
    if (event->type == ADIT_EVENT_AUTH_REQUEST)
        adit_session_auth_verdict(
            adit_link_session(link),
            event->auth_request.method == ADIT_AUTH_PASSWORD ? ADIT_VERDICT_YES : ADIT_VERDICT_NO,
            NULL);
    else if (event->type == ADIT_EVENT_CHANNEL_OPEN)
        take_tunnel(owner, link, event);
}

static void server_ended(void *owner, struct adit_link *link, enum adit_err err, const char *text)
{
    struct world *w = owner;

    (void)text;
    assert_ptr_equal(link, w->server);
    w->server = NULL;
    w->server_err = err;
    w->links_running--;
    check_idle(w);
}

/* ---- a world ---- */

static void on_watchdog(void *arg)
{
    struct world *w = arg;

    w->timed_out = true;
    adit_loop_stop(w->loop);
}

struct wires {
    int client_in;
    int client_out;
    int server_in;
    int server_out;
};

static struct world *world_new(void)
{
    struct world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    assert_int_equal(adit_loop_new(&w->loop), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->host_key), ADIT_OK);
    assert_int_equal(adit_timer_new(w->loop, on_watchdog, w, &w->watchdog), ADIT_OK);
    adit_timer_set(w->watchdog, adit_loop_now_ms(w->loop) + WATCHDOG_MS);
    w->on_up = open_all_tunnels;
    w->client_closes_when_idle = true;
    return w;
}

static void start_links(struct world *w, const struct wires *wires,
                        const struct adit_session_settings *base)
{
    static const struct adit_link_owner client = { client_event, client_ended };
    static const struct adit_link_owner server = { server_event, server_ended };
    const struct adit_key *keys[] = { w->host_key };
    struct adit_session_settings settings = *base;

    settings.role = ADIT_CLIENT;
    settings.user = "tunnel";
    assert_int_equal(adit_link_new(w->loop, wires->client_in, wires->client_out, &settings, &client,
                                   w, &w->client),
                     ADIT_OK);
    settings.role = ADIT_SERVER;
    settings.user = NULL;
    settings.host_keys = keys;
    settings.host_key_count = 1;
    settings.password_offered = true;
    assert_int_equal(adit_link_new(w->loop, wires->server_in, wires->server_out, &settings, &server,
                                   w, &w->server),
                     ADIT_OK);
    w->links_running = 2;
    adit_loop_run(w->loop);
}

static void run_world(struct world *w, const struct adit_session_settings *settings)
{
    int fds[2];

    assert_true(tcp_pair(fds));
    start_links(w, &(struct wires){ fds[0], fds[0], fds[1], fds[1] }, settings);
}

static void join(struct stream_app *app)
{
    if (app->arg)
        assert_int_equal(pthread_join(app->thread, NULL), 0);
}

/* After it, what the programs have seen may be looked at. */
static void world_stop(struct world *w)
{
    assert_false(w->timed_out);
    for (size_t i = 0; i < TUNNELS_MAX; i++) {
        join(&w->tunnels[i].near);
        join(&w->tunnels[i].far);
    }
    adit_timer_free(w->watchdog);
    adit_loop_free(w->loop);
    adit_key_free(w->host_key);
    assert_false(w->relays_outlived_link);
}

static void want_bytes(struct tunnel *tunnel, uint64_t up, uint64_t down)
{
    const uint32_t seed = 1 + (uint32_t)up + (uint32_t)(down << 7);

    tunnel->near.send_total = tunnel->far.receive_total = up;
    tunnel->far.send_total = tunnel->near.receive_total = down;
    tunnel->near.send_seed = tunnel->far.receive_seed = seed;
    tunnel->far.send_seed = tunnel->near.receive_seed = ~seed;
}

static inline void assert_whole(const struct stream_app *app)
{
    assert_int_equal(app->error, 0);
    assert_false(app->wrong_bytes);
    assert_int_equal(app->received, app->receive_total);
    assert_true(app->got_end);
}

/* Runs the tunnels; every stream must arrive whole and both ends of each must be done. */
static inline void run_to_the_end(struct world *w, const struct adit_session_settings *settings)
{
    run_world(w, settings);
    world_stop(w);
    for (size_t i = 0; i < w->count; i++) {
        const struct tunnel *tunnel = &w->tunnels[i];

        assert_true(tunnel->confirmed);
        assert_whole(&tunnel->near);
        assert_whole(&tunnel->far);
        assert_int_equal(tunnel->relays_ended, 2);
        assert_int_equal(tunnel->near_counts.to_channel, tunnel->near.send_total);
        assert_int_equal(tunnel->far_counts.to_socket, tunnel->near.send_total);
        assert_int_equal(tunnel->far_counts.to_channel, tunnel->far.send_total);
        assert_int_equal(tunnel->near_counts.to_socket, tunnel->far.send_total);
    }
    assert_int_equal(w->client_err, ADIT_OK);
    assert_int_equal(w->server_err, ADIT_ERR_DISCONNECTED);
}

#endif
