/* SPDX-License-Identifier: BSD-2-Clause */
/* Small questions to ask of spans. */
#ifndef ADIT_BASE_SPAN_H
#define ADIT_BASE_SPAN_H

#include "adit/adit.h"

#include <string.h>

#define ADIT_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline struct adit_span adit_span_of(const void *data, size_t len)
{
    return (struct adit_span){ data, len };
}

/* The text's bytes without its NUL. `text` may be NULL: an empty span. */
static inline struct adit_span adit_span_text(const char *text)
{
    return (struct adit_span){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

/* Equal bytes. Not for secrets: it stops at the first difference. */
static inline bool adit_span_equal(struct adit_span a, struct adit_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool adit_span_is(struct adit_span a, const char *text)
{
    return adit_span_equal(a, adit_span_text(text));
}

#endif
