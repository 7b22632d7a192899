/* SPDX-License-Identifier: BSD-2-Clause */
/* zlib@openssh.com, and zlib, in whole sessions (T17; faults 50). */
#include "sim/hostile.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char both[] = "none,zlib@openssh.com";

static void settings_with(struct pair_settings *settings, const char *client, const char *server)
{
    pair_settings_init(settings);
    settings->client.algorithms.compression = client;
    settings->server.algorithms.compression = server;
}

static const struct adit_transport *transport(const struct side *side)
{
    return &side->session->transport;
}

/* What both sides have: compression out of one is compression into the other. */
static void check_contexts(const struct pair *pair, bool up, bool down)
{
    assert_int_equal(transport(&pair->client)->deflate != NULL, up);
    assert_int_equal(transport(&pair->server)->inflate != NULL, up);
    assert_int_equal(transport(&pair->server)->deflate != NULL, down);
    assert_int_equal(transport(&pair->client)->inflate != NULL, down);
}

static void both_ways(struct pair *pair, unsigned rounds)
{
    uint64_t up = PAIR_HASH_START;
    uint64_t down = PAIR_HASH_START;
    size_t sent = 0;

    for (unsigned i = 0; i < rounds; i++) {
        sent += pair_send(&pair->client, 30000, &up);
        (void)pair_send(&pair->server, 30000, &down);
        pair_run(pair);
    }
    assert_true(sent > 0);
    assert_int_equal(pair->server.bytes_received, sent);
    assert_int_equal(pair->server.hash_received, up);
    assert_int_equal(pair->client.hash_received, down);
}

