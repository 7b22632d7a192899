/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another user's hash stands in for those who have none, so that the time of an
 * answer does not tell who exists.
 */
#include "passwords.h"

#include "base/memory.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "net/file.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1 << 20, PASSWORD_MAX = 511 };

/* Where the file has none at all: yescrypt at crypt(3)'s default cost. */
static const char stand_in[] = "$y$j9T$aaaaaaaaaaaaaaaaaaaaa.$";

/* The next line without its newline; false at the end. */
static bool next_line(struct adit_span *text, struct adit_span *line)
{
    const uint8_t *end;

    if (text->len == 0)
        return false;
    end = memchr(text->data, '\n', text->len);
    *line = adit_span_of(text->data, end ? (size_t)(end - text->data) : text->len);
    *text = end ? adit_span_of(end + 1, text->len - line->len - 1) : ADIT_SPAN_EMPTY;
    if (line->len && line->data[line->len - 1] == '\r')
        line->len--;
    return true;
}

/*
 * The user's hash; or, for one who is unknown or locked ("!"), the first hash of
 * the file. *known tells which.
 */
static char *find_hash(struct adit_span text, const char *user, bool *known)
{
    const struct adit_span wanted = adit_span_text(user);
    struct adit_span hash = ADIT_SPAN_EMPTY;
    struct adit_span line;

    *known = false;
    while (!*known && next_line(&text, &line)) {
        const uint8_t *colon =
            line.len && line.data[0] != '#' ? memchr(line.data, ':', line.len) : NULL;
        size_t name_len;

        if (colon == NULL || line.data + line.len - colon < 2 || colon[1] != '$')
            continue;
        name_len = (size_t)(colon - line.data);
        *known = adit_span_equal(adit_span_of(line.data, name_len), wanted);
        if (hash.len == 0 || *known)
            hash = adit_span_of(colon + 1, line.len - name_len - 1);
    }
    return adit_text_copy(hash.len ? hash : adit_span_text(stand_in));
}

/* crypt(3) over `password`; a hash that crypt does not know is never good. */
static bool hash_matches(const char *hash, struct adit_span password)
{
    struct crypt_data *data = adit_new(sizeof *data);
    char *text = adit_text_copy(password);
    const char *made;
    bool good = false;

    if (data == NULL || text == NULL)
        goto done;
    made = crypt_rn(text, hash, data, (int)sizeof *data);
    good = made && made[0] != '*' && strlen(made) == strlen(hash) &&
           adit_equal_secret(made, hash, strlen(hash));
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
    hash = find_hash(err ? ADIT_SPAN_EMPTY : adit_buffer_span(&text), user, &known);
    good = hash && hash_matches(hash, password) && known && password.len > 0;
    adit_text_free_secret(hash);
    adit_buffer_clear(&text);
    return good;
}
