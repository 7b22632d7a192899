/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key exchange where it is easiest to get wrong: what an attacker in the middle
 * may put in before there are keys, guesses, methods with other hashes.
 */
#include "sim/hostile.h"

#include "base/span.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* An unprotected packet around one payload. */
static size_t plain_packet(const uint8_t *payload, size_t len, uint8_t *packet)
{
    const size_t padding = 8 + (8 - (5 + len) % 8) % 8;

    memset(packet, 0, 5 + len + padding);
    adit_put_uint32(packet, (uint32_t)(1 + len + padding));
    packet[4] = (uint8_t)padding;
    memcpy(packet + 5, payload, len);
    return 5 + len + padding;
}

/* What the side has sent so far, taken from it: identification line, then packets. */
static size_t take_output(struct side *side, uint8_t *bytes, size_t size)
{
    struct adit_span spans[8];
    const size_t count = adit_session_output(side->session, spans, ADIT_ARRAY_LEN(spans));
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].len <= size - len);
        memcpy(bytes + len, spans[i].data, spans[i].len);
        len += spans[i].len;
    }
    adit_session_output_sent(side->session, len);
    return len;
}

static size_t line_end(const uint8_t *bytes, size_t len)
{
    const uint8_t *newline = memchr(bytes, '\n', len);

    assert_non_null(newline);
    return (size_t)(newline - bytes) + 1;
}

static void deliver(struct side *to, const uint8_t *bytes, size_t len)
{
    assert_int_equal(adit_buffer_append(&to->inbox, adit_span_of(bytes, len)), ADIT_OK);
}

/* T31 (a), CVE-2023-48795: a packet put in before KEXINIT is found out afterwards. */
static void a_packet_before_kexinit_ends_a_strict_exchange(void **state)
{
    static const uint8_t payloads[][5] = {
        { SSH_MSG_IGNORE, 0, 0, 0, 0 },
        { SSH_MSG_UNIMPLEMENTED, 0, 0, 0, 0 },
        { 9, 0, 0, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(payloads); i++)
        for (int to_server = 0; to_server < 2; to_server++) {
            struct pair_settings settings;
            struct pair *pair;
            struct side *from;
            struct side *to;
            uint8_t bytes[8192];
            uint8_t packet[64];
            size_t len;
            size_t line;

            pair_settings_init(&settings);
            pair = pair_new(&settings);
            from = to_server ? &pair->client : &pair->server;
            to = to_server ? &pair->server : &pair->client;
            len = take_output(from, bytes, sizeof bytes);
            line = line_end(bytes, len);
            deliver(to, bytes, line);
            deliver(to, packet, plain_packet(payloads[i], sizeof payloads[i], packet));
            deliver(to, bytes + line, len - line);
            pair_run(pair);
            assert_int_equal(to->ended, ADIT_ERR_PROTOCOL);
            assert_false(adit_session_is_authenticated(pair->server.session));
            pair_free(pair);
        }
}

/* T31: between KEXINIT and NEWKEYS nothing optional; U3, CVE-2023-46446: no login either. */
static void a_packet_before_newkeys_ends_the_exchange(void **state)
{
    static const uint8_t numbers[] = { SSH_MSG_IGNORE,           SSH_MSG_DEBUG,
                                       SSH_MSG_UNIMPLEMENTED,    SSH_MSG_EXT_INFO,
                                       SSH_MSG_USERAUTH_REQUEST, SSH_MSG_USERAUTH_SUCCESS,
                                       SSH_MSG_SERVICE_ACCEPT,   SSH_MSG_NEWKEYS,
                                       SSH_MSG_CHANNEL_OPEN,     SSH_MSG_PING,
                                       SSH_MSG_KEXINIT,          200 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(numbers); i++)
        for (int to_server = 0; to_server < 2; to_server++) {
            struct pair_settings settings;
            struct pair *pair;
            struct side *from;
            struct side *to;
            uint8_t bytes[8192];
            uint8_t packet[64];
            const uint8_t payload[5] = { numbers[i], 0, 0, 0, 0 };
            size_t len;

            pair_settings_init(&settings);
            pair = pair_new(&settings);
            from = to_server ? &pair->client : &pair->server;
            to = to_server ? &pair->server : &pair->client;
            len = take_output(from, bytes, sizeof bytes);
            deliver(to, bytes, len);
            deliver(to, packet, plain_packet(payload, sizeof payload, packet));
            pair_run(pair);
            assert_true(to->ended == ADIT_ERR_PROTOCOL || to->ended == ADIT_ERR_MALFORMED);
            assert_false(adit_session_is_authenticated(pair->client.session));
            assert_false(adit_session_is_authenticated(pair->server.session));
            pair_free(pair);
        }
}

/* Sets the client's first_kex_packet_follows, in what was sent and in what is hashed. */
static size_t claim_guess(struct pair *pair, uint8_t *bytes, size_t size)
{
    struct adit_kex *kex = &pair->client.session->transport.kex;
    const size_t len = take_output(&pair->client, bytes, size);
    const size_t payload = line_end(bytes, len) + 5;

    kex->own_kexinit[kex->own_kexinit_len - 5] = 1;
    bytes[payload + kex->own_kexinit_len - 5] = 1;
    return len;
}

/* T20: a wrong guess is passed over once, and just that packet; a right one is not. */
static void guesses_are_judged_and_dropped_once(void **state)
{
    static const uint8_t guess[] = { SSH_MSG_KEX_ECDH_INIT, 0, 0, 0, 3, 'b', 'a', 'd' };

    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct pair_settings settings;
        struct pair *pair;
        uint8_t bytes[8192];
        uint8_t packet[64];

        pair_settings_init(&settings);
        if (wrong)
            settings.server.algorithms.kex = "ecdh-sha2-nistp256,curve25519-sha256";
        pair = pair_new(&settings);
        deliver(&pair->server, bytes, claim_guess(pair, bytes, sizeof bytes));
        if (wrong) {
            deliver(&pair->server, packet, plain_packet(guess, sizeof guess, packet));
            pair->client.session->transport.out.sequence_number++;
        }
        pair_log_in(pair);
        pair_free(pair);
    }
}

