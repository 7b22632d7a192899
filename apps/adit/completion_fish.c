/* SPDX-License-Identifier: BSD-2-Clause */
/* fish wants one line for each option, with the condition under which it holds. */
#include "completion.h"

#include <string.h>

/* clang-format off */
static const char helpers[] =
    "# user@host: the part before the name stays.\n"
    "function __adit_host\n"
    "    set -l before (string match -r -- '^.*[@,]' (commandline -ct))\n"
    "    string replace -r -- '^' \"$before\" (__adit_host_names)\n"
    "end\n"
    "\n"
    "function __adit_first\n"
    "    test (count (commandline -opc)) -eq 1\n"
    "end\n"
    "\n"
    "# Whether the commands before the cursor are these.\n"
    "function __adit_at\n"
    "    set -l words (commandline -opc)\n"
    "    set -l place ''\n"
    "    switch \"$words[2] $words[3]\"\n";
/* clang-format on */

static void print_values(FILE *out, const char *keyword, const char *values)
{
    (void)fprintf(out, "        case '%s=*'\n            printf '%s=%%s\\n' %s\n", keyword, keyword,
                  values);
}

static void print_setting(FILE *out)
{
    (void)fputs("function __adit_setting\n    switch (commandline -ct)\n", out);
    adit_completion_each_values(print_values, out);
    (void)fputs("        case '*'\n            printf '%s=\\n' ", out);
    adit_completion_print_keywords(out, " ");
    (void)fputs("\n    end\nend\n\n", out);
}

/* What follows an option: "-x" wants an argument and offers no files. */
static void print_argument(FILE *out, const char *completed)
{
    if (strcmp(completed, "file") == 0) {
        (void)fputs(" -r -F", out);
    } else if (strcmp(completed, "format") == 0) {
        (void)fputs(" -x -a '", out);
        adit_completion_print_formats(out);
        (void)fputc('\'', out);
    } else if (strcmp(completed, "nothing") == 0) {
        (void)fputs(" -x", out);
    } else {
        (void)fprintf(out, " -x -a '(__adit_%s)'",
                      strcmp(completed, "hosts") == 0 ? "host" : completed);
    }
}

struct lines {
    FILE *out;
    const char *place;
};

static void print_option(void *user, const struct adit_option_words *option)
{
    const struct lines *lines = user;

    (void)fprintf(lines->out, "complete -c adit -n '__adit_at %s'", lines->place);
    if (option->letter)
        (void)fprintf(lines->out, " -s %c", option->letter);
    if (option->name)
        (void)fprintf(lines->out, " -l %s", option->name);
    if (option->argument)
        print_argument(lines->out, adit_completion_of(option->argument));
    if (option->text) {
        (void)fputs(" -d ", lines->out);
        adit_completion_quote_fish(lines->out, option->text);
    }
    (void)fputc('\n', lines->out);
}

static void print_commands(FILE *out, const struct adit_completion *completion,
                           const struct adit_completion_place *above)
{
    const char *name;

    for (size_t i = 0; i < completion->count; i++) {
        const struct adit_completion_place *place = &completion->places[i];

        if (!adit_completion_is_below(place, above, &name))
            continue;
        (void)fprintf(out, "complete -c adit -n '%s%s' -a %s -d ",
                      above->words[0] ? "__adit_at " : "__adit_first", above->words, name);
        adit_completion_quote_fish(out, place->text);
        (void)fputc('\n', out);
    }
}

static void print_place(FILE *out, const struct adit_completion *completion,
                        const struct adit_completion_place *place)
{
    struct lines lines = { out, place->words };

    print_commands(out, completion, place);
    if (strcmp(place->operand, "file") == 0)
        (void)fprintf(out, "complete -c adit -n '__adit_at %s' -F\n", place->words);
    else if (strcmp(place->operand, "host") == 0)
        (void)fprintf(out, "complete -c adit -n '__adit_at %s' -a '(__adit_host)'\n", place->words);
    if (place->each_option)
        place->each_option(place->command, print_option, &lines);
}

void adit_completion_fish(FILE *out, const struct adit_completion *completion)
{
    (void)fputs("# fish completion for adit, made by: adit --completion fish\n\n"
                "function __adit_host_names\n    sh -c ",
                out);
    adit_completion_quote_fish(out, adit_completion_host_names);
    (void)fputs("\nend\n\n", out);
    print_setting(out);
    (void)fputs(helpers, out);
    for (size_t i = completion->count; i-- > 1;) {
        const char *words = completion->places[i].words;

        (void)fprintf(out, "        case '%s%s'\n            set place '%s'\n", words,
                      strchr(words, ' ') ? "" : " *", words);
    }
    (void)fputs("    end\n    test \"$argv\" = \"$place\"\nend\n\ncomplete -c adit -f\n", out);
    for (size_t i = 0; i < completion->count; i++)
        print_place(out, completion, &completion->places[i]);
}
