/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/options.h"

#include <string.h>

enum { WORDS_MAX = 12 };

/* The words of a command line, as main() gets them. */
struct line {
    const char *words[WORDS_MAX];
};

static bool parse_by(bool (*by)(struct adit_options *options, int argc, char *const argv[]),
                     struct adit_options *options, const struct line *line)
{
    char *argv[WORDS_MAX + 2] = { NULL };
    static char name[] = "adit";
    static char copies[WORDS_MAX][160];
    int argc = 0;

    argv[argc++] = name;
    for (size_t i = 0; i < WORDS_MAX && line->words[i]; i++) {
        (void)snprintf(copies[i], sizeof copies[i], "%s", line->words[i]);
        argv[argc++] = copies[i];
    }
    return by(options, argc, argv);
}

static bool parse(struct adit_options *options, const struct line *line)
{
    return parse_by(adit_options_parse, options, line);
}

/* The settings as one text: "Port=22 -o=BatchMode=yes …". */
static const char *settings_text(const struct adit_options *options)
{
    static char text[4096];
    size_t len = 0;

    text[0] = '\0';
    for (size_t i = 0; i < options->setting_count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s=%s", i ? " " : "",
                                options->settings[i].keyword ? options->settings[i].keyword : "-o",
                                options->settings[i].value);
    return text;
}

static const struct {
    struct line line;
    const char *settings;
} good[] = {
    { { { "gw" } }, "" },
    { { { "cassie@gw" } }, "User=cassie" },
    { { { "ssh://cassie@gw:2222" } }, "User=cassie Port=2222" },
    { { { "-p", "2222", "gw" } }, "Port=2222" },
    { { { "-p2222", "gw" } }, "Port=2222" },
    { { { "gw", "-p", "2222" } }, "Port=2222" },
    { { { "-nNT", "gw" } }, "" },
    { { { "-akx", "-e", "none", "gw" } }, "" },
    { { { "-nNTp2222", "gw" } }, "Port=2222" },
    { { { "-L", "3307:db:3306", "-L3308:db:3308", "gw" } },
      "LocalForward=3307:db:3306 LocalForward=3308:db:3308" },
    { { { "-R", "0:localhost:22", "gw" } }, "RemoteForward=0:localhost:22" },
    { { { "-46g", "gw" } }, "GatewayPorts=yes AddressFamily=inet6 AddressFamily=inet" },
    { { { "-l", "a", "b@gw" } }, "User=a User=b" },
    { { { "-i", "key.pem", "-oBatchMode=yes", "-o", "Port 7", "gw" } },
      "IdentityFile=key.pem -o=BatchMode=yes -o=Port 7" },
    { { { "-b", "::1", "-B", "eth0", "-c", "c", "-m", "m", "gw" } },
      "MACs=m Ciphers=c BindInterface=eth0 BindAddress=::1" },
    { { { "-C", "-P", "tag", "gw" } }, "Compression=yes Tag=tag" },
    { { { "-D1080", "-D", "*:1081", "gw" } }, "DynamicForward=1080 DynamicForward=*:1081" },
    { { { "-v", "gw" } }, "LogLevel=DEBUG1" },
    { { { "-v", "-v", "gw" } }, "LogLevel=DEBUG2" },
    { { { "-vvvvv", "gw" } }, "LogLevel=DEBUG3" },
    { { { "-q", "gw" } }, "LogLevel=QUIET" },
    { { { "-J", "a,b", "-o", "ProxyJump=c", "gw" } }, "ProxyJump=a,b -o=ProxyJump=c" },
    { { { "-oProxyUseFdpass=no", "-oProxyJumps=c", "-J", "a", "gw" } },
      "-o=ProxyUseFdpass=no -o=ProxyJumps=c ProxyJump=a" },
    { { { "-v", "-o", "LogLevel=ERROR", "gw" } }, "LogLevel=DEBUG1 -o=LogLevel=ERROR" },
    { { { "-o", "LogLevel=ERROR", "-v", "gw" } }, "LogLevel=DEBUG1 -o=LogLevel=ERROR" },
    { { { "-o", "Compression=no", "-C", "gw" } }, "Compression=yes -o=Compression=no" },
    { { { "-S", "/a", "-p", "1", "-S", "/b", "gw" } }, "ControlPath=/b ControlPath=/a Port=1" },
    { { { "-vvq", "gw" } }, "LogLevel=QUIET" },
    { { { "-qv", "gw" } }, "LogLevel=DEBUG1" },
    { { { "-p", "-5", "gw" } }, "Port=-5" }, /* the value is for the configuration to judge */
    { { { "-4", "--", "gw" } }, "AddressFamily=inet" },
    { { { "-P", "2301", "gw" } }, "Port=2301" }, /* plink's */
    { { { "-P", "tag2", "gw" } }, "Tag=tag2" },
    { { { "-P2301", "gw" } }, "Tag=2301" },
    { { { "-ssh", "-batch", "-pwfile", "pw", "gw" } }, "BatchMode=yes" },
    { { { "-b", "atch", "gw" } }, "BindAddress=atch" },
    { { { "-o", "StrictHostKeyChecking=no", "-hostkey", "SHA256:a", "-hostkey", "SHA256:b",
          "gw" } },
      "StrictHostKeyChecking=ask UserKnownHostsFile=none GlobalKnownHostsFile=none "
      "UpdateHostKeys=no -o=StrictHostKeyChecking=no" },
};

