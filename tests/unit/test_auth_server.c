/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4252, the server's side: what is put to the driver, what counts as a try, what is answered. */
#include "auth/auth_server.h"

#include "keys/key.h"
#include "one_end.h"
#include "transport/kex_steps.h"
#include "wire/auth_messages.h"

enum { TRIES_MAX = 6 };

struct world {
    struct one_end end;
    struct adit_auth_server server;
    struct adit_key *key;
};

static void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    one_end_init(&w->end, ADIT_SERVER, &protections[1]);
    w->server.transport = &w->end.transport;
    w->server.accepted = "ssh-ed25519,rsa-sha2-512";
    w->server.tries_max = TRIES_MAX;
    w->server.methods.offered[ADIT_METHOD_PUBLICKEY] = true;
    w->server.methods.offered[ADIT_METHOD_PASSWORD] = true;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->key), ADIT_OK);
}

static void world_clear(struct world *w)
{
    adit_key_free(w->key);
    adit_auth_server_clear(&w->server);
    one_end_clear(&w->end);
}

static enum adit_err say(struct world *w, struct adit_span payload)
{
    const struct adit_span copy = exact_copy(payload.data, payload.len);
    const enum adit_err err = adit_auth_server_handle_request(&w->server, copy);

    exact_free(copy);
    return err;
}

/* A request of this method; `data` is the method's own. */
static enum adit_err request_as(struct world *w, const char *user, const char *service,
                                const char *method, struct adit_span data)
{
    const struct adit_msg_userauth_request msg = { adit_span_text(user), adit_span_text(service),
                                                   adit_span_text(method), data };
    struct adit_buffer payload = adit_buffer_init(1 << 20);
    struct adit_writer writer = adit_writer_init(&payload);
    enum adit_err err;

    adit_write_userauth_request(&writer, &msg);
    assert_int_equal(adit_writer_finish(&writer), ADIT_OK);
    err = say(w, adit_buffer_span(&payload));
    adit_buffer_clear(&payload);
    return err;
}

static enum adit_err request(struct world *w, const char *method, struct adit_span data)
{
    return request_as(w, "user", "ssh-connection", method, data);
}

static enum adit_err password_request(struct world *w, bool is_change, struct adit_span password)
{
    const struct adit_userauth_password fields = { is_change, password, adit_span_text("new") };
    struct adit_buffer data = adit_buffer_init(1 << 20);
    struct adit_writer writer = adit_writer_init(&data);
    enum adit_err err;

    adit_write_userauth_password(&writer, &fields);
    err = request(w, "password", adit_buffer_span(&data));
    adit_buffer_clear(&data);
    return err;
}

/*
 * With a signature by `signer` over `signed_id` as the session's id, or without one: a probe.
 * With a host key, it is bound to that, and the signature to the other.
 */
static enum adit_err bound_request(struct world *w, const struct adit_key *key,
                                   const char *algorithm, const struct adit_key *signer,
                                   struct adit_span signed_id, struct adit_span host_key,
                                   struct adit_span signed_host_key)
{
    const char *method = host_key.len ? ADIT_METHOD_HOST_BOUND : "publickey";
    struct adit_userauth_publickey fields = { signer != NULL, adit_span_text(algorithm),
                                              adit_key_blob(key), ADIT_SPAN_EMPTY,
                                              signed_host_key };
    struct adit_buffer data = adit_buffer_init(1 << 16);
    struct adit_buffer to_sign = adit_buffer_init(1 << 16);
    struct adit_buffer signature = adit_buffer_init(1 << 16);
    struct adit_writer d = adit_writer_init(&data);
    struct adit_writer s = adit_writer_init(&to_sign);
    struct adit_msg_userauth_request msg = { adit_span_text("user"),
                                             adit_span_text("ssh-connection"),
                                             adit_span_text(method), ADIT_SPAN_EMPTY };
    enum adit_err err;

