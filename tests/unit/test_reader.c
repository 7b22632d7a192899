/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/reader.h"

#include "exact.h"

static struct adit_reader reader_of(struct adit_span bytes)
{
    return adit_reader_init(bytes);
}

static void values_are_read_in_order(void **state)
{
    static const uint8_t bytes[] = { 7, 0, 2, 0x01, 0x02, 0x03, 0x04, 1,   2,   3,   4,   5,
                                     6, 7, 8, 0,    0,    0,    2,    'h', 'i', 'r', 'e', 's' };
    const struct adit_span exact = exact_copy(bytes, sizeof bytes);
    struct adit_reader r = reader_of(exact);

    (void)state;
    assert_int_equal(adit_read_byte(&r), 7);
    assert_false(adit_read_bool(&r));
    assert_true(adit_read_bool(&r)); /* RFC 4251, 5: all but 0 */
    assert_int_equal(adit_read_uint32(&r), 0x01020304);
    assert_int_equal(adit_read_uint64(&r), 0x0102030405060708);
    assert_span_is(adit_read_string(&r), "hi");
    assert_span_is(adit_read_bytes(&r, 1), "r");
    assert_true(adit_reader_ok(&r));
    assert_false(adit_reader_finish(&r)); /* something is left */
    assert_span_is(adit_read_rest(&r), "es");
    assert_true(adit_reader_finish(&r));
    exact_free(exact);
}

static void the_first_read_that_does_not_fit_fails_all_later_ones(void **state)
{
    const struct adit_span exact = exact_copy("\1\2\3", 3);
    struct adit_reader r = reader_of(exact);

    (void)state;
    assert_int_equal(adit_read_uint32(&r), 0);
    assert_false(adit_reader_ok(&r));
    assert_int_equal(adit_read_byte(&r), 0);
    assert_int_equal(adit_read_uint64(&r), 0);
    assert_int_equal(adit_read_string(&r).len, 0);
    assert_int_equal(adit_read_rest(&r).len, 0);
    assert_false(adit_reader_finish(&r));
    exact_free(exact);
}

static void an_empty_reader_reads_nothing(void **state)
{
    struct adit_reader r = reader_of(ADIT_SPAN_EMPTY);

    (void)state;
    assert_int_equal(adit_read_bytes(&r, 0).len, 0);
    assert_int_equal(adit_read_rest(&r).len, 0);
    assert_true(adit_reader_finish(&r));
    assert_int_equal(adit_read_byte(&r), 0);
    assert_false(adit_reader_finish(&r));
}

static void a_string_ends_where_the_bytes_end_at_the_latest(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
        bool ok;
        size_t string_len;
    } rows[] = {
        { { 0, 0, 0, 0 }, 4, true, 0 },
        { { 0, 0, 0, 1, 'a' }, 5, true, 1 },
        { { 0, 0, 0, 2, 'a' }, 5, false, 0 },
        { { 0xff, 0xff, 0xff, 0xff, 'a' }, 5, false, 0 },
        { { 0x80, 0, 0, 0, 'a' }, 5, false, 0 },
        { { 0, 0, 0 }, 3, false, 0 },
        { { 0 }, 0, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span exact = exact_copy(rows[i].bytes, rows[i].len);
        struct adit_reader r = reader_of(exact);
        const struct adit_span string = adit_read_string(&r);

        assert_int_equal(adit_reader_finish(&r), rows[i].ok);
        assert_int_equal(string.len, rows[i].string_len);
        exact_free(exact);
    }
}

static void an_mpint_is_positive_and_minimal(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
        bool ok;
        size_t magnitude_len;
    } rows[] = {
        { { 0, 0, 0, 0 }, 4, true, 0 },              /* 0 */
        { { 0, 0, 0, 1, 0x7f }, 5, true, 1 },        /* 127 */
        { { 0, 0, 0, 2, 0, 0x80 }, 6, true, 1 },     /* 128 */
        { { 0, 0, 0, 1, 0x80 }, 5, false, 0 },       /* negative */
        { { 0, 0, 0, 1, 0 }, 5, false, 0 },          /* 0 in one byte */
        { { 0, 0, 0, 2, 0, 0x7f }, 6, false, 0 },    /* a zero too many */
        { { 0, 0, 0, 3, 0, 0, 0x80 }, 7, false, 0 }, /* a zero too many */
        { { 0, 0, 0, 3, 0x01, 0, 0 }, 7, true, 3 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span exact = exact_copy(rows[i].bytes, rows[i].len);
        struct adit_reader r = reader_of(exact);
        const struct adit_span magnitude = adit_read_mpint(&r);

        assert_int_equal(adit_reader_finish(&r), rows[i].ok);
        assert_int_equal(magnitude.len, rows[i].magnitude_len);
        exact_free(exact);
    }
}

static void a_name_list_has_no_empty_name_and_no_odd_byte(void **state)
{
    static const struct {
        const char *list;
        bool ok;
    } rows[] = {
        { "", true },     { "a", true },     { "a,b", true },    { "none,zlib@openssh.com", true },
        { ",", false },   { "a,", false },   { ",a", false },    { "a,,b", false },
        { "a b", false }, { "a\tb", false }, { "a\x7f", false }, { "\xc3\xbc", false },
        { "a\n", false },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const size_t len = strlen(rows[i].list);
        uint8_t bytes[64] = { 0, 0, 0, (uint8_t)len };
        struct adit_span exact;
        struct adit_reader r;
        struct adit_span list;

        memcpy(bytes + 4, rows[i].list, len);
        exact = exact_copy(bytes, 4 + len);
        r = reader_of(exact);
        list = adit_read_namelist(&r);
        if (adit_reader_finish(&r) != rows[i].ok)
            fail_msg("list \"%s\"", rows[i].list);
        assert_int_equal(list.len, rows[i].ok ? len : 0);
        exact_free(exact);
    }
}

static void a_value_out_of_range_can_fail_the_reader(void **state)
{
    struct adit_reader r = reader_of(adit_span_text("abc"));

    (void)state;
    assert_int_equal(adit_read_byte(&r), 'a');
    adit_reader_fail(&r);
    assert_int_equal(adit_read_byte(&r), 0);
    assert_false(adit_reader_finish(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_in_order),
        cmocka_unit_test(the_first_read_that_does_not_fit_fails_all_later_ones),
        cmocka_unit_test(an_empty_reader_reads_nothing),
        cmocka_unit_test(a_string_ends_where_the_bytes_end_at_the_latest),
        cmocka_unit_test(an_mpint_is_positive_and_minimal),
        cmocka_unit_test(a_name_list_has_no_empty_name_and_no_odd_byte),
        cmocka_unit_test(a_value_out_of_range_can_fail_the_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