static void good_command_lines_become_settings(void **state)
{
    struct adit_options options;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!parse(&options, &good[i].line))
            fail_msg("line %zu: %s", i, options.error);
        assert_string_equal(settings_text(&options), good[i].settings);
        assert_string_equal(options.parts.host, "gw");
        assert_int_equal(options.action, ADIT_ACTION_RUN);
    }
}

#define JUMPS_TWICE                                                                                \
    "-J: jump hosts are given already; one -J takes them all, with commas between them"
#define TWO_WAYS "-J and ProxyCommand: there is but one way to the gateway"

static const struct {
    struct line line;
    const char *error;
    bool show_usage;
} bad[] = {
    { { { "-J", "a", "-J", "b", "gw" } }, JUMPS_TWICE, false },
    { { { "-J", "none", "gw", "-Jb" } }, JUMPS_TWICE, false },
    { { { "-o", "ProxyJump=a", "-J", "b", "gw" } }, JUMPS_TWICE, false },
    { { { "-o", "proxyjump", "-J", "b", "gw" } }, JUMPS_TWICE, false },
    { { { "-o", " proxycommand\tx", "-J", "a", "gw" } }, TWO_WAYS, false },
    { { { "-oProxyCommand=none", "-J", "a", "gw" } }, TWO_WAYS, false },
    { { { NULL } }, "no destination", true },
    { { { "-N" } }, "no destination", true },
    { { { "-G" } }, "no destination", true },
    { { { "-Z", "gw" } }, "unknown option -Z", true },
    { { { "-NZ", "gw" } }, "unknown option -Z", true },
    { { { "gw", "-pw" } }, "-pw needs an argument", false },
    { { { "-hostkey", "aa:bb:cc", "gw" } }, "-hostkey wants a fingerprint as in SHA256:…", false },
    { { { "--frobnicate", "gw" } }, "unknown option --frobnicate", true },
    { { { "--frobnicate=1", "gw" } }, "unknown option --frobnicate", true },
    { { { "--hel", "gw" } }, "unknown option --hel", true },
    { { { "--help=me", "gw" } }, "--help takes no argument", false },
    { { { "gw", "-p" } }, "-p needs an argument: port", false },
    { { { "--all", "gw" } }, "--all is for adit up", false },
    { { { "-O", "proxy", "gw" } },
      "-O \"proxy\": check, exit, stop, forward and cancel are known",
      false },
    { { { "--ready-fd", "", "gw" } }, "--ready-fd: \"\" is no descriptor", false },
    { { { "--ready-fd", "-1", "gw" } }, "--ready-fd: \"-1\" is no descriptor", false },
    { { { "--ready-fd", "3x", "gw" } }, "--ready-fd: \"3x\" is no descriptor", false },
    { { { "--ready-fd", "1048577", "gw" } }, "--ready-fd: \"1048577\" is no descriptor", false },
    { { { "gw", "--password-file" } }, "--password-file needs an argument: file", false },
    { { { "gw", "uptime" } },
      "commands are never run, and \"uptime\" after the destination is one",
      false },
    { { { "--", "gw", "-v" } },
      "commands are never run, and \"-v\" after the destination is one",
      false },
    { { { "" } }, "bad destination \"\"", false },
    { { { "-" } }, "bad destination \"-\"", false },
    { { { "--", "-oProxyCommand=x" } }, "bad destination \"-oProxyCommand=x\"", false },
};

