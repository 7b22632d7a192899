/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_case.h"

#include "wire/agent_messages.h"

/* clang-format off */
#define LIST  "\x0c" "\0\0\0\x02" "\0\0\0\x03" "one" "\0\0\0\x01" "c" "\0\0\0\x03" "two" "\0\0\0\0"
#define NONE  "\x0c" "\0\0\0\0"
#define SIGNED "\x0e" "\0\0\0\x04" "sign"
/* clang-format on */

static enum adit_err identities(struct adit_span message)
{
    struct adit_msg_agent_identities msg;

    return adit_parse_agent_identities(message, &msg);
}

static enum adit_err signature(struct adit_span message)
{
    struct adit_span made;

    return adit_parse_agent_signature(message, &made);
}

static const struct message_case cases[] = {
    /* The first field is a count: at 0 something follows, "all that is left" is too many. */
    { "IDENTITIES_ANSWER",
      BYTES(LIST),
      identities,
      0,
      { { 1, BAD, BAD }, { 5, BAD, BAD }, { 12, BAD, BAD }, { 17, BAD, BAD }, { 24, OK, OK } },
      5 },
    { "no identities", BYTES(NONE), identities, 0, { { 1, OK, OK } }, 1 },
    { "SUCCESS", BYTES("\x06"), adit_parse_agent_success, 0, { { 0 } }, 0 },
    { "SIGN_RESPONSE", BYTES(SIGNED), signature, 0, { { 1, BAD, OK } }, 1 },
};

static void each_truncation_and_length_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        check_message(&cases[i]);
        check_nothing_may_follow(&cases[i]);
    }
}

static void an_answer_of_another_kind_is_none(void **state)
{
    (void)state;
    for (unsigned number = 0; number < 256; number++) {
        uint8_t list[] = { (uint8_t)number, 0, 0, 0, 0 };

        assert_int_equal(identities(adit_span_of(list, sizeof list)), number == 12 ? OK : BAD);
        assert_int_equal(signature(adit_span_of(list, sizeof list)), number == 14 ? OK : BAD);
        assert_int_equal(adit_parse_agent_success(adit_span_of(list, 1)), number == 6 ? OK : BAD);
    }
}

static void identities_come_one_after_the_other(void **state)
{
    struct adit_msg_agent_identities msg;
    struct adit_agent_identity identity;

    (void)state;
    assert_int_equal(adit_parse_agent_identities(SPAN(LIST), &msg), ADIT_OK);
    assert_int_equal(msg.count, 2);
    assert_true(adit_agent_identity_next(&msg.identities, &identity));
    assert_span(identity.key_blob, SPAN("one"));
    assert_span(identity.comment, SPAN("c"));
    assert_true(adit_agent_identity_next(&msg.identities, &identity));
    assert_span(identity.key_blob, SPAN("two"));
    assert_span(identity.comment, ADIT_SPAN_EMPTY);
    assert_false(adit_agent_identity_next(&msg.identities, &identity));
}

static void requests_are_as_drawn(void **state)
{
    const struct adit_msg_agent_sign_request msg = { SPAN("key"), SPAN("data"),
                                                     SSH_AGENT_RSA_SHA2_512 };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    adit_write_agent_request_identities(&w);
    assert_written(&w, SPAN("\x0b"));
    adit_write_agent_sign_request(&w, &msg);
    assert_written(&w, SPAN("\x0d"
                            "\0\0\0\x03"
                            "key"
                            "\0\0\0\x04"
                            "data"
                            "\0\0\0\x04"));
}

/* A key without constraints goes by a message of its own. */
static void a_key_goes_with_its_constraints(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    adit_write_agent_add(&w, &(struct adit_msg_agent_add){ SPAN("key"), 0, false });
    assert_written(&w, SPAN("\x11"
                            "key"));
    adit_write_agent_add(&w, &(struct adit_msg_agent_add){ SPAN("key"), 258, false });
    assert_written(&w, SPAN("\x19"
                            "key"
                            "\x01\0\0\x01\x02"));
    adit_write_agent_add(&w, &(struct adit_msg_agent_add){ SPAN("key"), 0, true });
    assert_written(&w, SPAN("\x19"
                            "key"
                            "\x02"));
    adit_write_agent_add(&w, &(struct adit_msg_agent_add){ SPAN("key"), UINT32_MAX, true });
    assert_written(&w, SPAN("\x19"
                            "key"
                            "\x01\xff\xff\xff\xff"
                            "\x02"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_truncation_and_length_is_judged),
        cmocka_unit_test(an_answer_of_another_kind_is_none),
        cmocka_unit_test(identities_come_one_after_the_other),
        cmocka_unit_test(requests_are_as_drawn),
        cmocka_unit_test(a_key_goes_with_its_constraints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
