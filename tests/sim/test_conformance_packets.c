/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary packet and its keys' limits (RFC 4253, 6 and 9; RFC 4344, 3). The
 * numbers are those of docs/conformance.md.
 */
#include "sim/hostile.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const suites[][2] = {
    { "aes128-gcm@openssh.com", NULL },
    { "chacha20-poly1305@openssh.com", NULL },
    { "aes128-ctr", "hmac-sha2-256" },
    { "aes256-ctr", "hmac-sha2-512-etm@openssh.com" },
};

static struct pair *pair_with(const char *const suite[static 2], bool strict)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.client.algorithms.ciphers = suite[0];
    settings.client.algorithms.macs = suite[1];
    pair = pair_new(&settings);
    if (!strict)
        hostile_forget_mark(pair, "kex-strict-");
    pair_log_in(pair);
    assert_int_equal(adit_session_agreement(pair->server.session)->strict_kex, strict);
    pair_open_channel(pair);
    return pair;
}

static bool all_are(const uint8_t *bytes, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* T6: sizes, seen where GCM shows them; no packet is larger than any peer takes. */
static void packets_are_whole_blocks_and_35000_bytes_at_most(void **state)
{
    static uint8_t bytes[1 << 20];
    struct pair *pair = pair_with(suites[0], true);
    uint64_t hash = PAIR_HASH_START;
    unsigned packets = 0;
    size_t len;

    (void)state;
    for (size_t size = 1; size < 40; size++)
        assert_int_equal(pair_send(&pair->client, size, &hash), size);
    assert_int_equal(pair_send(&pair->client, 100000, &hash), 100000);
    len = hostile_take(&pair->client, bytes, sizeof bytes);
    for (size_t at = 0; at < len; packets++) {
        const uint32_t size = adit_get_uint32(bytes + at);

        assert_int_equal(size % 16, 0);
        assert_true(size >= 16 && 4 + size + 16 <= ADIT_PACKET_SENT_MAX);
        at += 4 + size + 16;
        assert_true(at <= len);
    }
    assert_int_equal(packets, 39 + 4);
    pair_free(pair);
}

/* T9: zeros while anyone can read them, unknown bytes from then on. */
static void padding_is_random_once_there_are_keys(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    struct adit_span payload;
    uint8_t seen[64] = { 0 };
    unsigned changed = 0;
    uint8_t bytes[8192];
    size_t kexinit;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    (void)hostile_take(&pair->client, bytes, sizeof bytes);
    kexinit = strlen("SSH-2.0-client\r\n");
    assert_int_equal(bytes[kexinit + 5], SSH_MSG_KEXINIT);
    assert_true(all_are(bytes + kexinit + 4 + adit_get_uint32(bytes + kexinit) - bytes[kexinit + 4],
                        bytes[kexinit + 4], 0));
    pair_free(pair);

    pair = hostile_pair(false);
    hostile_deafen(&pair->server);
    for (unsigned i = 0; i < 50; i++)
        hostile_send_text(&pair->client, SSH_MSG_IGNORE, "");
    pair_run(pair);
    while (hostile_next(&pair->server, &payload)) {
        const uint8_t padding = payload.data[-1];

        assert_in_range(padding, 4, 63);
        assert_false(all_are(payload.data + payload.len, padding, 0));
        changed += memcmp(seen, payload.data + payload.len, padding) != 0;
        memcpy(seen, payload.data + payload.len, padding);
    }
    assert_int_equal(changed, 50);
    pair_free(pair);
}

/* T10: nothing is shared between the two directions. */
static void each_direction_has_algorithms_of_its_own(void **state)
{
    struct pair *pair = hostile_pair(true);
    const char **lists = pair->client.session->transport.kexinit_lists;
    const struct adit_agreement *agreement = adit_session_agreement(pair->server.session);
    uint64_t up = PAIR_HASH_START;
    uint64_t down = PAIR_HASH_START;

    (void)state;
    lists[ADIT_KEXINIT_CIPHER_C2S] = "aes256-ctr";
    lists[ADIT_KEXINIT_MAC_C2S] = "hmac-sha2-512";
    lists[ADIT_KEXINIT_CIPHER_S2C] = "chacha20-poly1305@openssh.com";
    lists[ADIT_KEXINIT_MAC_S2C] = "hmac-sha2-256-etm@openssh.com";
    adit_session_rekey(pair->client.session);
    pair_run(pair);
    assert_string_equal(agreement->cipher_c2s, "aes256-ctr");
    assert_string_equal(agreement->mac_c2s, "hmac-sha2-512");
    assert_string_equal(agreement->cipher_s2c, "chacha20-poly1305@openssh.com");
    assert_string_equal(agreement->mac_s2c, "<implicit>");
    assert_int_equal(pair_send(&pair->client, 100000, &up), 100000);
    assert_int_equal(pair_send(&pair->server, 100000, &down), 100000);
    pair_run(pair);
    assert_int_equal(pair->server.hash_received, up);
    assert_int_equal(pair->client.hash_received, down);
    pair_free(pair);
}

/* T11: the number of a packet counts all of them, and goes on at 0 after 2^32 - 1. */
static void sequence_numbers_wrap_within_a_session(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(suites); i++) {
        struct pair *pair = pair_with(suites[i], true);
        uint64_t hash = PAIR_HASH_START;

        pair->client.session->transport.out.sequence_number = UINT32_MAX - 1;
        pair->server.session->transport.in.sequence_number = UINT32_MAX - 1;
        for (unsigned k = 0; k < 5; k++) {
            assert_int_equal(pair_send(&pair->client, 100, &hash), 100);
            hostile_send_number(&pair->client, 200); /* an unknown one counts too */
        }
        pair_run(pair);
        assert_int_equal(pair->server.hash_received, hash);
        assert_int_equal(pair->server.session->transport.in.sequence_number, 8);
        pair_free(pair);
    }
}

