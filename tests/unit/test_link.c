/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit/link_world.h"

#include <signal.h>

#define MIB UINT64_C(1048576)

static const struct adit_session_settings defaults;

static void bytes_arrive_whole_both_ways(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 1;
    want_bytes(&w->tunnels[0], 20 * MIB, 20 * MIB);
    run_to_the_end(w, &defaults);
    free(w);
}

/* C9, and row 20 of the faults: the reply comes after the question's end. */
static void a_reply_to_the_end_of_the_question_arrives(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 2;
    want_bytes(&w->tunnels[0], 3000, 5 * MIB);
    w->tunnels[0].far.replies = true;
    want_bytes(&w->tunnels[1], 5 * MIB, 3001);
    w->tunnels[1].near.replies = true;
    run_to_the_end(w, &defaults);
    free(w);
}

/* C11: nobody sends anything, both ends close: the channel must go. */
static void empty_streams_end(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 1;
    run_to_the_end(w, &defaults);
    free(w);
}

static void many_channels_share_the_connection(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 250;
    for (size_t i = 0; i < w->count; i++)
        want_bytes(&w->tunnels[i], 50000 + i * 321, 70000 - i * 123);
    run_to_the_end(w, &defaults);
    free(w);
}

/* T41: keys change every few packets, while data goes both ways. */
static void data_survives_constant_rekeying(void **state)
{
    const struct adit_session_settings settings = { .rekey_bytes = MIB / 4 };
    struct world *w = world_new();

    (void)state;
    w->count = 3;
    for (size_t i = 0; i < w->count; i++)
        want_bytes(&w->tunnels[i], 4 * MIB, 4 * MIB);
    run_to_the_end(w, &settings);
    assert_true(w->key_exchanges > 20);
    free(w);
}

static void a_small_window_is_enough(void **state)
{
    const struct adit_session_settings settings = { .window_initial = 4096, .window_max = 4096 };
    struct world *w = world_new();

    (void)state;
    w->count = 2;
    want_bytes(&w->tunnels[0], MIB, MIB);
    want_bytes(&w->tunnels[1], MIB, 0);
    run_to_the_end(w, &settings);
    free(w);
}

/* Row 27. */
static void a_refused_channel_resets_its_socket(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 1;
    w->refuse = true;
    w->tunnels[0].near.replies = true;
    run_world(w, &defaults);
    world_stop(w);
    assert_true(w->tunnels[0].refused); /* its owner saw it before its relay ended */
    assert_int_equal(w->tunnels[0].relays_ended, 1);
    assert_int_equal(w->tunnels[0].near.error, ECONNRESET);
    free(w);
}

static void abort_near(struct world *w)
{
    open_all_tunnels(w);
    adit_relay_abort(w->tunnels[0].near_relay);
}

static void an_abort_before_the_answer_resets_both_ends(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 1;
    w->on_up = abort_near;
    w->tunnels[0].near.replies = true;
    w->tunnels[0].far.replies = true;
    run_world(w, &defaults);
    world_stop(w);
    assert_int_equal(w->tunnels[0].near.error, ECONNRESET);
    assert_int_equal(w->tunnels[0].far.error, ECONNRESET);
    assert_int_equal(w->tunnels[0].relays_ended, 2);
    free(w);
}

/* Rows 16 and 18: who reads nothing holds up nobody but himself. */
static void release_stalled(struct world *w, struct tunnel *tunnel)
{
    if (tunnel == &w->tunnels[1] && tunnel->relays_ended == 2)
        (void)close(w->pause[1]);
}

static void a_stalled_reader_holds_up_nobody_else(void **state)
{
    /* More than the sockets hold, so that a backlog waits; less than all of it. */
    const struct adit_session_settings settings = { .window_initial = 2 * MIB,
                                                    .window_max = 2 * MIB };
    struct world *w = world_new();

    (void)state;
    assert_int_equal(pipe(w->pause), 0);
    w->count = 2;
    want_bytes(&w->tunnels[0], 40 * MIB, 1000);
    w->tunnels[0].far.pause_fd = w->pause[0];
    want_bytes(&w->tunnels[1], 6 * MIB, 6 * MIB);
    w->on_relay_end = release_stalled;
    run_to_the_end(w, &settings);
    free(w);
}

static void end_client(struct world *w, struct tunnel *tunnel)
{
    (void)tunnel;
    if (w->client)
        adit_link_close(w->client, "now");
}

/* What came before a clean end is delivered even when the session is gone by then. */
static void a_slow_reader_gets_all_after_the_link_has_ended(void **state)
{
    const struct adit_session_settings settings = { .window_initial = 8 * MIB };
    struct world *w = world_new();

    (void)state;
    assert_int_equal(pipe(w->pause), 0);
    w->count = 1;
    want_bytes(&w->tunnels[0], 0, 7 * MIB);
    w->tunnels[0].near.pause_fd = w->pause[0];
    w->on_relay_end = end_client; /* the far relay's: the near one still has its backlog */
    w->client_end_releases = true;
    run_world(w, &settings);
    world_stop(w);
    assert_whole(&w->tunnels[0].near);
    assert_true(w->tunnels[0].near_counts.to_socket < 7 * MIB); /* when the link ended */
    assert_int_equal(w->tunnels[0].relays_ended, 2);
    free(w);
}

