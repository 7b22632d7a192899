/* SPDX-License-Identifier: BSD-2-Clause */
#include "key_command.h"

#include <stdarg.h>
#include <string.h>

#include "stdout.h"

static const struct command {
    const char *name;
    unsigned bit;
    int (*run)(const struct adit_key_line *line);
    const char *arguments;
    const char *text;
} commands[] = {
    { "new", ADIT_KEY_NEW, adit_key_new, "file",
      "make a key pair: the private key in file, the public one in file.pub" },
    { "show", ADIT_KEY_SHOW, adit_key_show, "file ...",
      "say what a key file is: format, type, fingerprints, comment, who reads it" },
    { "convert", ADIT_KEY_CONVERT, adit_key_convert, "--to format file",
      "write a key in another format" },
    { "passphrase", ADIT_KEY_PASSPHRASE, adit_key_passphrase, "file",
      "change or remove the passphrase of a private key" },
    { "authorize", ADIT_KEY_AUTHORIZE, adit_key_authorize, "file",
      "print a line for authorized_keys, with what the key may do" },
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

int adit_key_fail(const char *format, ...)
{
    va_list args;

    (void)fputs("adit key: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return 1;
}

static void print_usage(FILE *out)
{
    const char *lead = "usage: ";

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "%sadit key %s [options] %s\n", lead, commands[i].name,
                      commands[i].arguments);
        lead = "       ";
    }
}

static int print_help(void)
{
    print_usage(stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)printf("%s  %-11s %s\n", i ? "" : "\n", commands[i].name, commands[i].text);
    (void)fputs(
        "\nFormats of private keys: openssh, pem (PKCS#1, SEC1), pkcs8, ppk3 (or ppk), ppk2;"
        "\nof public keys: public (a line as in id.pub), rfc4716. What a file is, is told by"
        "\nits content. See also: adit key <command> --help, adit-key(1).\n",
        stdout);
    return 0;
}

static int print_command_help(const struct command *command)
{
    (void)printf("usage: adit key %s [options] %s\n\n%s\n\n", command->name, command->arguments,
                 command->text);
    adit_key_line_print_options(stdout, command->bit);
    return 0;
}

static int run(const struct command *command, int argc, char *const argv[])
{
    struct adit_key_line line = { .command = command->bit };

    if (!adit_key_line_parse(&line, argc, argv))
        return 1;
    if (line.help)
        return print_command_help(command);
    if (line.files.count == 0 || (line.files.count > 1 && command->bit != ADIT_KEY_SHOW))
        return adit_key_fail("%s takes %s; --help tells more", command->name,
                             line.files.count ? "one file" : "a file");
    return command->run(&line);
}

static int obey(const char *name, int argc, char *const argv[])
{
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return print_help();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    (void)adit_key_fail("there is no command \"%s\"; a host of the name key is ssh://key", name);
    print_usage(stderr);
    return 1;
}

int adit_key_command(int argc, char *const argv[])
{
    int code;

    if (argc < 2) {
        print_usage(stderr);
        return 1;
    }
    code = obey(argv[1], argc, argv);
    if (code == 0 && !adit_stdout_is_written())
        return adit_key_fail("what there is to print could not be written to stdout");
    return code;
}

bool adit_key_command_at(size_t index, struct adit_command_words *out)
{
    if (index >= COMMAND_COUNT)
        return false;
    *out = (struct adit_command_words){ commands[index].name, "file", commands[index].text,
                                        commands[index].bit };
    return true;
}
