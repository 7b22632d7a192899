/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PuTTY's private key files: as bytes, and with halves that a right MAC vouches
 * for, which no mutation of a file would find. What was read must survive being
 * written and read again.
 */
#include "keys/ppk.h"

#include "base/base64.h"
#include "base/span.h"
#include "wire/writer.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In the place of the library's, which is slow on purpose: zeros for every passphrase. */
enum adit_err adit_argon2(enum adit_argon2 kind, const struct adit_argon2_cost *cost,
                          struct adit_span passphrase, struct adit_span salt, uint8_t *out,
                          size_t len)
{
    (void)kind, (void)cost, (void)salt;
    if (passphrase.len == 0)
        abort(); /* the file's own parser lets nothing such through */
    memset(out, 0, len);
    return ADIT_OK;
}

static void go_round(const struct adit_key *key, enum adit_key_format format)
{
    const struct adit_key_writing how = { .format = format };
    struct adit_key *again = NULL;
    char *text = NULL;

    if (adit_key_write(key, &how, &text) != ADIT_OK ||
        adit_key_read_private(adit_span_text(text), NULL, &again) != ADIT_OK ||
        !adit_span_equal(adit_key_blob(key), adit_key_blob(again)))
        abort();
    adit_key_free(again);
    adit_key_text_free(text);
}

static void read_file(struct adit_span text)
{
    struct adit_key_outside outside = { .public_half = NULL };
    struct adit_key *key = NULL;
    const enum adit_err err = adit_ppk_read(text, "sesame", &key);

    if ((key != NULL) != (err == ADIT_OK))
        abort();
    if (key) {
        go_round(key, ADIT_KEY_FORMAT_PPK2);
        go_round(key, ADIT_KEY_FORMAT_PPK3);
        if (adit_ppk_outside(text, &outside) != ADIT_OK)
            abort(); /* what can be read whole can be read from outside */
    } else {
        (void)!adit_ppk_outside(text, &outside);
    }
    adit_key_free(outside.public_half);
    adit_key_free(key);
}

/* Appends "Name: 1", and the bytes as one line of base64. */
static void write_blob(struct adit_writer *w, const char *name, struct adit_span bytes)
{
    adit_write_bytes(w, adit_span_text(name));
    adit_write_bytes(w, adit_span_text(": 1\n"));
    if (w->err == ADIT_OK)
        w->err = adit_base64_encode(bytes, w->out);
    adit_write_byte(w, '\n');
}

/* type, length of the public half, both halves: a file that is not encrypted. */
static void read_forged(const uint8_t *data, size_t size)
{
    const char *type = adit_key_type_name((enum adit_key_type)(data[0] % 5));
    const size_t rest = size - 2;
    const size_t public_len = data[1] < rest ? data[1] : rest;
    const struct adit_ppk_covered covered = {
        adit_span_text(type), adit_span_text("none"), ADIT_SPAN_EMPTY,
        adit_span_of(data + 2, public_len), adit_span_of(data + 2 + public_len, rest - public_len)
    };
    const struct adit_ppk_secret secret = { .mac_len = 0 };
    struct adit_buffer text = adit_buffer_init(ADIT_KEY_TEXT_MAX);
    struct adit_writer w = adit_writer_init(&text);
    uint8_t mac[ADIT_PPK_MAC_MAX];
    char hex[3];

    if (adit_ppk_mac(3, &secret, &covered, mac) != ADIT_OK)
        return; /* too long */
    adit_write_bytes(&w, adit_span_text("PuTTY-User-Key-File-3: "));
    adit_write_bytes(&w, covered.type);
    adit_write_bytes(&w, adit_span_text("\nEncryption: none\nComment: \n"));
    write_blob(&w, "Public-Lines", covered.public);
    write_blob(&w, "Private-Lines", covered.private);
    adit_write_bytes(&w, adit_span_text("Private-MAC: "));
    for (size_t i = 0; i < sizeof mac; i++) {
        (void)snprintf(hex, sizeof hex, "%02x", mac[i]);
        adit_write_bytes(&w, adit_span_text(hex));
    }
    if (adit_writer_finish(&w) == ADIT_OK)
        read_file(adit_buffer_span(&text));
    adit_buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2 && data[0] < 5)
        read_forged(data, size);
    else
        read_file(adit_span_of(data, size));
    return 0;
}
