/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server's proof of its host key (RFC 4253, 8) and extensions (RFC 8308). The
 * numbers are those of docs/conformance.md.
 */
#include "sim/hostile.h"

#include "base/span.h"
#include "keys/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- the host key ---- */

/* Up to where the server's reply is on its way: it stands at the front of the client's inbox. */
static struct pair *pair_with_reply_under_way(const char *algorithm, struct adit_key *host_key)
{
    static const struct adit_key *host_keys[1];
    struct pair_settings settings;
    struct pair *pair;

    host_keys[0] = host_key;
    pair_settings_init(&settings);
    settings.server.algorithms.host_keys = algorithm;
    settings.server.host_keys = host_keys;
    settings.server.host_key_count = 1;
    pair = pair_new(&settings);
    hostile_let_speak(pair, &pair->client);
    hostile_let_speak(pair, &pair->server);
    hostile_undeafen(&pair->client);
    assert_int_equal(pair->client.inbox_at, 0);
    assert_int_equal(pair->client.inbox.data[5], SSH_MSG_KEX_ECDH_REPLY);
    return pair;
}

static void check_refused(struct pair *pair)
{
    pair_run(pair);
    assert_true(
        pair->client.ended == ADIT_ERR_SIGNATURE || pair->client.ended == ADIT_ERR_MALFORMED ||
        pair->client.ended == ADIT_ERR_UNSUPPORTED || pair->client.ended == ADIT_ERR_PROTOCOL);
    assert_int_equal(pair->client.events[ADIT_EVENT_HOST_KEY], 0);
    assert_int_equal(pair->server.events[ADIT_EVENT_AUTH_REQUEST], 0);
    pair_free(pair);
}

/* T24: each byte of key, public value and signature counts; nobody is asked about a forgery. */
static void an_altered_reply_is_refused_before_anyone_is_asked(void **state)
{
    enum { KEY = 4 + 51, VALUE = 4 + 32, SIGNATURE = 4 + 83 };
    struct adit_key *key;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key), ADIT_OK);
    for (size_t at = 0; at < KEY + VALUE + SIGNATURE; at++) {
        struct pair *pair = pair_with_reply_under_way("ssh-ed25519", key);

        pair->client.inbox.data[6 + at] ^= 1;
        check_refused(pair);
    }
    adit_key_free(key);
}

/* Puts another proof in place of the server's: that key, signing H, or H with a bit changed. */
static void replace_proof(struct pair *pair, const struct adit_key *shown,
                          const struct adit_key *signing, const char *algorithm, bool other_h)
{
    const struct adit_kex *kex = &pair->server.session->transport.kex;
    struct adit_buffer *inbox = &pair->client.inbox;
    const size_t old_size = 4 + adit_get_uint32(inbox->data);
    struct adit_buffer signature = adit_buffer_init(4096);
    struct adit_buffer payload = adit_buffer_init(8192);
    struct adit_writer w = adit_writer_init(&payload);
    struct adit_msg_kex_reply reply;
    uint8_t h[ADIT_HASH_MAX];
    uint8_t bytes[8192];
    size_t len;

    memcpy(h, kex->session_id, sizeof h); /* the first H */
    h[0] ^= other_h;
    assert_int_equal(
        adit_parse_kex_reply(adit_span_of(inbox->data + 5, old_size - 5 - inbox->data[4]), &reply),
        ADIT_OK);
    assert_int_equal(adit_pkey_sign(signing->pkey, adit_signature_find(adit_span_text(algorithm)),
                                    adit_span_of(h, kex->session_id_len), &signature),
                     ADIT_OK);
    reply.host_key = adit_key_blob(shown);
    reply.signature = adit_buffer_span(&signature);
    adit_write_kex_reply(&w, SSH_MSG_KEX_ECDH_REPLY, &reply);
    len = hostile_plain_packet(payload.data, payload.len, bytes);
    assert_true(inbox->len - old_size <= sizeof bytes - len);
    memcpy(bytes + len, inbox->data + old_size, inbox->len - old_size);
    len += inbox->len - old_size;
    adit_buffer_empty(inbox);
    hostile_deliver(&pair->client, bytes, len);
    adit_buffer_clear(&signature);
    adit_buffer_clear(&payload);
}

/* T24: the key is of the type agreed on, and signs this H, by the algorithm agreed on. */
static void only_the_agreed_algorithm_proves_the_host_key(void **state)
{
    enum { ED25519, OTHER, P256, P384, RSA, KEYS };
    static const enum adit_key_type types[KEYS] = { ADIT_KEY_ED25519, ADIT_KEY_ED25519,
                                                    ADIT_KEY_ECDSA_P256, ADIT_KEY_ECDSA_P384,
                                                    ADIT_KEY_RSA };
    static const struct {
        const char *agreed;
        int key;
        int shown;
        int signing;
        const char *by;
        bool other_h;
        bool good;
    } cases[] = {
        { "ssh-ed25519", ED25519, ED25519, ED25519, "ssh-ed25519", false, true },
        { "ssh-ed25519", ED25519, ED25519, ED25519, "ssh-ed25519", true, false },
        { "ssh-ed25519", ED25519, ED25519, OTHER, "ssh-ed25519", false, false },
        { "ssh-ed25519", ED25519, OTHER, ED25519, "ssh-ed25519", false, false },
        { "ssh-ed25519", ED25519, P256, P256, "ecdsa-sha2-nistp256", false, false },
        { "ecdsa-sha2-nistp256", P256, P384, P384, "ecdsa-sha2-nistp384", false, false },
        { "rsa-sha2-512", RSA, RSA, RSA, "rsa-sha2-512", false, true },
        { "rsa-sha2-512", RSA, RSA, RSA, "rsa-sha2-256", false, false },
    };
    struct adit_key *keys[KEYS];

    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(
            adit_key_generate(types[i], types[i] == ADIT_KEY_RSA ? 2048 : 0, "", &keys[i]),
            ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct pair *pair = pair_with_reply_under_way(cases[i].agreed, keys[cases[i].key]);

        replace_proof(pair, keys[cases[i].shown], keys[cases[i].signing], cases[i].by,
                      cases[i].other_h);
        if (!cases[i].good) {
            check_refused(pair);
            continue;
        }
        pair_run(pair);
        assert_int_equal(pair->client.events[ADIT_EVENT_HOST_KEY], 1);
        pair_free(pair);
    }
    for (size_t i = 0; i < KEYS; i++)
        adit_key_free(keys[i]);
}

