/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "base/text.h"
#include "keys/key_options.h"

enum { DATE_LEN = 8, MINUTES_LEN = 12, SECONDS_LEN = 14 };

/* The `len` digits at `at`, within `min` and `max`; fails for good in `*ok`. */
static unsigned field(struct adit_span text, size_t at, size_t len, unsigned max, bool *ok)
{
    uint64_t value = 0;

    if (adit_text_to_number(adit_span_of(text.data + at, len), max, &value))
        *ok = false;
    return (unsigned)value;
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Days from 1970-01-01 to a date in the Gregorian calendar. */
static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    const uint64_t before = year - 1; /* whole years since the year 1 */
    uint64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;

    for (unsigned m = 1; m < month; m++)
        days += days_of_month(year, m);
    return days + day - 1;
}

enum adit_err adit_expiry_time_parse(struct adit_span text, uint64_t *out)
{
    unsigned year, month, day;
    unsigned hour = 0, minute = 0, second = 0;
    bool ok = true;

    if (text.len && text.data[text.len - 1] == 'Z')
        text.len--;
    if (text.len != DATE_LEN && text.len != MINUTES_LEN && text.len != SECONDS_LEN)
        return ADIT_ERR_FORMAT;
    year = field(text, 0, 4, 9999, &ok);
    month = field(text, 4, 2, 12, &ok);
    day = field(text, 6, 2, 31, &ok);
    if (text.len >= MINUTES_LEN) {
        hour = field(text, 8, 2, 23, &ok);
        minute = field(text, 10, 2, 59, &ok);
    }
    if (text.len == SECONDS_LEN)
        second = field(text, 12, 2, 59, &ok);
    if (!ok || year < 1970 || month == 0 || day == 0 || day > days_of_month(year, month))
        return ADIT_ERR_FORMAT;

    *out = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return *out ? ADIT_OK : ADIT_ERR_FORMAT; /* 0 would stand for "never" */
}
