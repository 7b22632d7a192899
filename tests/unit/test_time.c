/* SPDX-License-Identifier: BSD-2-Clause */
/* Deadlines to the millisecond: a session is put into each state by hand, and time is told. */
#include "session/session.h"

#include "exact.h"

enum {
    BORN_MS = 5000,
    GRACE_MS = 120 * 1000,
    KEX_MS = 60 * 1000,
    ALIVE_MS = 15 * 1000,
    HOUR_MS = 3600 * 1000,
};

struct world {
    struct adit_buffers *buffers;
    struct adit_key *key;
    struct adit_session *session;
};

static void world_init(struct world *w, enum adit_role role)
{
    struct adit_session_settings settings = {
        .role = role,
        .user = "user",
        .login_grace_ms = GRACE_MS,
        .kex_timeout_ms = KEX_MS,
        .alive_interval_ms = ALIVE_MS,
        .alive_count_max = 3,
    };

    memset(w, 0, sizeof *w);
    assert_int_equal(adit_buffers_new(&w->buffers), ADIT_OK);
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &w->key), ADIT_OK);
    settings.host_keys = (const struct adit_key *const *)&w->key;
    settings.host_key_count = 1;
    assert_int_equal(adit_session_new(&settings, w->buffers, BORN_MS, &w->session), ADIT_OK);
}

/* As after a login: an exchange is done, and its keys are there. */
static void world_log_in(struct world *w)
{
    static const uint8_t key[64] = { 1 };
    const struct adit_cipher_algorithm *algorithm =
        adit_cipher_find(adit_span_text("aes128-gcm@openssh.com"));
    struct adit_cipher *cipher;

    assert_int_equal(adit_cipher_new(algorithm, NULL, true, key, key, NULL, &cipher), ADIT_OK);
    adit_direction_switch(&w->session->transport.out, cipher, true);
    w->session->transport.kex.step = ADIT_KEX_IDLE;
    w->session->transport.kex.first_done = true;
    w->session->transport.kex.done_ms = BORN_MS;
    w->session->authenticated = true;
    adit_session_output_sent(w->session, adit_session_output_size(w->session));
}

static void world_clear(struct world *w)
{
    adit_session_free(w->session);
    adit_key_free(w->key);
    adit_buffers_free(w->buffers);
}

/* Nothing happens before this, and at it the session ends or not. */
static void expect_due(struct world *w, uint64_t due_ms, enum adit_err wanted)
{
    assert_int_equal(adit_session_deadline(w->session), due_ms);
    adit_session_advance(w->session, due_ms - 1);
    assert_int_equal(adit_session_error(w->session), ADIT_OK);
    assert_int_equal(adit_session_deadline(w->session), due_ms);
    adit_session_advance(w->session, due_ms);
    assert_int_equal(adit_session_error(w->session), wanted);
}

static void the_exchange_is_due_in_its_time(void **state)
{
    static const enum adit_kex_step steps[] = { ADIT_KEX_OFFERED, ADIT_KEX_EXCHANGING,
                                                ADIT_KEX_SWITCHING };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(steps); i++)
        for (int logged_in = 0; logged_in < 2; logged_in++) {
            struct world w;

            world_init(&w, ADIT_SERVER);
            if (logged_in)
                world_log_in(&w);
            w.session->transport.kex.step = steps[i];
            expect_due(&w, BORN_MS + KEX_MS, ADIT_ERR_TIMEOUT);
            assert_int_equal(adit_session_deadline(w.session), UINT64_MAX); /* it is over */
            world_clear(&w);
        }
}

/* Somebody is asked whether the host key is right, and may take his time. */
static void a_question_about_the_host_key_has_no_deadline(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    w.session->transport.kex.step = ADIT_KEX_KEY_UNJUDGED;
    assert_int_equal(adit_session_deadline(w.session), UINT64_MAX);
    adit_session_advance(w.session, BORN_MS + 100 * (uint64_t)HOUR_MS);
    assert_int_equal(adit_session_error(w.session), ADIT_OK);
    world_clear(&w);
}

