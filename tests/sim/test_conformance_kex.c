/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key exchange (RFC 4253, 7 to 9; RFC 8308). The numbers are those of
 * docs/conformance.md.
 */
#include "sim/hostile.h"

#include "base/span.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct adit_transport *transport_of(struct side *side)
{
    return &side->session->transport;
}

/* ---- what is proposed ---- */

static bool proposes(struct adit_span kexinit, const char *name)
{
    struct adit_msg_kexinit msg;

    assert_int_equal(adit_parse_kexinit(kexinit, &msg), ADIT_OK);
    return adit_text_list_has(msg.lists[ADIT_KEXINIT_KEX], adit_span_text(name));
}

static struct adit_span own_kexinit(struct side *side)
{
    const struct adit_kex *kex = &transport_of(side)->kex;

    return adit_span_of(kex->own_kexinit, kex->own_kexinit_len);
}

static struct adit_span own_cookie(struct side *side)
{
    struct adit_msg_kexinit msg;

    assert_int_equal(adit_parse_kexinit(own_kexinit(side), &msg), ADIT_OK);
    assert_int_equal(msg.cookie.len, ADIT_KEXINIT_COOKIE_SIZE);
    return msg.cookie;
}

/* T18: 16 bytes that nobody can know, in each KEXINIT others. */
static void each_kexinit_has_a_cookie_of_its_own(void **state)
{
    struct pair_settings settings;
    uint8_t cookies[4][ADIT_KEXINIT_COOKIE_SIZE];
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    memcpy(cookies[0], own_cookie(&pair->client).data, sizeof cookies[0]);
    memcpy(cookies[1], own_cookie(&pair->server).data, sizeof cookies[1]);
    pair_log_in(pair);
    adit_session_rekey(pair->client.session);
    adit_session_rekey(pair->server.session);
    memcpy(cookies[2], own_cookie(&pair->client).data, sizeof cookies[2]);
    memcpy(cookies[3], own_cookie(&pair->server).data, sizeof cookies[3]);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(cookies[i], cookies[k], sizeof cookies[i]);
    pair_free(pair);
}

/* T31, T33: the marks are for the first KEXINIT; they stand for the whole session. */
static void only_the_first_kexinit_carries_marks(void **state)
{
    static const char *const marks[] = { ADIT_STRICT_KEX_CLIENT, ADIT_STRICT_KEX_SERVER,
                                         ADIT_EXT_INFO_CLIENT, ADIT_EXT_INFO_SERVER };
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(marks); i++) {
        assert_int_equal(proposes(own_kexinit(&pair->client), marks[i]), i % 2 == 0);
        assert_int_equal(proposes(own_kexinit(&pair->server), marks[i]), i % 2 == 1);
    }
    pair_log_in(pair);
    adit_session_rekey(pair->client.session);
    adit_session_rekey(pair->server.session);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(marks); i++) {
        assert_false(proposes(own_kexinit(&pair->client), marks[i]));
        assert_false(proposes(own_kexinit(&pair->server), marks[i]));
    }
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_KEYS_CHANGED], 2);
    assert_true(transport_of(&pair->client)->kex.strict);
    pair_free(pair);
}

/* T31: a mark that comes later means nothing. */
static void strict_order_cannot_be_asked_for_later(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    hostile_forget_mark(pair, "kex-strict-");
    pair_log_in(pair);
    pair_open_channel(pair);
    transport_of(&pair->client)->kexinit_lists[ADIT_KEXINIT_KEX] =
        "curve25519-sha256," ADIT_STRICT_KEX_CLIENT;
    adit_session_rekey(pair->client.session);
    assert_true(proposes(own_kexinit(&pair->client), ADIT_STRICT_KEX_CLIENT));
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 2);
    assert_false(transport_of(&pair->server)->kex.strict);
    assert_int_equal(pair_send(&pair->client, 100, &hash), 100);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, hash);
    pair_free(pair);
}

