/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 4252, the client's side: every answer, in every state of the try that is outstanding. */
#include "auth/auth_client.h"

#include "keys/key.h"
#include "one_end.h"
#include "transport/kex_steps.h"
#include "wire/auth_messages.h"

struct world {
    struct one_end end;
    struct adit_auth_client client;
    struct adit_key *key;
};

static void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    one_end_init(&w->end, ADIT_CLIENT, &protections[1]);
    w->client.transport = &w->end.transport;
    w->client.user = "user";
    w->client.accepted = "ssh-ed25519,rsa-sha2-512,rsa-sha2-256";
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->key), ADIT_OK);
}

static void world_clear(struct world *w)
{
    adit_key_free(w->key);
    adit_auth_client_clear(&w->client);
    one_end_clear(&w->end);
}

typedef enum adit_err (*handler)(struct adit_auth_client *, struct adit_span);

static enum adit_err say(struct world *w, handler handle, const void *bytes, size_t len)
{
    const struct adit_span copy = exact_copy(bytes, len);
    const enum adit_err err = handle(&w->client, copy);

    exact_free(copy);
    return err;
}

#define SERVICE_ACCEPT "\x06\x00\x00\x00\x0cssh-userauth"
#define FAILURE        "\x33\x00\x00\x00\x12publickey,password\x00"
#define PARTIAL        "\x33\x00\x00\x00\x08password\x01"
#define SUCCESS        "\x34"
#define BANNER         "\x35\x00\x00\x00\x02hi\x00\x00\x00\x00"
#define CHANGEREQ      "\x3c\x00\x00\x00\x03new\x00\x00\x00\x00"
/* clang-format off */
#define SAY(w, handle, literal) say((w), (handle), (literal), sizeof(literal) - 1)
/* clang-format on */

/* Reads what start sends, and has the service accepted. */
static void start(struct world *w)
{
    assert_int_equal(adit_auth_client_start(&w->client), ADIT_OK);
    (void)assert_sent(&w->end, SSH_MSG_SERVICE_REQUEST);
    (void)assert_sent(&w->end, SSH_MSG_USERAUTH_REQUEST);
    assert_nothing_sent(&w->end);
    assert_int_equal(SAY(w, adit_auth_client_handle_service_accept, SERVICE_ACCEPT), ADIT_OK);
}

/* A try with a key's own blob, as a probe or signed. */
static enum adit_err try_key(struct world *w, const struct adit_key *key, bool probe)
{
    return probe ? adit_auth_client_probe(&w->client, adit_key_blob(key))
                 : adit_auth_client_try_key(&w->client, key, adit_key_blob(key));
}

/* With this try outstanding; NOTHING: the driver is asked. */
static void start_try(struct world *w, enum adit_auth_try try)
{
    start(w);
    if (try == ADIT_TRY_NONE)
        return;
    assert_int_equal(SAY(w, adit_auth_client_handle_failure, FAILURE), ADIT_OK);
    (void)assert_told(&w->end, ADIT_EVENT_AUTH_NEEDED);
    if (try == ADIT_TRY_NOTHING)
        return;
    if (try == ADIT_TRY_PASSWORD)
        assert_int_equal(adit_auth_client_try_password(&w->client, "secret"), ADIT_OK);
    else
        assert_int_equal(try_key(w, w->key, try == ADIT_TRY_PROBE), ADIT_OK);
    (void)assert_sent(&w->end, SSH_MSG_USERAUTH_REQUEST);
    assert_int_equal(w->client.outstanding, try);
}

static void pk_ok_for(const struct adit_key *key, const char *algorithm, struct adit_buffer *out)
{
    const struct adit_msg_userauth_pk_ok msg = { adit_span_text(algorithm), adit_key_blob(key) };
    struct adit_writer w = adit_writer_init(out);

    adit_write_userauth_pk_ok(&w, &msg);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
}

