/* SPDX-License-Identifier: BSD-2-Clause */
/* Key files read and written, each by the file of its format. */
#include "base/memory.h"
#include "base/span.h"
#include "keys/key_text.h"
#include "keys/openssh_key.h"
#include "keys/ppk.h"
#include "keys/public_line.h"
#include "keys/rfc4716.h"

#include <stdlib.h>

/* ---- reading ----------------------------------------------------------------- */

static enum adit_err read_pem(struct adit_span text, const char *passphrase, struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_pem(text, passphrase, &pkey);

    return err ? err : adit_key_adopt(pkey, ADIT_SPAN_EMPTY, out);
}

enum adit_err adit_key_read_private(struct adit_span text, const char *passphrase,
                                    struct adit_key **out)
{
    struct adit_key_text found;
    enum adit_err err = adit_key_text_find(text, &found);

    *out = NULL;
    if (err)
        return err;
    switch (found.format) {
    case ADIT_KEY_FORMAT_OPENSSH:
        return adit_openssh_key_read(found.body, passphrase, out);
    case ADIT_KEY_FORMAT_PEM:
    case ADIT_KEY_FORMAT_PKCS8:
        return read_pem(found.from, passphrase, out);
    case ADIT_KEY_FORMAT_PPK2:
    case ADIT_KEY_FORMAT_PPK3:
        return adit_ppk_read(found.from, passphrase, out);
    case ADIT_KEY_FORMAT_PUBLIC:
    case ADIT_KEY_FORMAT_RFC4716:
    case ADIT_KEY_FORMAT_PEM_PUBLIC:
        break;
    }
    return ADIT_ERR_FORMAT;
}

const char *adit_key_err_text(enum adit_err err)
{
    if (err == ADIT_ERR_FORMAT)
        return "is no key file, or a broken one";
    if (err == ADIT_ERR_UNSUPPORTED)
        return "is a kind of key, or is encrypted in a way, that is not supported";
    if (err == ADIT_ERR_LIMIT)
        return "is beyond the limits: an RSA key has 2048 to 16384 bits, a passphrase may take "
               "seconds to check, a file have 1 MiB";
    return adit_err_text(err);
}

/* ---- writing ----------------------------------------------------------------- */

static enum adit_err write_format(const struct adit_key *key, const struct adit_key_writing *how,
                                  const char *comment, struct adit_buffer *out)
{
    switch (how->format) {
    case ADIT_KEY_FORMAT_OPENSSH:
        return adit_openssh_key_write(key, comment, how->passphrase, out);
    case ADIT_KEY_FORMAT_PEM:
        return adit_pkey_write_pem(key->pkey, ADIT_PEM_TRADITIONAL, how->passphrase, out);
    case ADIT_KEY_FORMAT_PKCS8:
        return adit_pkey_write_pem(key->pkey, ADIT_PEM_PKCS8, how->passphrase, out);
    case ADIT_KEY_FORMAT_PPK2:
        return adit_ppk_write(key, 2, comment, how->passphrase, out);
    case ADIT_KEY_FORMAT_PPK3:
        return adit_ppk_write(key, 3, comment, how->passphrase, out);
    case ADIT_KEY_FORMAT_PUBLIC:
        return adit_public_line_append(adit_key_blob(key), comment, out);
    case ADIT_KEY_FORMAT_RFC4716:
        return adit_rfc4716_write(key, adit_span_text(comment), out);
    case ADIT_KEY_FORMAT_PEM_PUBLIC:
        break;
    }
    return ADIT_ERR_USAGE;
}

/* Whether the key has what the format wants, and the format room for a passphrase. */
static bool is_possible(const struct adit_key *key, const struct adit_key_writing *how)
{
    if (adit_key_format_is_private(how->format))
        return adit_key_is_private(key);
    return how->passphrase == NULL || how->passphrase[0] == '\0';
}

enum adit_err adit_key_write(const struct adit_key *key, const struct adit_key_writing *how,
                             char **out)
{
    struct adit_buffer text = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX + 1);
    const char *given = how->comment ? how->comment : key->comment;
    char *comment = adit_text_copy(adit_span_of(given, strcspn(given, "\r\n")));
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (comment == NULL)
        goto done;
    err = is_possible(key, how) ? write_format(key, how, comment, &text) : ADIT_ERR_USAGE;
    if (err)
        goto done;
    err = adit_buffer_append(&text, adit_span_of("", 1));
    if (err)
        goto done;
    *out = (char *)text.data;
    text = adit_buffer_init(0); /* its bytes are the caller's now */
done:
    free(comment);
    adit_buffer_clear(&text);
    return err;
}

enum adit_err adit_key_write_private(const struct adit_key *key, char **out)
{
    const struct adit_key_writing how = { .format = ADIT_KEY_FORMAT_OPENSSH };

    return adit_key_write(key, &how, out);
}

enum adit_err adit_key_write_public(const struct adit_key *key, char **out)
{
    const struct adit_key_writing how = { .format = ADIT_KEY_FORMAT_PUBLIC };

    return adit_key_write(key, &how, out);
}

void adit_key_text_free(char *text)
{
    adit_text_free_secret(text);
}