/* T11, T31: new keys begin at 0 under strict kex, and where the old ones were without it. */
static void new_keys_reset_the_sequence_numbers_only_under_strict_kex(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(suites); i++) {
            struct pair *pair = pair_with(suites[i], strict);
            const struct adit_transport *c = &pair->client.session->transport;
            const struct adit_transport *s = &pair->server.session->transport;
            const uint32_t before = c->out.sequence_number;
            uint64_t hash = PAIR_HASH_START;

            assert_true(before > 2);
            adit_session_rekey(pair->server.session);
            pair_run(pair);
            /* Without it: KEXINIT, the method's message and NEWKEYS more. */
            assert_int_equal(c->out.sequence_number, strict ? 0 : before + 3);
            assert_int_equal(s->in.sequence_number, c->out.sequence_number);
            assert_int_equal(s->out.sequence_number, c->in.sequence_number);
            assert_int_equal(pair_send(&pair->client, 100, &hash), 100);
            pair_run(pair);
            assert_int_equal(pair->server.hash_received, hash);
            pair_free(pair);
        }
}

/* T11: a wrap before there are keys can only be an attack. */
static void sequence_numbers_may_not_wrap_before_the_first_keys(void **state)
{
    struct pair_settings settings;
    struct pair *pair;

    (void)state;
    pair_settings_init(&settings);
    pair = pair_new(&settings);
    hostile_forget_mark(pair, "kex-strict-");
    pair->server.session->transport.in.sequence_number = UINT32_MAX;
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    assert_false(adit_session_is_authenticated(pair->server.session));
    pair_free(pair);
}

/* T13: a MAC is agreed on only for a cipher that has need of one. */
static void no_common_mac_is_needed_beside_an_aead(void **state)
{
    static const struct {
        const char *cipher;
        enum adit_err expected;
    } cases[] = {
        { "aes128-gcm@openssh.com", ADIT_OK },
        { "chacha20-poly1305@openssh.com", ADIT_OK },
        { "aes128-ctr", ADIT_ERR_NO_AGREEMENT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.client.algorithms.ciphers = cases[i].cipher;
        settings.client.algorithms.macs = "hmac-sha2-256";
        settings.server.algorithms.macs = "hmac-sha2-512";
        pair = pair_new(&settings);
        pair_run(pair);
        assert_int_equal(pair->client.ended, cases[i].expected);
        assert_int_equal(adit_session_is_authenticated(pair->client.session),
                         cases[i].expected == ADIT_OK);
        pair_free(pair);
    }
}

/* Seals `len` bytes that start with this packet_length, and sends them. */
static void send_packet(struct side *from, uint32_t packet_length, uint8_t padding, size_t len)
{
    struct adit_transport *t = &from->session->transport;
    struct side *to = from == &from->pair->client ? &from->pair->server : &from->pair->client;
    static uint8_t packet[300000];

    memset(packet, 0, sizeof packet);
    adit_put_uint32(packet, packet_length);
    packet[4] = padding;
    packet[5] = SSH_MSG_IGNORE;
    assert_int_equal(adit_cipher_seal(t->out.cipher, t->out.sequence_number++, packet, len),
                     ADIT_OK);
    hostile_deliver(to, packet, len + adit_cipher_tag_size(t->out.cipher));
}

static void check_end(struct pair *pair, bool good)
{
    pair_run(pair);
    if (good)
        assert_int_equal(pair->server.ended, ADIT_OK);
    else
        assert_true(pair->server.ended == ADIT_ERR_MALFORMED ||
                    pair->server.ended == ADIT_ERR_INTEGRITY);
    pair_free(pair);
}

/* T8: a right tag makes no padding good, for the peer holds the keys; no payload is empty. */
static void a_sealed_packet_may_have_a_hostile_padding(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(suites); i++) {
        /* Where packet_length is encrypted with the text, it is part of the whole blocks. */
        const uint8_t length = strcmp(suites[i][0], "aes128-ctr") == 0 ? 28 : 32;
        const struct {
            uint8_t padding;
            bool good;
        } cases[] = {
            { 4, true },
            { (uint8_t)(length - 2), true },
            { (uint8_t)(length - 1), false },
            { length, false },
            { 255, false },
            { 3, false },
            { 0, false },
        };

        for (size_t k = 0; k < ADIT_ARRAY_LEN(cases); k++) {
            struct pair *pair = pair_with(suites[i], true);

            send_packet(&pair->client, length, cases[k].padding, 4 + (size_t)length);
            check_end(pair, cases[k].good);
        }
    }
}

