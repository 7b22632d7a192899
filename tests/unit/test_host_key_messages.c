/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/host_key_messages.h"

#include "exact.h"

static enum adit_err parse(const void *bytes, size_t len, struct adit_host_key_list *out)
{
    const struct adit_span data = exact_copy(bytes, len);
    const enum adit_err err = adit_parse_host_key_list(data, out);

    exact_free(data);
    return err;
}

static void a_list_ends_with_its_data(void **state)
{
    static const char bytes[] = "\0\0\0\3key\0\0\0\1x";
    struct adit_host_key_list list;

    (void)state;
    assert_int_equal(adit_parse_host_key_list(adit_span_of(bytes, 12), &list), ADIT_OK);
    assert_int_equal(list.count, 2);
    assert_span_is(list.items[0], "key");
    assert_span_is(list.items[1], "x");
}

static void a_list_cut_short_is_malformed(void **state)
{
    static const char bytes[] = "\0\0\0\3key\0\0\0\1x";
    struct adit_host_key_list list;

    (void)state;
    for (size_t len = 0; len < 12; len++)
        assert_int_equal(parse(bytes, len, &list), len == 7 ? ADIT_OK : ADIT_ERR_MALFORMED);
}

static void each_length_is_checked(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        { "\0\0\0\0", 4 },          { "\0\0\0\1x\0\0\0\0", 9 },         { "\0\0\0\2x", 5 },
        { "\xff\xff\xff\xffx", 5 }, { "\0\0\0\1x\xff\xff\xff\xff", 9 },
    };
    struct adit_host_key_list list;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bad); i++)
        assert_int_equal(parse(bad[i].bytes, bad[i].len, &list), ADIT_ERR_MALFORMED);
}

static void so_many_and_no_more(void **state)
{
    uint8_t bytes[5 * (ADIT_HOST_KEY_LIST_MAX + 1)];
    struct adit_host_key_list list;

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i % 5 == 3;
    assert_int_equal(parse(bytes, sizeof bytes - 5, &list), ADIT_OK);
    assert_int_equal(list.count, ADIT_HOST_KEY_LIST_MAX);
    assert_int_equal(parse(bytes, sizeof bytes, &list), ADIT_ERR_LIMIT);
}

static void a_proof_is_about_its_session_and_key(void **state)
{
    static const char wanted[] = "\0\0\0\x1dhostkeys-prove-00@openssh.com\0\0\0\2id\0\0\0\3key";
    struct adit_buffer out = adit_buffer_init(256);
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    adit_write_host_key_proof(&w, adit_span_text("id"), adit_span_text("key"));
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    assert_true(adit_span_equal(adit_buffer_span(&out), adit_span_of(wanted, sizeof wanted - 1)));
    adit_buffer_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_ends_with_its_data),
        cmocka_unit_test(a_list_cut_short_is_malformed),
        cmocka_unit_test(each_length_is_checked),
        cmocka_unit_test(so_many_and_no_more),
        cmocka_unit_test(a_proof_is_about_its_session_and_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
