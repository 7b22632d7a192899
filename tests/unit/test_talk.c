/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { START_MS = 5000 };

/* A transfer may begin with a request. */
static void one_question_alone_is_no_talk(void **state)
{
    struct adit_talk talk = { 0 };

    (void)state;
    for (uint64_t i = 0; i < 10; i++) {
        const uint64_t now_ms = START_MS + i * (ADIT_TALK_MS + 1);

        assert_false(adit_talk_hear(&talk, now_ms));
        assert_false(talk.on);
        assert_false(adit_talk_ends(&talk, now_ms + ADIT_TALK_MS));
    }
}

static void a_second_one_soon_after_begins_it_once(void **state)
{
    struct adit_talk talk = { 0 };

    (void)state;
    assert_false(adit_talk_hear(&talk, START_MS));
    assert_true(adit_talk_hear(&talk, START_MS + ADIT_TALK_MS));
    assert_true(talk.on);
    assert_false(adit_talk_hear(&talk, START_MS + ADIT_TALK_MS + 1));
    assert_true(talk.on);
}

static void it_ends_when_nobody_asks_any_more(void **state)
{
    struct adit_talk talk = { 0 };
    uint64_t now_ms = START_MS;

    (void)state;
    (void)adit_talk_hear(&talk, now_ms);
    for (unsigned i = 0; i < 20; i++) {
        now_ms += ADIT_TALK_MS / 2;
        (void)adit_talk_hear(&talk, now_ms);
        assert_false(adit_talk_ends(&talk, now_ms + ADIT_TALK_MS - 1));
    }
    assert_true(adit_talk_ends(&talk, now_ms + ADIT_TALK_MS));
    assert_false(talk.on);
    assert_false(adit_talk_ends(&talk, now_ms + ADIT_TALK_MS));
}

/* Nobody has looked yet whether it is over: it goes on, and is not begun a second time. */
static void a_late_question_finds_it_on(void **state)
{
    struct adit_talk talk = { 0 };

    (void)state;
    (void)adit_talk_hear(&talk, START_MS);
    (void)adit_talk_hear(&talk, START_MS);
    assert_false(adit_talk_hear(&talk, START_MS + 10 * ADIT_TALK_MS));
    assert_true(talk.on);
    assert_false(adit_talk_ends(&talk, START_MS + 10 * ADIT_TALK_MS + 1));
}

/* How many of a second's pieces look like questions; `per_ms` of them come at a time. */
static unsigned questions(size_t len, unsigned per_ms)
{
    struct adit_pace pace = { 0 };
    unsigned count = 0;

    for (uint64_t ms = 0; ms < 1000; ms++) {
        for (unsigned i = 0; i < per_ms; i++) {
            adit_pace_note(&pace, len, START_MS + ms);
            count += adit_pace_is_question(&pace, len);
        }
    }
    return count;
}

static void questions_are_short_and_far_between(void **state)
{
    (void)state;
    assert_int_equal(questions(64, 20), 20000);  /* echoes, as fast as they go */
    assert_int_equal(questions(500, 5), 5000);   /* statements to a database */
    assert_int_equal(questions(4096, 1), 1000);  /* long ones */
    assert_int_equal(questions(4097, 1), 0);     /* too long */
    assert_in_range(questions(1448, 80), 0, 11); /* a dump of 1 Gbit/s: its first segments only */
}

static void after_a_transfer_questions_are_heard_again(void **state)
{
    struct adit_pace pace = { 0 };

    (void)state;
    adit_pace_note(&pace, 256 << 10, START_MS);
    adit_pace_note(&pace, 100, START_MS);
    assert_false(adit_pace_is_question(&pace, 100)); /* its end */
    adit_pace_note(&pace, 100, START_MS + 4);
    assert_false(adit_pace_is_question(&pace, 100));
    adit_pace_note(&pace, 100, START_MS + 9);
    assert_true(adit_pace_is_question(&pace, 100));
    adit_pace_note(&pace, 100, START_MS + 100000);
    assert_int_equal(pace.bytes, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_question_alone_is_no_talk),
        cmocka_unit_test(a_second_one_soon_after_begins_it_once),
        cmocka_unit_test(it_ends_when_nobody_asks_any_more),
        cmocka_unit_test(a_late_question_finds_it_on),
        cmocka_unit_test(questions_are_short_and_far_between),
        cmocka_unit_test(after_a_transfer_questions_are_heard_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
