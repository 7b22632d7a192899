/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole sessions in memory: login, channels, data, rekey, ends. */
#include "sim/pair.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char login_transcript[] = "server identified SSH-2.0-client\n"
                                       "client identified SSH-2.0-server\n"
                                       "client host key ssh-ed25519\n"
                                       "client keys changed: mlkem768x25519-sha256\n"
                                       "server keys changed: mlkem768x25519-sha256\n"
                                       "client auth needed: publickey\n"
                                       "server auth request: method 2\n"
                                       "server authenticated\n"
                                       "client authenticated\n";

static void check_transcript(const struct pair *pair, const char *expected)
{
    char got[8192];

    assert_true(pair->transcript.len < sizeof got);
    memcpy(got, pair->transcript.data, pair->transcript.len);
    got[pair->transcript.len] = '\0';
    assert_string_equal(got, expected);
}

static void login_is_told_event_by_event(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    check_transcript(pair, login_transcript);
    assert_true(adit_session_agreement(pair->client.session)->strict_kex);
    pair_free(pair);
}

/* T5: it does not matter how the bytes are cut. */
static void bytes_may_come_in_any_pieces(void **state)
{
    static const size_t chunks[] = { 1, 2, 7, 64, 1000 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(chunks); i++) {
        struct pair_settings settings;
        struct pair *pair;
        uint64_t hash = PAIR_HASH_START;

        pair_settings_init(&settings);
        settings.chunk_max = chunks[i];
        settings.seed = i + 1;
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair_open_channel(pair);
        assert_int_equal(pair_send(&pair->client, 100000, &hash), 100000);
        pair_run(pair);
        assert_int_equal(pair->server.bytes_received, 100000);
        assert_int_equal(pair->server.hash_received, hash);
        pair_free(pair);
    }
}

static void data_goes_both_ways_through_every_cipher(void **state)
{
    static const char *const ciphers[] = {
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    };
    static const char *const macs[] = { "hmac-sha2-256", "hmac-sha2-512",
                                        "hmac-sha2-256-etm@openssh.com",
                                        "hmac-sha2-512-etm@openssh.com" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(ciphers) * ADIT_ARRAY_LEN(macs); i++) {
        struct pair_settings settings;
        struct pair *pair;
        uint64_t up = PAIR_HASH_START;
        uint64_t down = PAIR_HASH_START;

        pair_settings_init(&settings);
        settings.client.algorithms.ciphers = ciphers[i / ADIT_ARRAY_LEN(macs)];
        settings.client.algorithms.macs = macs[i % ADIT_ARRAY_LEN(macs)];
        pair = pair_new(&settings);
        pair_log_in(pair);
        pair_open_channel(pair);
        assert_int_equal(pair_send(&pair->client, 200000, &up), 200000);
        assert_int_equal(pair_send(&pair->server, 150000, &down), 150000);
        pair_run(pair);
        assert_int_equal(pair->server.hash_received, up);
        assert_int_equal(pair->client.hash_received, down);
        pair_free(pair);
    }
}

/* T42, T44: tiny limits on both sides, data both ways, nothing lost and nothing out of order. */
static void rekey_in_mid_stream_loses_nothing(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    uint64_t up = PAIR_HASH_START;
    uint64_t down = PAIR_HASH_START;
    size_t sent = 0;

    (void)state;
    pair_settings_init(&settings);
    settings.client.rekey_bytes = 50000;
    settings.server.rekey_bytes = 16;
    settings.chunk_max = 5000;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    for (unsigned i = 0; i < 100; i++) {
        sent += pair_send(&pair->client, 30000, &up);
        (void)pair_send(&pair->server, 30000, &down);
        pair_run(pair);
    }
    assert_true(sent > 1000000);
    assert_int_equal(pair->server.bytes_received, sent);
    assert_int_equal(pair->server.hash_received, up);
    assert_int_equal(pair->client.hash_received, down);
    assert_true(pair->client.events[ADIT_EVENT_KEYS_CHANGED] > 20);
    pair_free(pair);
}

static void half_close_leaves_the_other_direction_open(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    adit_channel_send_eof(pair->client.channel);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_EOF], 1);
    assert_int_equal(pair_send(&pair->client, 10, &hash), 0);
    assert_int_equal(pair_send(&pair->server, 70000, &hash), 70000);
    pair_run(pair);
    assert_int_equal(pair->client.hash_received, hash);
    adit_channel_send_eof(pair->server.channel);
    adit_channel_close(pair->server.channel);
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
    assert_int_equal(pair->server.events[ADIT_EVENT_CHANNEL_CLOSED], 1);
    pair_free(pair);
}

static void window_bounds_what_is_on_the_way(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    pair_settings_init(&settings);
    settings.server.window_initial = 100000;
    settings.keep_credit = true;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    assert_int_equal(pair_send(&pair->client, 1000000, &hash), 100000);
    pair_run(pair);
    assert_int_equal(pair_send(&pair->client, 1, &hash), 0);
    adit_channel_consumed(pair->server.channel, 100000);
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_WRITABLE], 1);
    assert_true(pair_send(&pair->client, 50000, &hash) == 50000);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, hash);
    pair_free(pair);
}