    adit_write_userauth_publickey(&d, &fields);
    if (signer) {
        msg.method_data = adit_buffer_span(&data);
        adit_write_string(&s, signed_id);
        adit_write_userauth_request(&s, &msg);
        assert_int_equal(adit_pkey_sign(signer->pkey,
                                        adit_signature_find(adit_span_text("ssh-ed25519")),
                                        adit_buffer_span(&to_sign), &signature),
                         ADIT_OK);
        adit_buffer_empty(&data);
        fields.host_key = host_key;
        fields.signature = adit_buffer_span(&signature);
        adit_write_userauth_publickey(&d, &fields);
    }
    err = request(w, method, adit_buffer_span(&data));
    adit_buffer_clear(&data);
    adit_buffer_clear(&to_sign);
    adit_buffer_clear(&signature);
    return err;
}

static enum adit_err key_request(struct world *w, const struct adit_key *key, const char *algorithm,
                                 const struct adit_key *signer, struct adit_span signed_id)
{
    return bound_request(w, key, algorithm, signer, signed_id, ADIT_SPAN_EMPTY, ADIT_SPAN_EMPTY);
}

static struct adit_span session_id(const struct world *w)
{
    return adit_span_of(w->end.transport.kex.session_id, w->end.transport.kex.session_id_len);
}

static void assert_failure(struct world *w, const char *can_continue, bool partial_success)
{
    struct adit_msg_userauth_failure msg;

    assert_int_equal(
        adit_parse_userauth_failure(assert_sent(&w->end, SSH_MSG_USERAUTH_FAILURE), &msg), ADIT_OK);
    assert_span_is(msg.can_continue, can_continue);
    assert_int_equal(msg.partial_success, partial_success);
    assert_nothing_sent(&w->end);
}

static void a_failure_lists_what_is_offered(void **state)
{
    static const struct {
        bool publickey;
        bool password;
        const char *list;
    } cases[] = {
        { true, true, "publickey,password" },
        { true, false, "publickey" },
        { false, true, "password" },
        { false, false, "" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w);
        w.server.methods.offered[ADIT_METHOD_PUBLICKEY] = cases[i].publickey;
        w.server.methods.offered[ADIT_METHOD_PASSWORD] = cases[i].password;
        assert_int_equal(request(&w, "none", ADIT_SPAN_EMPTY), ADIT_OK);
        assert_failure(&w, cases[i].list, false);
        world_clear(&w);
    }
}

/* U6, U16: whatever the settings, "none" is never put to the driver, so it can never be a "yes". */
static void none_is_never_enough(void **state)
{
    (void)state;
    for (int offered = 0; offered < 4; offered++) {
        struct world w;
        enum adit_err err = ADIT_OK;

        world_init(&w);
        w.server.methods.offered[ADIT_METHOD_PUBLICKEY] = offered & 1;
        w.server.methods.offered[ADIT_METHOD_PASSWORD] = offered & 2;
        for (unsigned i = 0; !err && i < 100; i++) {
            err = request(&w, "none", ADIT_SPAN_EMPTY);
            assert_int_equal(w.server.failures, i); /* the first one is free */
            assert_nothing_told(&w.end);
            assert_int_equal(adit_auth_server_verdict(&w.server, ADIT_VERDICT_YES, NULL),
                             ADIT_ERR_USAGE);
            if (!err)
                (void)assert_sent(&w.end, SSH_MSG_USERAUTH_FAILURE);
            assert_nothing_sent(&w.end);
        }
        assert_int_equal(err, ADIT_ERR_AUTH);
        assert_false(w.server.authenticated);
        world_clear(&w);
    }
}

static void methods_that_are_none_are_refused_and_count(void **state)
{
    static const char *const methods[] = {
        "",        "hostbased",  "none-at-all", "None",
        "passwor", "publickey2", "Publickey",   "gssapi-with-mic"
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        struct world w;

        world_init(&w);
        assert_int_equal(request(&w, methods[i], adit_span_text("whatever")), ADIT_OK);
        assert_failure(&w, "publickey,password", false);
        assert_int_equal(w.server.failures, 1);
        assert_nothing_told(&w.end);
        world_clear(&w);
    }
}

