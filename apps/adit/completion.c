/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line as a list of places, each with its options; where an
 * option's argument is completed to is told by the word that --help has for it.
 * So a new row of a table is completed in all three shells.
 */
#include "completion.h"

#include "config/ssh_rows.h"
#include "config/values.h"

#include "control_line.h"
#include "key_command.h"
#include "key_formats.h"
#include "options.h"
#include "service_command.h"
#include "stdout.h"

#include <string.h>

enum { EXIT_FAILED = 255 };

static const struct {
    const char *argument;
    const char *completed;
} arguments[] = {
    { "file", "file" }, { "keyword=value", "setting" }, { "host[,host…]", "hosts" },
    { "host", "host" }, { "destination", "host" },      { "format", "format" },
    { "path", "file" },
};

const char *adit_completion_of(const char *argument)
{
    for (size_t i = 0; argument && i < sizeof arguments / sizeof arguments[0]; i++)
        if (strcmp(arguments[i].argument, argument) == 0)
            return arguments[i].completed;
    return "nothing";
}

/* ---- places ---- */

/* First words that are commands: each has its options and operand, or subcommands that have. */
static const struct command {
    const char *name;
    const char *text;
    const char *operand; /* as --help has it; NULL: none */
    void (*each_option)(unsigned command, adit_option_visit *visit, void *user);
    bool (*command_at)(size_t index, struct adit_command_words *out); /* NULL: none */
} commands[] = {
    { "up", "bring tunnels up, and keep them up", "host", adit_options_each, NULL },
    { "check", "say which leg of a tunnel is broken", "host", adit_options_each, NULL },
    { "key", "make, show and convert key files", NULL, adit_key_line_each, adit_key_command_at },
    { "service", "keep tunnels up as units of systemd", NULL, adit_service_each_option,
      adit_service_command_at },
};

/* NULL: there is no room. */
static struct adit_completion_place *add(struct adit_completion *completion, const char *first,
                                         const char *second, const char *operand)
{
    struct adit_completion_place *place = &completion->places[completion->count];

    if (completion->count == ADIT_COMPLETION_PLACES_MAX)
        return NULL;
    completion->count++;
    *place = (struct adit_completion_place){ .operand = adit_completion_of(operand) };
    (void)snprintf(place->words, sizeof place->words, "%s%s%s", first, second ? " " : "",
                   second ? second : "");
    return place;
}

static void add_command(struct adit_completion *completion, const struct command *command)
{
    struct adit_completion_place *place = add(completion, command->name, NULL, command->operand);
    struct adit_command_words words;

    if (place == NULL)
        return;
    place->text = command->text;
    if (command->command_at == NULL)
        place->each_option = command->each_option;
    for (size_t i = 0; command->command_at && command->command_at(i, &words); i++) {
        place = add(completion, command->name, words.name, words.operand);
        if (place == NULL)
            return;
        place->text = words.text;
        place->command = words.bit;
        place->each_option = command->each_option;
    }
}

/* Those that are first words by themselves. */
static void add_control_commands(struct adit_completion *completion)
{
    struct adit_command_words words;

    for (size_t i = 0; adit_control_command_at(i, &words); i++) {
        struct adit_completion_place *place = add(completion, words.name, NULL, words.operand);

        if (place == NULL)
            return;
        place->text = words.text;
        place->command = words.bit;
        place->each_option = adit_control_line_each;
    }
}

static void find_places(struct adit_completion *completion)
{
    struct adit_completion_place *start = add(completion, "", NULL, "host");

    start->text = "open tunnels";
    start->each_option = adit_options_each;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        add_command(completion, &commands[i]);
    add_control_commands(completion);
}

bool adit_completion_is_below(const struct adit_completion_place *place,
                              const struct adit_completion_place *above, const char **name)
{
    const size_t len = strlen(above->words);

    *name = place->words;
    if (len) {
        if (strncmp(place->words, above->words, len) != 0 || place->words[len] != ' ')
            return false;
        *name += len + 1;
    }
    return **name && strchr(*name, ' ') == NULL;
}

