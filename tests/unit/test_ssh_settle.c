/* SPDX-License-Identifier: BSD-2-Clause */
/* What a configuration asks of the world: commands, variables, names; and its second reading. */
#include "config/ssh_config.h"

#include "exact.h"

#include <stdio.h>

static const struct adit_ssh_target target = {
    .host = "GW",
    .local_user = "local",
    .home = "/homes/local",
    .local_host = "here.example",
    .local_id = 7,
};

/* A world of one variable, one user, one address and a few names. */
struct world {
    char commands[512]; /* that were run, a line for each */
    char names[512];    /* that were looked up */
};

static const char *variable(void *user, const char *name)
{
    (void)user;
    return strcmp(name, "RUN") == 0 ? "/run/local" : NULL;
}

static enum adit_err run(void *user, const char *command, bool *succeeded)
{
    struct world *world = user;
    const size_t len = strlen(world->commands);

    (void)snprintf(world->commands + len, sizeof world->commands - len, "%s\n", command);
    if (strcmp(command, "broken") == 0)
        return ADIT_ERR_SYSTEM;
    *succeeded = strncmp(command, "yes", 3) == 0;
    return ADIT_OK;
}

static enum adit_err home_of(void *user, const char *name, struct adit_buffer *out)
{
    (void)user;
    if (strcmp(name, "bob") != 0)
        return ADIT_ERR_NOT_FOUND;
    return adit_buffer_append(out, adit_span_text("/homes/bob"));
}

static enum adit_err address(void *user, const char *text, struct adit_buffer *out)
{
    (void)user;
    if (strcmp(text, "127.1") != 0)
        return ADIT_ERR_NOT_FOUND;
    return adit_buffer_append(out, adit_span_text("127.0.0.1"));
}

static enum adit_err look_up(void *user, const char *name, struct adit_buffer *out)
{
    static const struct {
        const char *name;
        const char *canonical;
    } known[] = {
        { "gw.lan.", "gw.lan" },
        { "gw.wan.", "edge.net." },
        { "www", "edge.net" },
    };
    struct world *world = user;
    const size_t len = strlen(world->names);

    (void)snprintf(world->names + len, sizeof world->names - len, "%s\n", name);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return adit_buffer_append(out, adit_span_text(known[i].canonical));
    return ADIT_ERR_NOT_FOUND;
}

static struct adit_config_files callbacks(struct world *world)
{
    return (struct adit_config_files){
        .user = world,
        .variable = variable,
        .run = run,
        .home_of = home_of,
        .address = address,
        .look_up = look_up,
    };
}

static enum adit_err read_text(struct adit_ssh_config *config, const char *text)
{
    const struct adit_span copy = exact_copy(text, strlen(text));
    const enum adit_err err = adit_ssh_config_parse(config, "config", copy, "~/.ssh");

    exact_free(copy);
    return err;
}

/* All readings of a text, and finish. *readings is how many they were. */
static enum adit_err load(struct adit_ssh_config *config, const char *text, unsigned *readings)
{
    bool again = false;
    enum adit_err err = read_text(config, text);

    *readings = 1;
    if (!err)
        err = adit_ssh_config_settle(config, &again);
    if (!err && again) {
        err = read_text(config, text);
        ++*readings;
    }
    return err ? err : adit_ssh_config_finish(config);
}

