/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/pair.h"

#include "base/memory.h"
#include "base/span.h"
#include "base/text.h"
#include "crypto/algorithms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    QUEUE_MAX = 64 * 1024 * 1024,
    ROUNDS_MAX = 4 * 1000 * 1000,
};

static uint64_t hash_more(uint64_t hash, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t pair_random(struct pair *pair, uint64_t bound)
{
    pair->random ^= pair->random << 13;
    pair->random ^= pair->random >> 7;
    pair->random ^= pair->random << 17;
    return pair->random % bound;
}

static void note(struct side *side, const char *format, ...) ADIT_FORMAT(2, 3);

static void note(struct side *side, const char *format, ...)
{
    char text[512];
    char line[600];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)snprintf(line, sizeof line, "%s %s\n", side->name, text);
    assert_int_equal(adit_buffer_append(&side->pair->transcript, adit_span_text(line)), ADIT_OK);
}

static const char *shown(struct adit_span bytes)
{
    static char text[256];

    return adit_text_printable(bytes, text, sizeof text);
}

static void log_in(struct side *side, bool accepted)
{
    const struct pair *pair = side->pair;
    enum adit_err err;

    if (pair->settings.leave_login)
        return;
    if (pair->settings.password)
        err = adit_session_auth_password(side->session, pair->settings.password);
    else if (pair->settings.probe_first && !accepted)
        err = adit_session_auth_probe(side->session, pair->user_key);
    else
        err = adit_session_auth_publickey(side->session, pair->user_key);
    assert_int_equal(err, ADIT_OK);
}

static void react_to_login(struct side *side, const struct adit_event *event)
{
    const struct pair_settings *settings = &side->pair->settings;

    switch ((int)event->type) {
    case ADIT_EVENT_HOST_KEY:
        note(side, "host key %s", event->host_key.algorithm);
        adit_session_host_key_verdict(side->session, !settings->refuse_host_key);
        break;
    case ADIT_EVENT_AUTH_NEEDED:
        note(side, "auth needed: %s%s", shown(event->auth_needed.can_continue),
             event->auth_needed.partial_success ? " (partial success)" : "");
        log_in(side, false);
        break;
    case ADIT_EVENT_AUTH_KEY_ACCEPTED:
        note(side, "key accepted");
        log_in(side, true);
        break;
    case ADIT_EVENT_AUTH_REQUEST:
        note(side, "auth request: method %d", (int)event->auth_request.method);
        if (!settings->leave_verdicts)
            adit_session_auth_verdict(side->session, settings->verdict, NULL);
        break;
    default:
        break;
    }
}

static void react_to_channel(struct side *side, const struct adit_event *event)
{
    switch ((int)event->type) {
    case ADIT_EVENT_CHANNEL_OPEN:
        note(side, "channel open to %s:%u", shown(event->open.host), event->open.port);
        side->channel = event->channel;
        if (!side->pair->settings.hold_channels)
            adit_channel_accept(event->channel);
        break;
    case ADIT_EVENT_CHANNEL_CONFIRMED:
        note(side, "channel confirmed");
        break;
    case ADIT_EVENT_CHANNEL_REFUSED:
        note(side, "channel refused: %u %s", (unsigned)event->refused.reason,
             shown(event->refused.text));
        side->channel = NULL;
        break;
    case ADIT_EVENT_CHANNEL_DATA:
        side->bytes_received += event->data.len;
        side->hash_received = hash_more(side->hash_received, event->data.data, event->data.len);
        if (!side->pair->settings.keep_credit)
            adit_channel_consumed(event->channel, event->data.len);
        break;
    case ADIT_EVENT_CHANNEL_EOF:
        note(side, "eof");
        break;
    case ADIT_EVENT_CHANNEL_CLOSED:
        note(side, "closed%s", event->aborted ? " (aborted)" : "");
        if (side->channel == event->channel)
            side->channel = NULL;
        break;
    default:
        break;
    }
}

static void react(struct side *side, const struct adit_event *event)
{
    side->events[event->type]++;
    react_to_login(side, event);
    react_to_channel(side, event);
    switch ((int)event->type) {
    case ADIT_EVENT_IDENTIFIED:
        note(side, "identified %s", shown(event->text));
        break;
    case ADIT_EVENT_KEYS_CHANGED:
        note(side, "keys changed: %s", adit_session_agreement(side->session)->kex);
        break;
    case ADIT_EVENT_AUTHENTICATED:
        note(side, "authenticated");
        break;
    case ADIT_EVENT_BANNER:
        note(side, "banner %s", shown(event->text));
        break;
    case ADIT_EVENT_ENDED:
        side->ended = adit_session_error(side->session);
        (void)snprintf(side->ended_text, sizeof side->ended_text, "%s",
                       adit_session_error_text(side->session));
        note(side, "ended: %s", side->ended_text);
        break;
    default:
        break;
    }
    if (side->pair->settings.on_event)
        side->pair->settings.on_event(side, event);
}

static bool drain(struct side *side)
{
    struct adit_event event;
    bool moved = false;

    while (adit_session_next_event(side->session, &event)) {
        react(side, &event);
        moved = true;
    }
    return moved;
}

/* Bytes from the inbox into the engine: one piece. */
static bool feed(struct side *side)
{
    const size_t chunk_max = side->pair->settings.chunk_max;
    size_t len = side->inbox.len - side->inbox_at;
    uint8_t *room;
    size_t cap;

    if (len == 0)
        return false;
    adit_session_input_buffer(side->session, &room, &cap);
    if (cap == 0) {
        if (adit_session_error(side->session))
            side->inbox.len = side->inbox_at = 0;
        return false;
    }
    if (chunk_max)
        len = (size_t)pair_random(side->pair, chunk_max < len ? chunk_max : len) + 1;
    if (len > cap)
        len = cap;
    memcpy(room, side->inbox.data + side->inbox_at, len);
    side->inbox_at += len;
    if (side->inbox_at == side->inbox.len)
        side->inbox.len = side->inbox_at = 0;
    adit_session_input_filled(side->session, len);
    return true;
}

