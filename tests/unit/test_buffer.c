/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buffer.h"

#include "exact.h"

static void zero_bytes_are_an_empty_buffer_that_may_not_grow(void **state)
{
    struct adit_buffer b = { 0 };
    uint8_t *room;

    (void)state;
    assert_int_equal(adit_buffer_span(&b).len, 0);
    assert_int_equal(adit_buffer_append(&b, adit_span_text("x")), ADIT_ERR_LIMIT);
    assert_int_equal(adit_buffer_extend(&b, 1, &room), ADIT_ERR_LIMIT);
    assert_null(room);
    adit_buffer_clear(&b);
}

static void bytes_stand_in_the_order_of_appending(void **state)
{
    struct adit_buffer b = adit_buffer_init(10000);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        const uint8_t byte = (uint8_t)(i * 7);
        assert_int_equal(adit_buffer_append(&b, adit_span_of(&byte, 1)), ADIT_OK);
    }
    assert_int_equal(b.len, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(b.data[i], (uint8_t)(i * 7));
    adit_buffer_clear(&b);
}

static void growth_stops_exactly_at_the_limit(void **state)
{
    (void)state;
    for (size_t limit = 1; limit < 300; limit += 13) {
        struct adit_buffer b = adit_buffer_init(limit);
        uint8_t *room;

        assert_int_equal(adit_buffer_extend(&b, limit + 1, &room), ADIT_ERR_LIMIT);
        assert_int_equal(b.len, 0);
        assert_int_equal(adit_buffer_extend(&b, limit, &room), ADIT_OK);
        memset(room, 0xaa, limit);
        assert_int_equal(adit_buffer_extend(&b, 1, &room), ADIT_ERR_LIMIT);
        assert_int_equal(adit_buffer_extend(&b, SIZE_MAX, &room), ADIT_ERR_LIMIT);
        assert_int_equal(b.len, limit);
        adit_buffer_clear(&b);
    }
}

static void a_refused_append_leaves_the_buffer_as_it_was(void **state)
{
    struct adit_buffer b = adit_buffer_init(4);

    (void)state;
    assert_int_equal(adit_buffer_append(&b, adit_span_text("abc")), ADIT_OK);
    assert_int_equal(adit_buffer_append(&b, adit_span_text("de")), ADIT_ERR_LIMIT);
    assert_span_is(adit_buffer_span(&b), "abc");
    adit_buffer_clear(&b);
}

static void an_empty_span_without_a_pointer_can_be_appended(void **state)
{
    struct adit_buffer b = adit_buffer_init(4);

    (void)state;
    assert_int_equal(adit_buffer_append(&b, ADIT_SPAN_EMPTY), ADIT_OK);
    assert_int_equal(b.len, 0);
    adit_buffer_clear(&b);
}

static void a_secret_buffer_is_wiped_when_emptied(void **state)
{
    struct adit_buffer b = adit_buffer_init_secret(16);

    (void)state;
    assert_int_equal(adit_buffer_append(&b, adit_span_text("secret")), ADIT_OK);
    adit_buffer_empty(&b);
    assert_int_equal(b.len, 0);
    assert_non_null(b.data);
    for (size_t i = 0; i < sizeof "secret" - 1; i++)
        assert_int_equal(b.data[i], 0);
    adit_buffer_clear(&b);
}

static void a_cleared_buffer_can_be_used_again(void **state)
{
    struct adit_buffer b = adit_buffer_init(3);

    (void)state;
    assert_int_equal(adit_buffer_append(&b, adit_span_text("abc")), ADIT_OK);
    adit_buffer_clear(&b);
    assert_null(b.data);
    assert_int_equal(adit_buffer_append(&b, adit_span_text("def")), ADIT_OK);
    assert_span_is(adit_buffer_span(&b), "def");
    adit_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_bytes_are_an_empty_buffer_that_may_not_grow),
        cmocka_unit_test(bytes_stand_in_the_order_of_appending),
        cmocka_unit_test(growth_stops_exactly_at_the_limit),
        cmocka_unit_test(a_refused_append_leaves_the_buffer_as_it_was),
        cmocka_unit_test(an_empty_span_without_a_pointer_can_be_appended),
        cmocka_unit_test(a_secret_buffer_is_wiped_when_emptied),
        cmocka_unit_test(a_cleared_buffer_can_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
