/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors as their documents print them. */
#ifndef ADIT_TESTS_HEX_H
#define ADIT_TESTS_HEX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/span.h"

struct hex {
    uint8_t bytes[1200];
    size_t len;
};

static inline uint8_t hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, c);

    assert_true(c != '\0' && at != NULL);
    return (uint8_t)(at - digits);
}

/* Lower-case digits; spaces may stand between bytes. */
static inline struct hex hex_decode(const char *text)
{
    struct hex out = { .len = 0 };

    for (const char *at = text; *at; at++) {
        if (*at == ' ')
            continue;
        assert_true(out.len < sizeof out.bytes);
        out.bytes[out.len++] = (uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
        at++;
    }
    return out;
}

static inline struct adit_span hex_span(const struct hex *hex)
{
    return (struct adit_span){ hex->bytes, hex->len };
}

static inline void assert_hex(const uint8_t *is, size_t len, const char *wanted)
{
    const struct hex expected = hex_decode(wanted);

    assert_int_equal(len, expected.len);
    assert_memory_equal(is, expected.bytes, len);
}

#endif
