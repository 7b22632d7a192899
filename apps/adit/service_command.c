/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of `adit service`: one row for each subcommand and each option. */
#include "service_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { INSTALL = 1, STATUS = 2, REMOVE = 4, ALL = INSTALL | STATUS | REMOVE };

static const struct command {
    const char *name;
    unsigned bit;
    int (*run)(const struct adit_service_line *line);
    const char *text;
} commands[] = {
    { "install", INSTALL, adit_service_install, "write a unit that keeps the tunnel up, start it" },
    { "status", STATUS, adit_service_status, "say whether it is installed, and how it goes" },
    { "remove", REMOVE, adit_service_remove, "stop the unit and remove it" },
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static bool take_system(struct adit_service_line *line, const char *argument)
{
    (void)argument;
    return line->system = true;
}

static bool take_user(struct adit_service_line *line, const char *argument)
{
    line->user = argument;
    return true;
}

static bool take_force(struct adit_service_line *line, const char *argument)
{
    (void)argument;
    return line->force = true;
}

static bool take_print(struct adit_service_line *line, const char *argument)
{
    (void)argument;
    return line->print = true;
}

static bool take_help(struct adit_service_line *line, const char *argument)
{
    (void)argument;
    return line->help = true;
}

/* clang-format off */
static const struct option {
    const char *name;
    const char *argument; /* NULL: it takes none */
    const char *text;
    unsigned commands;
    bool (*take)(struct adit_service_line *line, const char *argument);
} options[] = {
    { "system", NULL, "a unit of the machine, started with it; without this, one of yours", ALL, take_system },
    { "user", "name", "with --system: whom it runs as, and whose configuration it reads", INSTALL, take_user },
    { "force", NULL, "overwrite or remove a unit that adit did not write", INSTALL | REMOVE, take_force },
    { "print", NULL, "print the unit, and do nothing else", INSTALL, take_print },
    { "help", NULL, "print this text, and stop", ALL, take_help },
};
/* clang-format on */

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

int adit_service_fail(const char *format, ...)
{
    va_list args;

    (void)fputs("adit service: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return 1;
}

bool adit_service_command_at(size_t index, struct adit_command_words *out)
{
    if (index >= COMMAND_COUNT)
        return false;
    *out = (struct adit_command_words){ commands[index].name, "host", commands[index].text,
                                        commands[index].bit };
    return true;
}

void adit_service_each_option(unsigned command, adit_option_visit *visit, void *user)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct adit_option_words words = { 0, options[i].name, options[i].argument,
                                                 options[i].text };

        if (options[i].commands & command)
            visit(user, &words);
    }
}

static const struct option *find(unsigned command, const char *name, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if ((options[i].commands & command) && strlen(options[i].name) == len &&
            memcmp(options[i].name, name, len) == 0)
            return &options[i];
    return NULL;
}

/* "--name" or "--name=argument", which else is the next word. */
static bool take_option(struct adit_service_line *line, const char *word, char *const **next,
                        char *const *end)
{
    const size_t len = strcspn(word, "=");
    const struct option *option =
        strncmp(word, "--", 2) == 0 ? find(line->command, word + 2, len - 2) : NULL;
    const char *argument = word[len] ? word + len + 1 : NULL;

    if (option == NULL)
        return adit_service_fail("unknown option %.*s", (int)len, word) == 0;
    if (option->argument == NULL && argument)
        return adit_service_fail("--%s takes no argument", option->name) == 0;
    if (option->argument && argument == NULL && *next < end)
        argument = *(*next)++;
    if (option->argument && (argument == NULL || argument[0] == '\0'))
        return adit_service_fail("--%s needs an argument: %s", option->name, option->argument) == 0;
    return option->take(line, argument);
}

static bool parse(struct adit_service_line *line, int argc, char *const argv[])
{
    char *const *next = argv + 1;
    char *const *end = argv + argc;

    while (next < end) {
        const char *word = *next++;

        if (word[0] == '-') {
            if (!take_option(line, word, &next, end))
                return false;
        } else if (line->name) {
            return adit_service_fail("one name, not \"%s\" too", word) == 0;
        } else {
            line->name = word;
        }
    }
    if (line->help)
        return true;
    if (line->name == NULL)
        return adit_service_fail("%s takes a name of your configuration; --help tells more",
                                 argv[0]) == 0;
    if (line->command == INSTALL && line->system && line->user == NULL)
        return adit_service_fail("--system needs --user: a tunnel has no use for root") == 0;
    if (line->user && !line->system)
        return adit_service_fail("--user goes with --system only: other units are yours") == 0;
    return true;
}

static void print_usage(FILE *out)
{
    const char *lead = "usage: ";

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "%sadit service %s [options] name\n", lead, commands[i].name);
        lead = "       ";
    }
}

static int print_help(void)
{
    print_usage(stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)printf("%s  %-11s %s\n", i ? "" : "\n", commands[i].name, commands[i].text);
    (void)fputs("\nThe name is that of a Host block of the configuration, which has the forwards.\n"
                "See also: adit service <command> --help, adit(1).\n",
                stdout);
    return 0;
}

static int print_command_help(const struct command *command)
{
    enum { COLUMN = 18 };

    (void)printf("usage: adit service %s [options] name\n\n%s\n\n", command->name, command->text);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].commands & command->bit) {
            const int width = printf("  --%s%s%s", options[i].name, options[i].argument ? " " : "",
                                     options[i].argument ? options[i].argument : "");

            (void)printf("%*s%s\n", COLUMN - width, "", options[i].text);
        }
    return 0;
}

static int run(const struct command *command, int argc, char *const argv[])
{
    struct adit_service_line line = { .command = command->bit };

    if (!parse(&line, argc, argv))
        return 1;
    return line.help ? print_command_help(command) : command->run(&line);
}

int adit_service_command(int argc, char *const argv[])
{
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--help") == 0)
        return print_help();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    if (name[0])
        (void)adit_service_fail("there is no command \"%s\"; a host of the name service is "
                                "ssh://service",
                                name);
    print_usage(stderr);
    return 1;
}
