/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private key files. What a file is, its lines tell: the first one that is the
 * beginning of a private key counts. Whatever stands before it is passed over:
 * blank lines, remarks, "Bag Attributes", the EC PARAMETERS of openssl.
 */
#include "base/memory.h"
#include "base/span.h"
#include "keys/key.h"
#include "keys/lines.h"
#include "keys/openssh_key.h"

enum format { FORMAT_NONE, FORMAT_OPENSSH, FORMAT_PEM, FORMAT_FOREIGN };

static bool ends_with(struct adit_span line, const char *text)
{
    const struct adit_span end = adit_span_text(text);

    return line.len >= end.len &&
           adit_span_equal(adit_span_of(line.data + line.len - end.len, end.len), end);
}

static enum format format_of(struct adit_span line)
{
    /* PuTTY, ssh.com, SSH-1: known by name, not readable here. */
    static const char *const foreign[] = { "PuTTY-User-Key-File-",
                                           "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
                                           "SSH PRIVATE KEY FILE FORMAT 1." };

    if (adit_span_is(line, ADIT_OPENSSH_KEY_BEGIN))
        return FORMAT_OPENSSH;
    if (adit_line_begins(line, "-----BEGIN ") && ends_with(line, "PRIVATE KEY-----"))
        return FORMAT_PEM;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(foreign); i++)
        if (adit_line_begins(line, foreign[i]))
            return FORMAT_FOREIGN;
    return FORMAT_NONE;
}

static enum adit_err read_pem(struct adit_span text, const char *passphrase, struct adit_key **out)
{
    struct adit_pkey *pkey = NULL;
    const enum adit_err err = adit_pkey_from_pem(text, passphrase, &pkey);

    return err ? err : adit_key_adopt(pkey, ADIT_SPAN_EMPTY, out);
}

enum adit_err adit_key_read_private(struct adit_span text, const char *passphrase,
                                    struct adit_key **out)
{
    struct adit_span rest = adit_lines_begin(text);
    struct adit_span from = rest; /* the line and all behind it */
    struct adit_span line;

    *out = NULL;
    if (text.len > ADIT_KEY_TEXT_MAX)
        return ADIT_ERR_LIMIT;
    for (; adit_line_next(&rest, &line); from = rest) {
        switch (format_of(adit_line_trim(line))) {
        case FORMAT_NONE:
            continue;
        case FORMAT_OPENSSH:
            return adit_openssh_key_read(rest, passphrase, out);
        case FORMAT_PEM:
            return read_pem(from, passphrase, out);
        case FORMAT_FOREIGN:
            return ADIT_ERR_UNSUPPORTED;
        }
    }
    return ADIT_ERR_FORMAT;
}

enum adit_err adit_key_write_private(const struct adit_key *key, char **out)
{
    struct adit_buffer text = adit_buffer_init_secret(ADIT_KEY_TEXT_MAX + 1);
    enum adit_err err;

    *out = NULL;
    if (!adit_key_is_private(key))
        return ADIT_ERR_USAGE;
    err = adit_openssh_key_write(key, &text);
    if (err)
        goto done;
    err = adit_buffer_append(&text, adit_span_of("", 1));
    if (err)
        goto done;
    *out = (char *)text.data; /* the caller's now */
    return ADIT_OK;
done:
    adit_buffer_clear(&text);
    return err;
}

void adit_key_text_free(char *text)
{
    adit_text_free_secret(text);
}
