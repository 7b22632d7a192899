/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "tunnel/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALTERNATIVES                                                                               \
    "client side: of the alternative hosts one is no host[:port], or they are too many"
#define NO_USER "client side: no user to log in as; say which with -l or user@host"

static struct adit_tunnel_settings minimal(void)
{
    struct adit_tunnel_settings settings;

    adit_tunnel_settings_init(&settings);
    settings.host = "gw";
    settings.user = "tunnel";
    return settings;
}

static void every_text_is_copied(void **state)
{
    char words[18][8];
    struct adit_tunnel_settings from = minimal();
    struct adit_tunnel_settings copy;

    (void)state;
    for (size_t i = 0; i < 18; i++)
        memcpy(words[i], "text", sizeof "text");
    from.host = words[0];
    from.user = words[1];
    from.host_key_alias = words[2];
    from.bind_address = words[3];
    from.bind_interface = words[4];
    from.password = words[5];
    from.preferred_methods = words[6];
    from.algorithms =
        (struct adit_algorithms){ words[7], words[8], words[9], words[10], words[11], words[12] };
    from.ca_signature_algorithms = words[17];
    from.identity_files[0] = words[13];
    from.identity_file_count = 1;
    from.user_known_hosts[0] = words[14];
    from.user_known_hosts_count = 1;
    from.global_known_hosts[0] = words[15];
    from.global_known_hosts_count = 1;
    from.forward_allow_users[0] = words[16];
    from.forward_allow_user_count = 1;
    from.alternative_hosts[0] = words[17];
    from.alternative_host_count = 1;
    assert_int_equal(adit_settings_copy(&copy, &from, NULL), ADIT_OK);
    memset(words, 'X', sizeof words);

    assert_string_equal(copy.host, "text");
    assert_string_equal(copy.user, "text");
    assert_string_equal(copy.host_key_alias, "text");
    assert_string_equal(copy.bind_address, "text");
    assert_string_equal(copy.bind_interface, "text");
    assert_string_equal(copy.password, "text");
    assert_string_equal(copy.preferred_methods, "text");
    assert_string_equal(copy.algorithms.kex, "text");
    assert_string_equal(copy.algorithms.host_keys, "text");
    assert_string_equal(copy.algorithms.ciphers, "text");
    assert_string_equal(copy.algorithms.macs, "text");
    assert_string_equal(copy.algorithms.compression, "text");
    assert_string_equal(copy.algorithms.pubkey_accepted, "text");
    assert_string_equal(copy.ca_signature_algorithms, "text");
    assert_string_equal(copy.identity_files[0], "text");
    assert_string_equal(copy.user_known_hosts[0], "text");
    assert_string_equal(copy.global_known_hosts[0], "text");
    assert_string_equal(copy.forward_allow_users[0], "text");
    assert_string_equal(copy.alternative_hosts[0], "text");
    adit_settings_clear(&copy);
}

static void what_was_not_given_gets_its_default(void **state)
{
    const struct adit_tunnel_settings from = minimal();
    struct adit_tunnel_settings copy;

    (void)state;
    assert_int_equal(adit_settings_copy(&copy, &from, NULL), ADIT_OK);
    assert_int_equal(copy.port, 22);
    assert_int_equal(copy.password_prompts, 3);
    assert_int_equal(copy.connect_timeout_ms, 30000);
    assert_int_equal(copy.alive_interval_ms, 5000);
    assert_int_equal(copy.alive_count_max, 3);
    assert_int_equal(copy.connect_wait_ms, 15000);
    assert_false(copy.no_reconnect);
    assert_int_equal(copy.host_key_policy, ADIT_HOST_KEY_STRICT);
    assert_null(copy.password);
    adit_settings_clear(&copy);
}

