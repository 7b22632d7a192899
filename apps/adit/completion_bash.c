/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words come from the line, not from COMP_WORDS: readline cuts those at =,
 * : and @ too. Of what is offered it wants only what follows such a cut.
 */
#include "completion.h"

#include <string.h>

/* clang-format off */
static const char helpers[] =
    "# Offers what fits $value behind $before; readline keeps what stands before its last cut.\n"
    "_adit_offer()\n"
    "{\n"
    "    local cuts=${COMP_WORDBREAKS//[^=:@]/} kept=\n"
    "\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" \"$@\" -- \"$value\")\n"
    "    if [[ -n $cuts && $word == *[$cuts]* ]]; then\n"
    "        kept=${word%\"${word##*[$cuts]}\"}\n"
    "        COMPREPLY=(\"${COMPREPLY[@]#\"$kept\"}\")\n"
    "    fi\n"
    "}\n"
    "\n"
    "_adit_nothing()\n"
    "{\n"
    "    :\n"
    "}\n"
    "\n"
    "_adit_file()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _adit_offer -f\n"
    "}\n"
    "\n"
    "_adit_host()\n"
    "{\n"
    "    if [[ $value == *@* ]]; then\n"
    "        before+=${value%\"${value##*@}\"}\n"
    "        value=${value##*@}\n"
    "    fi\n"
    "    _adit_offer -W \"$(_adit_host_names)\"\n"
    "}\n"
    "\n"
    "_adit_hosts()\n"
    "{\n"
    "    if [[ $value == *,* ]]; then\n"
    "        before+=${value%\"${value##*,}\"}\n"
    "        value=${value##*,}\n"
    "    fi\n"
    "    _adit_host\n"
    "}\n"
    "\n";

static const char start[] =
    "_adit()\n"
    "{\n"
    "    local line=${COMP_LINE:0:COMP_POINT} before= place= options= commands= operand=nothing\n"
    "    local words word value last previous first= second=\n"
    "\n"
    "    COMPREPLY=()\n"
    "    read -ra words <<<\"$line\"\n"
    "    [[ $line != *[[:blank:]] ]] || words+=('')\n"
    "    last=$((${#words[@]} - 1))\n"
    "    ((last > 0)) || return 0\n"
    "    word=${words[last]} value=$word previous=${words[last - 1]}\n"
    "    ((last < 2)) || first=${words[1]}\n"
    "    ((last < 3)) || second=${words[2]}\n"
    "    case \"$first $second\" in\n";

static const char middle[] =
    "    esac\n"
    "    if [[ $word == --*=* ]]; then\n"
    "        previous=${word%%=*} before=${word%%=*}= value=${word#*=}\n"
    "    elif [[ $previous == -[[:alnum:]][[:alnum:]]* ]]; then\n"
    "        previous=-${previous: -1}\n"
    "    fi\n"
    "    case \"$place:$previous\" in\n";

static const char end[] =
    "    esac\n"
    "    if [[ $word == -* ]]; then\n"
    "        _adit_offer -W \"$options\"\n"
    "    elif [[ -n $commands && $word != *@* && $last -eq 1 ]]; then\n"
    "        _adit_offer -W \"$commands $(_adit_host_names)\"\n"
    "    elif [[ -n $commands && -n $place ]]; then\n"
    "        _adit_offer -W \"$commands\"\n"
    "    else\n"
    "        _adit_$operand\n"
    "    fi\n"
    "}\n"
    "\n"
    "complete -F _adit adit\n";
/* clang-format on */

static void print_values(FILE *out, const char *keyword, const char *values)
{
    (void)fprintf(out, "    %s) values='%s' ;;\n", keyword, values);
}

static void print_setting(FILE *out)
{
    (void)fputs("_adit_setting()\n{\n    local values=\n\n    if [[ $value != *=* ]]; then\n"
                "        compopt -o nospace 2>/dev/null\n        _adit_offer -S = -W '",
                out);
    adit_completion_print_keywords(out, " ");
    (void)fputs("'\n        return\n    fi\n    case ${value%%=*} in\n", out);
    adit_completion_each_values(print_values, out);
    (void)fputs("    esac\n    before+=${value%%=*}=\n    value=${value#*=}\n"
                "    _adit_offer -W \"$values\"\n}\n\n_adit_format()\n{\n    _adit_offer -W '",
                out);
    adit_completion_print_formats(out);
    (void)fputs("'\n}\n\n", out);
}

static void print_names(FILE *out, const struct adit_option_words *option)
{
    if (option->letter)
        (void)fprintf(out, " -%c", option->letter);
    if (option->name)
        (void)fprintf(out, " --%s", option->name);
}

static void print_option(void *user, const struct adit_option_words *option)
{
    print_names(user, option);
}

/* An arm of the case over what takes an argument. */
struct arms {
    FILE *out;
    const char *place;
};

static void print_arm(void *user, const struct adit_option_words *option)
{
    const struct arms *arms = user;

    if (option->argument == NULL)
        return;
    (void)fputs("    ", arms->out);
    if (option->letter)
        (void)fprintf(arms->out, "'%s:-%c'", arms->place, option->letter);
    if (option->name)
        (void)fprintf(arms->out, "%s'%s:--%s'", option->letter ? " | " : "", arms->place,
                      option->name);
    (void)fprintf(arms->out, ") _adit_%s; return ;;\n", adit_completion_of(option->argument));
}

/* What may stand at a place. */
static void print_place(FILE *out, const struct adit_completion *completion,
                        const struct adit_completion_place *place)
{
    const char *name;

    (void)fprintf(out, "    '%s')\n        options='", place->words);
    if (place->each_option)
        place->each_option(place->command, print_option, out);
    (void)fprintf(out, "'\n        commands='");
    for (size_t i = 0; i < completion->count; i++)
        if (adit_completion_is_below(&completion->places[i], place, &name))
            (void)fprintf(out, " %s", name);
    (void)fprintf(out, "'\n        operand=%s\n        ;;\n", place->operand);
}

void adit_completion_bash(FILE *out, const struct adit_completion *completion)
{
    (void)fputs("# bash completion for adit, made by: adit --completion bash\n\n", out);
    adit_completion_print_host_names(out);
    (void)fputs(helpers, out);
    print_setting(out);
    (void)fputs(start, out);
    /* The longest first: "key new" before "key". */
    for (size_t i = completion->count; i-- > 1;) {
        const char *words = completion->places[i].words;

        (void)fprintf(out, "    '%s%s) place='%s' ;;\n", words, strchr(words, ' ') ? "'" : " '*",
                      words);
    }
    (void)fputs(middle, out);
    for (size_t i = 0; i < completion->count; i++) {
        struct arms arms = { out, completion->places[i].words };

        if (completion->places[i].each_option)
            completion->places[i].each_option(completion->places[i].command, print_arm, &arms);
    }
    (void)fputs("    esac\n    case $place in\n", out);
    for (size_t i = 0; i < completion->count; i++)
        print_place(out, completion, &completion->places[i]);
    (void)fputs(end, out);
}
