/* SPDX-License-Identifier: BSD-2-Clause */
#include "adit/key.h"

#include "exact.h"
#include "key_texts.h"

#include "keys/authorized_keys.h"

static struct adit_key *ed25519(void)
{
    struct adit_key *key = NULL;

    assert_int_equal(adit_key_read_public(adit_span_text(key_ed25519_pub), &key), ADIT_OK);
    return key;
}

static enum adit_err write_line(const struct adit_key_permits *permits, const char *comment,
                                char **text, char why[ADIT_KEY_PERMITS_WHY_SIZE])
{
    struct adit_key *key = ed25519();
    const enum adit_err err = adit_key_write_authorized(key, permits, comment, text, why);

    assert_int_equal(*text != NULL, err == ADIT_OK);
    assert_int_equal(why[0] != '\0', err == ADIT_ERR_FORMAT || err == ADIT_ERR_LIMIT);
    adit_key_free(key);
    return err;
}

static void the_gateway_obeys_the_line(void **state)
{
    static const char *const listen[] = { "23432", "localhost:8080", "*" };
    static const char *const open[] = { "db:3306", "[::1]:*", "*:5432" };
    const struct adit_key_permits permits = {
        .listen = listen,
        .listen_count = 3,
        .open = open,
        .open_count = 3,
        .from = "10.0.0.0/8,!10.1.2.3,fd00::/8",
        .expires = "20270131",
    };
    struct adit_authorized_complaint complaint;
    struct adit_key *key = ed25519();
    struct adit_key_options options;
    struct adit_authorized_text lines;
    char why[ADIT_KEY_PERMITS_WHY_SIZE];
    size_t complaints;
    char *text = NULL;

    (void)state;
    assert_int_equal(write_line(&permits, "me at home", &text, why), ADIT_OK);
    lines = adit_authorized_text_begin(adit_span_text(text));
    assert_int_equal(
        adit_authorized_keys_find(&lines, adit_key_blob(key), &options, &complaint, 1, &complaints),
        ADIT_OK);
    assert_int_equal(complaints, 0);
    assert_true(options.port_forwarding);
    assert_int_equal(options.permitlisten_count, 3);
    assert_int_equal(options.permitlisten[0].port, 23432);
    assert_null(options.permitlisten[0].host);
    assert_string_equal(options.permitlisten[1].host, "localhost");
    assert_int_equal(options.permitopen_count, 3);
    assert_string_equal(options.permitopen[0].host, "db");
    assert_int_equal(options.permitopen[0].port, 3306);
    assert_string_equal(options.permitopen[1].host, "::1");
    assert_string_equal(options.from, permits.from);
    assert_int_equal(options.expiry_time, 1801353600);
    assert_string_equal(options.comment, "me at home");
    adit_key_options_clear(&options);
    adit_key_text_free(text);
    adit_key_free(key);
}

static void the_line_takes_all_but_forwarding_from_the_key(void **state)
{
    const struct adit_key_permits none = { .listen = NULL };
    char why[ADIT_KEY_PERMITS_WHY_SIZE];
    char *text = NULL;

    (void)state;
    assert_int_equal(write_line(&none, NULL, &text, why), ADIT_OK);
    assert_memory_equal(text, "restrict,port-forwarding ssh-ed25519 AAAA", 41);
    assert_string_equal(strrchr(text, '\n'), "\n");
    assert_non_null(strstr(text, " ed25519 test key\n"));
    adit_key_text_free(text);
    assert_int_equal(write_line(&none, "one\ntwo", &text, why), ADIT_OK);
    assert_non_null(strstr(text, " one\n"));
    assert_null(strstr(text, "two"));
    adit_key_text_free(text);
}

static void what_nobody_would_obey_is_not_written(void **state)
{
    static const struct {
        const char *listen, *open, *from, *expires, *why;
    } cases[] = {
        { "x", NULL, NULL, NULL, "an option with a bad value: permitlisten \"x\"" },
        { "0", NULL, NULL, NULL, NULL },
        { "65536", NULL, NULL, NULL, NULL },
        { "", NULL, NULL, NULL, NULL },
        { NULL, "db", NULL, NULL, "an option with a bad value: permitopen \"db\"" },
        { NULL, "db:", NULL, NULL, NULL },
        { NULL, "::1:22", NULL, NULL, NULL },
        { NULL, "a\",permitopen=\"*:*", NULL, NULL,
          "a blank, a quote or a backslash in the value of permitopen \"a\",permitopen=\"*:*\"" },
        { NULL, "a\\:1", NULL, NULL, NULL },
        { NULL, "a:1\nssh-rsa", NULL, NULL, NULL },
        { NULL, "a b:1", NULL, NULL, NULL },
        { NULL, NULL, "10.0.0.0/33", NULL, NULL },
        { NULL, NULL, "", NULL, NULL },
        { NULL, NULL, NULL, "tomorrow", NULL },
        { NULL, NULL, NULL, "20270231", NULL },
        { NULL, NULL, NULL, "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const struct adit_key_permits permits = {
            .listen = &cases[i].listen,
            .listen_count = cases[i].listen != NULL,
            .open = &cases[i].open,
            .open_count = cases[i].open != NULL,
            .from = cases[i].from,
            .expires = cases[i].expires,
        };
        char why[ADIT_KEY_PERMITS_WHY_SIZE];
        char *text = NULL;

        assert_int_equal(write_line(&permits, NULL, &text, why), ADIT_ERR_FORMAT);
        if (cases[i].why)
            assert_string_equal(why, cases[i].why);
    }
}

static void a_line_has_its_limits(void **state)
{
    const char *listen[65];
    struct adit_key_permits permits = { .listen = listen, .listen_count = 65 };
    char why[ADIT_KEY_PERMITS_WHY_SIZE];
    char *text = NULL;
    static char from[8192];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(listen); i++)
        listen[i] = "22";
    assert_int_equal(write_line(&permits, NULL, &text, why), ADIT_ERR_FORMAT);
    permits.listen_count = 64;
    assert_int_equal(write_line(&permits, NULL, &text, why), ADIT_OK);
    adit_key_text_free(text);
    memset(from, 'x', sizeof from - 1);
    permits.from = from;
    assert_int_equal(write_line(&permits, NULL, &text, why), ADIT_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gateway_obeys_the_line),
        cmocka_unit_test(the_line_takes_all_but_forwarding_from_the_key),
        cmocka_unit_test(what_nobody_would_obey_is_not_written),
        cmocka_unit_test(a_line_has_its_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