/* What a key request must have to be put to the driver; each other one is a failure that counts. */
static void keys_are_put_to_the_driver_when_all_fits(void **state)
{
    enum { OTHER_KEY = 1, OTHER_ID = 2, WRONG_ALGORITHM = 4, NOT_OFFERED = 8, NOT_ACCEPTED = 16 };
    struct adit_key *other;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &other), ADIT_OK);
    for (int wrong = 0; wrong < 32; wrong++)
        for (int probe = 0; probe < 2; probe++) {
            const bool asked = probe ? (wrong & ~(OTHER_KEY | OTHER_ID)) == 0 : wrong == 0;
            struct world w;
            const struct adit_key *signer;

            world_init(&w);
            signer = wrong & OTHER_KEY ? other : w.key;
            w.server.methods.offered[ADIT_METHOD_PUBLICKEY] = !(wrong & NOT_OFFERED);
            if (wrong & NOT_ACCEPTED)
                w.server.accepted = "rsa-sha2-512";
            assert_int_equal(
                key_request(&w, w.key, wrong & WRONG_ALGORITHM ? "rsa-sha2-512" : "ssh-ed25519",
                            probe ? NULL : signer,
                            wrong & OTHER_ID ? adit_span_text("another") : session_id(&w)),
                ADIT_OK);
            if (asked) {
                const struct adit_event event = assert_told(&w.end, ADIT_EVENT_AUTH_REQUEST);

                assert_int_equal(event.auth_request.method,
                                 probe ? ADIT_AUTH_PUBLICKEY_PROBE : ADIT_AUTH_PUBLICKEY);
                assert_string_equal(event.auth_request.algorithm, "ssh-ed25519");
                assert_span_is(event.auth_request.user, "user");
                assert_nothing_sent(&w.end);
            } else {
                (void)assert_sent(&w.end, SSH_MSG_USERAUTH_FAILURE);
            }
            assert_int_equal(w.server.failures, !asked);
            assert_int_equal(w.server.pending, asked);
            assert_nothing_told(&w.end);
            world_clear(&w);
        }
    adit_key_free(other);
}

static void passwords_are_put_to_the_driver_when_they_make_sense(void **state)
{
    static uint8_t long_password[1025];
    static const struct {
        bool offered;
        bool is_change;
        size_t len;
        bool asked;
    } cases[] = {
        { true, false, 6, true },     { true, false, 0, true }, { true, false, 1024, true },
        { true, false, 1025, false }, { true, true, 6, false }, { false, false, 6, false },
    };

    (void)state;
    memset(long_password, 'p', sizeof long_password);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w);
        w.server.methods.offered[ADIT_METHOD_PASSWORD] = cases[i].offered;
        assert_int_equal(
            password_request(&w, cases[i].is_change, adit_span_of(long_password, cases[i].len)),
            ADIT_OK);
        if (cases[i].asked)
            assert_int_equal(assert_told(&w.end, ADIT_EVENT_AUTH_REQUEST).auth_request.password.len,
                             cases[i].len);
        else
            (void)assert_sent(&w.end, SSH_MSG_USERAUTH_FAILURE);
        assert_int_equal(w.server.failures, !cases[i].asked);
        assert_nothing_told(&w.end);
        world_clear(&w);
    }
}