/* U17, U19: an answer is to the try that is outstanding, or it ends the session. */
static void answers_fit_the_try_or_end_the_session(void **state)
{
    static const struct {
        const char *what;
        handler handle;
        const char *bytes;
        size_t len;
        /* by the try: nothing, none, probe, publickey, password */
        enum adit_err wanted[5];
    } cases[] = {
#define P                ADIT_ERR_PROTOCOL
#define A                ADIT_ERR_AUTH
#define MESSAGE(literal) (literal), sizeof(literal) - 1
        { "FAILURE", adit_auth_client_handle_failure, MESSAGE(FAILURE), { P, 0, 0, 0, 0 } },
        { "partial", adit_auth_client_handle_failure, MESSAGE(PARTIAL), { P, 0, 0, 0, 0 } },
        { "SUCCESS", adit_auth_client_handle_success, MESSAGE(SUCCESS), { P, 0, P, 0, 0 } },
        { "BANNER", adit_auth_client_handle_banner, MESSAGE(BANNER), { 0, 0, 0, 0, 0 } },
        { "CHANGEREQ", adit_auth_client_handle_method, MESSAGE(CHANGEREQ), { P, P, P, P, A } },
        { "61", adit_auth_client_handle_method, MESSAGE("\x3d"), { P, P, P, P, P } },
        { "79", adit_auth_client_handle_method, MESSAGE("\x4f"), { P, P, P, P, P } },
        { "SERVICE_ACCEPT",
          adit_auth_client_handle_service_accept,
          MESSAGE(SERVICE_ACCEPT),
          { P, P, P, P, P } },
#undef MESSAGE
#undef A
#undef P
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int try = ADIT_TRY_NOTHING; try <= ADIT_TRY_PASSWORD; try++) {
            enum adit_err wanted = cases[i].wanted[try];
            struct world w;
            enum adit_err err;

            world_init(&w);
            start_try(&w, (enum adit_auth_try)try);
            err = say(&w, cases[i].handle, cases[i].bytes, cases[i].len);
            if (try == ADIT_TRY_PROBE && cases[i].handle == adit_auth_client_handle_method &&
                cases[i].bytes[0] == SSH_MSG_USERAUTH_PK_OK)
                wanted = err == ADIT_ERR_MALFORMED ? err : wanted; /* 60 is PK_OK there */
            if (err != wanted)
                fail_msg("%s with try %d: %s", cases[i].what, try, adit_err_text(err));
            world_clear(&w);
        }
}

/* All of them come after SERVICE_ACCEPT (U3). */
static void nothing_is_an_answer_before_the_service_was_accepted(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_auth_client_start(&w.client), ADIT_OK);
    assert_int_equal(SAY(&w, adit_auth_client_handle_failure, FAILURE), ADIT_ERR_PROTOCOL);
    assert_int_equal(SAY(&w, adit_auth_client_handle_success, SUCCESS), ADIT_ERR_PROTOCOL);
    assert_int_equal(
        SAY(&w, adit_auth_client_handle_service_accept, "\x06\x00\x00\x00\x0essh-connection"),
        ADIT_ERR_PROTOCOL);
    assert_nothing_told(&w.end);
    world_clear(&w);
}

static void every_answer_is_cut_anywhere_and_refused(void **state)
{
    static const struct {
        handler handle;
        const char *bytes;
        size_t len;
    } cases[] = {
        { adit_auth_client_handle_failure, FAILURE, sizeof FAILURE - 1 },
        { adit_auth_client_handle_banner, BANNER, sizeof BANNER - 1 },
        { adit_auth_client_handle_service_accept, SERVICE_ACCEPT, sizeof SERVICE_ACCEPT - 1 },
    };
    struct adit_buffer pk_ok = adit_buffer_init(1024);
    struct world w;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (size_t cut = 1; cut < cases[i].len; cut++) {
            world_init(&w);
            start_try(&w, ADIT_TRY_PUBLICKEY);
            assert_int_equal(say(&w, cases[i].handle, cases[i].bytes, cut), ADIT_ERR_MALFORMED);
            assert_nothing_told(&w.end);
            world_clear(&w);
        }
    world_init(&w);
    start_try(&w, ADIT_TRY_PROBE);
    pk_ok_for(w.key, "ssh-ed25519", &pk_ok);
    for (size_t cut = 1; cut < pk_ok.len; cut++)
        assert_int_equal(say(&w, adit_auth_client_handle_method, pk_ok.data, cut),
                         ADIT_ERR_MALFORMED);
    assert_int_equal(SAY(&w, adit_auth_client_handle_success, SUCCESS "x"), ADIT_ERR_MALFORMED);
    assert_nothing_told(&w.end);
    world_clear(&w);
    adit_buffer_clear(&pk_ok);
}

