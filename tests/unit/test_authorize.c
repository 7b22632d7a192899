/* SPDX-License-Identifier: BSD-2-Clause */
#include "authorize.h"

#include "exact.h"
#include "keys/public_line.h"

#include "adit/key.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[64];
    struct adit_key *key;
    struct adit_key *other;
    char *line; /* "ssh-ed25519 AAAA… acme", without its newline */
};

static struct place place;

static int set_up(void **state)
{
    size_t len;

    (void)state;
    (void)snprintf(place.folder, sizeof place.folder, "/tmp/adit-authorize-XXXXXX");
    if (mkdtemp(place.folder) == NULL ||
        adit_key_generate(ADIT_KEY_ED25519, 0, "acme", &place.key) != ADIT_OK ||
        adit_key_generate(ADIT_KEY_ED25519, 0, "other", &place.other) != ADIT_OK ||
        adit_key_write_public(place.key, &place.line) != ADIT_OK)
        return -1;
    len = strlen(place.line);
    place.line[len - 1] = '\0';
    return 0;
}

static void file_path(char out[static 128], const char *name)
{
    (void)snprintf(out, 128, "%s/%s", place.folder, name);
}

static int tear_down(void **state)
{
    static const char *const names[] = { "tunnel", "100%", "second" };
    char path[128];

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        file_path(path, names[i]);
        (void)unlink(path);
    }
    adit_key_text_free(place.line);
    adit_key_free(place.key);
    adit_key_free(place.other);
    return rmdir(place.folder);
}

static void write_line(const char *name, const char *mode, const char *options)
{
    char path[128];
    FILE *f;

    file_path(path, name);
    f = fopen(path, mode);
    assert_non_null(f);
    assert_true(fprintf(f, "# keys\n%s%s%s\n", options, *options ? " " : "", place.line) > 0);
    assert_int_equal(fclose(f), 0);
}

/* The file `name` with the key's line behind these options. */
static void write_keys(const char *name, const char *options)
{
    write_line(name, "w", options);
}

static void add_keys(const char *name, const char *options)
{
    write_line(name, "a", options);
}

struct answer {
    bool good;
    struct adit_key_options options;
    char why[256];
};

/* `patterns` come behind the folder. */
static struct answer ask(const char *const patterns[2], const char *user, const char *address,
                         const struct adit_key *key)
{
    struct answer answer = { .good = false };
    char paths[2][128];
    const char *items[2] = { paths[0], paths[1] };
    const struct adit_config_list files = { items, patterns[1] ? 2 : 1 };
    const struct adit_key_question question = {
        .files = &files,
        .user = user,
        .address = address,
        .key_blob = adit_key_blob(key),
        .now = 1700000000,
    };

    for (size_t i = 0; i < files.count; i++)
        file_path(paths[i], patterns[i]);
    answer.good = adit_key_authorized(&question, &answer.options, answer.why, sizeof answer.why);
    return answer;
}

static const char *const by_user[2] = { "%u", NULL };

static void a_key_in_the_users_file_may_log_in_with_its_options(void **state)
{
    struct answer answer;

    (void)state;
    write_keys("tunnel", "permitopen=\"db:3306\"");
    answer = ask(by_user, "tunnel", "192.0.2.1", place.key);
    assert_true(answer.good);
    assert_string_equal(answer.options.comment, "acme");
    assert_int_equal(answer.options.permitopen_count, 1);
    adit_key_options_clear(&answer.options);

    answer = ask(by_user, "tunnel", "192.0.2.1", place.other);
    assert_false(answer.good);
    answer = ask(by_user, "stranger", "192.0.2.1", place.key);
    assert_false(answer.good);
    assert_string_equal(answer.why, "no line has this key");
}

