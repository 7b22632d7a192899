/* SPDX-License-Identifier: BSD-2-Clause */
/* A stream that breaks off: what came before arrives, then the reset; nobody waits for ever. */
#include "base/span.h"
#include "unit/link_world.h"

#include <signal.h>

#define MIB UINT64_C(1048576)

static const struct adit_session_settings defaults;

/* Rows 25 and 26 of the faults. */
static void a_reset_arrives_as_a_reset(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 2;
    want_bytes(&w->tunnels[0], 100000, 0);
    w->tunnels[0].near.resets = true;
    w->tunnels[0].far.replies = true; /* it keeps its own side open meanwhile */
    want_bytes(&w->tunnels[1], 0, 100000);
    w->tunnels[1].far.resets = true;
    w->tunnels[1].near.replies = true;
    run_world(w, &defaults);
    world_stop(w);
    assert_int_equal(w->tunnels[0].far.error, ECONNRESET);
    assert_int_equal(w->tunnels[0].far.received, 100000);
    assert_false(w->tunnels[0].far.wrong_bytes);
    assert_int_equal(w->tunnels[1].near.error, ECONNRESET);
    assert_int_equal(w->tunnels[1].near.received, 100000);
    assert_false(w->tunnels[1].near.wrong_bytes);
    free(w);
}

static void abort_full(void *arg)
{
    struct world *w = arg;

    if (w->tunnels[0].near_relay)
        adit_relay_abort(w->tunnels[0].near_relay);
}

static void abort_when_full(struct world *w)
{
    open_all_tunnels(w);
    assert_int_equal(adit_timer_new(w->loop, abort_full, w, &w->later), ADIT_OK);
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 1000);
}

static void release_far(struct world *w, struct tunnel *tunnel)
{
    if (tunnel->far_relay == NULL && tunnel->relays_ended == 2)
        (void)close(w->pause[1]);
}

/* Row 26: behind a reset nobody waits until a program that hangs has taken the rest. */
static void a_stalled_reader_is_reset_with_its_peer(void **state)
{
    const struct adit_session_settings settings = { .window_initial = 2 * MIB,
                                                    .window_max = 2 * MIB };
    struct world *w = world_new();

    (void)state;
    assert_int_equal(pipe(w->pause), 0);
    w->count = 1;
    want_bytes(&w->tunnels[0], 40 * MIB, 0);
    w->tunnels[0].far.pause_fd = w->pause[0];
    w->on_up = abort_when_full;
    w->on_relay_end = release_far;
    run_world(w, &settings);
    adit_timer_free(w->later);
    world_stop(w);
    /* It hung until its relay had ended: it did not have enough of waiting itself. */
    assert_int_equal(w->tunnels[0].far.error, ECONNRESET);
    assert_false(w->tunnels[0].far.wrong_bytes);
    assert_true(w->tunnels[0].far.received < 40 * MIB);
    free(w);
}

static void release_near(struct world *w, struct tunnel *tunnel)
{
    const bool is_due = w->far_end_releases ? tunnel->far_relay == NULL : tunnel->relays_ended == 2;

    if (is_due && w->pause[1])
        (void)close(w->pause[1]);
    if (is_due)
        w->pause[1] = 0;
}

/* Row 25: the system would throw away what it has, if the reset were sent at once. */
static void a_reset_waits_until_the_system_has_sent_all(void **state)
{
    (void)state;
    for (int hangs = 0; hangs <= 1; hangs++) {
        struct world *w = world_new();
        struct stream_app *near = &w->tunnels[0].near;

        assert_int_equal(pipe(w->pause), 0);
        w->count = 1;
        want_bytes(&w->tunnels[0], 0, MIB); /* which the sockets hold */
        w->tunnels[0].far.resets = true;
        near->replies = true;
        near->pause_fd = w->pause[0];
        w->far_end_releases = !hangs;
        w->on_relay_end = release_near;
        run_world(w, &defaults);
        world_stop(w);
        assert_int_equal(near->error, ECONNRESET);
        assert_false(near->wrong_bytes);
        if (hangs)
            assert_true(near->received < MIB);
        else
            assert_int_equal(near->received, MIB);
        free(w);
    }
}

/* The first tunnel is filled until it takes no more for a while, then reset; the second talks. */
static void fill_and_talk(void *arg)
{
    static const uint8_t much[STREAM_PIECE];
    struct world *w = arg;
    struct tunnel *full = &w->tunnels[0];
    struct tunnel *talking = &w->tunnels[1];

    if (full->near.by_hand) {
        while (send(full->near.fd, much, sizeof much, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
            w->rounds = 0;
        if (++w->rounds == 25) {
            reset_by_hand(full->near.fd);
            full->near.by_hand = false;
        }
    }
    if (talking->near.by_hand)
        assert_int_equal(send(talking->near.fd, "are you there", 13, MSG_NOSIGNAL), 13);
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 20);
}

static void open_to_talk(struct world *w)
{
    open_all_tunnels(w);
    assert_int_equal(adit_timer_new(w->loop, fill_and_talk, w, &w->later), ADIT_OK);
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 20);
}