/* U8: PK_OK is for the key and the algorithm that were asked about. */
static void a_probe_is_answered_for_its_own_key(void **state)
{
    static const char *const algorithms[] = { "ssh-ed25519", "rsa-sha2-512", "ssh-ed2551",
                                              "ssh-ed25519x", "" };
    struct adit_key *other;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &other), ADIT_OK);
    for (int is_other = 0; is_other < 2; is_other++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(algorithms); i++) {
            const bool good = !is_other && i == 0;
            struct adit_buffer pk_ok = adit_buffer_init(1024);
            struct world w;

            world_init(&w);
            start_try(&w, ADIT_TRY_PROBE);
            pk_ok_for(is_other ? other : w.key, algorithms[i], &pk_ok);
            assert_int_equal(say(&w, adit_auth_client_handle_method, pk_ok.data, pk_ok.len),
                             good ? ADIT_OK : ADIT_ERR_PROTOCOL);
            if (good) {
                (void)assert_told(&w.end, ADIT_EVENT_AUTH_KEY_ACCEPTED);
                assert_int_equal(try_key(&w, w.key, false), ADIT_OK);
                assert_int_equal(say(&w, adit_auth_client_handle_method, pk_ok.data, pk_ok.len),
                                 ADIT_ERR_PROTOCOL); /* no probe runs now */
            }
            assert_nothing_told(&w.end);
            world_clear(&w);
            adit_buffer_clear(&pk_ok);
        }
    adit_key_free(other);
}

/* One at a time, and only when the server waits for one. */
static void a_try_needs_the_servers_question(void **state)
{
    (void)state;
    for (int try = ADIT_TRY_NONE; try <= ADIT_TRY_PASSWORD; try++) {
        struct world w;

        world_init(&w);
        assert_int_equal(try_key(&w, w.key, true), ADIT_ERR_USAGE);
        start_try(&w, (enum adit_auth_try)try);
        assert_int_equal(try_key(&w, w.key, true), ADIT_ERR_USAGE);
        assert_int_equal(try_key(&w, w.key, false), ADIT_ERR_USAGE);
        assert_int_equal(adit_auth_client_try_password(&w.client, "secret"), ADIT_ERR_USAGE);
        assert_nothing_sent(&w.end);
        assert_int_equal(SAY(&w, adit_auth_client_handle_failure, PARTIAL), ADIT_OK);
        assert_true(assert_told(&w.end, ADIT_EVENT_AUTH_NEEDED).auth_needed.partial_success);
        assert_int_equal(adit_auth_client_try_password(&w.client, "secret"), ADIT_OK);
        (void)assert_sent(&w.end, SSH_MSG_USERAUTH_REQUEST);
        world_clear(&w);
    }
}

