/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the format "openssh-key-v1" taken apart, and put together again with a change in them. */
#ifndef ADIT_TESTS_OPENSSH_KEY_PARTS_H
#define ADIT_TESTS_OPENSSH_KEY_PARTS_H

#include "exact.h"

#include "base/base64.h"
#include "keys/openssh_key.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* The bytes that the text stands for. */
static inline struct adit_buffer bytes_of(const char *text)
{
    struct adit_buffer bytes = adit_buffer_init(8192);
    const char *begin = strchr(text, '\n') + 1;
    const char *end = strstr(text, "-----END");

    assert_int_equal(adit_base64_decode(adit_span_of(begin, (size_t)(end - begin)), &bytes),
                     ADIT_OK);
    return bytes;
}

static inline enum adit_err verdict_with(const char *passphrase, struct adit_span bytes)
{
    struct adit_buffer text = adit_buffer_init(16384);
    struct adit_key *key = NULL;
    struct adit_span exact;
    enum adit_err err;

    assert_int_equal(adit_base64_encode(bytes, &text), ADIT_OK);
    assert_int_equal(
        adit_buffer_append(&text, adit_span_text("\n-----END OPENSSH PRIVATE KEY-----\n")),
        ADIT_OK);
    exact = exact_copy(text.data, text.len);
    err = adit_openssh_key_read(exact, passphrase, &key);
    assert_int_equal(key != NULL, err == ADIT_OK);
    adit_key_free(key);
    exact_free(exact);
    adit_buffer_clear(&text);
    return err;
}

struct parts {
    struct adit_span cipher, kdf, kdf_options;
    uint32_t key_count;
    struct adit_span blob, section, tag;
};

/* They borrow from `bytes`. */
static inline struct parts parts_of(const struct adit_buffer *bytes)
{
    struct adit_reader r = adit_reader_init(adit_buffer_span(bytes));
    struct parts p;

    (void)adit_read_bytes(&r, sizeof "openssh-key-v1");
    p.cipher = adit_read_string(&r);
    p.kdf = adit_read_string(&r);
    p.kdf_options = adit_read_string(&r);
    p.key_count = adit_read_uint32(&r);
    p.blob = adit_read_string(&r);
    p.section = adit_read_string(&r);
    p.tag = adit_read_rest(&r);
    assert_true(adit_reader_finish(&r));
    return p;
}

static inline enum adit_err verdict_on_parts_with(const char *passphrase, const struct parts *p)
{
    struct adit_buffer bytes = adit_buffer_init(8192);
    struct adit_writer w = adit_writer_init(&bytes);
    enum adit_err err;

    adit_write_bytes(&w, adit_span_of("openssh-key-v1", sizeof "openssh-key-v1"));
    adit_write_string(&w, p->cipher);
    adit_write_string(&w, p->kdf);
    adit_write_string(&w, p->kdf_options);
    adit_write_uint32(&w, p->key_count);
    adit_write_string(&w, p->blob);
    adit_write_string(&w, p->section);
    adit_write_bytes(&w, p->tag);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    err = verdict_with(passphrase, adit_buffer_span(&bytes));
    adit_buffer_clear(&bytes);
    return err;
}

#endif