static void end_the_talk(struct world *w, struct tunnel *tunnel)
{
    if (tunnel != &w->tunnels[0] || tunnel->relays_ended != 2)
        return;
    w->tunnels[1].near.by_hand = false;
    (void)close(w->tunnels[1].near.fd);
    (void)close(w->tunnels[1].far.fd);
    adit_timer_free(w->later);
}

/* Row 26: nor for as long as others talk, who make all that wait look again and again. */
static void a_reset_is_passed_on_while_others_talk(void **state)
{
    struct world *w = world_new();

    (void)state;
    w->count = 2;
    for (size_t i = 0; i < w->count; i++)
        w->tunnels[i].near.by_hand = w->tunnels[i].far.by_hand = true;
    w->on_up = open_to_talk;
    w->on_relay_end = end_the_talk;
    run_world(w, &defaults);
    world_stop(w);
    assert_true(w->tunnels[0].near_counts.aborted);
    assert_true(w->tunnels[0].far_counts.aborted);
    (void)close(w->tunnels[0].far.fd);
    free(w);
}

/* What a target that has read nothing says before it closes, which its system makes a reset. */
enum { LAST_WORDS = 50000 };

static void say_last_words(const struct tunnel *tunnel, bool ends_first)
{
    const int fd = tunnel->far.fd;
    uint8_t words[LAST_WORDS];

    for (size_t i = 0; i < sizeof words; i++)
        words[i] = stream_byte(tunnel->near.receive_seed, i);
    assert_int_equal(send(fd, words, sizeof words, MSG_NOSIGNAL), sizeof words);
    if (ends_first)
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_true(stream_is_there(fd));
    reset_by_hand(fd);
}

/* In one turn of the loop, so that the relay hears of the words and of the reset at once. */
static void speak_when_full(void *arg)
{
    struct world *w = arg;
    struct tunnel *tunnel = &w->tunnels[0];
    const bool is_full = tunnel->far_relay && tunnel->far_relay->backlog.size > 0;

    if (is_full)
        say_last_words(tunnel, w->target_ends_first);
    else
        adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 10);
}

/* The client's next bytes come before the reset is heard of. */
static void speak_before_data(void *arg)
{
    static const uint8_t byte[1];
    struct world *w = arg;
    struct tunnel *tunnel = &w->tunnels[0];

    if (tunnel->far_relay == NULL) {
        adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 10);
        return;
    }
    say_last_words(tunnel, w->target_ends_first);
    for (int i = 0; i < 2; i++)
        adit_relay_give(tunnel->far_relay, adit_span_of(byte, sizeof byte), false);
}

static void open_to_push(struct world *w)
{
    open_all_tunnels(w);
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + 10);
}

/* Row 25: an upload that meets its refusal, as with HTTP's 413. */
static void what_a_target_said_before_its_reset_arrives(void **state)
{
    static const struct {
        void (*speak)(void *arg);
        uint64_t pushed;
        bool ends_first;
    } cases[] = {
        { speak_when_full, 40 * MIB, false },
        { speak_when_full, 40 * MIB, true },
        { speak_before_data, 0, false },
        { speak_before_data, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world *w = world_new();
        struct stream_app *near = &w->tunnels[0].near;

        w->count = 1;
        want_bytes(&w->tunnels[0], cases[i].pushed, LAST_WORDS);
        near->replies = cases[i].pushed == 0;
        w->tunnels[0].far.by_hand = true;
        w->target_ends_first = cases[i].ends_first;
        w->on_up = open_to_push;
        assert_int_equal(adit_timer_new(w->loop, cases[i].speak, w, &w->later), ADIT_OK);
        run_world(w, &defaults);
        adit_timer_free(w->later);
        world_stop(w);
        assert_int_equal(near->received, LAST_WORDS);
        assert_false(near->wrong_bytes);
        assert_int_equal(near->got_end, cases[i].ends_first);
        assert_int_equal(near->error, cases[i].ends_first ? 0 : ECONNRESET);
        assert_int_equal(w->tunnels[0].far_counts.to_channel, LAST_WORDS);
        assert_true(w->tunnels[0].far_counts.aborted);
        free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reset_arrives_as_a_reset),
        cmocka_unit_test(a_stalled_reader_is_reset_with_its_peer),
        cmocka_unit_test(a_reset_waits_until_the_system_has_sent_all),
        cmocka_unit_test(a_reset_is_passed_on_while_others_talk),
        cmocka_unit_test(what_a_target_said_before_its_reset_arrives),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