static void bad_command_lines_are_refused_with_a_sentence(void **state)
{
    struct adit_options options;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(parse(&options, &bad[i].line));
        assert_string_equal(options.error, bad[i].error);
        assert_int_equal(options.show_usage, bad[i].show_usage);
    }
}

/* Each by its letter, with its argument and without, and never as unknown. */
static void options_of_ssh_without_use_here_are_refused_by_name(void **state)
{
    static const char letters[] = "AKstwXYIQy";
    struct adit_options options;
    char word[] = "-?";
    char name[] = "-?: ";

    (void)state;
    for (const char *letter = letters; *letter; letter++) {
        const struct line lines[] = { { { word, "gw" } },
                                      { { word, "1080", "gw" } },
                                      { { word } } };

        word[1] = name[1] = *letter;
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
            assert_false(parse(&options, &lines[i]));
            assert_memory_equal(options.error, name, sizeof name - 1);
            assert_true(strlen(options.error) > sizeof name);
            assert_false(options.show_usage);
        }
    }
}

static void a_password_on_the_command_line_is_taken_off_it(void **state)
{
    char name[] = "adit";
    char word[] = "-pw";
    char secret[] = "correct horse";
    char host[] = "gw";
    char *const argv[] = { name, word, secret, host, NULL };
    const char gone[sizeof secret] = "";
    struct adit_options options;

    (void)state;
    assert_true(adit_options_parse(&options, 4, argv));
    assert_string_equal(options.password, "correct horse");
    assert_memory_equal(secret, gone, sizeof secret);
    assert_string_equal(settings_text(&options), "");
    assert_int_equal(options.note_count, 1);
}

static void two_passwords_are_refused_and_none_is_kept(void **state)
{
    static const char *const files[] = { "--password-file", "-pwfile" };

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        char name[] = "adit";
        char word[] = "-pw";
        char secret[] = "correct horse";
        char file[32] = "";
        char path[] = "pw";
        char host[] = "gw";
        char *const file_last[] = { name, word, secret, file, path, host, NULL };
        char *const file_first[] = { name, file, path, host, word, secret, NULL };
        char *const *argv = i & 1 ? file_last : file_first;
        const char gone[sizeof secret] = "";
        struct adit_options options;

        memcpy(file, files[i >> 1 & 1], strlen(files[i >> 1 & 1]) + 1);
        assert_false(i & 4 ? adit_options_parse_up(&options, 6, argv)
                           : adit_options_parse(&options, 6, argv));
        assert_string_equal(options.error,
                            "-pw and --password-file (-pwfile): one password, not two");
        assert_string_equal(options.password, "");
        assert_memory_equal(secret, gone, sizeof secret);
    }
}

static void options_of_the_program_itself_are_no_settings(void **state)
{
    const struct line line = { { "-f", "-F", "none", "-E", "log", "--password-file=pw", "gw" } };
    struct adit_options options;

    (void)state;
    assert_true(parse(&options, &line));
    assert_true(options.background);
    assert_string_equal(options.config_file, "none");
    assert_string_equal(options.log_file, "log");
    assert_string_equal(options.password_file, "pw");
    assert_int_equal(options.setting_count, 0);
}

