/* SPDX-License-Identifier: BSD-2-Clause */
/* Credit that goes ahead of what it is for, while the target takes nothing, and then all. */
#include "base/span.h"
#include "connection/connection.h"
#include "unit/link_world.h"

enum {
    WINDOW = 1024 * 1024,
    CREDIT = 32 * 1024, /* what is consumed before the peer is told */
    TICK_MS = 20,
    TALK_FIRST = 5,
    CYCLES_MAX = 40,
    ROUNDS = 10, /* of nothing new, until it is sure that there is nothing more to come */
};

/* The target takes nothing, then all; then there is silence. */
enum phase { PHASE_FILL, PHASE_DRAIN, PHASE_REST };

struct upload {
    enum phase phase;
    unsigned ticks;
    unsigned cycles;
    size_t sent;
    size_t received;
    bool is_wrong;
    size_t backlog_most;
    size_t ahead_most;
    size_t window_at_end;
    size_t ahead_at_end;
};

static struct upload upload;

static void push(const struct stream_app *near)
{
    uint8_t piece[STREAM_PIECE];
    ssize_t n;

    do {
        for (size_t i = 0; i < sizeof piece; i++)
            piece[i] = stream_byte(0, upload.sent + i);
        n = send(near->fd, piece, sizeof piece, MSG_DONTWAIT | MSG_NOSIGNAL);
        upload.sent += n > 0 ? (size_t)n : 0;
    } while (n > 0);
}

static bool drain(const struct tunnel *tunnel)
{
    uint8_t piece[STREAM_PIECE];
    const size_t before = upload.received;
    ssize_t n;

    while ((n = recv(tunnel->far.fd, piece, sizeof piece, MSG_DONTWAIT)) > 0) {
        for (size_t i = 0; i < (size_t)n; i++)
            upload.is_wrong |= piece[i] != stream_byte(0, upload.received + i);
        upload.received += (size_t)n;
    }
    return upload.received > before;
}

static void note(const struct adit_relay *far)
{
    if (far->backlog.size > upload.backlog_most)
        upload.backlog_most = far->backlog.size;
    if (far->ahead > upload.ahead_most)
        upload.ahead_most = far->ahead;
}

static void talk(const struct tunnel *tunnel)
{
    assert_int_equal(send(tunnel->near.fd, "are you there", 13, MSG_NOSIGNAL), 13);
    if (tunnel->far_relay)
        assert_int_equal(send(tunnel->far.fd, "yes", 3, MSG_NOSIGNAL), 3);
}

static void finish(struct world *w)
{
    upload.window_at_end = w->tunnels[0].near_relay->channel->send_window;
    upload.ahead_at_end = w->tunnels[0].far_relay->ahead;
    for (size_t i = 0; i < w->count; i++) {
        (void)close(w->tunnels[i].near.fd);
        (void)close(w->tunnels[i].far.fd);
    }
}

/* Whether something moved. */
static bool step(struct world *w)
{
    struct tunnel *full = &w->tunnels[0];
    const size_t sent = upload.sent;

    if (full->far_relay)
        note(full->far_relay);
    if (upload.phase != PHASE_REST)
        talk(&w->tunnels[1]);
    if (upload.phase == PHASE_DRAIN)
        return drain(full);
    if (upload.phase == PHASE_FILL && upload.ticks++ >= TALK_FIRST)
        push(&full->near);
    return upload.sent > sent;
}

/* What fills the target may be a delivery too short for credit ahead: then once more. */
static void next_phase(void)
{
    if (upload.phase == PHASE_DRAIN && upload.ahead_most == 0 && ++upload.cycles < CYCLES_MAX)
        upload.phase = PHASE_FILL;
    else
        upload.phase++;
}

static void on_tick(void *arg)
{
    struct world *w = arg;

    w->rounds = step(w) ? 0 : w->rounds + 1;
    if (w->rounds == ROUNDS && upload.phase == PHASE_REST) {
        finish(w);
        return;
    }
    if (w->rounds == ROUNDS) {
        w->rounds = 0;
        next_phase();
    }
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + TICK_MS);
}

static void open_to_fill(struct world *w)
{
    open_all_tunnels(w);
    assert_int_equal(adit_timer_new(w->loop, on_tick, w, &w->later), ADIT_OK);
    adit_timer_set(w->later, adit_loop_now_ms(w->loop) + TICK_MS);
}

static void with_credit_ahead_all_arrives_and_the_window_comes_back(void **state)
{
    static const uint32_t window = WINDOW;
    const struct adit_session_settings settings = { .window_initial = window,
                                                    .window_max = window };
    struct world *w = world_new();

    (void)state;
    want_bytes(&w->tunnels[0], 0, 0);
    w->count = 2;
    for (size_t i = 0; i < w->count; i++)
        w->tunnels[i].near.by_hand = w->tunnels[i].far.by_hand = true;
    w->on_up = open_to_fill;
    run_world(w, &settings);
    adit_timer_free(w->later);
    world_stop(w);
    assert_true(upload.ahead_most > 0);
    assert_true(upload.backlog_most > 0);
    assert_true(upload.backlog_most <= WINDOW + upload.ahead_most);
    assert_int_equal(upload.received, upload.sent);
    assert_false(upload.is_wrong);
    assert_int_equal(upload.ahead_at_end, 0);
    assert_true(upload.window_at_end <= WINDOW);
    assert_true(upload.window_at_end > WINDOW - CREDIT);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_credit_ahead_all_arrives_and_the_window_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