/* ---- words ---- */

static bool is_setting(const struct adit_keyword *row)
{
    return row->kind && row->alias == NULL &&
           !(row->flags & (ADIT_KEYWORD_IGNORED | ADIT_KEYWORD_REFUSED));
}

void adit_completion_print_keywords(FILE *out, const char *between)
{
    const char *before = "";

    for (size_t i = 0; i < adit_ssh_row_count; i++)
        if (is_setting(&adit_ssh_rows[i])) {
            (void)fprintf(out, "%s%s", before, adit_ssh_rows[i].name);
            before = between;
        }
}

void adit_completion_each_values(void (*print)(FILE *out, const char *keyword, const char *values),
                                 FILE *out)
{
    for (size_t i = 0; i < adit_ssh_row_count; i++) {
        const struct adit_keyword *row = &adit_ssh_rows[i];
        char values[256] = "";
        size_t len = 0;

        if (!is_setting(row))
            continue;
        for (const struct adit_value_name *name = row->names; name && name->name; name++)
            if (len < sizeof values)
                len += (size_t)snprintf(values + len, sizeof values - len, "%s%s", len ? " " : "",
                                        name->name);
        if (len)
            print(out, row->name, values);
        else if (row->kind == &adit_value_flag)
            print(out, row->name, "yes no");
    }
}

void adit_completion_print_formats(FILE *out)
{
    for (enum adit_key_format format = ADIT_KEY_FORMAT_OPENSSH; format <= ADIT_KEY_FORMAT_RFC4716;
         format++)
        (void)fprintf(out, "%s%s", format == ADIT_KEY_FORMAT_OPENSSH ? "" : " ",
                      adit_key_format_words(format)->name);
}

/* Only names that no shell sees anything special in. */
const char adit_completion_host_names[] =
    "cd ~/.ssh 2>/dev/null || exit\n"
    "included=$(sed -n \"s/^[[:blank:]]*[Ii]nclude[[:blank:]=]*//p\" config 2>/dev/null |\n"
    "    sed \"s,~/,$HOME/,g\")\n"
    "cat config $included 2>/dev/null |\n"
    "    sed -n \"s/^[[:blank:]]*[Hh][Oo][Ss][Tt][[:blank:]=][[:blank:]=]*//p\" |\n"
    "    sed \"s/#.*//\" | tr -s \"[:space:]\\\"\" \"\\n\" |\n"
    "    grep -x \"[[:alnum:]][[:alnum:]._:-]*\" | sort -u";

static void quote(FILE *out, const char *text, const char *apostrophe, const char *backslash)
{
    (void)fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            (void)fputs(apostrophe, out);
        else if (*text == '\\')
            (void)fputs(backslash, out);
        else
            (void)fputc(*text, out);
    (void)fputc('\'', out);
}

void adit_completion_quote_fish(FILE *out, const char *text)
{
    quote(out, text, "\\'", "\\\\");
}

void adit_completion_print_host_names(FILE *out)
{
    (void)fputs("_adit_host_names()\n{\n    sh -c ", out);
    quote(out, adit_completion_host_names, "'\\''", "\\");
    (void)fputs("\n}\n\n", out);
}

/* ---- the command ---- */

int adit_completion_command(int argc, char *const argv[])
{
    static const struct {
        const char *name;
        void (*print)(FILE *out, const struct adit_completion *completion);
    } shells[] = {
        { "bash", adit_completion_bash },
        { "zsh", adit_completion_zsh },
        { "fish", adit_completion_fish },
    };
    static struct adit_completion completion;

    for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, argv[1]) != 0)
            continue;
        find_places(&completion);
        shells[i].print(stdout, &completion);
        if (adit_stdout_is_written())
            return 0;
        (void)fputs("adit: the script could not be written to stdout\n", stderr);
        return EXIT_FAILED;
    }
    (void)fputs("adit: --completion needs one of: bash, zsh, fish\n", stderr);
    return EXIT_FAILED;
}
