/* SPDX-License-Identifier: BSD-2-Clause */
/* cmocka, and bytes in heap blocks of exactly their size: one byte too far is seen. */
#ifndef ADIT_TESTS_EXACT_H
#define ADIT_TESTS_EXACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/span.h"

/* A span over a copy. Goes back with exact_free(). */
static inline struct adit_span exact_copy(const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len);

    assert_true(copy != NULL || len == 0);
    if (len)
        memcpy(copy, bytes, len);
    return adit_span_of(copy, len);
}

static inline void exact_free(struct adit_span copy)
{
    union {
        const uint8_t *lent;
        void *own;
    } block = { copy.data };

    free(block.own);
}

static inline void assert_span_is(struct adit_span is, const char *wanted)
{
    if (!adit_span_is(is, wanted))
        fail_msg("\"%.*s\" is not \"%s\"", (int)is.len, (const char *)is.data, wanted);
}

#endif