static void requests_are_written_as_the_rfc_draws_them(void **state)
{
    static const char none[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connection"
                               "\x00\x00\x00\x04none";
    static const char password[] = "\x32\x00\x00\x00\x04user\x00\x00\x00\x0essh-connection"
                                   "\x00\x00\x00\x08password\x00\x00\x00\x00\x06secret";
    struct adit_msg_userauth_request request;
    struct adit_userauth_publickey fields;
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_auth_client_start(&w.client), ADIT_OK);
    (void)assert_sent(&w.end, SSH_MSG_SERVICE_REQUEST);
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(none, sizeof none - 1)));
    world_clear(&w);

    world_init(&w);
    start_try(&w, ADIT_TRY_NOTHING);
    assert_int_equal(adit_auth_client_try_password(&w.client, "secret"), ADIT_OK);
    assert_true(adit_span_equal(one_end_sent(&w.end), adit_span_of(password, sizeof password - 1)));
    assert_false(w.end.buffers->scratch.secret); /* and its memory was given back, wiped */
    assert_null(w.end.buffers->scratch.data);
    world_clear(&w);

    for (int probe = 0; probe < 2; probe++) {
        world_init(&w);
        start_try(&w, ADIT_TRY_NOTHING);
        assert_int_equal(try_key(&w, w.key, probe), ADIT_OK);
        assert_int_equal(
            adit_parse_userauth_request(assert_sent(&w.end, SSH_MSG_USERAUTH_REQUEST), &request),
            ADIT_OK);
        assert_span_is(request.method_name, "publickey");
        assert_int_equal(adit_parse_userauth_publickey(request.method_data, &fields), ADIT_OK);
        assert_int_equal(fields.has_signature, !probe);
        assert_span_is(fields.algorithm, "ssh-ed25519");
        assert_true(adit_span_equal(fields.key_blob, adit_key_blob(w.key)));
        world_clear(&w);
    }
}

/* T35: of what both take, our first; `names` NULL: the server did not say. */
static void the_server_and_we_agree_on_how_a_key_signs(void **state)
{
    static const struct {
        const char *names;
        const char *wanted; /* NULL: the key cannot be used */
    } cases[] = {
        { NULL, "rsa-sha2-512" },
        { "rsa-sha2-256,rsa-sha2-512", "rsa-sha2-512" },
        { "rsa-sha2-256", "rsa-sha2-256" },
        { "no-such@x,rsa-sha2-256,ssh-rsa", "rsa-sha2-256" },
        { "ssh-rsa", NULL },
        { "ssh-ed25519", NULL },
        { "rsa-sha2-25", NULL },
        { "", NULL },
    };
    struct adit_key *key;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_RSA, 2048, "", &key), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;

        world_init(&w);
        start_try(&w, ADIT_TRY_NOTHING);
        if (cases[i].names) {
            /* A later value stands above an earlier one (T34). */
            assert_int_equal(adit_auth_client_sig_algs(&w.client, adit_span_text("ssh-dss")),
                             ADIT_OK);
            assert_int_equal(adit_auth_client_sig_algs(&w.client, adit_span_text(cases[i].names)),
                             ADIT_OK);
        }
        assert_int_equal(try_key(&w, key, true), cases[i].wanted ? ADIT_OK : ADIT_ERR_UNSUPPORTED);
        if (cases[i].wanted) {
            assert_string_equal(w.client.offered->name, cases[i].wanted);
        } else {
            assert_nothing_sent(&w.end);
            assert_true(w.client.asked); /* another key may still be tried */
        }
        world_clear(&w);
    }
    adit_key_free(key);
}

