/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/writer.h"

#include "exact.h"
#include "wire/reader.h"

static void values_stand_as_rfc_4251_draws_them(void **state)
{
    static const uint8_t wanted[] = { 7, 0, 1, 1, 2, 3, 4,   1,   2, 3, 4, 5, 6,
                                      7, 8, 0, 0, 0, 2, 'h', 'i', 0, 0, 0, 0, 'r' };
    struct adit_buffer b = adit_buffer_init(64);
    struct adit_writer w = adit_writer_init(&b);

    (void)state;
    adit_write_byte(&w, 7);
    adit_write_bool(&w, false);
    adit_write_bool(&w, true);
    adit_write_uint32(&w, 0x01020304);
    adit_write_uint64(&w, 0x0102030405060708);
    adit_write_text(&w, "hi");
    adit_write_string(&w, ADIT_SPAN_EMPTY);
    adit_write_bytes(&w, adit_span_text("r"));
    adit_write_bytes(&w, ADIT_SPAN_EMPTY);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    assert_true(adit_span_equal(adit_buffer_span(&b), adit_span_of(wanted, sizeof wanted)));
    adit_buffer_clear(&b);
}

/* RFC 4251, 5: its examples that are not negative. */
static void mpints_are_minimal(void **state)
{
    static const struct {
        uint8_t magnitude[8];
        size_t len;
        uint8_t wanted[12];
        size_t wanted_len;
    } rows[] = {
        { { 0 }, 0, { 0, 0, 0, 0 }, 4 },
        { { 0, 0 }, 2, { 0, 0, 0, 0 }, 4 },
        { { 0x09, 0xa3, 0x78, 0xf9, 0xb2, 0xe3, 0x32, 0xa7 },
          8,
          { 0, 0, 0, 8, 0x09, 0xa3, 0x78, 0xf9, 0xb2, 0xe3, 0x32, 0xa7 },
          12 },
        { { 0x80 }, 1, { 0, 0, 0, 2, 0, 0x80 }, 6 },
        { { 0, 0, 0x80 }, 3, { 0, 0, 0, 2, 0, 0x80 }, 6 },
        { { 0, 0x7f }, 2, { 0, 0, 0, 1, 0x7f }, 5 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_buffer b = adit_buffer_init(64);
        struct adit_writer w = adit_writer_init(&b);
        struct adit_reader r;

        adit_write_mpint(&w, adit_span_of(rows[i].magnitude, rows[i].len));
        assert_int_equal(adit_writer_finish(&w), ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&b),
                                    adit_span_of(rows[i].wanted, rows[i].wanted_len)));
        r = adit_reader_init(adit_buffer_span(&b));
        (void)adit_read_mpint(&r);
        assert_true(adit_reader_finish(&r));
        adit_buffer_clear(&b);
    }
}

static void the_first_write_that_does_not_fit_fails_all_later_ones(void **state)
{
    struct adit_buffer b = adit_buffer_init(5);
    struct adit_writer w = adit_writer_init(&b);

    (void)state;
    adit_write_uint32(&w, 1);
    adit_write_uint32(&w, 2);
    adit_write_byte(&w, 3); /* would fit */
    assert_int_equal(adit_writer_finish(&w), ADIT_ERR_LIMIT);
    assert_int_equal(b.len, 4);
    adit_buffer_clear(&b);
}

static void big_endian_numbers_go_round(void **state)
{
    static const uint32_t values[] = { 0, 1, 0x7f, 0x80, 0x01020304, 0x80000000, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(values); i++) {
        uint8_t bytes[4];

        adit_put_uint32(bytes, values[i]);
        assert_int_equal(bytes[0], values[i] >> 24);
        assert_int_equal(adit_get_uint32(bytes), values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_as_rfc_4251_draws_them),
        cmocka_unit_test(mpints_are_minimal),
        cmocka_unit_test(the_first_write_that_does_not_fit_fails_all_later_ones),
        cmocka_unit_test(big_endian_numbers_go_round),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