static void the_files_are_read_again_where_that_is_asked_for(void **state)
{
    static const struct {
        const char *text;
        unsigned readings;
        const char *host_name;
        unsigned port;
    } rows[] = {
        { "Port 1", 1, "gw", 1 },
        { "HostName 127.1", 1, "127.0.0.1", 22 },
        { "HostName REAL", 1, "real", 22 },
        { "Match final\nPort 1", 2, "gw", 1 },
        { "Match !final\nPort 1\nMatch final\nPort 2", 2, "gw", 1 },
        { "Match canonical\nPort 1", 1, "gw", 22 },
        { "Match final host other\nPort 1", 2, "gw", 22 },
        { "Match final\nHostName other", 2, "gw", 22 },
        { "Host real\nPort 1\nHost GW\nHostName real", 1, "real", 22 },
        { "Match final all\nUser x\nHost real\nPort 1\nHost GW\nHostName real", 2, "real", 1 },
        { "CanonicalizeHostname yes\nMatch canonical\nPort 1", 2, "gw", 1 },
        { "CanonicalizeHostname yes\nCanonicalDomains no lan wan\nHost gw.lan\nPort 1", 2, "gw.lan",
          1 },
        { "CanonicalizeHostname yes\nCanonicalDomains wan lan", 2, "gw.wan", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains wan\n"
          "CanonicalizePermittedCNAMEs *.lan:*.net *.wan:edge.*,x",
          2, "edge.net", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains wan\n"
          "CanonicalizePermittedCNAMEs *.wan:*.org",
          2, "gw.wan", 22 },
        { "CanonicalizePermittedCNAMEs www:*.net\nHostName WWW", 1, "edge.net", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nProxyJump j", 2, "gw", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nProxyCommand c", 2, "gw", 22 },
        { "CanonicalizeHostname always\nCanonicalDomains lan\nProxyJump j", 2, "gw.lan", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nHostName gw.x.y", 2, "gw.x.y", 22 },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nHostName gw.", 2, "gw.", 22 },
        { "CanonicalizeHostname no\nCanonicalDomains lan", 1, "gw", 22 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world = { "", "" };
        const struct adit_config_files files = callbacks(&world);
        struct adit_ssh_config config;
        unsigned readings;

        adit_ssh_config_init(&config, &target, &files);
        if (load(&config, rows[i].text, &readings))
            fail_msg("\"%s\": %s", rows[i].text, config.error);
        if (readings != rows[i].readings || strcmp(config.host_name, rows[i].host_name) != 0 ||
            config.port != rows[i].port)
            fail_msg("\"%s\": %u readings, host %s, port %u", rows[i].text, readings,
                     config.host_name, (unsigned)config.port);
        adit_ssh_config_clear(&config);
    }
}

static void names_are_looked_up_only_where_needed(void **state)
{
    static const struct {
        const char *text;
        const char *names;
    } rows[] = {
        { "", "" },
        { "CanonicalDomains lan", "" },
        { "CanonicalizeHostname yes\nCanonicalDomains a lan b", "gw.a.\ngw.lan.\n" },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nHostName a.b", "a.b.lan.\n" },
        { "CanonicalizeHostname yes\nCanonicalDomains lan\nHostName a.b.c", "" },
        { "CanonicalizeHostname yes\nCanonicalDomains none", "" },
        { "CanonicalizeHostname yes\nCanonicalizeMaxDots 0\nHostName a.b\nCanonicalDomains a", "" },
        { "CanonicalizePermittedCNAMEs a:b", "gw\n" },
        { "CanonicalizePermittedCNAMEs a:b\nProxyJump j", "" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world = { "", "" };
        const struct adit_config_files files = callbacks(&world);
        struct adit_ssh_config config;
        unsigned readings;

        adit_ssh_config_init(&config, &target, &files);
        assert_int_equal(load(&config, rows[i].text, &readings), ADIT_OK);
        assert_string_equal(world.names, rows[i].names);
        adit_ssh_config_clear(&config);
    }
}

static void a_host_in_no_domain_is_an_error_where_that_is_asked_for(void **state)
{
    struct world world = { "", "" };
    const struct adit_config_files files = callbacks(&world);
    struct adit_ssh_config config;
    unsigned readings;

    (void)state;
    adit_ssh_config_init(&config, &target, &files);
    assert_int_equal(load(&config,
                          "CanonicalizeHostname yes\nCanonicalDomains a b\n"
                          "CanonicalizeFallbackLocal no",
                          &readings),
                     ADIT_ERR_NOT_FOUND);
    assert_string_equal(config.error, "gw is in none of CanonicalDomains");
    adit_ssh_config_clear(&config);
}

static void commands_of_match_are_run_with_what_is_settled(void **state)
{
    static const struct {
        const char *text;
        const char *commands;
        unsigned port;
    } rows[] = {
        { "Match exec yes\nPort 1", "yes\n", 1 },
        { "Match exec no\nPort 1", "no\n", 22 },
        { "Match !exec no\nPort 1", "no\n", 1 },
        { "Match exec=yes\nPort 1", "yes\n", 1 },
        { "Match exec \"yes %h %n %p %r %u %d %% %i %k %l %L %j\"\nPort 1",
          "yes GW GW 22 local local /homes/local % 7 GW here.example here \n", 1 },
        { "HostName %h.net\nUser me\nHostKeyAlias A\nMatch exec \"yes %h %r %k\"\nPort 1",
          "yes GW.net me A\n", 1 },
        { "ProxyJump me@a.b:22,[::1]:23\nMatch exec \"yes %j\"\nPort 1", "yes me@a.b:22,[::1]:23\n",
          1 },
        { "Match host other exec yes\nPort 1", "", 22 },
        { "Match exec yes host other\nPort 1", "yes\n", 22 },
        { "Match !exec yes exec yes\nPort 1", "yes\n", 22 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world = { "", "" };
        const struct adit_config_files files = callbacks(&world);
        struct adit_ssh_config config;
        unsigned readings;

        adit_ssh_config_init(&config, &target, &files);
        if (load(&config, rows[i].text, &readings))
            fail_msg("\"%s\": %s", rows[i].text, config.error);
        assert_string_equal(world.commands, rows[i].commands);
        assert_int_equal(config.port, rows[i].port);
        adit_ssh_config_clear(&config);
    }
}

static void errors_have_their_sentence(void **state)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "Match exec broken", "config:1: Match exec: a system call failed" },
        { "IdentityFile ${NOPE}/x", "IdentityFile: the environment has no variable NOPE" },
        { "ControlPath ${RUN", "ControlPath: ${ without a name and a closing }" },
        { "ControlPath ${}", "ControlPath: ${ without a name and a closing }" },
        { "IdentityAgent ~eve/a", "IdentityAgent: ~eve: there is no such user" },
        { "User a;b\nProxyCommand x %r",
          "ProxyCommand: %r stands for a name with signs of the shell" },
        { "User $(x)\nMatch exec \"yes %r\"",
          "config:2: Match exec: %r stands for a name with signs of the shell" },
        { "HostName -x\nProxyCommand y %h",
          "ProxyCommand: %h stands for a name with signs of the shell" },
        { "ProxyJump a;b\nMatch exec \"yes %j\"",
          "config:2: Match exec: %j stands for a name with signs of the shell" },
        { "ProxyJump a,$(b)\nMatch exec \"yes %j\"",
          "config:2: Match exec: %j stands for a name with signs of the shell" },
        { "ProxyCommand x %C", "ProxyCommand: unknown % token \"%C\"" },
        { "LocalForward /%x a:1", "LocalForward: unknown % token \"%x\"" },
        { "HostName a.very.long.name.that.fills.the.path.of.a.socket.in.the.file.system\n"
          "LocalForward /%h-%h a:1",
          "LocalForward: the path of the socket is longer than 107 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world = { "", "" };
        const struct adit_config_files files = callbacks(&world);
        struct adit_ssh_config config;
        unsigned readings;

        adit_ssh_config_init(&config, &target, &files);
        assert_true(load(&config, rows[i].text, &readings) != ADIT_OK);
        assert_string_equal(config.error, rows[i].error);
        adit_ssh_config_clear(&config);
    }
}

/* What is used is expanded, wherever it is printed as it was written. */
static void tokens_are_expanded(void **state)
{
    struct world world = { "", "" };
    const struct adit_config_files files = callbacks(&world);
    struct adit_ssh_config config;
    unsigned readings;

    (void)state;
    adit_ssh_config_init(&config, &target, &files);
    assert_int_equal(load(&config,
                          "HostName %h.net\nUser me\nPort 5\nHostKeyAlias A\nProxyJump j\n"
                          "IdentityFile ~/%n-%h\nIdentityFile none\nIdentityFile ~bob/%%\n"
                          "IdentityFile ${RUN}/%k:%p\nCertificateFile %d/%r\n"
                          "UserKnownHostsFile %d/%i ${RUN}/%u\nIdentityAgent ${RUN}/a\n"
                          "ControlPath ~/%l-%L-%j\nLocalForward ${RUN}/%u a:1\n"
                          "RemoteForward /%r /%h",
                          &readings),
                     ADIT_OK);
    assert_int_equal(config.identity_files.count, 3);
    assert_string_equal(config.identity_files.items[0], "/homes/local/GW-gw.net");
    assert_string_equal(config.identity_files.items[1], "/homes/bob/%");
    assert_string_equal(config.identity_files.items[2], "/run/local/a:5");
    assert_int_equal(config.certificate_files.count, 1);
    assert_string_equal(config.certificate_files.items[0], "/homes/local/me");
    assert_string_equal(config.user_known_hosts_files.items[0], "/homes/local/7");
    assert_string_equal(config.user_known_hosts_files.items[1], "/run/local/local");
    assert_string_equal(config.identity_agent, "/run/local/a");
    assert_string_equal(config.control_path, "/homes/local/here.example-here-j");
    assert_string_equal(config.local_forwards[0].bind, "/run/local/local");
    assert_string_equal(config.remote_forwards[0].bind, "/me");
    assert_string_equal(config.remote_forwards[0].host, "/gw.net");
    adit_ssh_config_clear(&config);
}

static void a_path_of_a_socket_has_107_bytes_at_most(void **state)
{
    char path[160] = "Port 220\nLocalForward /%p";
    const size_t before = strlen(path);

    (void)state;
    for (size_t len = 107; len <= 108; len++) { /* "/220" and the rest */
        struct adit_ssh_config config;
        unsigned readings;

        memset(path + before, 'x', len - 4);
        (void)snprintf(path + before + len - 4, sizeof path - before - len + 4, " a:1");
        adit_ssh_config_init(&config, &target, NULL);
        assert_int_equal(load(&config, path, &readings), len == 107 ? ADIT_OK : ADIT_ERR_LIMIT);
        if (len == 107)
            assert_int_equal(strlen(config.local_forwards[0].bind), 107);
        adit_ssh_config_clear(&config);
    }
}

/* SHA-1 of "here.examplegw22local", made by sha1sum. */
static void the_hash_of_a_connection_is_that_of_ssh(void **state)
{
    struct world world = { "", "" };
    const struct adit_config_files files = callbacks(&world);
    struct adit_ssh_config config;
    unsigned readings;

    (void)state;
    adit_ssh_config_init(&config, &target, &files);
    assert_int_equal(load(&config, "ControlPath /%C", &readings), ADIT_OK);
    assert_string_equal(config.control_path, "/6f475dbfdda12630685282a82586f9593173c698");
    adit_ssh_config_clear(&config);
}

static void of_command_and_jump_the_first_counts(void **state)
{
    static const struct {
        const char *text;
        const char *command;
        const char *jump;
    } rows[] = {
        { "ProxyCommand nc %h %p", "nc gw 22", NULL },
        { "ProxyCommand a\nProxyJump b", "a", NULL },
        { "ProxyJump b\nProxyCommand a", NULL, "b" },
        { "ProxyJump none\nProxyCommand a", "a", NULL },
        { "ProxyCommand none\nProxyJump b", NULL, NULL },
        { "ProxyJump none\nProxyJump b", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world = { "", "" };
        const struct adit_config_files files = callbacks(&world);
        struct adit_ssh_config config;
        unsigned readings;

        adit_ssh_config_init(&config, &target, &files);
        assert_int_equal(load(&config, rows[i].text, &readings), ADIT_OK);
        assert_true((config.proxy_command == NULL) == (rows[i].command == NULL));
        assert_true((config.proxy_jump == NULL) == (rows[i].jump == NULL));
        if (rows[i].command)
            assert_string_equal(config.proxy_command, rows[i].command);
        if (rows[i].jump)
            assert_string_equal(config.proxy_jump, rows[i].jump);
        adit_ssh_config_clear(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_are_read_again_where_that_is_asked_for),
        cmocka_unit_test(names_are_looked_up_only_where_needed),
        cmocka_unit_test(a_host_in_no_domain_is_an_error_where_that_is_asked_for),
        cmocka_unit_test(commands_of_match_are_run_with_what_is_settled),
        cmocka_unit_test(errors_have_their_sentence),
        cmocka_unit_test(tokens_are_expanded),
        cmocka_unit_test(a_path_of_a_socket_has_107_bytes_at_most),
        cmocka_unit_test(the_hash_of_a_connection_is_that_of_ssh),
        cmocka_unit_test(of_command_and_jump_the_first_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