/* T32: what a peer without strict kex meets on either side. */
static void a_peer_without_strict_kex_is_taken_or_refused_as_set(void **state)
{
    (void)state;
    for (int required = 0; required < 2; required++)
        for (int by_server = 0; by_server < 2; by_server++) {
            struct pair_settings settings;
            struct pair *pair;
            struct side *side;

            pair_settings_init(&settings);
            settings.client.require_strict_kex = required && !by_server;
            settings.server.require_strict_kex = required && by_server;
            pair = pair_new(&settings);
            side = by_server ? &pair->server : &pair->client;
            hostile_forget_mark(pair, "kex-strict-");
            pair_run(pair);
            assert_int_equal(side->ended, required ? ADIT_ERR_NO_AGREEMENT : ADIT_OK);
            assert_int_equal(adit_session_is_authenticated(pair->server.session), !required);
            assert_int_equal(side->events[ADIT_EVENT_HOST_KEY], !required && !by_server);
            pair_free(pair);
        }
}

/* CVE-2002-20001, CVE-2024-41996: in a group a server computes only where it was told to. */
static void a_server_offers_no_group_unless_told_to(void **state)
{
    static const struct {
        const char *client;
        const char *server;
        const char *agreed; /* NULL: none */
    } cases[] = {
        { "diffie-hellman-group14-sha256,ecdh-sha2-nistp256", NULL, "ecdh-sha2-nistp256" },
        { "diffie-hellman-group14-sha256", NULL, NULL },
        { "diffie-hellman-group16-sha512", NULL, NULL },
        { "diffie-hellman-group18-sha512", NULL, NULL },
        { "diffie-hellman-group14-sha256", "curve25519-sha256,diffie-hellman-group14-sha256",
          "diffie-hellman-group14-sha256" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.client.algorithms.kex = cases[i].client;
        settings.server.algorithms.kex = cases[i].server;
        pair = pair_new(&settings);
        pair_run(pair);
        if (cases[i].agreed)
            assert_string_equal(adit_session_agreement(pair->server.session)->kex, cases[i].agreed);
        else
            assert_int_equal(pair->server.ended, ADIT_ERR_NO_AGREEMENT);
        pair_free(pair);
    }
}

/* T33, T31: a mark is no method, even where both sides say it. */
static void a_mark_is_never_agreed_on_as_a_method(void **state)
{
    static const char *const marks[] = { ADIT_EXT_INFO_CLIENT, ADIT_STRICT_KEX_CLIENT };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(marks); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.server.algorithms.kex = marks[i];
        pair = pair_new(&settings);
        pair_run(pair);
        assert_int_equal(pair->client.ended, ADIT_ERR_NO_AGREEMENT);
        assert_int_not_equal(pair->server.ended, ADIT_OK);
        pair_free(pair);
    }
}

/* T17: a peer that must have plain zlib, or any of a side that was not told to, finds no agreement. */
static void compression_before_the_login_is_not_agreed_on(void **state)
{
    static const char *const wanted[] = { "zlib", "zlib@openssh.com" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(wanted); i++) {
        struct pair *pair = hostile_pair(false);

        transport_of(&pair->client)->kexinit_lists[ADIT_KEXINIT_COMPRESSION_C2S] = wanted[i];
        adit_session_rekey(pair->client.session);
        pair_run(pair);
        assert_int_equal(pair->server.ended, ADIT_ERR_NO_AGREEMENT);
        pair_free(pair);
    }
}

/* ---- guesses and order ---- */

