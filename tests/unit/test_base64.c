/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include "exact.h"

static const struct pair {
    const char *bytes;
    const char *text;
} pairs[] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
    { "\xfb\xff\xbf", "+/+/" },
};

static void the_vectors_of_rfc_4648_hold_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(pairs); i++) {
        struct adit_buffer b = adit_buffer_init(64);

        assert_int_equal(adit_base64_encode(adit_span_text(pairs[i].bytes), &b), ADIT_OK);
        assert_span_is(adit_buffer_span(&b), pairs[i].text);
        adit_buffer_empty(&b);
        assert_int_equal(adit_base64_decode(adit_span_text(pairs[i].text), &b), ADIT_OK);
        assert_span_is(adit_buffer_span(&b), pairs[i].bytes);
        adit_buffer_clear(&b);
    }
}

static void white_space_is_passed_over(void **state)
{
    struct adit_buffer b = adit_buffer_init(64);

    (void)state;
    assert_int_equal(adit_base64_decode(adit_span_text(" Zm9v\r\n\tYm E =\n"), &b), ADIT_OK);
    assert_span_is(adit_buffer_span(&b), "fooba");
    adit_buffer_clear(&b);
}

static void what_is_not_exactly_base64_is_refused(void **state)
{
    static const char *const texts[] = {
        "Z",        "Zg",   "Zg=",  "Zg===",    "Zm9",  "Zm8==",   "Zm9v=",
        "Zm9v====", "=",    "====", "Zg==Zg==", "Z=g=", "Zh==",    "Zm9=",
        "Zm9v!",    "Zm-v", "Zm_v", "Zm9v\v",   "Zm9*", "Zm9\x80", "Zm9\xc3\xa9",
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        struct adit_buffer b = adit_buffer_init(64);

        assert_int_equal(adit_buffer_append(&b, adit_span_text("before")), ADIT_OK);
        if (adit_base64_decode(adit_span_text(texts[i]), &b) != ADIT_ERR_FORMAT)
            fail_msg("\"%s\" was not refused", texts[i]);
        assert_span_is(adit_buffer_span(&b), "before");
        adit_buffer_clear(&b);
    }
}

static void a_nul_byte_is_no_letter(void **state)
{
    struct adit_buffer b = adit_buffer_init(64);

    (void)state;
    assert_int_equal(adit_base64_decode(adit_span_of("Zm\0v", 4), &b), ADIT_ERR_FORMAT);
    adit_buffer_clear(&b);
}

static void every_byte_alone_is_a_letter_or_refused(void **state)
{
    size_t letters = 0;

    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        const uint8_t text[4] = { (uint8_t)c, 'A', 'A', 'A' };
        struct adit_buffer b = adit_buffer_init(64);
        struct adit_buffer again = adit_buffer_init(64);

        if (adit_base64_decode(adit_span_of(text, sizeof text), &b) == ADIT_OK) {
            letters++;
            assert_int_equal(adit_base64_encode(adit_buffer_span(&b), &again), ADIT_OK);
            assert_memory_equal(again.data, text, sizeof text);
        }
        adit_buffer_clear(&again);
        adit_buffer_clear(&b);
    }
    assert_int_equal(letters, 64);
}

static void all_lengths_go_round(void **state)
{
    uint8_t bytes[200];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t len = 0; len <= sizeof bytes; len++) {
        const struct adit_span exact = exact_copy(bytes, len);
        struct adit_buffer text = adit_buffer_init(1000);
        struct adit_buffer back = adit_buffer_init_secret(1000);

        assert_int_equal(adit_base64_encode(exact, &text), ADIT_OK);
        assert_int_equal(text.len, (len + 2) / 3 * 4);
        assert_int_equal(adit_base64_decode(adit_buffer_span(&text), &back), ADIT_OK);
        assert_true(adit_span_equal(adit_buffer_span(&back), exact));
        adit_buffer_clear(&back);
        adit_buffer_clear(&text);
        exact_free(exact);
    }
}

static void the_limit_of_the_buffer_holds(void **state)
{
    struct adit_buffer b = adit_buffer_init(7);

    (void)state;
    assert_int_equal(adit_base64_encode(adit_span_text("foobar"), &b), ADIT_ERR_LIMIT);
    assert_int_equal(b.len, 0);
    adit_buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_rfc_4648_hold_both_ways),
        cmocka_unit_test(white_space_is_passed_over),
        cmocka_unit_test(what_is_not_exactly_base64_is_refused),
        cmocka_unit_test(a_nul_byte_is_no_letter),
        cmocka_unit_test(every_byte_alone_is_a_letter_or_refused),
        cmocka_unit_test(all_lengths_go_round),
        cmocka_unit_test(the_limit_of_the_buffer_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
