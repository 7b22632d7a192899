/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusal_time.h"

#include "base/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t secret[ADIT_DELAY_SECRET_SIZE] = "what only this gateway knows...";

/* U12: what the judging took does not show, as long as it is no more than the least. */
static void a_refusal_has_its_time_whatever_it_is_for(void **state)
{
    bool seen[10] = { false };

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        char user[16];
        uint64_t ms;

        (void)snprintf(user, sizeof user, "user%u", i);
        ms = adit_refusal_time_ms(secret, adit_span_text(user), 0);
        assert_in_range(ms, 5, 9);
        seen[ms] = true;
        for (uint64_t elapsed = 0; elapsed <= ms; elapsed++)
            assert_int_equal(adit_refusal_time_ms(secret, adit_span_text(user), elapsed), ms);
    }
    for (unsigned ms = 5; ms < 10; ms++)
        assert_true(seen[ms]);
}

/* Of what took longer, the time shows how often it doubles, and no more. */
static void a_long_judgement_is_covered_in_steps(void **state)
{
    const struct adit_span user = adit_span_text("cassie");
    const uint64_t least = adit_refusal_time_ms(secret, user, 0);

    (void)state;
    for (unsigned step = 0; step < 12; step++) {
        const uint64_t ms = least << step;

        assert_int_equal(adit_refusal_time_ms(secret, user, ms), ms);
        assert_int_equal(adit_refusal_time_ms(secret, user, ms + 1), 2 * ms);
        assert_int_equal(adit_refusal_time_ms(secret, user, 2 * ms - 1), 2 * ms);
    }
}

/* Nobody works a name's time out who does not know the secret. */
static void each_gateway_has_times_of_its_own(void **state)
{
    static const uint8_t other[ADIT_DELAY_SECRET_SIZE] = "what only another gateway knows";
    unsigned different = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        const uint8_t name = (uint8_t)('!' + i);
        const struct adit_span user = { &name, 1 };

        different += adit_refusal_time_ms(secret, user, 0) != adit_refusal_time_ms(other, user, 0);
    }
    assert_true(different > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_has_its_time_whatever_it_is_for),
        cmocka_unit_test(a_long_judgement_is_covered_in_steps),
        cmocka_unit_test(each_gateway_has_times_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