/* U10: a probe never is, for nothing is signed in it. */
static void a_signature_is_bound_to_the_host_key_where_the_server_knows_how(void **state)
{
    static const struct {
        bool server_takes;
        bool unbound;
        bool probe;
        bool bound;
    } cases[] = {
        { true, false, false, true },
        { true, false, true, false },
        { true, true, false, false },
        { false, false, false, false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_msg_userauth_request request;
        struct adit_userauth_publickey fields;
        struct world w;

        world_init(&w);
        assert_int_equal(adit_kex_keep(adit_span_text("the host"), &w.end.transport.kex.host_key,
                                       &w.end.transport.kex.host_key_len),
                         ADIT_OK);
        w.client.takes_host_bound = cases[i].server_takes;
        w.client.unbound = cases[i].unbound;
        start(&w);
        assert_int_equal(SAY(&w, adit_auth_client_handle_failure, FAILURE), ADIT_OK);
        assert_int_equal(try_key(&w, w.key, cases[i].probe), ADIT_OK);
        assert_int_equal(
            adit_parse_userauth_request(assert_sent(&w.end, SSH_MSG_USERAUTH_REQUEST), &request),
            ADIT_OK);
        assert_span_is(request.method_name,
                       cases[i].bound ? "publickey-hostbound-v00@openssh.com" : "publickey");
        if (cases[i].bound) {
            assert_int_equal(adit_parse_userauth_host_bound(request.method_data, &fields), ADIT_OK);
            assert_span_is(fields.host_key, "the host");
        } else {
            assert_int_equal(adit_parse_userauth_publickey(request.method_data, &fields), ADIT_OK);
        }
        assert_true(adit_span_equal(fields.key_blob, adit_key_blob(w.key)));
        assert_int_equal(fields.has_signature, !cases[i].probe);
        world_clear(&w);
    }
}

static void a_public_key_can_be_probed_and_cannot_sign(void **state)
{
    struct adit_key *public_key;
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_key_from_blob(adit_key_blob(w.key), &public_key), ADIT_OK);
    start_try(&w, ADIT_TRY_NOTHING);
    assert_int_equal(try_key(&w, public_key, false), ADIT_ERR_UNSUPPORTED);
    assert_nothing_sent(&w.end);
    assert_int_equal(try_key(&w, public_key, true), ADIT_OK);
    (void)assert_sent(&w.end, SSH_MSG_USERAUTH_REQUEST);
    adit_key_free(public_key);
    world_clear(&w);
}

/* U15, U18: 32 banners of 64 KiB, 64 refusals. */
static void banners_and_refusals_are_bounded(void **state)
{
    static uint8_t banner[1 + 4 + 64 * 1024 + 1 + 4] = { SSH_MSG_USERAUTH_BANNER };
    struct world w;

    (void)state;
    world_init(&w);
    start(&w);
    for (unsigned i = 0; i < 32; i++) {
        assert_int_equal(SAY(&w, adit_auth_client_handle_banner, BANNER), ADIT_OK);
        assert_int_equal(assert_told(&w.end, ADIT_EVENT_BANNER).text.len, 2);
    }
    assert_int_equal(SAY(&w, adit_auth_client_handle_banner, BANNER), ADIT_ERR_LIMIT);
    assert_nothing_told(&w.end);
    world_clear(&w);

    for (uint32_t over = 0; over < 2; over++) {
        world_init(&w);
        start(&w);
        adit_put_uint32(banner + 1, 64 * 1024 + over);
        assert_int_equal(say(&w, adit_auth_client_handle_banner, banner, sizeof banner - 1 + over),
                         over ? ADIT_ERR_LIMIT : ADIT_OK);
        world_clear(&w);
    }

    world_init(&w);
    start(&w);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(SAY(&w, adit_auth_client_handle_failure, FAILURE), ADIT_OK);
        assert_span_is(assert_told(&w.end, ADIT_EVENT_AUTH_NEEDED).auth_needed.can_continue,
                       "publickey,password");
        assert_int_equal(adit_auth_client_try_password(&w.client, "x"), ADIT_OK);
    }
    assert_int_equal(SAY(&w, adit_auth_client_handle_failure, FAILURE), ADIT_ERR_AUTH);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_fit_the_try_or_end_the_session),
        cmocka_unit_test(nothing_is_an_answer_before_the_service_was_accepted),
        cmocka_unit_test(every_answer_is_cut_anywhere_and_refused),
        cmocka_unit_test(a_probe_is_answered_for_its_own_key),
        cmocka_unit_test(a_try_needs_the_servers_question),
        cmocka_unit_test(requests_are_written_as_the_rfc_draws_them),
        cmocka_unit_test(the_server_and_we_agree_on_how_a_key_signs),
        cmocka_unit_test(a_signature_is_bound_to_the_host_key_where_the_server_knows_how),
        cmocka_unit_test(a_public_key_can_be_probed_and_cannot_sign),
        cmocka_unit_test(banners_and_refusals_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
