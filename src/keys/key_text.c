/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key_text.h"

#include "base/span.h"
#include "keys/lines.h"
#include "keys/openssh_key.h"
#include "keys/ppk.h"
#include "keys/public_text.h"

static bool ends_with(struct adit_span line, const char *text)
{
    const struct adit_span end = adit_span_text(text);

    return line.len >= end.len &&
           adit_span_equal(adit_span_of(line.data + line.len - end.len, end.len), end);
}

/* NOT_FOUND: not the beginning of a key. */
static enum adit_err format_of(struct adit_span line, enum adit_key_format *out)
{
    static const struct {
        const char *begin;
        bool known;
        enum adit_key_format format;
    } begins[] = {
        { ADIT_PPK_BEGIN "3", true, ADIT_KEY_FORMAT_PPK3 },
        { ADIT_PPK_BEGIN "2", true, ADIT_KEY_FORMAT_PPK2 },
        { ADIT_PPK_BEGIN, false, ADIT_KEY_FORMAT_PPK2 },
        /* ssh.com, SSH-1 */
        { "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", false, ADIT_KEY_FORMAT_PPK2 },
        { "SSH PRIVATE KEY FILE FORMAT 1.", false, ADIT_KEY_FORMAT_PPK2 },
    };

    *out = ADIT_KEY_FORMAT_OPENSSH;
    if (adit_span_is(line, ADIT_OPENSSH_KEY_BEGIN))
        return ADIT_OK;
    *out = ADIT_KEY_FORMAT_PKCS8;
    if (adit_span_is(line, "-----BEGIN PRIVATE KEY-----") ||
        adit_span_is(line, "-----BEGIN ENCRYPTED PRIVATE KEY-----"))
        return ADIT_OK;
    *out = ADIT_KEY_FORMAT_PEM;
    if (adit_line_begins(line, "-----BEGIN ") && ends_with(line, "PRIVATE KEY-----"))
        return ADIT_OK;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(begins); i++) {
        *out = begins[i].format;
        if (adit_line_begins(line, begins[i].begin))
            return begins[i].known ? ADIT_OK : ADIT_ERR_UNSUPPORTED;
    }
    return ADIT_ERR_NOT_FOUND;
}

enum adit_err adit_key_text_find(struct adit_span text, struct adit_key_text *out)
{
    struct adit_span rest = adit_lines_begin(text);
    struct adit_span line;

    *out = (struct adit_key_text){ .from = rest };
    if (text.len > ADIT_KEY_TEXT_MAX)
        return ADIT_ERR_LIMIT;
    for (; adit_line_next(&rest, &line); out->from = rest) {
        const enum adit_err err = format_of(adit_line_trim(line), &out->format);

        out->body = rest;
        if (err != ADIT_ERR_NOT_FOUND)
            return err;
    }
    return ADIT_ERR_FORMAT;
}

bool adit_key_format_is_private(enum adit_key_format format)
{
    return format != ADIT_KEY_FORMAT_PUBLIC && format != ADIT_KEY_FORMAT_RFC4716 &&
           format != ADIT_KEY_FORMAT_PEM_PUBLIC;
}

/* ---- what it says without a passphrase ------------------------------------------ */

/* The headers of encrypted PEM (RFC 1421, 4.6.1): "Proc-Type: 4,ENCRYPTED", "DEK-Info: cipher,…" */
static bool has_dek_info(struct adit_span body, struct adit_key_outside *out)
{
    struct adit_span line;

    if (!adit_line_next(&body, &line) || !adit_line_begins(line, "Proc-Type: 4,ENCRYPTED"))
        return false;
    if (adit_line_next(&body, &line) && adit_line_begins(line, "DEK-Info: ")) {
        const struct adit_span info = adit_span_of(line.data + 10, line.len - 10);
        const uint8_t *comma = info.len ? memchr(info.data, ',', info.len) : NULL;

        adit_key_outside_encrypted(
            out, comma ? adit_span_of(info.data, (size_t)(comma - info.data)) : info,
            adit_span_text("MD5"));
    }
    return true;
}

/* Of a file that is not encrypted, what it says is checked like any private key. */
static enum adit_err read_plain(struct adit_span text, struct adit_key **public_half)
{
    struct adit_key *key = NULL;
    enum adit_err err = adit_key_read_private(text, NULL, &key);

    if (err == ADIT_OK)
        err =
            adit_key_from_file_blob(adit_key_blob(key), adit_span_text(key->comment), public_half);
    adit_key_free(key);
    return err;
}

static enum adit_err describe_private(const struct adit_key_text *text,
                                      struct adit_key_description *out,
                                      struct adit_key_outside *outside)
{
    enum adit_err err = ADIT_OK;

    switch (text->format) {
    case ADIT_KEY_FORMAT_PEM:
        out->is_encrypted = has_dek_info(text->body, outside);
        break;
    case ADIT_KEY_FORMAT_PKCS8:
        out->is_encrypted = adit_line_begins(adit_line_trim(text->from), "-----BEGIN ENCRYPTED");
        break;
    case ADIT_KEY_FORMAT_OPENSSH:
        err = adit_openssh_key_outside(text->body, outside);
        out->is_encrypted = outside->encryption[0] != '\0';
        break;
    case ADIT_KEY_FORMAT_PPK2:
    case ADIT_KEY_FORMAT_PPK3:
        err = adit_ppk_outside(text->from, outside);
        out->is_encrypted = outside->encryption[0] != '\0';
        break;
    case ADIT_KEY_FORMAT_PUBLIC:
    case ADIT_KEY_FORMAT_RFC4716:
    case ADIT_KEY_FORMAT_PEM_PUBLIC:
        return ADIT_ERR_FORMAT; /* no private key begins so */
    }
    memcpy(out->encryption, outside->encryption, sizeof out->encryption);
    if (err || out->is_encrypted)
        return err;
    adit_key_free(outside->public_half);
    outside->public_half = NULL;
    return read_plain(text->from, &outside->public_half);
}

enum adit_err adit_key_describe(struct adit_span text, struct adit_key_description *out,
                                struct adit_key **public_half)
{
    struct adit_key_outside outside = { .public_half = NULL };
    struct adit_key_text found;
    enum adit_err err = adit_key_text_find(text, &found);

    if (public_half)
        *public_half = NULL;
    *out = (struct adit_key_description){ .format = found.format };
    if (err == ADIT_OK) {
        err = describe_private(&found, out, &outside);
    } else if (err == ADIT_ERR_FORMAT) {
        out->format = adit_public_text_format(text);
        err = adit_key_read_public(text, &outside.public_half);
    }
    if (public_half && err == ADIT_OK) {
        *public_half = outside.public_half;
        outside.public_half = NULL;
    }
    adit_key_free(outside.public_half);
    return err;
}