/* U5: the server's, until the login; a client waits for its user. */
static void the_login_is_due_at_the_server(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    w.session->transport.kex.step = ADIT_KEX_IDLE;
    expect_due(&w, BORN_MS + GRACE_MS, ADIT_ERR_TIMEOUT);
    world_clear(&w);

    world_init(&w, ADIT_CLIENT);
    w.session->transport.kex.step = ADIT_KEX_IDLE;
    assert_int_equal(adit_session_deadline(w.session), UINT64_MAX);
    world_clear(&w);

    world_init(&w, ADIT_SERVER); /* what comes first counts */
    w.session->login_grace_ms = KEX_MS - 1;
    expect_due(&w, BORN_MS + KEX_MS - 1, ADIT_ERR_TIMEOUT);
    world_clear(&w);
}

/* A silent peer is asked so many times, and given up when the last question's time is over. */
static void a_silent_peer_is_asked_and_given_up(void **state)
{
    struct world w;
    size_t size = 0;

    (void)state;
    world_init(&w, ADIT_SERVER);
    world_log_in(&w);
    for (unsigned asked = 1; asked <= 3; asked++) {
        expect_due(&w, BORN_MS + (uint64_t)asked * ALIVE_MS, ADIT_OK);
        assert_int_equal(w.session->connection.outgoing_count, asked);
        assert_true(adit_session_output_size(w.session) > size);
        size = adit_session_output_size(w.session);
    }
    expect_due(&w, BORN_MS + UINT64_C(4) * ALIVE_MS, ADIT_ERR_TIMEOUT);
    world_clear(&w);
}

static void whoever_was_heard_is_asked_later(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    world_log_in(&w);
    w.session->heard_ms = BORN_MS + 7000;
    assert_int_equal(adit_session_deadline(w.session), BORN_MS + 7000 + ALIVE_MS);
    w.session->asked_ms = BORN_MS + 9000;
    assert_int_equal(adit_session_deadline(w.session), BORN_MS + 9000 + ALIVE_MS);
    w.session->alive_interval_ms = 0; /* never */
    assert_int_equal(adit_session_deadline(w.session), BORN_MS + HOUR_MS);
    world_clear(&w);
}

/* A driver that does not read knows of its peer by other means, as long as there is one. */
static void who_was_heard_of_is_not_given_up(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    world_log_in(&w);
    for (unsigned asked = 1; asked <= 10; asked++) {
        expect_due(&w, BORN_MS + (uint64_t)asked * ALIVE_MS, ADIT_OK);
        assert_int_equal(w.session->connection.outgoing_count, asked);
        adit_session_heard(w.session, UINT64_MAX); /* what is yet to come is now */
    }
    adit_session_heard(w.session, w.session->heard_ms); /* no new sign */
    for (unsigned asked = 11; asked <= 13; asked++) {
        expect_due(&w, BORN_MS + (uint64_t)asked * ALIVE_MS, ADIT_OK);
        adit_session_heard(w.session, w.session->heard_ms - 1);
    }
    expect_due(&w, BORN_MS + UINT64_C(14) * ALIVE_MS, ADIT_ERR_TIMEOUT);
    world_clear(&w);
}

static void a_question_of_our_own_is_answered_so_too(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    world_log_in(&w);
    adit_session_ask_alive(w.session, 2000);
    adit_session_advance(w.session, BORN_MS + 1000);
    adit_session_heard(w.session, BORN_MS + 1);
    adit_session_advance(w.session, BORN_MS + 2000);
    assert_int_equal(adit_session_error(w.session), ADIT_OK);
    assert_int_equal(adit_session_deadline(w.session), BORN_MS + 1 + ALIVE_MS);
    assert_false(adit_session_is_exchanging(w.session));
    adit_session_rekey(w.session);
    assert_true(adit_session_is_exchanging(w.session));
    world_clear(&w);
}