/* ---- extensions ---- */

static void send_ext_info(struct side *from, const char *name, struct adit_span value)
{
    const struct adit_extension extension = { adit_span_text(name), value };
    struct adit_writer w = hostile_message(from);

    adit_write_ext_info(&w, &extension, 1);
    hostile_send_written(from, &w);
}

/* Server-sig-algs that a peer sends beside its own: a server after those, a client as its first. */
struct extra {
    bool from_client;
    bool after_another; /* message */
    unsigned count;
    struct adit_span value;
    char chosen[64]; /* what the user's key has signed with */
};

static void send_extra(struct side *side, const struct adit_event *event)
{
    struct extra *extra = side->pair->settings.user_data;
    const bool is_client = side == &side->pair->client;

    if (event->type == ADIT_EVENT_AUTH_REQUEST)
        (void)snprintf(extra->chosen, sizeof extra->chosen, "%s", event->auth_request.algorithm);
    /* After the verdict on the host key, the client's NEWKEYS has gone and nothing else. */
    if (is_client != extra->from_client ||
        event->type != (is_client ? ADIT_EVENT_HOST_KEY : ADIT_EVENT_KEYS_CHANGED))
        return;
    if (extra->after_another)
        hostile_send_text(side, SSH_MSG_IGNORE, "x");
    for (unsigned i = 0; i < extra->count; i++)
        send_ext_info(side, "server-sig-algs", extra->value);
}

static struct pair *pair_with_extra(struct extra *extra)
{
    struct pair_settings settings;
    struct pair *pair;

    pair_settings_init(&settings);
    settings.on_event = send_extra;
    settings.user_data = extra;
    pair = pair_new(&settings);
    adit_key_free(pair->user_key);
    assert_int_equal(adit_key_generate(ADIT_KEY_RSA, 2048, "", &pair->user_key), ADIT_OK);
    return pair;
}

/* T34: a server tells them once more at most, a client once and before anything else. */
static void extensions_are_told_in_their_place(void **state)
{
    static const struct {
        struct extra extra;
        enum adit_err expected; /* of the side that is told */
    } cases[] = {
        { { .from_client = false, .count = 1 }, ADIT_OK },
        { { .from_client = false, .count = 1, .after_another = true }, ADIT_OK },
        { { .from_client = false, .count = 2 }, ADIT_ERR_PROTOCOL },
        { { .from_client = true, .count = 1 }, ADIT_OK },
        { { .from_client = true, .count = 1, .after_another = true }, ADIT_ERR_PROTOCOL },
        { { .from_client = true, .count = 2 }, ADIT_ERR_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct extra extra = cases[i].extra;
        struct pair *pair;

        extra.value = adit_span_text("rsa-sha2-512");
        pair = pair_with_extra(&extra);
        pair_run(pair);
        assert_int_equal((extra.from_client ? pair->server : pair->client).ended,
                         cases[i].expected);
        assert_int_equal(adit_session_is_authenticated(pair->server.session),
                         cases[i].expected == ADIT_OK);
        pair_free(pair);
    }
}

/* T33: only to a client that asked. */
static void extensions_are_told_to_those_who_know_them(void **state)
{
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        struct pair_settings settings;
        struct pair *pair;

        pair_settings_init(&settings);
        pair = pair_new(&settings);
        if (!asked)
            hostile_forget_mark(pair, "ext-info-");
        pair_log_in(pair);
        assert_int_equal(pair->client.session->ext_infos, asked);
        assert_int_equal(pair->client.session->auth_client.server_sig_algs != NULL, asked);
        pair_free(pair);
    }
}

/* T35, T34: the last list that came decides how an RSA key signs; one with a NUL is none. */
static void the_server_decides_how_an_rsa_key_signs(void **state)
{
    static const struct {
        struct adit_span value;
        const char *chosen;
    } cases[] = {
        { { (const uint8_t *)"rsa-sha2-256", 12 }, "rsa-sha2-256" },
        { { (const uint8_t *)"ssh-rsa,rsa-sha2-256", 20 }, "rsa-sha2-256" },
        { { (const uint8_t *)"rsa-sha2-256,rsa-sha2-512", 25 }, "rsa-sha2-512" },
        { { (const uint8_t *)"rsa-sha2-256\0", 13 }, "rsa-sha2-512" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct extra extra = { .count = 1, .value = cases[i].value };
        struct pair *pair = pair_with_extra(&extra);

        pair_log_in(pair);
        assert_string_equal(extra.chosen, cases[i].chosen);
        pair_free(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_altered_reply_is_refused_before_anyone_is_asked),
        cmocka_unit_test(only_the_agreed_algorithm_proves_the_host_key),
        cmocka_unit_test(extensions_are_told_in_their_place),
        cmocka_unit_test(extensions_are_told_to_those_who_know_them),
        cmocka_unit_test(the_server_decides_how_an_rsa_key_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
