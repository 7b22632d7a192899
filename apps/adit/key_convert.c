/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was encrypted stays so, under the same passphrase, unless another one or
 * none is asked for: no copy in plain comes into being by oversight.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_command.h"
#include "key_formats.h"
#include "key_store.h"

/* The passphrase of what is written, in `opened`. */
static bool choose_passphrase(const struct adit_key_line *line, const char *path,
                              struct adit_opened_key *opened)
{
    if (line->no_passphrase)
        explicit_bzero(opened->passphrase, sizeof opened->passphrase);
    else if (line->new_passphrase_file)
        return adit_key_ask_new_passphrase(line->new_passphrase_file, path, opened->passphrase);
    return true;
}

/* Where the output goes, or NULL: it has been said why not. */
static const char *choose_output(const struct adit_key_line *line, bool is_private)
{
    if (line->output)
        return line->output;
    if (!is_private)
        return "-";
    (void)adit_key_fail("-o says where the private key goes; -o - is stdout");
    return NULL;
}

static bool convert(const struct adit_key_line *line, enum adit_key_format format,
                    const char *output, struct adit_opened_key *opened)
{
    const char *path = line->files.items[0];
    struct adit_key_writing how = { .format = format, .comment = line->comment };

    if (adit_key_format_is_private(format)) {
        if (!adit_key_is_private(opened->key)) {
            (void)adit_key_fail("%s: is a public key, and %s is a format of private ones", path,
                                line->to);
            return false;
        }
        if (!choose_passphrase(line, path, opened))
            return false;
        how.passphrase = opened->passphrase;
        if (format == ADIT_KEY_FORMAT_PEM && opened->passphrase[0])
            (void)fputs("adit key: a passphrase is weak protection in pem; pkcs8 and openssh make "
                        "guesses slow\n",
                        stderr);
    }
    return adit_key_store(opened->key, &how, output, line->force);
}

int adit_key_convert(const struct adit_key_line *line)
{
    struct adit_opened_key opened;
    enum adit_key_format format;
    const char *output;
    bool converted;

    if (line->to == NULL)
        return adit_key_fail("--to says which format: openssh, pem, pkcs8, ppk3, ppk2; public, "
                             "rfc4716");
    if (!adit_key_format_find(line->to, &format))
        return adit_key_fail("there is no format \"%s\"; openssh, pem, pkcs8, ppk3, ppk2; public, "
                             "rfc4716",
                             line->to);
    output = choose_output(line, adit_key_format_is_private(format));
    if (output == NULL || !adit_key_open(line->files.items[0], line->passphrase_file, &opened))
        return 1;
    converted = convert(line, format, output, &opened);
    adit_opened_key_clear(&opened);
    return converted ? 0 : 1;
}

/* The file itself, where `path` is a link to it: it is the file that gets a successor. */
static bool replace(const char *path, const struct adit_opened_key *opened, const char *passphrase)
{
    const struct adit_key_writing how = { .format = opened->description.format,
                                          .passphrase = passphrase };
    char *real = realpath(path, NULL);
    bool stored;

    if (real == NULL) {
        (void)adit_key_fail("%s: cannot be found again", path);
        return false;
    }
    stored = adit_key_store(opened->key, &how, real, true);
    free(real);
    return stored;
}

int adit_key_passphrase(const struct adit_key_line *line)
{
    const char *path = line->files.items[0];
    char passphrase[ADIT_PASSWORD_SIZE] = "";
    struct adit_opened_key opened;
    bool stored = false;

    if (strcmp(path, "-") == 0)
        return adit_key_fail("passphrase changes a file, not stdin");
    if (!adit_key_open(path, line->passphrase_file, &opened))
        return 1;
    if (!adit_key_is_private(opened.key))
        (void)adit_key_fail("%s: is a public key, which has no passphrase", path);
    else if (line->no_passphrase ||
             adit_key_ask_new_passphrase(line->new_passphrase_file, path, passphrase))
        stored = replace(path, &opened, passphrase);
    explicit_bzero(passphrase, sizeof passphrase);
    adit_opened_key_clear(&opened);
    return stored ? 0 : 1;
}