/* T23, CVE-2021-3634: the session's id stays while the hash of the method changes. */
static void rekey_to_a_method_with_another_hash_keeps_the_session_id(void **state)
{
    static const char *const methods[] = { "diffie-hellman-group16-sha512",
                                           "ecdh-sha2-nistp384",
                                           "curve25519-sha256",
                                           "sntrup761x25519-sha512",
                                           "mlkem768x25519-sha256",
                                           "diffie-hellman-group-exchange-sha256",
                                           "diffie-hellman-group-exchange-sha256",
                                           "ecdh-sha2-nistp521" };
    struct pair_settings settings;
    struct pair *pair;
    uint64_t hash = PAIR_HASH_START;
    uint8_t id[ADIT_HASH_MAX];

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair_open_channel(pair);
    memcpy(id, pair->client.session->transport.kex.session_id, sizeof id);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        pair->client.session->transport.kexinit_lists[ADIT_KEXINIT_KEX] = methods[i];
        adit_session_rekey(i % 2 ? pair->client.session : pair->server.session);
        pair_run(pair);
        assert_string_equal(adit_session_agreement(pair->client.session)->kex, methods[i]);
        assert_int_equal(pair->client.session->transport.kex.session_id_len, 32);
        assert_memory_equal(id, pair->client.session->transport.kex.session_id, sizeof id);
        assert_int_equal(pair_send(&pair->client, 1000, &hash), 1000);
        pair_run(pair);
    }
    assert_int_equal(pair->server.hash_received, hash);
    pair_free(pair);
}

/* T43 */
static void both_may_start_an_exchange_at_once(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    adit_session_rekey(pair->client.session);
    adit_session_rekey(pair->server.session);
    pair_run(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_KEYS_CHANGED], 2);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 2);
    assert_int_equal(pair->client.ended, ADIT_OK);
    pair_free(pair);
}

/* T43: the host key may not change on the way. */
static void another_host_key_in_a_rekey_ends_it(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    struct adit_key *other;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &other), ADIT_OK);
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    pair->host_keys[0] = other;
    adit_session_rekey(pair->client.session);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_HOST_KEY);
    adit_key_free(other);
    pair_free(pair);
}

/* Requests made during an exchange wait, in order, and go out after it (T42, T44). */
static void requests_during_an_exchange_wait_for_its_end(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    pair_log_in(pair);
    adit_session_rekey(pair->client.session);
    pair_open_channel(pair);
    assert_int_equal(pair->client.events[ADIT_EVENT_CHANNEL_CONFIRMED], 1);
    assert_int_equal(pair->client.events[ADIT_EVENT_SENDING_RESUMED], 1);
    pair_free(pair);
}