static void it_begins_after_the_login_when_both_want_it(void **state)
{
    static const struct {
        const char *client;
        const char *server;
        const char *agreed;
    } rows[] = {
        { "zlib@openssh.com,none", both, "zlib@openssh.com" },
        { "zlib@openssh.com", both, "zlib@openssh.com" },
        { both, both, "none" },
        { "zlib@openssh.com,none", NULL, "none" },
        { "zlib@openssh.com,zlib,none", both, "zlib@openssh.com" },
        { "zlib@openssh.com,zlib,none", "none", "none" },
        { NULL, both, "none" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const bool compressed = strcmp(rows[i].agreed, "none") != 0;
        struct pair_settings settings;
        struct pair *pair;

        settings_with(&settings, rows[i].client, rows[i].server);
        settings.verdict = ADIT_VERDICT_NO;
        pair = pair_new(&settings);
        pair_run(pair);
        check_contexts(pair, false, false);
        pair_free(pair);

        settings.verdict = ADIT_VERDICT_YES;
        pair = pair_new(&settings);
        pair_log_in(pair);
        assert_string_equal(adit_session_agreement(pair->client.session)->compression_c2s,
                            rows[i].agreed);
        assert_string_equal(adit_session_agreement(pair->server.session)->compression_s2c,
                            rows[i].agreed);
        check_contexts(pair, compressed, compressed);
        pair_open_channel(pair);
        both_ways(pair, 20);
        pair_free(pair);
    }
}

/* An old server has nothing else: from its first keys on, and the login changes nothing. */
static void plain_zlib_begins_with_the_first_keys(void **state)
{
    static const size_t chunks[] = { 1, 5000, 0 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(chunks); i++) {
        struct pair_settings settings;
        struct pair *pair;

        settings_with(&settings, "zlib@openssh.com,zlib,none", "none,zlib");
        settings.chunk_max = chunks[i];
        settings.verdict = ADIT_VERDICT_NO;
        pair = pair_new(&settings);
        pair_run(pair);
        check_contexts(pair, true, true);
        assert_true(pair->client.events[ADIT_EVENT_AUTH_NEEDED] > 1);
        pair_free(pair);

        settings.verdict = ADIT_VERDICT_YES;
        settings.client.rekey_bytes = 500;
        pair = pair_new(&settings);
        pair_log_in(pair);
        assert_string_equal(adit_session_agreement(pair->client.session)->compression_c2s, "zlib");
        assert_string_equal(adit_session_agreement(pair->client.session)->compression_s2c, "zlib");
        check_contexts(pair, true, true);
        pair_open_channel(pair);
        both_ways(pair, chunks[i] == 1 ? 5 : 50);
        assert_true(pair->client.events[ADIT_EVENT_KEYS_CHANGED] > 3);
        pair_free(pair);
    }
}

/* RFC 4253, 6.2: a context is new after each key exchange. */
static void keys_that_change_lose_nothing_in_any_pieces(void **state)
{
    static const size_t chunks[] = { 1, 7, 5000, 0 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(chunks); i++) {
        struct pair_settings settings;
        struct pair *pair;

        settings_with(&settings, "zlib@openssh.com", both);
        settings.client.rekey_bytes = 500;
        settings.server.rekey_bytes = 16;
        settings.chunk_max = chunks[i];
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair_open_channel(pair);
        both_ways(pair, chunks[i] == 1 ? 5 : 100);
        assert_true(pair->client.events[ADIT_EVENT_KEYS_CHANGED] > 3);
        check_contexts(pair, true, true);
        pair_free(pair);
    }
}

/* T10: one direction alone. */
static void directions_differ(void **state)
{
    (void)state;
    for (int up = 0; up < 2; up++) {
        const enum adit_kexinit_list list =
            up ? ADIT_KEXINIT_COMPRESSION_C2S : ADIT_KEXINIT_COMPRESSION_S2C;
        struct pair_settings settings;
        struct pair *pair;

        settings_with(&settings, NULL, both);
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair->client.session->transport.kexinit_lists[list] = "zlib@openssh.com";
        adit_session_rekey(pair->client.session);
        pair_run(pair);
        check_contexts(pair, up, !up);
        pair_open_channel(pair);
        both_ways(pair, 20);
        pair_free(pair);
    }
}

/* F50: what the context does not understand ends the session, on either side. */
static void a_context_that_went_astray_ends_the_session(void **state)
{
    (void)state;
    for (int by_server = 0; by_server < 2; by_server++) {
        struct pair_settings settings;
        struct pair *pair;
        struct side *from;
        struct side *to;
        uint64_t hash = PAIR_HASH_START;

        settings_with(&settings, "zlib@openssh.com", both);
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair_open_channel(pair);
        both_ways(pair, 3);
        from = by_server ? &pair->server : &pair->client;
        to = by_server ? &pair->client : &pair->server;
        assert_int_equal(adit_transport_renew_deflate(&from->session->transport), ADIT_OK);
        (void)pair_send(from, 1000, &hash);
        pair_run(pair);
        assert_int_equal(to->ended, ADIT_ERR_MALFORMED);
        assert_string_equal(to->ended_text, "a compressed packet is not valid");
        pair_free(pair);
    }
}

static void send_data(struct side *from, uint8_t fill, size_t len)
{
    static uint8_t bytes[1000];
    struct adit_writer w = hostile_message(from);

    memset(bytes, fill, len);
    adit_write_byte(&w, SSH_MSG_CHANNEL_DATA);
    adit_write_uint32(&w, 0);
    adit_write_string(&w, adit_span_of(bytes, len));
    hostile_send_written(from, &w);
}

/* F50: a driver hands on the data of several packets with one call: what lies between is no harm. */
static void gathered_data_stays_whatever_comes_between(void **state)
{
    enum { PIECES = 16, LEN = 1000 };
    static const uint8_t ignored[200000] = { SSH_MSG_IGNORE };
    static uint8_t sent[64 * 1024];
    uint8_t expected[LEN];
    struct adit_span pieces[PIECES];
    struct pair_settings settings;
    struct adit_event event;
    struct pair *pair;
    size_t count = 0;
    uint8_t *room;
    size_t len;

    (void)state;
    settings_with(&settings, "zlib@openssh.com", both);
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    for (size_t i = 0; i < PIECES; i++) {
        send_data(&pair->client, (uint8_t)i, LEN);
        for (size_t j = 0; j < i % 5; j++)
            hostile_send(&pair->client, ignored, sizeof ignored);
    }
    len = hostile_take(&pair->client, sent, sizeof sent);
    adit_session_input_buffer(pair->server.session, &room, &(size_t){ 0 });
    memcpy(room, sent, len);
    adit_session_input_filled(pair->server.session, len);
    while (adit_session_next_event(pair->server.session, &event)) {
        assert_int_equal(event.type, ADIT_EVENT_CHANNEL_DATA);
        assert_true(count < PIECES);
        pieces[count++] = event.data;
    }
    assert_int_equal(count, PIECES);
    for (size_t i = 0; i < PIECES; i++) {
        memset(expected, (int)i, LEN);
        assert_int_equal(pieces[i].len, LEN);
        assert_memory_equal(pieces[i].data, expected, LEN);
    }
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_after_the_login_when_both_want_it),
        cmocka_unit_test(plain_zlib_begins_with_the_first_keys),
        cmocka_unit_test(keys_that_change_lose_nothing_in_any_pieces),
        cmocka_unit_test(directions_differ),
        cmocka_unit_test(a_context_that_went_astray_ends_the_session),
        cmocka_unit_test(gathered_data_stays_whatever_comes_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
