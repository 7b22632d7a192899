/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and Include, seen through the client's reader. */
#include "config/source.h"

#include "exact.h"
#include "fake_files.h"

#include "config/ssh_config.h"

static const struct adit_ssh_target target = { .host = "gw.example",
                                               .local_user = "local",
                                               .home = "/homes/local" };

static void included_files_are_read_in_their_place(void **state)
{
    static const struct fake_file list[] = {
        { "/homes/local/.ssh/config", "Include conf.d/* ~/more\nPort 9\nUser main\n" },
        { "/homes/local/.ssh/conf.d/1", "Port 1\nHost other\nUser wrong\n" },
        { "/homes/local/.ssh/conf.d/2", "Host gw.example\nHostKeyAlias two\n" },
        { "/homes/local/more", "Include /abs\n" },
        { "/abs", "BindAddress abs\nTag t\n" },
        { "/skip", "Host other\nInclude /denied\nMatch all\nPort 3\n" },
        { "/denied", NULL },
        { "/open-denied", "\nInclude /denied" },
        { "/bad", "\nInclude /worse*" },
        { "/worse", "\nNumberOfPasswordPrompts x\n" },
        { "/loop", "Include /loop" },
        { NULL, NULL },
    };
    static const struct {
        const char *path;
        enum adit_err err;
        const char *error;
    } rows[] = {
        { "/skip", ADIT_OK, "" },
        { "/none", ADIT_ERR_NOT_FOUND, "/none: not found" },
        { "/denied", ADIT_ERR_SYSTEM, "/denied: Permission denied" },
        { "/open-denied", ADIT_ERR_SYSTEM, "/denied: Permission denied" },
        { "/bad", ADIT_ERR_FORMAT,
          "/worse:2: NumberOfPasswordPrompts: \"x\" is not a number up to 2147483647" },
        { "/loop", ADIT_ERR_LIMIT, "/loop:1: Include: more than 16 files inside each other" },
    };
    struct fake_files files = { .list = list };
    const struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_ssh_config config;

    (void)state;
    adit_ssh_config_init(&config, &target, &callbacks);
    assert_int_equal(adit_ssh_config_read(&config, "/homes/local/.ssh/config", "~/.ssh"), ADIT_OK);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_OK);
    assert_int_equal(config.port, 1);
    assert_string_equal(config.user, "main");
    assert_string_equal(config.host_key_alias, "two");
    assert_string_equal(config.bind_address, "abs");
    assert_int_equal(files.reads, 5);
    adit_ssh_config_clear(&config);

    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        adit_ssh_config_init(&config, &target, &callbacks);
        assert_int_equal(adit_ssh_config_read(&config, rows[i].path, "/etc/ssh"), rows[i].err);
        assert_string_equal(config.error, rows[i].error);
        adit_ssh_config_clear(&config);
    }
}

/* Two files that each include both would be read 2^16 times. */
static void files_that_include_each_other_end(void **state)
{
    static const struct fake_file list[] = {
        { "/x/1", "Include /x/*" },
        { "/x/2", "Include /x/*" },
        { NULL, NULL },
    };
    struct fake_files files = { .list = list };
    const struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_ssh_config config;

    (void)state;
    adit_ssh_config_init(&config, &target, &callbacks);
    assert_int_equal(adit_ssh_config_read(&config, "/x/1", "/etc/ssh"), ADIT_ERR_LIMIT);
    assert_true(files.reads <= ADIT_CONFIG_READS_MAX);
    adit_ssh_config_clear(&config);
}

/* Found by the glob, and removed before it is read. */
static enum adit_err read_but_gone(void *user, const char *path, struct adit_buffer *out, char *why,
                                   size_t why_size)
{
    if (strcmp(path, "/x/gone") == 0) {
        (void)snprintf(why, why_size, "%s: No such file or directory", path);
        return ADIT_ERR_NOT_FOUND;
    }
    return fake_read(user, path, out, why, why_size);
}

static void a_file_that_vanishes_is_passed_over(void **state)
{
    static const struct fake_file list[] = {
        { "/config", "Include /x/*\nUser u" },
        { "/x/gone", "Port 1" },
        { "/x/stays", "Port 2" },
        { NULL, NULL },
    };
    struct fake_files files = { .list = list };
    struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_ssh_config config;

    (void)state;
    callbacks.read_file = read_but_gone;
    adit_ssh_config_init(&config, &target, &callbacks);
    assert_int_equal(adit_ssh_config_read(&config, "/config", "/"), ADIT_OK);
    assert_string_equal(config.error, "");
    assert_int_equal(config.port, 2);
    assert_string_equal(config.user, "u");
    adit_ssh_config_clear(&config);
}

/* A file of the user's need not be there: the system's file is read all the same. */
static void a_missing_file_leaves_the_configuration_good(void **state)
{
    static const struct fake_file list[] = { { "/system", "Port 2" }, { NULL, NULL } };
    struct fake_files files = { .list = list };
    const struct adit_config_files callbacks = fake_callbacks(&files);
    struct adit_ssh_config config;

    (void)state;
    adit_ssh_config_init(&config, &target, &callbacks);
    assert_int_equal(adit_ssh_config_read(&config, "/none", "~/.ssh"), ADIT_ERR_NOT_FOUND);
    assert_int_equal(adit_ssh_config_read(&config, "/system", "/etc/ssh"), ADIT_OK);
    assert_int_equal(adit_ssh_config_finish(&config), ADIT_OK);
    assert_string_equal(config.error, "");
    assert_int_equal(config.port, 2);
    adit_ssh_config_clear(&config);
}

static void paths_that_cannot_be_made_absolute_are_refused(void **state)
{
    static const struct {
        const char *text;
        const char *home;
        enum adit_err err;
        const char *error;
    } rows[] = {
        { "Include ~bob/x", "/h", ADIT_ERR_UNSUPPORTED,
          "config:1: Include: ~user is not supported" },
        { "Include ~/x", NULL, ADIT_ERR_FORMAT, "config:1: Include: the home folder is not known" },
        { "Include x", NULL, ADIT_ERR_FORMAT, "config:1: Include: the home folder is not known" },
        { "Include \"\"", "/h", ADIT_ERR_FORMAT, "config:1: Include wants a path" },
        { "Include ~", "/h", ADIT_OK, "" },
        { "Include /x", NULL, ADIT_OK, "" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_ssh_target place = { .host = "gw",
                                               .local_user = "local",
                                               .home = rows[i].home };
        struct adit_ssh_config config;

        adit_ssh_config_init(&config, &place, NULL);
        assert_int_equal(
            adit_ssh_config_parse(&config, "config", adit_span_text(rows[i].text), "~/.ssh"),
            rows[i].err);
        assert_string_equal(config.error, rows[i].error);
        adit_ssh_config_clear(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(included_files_are_read_in_their_place),
        cmocka_unit_test(files_that_include_each_other_end),
        cmocka_unit_test(a_file_that_vanishes_is_passed_over),
        cmocka_unit_test(a_missing_file_leaves_the_configuration_good),
        cmocka_unit_test(paths_that_cannot_be_made_absolute_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