/* U8: "yes" to a probe is PK_OK and nothing more; "partial" logs nobody in. */
static void a_verdict_is_told_as_the_request_wants(void **state)
{
    static const struct {
        bool probe;
        enum adit_verdict verdict;
        const char *can_continue;
        uint8_t number;
        const char *list; /* of a failure */
        bool partial;
    } cases[] = {
        { false, ADIT_VERDICT_YES, NULL, SSH_MSG_USERAUTH_SUCCESS, NULL, false },
        { false, ADIT_VERDICT_NO, NULL, SSH_MSG_USERAUTH_FAILURE, "publickey,password", false },
        { false, ADIT_VERDICT_NO, "password", SSH_MSG_USERAUTH_FAILURE, "password", false },
        { false, ADIT_VERDICT_PARTIAL, "password", SSH_MSG_USERAUTH_FAILURE, "password", true },
        { true, ADIT_VERDICT_YES, NULL, SSH_MSG_USERAUTH_PK_OK, NULL, false },
        { true, ADIT_VERDICT_PARTIAL, NULL, SSH_MSG_USERAUTH_PK_OK, NULL, false },
        { true, ADIT_VERDICT_NO, NULL, SSH_MSG_USERAUTH_FAILURE, "publickey,password", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w);
        assert_int_equal(
            key_request(&w, w.key, "ssh-ed25519", cases[i].probe ? NULL : w.key, session_id(&w)),
            ADIT_OK);
        (void)assert_told(&w.end, ADIT_EVENT_AUTH_REQUEST);
        assert_int_equal(
            adit_auth_server_verdict(&w.server, cases[i].verdict, cases[i].can_continue), ADIT_OK);
        if (cases[i].number == SSH_MSG_USERAUTH_FAILURE) {
            assert_failure(&w, cases[i].list, cases[i].partial);
        } else {
            const struct adit_span payload = assert_sent(&w.end, cases[i].number);

            if (cases[i].number == SSH_MSG_USERAUTH_SUCCESS)
                assert_int_equal(payload.len, 1);
        }
        assert_int_equal(w.server.authenticated, cases[i].number == SSH_MSG_USERAUTH_SUCCESS);
        if (w.server.authenticated)
            (void)assert_told(&w.end, ADIT_EVENT_AUTHENTICATED);
        assert_nothing_told(&w.end);
        assert_int_equal(adit_auth_server_verdict(&w.server, ADIT_VERDICT_YES, NULL),
                         ADIT_ERR_USAGE); /* one verdict for one question */
        world_clear(&w);
    }
}

