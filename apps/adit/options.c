/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row for each option: most are settings of ssh_config(5) under a letter.
 * Options of ssh that a tunnel has no use for have a row too, so that they are
 * refused by name and not as unknown.
 */
#include "options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "control_command.h"
#include "plink_words.h"

enum { DECIMAL = 10, FD_MAX = 1 << 20 };

#define BLANKS " \t"

struct option {
    char letter;          /* 0: it has a long name only */
    const char *name;     /* NULL: it has a letter only */
    const char *argument; /* NULL: it takes none */
    const char *text;     /* for --help; of a refused one, why */
    bool (*take)(struct adit_options *options, const struct option *option, const char *argument);
    const char *keyword; /* of take_setting: where the value goes… */
    const char *value;   /* …and the value, of an option without argument */
};

static bool fail(struct adit_options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool fail(struct adit_options *options, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(options->error, sizeof options->error, format, args);
    va_end(args);
    return false;
}

bool adit_options_add_setting(struct adit_options *options, const char *keyword, const char *value)
{
    if (options->setting_count == ADIT_OPTIONS_SETTINGS_MAX)
        return fail(options, "more than %d settings", ADIT_OPTIONS_SETTINGS_MAX);
    options->settings[options->setting_count++] = (struct adit_ssh_option){ keyword, value };
    return true;
}

bool adit_options_put_setting(struct adit_options *options, const char *keyword, const char *value)
{
    if (!adit_options_add_setting(options, keyword, value))
        return false;
    memmove(options->settings + 1, options->settings,
            (options->setting_count - 1) * sizeof options->settings[0]);
    options->settings[0] = (struct adit_ssh_option){ keyword, value };
    return true;
}

static bool take_setting(struct adit_options *options, const struct option *option,
                         const char *argument)
{
    return adit_options_add_setting(options, option->keyword, argument ? argument : option->value);
}

/* With ssh these letters replace what stands before them, and no -o behind them counts. */
static bool take_last(struct adit_options *options, const struct option *option,
                      const char *argument)
{
    return adit_options_put_setting(options, option->keyword, argument ? argument : option->value);
}

/* Whether what was given so far has the keyword, by a letter or by -o. */
static bool is_given(const struct adit_options *options, const char *keyword)
{
    const size_t len = strlen(keyword);

    for (size_t i = 0; i < options->setting_count; i++) {
        const struct adit_ssh_option *given = &options->settings[i];
        const char *word = given->keyword ? given->keyword : given->value;

        word += strspn(word, BLANKS);
        if (strncasecmp(word, keyword, len) == 0 &&
            (word[len] == '\0' || strchr(BLANKS "=", word[len])))
            return true;
    }
    return false;
}

/* Of two ways to the gateway neither may be dropped in silence. */
static bool take_jump(struct adit_options *options, const struct option *option,
                      const char *argument)
{
    if (is_given(options, "ProxyCommand"))
        return fail(options, "-J and ProxyCommand: there is but one way to the gateway");
    if (is_given(options, option->keyword))
        return fail(options, "-J: jump hosts are given already; one -J takes them all, with "
                             "commas between them");
    return take_setting(options, option, argument);
}

static bool take_nothing(struct adit_options *options, const struct option *option,
                         const char *argument)
{
    (void)options, (void)option, (void)argument;
    return true;
}

static bool refuse(struct adit_options *options, const struct option *option, const char *argument)
{
    (void)argument;
    return fail(options, "-%c: %s", option->letter, option->text);
}

static bool take_background(struct adit_options *options, const struct option *option,
                            const char *argument)
{
    (void)option, (void)argument;
    options->background = true;
    return true;
}

static bool take_config_file(struct adit_options *options, const struct option *option,
                             const char *argument)
{
    (void)option;
    options->config_file = argument;
    return true;
}

static bool take_log_file(struct adit_options *options, const struct option *option,
                          const char *argument)
{
    (void)option;
    options->log_file = argument;
    return true;
}

static bool take_password_file(struct adit_options *options, const struct option *option,
                               const char *argument)
{
    (void)option;
    options->password_file = argument;
    return true;
}

static bool take_stdio(struct adit_options *options, const struct option *option,
                       const char *argument)
{
    (void)option;
    if (options->stdio_target)
        return fail(options, "-W twice: there is but one stdin");
    options->stdio_target = argument;
    return true;
}

static bool take_quiet(struct adit_options *options, const struct option *option,
                       const char *argument)
{
    (void)option, (void)argument;
    options->verbosity = 0;
    options->log_level = "QUIET";
    return true;
}

static bool take_verbose(struct adit_options *options, const struct option *option,
                         const char *argument)
{
    static const char *const levels[] = { "DEBUG1", "DEBUG2", "DEBUG3" };

    (void)option, (void)argument;
    options->log_level = levels[options->verbosity < 3 ? options->verbosity++ : 2];
    return true;
}

static bool take_print(struct adit_options *options, const struct option *option,
                       const char *argument)
{
    (void)option, (void)argument;
    options->action = ADIT_ACTION_PRINT;
    return true;
}

static bool take_master(struct adit_options *options, const struct option *option,
                        const char *argument)
{
    options->is_master = true;
    return take_last(options, option, argument);
}

static bool take_control(struct adit_options *options, const struct option *option,
                         const char *argument)
{
    (void)option;
    if (!adit_control_master_knows(argument))
        return fail(options, "-O \"%s\": check, exit, stop, forward and cancel are known",
                    argument);
    options->control = argument;
    options->action = ADIT_ACTION_CONTROL;
    return true;
}

static bool take_ready_fd(struct adit_options *options, const struct option *option,
                          const char *argument)
{
    char *end = NULL;
    const unsigned long number = strtoul(argument, &end, DECIMAL);

    if (argument[0] < '0' || argument[0] > '9' || *end != '\0' || number > FD_MAX)
        return fail(options, "--%s: \"%s\" is no descriptor", option->name, argument);
    options->ready_fd = (int)number;
    return true;
}

static bool take_all(struct adit_options *options, const struct option *option,
                     const char *argument)
{
    (void)argument;
    options->all = true;
    return options->is_up || fail(options, "--%s is for adit up", option->name);
}

static bool take_json(struct adit_options *options, const struct option *option,
                      const char *argument)
{
    (void)option, (void)argument;
    options->as_json = true;
    return true;
}

static bool take_help(struct adit_options *options, const struct option *option,
                      const char *argument)
{
    (void)option, (void)argument;
    options->action = ADIT_ACTION_HELP;
    return true;
}

static bool take_version(struct adit_options *options, const struct option *option,
                         const char *argument)
{
    (void)option, (void)argument;
    options->action = ADIT_ACTION_VERSION;
    return true;
}

#define FORWARD    "[bind_address:]port:host:hostport"
#define SOCKS      "[bind_address:]port"
#define NOT_YET    "not supported yet"
#define NO_X11     "adit carries tunnels only, no X11"
#define NO_PROGRAM "adit runs nothing at the gateway"

/* clang-format off */
static const struct option table[] = {
    { 'L', NULL, FORWARD, "listen here, connect from the gateway", take_setting, "LocalForward", NULL },
    { 'R', NULL, FORWARD, "listen at the gateway, connect from here", take_setting, "RemoteForward", NULL },
    { 'D', NULL, SOCKS, "listen here for SOCKS, connect from the gateway", take_setting, "DynamicForward", NULL },
    { 'W', NULL, "host:port", "connect stdin and stdout to there from the gateway, and nothing else", take_stdio, NULL, NULL },
    { 'g', NULL, NULL, "let other machines connect to ports that listen here", take_last, "GatewayPorts", "yes" },
    { 'f', NULL, NULL, "go to the background once every forward is up", take_background, NULL, NULL },
    { 'J', NULL, "host[,host…]", "go through these hosts to the gateway", take_jump, "ProxyJump", NULL },
    { 'p', NULL, "port", "port of the gateway", take_setting, "Port", NULL },
    { 'l', NULL, "user", "name to log in with", take_setting, "User", NULL },
    { 'i', NULL, "file", "private key to log in with; may be given more than once", take_setting, "IdentityFile", NULL },
    { 0, "password-file", "file", "the password is the first line of a file that only you may read", take_password_file, NULL, NULL },
    { 'o', NULL, "keyword=value", "a setting as in ssh_config(5)", take_setting, NULL, NULL },
    { 'F', NULL, "file", "read this configuration instead of yours and the system's; none: read none", take_config_file, NULL, NULL },
    { 'G', NULL, NULL, "print the settings that would be used, and stop", take_print, NULL, NULL },
    { '4', NULL, NULL, "IPv4 only", take_last, "AddressFamily", "inet" },
    { '6', NULL, NULL, "IPv6 only", take_last, "AddressFamily", "inet6" },
    { 'b', NULL, "address", "connect from this address", take_last, "BindAddress", NULL },
    { 'B', NULL, "interface", "connect through this interface", take_last, "BindInterface", NULL },
    { 'c', NULL, "ciphers", "ciphers, best first", take_last, "Ciphers", NULL },
    { 'm', NULL, "macs", "MACs, best first", take_last, "MACs", NULL },
    { 'C', NULL, NULL, "compress", take_last, "Compression", "yes" },
    { 'P', NULL, "tag", "tag for Match tagged in the configuration", take_setting, "Tag", NULL },
    { 'v', NULL, NULL, "say what happens; up to three times for more", take_verbose, NULL, NULL },
    { 'q', NULL, NULL, "say nothing", take_quiet, NULL, NULL },
    { 'E', NULL, "file", "append messages to a file instead of writing them to stderr", take_log_file, NULL, NULL },
    { 'M', NULL, NULL, "let programs steer this tunnel at a socket, as a master of ssh", take_master, "ControlMaster", "yes" },
    { 'S', NULL, "path", "that socket; without it, that of ControlPath", take_last, "ControlPath", NULL },
    { 'O', NULL, "command", "steer the tunnel at that socket: check, exit, stop, forward, cancel", take_control, NULL, NULL },
    { 0, "ready-fd", "number", "write a line to this descriptor once every forward is up", take_ready_fd, NULL, NULL },
    { 0, "all", NULL, "with up: every host of your configuration that has forwards", take_all, NULL, NULL },
    { 0, "json", NULL, "say what adit check finds as JSON", take_json, NULL, NULL },
    { 'V', "version", NULL, "print the version, and stop", take_version, NULL, NULL },
    { 0, "help", NULL, "print this text, and stop", take_help, NULL, NULL },

    /* Without a text: what ssh is asked by these holds for adit anyway. */
    { 'N', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'T', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'n', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'a', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'k', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'x', NULL, NULL, NULL, take_nothing, NULL, NULL },
    { 'e', NULL, "character", NULL, take_nothing, NULL, NULL },

    { 'A', NULL, NULL, "adit carries tunnels only, no agent", refuse, NULL, NULL },
    { 'K', NULL, NULL, "adit does not log in with GSSAPI", refuse, NULL, NULL },
    { 's', NULL, NULL, NO_PROGRAM ", so no subsystem", refuse, NULL, NULL },
    { 't', NULL, NULL, NO_PROGRAM ", so it asks for no terminal", refuse, NULL, NULL },
    { 'w', NULL, "tunnels", "adit carries TCP connections only, no network devices", refuse, NULL, NULL },
    { 'X', NULL, NULL, NO_X11, refuse, NULL, NULL },
    { 'Y', NULL, NULL, NO_X11, refuse, NULL, NULL },
    { 'I', NULL, "library", "PKCS#11 tokens are " NOT_YET, refuse, NULL, NULL },
    { 'Q', NULL, "query", "lists of algorithms are " NOT_YET, refuse, NULL, NULL },
    { 'y', NULL, NULL, "the system log is " NOT_YET "; -E writes to a file", refuse, NULL, NULL },
};
/* clang-format on */

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].letter && table[i].letter == letter)
            return &table[i];
    return NULL;
}

