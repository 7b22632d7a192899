/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/events.h"

#include "exact.h"

static void events_come_out_in_their_order(void **state)
{
    struct adit_events events = { 0 };
    struct adit_event event;
    unsigned put = 0;
    unsigned got = 0;

    (void)state;
    assert_true(adit_events_is_empty(&events));
    /* Every fill, begun at every place of the ring. */
    for (unsigned round = 0; round < ADIT_EVENTS_MAX * ADIT_EVENTS_MAX; round++) {
        for (unsigned i = 0; i <= round % ADIT_EVENTS_MAX; i++)
            adit_events_add(&events, ADIT_EVENT_CHANNEL_DATA)->data.len = ++put;
        while (!adit_events_is_empty(&events)) {
            assert_true(adit_events_take(&events, &event));
            assert_int_equal(event.type, ADIT_EVENT_CHANNEL_DATA);
            assert_int_equal(event.data.len, ++got);
        }
        assert_int_equal(got, put);
        assert_false(adit_events_take(&events, &event));
    }
}

/* Nothing of an event that stood in the same place before is left. */
static void an_event_begins_empty(void **state)
{
    struct adit_events events = { 0 };
    struct adit_event event;

    (void)state;
    for (unsigned i = 0; i < ADIT_EVENTS_MAX; i++) {
        struct adit_event *full = adit_events_add(&events, ADIT_EVENT_AUTH_REQUEST);

        memset(full, 0xff, sizeof *full);
    }
    while (adit_events_take(&events, &event))
        continue;
    for (unsigned i = 0; i < ADIT_EVENTS_MAX; i++) {
        adit_events_add(&events, ADIT_EVENT_CHANNEL_CLOSED);
        assert_true(adit_events_take(&events, &event));
        assert_int_equal(event.type, ADIT_EVENT_CHANNEL_CLOSED);
        assert_null(event.channel);
        assert_null(event.data.data);
        assert_int_equal(event.data.len, 0);
        assert_int_equal(event.text.len, 0);
        assert_false(event.aborted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_out_in_their_order),
        cmocka_unit_test(an_event_begins_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
