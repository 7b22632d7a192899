/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys opened with their passphrase, wherever that comes from. */
#include "adit/tunnel.h"

#include <stdio.h>
#include <string.h>

#include "key_command.h"
#include "key_store.h"
#include "prompts.h"

enum { TRIES = 3, QUESTION_SIZE = 4096 + 64, WHY_SIZE = 512 };

static bool read_passphrase_file(const char *file, char out[static ADIT_PASSWORD_SIZE])
{
    char why[WHY_SIZE];

    if (adit_secret_file_read("passphrase", file, out, why, sizeof why))
        return true;
    (void)adit_key_fail("%s", why);
    return false;
}

static bool ask(const char *what, const char *path, char out[static ADIT_PASSWORD_SIZE])
{
    char question[QUESTION_SIZE];

    (void)snprintf(question, sizeof question, "%s %s: ", what, path);
    return adit_client_ask(ADIT_PROMPT_PASSPHRASE, question, out, ADIT_PASSWORD_SIZE);
}

static enum adit_err unlock(struct adit_span text, const char *path, const char *passphrase_file,
                            struct adit_opened_key *out)
{
    const unsigned tries = passphrase_file ? 1 : TRIES;
    enum adit_err err = ADIT_ERR_PASSPHRASE;

    if (passphrase_file && !read_passphrase_file(passphrase_file, out->passphrase))
        return ADIT_ERR_SYSTEM;
    for (unsigned i = 0; i < tries && err == ADIT_ERR_PASSPHRASE; i++) {
        if (passphrase_file == NULL && !ask("Passphrase of key", path, out->passphrase)) {
            (void)adit_key_fail("%s: is encrypted, and there is nobody to ask for its passphrase; "
                                "--passphrase-file names a file with it",
                                path);
            return ADIT_ERR_SYSTEM;
        }
        if (out->passphrase[0] == '\0')
            break;
        err = adit_key_read_private(text, out->passphrase, &out->key);
    }
    if (err)
        (void)adit_key_fail("%s: %s", path,
                            err == ADIT_ERR_PASSPHRASE ? "the passphrase is wrong"
                                                       : adit_key_err_text(err));
    return err;
}

bool adit_key_open_text(const char *path, struct adit_span text, const char *passphrase_file,
                        struct adit_opened_key *out)
{
    enum adit_err err;

    *out = (struct adit_opened_key){ .key = NULL };
    err = adit_key_describe(text, &out->description, NULL);
    if (err == ADIT_OK && out->description.is_encrypted) {
        err = unlock(text, path, passphrase_file, out);
    } else {
        if (err == ADIT_OK)
            err = adit_key_format_is_private(out->description.format)
                      ? adit_key_read_private(text, NULL, &out->key)
                      : adit_key_read_public(text, &out->key);
        if (err)
            (void)adit_key_fail("%s: %s", path, adit_key_err_text(err));
    }
    if (err)
        adit_opened_key_clear(out);
    return err == ADIT_OK;
}

bool adit_key_open(const char *path, const char *passphrase_file, struct adit_opened_key *out)
{
    struct adit_key_file_text text;
    bool opened;

    *out = (struct adit_opened_key){ .key = NULL };
    if (!adit_key_file_read(path, &text))
        return false;
    opened = adit_key_open_text(path, adit_key_file_span(&text), passphrase_file, out);
    adit_key_file_clear(&text);
    return opened;
}

void adit_opened_key_clear(struct adit_opened_key *opened)
{
    adit_key_free(opened->key);
    explicit_bzero(opened, sizeof *opened);
}

bool adit_key_ask_new_passphrase(const char *file, const char *path,
                                 char out[static ADIT_PASSWORD_SIZE])
{
    char again[ADIT_PASSWORD_SIZE];
    bool equal;

    if (file)
        return read_passphrase_file(file, out);
    if (!ask("New passphrase (empty for none) of key", path, out) ||
        !ask("The same again, of key", path, again)) {
        explicit_bzero(out, ADIT_PASSWORD_SIZE);
        (void)adit_key_fail("there is nobody to ask for a new passphrase; a file with it, or "
                            "--no-passphrase, does without");
        return false;
    }
    equal = strcmp(out, again) == 0;
    explicit_bzero(again, sizeof again);
    if (!equal) {
        explicit_bzero(out, ADIT_PASSWORD_SIZE);
        (void)adit_key_fail("the two passphrases are not the same");
    }
    return equal;
}