static const struct option *find_name(const char *name, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].name && strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return &table[i];
    return NULL;
}

/* What is left of the command line. */
struct words {
    char *const *next;
    char *const *end;
};

/* "-vNp2222": letters up to the first that takes an argument. */
static bool take_letters(struct adit_options *options, const char *letters, struct words *words)
{
    while (*letters) {
        const char letter = *letters++;
        const struct option *option = find_letter(letter);
        const char *argument = NULL;

        if (option == NULL) {
            options->show_usage = true;
            return fail(options, "unknown option -%c", letter);
        }
        if (option->argument) {
            if (*letters == '\0' && words->next == words->end && option->take != refuse)
                return fail(options, "-%c needs an argument: %s", letter, option->argument);
            argument = *letters || words->next == words->end ? letters : *words->next++;
            letters = "";
        }
        if (!option->take(options, option, argument))
            return false;
    }
    return true;
}

/* "name" or "name=argument", without the dashes. */
static bool take_name(struct adit_options *options, const char *word, struct words *words)
{
    const size_t len = strcspn(word, "=");
    const struct option *option = find_name(word, len);
    const char *argument = word[len] ? word + len + 1 : NULL;

    if (option == NULL) {
        options->show_usage = true;
        return fail(options, "unknown option --%.*s", (int)len, word);
    }
    if (option->argument == NULL && argument)
        return fail(options, "--%s takes no argument", option->name);
    if (option->argument && argument == NULL) {
        if (words->next == words->end)
            return fail(options, "--%s needs an argument: %s", option->name, option->argument);
        argument = *words->next++;
    }
    return option->take(options, option, argument);
}