static void what_was_given_stays(void **state)
{
    struct adit_tunnel_settings from = minimal();
    struct adit_tunnel_settings copy;

    (void)state;
    from.port = 2222;
    from.password_prompts = 1;
    from.connect_timeout_ms = 1;
    from.alive_interval_ms = UINT64_MAX;
    from.alive_count_max = 9;
    assert_int_equal(adit_settings_copy(&copy, &from, NULL), ADIT_OK);
    assert_int_equal(copy.port, 2222);
    assert_int_equal(copy.password_prompts, 1);
    assert_int_equal(copy.connect_timeout_ms, 1);
    assert_true(copy.alive_interval_ms == UINT64_MAX);
    assert_int_equal(copy.alive_count_max, 9);
    adit_settings_clear(&copy);
}

static void the_list_of_keys_is_copied_and_the_keys_are_borrowed(void **state)
{
    struct adit_key *key = NULL;
    const struct adit_key *list[1];
    struct adit_tunnel_settings from = minimal();
    struct adit_tunnel_settings copy;

    (void)state;
    assert_int_equal(adit_key_generate(ADIT_KEY_ED25519, 0, "", &key), ADIT_OK);
    list[0] = key;
    from.keys = list;
    from.key_count = 1;
    assert_int_equal(adit_settings_copy(&copy, &from, NULL), ADIT_OK);
    list[0] = NULL;
    assert_ptr_equal(copy.keys[0], key);
    adit_settings_clear(&copy);
    assert_true(adit_key_is_private(key));
    adit_key_free(key);
}