/* T20: a wrong guess in a later exchange, by either side, under the keys of the one before. */
static void a_guess_in_a_later_exchange_is_judged_too(void **state)
{
    static const char *const methods[] = { "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256",
                                           "mlkem768x25519-sha256", "ecdh-sha2-nistp521" };
    static const uint8_t guess[] = { SSH_MSG_KEX_ECDH_INIT, 0, 0, 0, 3, 'b', 'a', 'd' };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++)
        for (int by_server = 0; by_server < 2; by_server++) {
            struct pair_settings settings;
            struct pair *pair;
            struct side *from;
            struct side *to;
            struct adit_kex *kex;
            struct adit_writer w;

            pair_settings_init(&settings);
            /* A cipher that does not mind when a packet is sealed a second time. */
            settings.client.algorithms.ciphers = "chacha20-poly1305@openssh.com";
            pair = pair_new(&settings);
            pair_log_in(pair);
            from = by_server ? &pair->server : &pair->client;
            to = by_server ? &pair->client : &pair->server;
            kex = &transport_of(from)->kex;
            transport_of(&pair->client)->kexinit_lists[ADIT_KEXINIT_KEX] = methods[i];
            adit_session_rekey(from->session);
            adit_session_output_sent(from->session, adit_session_output_size(from->session));
            transport_of(from)->out.sequence_number--; /* its KEXINIT was lost; another one goes */
            assert_int_equal(kex->own_kexinit[kex->own_kexinit_len - 5], 0);
            kex->own_kexinit[kex->own_kexinit_len - 5] = 1;
            w = hostile_message(from);
            adit_write_bytes(&w, own_kexinit(from));
            hostile_send_written(from, &w);
            if (strcmp(methods[i], "mlkem768x25519-sha256") != 0)
                hostile_send(from, guess, sizeof guess);
            pair_run(pair);
            assert_int_equal(to->ended, ADIT_OK);
            assert_int_equal(to->events[ADIT_EVENT_KEYS_CHANGED], 2);
            assert_string_equal(adit_session_agreement(to->session)->kex, methods[i]);
            pair_free(pair);
        }
}

/* T21: from our KEXINIT to our NEWKEYS nothing else is sent, whatever the driver does. */
static void nothing_but_the_exchange_is_sent_during_it(void **state)
{
    static const uint8_t request[] = { SSH_MSG_GLOBAL_REQUEST, 0, 0, 0, 1, 'x', 1 };
    struct pair *pair = hostile_pair(true);
    struct adit_room room;
    uint8_t numbers[16];

    (void)state;
    hostile_deafen(&pair->client);
    adit_session_rekey(pair->server.session);
    assert_int_equal(adit_channel_reserve(pair->server.channel, 100, &room, 1), 0);
    adit_channel_send_eof(pair->server.channel);
    adit_channel_close(pair->server.channel);
    hostile_send(&pair->client, request, sizeof request);
    hostile_send_number(&pair->client, 200);
    hostile_send_text(&pair->client, SSH_MSG_PING, "x");
    pair_run(pair);
    assert_int_equal(hostile_numbers(&pair->client, numbers, sizeof numbers), 2);
    assert_int_equal(numbers[0], SSH_MSG_KEXINIT);
    assert_int_equal(numbers[1], SSH_MSG_UNIMPLEMENTED);
    assert_int_equal(pair->server.ended, ADIT_OK);
    pair_free(pair);
}

/* T21, T44: what the peer sent before it saw our KEXINIT is still good. */
static void what_was_on_its_way_before_an_exchange_arrives(void **state)
{
    struct pair *pair = hostile_pair(true);
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    adit_session_rekey(pair->server.session);
    assert_int_equal(pair_send(&pair->client, 100000, &hash), 100000);
    adit_channel_send_eof(pair->client.channel);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_OK);
    assert_int_equal(pair->server.hash_received, hash);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_EOF], 1);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 2);
    pair_free(pair);
}

/* T25: NEWKEYS takes keys into use; where there are none it is an attack. */
static void newkeys_without_an_exchange_ends_the_session(void **state)
{
    (void)state;
    for (int to_server = 0; to_server < 2; to_server++) {
        struct pair *pair = hostile_pair(false);

        hostile_send_number(to_server ? &pair->client : &pair->server, SSH_MSG_NEWKEYS);
        pair_run(pair);
        assert_int_equal((to_server ? pair->server : pair->client).ended, ADIT_ERR_PROTOCOL);
        pair_free(pair);
    }
}