static bool take_destination(struct adit_options *options, const char *word)
{
    struct adit_destination *parts = &options->parts;

    if (options->destination)
        return fail(options, "commands are never run, and \"%s\" after the destination is one",
                    word);
    if (!adit_destination_parse(parts, word))
        return fail(options, "bad destination \"%s\"", word);
    options->destination = word;
    if (parts->user[0] && !adit_options_add_setting(options, "User", parts->user))
        return false;
    return parts->port[0] == '\0' || adit_options_add_setting(options, "Port", parts->port);
}

static bool take_up_name(struct adit_options *options, const char *word)
{
    for (size_t i = 0; i < options->name_count; i++)
        if (strcmp(options->names[i], word) == 0)
            return fail(options, "up: \"%s\" is given twice", word);
    if (options->name_count == ADIT_OPTIONS_NAMES_MAX)
        return fail(options, "up: more than %d names", ADIT_OPTIONS_NAMES_MAX);
    options->names[options->name_count++] = word;
    return true;
}

static bool take_word(struct adit_options *options, const char *word, bool is_option,
                      struct words *words)
{
    enum adit_plink plink;
    bool used_next;

    if (!is_option)
        return options->is_up ? take_up_name(options, word) : take_destination(options, word);
    if (word[1] == '-')
        return take_name(options, word + 2, words);
    plink =
        adit_plink_take(options, word, words->next < words->end ? *words->next : NULL, &used_next);
    words->next += used_next;
    return plink == ADIT_PLINK_NONE ? take_letters(options, word + 1, words)
                                    : plink == ADIT_PLINK_TAKEN;
}

