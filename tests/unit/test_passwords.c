/* SPDX-License-Identifier: BSD-2-Clause */
#include "passwords.h"

#include "exact.h"

#include <crypt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

char *__real_crypt_rn(const char *phrase, const char *setting, void *data, int size);
char *__wrap_crypt_rn(const char *phrase, const char *setting, void *data, int size);

static unsigned hashes_made;
static char last_made[512];

/* The linker sends crypt_rn() here (--wrap): what is counted is what took its time. */
char *__wrap_crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
    char *made = __real_crypt_rn(phrase, setting, data, size);

    if (made && made[0] != '*') {
        hashes_made++;
        (void)snprintf(last_made, sizeof last_made, "%s", made);
    }
    return made;
}

static char folder[64];
static char path[96];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/adit-passwords-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/passwords", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

/* A line with a cheap hash: by the method that `prefix` names. */
static void add_line(char *text, size_t size, const char *user, const char *prefix, unsigned cost,
                     const char *password)
{
    struct crypt_data *data = calloc(1, sizeof *data);
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    const char *hash;
    const size_t at = strlen(text);

    assert_non_null(data);
    assert_non_null(crypt_gensalt_rn(prefix, cost, NULL, 0, setting, (int)sizeof setting));
    hash = crypt_rn(password, setting, data, (int)sizeof *data);
    assert_non_null(hash);
    (void)snprintf(text + at, size - at, "%s:%s\n", user, hash);
    free(data);
}

static bool good(const char *user, const char *password)
{
    const struct adit_span copy = exact_copy(password, strlen(password));
    char why[256];
    const bool answer = adit_password_good(path, false, user, copy, why, sizeof why);

    exact_free(copy);
    return answer;
}

static void each_method_of_crypt_is_known(void **state)
{
    static const struct {
        const char *user;
        const char *prefix;
        unsigned cost;
    } users[] = { { "yes", "$y$", 1 }, { "blow", "$2b$", 4 }, { "sha", "$6$", 1000 } };
    char text[1024] = "# users of the gateway\n\nno colon here\n";

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(users); i++)
        add_line(text, sizeof text, users[i].user, users[i].prefix, users[i].cost, "open sesame");
    write_file(text);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(users); i++) {
        assert_true(good(users[i].user, "open sesame"));
        assert_false(good(users[i].user, "open sesam"));
        assert_false(good(users[i].user, "open sesame "));
    }
    assert_false(good("nobody", "open sesame"));
    assert_false(good("", "open sesame"));
    assert_false(good("# users of the gateway", ""));
}

static void what_is_no_password_opens_nothing(void **state)
{
    char text[1024] = "";
    char long_password[600];
    struct adit_span nul;
    char why[256];

    (void)state;
    add_line(text, sizeof text, "empty", "$6$", 1000, "");
    (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                   "locked:!\nstar:*\nnothing:\nplain:secret\n");
    write_file(text);
    assert_false(good("empty", ""));
    assert_false(good("locked", "!"));
    assert_false(good("star", "*"));
    assert_false(good("star", "*0"));
    assert_false(good("nothing", ""));
    assert_false(good("nothing", "x"));
    assert_false(good("plain", "secret"));
    memset(long_password, 'x', sizeof long_password - 1);
    long_password[sizeof long_password - 1] = '\0';
    assert_false(good("empty", long_password));
    nul = exact_copy("\0x", 2);
    assert_false(adit_password_good(path, false, "empty", nul, why, sizeof why));
    exact_free(nul);
}

/*
 * U12: whoever asks, one hash is made; where the file has one, by its method and
 * at its cost.
 */
static void every_refusal_costs_one_hash(void **state)
{
    static const struct {
        const char *file, *made;
    } files[] = {
        { "locked:!\nknown:$6$rounds=1000$salt$x\nplain:x\n", "$6$rounds=1000$" },
        { "known:$2b$04$abcdefghijklmnopqrstuu\n", "$2b$04$" },
        { "known:$9$lamp$lamp\n", "$y$j9T$" }, /* crypt knows no such hash */
        { "known:$6$rounds=no\n", "$y$j9T$" },
        { "known:!\n", "$y$j9T$" },
        { "", "$y$j9T$" },
        { NULL, "$y$j9T$" },
    };
    static const struct adit_span passwords[] = { { (const uint8_t *)"wrong", 5 },
                                                  { (const uint8_t *)"", 0 },
                                                  { (const uint8_t *)"\0x", 2 } };
    static const char *const users[] = { "known", "unknown", "locked", "plain", "" };

    (void)state;
    for (size_t f = 0; f < ADIT_ARRAY_LEN(files); f++) {
        (void)unlink(path);
        if (files[f].file)
            write_file(files[f].file);
        for (size_t i = 0; i < ADIT_ARRAY_LEN(users) * ADIT_ARRAY_LEN(passwords); i++) {
            const char *user = users[i / ADIT_ARRAY_LEN(passwords)];
            char why[256];

            hashes_made = 0;
            assert_false(adit_password_good(
                path, false, user, passwords[i % ADIT_ARRAY_LEN(passwords)], why, sizeof why));
            assert_int_equal(hashes_made, 1);
            if (strncmp(last_made, files[f].made, strlen(files[f].made)) != 0)
                fail_msg("file %zu, \"%s\": %s", f, user, last_made);
        }
    }
}

static void the_log_learns_what_is_wrong_with_the_file(void **state)
{
    const struct adit_span password = adit_span_text("x");
    char why[256];

    (void)state;
    assert_false(
        adit_password_good("/nonexistent/passwords", false, "u", password, why, sizeof why));
    assert_string_equal(why, "/nonexistent/passwords does not exist");
    write_file("u:x\n");
    assert_int_equal(chmod(path, 0622), 0);
    assert_false(adit_password_good(path, true, "u", password, why, sizeof why));
    assert_true(why[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_method_of_crypt_is_known),
        cmocka_unit_test(what_is_no_password_opens_nothing),
        cmocka_unit_test(every_refusal_costs_one_hash),
        cmocka_unit_test(the_log_learns_what_is_wrong_with_the_file),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