static void a_sign_from_before_the_question_answers_nothing(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    world_log_in(&w);
    adit_session_advance(w.session, BORN_MS + 1000);
    adit_session_ask_alive(w.session, 2000);
    adit_session_heard(w.session, BORN_MS + 999);
    expect_due(&w, BORN_MS + 3000, ADIT_ERR_TIMEOUT);
    world_clear(&w);
}

/* T40: keys are an hour old; then an exchange runs, and no sign of life is asked for meanwhile. */
static void keys_grow_old(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    world_log_in(&w);
    w.session->alive_interval_ms = 0;
    expect_due(&w, BORN_MS + HOUR_MS, ADIT_OK);
    assert_int_equal(w.session->transport.kex.step, ADIT_KEX_OFFERED);
    assert_true(adit_session_output_size(w.session) > 0);
    w.session->alive_interval_ms = 1;
    expect_due(&w, BORN_MS + HOUR_MS + KEX_MS, ADIT_ERR_TIMEOUT);
    world_clear(&w);
}

/* T39 */
static void a_rekey_that_is_asked_for_waits_for_the_login(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_CLIENT);
    w.session->transport.kex.step = ADIT_KEX_IDLE;
    adit_session_rekey(w.session);
    assert_int_equal(w.session->transport.kex.step, ADIT_KEX_IDLE);
    world_log_in(&w);
    adit_session_rekey(w.session);
    assert_int_equal(w.session->transport.kex.step, ADIT_KEX_OFFERED);
    world_clear(&w);
}

/* "Never" is said by the largest value, and must not wrap to the past. */
static void the_largest_times_do_not_wrap(void **state)
{
    static const uint64_t largest[] = { UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - BORN_MS,
                                        UINT64_MAX - BORN_MS + 1 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(largest); i++) {
        const uint64_t sum = largest[i] > UINT64_MAX - BORN_MS ? UINT64_MAX : largest[i] + BORN_MS;
        struct world w;

        world_init(&w, ADIT_SERVER);
        w.session->transport.kex.step = ADIT_KEX_IDLE;
        w.session->login_grace_ms = largest[i];
        assert_int_equal(adit_session_deadline(w.session), sum);
        world_log_in(&w);
        w.session->alive_interval_ms = largest[i];
        w.session->transport.rekey_ms = largest[i];
        assert_int_equal(adit_session_deadline(w.session), sum);
        adit_session_advance(w.session, BORN_MS + 100 * (uint64_t)HOUR_MS);
        assert_int_equal(adit_session_error(w.session), ADIT_OK);
        assert_int_equal(adit_session_output_size(w.session), 0);
        world_clear(&w);
    }
}

static void time_does_not_go_back(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, ADIT_SERVER);
    adit_session_advance(w.session, BORN_MS + 1000);
    adit_session_advance(w.session, 0);
    assert_int_equal(w.session->transport.now_ms, BORN_MS + 1000);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exchange_is_due_in_its_time),
        cmocka_unit_test(a_question_about_the_host_key_has_no_deadline),
        cmocka_unit_test(the_login_is_due_at_the_server),
        cmocka_unit_test(a_silent_peer_is_asked_and_given_up),
        cmocka_unit_test(whoever_was_heard_is_asked_later),
        cmocka_unit_test(who_was_heard_of_is_not_given_up),
        cmocka_unit_test(a_question_of_our_own_is_answered_so_too),
        cmocka_unit_test(a_sign_from_before_the_question_answers_nothing),
        cmocka_unit_test(keys_grow_old),
        cmocka_unit_test(a_rekey_that_is_asked_for_waits_for_the_login),
        cmocka_unit_test(the_largest_times_do_not_wrap),
        cmocka_unit_test(time_does_not_go_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