/* T39: keys are renewed for sessions that are somebody's. */
static void no_keys_are_renewed_before_the_login(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.client.rekey_bytes = 1;
    settings.server.rekey_bytes = 1;
    settings.verdict = ADIT_VERDICT_NO;
    pair = pair_new(&settings);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_AUTH);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 1);
    assert_int_equal(pair->client.events[ADIT_EVENT_KEYS_CHANGED], 1);
    pair_free(pair);
}

/* T42: answers that a peer asks for while it never finishes an exchange are bounded. */
static void what_waits_for_an_exchange_is_bounded(void **state)
{
    static const uint8_t request[] = { SSH_MSG_GLOBAL_REQUEST, 0, 0, 0, 1, 'x', 1 };
    struct pair *pair = hostile_pair(false);
    unsigned sent = 0;

    (void)state;
    hostile_deafen(&pair->client);
    adit_session_rekey(pair->server.session);
    while (pair->server.ended == ADIT_OK && sent < 1000000) {
        for (unsigned i = 0; i < 1000; i++, sent++)
            hostile_send(&pair->client, request, sizeof request);
        pair_run(pair);
        assert_true(transport_of(&pair->server)->held.len <= ADIT_HELD_MAX);
    }
    assert_int_equal(pair->server.ended, ADIT_ERR_LIMIT);
    pair_free(pair);
}

/* T43: channels come and go in the middle of exchanges. */
static void channels_open_and_close_across_exchanges(void **state)
{
    const struct adit_channel_open_event open = { ADIT_CHANNEL_DIRECT_TCPIP, adit_span_text("db"),
                                                  1, adit_span_text("::1"), 1 };
    struct pair *pair = hostile_pair(false);
    struct adit_channel *channels[50];

    (void)state;
    for (unsigned round = 0; round < 6; round++) {
        struct side *side = round % 2 ? &pair->client : &pair->server;

        adit_session_rekey(side->session);
        for (size_t i = 0; i < ADIT_ARRAY_LEN(channels); i++) {
            assert_int_equal(
                adit_session_open_channel(pair->client.session, &open, NULL, &channels[i]),
                ADIT_OK);
            if (i % 2)
                adit_channel_close(channels[i]); /* before its confirmation */
        }
        pair_run(pair);
        adit_session_rekey(pair->server.session);
        for (size_t i = 0; i < ADIT_ARRAY_LEN(channels); i += 2)
            adit_channel_close(channels[i]);
        adit_session_rekey(pair->client.session);
        pair_run(pair);
    }
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CLOSED], 300);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 300);
    assert_int_equal(pair->server.session->connection.channel_count, 0);
    assert_int_equal(pair->client.events[ADIT_EVENT_KEYS_CHANGED], 13);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kexinit_has_a_cookie_of_its_own),
        cmocka_unit_test(only_the_first_kexinit_carries_marks),
        cmocka_unit_test(strict_order_cannot_be_asked_for_later),
        cmocka_unit_test(a_peer_without_strict_kex_is_taken_or_refused_as_set),
        cmocka_unit_test(a_server_offers_no_group_unless_told_to),
        cmocka_unit_test(a_mark_is_never_agreed_on_as_a_method),
        cmocka_unit_test(compression_before_the_login_is_not_agreed_on),
        cmocka_unit_test(a_guess_in_a_later_exchange_is_judged_too),
        cmocka_unit_test(nothing_but_the_exchange_is_sent_during_it),
        cmocka_unit_test(what_was_on_its_way_before_an_exchange_arrives),
        cmocka_unit_test(newkeys_without_an_exchange_ends_the_session),
        cmocka_unit_test(no_keys_are_renewed_before_the_login),
        cmocka_unit_test(what_waits_for_an_exchange_is_bounded),
        cmocka_unit_test(channels_open_and_close_across_exchanges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