/* Behind all that was given, so that it is what was not said otherwise. */
static bool settle_stdio(struct adit_options *options)
{
    if (options->background)
        return fail(options, "-W and -f: in the background there is no stdin");
    return adit_options_add_setting(options, "ClearAllForwardings", "yes") &&
           adit_options_add_setting(options, "ExitOnForwardFailure", "yes") &&
           adit_options_add_setting(options, "Reconnect", "no");
}

/* True: that is all that there is to settle, or an error. */
static bool settle_check(struct adit_options *options)
{
    const char *word = options->destination;
    unsigned long port = 0;

    if (options->background)
        return !fail(options, "-f: a check stays in the foreground");
    if (word && options->setting_count == 0 && options->stdio_target == NULL &&
        strspn(word, "0123456789") == strlen(word)) {
        port = strtoul(word, NULL, DECIMAL);
        if (port == 0 || port > UINT16_MAX)
            return !fail(options, "check: %s is not a port from 1 to 65535", word);
    }
    options->checked_port = (uint16_t)port;
    return options->checked_port != 0;
}

/* Neither of two passwords is the one that is surely meant. */
static bool settle_password(struct adit_options *options)
{
    if (options->password_file == NULL || options->password[0] == '\0')
        return true;
    explicit_bzero(options->password, sizeof options->password);
    return fail(options, "-pw and --password-file (-pwfile): one password, not two");
}

static bool settle_json(struct adit_options *options)
{
    return !options->as_json || options->action == ADIT_ACTION_CHECK ||
           options->action == ADIT_ACTION_HELP || options->action == ADIT_ACTION_VERSION ||
           fail(options, "--json goes with adit check and adit status");
}