/* PK_OK gives back the probe that is judged, not one before it. */
static void pk_ok_gives_the_last_probe_back(void **state)
{
    struct adit_msg_userauth_pk_ok msg;
    struct adit_key *other;
    struct world w;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &other), ADIT_OK);
    world_init(&w);
    assert_int_equal(key_request(&w, other, "ssh-ed25519", NULL, ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(adit_auth_server_verdict(&w.server, ADIT_VERDICT_NO, NULL), ADIT_OK);
    (void)assert_sent(&w.end, SSH_MSG_USERAUTH_FAILURE);
    assert_int_equal(key_request(&w, w.key, "ssh-ed25519", NULL, ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(adit_auth_server_verdict(&w.server, ADIT_VERDICT_YES, NULL), ADIT_OK);
    assert_int_equal(adit_parse_userauth_pk_ok(assert_sent(&w.end, SSH_MSG_USERAUTH_PK_OK), &msg),
                     ADIT_OK);
    assert_span_is(msg.algorithm, "ssh-ed25519");
    assert_true(adit_span_equal(msg.key_blob, adit_key_blob(w.key)));
    world_clear(&w);
    adit_key_free(other);
}

/* U10: who was shown another host key than ours has talked to somebody between us. */
static void a_login_is_bound_to_the_host_key_that_was_shown(void **state)
{
    static const struct {
        const char *host_key;
        const char *signed_key;
        bool good;
    } cases[] = {
        { "the host", "the host", true }, { "another", "another", false },
        { "the hos", "the hos", false },  { "the host", "another", false },
        { "another", "the host", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_span shown = adit_span_text("the host");
        struct world w;

        world_init(&w);
        assert_int_equal(
            adit_kex_keep(shown, &w.end.transport.kex.host_key, &w.end.transport.kex.host_key_len),
            ADIT_OK);
        assert_int_equal(bound_request(&w, w.key, "ssh-ed25519", w.key, session_id(&w),
                                       adit_span_text(cases[i].host_key),
                                       adit_span_text(cases[i].signed_key)),
                         ADIT_OK);
        if (cases[i].good)
            (void)assert_told(&w.end, ADIT_EVENT_AUTH_REQUEST);
        else
            assert_failure(&w, "publickey,password", false);
        assert_int_equal(w.server.failures, cases[i].good ? 0 : 1);
        world_clear(&w);
    }
}

static void nobody_is_bound_to_no_host_key(void **state)
{
    static const uint8_t nothing[] = { 0, 0, 0, 0 };
    struct adit_buffer data = adit_buffer_init(1 << 10);
    struct adit_writer d = adit_writer_init(&data);
    const struct adit_userauth_publickey probe = { .algorithm = adit_span_text("ssh-ed25519") };
    struct world w;

    (void)state;
    world_init(&w);
    adit_write_userauth_publickey(&d, &probe);
    adit_write_bytes(&d, adit_span_of(nothing, sizeof nothing));
    assert_int_equal(request(&w, ADIT_METHOD_HOST_BOUND, adit_buffer_span(&data)), ADIT_OK);
    assert_failure(&w, "publickey,password", false);
    adit_buffer_clear(&data);
    world_clear(&w);
}

/* U4 */
static void user_and_service_stay_the_same(void **state)
{
    static char user[258];
    struct world w;

    (void)state;
    memset(user, 'u', sizeof user - 1);
    for (size_t len = 255; len <= 257; len++) {
        world_init(&w);
        user[len] = '\0';
        assert_int_equal(request_as(&w, user, "ssh-connection", "none", ADIT_SPAN_EMPTY),
                         len > 256 ? ADIT_ERR_LIMIT : ADIT_OK);
        world_clear(&w);
        user[len] = 'u';
    }
    world_init(&w);
    assert_int_equal(request_as(&w, "user", "ssh-userauth", "none", ADIT_SPAN_EMPTY),
                     ADIT_ERR_PROTOCOL);
    assert_int_equal(request_as(&w, "user", "", "none", ADIT_SPAN_EMPTY), ADIT_ERR_PROTOCOL);
    assert_int_equal(request_as(&w, "user", "ssh-connection", "none", ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(request_as(&w, "user2", "ssh-connection", "none", ADIT_SPAN_EMPTY),
                     ADIT_ERR_PROTOCOL);
    assert_int_equal(request_as(&w, "use", "ssh-connection", "none", ADIT_SPAN_EMPTY),
                     ADIT_ERR_PROTOCOL);
    assert_int_equal(request_as(&w, "", "ssh-connection", "none", ADIT_SPAN_EMPTY),
                     ADIT_ERR_PROTOCOL);
    assert_int_equal(request_as(&w, "user", "ssh-connection", "none", ADIT_SPAN_EMPTY), ADIT_OK);
    world_clear(&w);
    world_init(&w); /* an empty name is a name too, and is remembered */
    assert_int_equal(request_as(&w, "", "ssh-connection", "none", ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(request_as(&w, "user", "ssh-connection", "none", ADIT_SPAN_EMPTY),
                     ADIT_ERR_PROTOCOL);
    world_clear(&w);
}

/* U5: as many as the settings say, and 128 requests of any kind. */
static void tries_and_requests_are_bounded(void **state)
{
    struct world w;
    enum adit_err err = ADIT_OK;

    (void)state;
    world_init(&w);
    for (unsigned i = 1; i < TRIES_MAX; i++)
        assert_int_equal(request(&w, "x", ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(request(&w, "x", ADIT_SPAN_EMPTY), ADIT_ERR_AUTH);
    world_clear(&w);

    world_init(&w);
    for (unsigned i = 0; i < 128; i++) {
        err = key_request(&w, w.key, "ssh-ed25519", NULL, ADIT_SPAN_EMPTY);
        assert_int_equal(err, ADIT_OK);
        (void)assert_told(&w.end, ADIT_EVENT_AUTH_REQUEST);
        assert_int_equal(adit_auth_server_verdict(&w.server, ADIT_VERDICT_YES, NULL), ADIT_OK);
    }
    assert_int_equal(w.server.failures, 0); /* a probe that is welcome costs no try */
    assert_int_equal(key_request(&w, w.key, "ssh-ed25519", NULL, ADIT_SPAN_EMPTY), ADIT_ERR_AUTH);
    world_clear(&w);
}

/* U7: passed over, whatever it says. */
static void requests_after_the_login_are_not_even_read(void **state)
{
    static const uint8_t broken[] = { SSH_MSG_USERAUTH_REQUEST, 0xff };
    struct world w;

    (void)state;
    world_init(&w);
    w.server.authenticated = true;
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(say(&w, adit_span_of(broken, sizeof broken)), ADIT_OK);
    assert_nothing_sent(&w.end);
    assert_nothing_told(&w.end);
    world_clear(&w);
}

static void a_request_is_cut_anywhere_and_never_asked(void **state)
{
    static const uint8_t golden[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connection"
                                    "\x00\x00\x00\x08password\x00\x00\x00\x00\x06secret";
    const size_t len = sizeof golden - 1;

    (void)state;
    for (size_t cut = 1; cut <= len; cut++) {
        struct world w;

        world_init(&w);
        assert_int_equal(say(&w, adit_span_of(golden, cut)),
                         cut < len ? ADIT_ERR_MALFORMED : ADIT_OK);
        assert_int_equal(w.server.pending, cut == len);
        assert_nothing_sent(&w.end);
        world_clear(&w);
    }
}

/* T49; the banner goes with it, once. */
static void the_login_is_the_one_service(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum adit_err wanted;
    } cases[] = {
#define MESSAGE(literal) (literal), sizeof(literal) - 1
        { MESSAGE("\x05\x00\x00\x00\x0cssh-userauth"), ADIT_OK },
        { MESSAGE("\x05\x00\x00\x00\x0essh-connection"), ADIT_ERR_PROTOCOL },
        { MESSAGE("\x05\x00\x00\x00\x0bssh-useraut"), ADIT_ERR_PROTOCOL },
        { MESSAGE("\x05\x00\x00\x00\x00"), ADIT_ERR_PROTOCOL },
        { MESSAGE("\x05\x00\x00\x00\x0cssh-userauthx"), ADIT_ERR_MALFORMED },
        { MESSAGE("\x05\x00\x00\x00\x0dssh-userauth"), ADIT_ERR_MALFORMED },
        { MESSAGE("\x05\x00\x00\x00"), ADIT_ERR_MALFORMED },
#undef MESSAGE
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int has_banner = 0; has_banner < 2; has_banner++) {
            const struct adit_span copy = exact_copy(cases[i].bytes, cases[i].len);
            struct world w;

            world_init(&w);
            w.server.banner = has_banner ? "welcome" : NULL;
            assert_int_equal(adit_auth_server_handle_service_request(&w.server, copy),
                             cases[i].wanted);
            assert_int_equal(w.server.service_accepted, cases[i].wanted == ADIT_OK);
            if (cases[i].wanted == ADIT_OK) {
                (void)assert_sent(&w.end, SSH_MSG_SERVICE_ACCEPT);
                if (has_banner)
                    (void)assert_sent(&w.end, SSH_MSG_USERAUTH_BANNER);
            }
            assert_nothing_sent(&w.end);
            world_clear(&w);
            exact_free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failure_lists_what_is_offered),
        cmocka_unit_test(none_is_never_enough),
        cmocka_unit_test(methods_that_are_none_are_refused_and_count),
        cmocka_unit_test(keys_are_put_to_the_driver_when_all_fits),
        cmocka_unit_test(passwords_are_put_to_the_driver_when_they_make_sense),
        cmocka_unit_test(a_verdict_is_told_as_the_request_wants),
        cmocka_unit_test(pk_ok_gives_the_last_probe_back),
        cmocka_unit_test(user_and_service_stay_the_same),
        cmocka_unit_test(tries_and_requests_are_bounded),
        cmocka_unit_test(requests_after_the_login_are_not_even_read),
        cmocka_unit_test(a_request_is_cut_anywhere_and_never_asked),
        cmocka_unit_test(the_login_is_the_one_service),
        cmocka_unit_test(a_login_is_bound_to_the_host_key_that_was_shown),
        cmocka_unit_test(nobody_is_bound_to_no_host_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