static void actions_need_no_destination_but_print_does(void **state)
{
    const struct line help = { { "--help" } };
    const struct line version = { { "-V" } };
    const struct line long_version = { { "--version" } };
    const struct line print = { { "-G", "gw" } };
    struct adit_options options;

    (void)state;
    assert_true(parse(&options, &help));
    assert_int_equal(options.action, ADIT_ACTION_HELP);
    assert_true(parse(&options, &version));
    assert_int_equal(options.action, ADIT_ACTION_VERSION);
    assert_true(parse(&options, &long_version));
    assert_int_equal(options.action, ADIT_ACTION_VERSION);
    assert_true(parse(&options, &print));
    assert_int_equal(options.action, ADIT_ACTION_PRINT);
}

static void options_of_a_master_are_ssh_s(void **state)
{
    const struct line master = { { "-fNM", "-S", "path", "gw" } };
    const struct line check = { { "-S", "path", "-O", "check", "gw" } };
    struct adit_options options;

    (void)state;
    assert_true(parse(&options, &master));
    assert_true(options.is_master);
    assert_int_equal(options.action, ADIT_ACTION_RUN);
    assert_string_equal(settings_text(&options), "ControlPath=path ControlMaster=yes");
    assert_true(parse(&options, &check));
    assert_false(options.is_master);
    assert_int_equal(options.action, ADIT_ACTION_CONTROL);
    assert_string_equal(options.control, "check");
}

static void readiness_has_a_descriptor_or_none(void **state)
{
    const struct line none = { { "gw" } };
    const struct line some = { { "--ready-fd", "3", "gw" } };
    struct adit_options options;

    (void)state;
    assert_true(parse(&options, &none));
    assert_int_equal(options.ready_fd, -1);
    assert_true(parse(&options, &some));
    assert_int_equal(options.ready_fd, 3);
}

static void up_takes_names_or_all(void **state)
{
    static const struct {
        struct line line;
        size_t names; /* 0: --all */
        const char *settings;
    } right[] = {
        { { { "db" } }, 1, "" },
        { { { "db", "-v", "a@b", "-oPort=7" } }, 2, "LogLevel=DEBUG1 -o=Port=7" },
        { { { "--all" } }, 0, "" },
    };
    static const struct line wrong[] = {
        { { NULL } },
        { { "--all", "db" } },
        { { "db", "db" } },
        { { "-M", "db" } },
        { { "-W", "x:1", "db" } },
        { { "-G", "db" } },
        { { "-Ocheck", "db" } },
        { { "--frobnicate", "db" } },
    };
    struct adit_options options;

    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_true(parse_by(adit_options_parse_up, &options, &right[i].line));
        assert_true(options.is_up);
        assert_int_equal(options.name_count, right[i].names);
        assert_int_equal(options.all, right[i].names == 0);
        assert_string_equal(settings_text(&options), right[i].settings);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(parse_by(adit_options_parse_up, &options, &wrong[i]));
        assert_true(options.error[0] != '\0');
    }
}

