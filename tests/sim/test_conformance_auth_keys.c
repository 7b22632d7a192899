/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins by key, against a client that writes its requests by hand (RFC 4252, 7;
 * RFC 8332). The numbers are those of docs/conformance.md.
 */
#include "sim/hostile_login.h"

#include "base/span.h"
#include "keys/key.h"
#include "wire/auth_messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct login_request good = { "tunnel", "ssh-connection", "publickey" };

/* What a publickey request says and signs; all but the key may be left out. */
struct proof {
    const struct adit_key *key;
    const struct adit_key *signing; /* NULL: no signature */
    const char *algorithm;
    const char *signed_by;   /* the signature's algorithm; NULL: the same */
    const char *signed_user; /* the user in what is signed; NULL: the same */
    bool other_session;
};

static void write_signature(const struct pair *pair, const struct proof *proof,
                            struct adit_span method_data, struct adit_buffer *out)
{
    const struct adit_kex *kex = &pair->client.session->transport.kex;
    const char *by = proof->signed_by ? proof->signed_by : proof->algorithm;
    const struct adit_msg_userauth_request msg = {
        adit_span_text(proof->signed_user ? proof->signed_user : good.user),
        adit_span_text(good.service), adit_span_text(good.method), method_data
    };
    struct adit_buffer data = adit_buffer_init(4096);
    struct adit_writer w = adit_writer_init(&data);
    uint8_t id[ADIT_HASH_MAX];

    memcpy(id, kex->session_id, sizeof id);
    id[0] ^= proof->other_session;
    adit_write_string(&w, adit_span_of(id, kex->session_id_len));
    adit_write_userauth_request(&w, &msg);
    assert_int_equal(adit_pkey_sign(proof->signing->pkey, adit_signature_find(adit_span_text(by)),
                                    adit_buffer_span(&data), out),
                     ADIT_OK);
    adit_buffer_clear(&data);
}

static uint8_t answer_to_proof(struct pair *pair, const struct proof *proof)
{
    const struct adit_userauth_publickey fields = { proof->signing != NULL,
                                                    adit_span_text(proof->algorithm),
                                                    adit_key_blob(proof->key), ADIT_SPAN_EMPTY,
                                                    ADIT_SPAN_EMPTY };
    struct adit_buffer data = adit_buffer_init(4096);
    struct adit_buffer signature = adit_buffer_init(4096);
    struct adit_writer w = adit_writer_init(&data);
    uint8_t answer;

    adit_write_userauth_publickey(&w, &fields);
    if (proof->signing) {
        write_signature(pair, proof, adit_buffer_span(&data), &signature);
        adit_write_string(&w, adit_buffer_span(&signature));
    }
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    answer = hostile_answer(pair, &good, adit_buffer_span(&data));
    adit_buffer_clear(&data);
    adit_buffer_clear(&signature);
    return answer;
}

/* U5, U8: probes cost no try, but there is an end to them. */
static void requests_of_all_kinds_are_bounded(void **state)
{
    struct judged judged;
    struct pair *pair = hostile_default_pair_at_the_login(&judged);
    const struct proof probe = { .key = pair->user_key, .algorithm = "ssh-ed25519" };

    (void)state;
    for (unsigned i = 0; i < 127; i++)
        assert_int_equal(answer_to_proof(pair, &probe), SSH_MSG_USERAUTH_PK_OK);
    assert_int_equal(pair->server.session->auth_server.failures, 0);
    (void)answer_to_proof(pair, &probe);
    assert_int_equal(pair->server.ended, ADIT_ERR_AUTH);
    assert_int_equal(judged.count, 127);
    pair_free(pair);
}