static void every_method_and_host_key_works_at_the_start(void **state)
{
    static const char *const methods[] = {
        "mlkem768x25519-sha256",
        "sntrup761x25519-sha512",
        "sntrup761x25519-sha512@openssh.com",
        "diffie-hellman-group-exchange-sha256",
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
    };
    static const enum adit_key_type types[] = { ADIT_KEY_ED25519, ADIT_KEY_ECDSA_P256,
                                                ADIT_KEY_ECDSA_P384, ADIT_KEY_ECDSA_P521,
                                                ADIT_KEY_RSA };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        struct pair_settings settings;
        struct pair *pair;
        struct adit_key *host_key;
        const struct adit_key *host_keys[1];

        assert_int_equal(adit_key_generate(types[i % ADIT_ARRAY_LEN(types)], 2048, "", &host_key),
                         ADIT_OK);
        host_keys[0] = host_key;
        pair_settings_init(&settings);
        settings.client.algorithms.kex = methods[i];
        settings.server.host_keys = host_keys;
        settings.server.host_key_count = 1;
        pair = pair_new(&settings);
        pair_log_in(pair);
        assert_string_equal(adit_session_agreement(pair->server.session)->kex, methods[i]);
        pair_free(pair);
        adit_key_free(host_key);
    }
}

/* The payload with this number among what is on its way to the side and in clear; or NULL. */
static uint8_t *find_clear_payload(struct side *to, uint8_t number)
{
    uint8_t *at = to->inbox.data + to->inbox_at;
    const uint8_t *end = to->inbox.data + to->inbox.len;

    if (end - at > 4 && memcmp(at, "SSH-", 4) == 0)
        at += line_end(at, (size_t)(end - at));
    for (; end - at > 5; at += 4 + adit_get_uint32(at))
        if (at[5] == number)
            return at + 5;
    return NULL;
}

/* Up to where the message with this number is on its way to a side that has not yet read it. */
static struct pair *pair_with_message_under_way(const char *method, uint8_t number,
                                                uint8_t **payload)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.client.algorithms.kex = method;
    pair = pair_new(&settings);
    for (size_t turn = 0; turn < 4; turn++) {
        hostile_let_speak(pair, turn % 2 ? &pair->server : &pair->client);
        *payload = find_clear_payload(turn % 2 ? &pair->client : &pair->server, number);
        if (*payload) {
            hostile_undeafen(turn % 2 ? &pair->client : &pair->server);
            return pair;
        }
    }
    fail_msg("%s has no message %u", method, number);
    return NULL;
}

/* T27, T30: every byte of what is exchanged counts, whoever's it is. */
static void an_altered_value_ends_the_exchange(void **state)
{
    static const struct {
        const char *method;
        uint8_t number;
        size_t from, len; /* behind the message's number */
    } cases[] = {
        { "mlkem768x25519-sha256", SSH_MSG_KEX_ECDH_INIT, 0, 4 + 1184 + 32 },
        { "mlkem768x25519-sha256", SSH_MSG_KEX_ECDH_REPLY, 4 + 51, 4 + 1088 + 32 },
        { "sntrup761x25519-sha512", SSH_MSG_KEX_ECDH_INIT, 0, 4 + 1158 + 32 },
        { "sntrup761x25519-sha512", SSH_MSG_KEX_ECDH_REPLY, 4 + 51, 4 + 1039 + 32 },
        { "diffie-hellman-group-exchange-sha256", SSH_MSG_KEX_DH_GEX_REQUEST, 0, 12 },
        { "diffie-hellman-group-exchange-sha256", SSH_MSG_KEX_DH_GEX_GROUP, 0, 4 + 385 + 4 + 1 },
        { "diffie-hellman-group-exchange-sha256", SSH_MSG_KEX_DH_GEX_INIT, 0, 4 + 384 },
        { "diffie-hellman-group-exchange-sha256", SSH_MSG_KEX_DH_GEX_REPLY, 4 + 51, 4 + 384 },
    };
    size_t bit = 0;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (size_t at = 0; at < cases[i].len; at += 1 + cases[i].len / 40, bit += 3) {
            uint8_t *payload;
            struct pair *pair =
                pair_with_message_under_way(cases[i].method, cases[i].number, &payload);

            payload[1 + cases[i].from + at] ^= (uint8_t)(1U << bit % 8);
            pair_run(pair);
            assert_int_not_equal(pair->client.ended, ADIT_OK);
            assert_int_equal(pair->client.events[ADIT_EVENT_HOST_KEY], 0);
            assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 0);
            pair_free(pair);
        }
}

/* T27: 30 to 34 have one place each, and each method has its own of them. */
static void a_message_of_another_method_ends_the_exchange(void **state)
{
    static const char *const methods[] = { "mlkem768x25519-sha256",
                                           "diffie-hellman-group-exchange-sha256" };
    static const uint8_t first[] = { SSH_MSG_KEX_ECDH_INIT, SSH_MSG_KEX_DH_GEX_REQUEST };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++)
        for (uint8_t number = 30; number < 50; number++) {
            uint8_t *payload;
            struct pair *pair;

            if (number == first[i])
                continue;
            pair = pair_with_message_under_way(methods[i], first[i], &payload);
            payload[0] = number;
            pair_run(pair);
            assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
            pair_free(pair);
        }
}