static bool take_words(struct adit_options *options, int argc, char *const argv[])
{
    struct words words = { argv + (argc > 0), argv + argc };
    bool options_ended = false;

    while (words.next < words.end) {
        const char *word = *words.next++;

        if (!options_ended && strcmp(word, "--") == 0) {
            options_ended = true;
            continue;
        }
        if (!take_word(options, word, !options_ended && word[0] == '-' && word[1], &words))
            return false;
    }
    return settle_password(options);
}

bool adit_options_parse(struct adit_options *options, int argc, char *const argv[])
{
    const bool is_check = argc > 1 && strcmp(argv[1], "check") == 0;

    *options = (struct adit_options){ .ready_fd = -1 };
    if (is_check)
        options->action = ADIT_ACTION_CHECK;
    if (!take_words(options, argc - is_check, argv + is_check))
        return false;
    if (!settle_json(options))
        return false;
    if (options->action == ADIT_ACTION_CHECK && settle_check(options))
        return options->error[0] == '\0';
    if (options->stdio_target && !settle_stdio(options))
        return false;
    if (options->log_level && !adit_options_put_setting(options, "LogLevel", options->log_level))
        return false;
    if (options->destination || options->action == ADIT_ACTION_HELP ||
        options->action == ADIT_ACTION_VERSION)
        return true;
    options->show_usage = true;
    return fail(options, "no destination");
}

bool adit_options_parse_up(struct adit_options *options, int argc, char *const argv[])
{
    *options = (struct adit_options){ .ready_fd = -1, .is_up = true };
    if (!take_words(options, argc, argv))
        return false;
    if (options->action == ADIT_ACTION_HELP || options->action == ADIT_ACTION_VERSION)
        return true;
    if (options->action != ADIT_ACTION_RUN || options->stdio_target || options->is_master)
        return fail(options, "up: -G, -M, -O and -W are for a single tunnel");
    if (!settle_json(options))
        return false;
    if (options->all == (options->name_count > 0))
        return fail(options, "up: names of hosts in the configuration are needed, or --all");
    return options->log_level == NULL ||
           adit_options_put_setting(options, "LogLevel", options->log_level);
}

void adit_options_print_usage(FILE *out)
{
    (void)fputs("usage: adit [options] [-D port] [-L forward] [-R forward] [user@]host\n"
                "       adit up [options] name ... | --all\n"
                "       adit status [--json] [name ...]\n"
                "       adit down name ... | --all\n"
                "       adit add|remove name -L|-R|-D forward ...\n"
                "       adit wait [--timeout seconds] name ...\n"
                "       adit check [--json] [options] [user@]host, or the port of a tunnel here\n"
                "       adit key command [options] file\n"
                "       adit service command [options] name\n"
                "       adit --help\n",
                out);
}

static void print_option(FILE *out, const struct option *option)
{
    enum { COLUMN = 26 };
    int width = 0;

    if (option->letter)
        width += fprintf(out, "  -%c", option->letter);
    if (option->name)
        width += fprintf(out, "%s--%s", option->letter ? ", " : "  ", option->name);
    if (option->argument)
        width += fprintf(out, " %s", option->argument);
    if (width >= COLUMN) {
        (void)fputc('\n', out);
        width = 0;
    }
    (void)fprintf(out, "%*s%s\n", COLUMN - width, "", option->text);
}

void adit_options_print_help(FILE *out)
{
    adit_options_print_usage(out);
    (void)fputs("\nOpens SSH tunnels. It never runs a command.\n\n", out);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].text && table[i].take != refuse)
            print_option(out, &table[i]);

    (void)fputs("\nImplied or without effect:", out);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].text == NULL)
            (void)fprintf(out, " -%c", table[i].letter);
    (void)fputs("\nRefused, with the reason:", out);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (table[i].take == refuse)
            (void)fprintf(out, " -%c", table[i].letter);
    (void)fputc('\n', out);
}

void adit_options_each(unsigned command, adit_option_visit *visit, void *user)
{
    (void)command;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        const struct adit_option_words words = { option->letter, option->name, option->argument,
                                                 option->text };

        if (option->take != refuse)
            visit(user, &words);
    }
}
