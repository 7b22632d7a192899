/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "net/backlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { PIECES = 7, TOTAL = 1 << 20 };

static uint8_t byte_at(size_t at)
{
    return (uint8_t)(at * 2654435761U >> 13);
}

static void append(struct adit_backlog *b, size_t at, size_t len)
{
    static uint8_t bytes[70000];

    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(at + i);
    assert_int_equal(adit_backlog_append(b, adit_span_of(bytes, len)), ADIT_OK);
}

/* Drops at most `max` bytes, having looked at them; returns how many. */
static size_t take(struct adit_backlog *b, size_t at, size_t max)
{
    struct iovec pieces[PIECES];
    const size_t count = adit_backlog_pieces(b, pieces, PIECES);
    size_t taken = 0;

    for (size_t p = 0; p < count && taken < max; p++) {
        const uint8_t *bytes = pieces[p].iov_base;
        assert_true(pieces[p].iov_len > 0);
        for (size_t i = 0; i < pieces[p].iov_len && taken < max; i++)
            assert_int_equal(bytes[i], byte_at(at + taken++));
    }
    adit_backlog_drop(b, taken);
    return taken;
}

static void bytes_leave_in_the_order_they_came(void **state)
{
    struct adit_backlog b = { 0 };
    uint32_t random = 1;
    size_t in = 0;
    size_t out = 0;

    (void)state;
    while (out < TOTAL) {
        const size_t left = TOTAL - in;
        size_t len;

        random = random * 1664525U + 1013904223U;
        len = random >> 8 & 3 ? random >> 10 & 511 : random >> 10 & 65535;
        if (len > left)
            len = left;
        append(&b, in, len);
        in += len;
        random = random * 1664525U + 1013904223U;
        out += take(&b, out, (random >> 10 & 65535) + 1);
        assert_int_equal(b.size, in - out);
    }
    assert_int_equal(b.size, 0);
    assert_null(b.first);
    assert_null(b.last);
}

static void an_empty_backlog_has_no_pieces(void **state)
{
    struct adit_backlog b = { 0 };
    struct iovec pieces[PIECES];

    (void)state;
    assert_int_equal(adit_backlog_append(&b, ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(adit_backlog_pieces(&b, pieces, PIECES), 0);
    adit_backlog_clear(&b);
    append(&b, 0, 10);
    append(&b, 10, 5);
    assert_int_equal(adit_backlog_pieces(&b, pieces, PIECES), 1); /* small ones share a block */
    adit_backlog_clear(&b);
    assert_int_equal(b.size, 0);
    assert_int_equal(adit_backlog_pieces(&b, pieces, PIECES), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_leave_in_the_order_they_came),
        cmocka_unit_test(an_empty_backlog_has_no_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
