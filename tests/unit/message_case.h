/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One good message, written out by hand from its RFC, and what its parser owes
 * it: each truncation, one byte too many, and each length field at 0, at all
 * that is left, at one more, and at the largest. All in heap blocks of exactly
 * the size, so that a sanitizer sees one byte too many.
 */
#ifndef ADIT_TESTS_MESSAGE_CASE_H
#define ADIT_TESTS_MESSAGE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/span.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* clang-format off */
#define BYTES(literal) { (const uint8_t *)(literal), sizeof(literal) - 1 }
/* clang-format on */
#define SPAN(literal) ((struct adit_span)BYTES(literal))
#define OK            ADIT_OK
#define BAD           ADIT_ERR_MALFORMED

enum { LENGTHS_MAX = 10 };

struct length_field {
    size_t at;
    enum adit_err at_zero; /* the verdict when it says 0 */
    enum adit_err at_all;  /* …and when it takes all that is left */
};

struct message_case {
    const char *name;
    struct adit_span golden;
    enum adit_err (*parse)(struct adit_span payload);
    size_t shortest; /* where the end is free: good from this length on; else 0 */
    struct length_field lengths[LENGTHS_MAX];
    size_t length_count;
};

static inline void assert_span(struct adit_span is, struct adit_span wanted)
{
    assert_int_equal(is.len, wanted.len);
    if (wanted.len)
        assert_memory_equal(is.data, wanted.data, wanted.len);
}

/* What `w` wrote is `wanted`; the buffer is cleared. */
static inline void assert_written(struct adit_writer *w, struct adit_span wanted)
{
    assert_int_equal(adit_writer_finish(w), ADIT_OK);
    assert_span(adit_buffer_span(w->out), wanted);
    adit_buffer_clear(w->out);
}

/* The verdict on the first `len` bytes of `bytes`, and zero bytes up to `size`. */
static inline enum adit_err verdict_on(const struct message_case *c, const uint8_t *bytes,
                                       size_t len, size_t size)
{
    uint8_t *block = size ? calloc(1, size) : NULL;
    enum adit_err err;

    assert_true(block != NULL || size == 0);
    if (block && len)
        memcpy(block, bytes, len);
    err = c->parse(adit_span_of(block, size));
    free(block);
    return err;
}

static inline void expect(const struct message_case *c, const char *what, size_t at,
                          enum adit_err is, enum adit_err wanted)
{
    if (is != wanted)
        fail_msg("%s, %s, %zu: \"%s\", not \"%s\"", c->name, what, at, adit_err_text(is),
                 adit_err_text(wanted));
}

static inline void expect_length(const struct message_case *c, size_t at, uint32_t value,
                                 enum adit_err wanted)
{
    uint8_t bytes[1024];

    assert_true(c->golden.len <= sizeof bytes);
    memcpy(bytes, c->golden.data, c->golden.len);
    adit_put_uint32(bytes + at, value);
    expect(c, "length field", at, verdict_on(c, bytes, c->golden.len, c->golden.len), wanted);
}

static inline void check_message(const struct message_case *c)
{
    const size_t len = c->golden.len;
    const size_t good_from = c->shortest ? c->shortest : len;

    for (size_t cut = 0; cut <= len; cut++)
        expect(c, "cut to", cut, verdict_on(c, c->golden.data, cut, cut),
               cut < good_from ? ADIT_ERR_MALFORMED : ADIT_OK);

    for (size_t i = 0; i < c->length_count; i++) {
        const struct length_field *field = &c->lengths[i];
        const uint32_t left = (uint32_t)(len - field->at - 4);

        expect_length(c, field->at, 0, field->at_zero);
        expect_length(c, field->at, left, field->at_all);
        expect_length(c, field->at, left + 1, ADIT_ERR_MALFORMED);
        expect_length(c, field->at, UINT32_MAX, ADIT_ERR_MALFORMED);
    }
}

/* For a message that says where it ends. */
static inline void check_nothing_may_follow(const struct message_case *c)
{
    expect(c, "one byte more", c->golden.len,
           verdict_on(c, c->golden.data, c->golden.len, c->golden.len + 1), ADIT_ERR_MALFORMED);
}

#endif