/* T1, T2, T3: what may stand where the identification should. */
static void wrong_identifications_end_the_session(void **state)
{
    static const struct {
        const char *line;
        bool server_takes;
        bool client_takes;
    } cases[] = {
        { "SSH-2.0-x\r\n", true, true },
        { "SSH-2.0-x comments\n", true, true },
        { "SSH-1.99-x\r\n", false, true },
        { "SSH-1.5-x\r\n", false, false },
        { "SSH-2.0-a\rb\r\n", false, false },
        { "GET / HTTP/1.1\r\n", false, true }, /* a client passes over lines before it */
        { "hello\r\nSSH-2.0-x\r\n", false, true },
        { "\x16\x03\x01\x02", false, true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int to_server = 0; to_server < 2; to_server++) {
            struct pair_settings settings;
            struct pair *pair;
            struct side *to;
            const bool takes = to_server ? cases[i].server_takes : cases[i].client_takes;

            pair_settings_init(&settings);
            pair = pair_new(&settings);
            to = to_server ? &pair->server : &pair->client;
            deliver(to, (const uint8_t *)cases[i].line, strlen(cases[i].line));
            pair_run_alone(to);
            assert_true((to->ended == ADIT_OK) == takes);
            if (!takes)
                assert_true(to->ended_text[0] != '\0');
            pair_free(pair);
        }
}

/* T2: a client is cut off at once, a server after 1024 lines; T1: 255 bytes at most. */
static void endless_lines_are_cut_off(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    char line[300];

    (void)state;
    memset(line, 'a', sizeof line);
    memcpy(line, "SSH-2.0-", 8);
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    deliver(&pair->server, (const uint8_t *)line, sizeof line);
    for (unsigned i = 0; i < 1025; i++)
        deliver(&pair->client, (const uint8_t *)"busy\r\n", 6);
    pair_run_alone(&pair->server);
    pair_run_alone(&pair->client);
    assert_int_equal(pair->server.ended, ADIT_ERR_MALFORMED);
    assert_int_equal(pair->client.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
}

/* T7, faults row 44: lengths in the clear phase are judged before anything is waited for. */
static void hostile_lengths_end_the_session_at_once(void **state)
{
    static const uint32_t lengths[] = { 0, 1, 4, 5, 11, 13, 35004, 262145, 0x7fffffff, 0xffffffff };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++) {
        struct pair_settings settings;
        struct pair *pair;
        uint8_t head[16] = { 0 };

        pair_settings_init(&settings);
        pair = pair_new(&settings);
        adit_put_uint32(head, lengths[i]);
        deliver(&pair->server, (const uint8_t *)"SSH-2.0-x\r\n", 11);
        deliver(&pair->server, head, sizeof head);
        pair_run_alone(&pair->server);
        assert_int_equal(pair->server.ended, ADIT_ERR_MALFORMED);
        pair_free(pair);
    }
}

/* T8: the padding is as hostile as the length. */
static void hostile_paddings_end_the_session(void **state)
{
    static const uint8_t paddings[] = { 0, 3, 11, 12, 255 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(paddings); i++) {
        struct pair_settings settings;
        struct pair *pair;
        uint8_t packet[16] = { 0, 0, 0, 12, paddings[i], SSH_MSG_IGNORE };

        pair_settings_init(&settings);
        pair = pair_new(&settings);
        deliver(&pair->server, (const uint8_t *)"SSH-2.0-x\r\n", 11);
        deliver(&pair->server, packet, sizeof packet);
        pair_run_alone(&pair->server);
        assert_int_equal(pair->server.ended, ADIT_ERR_MALFORMED);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_before_kexinit_ends_a_strict_exchange),
        cmocka_unit_test(a_packet_before_newkeys_ends_the_exchange),
        cmocka_unit_test(guesses_are_judged_and_dropped_once),
        cmocka_unit_test(rekey_to_a_method_with_another_hash_keeps_the_session_id),
        cmocka_unit_test(both_may_start_an_exchange_at_once),
        cmocka_unit_test(another_host_key_in_a_rekey_ends_it),
        cmocka_unit_test(requests_during_an_exchange_wait_for_its_end),
        cmocka_unit_test(every_method_and_host_key_works_at_the_start),
        cmocka_unit_test(an_altered_value_ends_the_exchange),
        cmocka_unit_test(a_message_of_another_method_ends_the_exchange),
        cmocka_unit_test(wrong_identifications_end_the_session),
        cmocka_unit_test(endless_lines_are_cut_off),
        cmocka_unit_test(hostile_lengths_end_the_session_at_once),
        cmocka_unit_test(hostile_paddings_end_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
