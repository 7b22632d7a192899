/* SPDX-License-Identifier: BSD-2-Clause */
/* zsh's own _arguments knows how options are written; a place is a list of its specifications. */
#include "completion.h"

#include <string.h>

/* clang-format off */
static const char helpers[] =
    "_adit_nothing()\n"
    "{\n"
    "    _message 'nothing to complete'\n"
    "}\n"
    "\n"
    "_adit_file()\n"
    "{\n"
    "    _files\n"
    "}\n"
    "\n"
    "_adit_host()\n"
    "{\n"
    "    compset -P '*@'\n"
    "    compadd -- ${(f)\"$(_adit_host_names)\"}\n"
    "}\n"
    "\n"
    "_adit_hosts()\n"
    "{\n"
    "    compset -P '*,'\n"
    "    _adit_host\n"
    "}\n"
    "\n";

static const char start[] =
    "_adit()\n"
    "{\n"
    "    local first= second=\n"
    "\n"
    "    (( CURRENT < 3 )) || first=$words[2]\n"
    "    (( CURRENT < 4 )) || second=$words[3]\n"
    "    case \"$first $second\" in\n";

static const char end[] =
    "    esac\n"
    "}\n"
    "\n"
    "_adit \"$@\"\n";
/* clang-format on */

static void print_values(FILE *out, const char *keyword, const char *values)
{
    (void)fprintf(out, "    %s) values=(%s) ;;\n", keyword, values);
}

static void print_setting(FILE *out)
{
    (void)fputs("_adit_setting()\n{\n    local keyword=${PREFIX%%=*}\n    local -a values\n\n"
                "    if ! compset -P 1 '*='; then\n        compadd -S = -- ",
                out);
    adit_completion_print_keywords(out, " ");
    (void)fputs("\n        return\n    fi\n    case $keyword in\n", out);
    adit_completion_each_values(print_values, out);
    (void)fputs("    esac\n    compadd -- $values\n}\n\n_adit_format()\n{\n    compadd -- ", out);
    adit_completion_print_formats(out);
    (void)fputs("\n}\n\n", out);
}

/* Inside single quotes: what _arguments sees something in is taken its meaning. */
static void print_escaped(FILE *out, const char *text, const char *special)
{
    for (; *text; text++)
        if (*text == '\'')
            (void)fputs("'\\''", out);
        else
            (void)fprintf(out, "%s%c", strchr(special, *text) ? "\\" : "", *text);
}

static void print_form(FILE *out, const struct adit_option_words *option, const char *end_of_name)
{
    (void)fputs(end_of_name, out);
    if (option->text) {
        (void)fputc('[', out);
        print_escaped(out, option->text, "[]\\");
        (void)fputc(']', out);
    }
    if (option->argument) {
        (void)fputc(':', out);
        print_escaped(out, option->argument, ":\\");
        (void)fprintf(out, ":_adit_%s", adit_completion_of(option->argument));
    }
    (void)fputc('\'', out);
}

static void print_option(void *user, const struct adit_option_words *option)
{
    FILE *out = user;

    if (option->letter) {
        (void)fprintf(out, " \\\n            '*-%c", option->letter);
        print_form(out, option, option->argument ? "+" : "");
    }
    if (option->name) {
        (void)fprintf(out, " \\\n            '*--%s", option->name);
        print_form(out, option, option->argument ? "=" : "");
    }
}

/* The words that may follow a place, and what they are for. */
static void print_commands(FILE *out, const struct adit_completion *completion,
                           const struct adit_completion_place *above)
{
    const char *name;

    (void)fprintf(out, "    local -a commands=(");
    for (size_t i = 0; i < completion->count; i++) {
        const struct adit_completion_place *place = &completion->places[i];

        if (!adit_completion_is_below(place, above, &name))
            continue;
        (void)fprintf(out, "\n        '%s:", name);
        print_escaped(out, place->text, "\\");
        (void)fputc('\'', out);
    }
    (void)fputs("\n    )\n\n    _describe command commands\n", out);
}

/* "_adit_commands_of_key", and of the start "_adit_commands". */
static void print_command_function(FILE *out, const struct adit_completion *completion,
                                   const struct adit_completion_place *place)
{
    if (place->words[0])
        (void)fprintf(out, "_adit_commands_of_%s()\n{\n", place->words);
    else
        (void)fputs("_adit_first()\n{\n", out);
    print_commands(out, completion, place);
    if (place->words[0] == '\0')
        (void)fputs("    _adit_host\n", out);
    (void)fputs("}\n\n", out);
}

/* Whether subcommands come next, and nothing else. */
static bool leads_on(const struct adit_completion_place *place)
{
    return place->each_option == NULL && strcmp(place->operand, "nothing") == 0;
}

/* The words that led to a place are taken off, so that _arguments sees what comes after them. */
static void print_shift(FILE *out, const char *words)
{
    const int count = words[0] == '\0' ? 0 : strchr(words, ' ') ? 2 : 1;

    if (count == 0)
        (void)fputs("    *)\n", out);
    else
        (void)fprintf(out, "    '%s%s)\n        shift %d words\n        (( CURRENT -= %d ))\n",
                      words, count == 1 ? " '*" : "'", count, count);
}

static void print_place(FILE *out, const struct adit_completion_place *place)
{
    print_shift(out, place->words);
    (void)fputs("        _arguments -s", out);
    if (place->each_option)
        place->each_option(place->command, print_option, out);
    if (leads_on(place))
        (void)fprintf(out, " '1:command:_adit_commands_of_%s'", place->words);
    if (place->words[0] == '\0')
        (void)fputs(" \\\n            '1:host:_adit_first'", out);
    (void)fprintf(out, " \\\n            '*:%s:_adit_%s'\n        ;;\n", place->operand,
                  place->operand);
}

void adit_completion_zsh(FILE *out, const struct adit_completion *completion)
{
    (void)fputs("#compdef adit\n# zsh completion for adit, made by: adit --completion zsh\n\n",
                out);
    adit_completion_print_host_names(out);
    (void)fputs(helpers, out);
    print_setting(out);
    for (size_t i = 0; i < completion->count; i++)
        if (completion->places[i].words[0] == '\0' || leads_on(&completion->places[i]))
            print_command_function(out, completion, &completion->places[i]);
    (void)fputs(start, out);
    /* The longest first: "key new" before "key", and both before the start. */
    for (size_t i = completion->count; i-- > 0;)
        print_place(out, &completion->places[i]);
    (void)fputs(end, out);
}