static void settings_that_cannot_be_meant_are_refused_with_a_sentence(void **state)
{
    static const struct {
        struct adit_tunnel_settings settings;
        const char *text;
    } cases[] = {
        { { .user = "u" }, "client side: no host to connect to" },
        { { .host = "", .user = "u" }, "client side: no host to connect to" },
        { { .host = "h" }, NO_USER },
        { { .host = "h", .user = "" }, NO_USER },
        { { .host = "h", .user = "u", .preferred_methods = "" },
          "client side: no login method is left: adit knows publickey, keyboard-interactive and "
          "password" },
        { { .host = "h", .user = "u", .identity_file_count = ADIT_IDENTITIES_MAX + 1 },
          "client side: too many key files" },
        { { .host = "h", .user = "u", .user_known_hosts_count = ADIT_FILES_MAX + 1 },
          "client side: too many known_hosts files" },
        { { .host = "h", .user = "u", .global_known_hosts_count = ADIT_FILES_MAX + 1 },
          "client side: too many known_hosts files" },
        { { .host = "h", .user = "u", .forward_allow_user_count = ADIT_USERS_MAX + 1 },
          "client side: too many users who may use the forwards" },
        { { .host = "h", .user = "u", .alternative_host_count = ADIT_HOSTS_MAX + 1 },
          ALTERNATIVES },
        { { .host = "h", .user = "u", .alternative_host_count = 1 }, ALTERNATIVES },
        { { .host = "h",
            .user = "u",
            .alternative_hosts = { "a", "b:0" },
            .alternative_host_count = 2 },
          ALTERNATIVES },
        { { .host = "h", .user = "u", .key_count = 1 },
          "client side: a count of keys, and no keys" },
        { { .host = "h", .user = "u", .address_family = 12345 },
          "client side: an unknown address family" },
        { { .host = "h", .user = "u", .host_key_policy = (enum adit_host_key_policy)4 },
          "client side: an unknown host key policy" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct adit_tunnel_settings copy;
        struct adit_failure failure = { 0 };

        assert_int_equal(adit_settings_copy(&copy, &cases[i].settings, &failure), ADIT_ERR_USAGE);
        assert_string_equal(failure.text, cases[i].text);
        assert_int_equal(failure.leg, ADIT_LEG_CLIENT);
        assert_null(copy.host);
    }
}

static void a_destination_is_taken_apart(void **state)
{
    static const struct {
        const char *destination;
        const char *host; /* NULL: refused */
        const char *user; /* NULL: whoever we are */
        uint16_t port;
    } cases[] = {
        { "gw.invalid", "gw.invalid", NULL, 22 },
        { "u@gw.invalid", "gw.invalid", "u", 22 },
        { "u@x@gw.invalid", "gw.invalid", "u@x", 22 },
        { "ssh://gw.invalid", "gw.invalid", NULL, 22 },
        { "ssh://u@gw.invalid:2222", "gw.invalid", "u", 2222 },
        { "ssh://u@[::1]:2222/", "::1", "u", 2222 },
        { "ssh://[::1]", "::1", NULL, 22 },
        { "", NULL, NULL, 0 },
        { "@gw", NULL, NULL, 0 },
        { "u@", NULL, NULL, 0 },
        { "ssh://", NULL, NULL, 0 },
        { "ssh://gw:", NULL, NULL, 0 },
        { "ssh://gw:1/path", NULL, NULL, 0 },
        { "ssh://[::1", NULL, NULL, 0 },
        { "ssh://[::1]x", NULL, NULL, 0 },
        { "ssh://gw:123456789", NULL, NULL, 0 },
        { "ssh://gw:0x16", NULL, NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct adit_tunnel_settings settings;
        struct adit_failure failure;
        enum adit_err err;

        adit_tunnel_settings_init(&settings);
        err = adit_tunnel_settings_load(&settings, cases[i].destination, &failure);
        assert_int_equal(err == ADIT_OK, cases[i].host != NULL);
        if (err) {
            assert_int_equal(failure.leg, ADIT_LEG_CLIENT);
            assert_null(settings.loaded);
            continue;
        }
        assert_string_equal(settings.host, cases[i].host);
        assert_int_equal(settings.port, cases[i].port);
        if (cases[i].user != NULL)
            assert_string_equal(settings.user, cases[i].user);
        adit_tunnel_settings_clear(&settings);
        assert_null(settings.host);
    }
}

static void keep_line(void *user, int level, const char *line)
{
    assert_int_equal(level, 2);
    (void)snprintf(user, 128, "%s", line);
}

static void a_second_load_replaces_the_first_and_keeps_the_callbacks(void **state)
{
    struct adit_tunnel_settings settings;
    int data;

    (void)state;
    adit_tunnel_settings_init(&settings);
    settings.user_data = &data;
    assert_int_equal(adit_tunnel_settings_load(&settings, "u@one.invalid", NULL), ADIT_OK);
    assert_int_equal(adit_tunnel_settings_load(&settings, "u@two.invalid", NULL), ADIT_OK);
    assert_string_equal(settings.host, "two.invalid");
    assert_ptr_equal(settings.user_data, &data);
    adit_tunnel_settings_clear(&settings);
    adit_tunnel_settings_clear(&settings);
}

/* Options before the destination's parts, these before the file. */
static void options_stand_above_the_file(void **state)
{
    static const struct adit_ssh_option list[] = {
        { "Port", "7" },
        { NULL, "HostName=real.invalid" },
        { NULL, "port 8" },
    };
    const struct adit_ssh_options options = { list, 3, "none", false };
    struct adit_tunnel_settings settings;

    (void)state;
    adit_tunnel_settings_init(&settings);
    assert_int_equal(
        adit_tunnel_settings_load_with(&settings, "ssh://u@gw.invalid:9", &options, NULL), ADIT_OK);
    assert_string_equal(settings.host, "real.invalid");
    assert_string_equal(settings.user, "u");
    assert_int_equal(settings.port, 7);
    adit_tunnel_settings_clear(&settings);
}

/* And stays what it is in the copy of a copy, as a jump host's settings are. */
static void a_zero_of_the_configuration_is_not_the_default(void **state)
{
    static const struct adit_ssh_option zeros[] = {
        { "NumberOfPasswordPrompts", "0" },
        { "ConnectWait", "0" },
        { "ServerAliveCountMax", "0" },
    };
    const struct adit_ssh_options options = { zeros, ADIT_ARRAY_LEN(zeros), "none", false };
    const struct adit_ssh_options none = { zeros, 0, "none", false };
    struct adit_tunnel_settings settings;
    struct adit_tunnel_settings copy;
    struct adit_tunnel_settings second;

    (void)state;
    adit_tunnel_settings_init(&settings);
    assert_int_equal(adit_tunnel_settings_load_with(&settings, "me@gw", &options, NULL), ADIT_OK);
    assert_int_equal(adit_settings_copy(&copy, &settings, NULL), ADIT_OK);
    assert_int_equal(adit_settings_copy(&second, &copy, NULL), ADIT_OK);
    assert_int_equal(adit_settings_prompts(&second), 0);
    assert_true(second.connect_wait_ms == UINT64_MAX); /* not at all */
    assert_int_equal(second.alive_count_max, 1);
    adit_settings_clear(&second);
    adit_settings_clear(&copy);

    assert_int_equal(adit_tunnel_settings_load_with(&settings, "me@gw", &none, NULL), ADIT_OK);
    assert_int_equal(adit_settings_copy(&copy, &settings, NULL), ADIT_OK);
    assert_int_equal(adit_settings_prompts(&copy), 3);
    assert_true(copy.connect_wait_ms == 15000);
    assert_int_equal(copy.alive_count_max, 3);
    adit_settings_clear(&copy);
    adit_tunnel_settings_clear(&settings);
}

static void the_log_of_the_settings_gets_the_notes(void **state)
{
    static const struct adit_ssh_option list[] = { { NULL, "ForwardX11=yes" } };
    const struct adit_ssh_options options = { list, 1, "/dev/null", false };
    struct adit_tunnel_settings settings;
    char line[128] = "";

    (void)state;
    adit_tunnel_settings_init(&settings);
    settings.log = keep_line;
    settings.user_data = line;
    assert_int_equal(adit_tunnel_settings_load_with(&settings, "gw.invalid", &options, NULL),
                     ADIT_OK);
    assert_string_equal(line, "");
    settings.log_level = 2;
    assert_int_equal(adit_tunnel_settings_load_with(&settings, "gw.invalid", &options, NULL),
                     ADIT_OK);
    assert_string_equal(line, "ForwardX11 has no effect on tunnels");
    adit_tunnel_settings_clear(&settings);
}

/* Names without files: what a jump host gets of the command line. */
static void jump_hosts_are_loaded_from_the_last_to_the_first(void **state)
{
    static const struct {
        const char *jumps;
        const char *last;
        uint16_t last_port;
        const char *first;
        const char *user; /* of the first */
    } rows[] = {
        { "a", "a", 22, NULL, NULL },
        { "b@c:7,u@a:8", "a", 8, "c", "b" },
        { "ssh://b@[::1]:7,ssh://a:8", "a", 8, "::1", "b" },
        { "u@[::1]:7,2001:db8::1", "2001:db8::1", 22, "::1", "u" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_ssh_option given[] = { { "ProxyJump", rows[i].jumps },
                                                 { "Port", "2222" },
                                                 { "ProxyURL", "http://proxy" } };
        const struct adit_ssh_options options = { given, ADIT_ARRAY_LEN(given), "none", false };
        const struct adit_tunnel_settings *first;
        struct adit_tunnel_settings settings;
        struct adit_tunnel_settings copy;
        struct adit_failure failure;

        adit_tunnel_settings_init(&settings);
        if (adit_tunnel_settings_load_with(&settings, "me@gw", &options, &failure) != ADIT_OK)
            fail_msg("%s: %s", rows[i].jumps, failure.text);
        assert_int_equal(adit_settings_copy(&copy, &settings, NULL), ADIT_OK);
        adit_tunnel_settings_clear(&settings);
        assert_int_equal(copy.port, 2222);
        assert_string_equal(copy.jump->host, rows[i].last);
        assert_int_equal(copy.jump->port, rows[i].last_port);
        first = copy.jump->jump;
        if (rows[i].first) {
            assert_string_equal(first->host, rows[i].first);
            assert_string_equal(first->user, rows[i].user);
            assert_null(copy.jump->proxy_url);
        } else {
            assert_null(first);
            first = copy.jump;
        }
        assert_null(first->jump);
        assert_string_equal(first->proxy_url, "http://proxy");
        adit_settings_clear(&copy);
    }
}

static void jump_hosts_that_cannot_be_meant_are_refused(void **state)
{
    static const char *const rows[] = { ",",       "a,",  "-x",    "a:0",
                                        "a:70000", "a:x", "me@gw", "1,2,3,4,5,6,7,8,9" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_ssh_option given = { "ProxyJump", rows[i] };
        const struct adit_ssh_options options = { &given, 1, "none", false };
        struct adit_tunnel_settings settings;
        struct adit_failure failure;

        adit_tunnel_settings_init(&settings);
        if (adit_tunnel_settings_load_with(&settings, "me@gw", &options, &failure) == ADIT_OK)
            fail_msg("taken: %s", rows[i]);
        assert_null(settings.loaded);
        assert_true(failure.text[0] != '\0');
    }
}

/* From an application as from a configuration. */
static void so_many_jump_hosts_and_no_more(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        enum adit_err err;
    } rows[] = {
        { "1,2,3,4,5,6,7,8", 8, ADIT_OK },
        { "1,2,3,4,5,6,7,8,9", 9, ADIT_ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_ssh_option given[] = { { "ProxyJump", rows[i].text }, { "User", "me" } };
        const struct adit_ssh_options options = { given, 2, "none", false };
        struct adit_tunnel_settings chain[10];
        struct adit_tunnel_settings copy;
        struct adit_failure failure;

        for (size_t hop = 0; hop <= rows[i].count; hop++) {
            chain[hop] = minimal();
            chain[hop].jump = hop < rows[i].count ? &chain[hop + 1] : NULL;
        }
        assert_int_equal(adit_settings_copy(&copy, chain, &failure), rows[i].err);
        if (rows[i].err)
            assert_string_equal(failure.text, "client side: more than 8 jump hosts");
        else
            adit_settings_clear(&copy);
        adit_tunnel_settings_init(&copy);
        assert_int_equal(adit_tunnel_settings_load_with(&copy, "gw", &options, &failure),
                         rows[i].err);
        if (rows[i].err)
            assert_non_null(strstr(failure.text, "ProxyJump: more than 8 jump hosts"));
        adit_tunnel_settings_clear(&copy);
    }
}

static void a_fault_of_the_configuration_is_told_without_a_leg(void **state)
{
    static const struct adit_ssh_option list[] = { { "Port", "x" } };
    const struct adit_ssh_options options = { list, 1, "none", false };
    const struct adit_ssh_options missing = { NULL, 0, "/none/here", false };
    struct adit_tunnel_settings settings;
    struct adit_failure failure;

    (void)state;
    adit_tunnel_settings_init(&settings);
    assert_int_equal(adit_tunnel_settings_load_with(&settings, "gw.invalid", &options, &failure),
                     ADIT_ERR_FORMAT);
    assert_string_equal(failure.text, "command line: Port: \"x\" is not a port from 1 to 65535");
    assert_int_equal(failure.leg, ADIT_LEG_CLIENT);
    assert_int_equal(adit_tunnel_settings_load_with(&settings, "gw.invalid", &missing, &failure),
                     ADIT_ERR_NOT_FOUND);
    assert_string_equal(failure.text, "/none/here: No such file or directory");
    assert_null(settings.loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_copied),
        cmocka_unit_test(what_was_not_given_gets_its_default),
        cmocka_unit_test(what_was_given_stays),
        cmocka_unit_test(the_list_of_keys_is_copied_and_the_keys_are_borrowed),
        cmocka_unit_test(settings_that_cannot_be_meant_are_refused_with_a_sentence),
        cmocka_unit_test(a_destination_is_taken_apart),
        cmocka_unit_test(options_stand_above_the_file),
        cmocka_unit_test(a_zero_of_the_configuration_is_not_the_default),
        cmocka_unit_test(the_log_of_the_settings_gets_the_notes),
        cmocka_unit_test(jump_hosts_are_loaded_from_the_last_to_the_first),
        cmocka_unit_test(jump_hosts_that_cannot_be_meant_are_refused),
        cmocka_unit_test(so_many_jump_hosts_and_no_more),
        cmocka_unit_test(a_fault_of_the_configuration_is_told_without_a_leg),
        cmocka_unit_test(a_second_load_replaces_the_first_and_keeps_the_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