/* U8, CVE-2024-45337: a probe is answered in its own words and leaves nothing behind. */
static void the_key_that_signs_is_the_one_that_counts(void **state)
{
    static const uint8_t open[] = { SSH_MSG_CHANNEL_OPEN };
    struct adit_msg_userauth_pk_ok answer;
    struct adit_span payload;
    struct adit_key *other;
    struct judged judged;
    struct pair *pair = hostile_default_pair_at_the_login(&judged);
    const struct proof proof = { .key = pair->user_key,
                                 .signing = pair->user_key,
                                 .algorithm = "ssh-ed25519" };
    struct adit_buffer data = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&data);
    struct adit_userauth_publickey probe = { .algorithm = adit_span_text("ssh-ed25519") };

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &other), ADIT_OK);
    probe.key_blob = adit_key_blob(other);
    adit_write_userauth_publickey(&w, &probe);
    hostile_request(pair, &good, adit_buffer_span(&data));
    assert_true(hostile_next(&pair->client, &payload));
    assert_int_equal(adit_parse_userauth_pk_ok(payload, &answer), ADIT_OK);
    assert_true(adit_span_is(answer.algorithm, "ssh-ed25519"));
    assert_true(adit_span_equal(answer.key_blob, adit_key_blob(other)));
    assert_int_equal(judged.method, ADIT_AUTH_PUBLICKEY_PROBE);
    assert_false(adit_session_is_authenticated(pair->server.session));

    assert_int_equal(answer_to_proof(pair, &proof), SSH_MSG_USERAUTH_SUCCESS);
    assert_int_equal(judged.method, ADIT_AUTH_PUBLICKEY);
    assert_true(
        adit_span_equal(adit_span_of(judged.blob, judged.blob_len), adit_key_blob(pair->user_key)));
    pair_free(pair);

    pair = hostile_default_pair_at_the_login(&judged);
    hostile_request(pair, &good, adit_buffer_span(&data)); /* "yes" to a probe lets nobody in */
    hostile_send(&pair->client, open, sizeof open);
    pair_run(pair);
    assert_int_equal(pair->server.ended, ADIT_ERR_PROTOCOL);
    pair_free(pair);
    adit_buffer_clear(&data);
    adit_key_free(other);
}

/* U9: what is signed is this request of this session, in the algorithm that it names. */
static void a_signature_that_does_not_fit_is_a_failure(void **state)
{
    enum { ED25519, OTHER, P256, P384, RSA, KEYS };
    static const enum adit_key_type types[KEYS] = { ADIT_KEY_ED25519, ADIT_KEY_ED25519,
                                                    ADIT_KEY_ECDSA_P256, ADIT_KEY_ECDSA_P384,
                                                    ADIT_KEY_RSA };
    static const struct {
        int key;
        int signing;
        const char *algorithm;
        const char *signed_by;
        const char *signed_user;
        bool other_session;
        bool good;
    } cases[] = {
        { ED25519, ED25519, "ssh-ed25519", NULL, NULL, false, true },
        { ED25519, ED25519, "ssh-ed25519", NULL, NULL, true, false },
        { ED25519, ED25519, "ssh-ed25519", NULL, "root", false, false },
        { ED25519, OTHER, "ssh-ed25519", NULL, NULL, false, false },
        { P256, P256, "ecdsa-sha2-nistp256", NULL, NULL, false, true },
        { P384, P384, "ecdsa-sha2-nistp384", NULL, NULL, false, false }, /* not taken here */
        { P384, P384, "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", NULL, false, false },
        { P256, P256, "ssh-ed25519", "ecdsa-sha2-nistp256", NULL, false, false },
        { RSA, RSA, "rsa-sha2-256", NULL, NULL, false, true },
        { RSA, RSA, "rsa-sha2-256", "rsa-sha2-512", NULL, false, false },
        { RSA, RSA, "rsa-sha2-512", NULL, NULL, false, false }, /* not taken here */
        { RSA, RSA, "ssh-rsa", "rsa-sha2-256", NULL, false, false },
    };
    struct adit_key *keys[KEYS];

    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(
            adit_key_generate(types[i], types[i] == ADIT_KEY_RSA ? 2048 : 0, "", &keys[i]),
            ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct proof proof = {
            .key = keys[cases[i].key],
            .signing = keys[cases[i].signing],
            .algorithm = cases[i].algorithm,
            .signed_by = cases[i].signed_by,
            .signed_user = cases[i].signed_user,
            .other_session = cases[i].other_session,
        };
        struct pair_settings settings;
        struct judged judged;
        struct pair *pair;

        pair_settings_init(&settings);
        settings.server.algorithms.pubkey_accepted = "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-256";
        pair = hostile_pair_at_the_login(&settings, &judged);
        assert_int_equal(answer_to_proof(pair, &proof),
                         cases[i].good ? SSH_MSG_USERAUTH_SUCCESS : SSH_MSG_USERAUTH_FAILURE);
        assert_int_equal(judged.count, cases[i].good);
        assert_int_equal(adit_session_is_authenticated(pair->server.session), cases[i].good);
        pair_free(pair);
    }
    for (size_t i = 0; i < KEYS; i++)
        adit_key_free(keys[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_of_all_kinds_are_bounded),
        cmocka_unit_test(the_key_that_signs_is_the_one_that_counts),
        cmocka_unit_test(a_signature_that_does_not_fit_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