static bool collect(struct side *from, struct side *to)
{
    struct adit_span spans[16];
    size_t sent = 0;
    const size_t count = adit_session_output(from->session, spans, ADIT_ARRAY_LEN(spans));

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(adit_buffer_append(&to->inbox, spans[i]), ADIT_OK);
        sent += spans[i].len;
    }
    adit_session_output_sent(from->session, sent);
    return sent != 0;
}

static bool turn(struct side *side, struct side *peer)
{
    bool moved = feed(side);

    moved |= drain(side);
    moved |= collect(side, peer);
    return moved;
}

void pair_run(struct pair *pair)
{
    unsigned rounds = 0;
    bool moved = true;

    while (moved) {
        assert_true(++rounds < ROUNDS_MAX);
        moved = turn(&pair->client, &pair->server);
        moved |= turn(&pair->server, &pair->client);
    }
}

void pair_run_alone(struct side *side)
{
    bool moved = true;

    while (moved) {
        moved = feed(side);
        moved |= drain(side);
        adit_session_output_sent(side->session, adit_session_output_size(side->session));
    }
}

void pair_advance(struct pair *pair, uint64_t ms)
{
    const uint64_t end = pair->now_ms + ms;

    while (pair->now_ms < end) {
        const uint64_t c = adit_session_deadline(pair->client.session);
        const uint64_t s = adit_session_deadline(pair->server.session);
        uint64_t next = c < s ? c : s;

        if (next > end)
            next = end;
        if (next <= pair->now_ms)
            next = pair->now_ms + 1;
        pair->now_ms = next;
        adit_session_advance(pair->client.session, next);
        adit_session_advance(pair->server.session, next);
        pair_run(pair);
    }
}

void pair_log_in(struct pair *pair)
{
    pair_run(pair);
    assert_true(adit_session_is_authenticated(pair->client.session));
    assert_true(adit_session_is_authenticated(pair->server.session));
}

void pair_open_channel(struct pair *pair)
{
    const struct adit_channel_open_event open = {
        .type = ADIT_CHANNEL_DIRECT_TCPIP,
        .host = adit_span_text("db"),
        .port = 3306,
        .originator = adit_span_text("127.0.0.1"),
        .originator_port = 4000,
    };

    assert_int_equal(
        adit_session_open_channel(pair->client.session, &open, NULL, &pair->client.channel),
        ADIT_OK);
    pair_run(pair);
}

size_t pair_send(struct side *side, size_t len, uint64_t *hash)
{
    struct adit_room rooms[16];
    size_t sent = 0;

    while (sent < len) {
        const size_t count =
            adit_channel_reserve(side->channel, len - sent, rooms, ADIT_ARRAY_LEN(rooms));
        size_t here = 0;

        if (count == 0)
            break;
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < rooms[i].len; j++)
                rooms[i].data[j] = (uint8_t)((sent + here + j) * 131 >> 3);
            *hash = hash_more(*hash, rooms[i].data, rooms[i].len);
            here += rooms[i].len;
        }
        adit_channel_commit(side->channel, here);
        sent += here;
    }
    return sent;
}

void pair_settings_init(struct pair_settings *settings)
{
    *settings = (struct pair_settings){
        .seed = 1,
        .client = { .role = ADIT_CLIENT, .user = "tunnel", .software_version = "client" },
        .server = { .role = ADIT_SERVER, .software_version = "server" },
        .verdict = ADIT_VERDICT_YES,
    };
    /* Also those methods that a server has to be told to offer. */
    settings->server.algorithms.kex = adit_algorithms_supported(ADIT_ALGORITHM_SERVER_KEX);
}

static void start_side(struct pair *pair, struct side *side, const char *name,
                       const struct adit_session_settings *settings)
{
    side->pair = pair;
    side->name = name;
    side->inbox = adit_buffer_init(QUEUE_MAX);
    side->hash_received = PAIR_HASH_START;
    assert_int_equal(adit_buffers_new(&side->buffers), ADIT_OK);
    assert_int_equal(adit_session_new(settings, side->buffers, 0, &side->session), ADIT_OK);
}

struct pair *pair_new(const struct pair_settings *settings)
{
    struct pair *pair = adit_new(sizeof *pair);

    assert_non_null(pair);
    pair->settings = *settings;
    pair->random = settings->seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    pair->transcript = adit_buffer_init(QUEUE_MAX);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "host", &pair->host_key), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "user", &pair->user_key), ADIT_OK);
    pair->host_keys[0] = pair->host_key;
    if (pair->settings.server.host_keys == NULL) {
        pair->settings.server.host_keys = pair->host_keys;
        pair->settings.server.host_key_count = 1;
    }
    start_side(pair, &pair->client, "client", &pair->settings.client);
    start_side(pair, &pair->server, "server", &pair->settings.server);
    return pair;
}

void pair_free(struct pair *pair)
{
    struct side *const sides[] = { &pair->client, &pair->server };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(sides); i++) {
        adit_session_free(sides[i]->session);
        adit_buffers_free(sides[i]->buffers);
        adit_buffer_clear(&sides[i]->inbox);
    }
    adit_key_free(pair->host_key);
    adit_key_free(pair->user_key);
    adit_buffer_clear(&pair->transcript);
    free(pair);
}