static void from_and_expiry_time_are_judged_at_the_login(void **state)
{
    static const struct {
        const char *options;
        const char *address;
        bool good;
    } cases[] = {
        { "from=\"192.0.2.0/24\"", "192.0.2.7", true },
        { "from=\"192.0.2.0/24\"", "198.51.100.7", false },
        { "from=\"192.0.2.0/24,!192.0.2.7\"", "192.0.2.7", false },
        { "from=\"192.0.2.*\"", "UNKNOWN", false },
        { "expiry-time=\"20200101Z\"", "192.0.2.7", false },
        { "expiry-time=\"20400101Z\"", "192.0.2.7", true },
        { "no-such-option", "192.0.2.7", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct answer answer;

        write_keys("tunnel", cases[i].options);
        answer = ask(by_user, "tunnel", cases[i].address, place.key);
        if (answer.good != cases[i].good)
            fail_msg("case %zu: %s", i, answer.why);
        if (!answer.good)
            assert_true(answer.why[0] != '\0');
        adit_key_options_clear(&answer.options);
    }
}

/* U11: the options are those of the line that admits. */
static void a_line_that_refuses_hides_no_other(void **state)
{
    static const char *const two[2] = { "tunnel", "second" };
    static const struct {
        const char *lines[3];    /* of the first file */
        const char *second_file; /* its line */
        bool good;
        const char *why; /* the first reason */
        unsigned line;   /* of the file that admits: every other one is a remark */
    } cases[] = {
        { { "from=\"10.0.0.0/8\"", "" }, "restrict", true, "", 4 },
        { { "expiry-time=\"20200101Z\"", "" }, "restrict", true, "", 4 },
        { { "from=\"10.0.0.0/8\"", "no-such-option", "" }, "restrict", true, "", 6 },
        { { "", "from=\"10.0.0.0/8\"" }, "restrict", true, "", 2 },
        { { "from=\"10.0.0.0/8\"" }, "", true, "", 2 },
        { { "no-such-option" }, "", true, "", 2 },
        { { "expiry-time=\"20200101Z\"", "from=\"10.0.0.0/8\"", "no-such-option" },
          "from=\"10.0.0.0/8\"",
          false,
          "the key has expired",
          0 },
        { { "from=\"10.0.0.0/8\"" },
          "expiry-time=\"20200101Z\"",
          false,
          "from= of the key's line does not list 192.0.2.1",
          0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct answer answer;

        write_keys("tunnel", cases[i].lines[0]);
        for (size_t k = 1; k < 3 && cases[i].lines[k]; k++)
            add_keys("tunnel", cases[i].lines[k]);
        write_keys("second", cases[i].second_file);
        answer = ask(two, "tunnel", "192.0.2.1", place.key);
        if (answer.good != cases[i].good || answer.options.line != cases[i].line ||
            strcmp(answer.why, cases[i].why) != 0)
            fail_msg("case %zu: line %u, \"%s\"", i, answer.options.line, answer.why);
        adit_key_options_clear(&answer.options);
    }
}

static void files_are_read_in_turn_and_names_expanded(void **state)
{
    static const char *const two[2] = { "missing-%u", "second" };
    static const char *const percent[2] = { "100%%", NULL };
    static const char *const unknown[2] = { "%x", NULL };
    static const char *const no_home[2] = { "%h/keys", NULL };
    struct answer answer;

    (void)state;
    write_keys("second", "");
    answer = ask(two, "tunnel", "192.0.2.1", place.key);
    assert_true(answer.good);
    adit_key_options_clear(&answer.options);
    write_keys("100%", "");
    answer = ask(percent, "tunnel", "192.0.2.1", place.key);
    assert_true(answer.good);
    adit_key_options_clear(&answer.options);
    assert_false(ask(unknown, "tunnel", "192.0.2.1", place.key).good);
    assert_false(ask(no_home, "no-such-user-here", "192.0.2.1", place.key).good);
}

/* Good for the user "tunnel", for ever; and its authority. */
static const char certificate[] =
    "ssh-ed25519-cert-v01@openssh.com "
    "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIPrbvBrhBhLF6Bop6YY1JOdXo256/vwY"
    "qwth6MZ9d6AHAAAAIE67nMb6NWPJa6sWe7INCfX4SJRcrrjRysqJX6YoI52LAAAAAAAAAAAAAAABAAAAAmlk"
    "AAAACgAAAAZ0dW5uZWwAAAAAAAAAAP//////////AAAAAAAAAIIAAAAVcGVybWl0LVgxMS1mb3J3YXJkaW5n"
    "AAAAAAAAABdwZXJtaXQtYWdlbnQtZm9yd2FyZGluZwAAAAAAAAAWcGVybWl0LXBvcnQtZm9yd2FyZGluZwAA"
    "AAAAAAAKcGVybWl0LXB0eQAAAAAAAAAOcGVybWl0LXVzZXItcmMAAAAAAAAAAAAAADMAAAALc3NoLWVkMjU1"
    "MTkAAAAg0Zu1fZHhL42xCqaUfP8XBxqoE7s8t/VLFWNii2fKLggAAABTAAAAC3NzaC1lZDI1NTE5AAAAQJwc"
    "QfyGO0IQ6TFvh+ReuguxV9tZo4EZC0AkVu+J8IxzV7h1cxIes843+v999o9EPlmnk4J/QKx3MM2bUo72ew4=";
#define AUTHORITY                                                                                  \
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINGbtX2R4S+NsQqmlHz/FwcaqBO7PLf1SxVjYotnyi4I\n"
static const char authority[] = AUTHORITY;
static const struct adit_config_list no_files = { NULL, 0 };

/*
 * Whether the certificate for "tunnel" of a trusted authority lets this user in;
 * `files` may have lines about it too.
 */
static bool certificate_admits_user(const char *user, struct adit_config_list files)
{
    struct adit_public_line line;
    struct adit_key_question question = { .files = &files, .address = "192.0.2.1", .now = 1 };
    struct adit_buffer blob = adit_buffer_init(4096);
    struct adit_key_options options = { 0 };
    char path[128];
    char why[256];
    FILE *f;
    bool good;

    assert_true(adit_public_line_split(adit_span_text(certificate), &line));
    assert_int_equal(adit_public_line_decode(&line, &blob), ADIT_OK);
    file_path(path, "second");
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(authority, f) >= 0);
    assert_int_equal(fclose(f), 0);
    question.user = user;
    question.trusted_cas = path;
    question.key_blob = adit_buffer_span(&blob);
    good = adit_key_authorized(&question, &options, why, sizeof why);
    adit_key_options_clear(&options);
    adit_buffer_clear(&blob);
    return good;
}

static void a_certificate_admits_whom_it_names(void **state)
{
    (void)state;
    assert_true(certificate_admits_user("tunnel", no_files));
    assert_false(certificate_admits_user("tunnel2", no_files));
    assert_false(certificate_admits_user("admin,tunnel", no_files));
    assert_false(certificate_admits_user("tunnel,admin", no_files));
}

static void an_authority_that_does_not_admit_hides_no_line(void **state)
{
    static const struct {
        const char *line;
        bool good;
    } cases[] = {
        { "cert-authority,principals=\"tunnel\"", true },
        { "cert-authority,principals=\"miner\"", false },
        { "cert-authority", false },
        { "cert-authority,principals=\"miner\" " AUTHORITY "cert-authority,principals=\"tunnel\"",
          true },
    };
    char path[128];
    const char *items[1] = { path };

    (void)state;
    file_path(path, "tunnel");
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        FILE *f = fopen(path, "w");

        assert_non_null(f);
        assert_true(fprintf(f, "%s %s", cases[i].line, authority) > 0);
        assert_int_equal(fclose(f), 0);
        if (certificate_admits_user("admin", (struct adit_config_list){ items, 1 }) !=
            cases[i].good)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_in_the_users_file_may_log_in_with_its_options),
        cmocka_unit_test(from_and_expiry_time_are_judged_at_the_login),
        cmocka_unit_test(a_line_that_refuses_hides_no_other),
        cmocka_unit_test(a_certificate_admits_whom_it_names),
        cmocka_unit_test(an_authority_that_does_not_admit_hides_no_line),
        cmocka_unit_test(files_are_read_in_turn_and_names_expanded),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