/* T7: nor a length: it is judged before it is waited for. */
static void a_sealed_packet_may_have_a_hostile_length(void **state)
{
    static const uint32_t lengths[] = { 0,  1,  2,  3,      4,      5,          8,
                                        11, 33, 37, 262145, 262160, 0x7fffffff, 0xffffffff };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(suites); i++) {
        struct pair *pair = pair_with(suites[i], true);
        const bool all_counts = strcmp(suites[i][0], "aes128-ctr") == 0;
        const uint32_t largest = ADIT_PACKET_LENGTH_MAX - (all_counts ? 4 : 0);

        send_packet(&pair->client, largest, 4, 4 + (size_t)largest);
        check_end(pair, true);
        for (size_t k = 0; k < ADIT_ARRAY_LEN(lengths); k++) {
            pair = pair_with(suites[i], true);
            send_packet(&pair->client, lengths[k], 4, 32);
            check_end(pair, false);
        }
    }
}

/* T40: soft limits ask for new keys; the hard one ends the session whatever the peer does. */
static void keys_are_used_up_by_bytes_and_by_packets(void **state)
{
    struct pair *pair = hostile_pair(true);
    struct adit_transport *c = &pair->client.session->transport;
    uint64_t hash = PAIR_HASH_START;

    (void)state;
    assert_int_equal(c->rekey_bytes, UINT64_C(1) << 30);
    assert_int_equal(c->rekey_ms, 3600 * 1000);
    c->out.bytes = (UINT64_C(1) << 30) - 200;
    assert_int_equal(pair_send(&pair->client, 1, &hash), 1);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 1);
    assert_int_equal(pair_send(&pair->client, 200, &hash), 200);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 2);

    c->in.packets = (UINT64_C(1) << 28) - 1; /* the side that receives asks too */
    assert_int_equal(pair_send(&pair->server, 1, &hash), 1);
    pair_run(pair);
    assert_int_equal(pair->server.events[ADIT_EVENT_KEYS_CHANGED], 3);

    adit_session_rekey(pair->client.session); /* the server never hears of it */
    c->in.packets = (UINT64_C(1) << 31) - 1;
    hostile_send_text(&pair->server, SSH_MSG_IGNORE, "");
    hostile_deafen(&pair->server);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_LIMIT);
    pair_free(pair);
}

/* T40: 2^32 blocks of a cipher end the keys as well, and no setting of the soft limit gets there. */
static void keys_are_used_up_by_blocks(void **state)
{
    struct pair_settings settings;
    struct pair *pair;
    struct adit_transport *c;

    (void)state;
    pair_settings_init(&settings);
    settings.client.rekey_bytes = UINT64_MAX;
    pair = pair_new(&settings);
    pair_log_in(pair);
    c = &pair->client.session->transport;
    assert_int_equal(c->rekey_bytes, UINT64_C(1) << 35);

    adit_session_rekey(pair->client.session); /* the server never hears of it */
    c->in.bytes = (UINT64_C(1) << 36) - 1;
    hostile_send_text(&pair->server, SSH_MSG_IGNORE, "");
    hostile_deafen(&pair->server);
    pair_run(pair);
    assert_int_equal(pair->client.ended, ADIT_ERR_LIMIT);
    pair_free(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_whole_blocks_and_35000_bytes_at_most),
        cmocka_unit_test(padding_is_random_once_there_are_keys),
        cmocka_unit_test(each_direction_has_algorithms_of_its_own),
        cmocka_unit_test(sequence_numbers_wrap_within_a_session),
        cmocka_unit_test(new_keys_reset_the_sequence_numbers_only_under_strict_kex),
        cmocka_unit_test(sequence_numbers_may_not_wrap_before_the_first_keys),
        cmocka_unit_test(no_common_mac_is_needed_beside_an_aead),
        cmocka_unit_test(a_sealed_packet_may_have_a_hostile_padding),
        cmocka_unit_test(a_sealed_packet_may_have_a_hostile_length),
        cmocka_unit_test(keys_are_used_up_by_bytes_and_by_packets),
        cmocka_unit_test(keys_are_used_up_by_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
