/* SPDX-License-Identifier: BSD-2-Clause */
/* ProxyCommand and its like in ssh_config. */
#include "config/ssh_config.h"
#include "exact.h"

static const struct adit_ssh_target target = { .host = "gw.example",
                                               .local_user = "local",
                                               .home = "/homes/local" };

static enum adit_err read_for(struct adit_ssh_config *config, const struct adit_ssh_target *whom,
                              const char *text)
{
    enum adit_err err;

    adit_ssh_config_init(config, whom, NULL);
    err = adit_ssh_config_parse(config, "config", adit_span_text(text), "/etc/ssh");
    return err ? err : adit_ssh_config_finish(config);
}

static void check_text(const char *is, const char *wanted)
{
    if (wanted == NULL)
        assert_null(is);
    else
        assert_string_equal(is ? is : "(none)", wanted);
}

static void a_command_stands_as_it_is_written(void **state)
{
    static const struct {
        const char *text;
        const char *command;
    } rows[] = {
        { "", NULL },
        { "ProxyCommand none", NULL },
        { "ProxyCommand NONE\nProxyCommand nc", NULL },
        { "ProxyCommand nc %h %p", "nc gw.example 22" },
        { "ProxyCommand=nc \"a  b\" 'c # d' e", "nc \"a  b\" 'c # d' e" },
        { "ProxyCommand = nc %%h %n %r  \t\r\nPort 7", "nc %h gw.example local" },
        { "ProxyCommand nc %h %p\nHostName real\nPort 7\nUser u", "nc real 7" },
        { "ProxyCommand a\nProxyCommand b", "a" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;

        assert_int_equal(read_for(&config, &target, rows[i].text), ADIT_OK);
        check_text(config.proxy_command, rows[i].command);
        adit_ssh_config_clear(&config);
    }
}

static void what_a_command_is_made_of_is_checked(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "ProxyCommand", "config:1: ProxyCommand: a value is missing" },
        { "ProxyCommand nc %x", "ProxyCommand: unknown % token \"%x\"" },
        { "ProxyCommand nc %", "ProxyCommand: unknown % token \"% \"" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;

        assert_int_equal(read_for(&config, &target, rows[i].text), ADIT_ERR_FORMAT);
        assert_string_equal(config.error, rows[i].error);
        adit_ssh_config_clear(&config);
    }
}

static void a_name_brings_nothing_into_a_command(void **state)
{
    static const char *const names[] = {
        "a;b", "$(id)", "`id`", "a b", "a\nb", "-a", "a'b", "a|b"
    };
    struct adit_ssh_config config;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        const struct adit_ssh_target host = { .host = names[i], .local_user = "local" };
        const struct adit_ssh_target user = { .host = "gw", .local_user = names[i] };

        assert_int_equal(read_for(&config, &host, "ProxyCommand nc %h"), ADIT_ERR_FORMAT);
        adit_ssh_config_clear(&config);
        assert_int_equal(read_for(&config, &user, "ProxyCommand nc %r"), ADIT_ERR_FORMAT);
        adit_ssh_config_clear(&config);
        assert_int_equal(read_for(&config, &host, "ProxyCommand nc gw"), ADIT_OK);
        adit_ssh_config_clear(&config);
    }
}

static void a_proxy_is_read_and_shown_without_its_password(void **state)
{
    struct adit_buffer out = adit_buffer_init(65536);
    struct adit_ssh_config config;

    (void)state;
    assert_int_equal(read_for(&config, &target, "ProxyURL http://me:s3cret@proxy:3128"), ADIT_OK);
    check_text(config.proxy_url, "http://me:s3cret@proxy:3128");
    assert_int_equal(adit_ssh_config_print(&config, &out), ADIT_OK);
    assert_int_equal(adit_buffer_append(&out, adit_span_of("", 1)), ADIT_OK);
    assert_non_null(strstr((const char *)out.data, "proxyurl http://proxy:3128\n"));
    assert_null(strstr((const char *)out.data, "s3cret"));
    adit_buffer_clear(&out);
    adit_ssh_config_clear(&config);

    assert_int_equal(read_for(&config, &target, "ProxyURL none\nProxyURL http://p"), ADIT_OK);
    check_text(config.proxy_url, NULL);
    adit_ssh_config_clear(&config);
    assert_int_equal(read_for(&config, &target, "ProxyURL env"), ADIT_OK);
    check_text(config.proxy_url, "env");
    adit_ssh_config_clear(&config);
    assert_int_equal(read_for(&config, &target, "ProxyURL http://me:s3cret@"), ADIT_ERR_FORMAT);
    assert_string_equal(config.error, "config:1: ProxyURL: it has no proper host and port");
    adit_ssh_config_clear(&config);
}

static void of_a_command_and_a_jump_the_first_counts(void **state)
{
    static const struct {
        const char *text;
        const char *command;
        const char *jump;
    } rows[] = {
        { "ProxyJump a,b", NULL, "a,b" },
        { "ProxyJump a\nProxyCommand c", NULL, "a" },
        { "ProxyCommand c\nProxyJump a", "c", NULL },
        { "ProxyJump none\nProxyCommand c", "c", NULL },
        { "ProxyCommand none\nProxyJump a", NULL, NULL },
        { "Host other\nProxyJump a\nHost *\nProxyCommand c", "c", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_ssh_config config;

        assert_int_equal(read_for(&config, &target, rows[i].text), ADIT_OK);
        check_text(config.proxy_command, rows[i].command);
        check_text(config.proxy_jump, rows[i].jump);
        adit_ssh_config_clear(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_stands_as_it_is_written),
        cmocka_unit_test(what_a_command_is_made_of_is_checked),
        cmocka_unit_test(a_name_brings_nothing_into_a_command),
        cmocka_unit_test(of_a_command_and_a_jump_the_first_counts),
        cmocka_unit_test(a_proxy_is_read_and_shown_without_its_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
