/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole session, login to close, again and again, with the n-th allocation
 * failing, for every n until none fails. Each run ends in a working session or
 * in an error; nobody is let in who should not be, and nothing leaks.
 * The linker sends malloc and calloc of our objects here (--wrap).
 */
#include "base/span.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static unsigned long countdown; /* allocations until the one that fails; 0: none fails */
static bool failed;

static bool fails_now(void)
{
    if (countdown == 0 || --countdown)
        return false;
    failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

enum { QUEUE_SIZE = 4 * 1024 * 1024, PAYLOAD = 100000 };

struct end {
    struct adit_buffers *buffers;
    struct adit_session *session;
    struct adit_channel *channel;
    uint8_t *queue;
    size_t queued;
    size_t received;
    bool closed;
};

static struct adit_key *host_key;
static struct adit_key *user_key;
static struct end client;
static struct end server;

static void react(struct end *end, const struct adit_event *event)
{
    switch ((int)event->type) {
    case ADIT_EVENT_HOST_KEY:
        adit_session_host_key_verdict(end->session, true);
        break;
    case ADIT_EVENT_AUTH_NEEDED:
        if (adit_session_auth_publickey(end->session, user_key))
            adit_session_disconnect(end->session, "no try could be made");
        break;
    case ADIT_EVENT_AUTH_REQUEST:
        /* Only the right key, with a signature that was verified, is let in. */
        assert_true(event->auth_request.method == ADIT_AUTH_PUBLICKEY);
        assert_true(adit_span_equal(event->auth_request.key_blob, adit_key_blob(user_key)));
        adit_session_auth_verdict(end->session, ADIT_VERDICT_YES, NULL);
        break;
    case ADIT_EVENT_CHANNEL_OPEN:
        end->channel = event->channel;
        adit_channel_accept(event->channel);
        break;
    case ADIT_EVENT_CHANNEL_DATA:
        end->received += event->data.len;
        adit_channel_consumed(event->channel, event->data.len);
        break;
    case ADIT_EVENT_CHANNEL_CLOSED:
        end->closed = true;
        end->channel = NULL;
        break;
    case ADIT_EVENT_FORWARD_REQUEST:
        adit_session_forward_verdict(end->session, true, 4000);
        break;
    default:
        break;
    }
}

static bool turn(struct end *end, struct end *peer)
{
    struct adit_span spans[8];
    struct adit_event event;
    uint8_t *room;
    size_t cap;
    size_t sent = 0;
    bool moved = false;
    size_t count;

    adit_session_input_buffer(end->session, &room, &cap);
    if (cap && end->queued) {
        const size_t len = end->queued < cap ? end->queued : cap;

        memcpy(room, end->queue, len);
        memmove(end->queue, end->queue + len, end->queued - len);
        end->queued -= len;
        adit_session_input_filled(end->session, len);
        moved = true;
    }
    while (adit_session_next_event(end->session, &event)) {
        react(end, &event);
        moved = true;
    }
    count = adit_session_output(end->session, spans, ADIT_ARRAY_LEN(spans));
    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].len <= QUEUE_SIZE - peer->queued);
        memcpy(peer->queue + peer->queued, spans[i].data, spans[i].len);
        peer->queued += spans[i].len;
        sent += spans[i].len;
    }
    adit_session_output_sent(end->session, sent);
    return moved || sent;
}

static void run(void)
{
    for (bool moved = true; moved;) {
        moved = turn(&client, &server);
        moved |= turn(&server, &client);
    }
}

static void send_some(struct end *end)
{
    struct adit_room rooms[4];
    size_t sent = 0;

    while (end->channel && sent < PAYLOAD) {
        const size_t count =
            adit_channel_reserve(end->channel, PAYLOAD - sent, rooms, ADIT_ARRAY_LEN(rooms));
        size_t here = 0;

        if (count == 0)
            return;
        for (size_t i = 0; i < count; i++) {
            memset(rooms[i].data, 'x', rooms[i].len);
            here += rooms[i].len;
        }
        adit_channel_commit(end->channel, here);
        sent += here;
    }
}

static bool start(struct end *end, const struct adit_session_settings *settings)
{
    return adit_buffers_new(&end->buffers) == ADIT_OK &&
           adit_session_new(settings, end->buffers, 0, &end->session) == ADIT_OK;
}

static void stop(struct end *end)
{
    uint8_t *queue = end->queue;

    adit_session_free(end->session);
    adit_buffers_free(end->buffers);
    *end = (struct end){ .queue = queue };
}

/* The scenario; true when all of it worked. */
static bool whole_session(void)
{
    const struct adit_key *const keys[] = { host_key };
    const struct adit_session_settings c = { .role = ADIT_CLIENT, .user = "u", .banner = NULL };
    const struct adit_session_settings s = {
        .role = ADIT_SERVER, .host_keys = keys, .host_key_count = 1, .banner = "hello"
    };
    const struct adit_channel_open_event open = { ADIT_CHANNEL_DIRECT_TCPIP, adit_span_text("db"),
                                                  1, adit_span_text("::1"), 1 };
    bool worked = false;

    if (!start(&client, &c) || !start(&server, &s))
        goto done;
    run();
    if (!adit_session_is_authenticated(client.session))
        goto done;
    if (adit_session_forward(client.session, "localhost", 0, false, NULL) ||
        adit_session_open_channel(client.session, &open, NULL, &client.channel))
        goto done;
    run();
    send_some(&client);
    run();
    adit_session_rekey(server.session);
    send_some(&client);
    run();
    if (client.channel)
        adit_channel_close(client.channel);
    run();
    worked = server.received >= PAYLOAD && client.closed && server.closed;
done:
    stop(&client);
    stop(&server);
    return worked;
}

static void every_allocation_may_fail_once(void **state)
{
    unsigned long n = 0;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &host_key), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &user_key), ADIT_OK);
    client.queue = malloc(QUEUE_SIZE);
    server.queue = malloc(QUEUE_SIZE);
    assert_true(whole_session());
    do {
        bool worked;

        assert_true(++n < 10000);
        failed = false;
        countdown = n;
        worked = whole_session();
        countdown = 0;
        if (!failed)
            assert_true(worked);
    } while (failed);
    assert_true(n > 50);
    free(client.queue);
    free(server.queue);
    adit_key_free(host_key);
    adit_key_free(user_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
