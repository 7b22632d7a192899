/* SPDX-License-Identifier: BSD-2-Clause */
/* One row for each option of all subcommands, from which --help is made too. */
#include "key_command.h"

#include <stddef.h>
#include <string.h>

struct option {
    char letter; /* 0: it has a long name only */
    const char *name;
    const char *argument; /* NULL: it takes none */
    const char *text;
    unsigned commands;
    size_t member; /* of struct adit_key_line */
    bool many;     /* the member is a struct adit_key_words */
};

#define MEMBER(name) offsetof(struct adit_key_line, name)

enum {
    ALL =
        ADIT_KEY_NEW | ADIT_KEY_SHOW | ADIT_KEY_CONVERT | ADIT_KEY_PASSPHRASE | ADIT_KEY_AUTHORIZE,
    OPENS = ADIT_KEY_SHOW | ADIT_KEY_CONVERT | ADIT_KEY_PASSPHRASE | ADIT_KEY_AUTHORIZE,
    CHANGES = ADIT_KEY_CONVERT | ADIT_KEY_PASSPHRASE,
};

/* clang-format off */
static const struct option table[] = {
    { 't', "type", "type", "ed25519 (taken without this), ecdsa or rsa", ADIT_KEY_NEW, MEMBER(type), false },
    { 'b', "bits", "number", "ecdsa: 256, 384, 521; rsa: 2048 to 16384, 3072 without this", ADIT_KEY_NEW, MEMBER(bits), false },
    { 'C', "comment", "text", "comment; without this, user@host", ADIT_KEY_NEW, MEMBER(comment), false },
    { 'C', "comment", "text", "comment, in the place of the key's own", ADIT_KEY_CONVERT | ADIT_KEY_AUTHORIZE, MEMBER(comment), false },
    { 0, "to", "format", "openssh (taken without this), pem, pkcs8, ppk3, ppk2", ADIT_KEY_NEW, MEMBER(to), false },
    { 0, "to", "format", "openssh, pem, pkcs8, ppk3, ppk2; public, rfc4716", ADIT_KEY_CONVERT, MEMBER(to), false },
    { 'o', "output", "file", "write here; - is stdout, where public keys go without this", ADIT_KEY_CONVERT, MEMBER(output), false },
    { 0, "passphrase-file", "file", "the new key's passphrase is the first line of a file that only you may read", ADIT_KEY_NEW, MEMBER(passphrase_file), false },
    { 0, "passphrase-file", "file", "the passphrase is the first line of a file that only you may read", OPENS, MEMBER(passphrase_file), false },
    { 0, "new-passphrase-file", "file", "the same of the passphrase that is to be", CHANGES, MEMBER(new_passphrase_file), false },
    { 0, "no-passphrase", NULL, "leave what is written unencrypted", ADIT_KEY_NEW | CHANGES, MEMBER(no_passphrase), false },
    { 0, "force", NULL, "overwrite a file that is there", ADIT_KEY_NEW | ADIT_KEY_CONVERT, MEMBER(force), false },
    { 0, "listen", "[host:]port", "it may listen there at the gateway; may be given more than once", ADIT_KEY_AUTHORIZE, MEMBER(listen), true },
    { 0, "open", "host:port", "it may connect to there from the gateway; may be given more than once", ADIT_KEY_AUTHORIZE, MEMBER(open), true },
    { 0, "from", "list", "it may log in from these addresses and networks only", ADIT_KEY_AUTHORIZE, MEMBER(from), false },
    { 0, "expires", "time", "YYYY-MM-DD, YYYYMMDD[HHMM[SS]][Z], or +days as in +90d", ADIT_KEY_AUTHORIZE, MEMBER(expires), false },
    { 'h', "help", NULL, "print this text, and stop", ALL, MEMBER(help), false },
};
/* clang-format on */

enum { OPTION_COUNT = sizeof table / sizeof table[0] };

static const struct option *find(unsigned command, const char *word, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        const bool is_letter = len == 2 && word[0] == '-' && word[1] == option->letter;
        const bool is_name = len == strlen(option->name) + 2 && memcmp(word, "--", 2) == 0 &&
                             memcmp(word + 2, option->name, len - 2) == 0;

        if ((option->commands & command) && ((is_letter && option->letter) || is_name))
            return option;
    }
    return NULL;
}

static bool add_word(struct adit_key_words *words, const char *word)
{
    if (words->count == ADIT_KEY_WORDS_MAX)
        return false;
    words->items[words->count++] = word;
    return true;
}

static bool take(struct adit_key_line *line, const struct option *option, const char *argument)
{
    void *member = (char *)line + option->member;
    const char **single = member;

    if (option->many) {
        if (add_word(member, argument))
            return true;
        (void)adit_key_fail("more than %d times --%s", ADIT_KEY_WORDS_MAX, option->name);
        return false;
    }
    if (*single) {
        (void)adit_key_fail("--%s is given twice", option->name);
        return false;
    }
    *single = argument;
    return true;
}

/* Takes the option `word`, and its argument off `*next`. */
static bool take_option(struct adit_key_line *line, const char *word, char *const **next,
                        char *const *end)
{
    const bool is_name = word[1] == '-';
    const size_t len = is_name ? strcspn(word, "=") : 2;
    const struct option *option = find(line->command, word, len);
    const char *argument = word[len] ? word + len + (is_name ? 1 : 0) : NULL;

    if (option == NULL || (option->argument == NULL && argument)) {
        (void)adit_key_fail("%s %.*s", option ? "no argument belongs to" : "unknown option",
                            (int)len, word);
        return false;
    }
    if (option->argument == NULL)
        return take(line, option, "");
    if (argument == NULL && *next == end) {
        (void)adit_key_fail("%s needs an argument: %s", word, option->argument);
        return false;
    }
    return take(line, option, argument ? argument : *(*next)++);
}

bool adit_key_line_parse(struct adit_key_line *line, int argc, char *const argv[])
{
    char *const *next = argv + 1;
    char *const *end = argv + argc;
    bool options_ended = false;

    while (next < end) {
        const char *word = *next++;

        if (!options_ended && strcmp(word, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && word[0] == '-' && word[1]) {
            if (!take_option(line, word, &next, end))
                return false;
        } else if (!add_word(&line->files, word)) {
            (void)adit_key_fail("more than %d files", ADIT_KEY_WORDS_MAX);
            return false;
        }
    }
    if (line->no_passphrase &&
        (line->new_passphrase_file || (line->command == ADIT_KEY_NEW && line->passphrase_file))) {
        (void)adit_key_fail("--no-passphrase, and a file with a passphrase: only one of them");
        return false;
    }
    return true;
}

void adit_key_line_print_options(FILE *out, unsigned command)
{
    enum { COLUMN = 30 };

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        int width;

        if (!(option->commands & command))
            continue;
        width = option->letter ? fprintf(out, "  -%c, ", option->letter) : fprintf(out, "      ");
        width += fprintf(out, "--%s%s%s", option->name, option->argument ? " " : "",
                         option->argument ? option->argument : "");
        if (width >= COLUMN) {
            (void)fputc('\n', out);
            width = 0;
        }
        (void)fprintf(out, "%*s%s\n", COLUMN - width, "", option->text);
    }
}

void adit_key_line_each(unsigned command, adit_option_visit *visit, void *user)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        const struct adit_option_words words = { option->letter, option->name, option->argument,
                                                 option->text };

        if (option->commands & command)
            visit(user, &words);
    }
}
