/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key_options.h"

#include "exact.h"

#include <time.h>

static void expiry_times_are_read_as_utc(void **state)
{
    static const struct {
        const char *text;
        enum adit_err err;
        uint64_t seconds;
    } rows[] = {
        { "19700102", ADIT_OK, 86400 },
        { "19700101000001Z", ADIT_OK, 1 },
        { "20000229", ADIT_OK, 951782400 },
        { "20380119031408Z", ADIT_OK, 2147483648 },
        { "20240229", ADIT_OK, 1709164800 },
        { "202402292359", ADIT_OK, 1709251140 },
        { "99991231235959Z", ADIT_OK, 253402300799 },
        { "19700101", ADIT_ERR_FORMAT, 0 },
        { "19691231", ADIT_ERR_FORMAT, 0 },
        { "20230229", ADIT_ERR_FORMAT, 0 },
        { "21000229", ADIT_ERR_FORMAT, 0 },
        { "20241301", ADIT_ERR_FORMAT, 0 },
        { "20240001", ADIT_ERR_FORMAT, 0 },
        { "20240100", ADIT_ERR_FORMAT, 0 },
        { "20240431", ADIT_ERR_FORMAT, 0 },
        { "202401012400", ADIT_ERR_FORMAT, 0 },
        { "202401012360", ADIT_ERR_FORMAT, 0 },
        { "20240101235960", ADIT_ERR_FORMAT, 0 },
        { "2024010123", ADIT_ERR_FORMAT, 0 },
        { "2024-01-01", ADIT_ERR_FORMAT, 0 },
        { "20240101z", ADIT_ERR_FORMAT, 0 },
        { "20240101ZZ", ADIT_ERR_FORMAT, 0 },
        { " 20240101", ADIT_ERR_FORMAT, 0 },
        { "Z", ADIT_ERR_FORMAT, 0 },
        { "", ADIT_ERR_FORMAT, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        const struct adit_span exact = exact_copy(rows[i].text, strlen(rows[i].text));
        uint64_t seconds = 0;

        if (adit_expiry_time_parse(exact, &seconds) != rows[i].err)
            fail_msg("\"%s\"", rows[i].text);
        if (rows[i].err == ADIT_OK)
            assert_int_equal(seconds, rows[i].seconds);
        exact_free(exact);
    }
}

/* The C library is the judge. */
static void every_day_of_four_centuries_is_a_day_later(void **state)
{
    (void)state;
    for (time_t day = 1; day < 366 * 430; day++) {
        const time_t at = day * 86400;
        struct tm tm;
        char text[16];
        uint64_t seconds;

        assert_non_null(gmtime_r(&at, &tm));
        assert_true(strftime(text, sizeof text, "%Y%m%d", &tm) == 8);
        assert_int_equal(adit_expiry_time_parse(adit_span_text(text), &seconds), ADIT_OK);
        assert_int_equal(seconds, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expiry_times_are_read_as_utc),
        cmocka_unit_test(every_day_of_four_centuries_is_a_day_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