static void password_and_probe_log_in_too(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.server.password_offered = true;
    settings.password = "correct horse";
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_free(pair);

    pair_settings_init(&settings);
    settings.probe_first = true;
    pair = pair_new(&settings);
    pair_log_in(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_AUTH_KEY_ACCEPTED], 1);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 2);
    pair_free(pair);
}

/* U5: the sixth failure ends it; the client is told each time before. */
static void refused_logins_end_after_the_tries_allowed(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.verdict = ADIT_VERDICT_NO;
    pair = pair_new(&settings);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_AUTH);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 6);
    assert_int_equal(pair->client.ended, ADIT_ERR_DISCONNECTED);
    assert_false(adit_session_is_authenticated(pair->client.session));
    pair_free(pair);
}

static void refused_host_key_ends_before_the_login(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.refuse_host_key = true;
    pair = pair_new(&settings);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_HOST_KEY);
    assert_int_equal(pair->server.ended, ADIT_ERR_DISCONNECTED);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 0);
    pair_free(pair);
}

/* It is our own fault, and no peer is there yet that could be blamed. */
static void malformed_lists_of_our_own_are_refused_at_the_start(void **state)
{
    static const struct {
        struct adit_algorithms algorithms;
        enum adit_err wanted;
    } cases[] = {
        { { .ciphers = "aes128-ctr, aes256-ctr" }, ADIT_ERR_USAGE },
        { { .ciphers = "aes128-ctr,,aes256-ctr" }, ADIT_ERR_USAGE },
        { { .ciphers = "aes128-ctr," }, ADIT_ERR_USAGE },
        { { .macs = ",hmac-sha2-256" }, ADIT_ERR_USAGE },
        { { .kex = "curve25519-sha256 " }, ADIT_ERR_USAGE },
        { { .kex = "" }, ADIT_ERR_USAGE },
        { { .compression = "n\xc3\xb6ne" }, ADIT_ERR_USAGE },
        { { .ciphers = "unknown@example.com" },
          ADIT_OK }, /* nobody agrees with that, and that is all */
        { { .ciphers = "aes128-ctr,unknown@example.com" }, ADIT_OK },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int is_server = 0; is_server < 2; is_server++) {
            struct pair_settings settings;
            struct adit_session_settings own;
            struct adit_session *session;
            struct pair *pair;

            pair_settings_init(&settings);
            pair = pair_new(&settings);
            own = is_server ? pair->settings.server : pair->settings.client;
            own.algorithms = cases[i].algorithms;
            assert_int_equal(adit_session_new(&own, pair->client.buffers, 0, &session),
                             cases[i].wanted);
            adit_session_free(session);
            pair_free(pair);
        }
}

/* Both lists, and the option that would have helped, on either side. */
static void what_has_no_common_name_is_told_with_what_would_help(void **state)
{
    static const struct {
        struct adit_algorithms client, server;
        const char *client_says, *server_says;
    } cases[] = {
        { { .ciphers = "aes128-ctr" },
          { .ciphers = "aes256-ctr,aes128-gcm@openssh.com" },
          "no common cipher (client to server); -o Ciphers=+aes256-ctr would allow it; "
          "the peer's: aes256-ctr,aes128-gcm@openssh.com; ours: aes128-ctr",
          "no common cipher (client to server); \"Ciphers +aes128-ctr\" would allow it; " },
        { { .kex = "ecdh-sha2-nistp256" },
          { .kex = "curve25519-sha256" },
          "no common key exchange method; -o KexAlgorithms=+curve25519-sha256 would allow it; "
          "the peer's: curve25519-sha256; ours: ecdh-sha2-nistp256",
          "; \"KexAlgorithms +ecdh-sha2-nistp256\" would allow it; " },
        { { .host_keys = "rsa-sha2-256" },
          { .host_keys = "ssh-ed25519" },
          "no common host key algorithm; -o HostKeyAlgorithms=+ssh-ed25519 would allow it; ",
          "; \"HostKeyAlgorithms +rsa-sha2-256\" would allow it; " },
        { { .ciphers = "aes128-ctr", .macs = "hmac-sha2-256" },
          { .macs = "hmac-sha2-512" },
          "no common MAC (client to server); -o MACs=+hmac-sha2-512 would allow it; ",
          "; \"MACs +hmac-sha2-256\" would allow it; " },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.client.algorithms = cases[i].client;
        settings.server.algorithms = cases[i].server;
        pair = pair_new(&settings);
        pair_run(pair);
        assert_int_equal(pair->client.ended, ADIT_ERR_NO_AGREEMENT);
        assert_int_equal(pair->server.ended, ADIT_ERR_NO_AGREEMENT);
        assert_non_null(strstr(pair->client.ended_text, cases[i].client_says));
        assert_null(strstr(pair->client.ended_text, "ext-info"));
        assert_null(strstr(pair->client.ended_text, "kex-strict"));
        assert_non_null(strstr(pair->server.ended_text, cases[i].server_says));
        pair_free(pair);
    }
}