static void close_client(void *arg)
{
    struct world *w = arg;

    adit_link_close(w->client, "enough");
    adit_link_close(w->client, "twice is once");
}

static void open_then_close(struct world *w)
{
    open_all_tunnels(w);
    assert_int_equal(adit_loop_post(w->loop, close_client, w), ADIT_OK);
}

static void closing_the_link_resets_its_relays(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 20;
    w->on_up = open_then_close;
    for (size_t i = 0; i < w->count; i++) {
        want_bytes(&w->tunnels[i], 1000, 100);
        w->tunnels[i].near.replies = true;
    }
    run_world(w, &defaults);
    world_stop(w);
    assert_int_equal(w->client_err, ADIT_OK);
    assert_int_equal(w->server_err, ADIT_ERR_DISCONNECTED);
    for (size_t i = 0; i < w->count; i++)
        assert_int_equal(w->tunnels[i].near.error, ECONNRESET);
    free(w);
}

static void a_lost_connection_ends_both_links(void **state)
{
    struct world *w = world_new();
    int client[2];
    int server[2];

    (void)state;
    assert_true(tcp_pair(client));
    assert_true(tcp_pair(server));
    (void)close(client[1]);
    (void)close(server[1]);
    w->client_closes_when_idle = false;
    start_links(w, &(struct wires){ client[0], client[0], server[0], server[0] }, &defaults);
    world_stop(w);
    assert_int_equal(w->client_err, ADIT_ERR_DISCONNECTED);
    assert_int_equal(w->server_err, ADIT_ERR_DISCONNECTED);
    assert_string_not_equal(w->client_text, "");
    free(w);
}

static void say_and_reset(int fd)
{
    static const char words[] = "Not allowed at this time\r\n";

    assert_int_equal(write(fd, words, strlen(words)), strlen(words));
    reset_by_hand(fd);
}

static void reset_later(void *arg)
{
    const struct world *w = arg;

    say_and_reset(w->pause[0]);
}

/* As sshd does with whom it does not want, before or after it has heard us. */
static void what_the_peer_said_before_its_reset_is_the_reason(void **state)
{
    (void)state;
    for (int later = 0; later <= 1; later++) {
        struct world *w = world_new();
        int client[2];
        int server[2];

        assert_true(tcp_pair(client));
        assert_true(tcp_pair(server));
        (void)close(server[1]);
        w->client_closes_when_idle = false;
        w->pause[0] = client[1];
        assert_int_equal(adit_timer_new(w->loop, reset_later, w, &w->later), ADIT_OK);
        if (later)
            adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 200);
        else
            say_and_reset(client[1]);
        start_links(w, &(struct wires){ client[0], client[0], server[0], server[0] }, &defaults);
        adit_timer_free(w->later);
        world_stop(w);
        assert_int_equal(w->client_err, ADIT_ERR_DISCONNECTED);
        assert_string_equal(w->client_text, "the peer closed the connection before it spoke SSH; "
                                            "it said: Not allowed at this time");
        free(w);
    }
}

static void pipes_carry_a_session_too(void **state)
{
    struct world *w = world_new();
    int up[2];
    int down[2];

    (void)state;
    assert_int_equal(pipe(up), 0);
    assert_int_equal(pipe(down), 0);
    w->count = 2;
    want_bytes(&w->tunnels[0], 3 * MIB, 2 * MIB);
    start_links(w, &(struct wires){ down[0], up[1], up[0], down[1] }, &defaults);
    world_stop(w);
    assert_whole(&w->tunnels[0].near);
    assert_whole(&w->tunnels[0].far);
    assert_int_equal(w->client_err, ADIT_OK);
    free(w);
}

static void a_file_is_no_connection(void **state)
{
    static const struct adit_link_owner owner = { client_event, client_ended };
    const struct adit_session_settings settings = { .role = ADIT_CLIENT, .user = "tunnel" };
    struct world *w = world_new();
    FILE *file = tmpfile();
    struct adit_link *link;

    (void)state;
    assert_non_null(file);
    assert_int_equal(
        adit_link_new(w->loop, dup(fileno(file)), dup(fileno(file)), &settings, &owner, w, &link),
        ADIT_ERR_SYSTEM);
    assert_null(link);
    (void)fclose(file);
    world_stop(w);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_arrive_whole_both_ways),
        cmocka_unit_test(a_reply_to_the_end_of_the_question_arrives),
        cmocka_unit_test(empty_streams_end),
        cmocka_unit_test(many_channels_share_the_connection),
        cmocka_unit_test(data_survives_constant_rekeying),
        cmocka_unit_test(a_small_window_is_enough),
        cmocka_unit_test(a_refused_channel_resets_its_socket),
        cmocka_unit_test(an_abort_before_the_answer_resets_both_ends),
        cmocka_unit_test(a_stalled_reader_holds_up_nobody_else),
        cmocka_unit_test(a_slow_reader_gets_all_after_the_link_has_ended),
        cmocka_unit_test(closing_the_link_resets_its_relays),
        cmocka_unit_test(a_lost_connection_ends_both_links),
        cmocka_unit_test(what_the_peer_said_before_its_reset_is_the_reason),
        cmocka_unit_test(pipes_carry_a_session_too),
        cmocka_unit_test(a_file_is_no_connection),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