static void a_check_takes_a_tunnel_or_a_port(void **state)
{
    static const struct {
        struct line line;
        bool as_json;
        uint16_t port;
    } checks[] = {
        { { { "check", "-L", "1:db:2", "gw" } }, false, 0 },
        { { { "check", "--json", "gw" } }, true, 0 },
        { { { "check", "3307" } }, false, 3307 },
        { { { "check", "65535", "--json" } }, true, 65535 },
        { { { "check", "3307x" } }, false, 0 },
        { { { "check", "-p", "22", "3307" } }, false, 0 }, /* a host by that name */
    };
    const struct line zero = { { "check", "0" } };
    const struct line large = { { "check", "70000" } };
    const struct line background = { { "check", "-f", "gw" } };
    const struct line alone = { { "check" } };
    const struct line behind = { { "gw", "check" } };
    const struct line json[] = { { { "--json", "gw" } },
                                 { { "-G", "--json", "gw" } },
                                 { { "gw", "--json", "-O", "check" } } };
    const struct line up_json = { { "--json", "db" } };
    const struct line help = { { "--json", "--help" } };
    struct adit_options options;

    (void)state;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        assert_true(parse(&options, &checks[i].line));
        assert_int_equal(options.action, ADIT_ACTION_CHECK);
        assert_int_equal(options.as_json, checks[i].as_json);
        assert_int_equal(options.checked_port, checks[i].port);
    }
    assert_false(parse(&options, &zero));
    assert_string_equal(options.error, "check: 0 is not a port from 1 to 65535");
    assert_false(parse(&options, &large));
    assert_string_equal(options.error, "check: 70000 is not a port from 1 to 65535");
    assert_false(parse(&options, &background));
    assert_false(parse(&options, &alone));
    assert_int_equal(options.action, ADIT_ACTION_CHECK);
    assert_false(parse(&options, &behind));
    for (size_t i = 0; i < sizeof json / sizeof json[0]; i++) {
        assert_false(parse(&options, &json[i]));
        assert_string_equal(options.error, "--json goes with adit check and adit status");
    }
    assert_false(parse_by(adit_options_parse_up, &options, &up_json));
    assert_string_equal(options.error, "--json goes with adit check and adit status");
    assert_true(parse(&options, &help));
    assert_true(parse_by(adit_options_parse_up, &options, &help));
}

static void too_many_settings_are_refused(void **state)
{
    char dashed[ADIT_OPTIONS_SETTINGS_MAX + 3] = "-";
    char name[] = "adit";
    char host[] = "gw";
    char *argv[] = { name, dashed, host, NULL };
    struct adit_options options;

    (void)state;
    memset(dashed + 1, '4', ADIT_OPTIONS_SETTINGS_MAX);
    assert_true(adit_options_parse(&options, 3, argv));
    dashed[ADIT_OPTIONS_SETTINGS_MAX + 1] = '4';
    assert_false(adit_options_parse(&options, 3, argv));
}

static void help_names_every_option_once(void **state)
{
    static const char letters[] = "46AaBbCcDEeFfGgIiJKkLlMmNnOoPpQqRSsTtVvWwXxYy";
    char *all = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&all, &len);
    const char *text;

    (void)state;
    assert_non_null(out);
    adit_options_print_help(out);
    assert_int_equal(fclose(out), 0);
    text = strstr(all, "\n\n"); /* behind the usage lines */
    assert_non_null(text);
    for (const char *letter = letters; *letter; letter++) {
        const char option[] = { ' ', '-', *letter, '\0' };
        const char *found = strstr(text, option);

        if (found == NULL || strstr(found + 1, option))
            fail_msg("-%c is not there just once", *letter);
    }
    assert_non_null(strstr(text, "--password-file file"));
    assert_non_null(strstr(text, "--help"));
    free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_command_lines_become_settings),
        cmocka_unit_test(bad_command_lines_are_refused_with_a_sentence),
        cmocka_unit_test(options_of_ssh_without_use_here_are_refused_by_name),
        cmocka_unit_test(a_password_on_the_command_line_is_taken_off_it),
        cmocka_unit_test(two_passwords_are_refused_and_none_is_kept),
        cmocka_unit_test(options_of_the_program_itself_are_no_settings),
        cmocka_unit_test(actions_need_no_destination_but_print_does),
        cmocka_unit_test(options_of_a_master_are_ssh_s),
        cmocka_unit_test(readiness_has_a_descriptor_or_none),
        cmocka_unit_test(up_takes_names_or_all),
        cmocka_unit_test(a_check_takes_a_tunnel_or_a_port),
        cmocka_unit_test(too_many_settings_are_refused),
        cmocka_unit_test(help_names_every_option_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
