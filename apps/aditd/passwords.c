/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another user's hash stands in for those who have none, so that the time of an
 * answer does not tell who exists.
 */
#include "passwords.h"

#include "base/memory.h"
#include "base/span.h"
#include "config/password_lines.h"
#include "crypto/hash.h"
#include "net/file.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1 << 20, PASSWORD_MAX = 511 };

/* Where the file has none at all: yescrypt at crypt(3)'s default cost. */
static const char stand_in[] = "$y$j9T$aaaaaaaaaaaaaaaaaaaaa.$";

/* NULL: crypt does not know this kind of hash, and has taken no time over it. */
static const char *make_hash(const char *text, const char *hash, struct crypt_data *data)
{
    const char *made = crypt_rn(text, hash, data, (int)sizeof *data);

    return made && made[0] != '*' ? made : NULL;
}

static bool hash_matches(const char *hash, struct adit_span password)
{
    struct crypt_data *data = adit_new(sizeof *data);
    char *text = adit_text_copy(password);
    const char *made;
    bool good = false;

    if (data == NULL || text == NULL)
        goto done;
    made = make_hash(text, hash, data);
    if (made == NULL)
        (void)make_hash(text, stand_in, data);
    else
        good = strlen(made) == strlen(hash) && adit_equal_secret(made, hash, strlen(hash));
done:
    adit_text_free_secret(text);
    if (data)
        adit_wipe(data, sizeof *data);
    free(data);
    return good;
}

bool adit_password_good(const char *path, bool strict, const char *user, struct adit_span password,
                        char *why, size_t size)
{
    struct adit_buffer text = adit_buffer_init_secret(FILE_MAX);
    struct adit_span found;
    enum adit_err err;
    char *hash;
    bool known;
    bool good;

    why[0] = '\0';
    if (password.len > PASSWORD_MAX || (password.len && memchr(password.data, 0, password.len)))
        password.len = 0; /* no password of ours; still take the time of one */
    err = adit_file_read(path, strict ? ADIT_FILE_STRICT : ADIT_FILE_ANY, &text, why, size);
    if (err == ADIT_ERR_NOT_FOUND)
        (void)snprintf(why, size, "%s does not exist", path);
    else if (err && why[0] == '\0')
        (void)snprintf(why, size, "cannot read %s: %s", path, adit_err_text(err));
    found = adit_password_hash_find(err ? ADIT_SPAN_EMPTY : adit_buffer_span(&text), user, &known);
    hash = adit_text_copy(found.len ? found : adit_span_text(stand_in));
    good = hash && hash_matches(hash, password) && known && password.len > 0;
    adit_text_free_secret(hash);
    adit_buffer_clear(&text);
    return good;
}