static void a_silent_peer_is_asked_and_then_given_up(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.client.alive_interval_ms = 5000;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_advance(pair, 60000);
    assert_int_equal(pair->client.ended, ADIT_OK);
    assert_int_equal(adit_session_round_trip_ms(pair->client.session), 0);
    /* From now on the server's answers get lost. */
    for (unsigned i = 0; i < 5 && pair->client.ended == ADIT_OK; i++) {
        struct adit_event event;

        pair->now_ms += 5000;
        adit_session_advance(pair->client.session, pair->now_ms);
        while (adit_session_next_event(pair->client.session, &event))
            pair->client.ended = adit_session_error(pair->client.session);
    }
    assert_int_equal(pair->client.ended, ADIT_ERR_TIMEOUT);
    pair_free(pair);
}

static void a_peer_that_is_asked_has_so_long_to_answer(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    struct adit_session *client;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    client = pair->client.session;
    adit_session_ask_alive(client, 0); /* not before the login */
    pair_log_in(pair);
    assert_int_equal(adit_session_round_trip_ms(client), UINT64_MAX);
    adit_session_ask_alive(client, 3000);
    pair_run(pair);
    assert_int_equal(adit_session_round_trip_ms(client), 0);
    assert_int_equal(adit_session_deadline(client), 3600 * 1000); /* that of the keys alone */
    adit_session_ask_alive(client, UINT64_MAX);
    assert_int_equal(adit_session_deadline(client), 3600 * 1000);
    pair_run(pair);

    /* From now on the server's answers get lost. */
    adit_session_ask_alive(client, 3000);
    pair->now_ms += 1000;
    adit_session_advance(client, pair->now_ms);
    adit_session_ask_alive(client, 3000); /* that does not put it off */
    adit_session_advance(client, pair->now_ms + 1999);
    assert_int_equal(adit_session_error(client), ADIT_OK);
    adit_session_advance(client, pair->now_ms + 2000);
    assert_int_equal(adit_session_error(client), ADIT_ERR_TIMEOUT);
    assert_non_null(strstr(adit_session_error_text(client), "no sign of life"));
    pair_free(pair);
}

static void a_login_that_never_comes_is_cut_off(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.server.login_grace_ms = 30000;
    pair = pair_new(&settings);
    adit_session_advance(pair->server.session, 29999);
    assert_int_equal(adit_session_error(pair->server.session), ADIT_OK);
    adit_session_advance(pair->server.session, 30000);
    assert_int_equal(adit_session_error(pair->server.session), ADIT_ERR_TIMEOUT);
    pair_free(pair);
}

/* A driver that would read all the same gets no room. */
static void no_input_is_taken_while_a_verdict_is_awaited(void **state)
{
    struct pair_settings settings;
    struct adit_session *server;
    struct pair *pair;
    uint8_t *room;
    size_t cap;

    (void)state;
    pair_settings_init(&settings);
    settings.leave_verdicts = true;
    pair = pair_new(&settings);
    server = pair->server.session;
    assert_true(adit_session_takes_input(server));
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 1);
    assert_false(adit_session_takes_input(server));
    adit_session_input_buffer(server, &room, &cap);
    assert_int_equal(cap, 0);
    adit_session_auth_verdict(server, ADIT_VERDICT_YES, NULL);
    assert_true(adit_session_takes_input(server));
    adit_session_disconnect(server, "done");
    assert_false(adit_session_takes_input(server));
    pair_free(pair);
}

static void keys_are_renewed_by_the_hour(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    settings.client.rekey_ms = 3600 * 1000;
    settings.server.rekey_ms = 7200 * 1000;
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_advance(pair, 3 * 3600 * 1000 + 1000);
    assert_int_equal(pair->client.ended, ADIT_OK);
    assert_int_equal(pair->client.events[ADIT_EVENT_KEYS_CHANGED], 4);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(login_is_told_event_by_event),
        cmocka_unit_test(bytes_may_come_in_any_pieces),
        cmocka_unit_test(data_goes_both_ways_through_every_cipher),
        cmocka_unit_test(rekey_in_mid_stream_loses_nothing),
        cmocka_unit_test(half_close_leaves_the_other_direction_open),
        cmocka_unit_test(window_bounds_what_is_on_the_way),
        cmocka_unit_test(password_and_probe_log_in_too),
        cmocka_unit_test(refused_logins_end_after_the_tries_allowed),
        cmocka_unit_test(refused_host_key_ends_before_the_login),
        cmocka_unit_test(malformed_lists_of_our_own_are_refused_at_the_start),
        cmocka_unit_test(what_has_no_common_name_is_told_with_what_would_help),
        cmocka_unit_test(a_silent_peer_is_asked_and_then_given_up),
        cmocka_unit_test(a_peer_that_is_asked_has_so_long_to_answer),
        cmocka_unit_test(a_login_that_never_comes_is_cut_off),
        cmocka_unit_test(no_input_is_taken_while_a_verdict_is_awaited),
        cmocka_unit_test(keys_are_renewed_by_the_hour),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
