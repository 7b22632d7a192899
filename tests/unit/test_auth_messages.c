/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_case.h"

#include "wire/auth_messages.h"

/* clang-format off */
#define REQUEST        "\x32" "\0\0\0\x06" "tunnel" "\0\0\0\x0e" "ssh-connection"                \
                       "\0\0\0\x04" "none"
#define PUBLICKEY      "\x00" "\0\0\0\x0b" "ssh-ed25519" "\0\0\0\x04" "blob"
#define TO_BE_SIGNED   "\x01" "\0\0\0\x0b" "ssh-ed25519" "\0\0\0\x04" "blob"
#define SIGNED         TO_BE_SIGNED "\0\0\0\x03" "sig"
#define BOUND          "\x00" "\0\0\0\x0b" "ssh-ed25519" "\0\0\0\x04" "blob" "\0\0\0\x04" "host"
#define BOUND_SIGNED   TO_BE_SIGNED "\0\0\0\x04" "host" "\0\0\0\x03" "sig"
#define PASSWORD       "\x00" "\0\0\0\x06" "secret"
#define CHANGE         "\x01" "\0\0\0\x03" "old" "\0\0\0\x03" "new"
#define FAILURE        "\x33" "\0\0\0\x12" "publickey,password" "\x01"
#define SUCCESS        "\x34"
#define BANNER         "\x35" "\0\0\0\x05" "Hello" "\0\0\0\x02" "en"
#define PK_OK          "\x3c" "\0\0\0\x0b" "ssh-ed25519" "\0\0\0\x04" "blob"
#define INTERACTIVE    "\0\0\0\x02" "en" "\0\0\0\x03" "pam"
#define INFO_REQUEST   "\x3c" "\0\0\0\x01" "n" "\0\0\0\x01" "i" "\0\0\0\0" "\0\0\0\x02"       \
                       "\0\0\0\x02" "P:" "\x00" "\0\0\0\x02" "C:" "\x01"
#define INFO_RESPONSE  "\x3d" "\0\0\0\x02" "\0\0\0\x03" "one" "\0\0\0\0"
/* clang-format on */

static enum adit_err request(struct adit_span payload)
{
    struct adit_msg_userauth_request msg;

    return adit_parse_userauth_request(payload, &msg);
}

static enum adit_err publickey(struct adit_span method_data)
{
    struct adit_userauth_publickey msg;

    return adit_parse_userauth_publickey(method_data, &msg);
}

static enum adit_err host_bound(struct adit_span method_data)
{
    struct adit_userauth_publickey msg;

    return adit_parse_userauth_host_bound(method_data, &msg);
}

static enum adit_err password(struct adit_span method_data)
{
    struct adit_userauth_password msg;

    return adit_parse_userauth_password(method_data, &msg);
}

static enum adit_err failure(struct adit_span payload)
{
    struct adit_msg_userauth_failure msg;

    return adit_parse_userauth_failure(payload, &msg);
}

static enum adit_err banner(struct adit_span payload)
{
    struct adit_msg_userauth_banner msg;

    return adit_parse_userauth_banner(payload, &msg);
}

static enum adit_err pk_ok(struct adit_span payload)
{
    struct adit_msg_userauth_pk_ok msg;

    return adit_parse_userauth_pk_ok(payload, &msg);
}

static enum adit_err interactive(struct adit_span method_data)
{
    struct adit_userauth_interactive msg;

    return adit_parse_userauth_interactive(method_data, &msg);
}

static enum adit_err info_request(struct adit_span payload)
{
    struct adit_msg_userauth_info_request msg;

    return adit_parse_userauth_info_request(payload, &msg);
}

static enum adit_err info_response(struct adit_span payload)
{
    struct adit_msg_userauth_info_response msg;

    return adit_parse_userauth_info_response(payload, &msg);
}

static const struct message_case strict_cases[] = {
    { "keyboard-interactive",
      BYTES(INTERACTIVE),
      interactive,
      0,
      { { 0, BAD, BAD }, { 6, BAD, OK } },
      2 },
    { "USERAUTH_INFO_REQUEST", /* the fourth is the count of prompts */
      BYTES(INFO_REQUEST),
      info_request,
      0,
      { { 1, BAD, BAD },
        { 6, BAD, BAD },
        { 11, OK, BAD },
        { 15, BAD, BAD },
        { 19, BAD, BAD },
        { 26, BAD, BAD } },
      6 },
    { "USERAUTH_INFO_RESPONSE",
      BYTES(INFO_RESPONSE),
      info_response,
      0,
      { { 1, BAD, BAD }, { 5, BAD, BAD }, { 12, OK, OK } },
      3 },
    { "publickey", BYTES(PUBLICKEY), publickey, 0, { { 1, BAD, BAD }, { 16, BAD, OK } }, 2 },
    { "publickey, signed",
      BYTES(SIGNED),
      publickey,
      0,
      { { 1, BAD, BAD }, { 16, BAD, BAD }, { 24, BAD, OK } },
      3 },
    { "publickey, bound",
      BYTES(BOUND),
      host_bound,
      0,
      { { 1, BAD, BAD }, { 16, BAD, BAD }, { 24, BAD, OK } },
      3 },
    { "publickey, bound and signed",
      BYTES(BOUND_SIGNED),
      host_bound,
      0,
      { { 1, BAD, BAD }, { 16, BAD, BAD }, { 24, BAD, BAD }, { 32, BAD, OK } },
      4 },
    { "password", BYTES(PASSWORD), password, 0, { { 1, BAD, OK } }, 1 },
    { "password change", BYTES(CHANGE), password, 0, { { 1, BAD, BAD }, { 8, BAD, OK } }, 2 },
    { "USERAUTH_FAILURE", BYTES(FAILURE), failure, 0, { { 1, BAD, BAD } }, 1 },
    { "USERAUTH_SUCCESS", BYTES(SUCCESS), adit_parse_userauth_success, 0, { { 0 } }, 0 },
    { "USERAUTH_BANNER", BYTES(BANNER), banner, 0, { { 1, BAD, BAD }, { 10, BAD, OK } }, 2 },
    { "USERAUTH_PK_OK", BYTES(PK_OK), pk_ok, 0, { { 1, BAD, BAD }, { 16, BAD, OK } }, 2 },
};

/* Its end is the method's business. */
static const struct message_case request_case = {
    "USERAUTH_REQUEST",
    BYTES(REQUEST "\x00"),
    request,
    sizeof REQUEST - 1,
    { { 1, BAD, BAD }, { 11, BAD, BAD }, { 29, OK, OK } },
    3,
};

static void each_truncation_and_length_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(strict_cases); i++) {
        check_message(&strict_cases[i]);
        check_nothing_may_follow(&strict_cases[i]);
    }
    check_message(&request_case);
}

static void prompts_and_answers_are_as_drawn(void **state)
{
    static const char *const answers[] = { "one", "" };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_userauth_info_request asked;
    struct adit_msg_userauth_info_response answered;
    struct adit_auth_prompt prompt;
    struct adit_span answer;

    (void)state;
    assert_int_equal(adit_parse_userauth_info_request(SPAN(INFO_REQUEST), &asked), ADIT_OK);
    assert_span(asked.name, SPAN("n"));
    assert_span(asked.instruction, SPAN("i"));
    adit_write_userauth_info_request(&w, &asked);
    assert_true(adit_auth_prompt_next(&asked.prompts, &prompt));
    assert_span(prompt.text, SPAN("P:"));
    assert_false(prompt.echo);
    adit_write_userauth_prompt(&w, prompt.text, prompt.echo);
    assert_true(adit_auth_prompt_next(&asked.prompts, &prompt));
    assert_span(prompt.text, SPAN("C:"));
    assert_true(prompt.echo);
    adit_write_userauth_prompt(&w, prompt.text, prompt.echo);
    assert_false(adit_auth_prompt_next(&asked.prompts, &prompt));
    assert_written(&w, SPAN(INFO_REQUEST));

    assert_int_equal(adit_parse_userauth_info_response(SPAN(INFO_RESPONSE), &answered), ADIT_OK);
    assert_true(adit_auth_answer_next(&answered.answers, &answer));
    assert_span(answer, SPAN("one"));
    assert_true(adit_auth_answer_next(&answered.answers, &answer));
    assert_span(answer, ADIT_SPAN_EMPTY);
    assert_false(adit_auth_answer_next(&answered.answers, &answer));
    adit_write_userauth_info_response(&w, answers, 2);
    assert_written(&w, SPAN(INFO_RESPONSE));
}

static void request_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_userauth_request msg;

    (void)state;
    assert_int_equal(adit_parse_userauth_request(SPAN(REQUEST), &msg), ADIT_OK);
    assert_span(msg.user_name, SPAN("tunnel"));
    assert_span(msg.service_name, SPAN("ssh-connection"));
    assert_span(msg.method_name, SPAN("none"));
    assert_span(msg.method_data, ADIT_SPAN_EMPTY);
    adit_write_userauth_request(&w, &msg);
    assert_written(&w, SPAN(REQUEST));

    assert_int_equal(adit_parse_userauth_request(SPAN(REQUEST PASSWORD), &msg), ADIT_OK);
    assert_span(msg.method_data, SPAN(PASSWORD));
    adit_write_userauth_request(&w, &msg);
    assert_written(&w, SPAN(REQUEST PASSWORD));
}

static void publickey_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_userauth_publickey msg;

    (void)state;
    assert_int_equal(adit_parse_userauth_publickey(SPAN(PUBLICKEY), &msg), ADIT_OK);
    assert_false(msg.has_signature);
    assert_span(msg.algorithm, SPAN("ssh-ed25519"));
    assert_span(msg.key_blob, SPAN("blob"));
    assert_span(msg.signature, ADIT_SPAN_EMPTY);
    adit_write_userauth_publickey(&w, &msg);
    assert_written(&w, SPAN(PUBLICKEY));

    assert_int_equal(adit_parse_userauth_publickey(SPAN(SIGNED), &msg), ADIT_OK);
    assert_true(msg.has_signature);
    assert_span(msg.signature, SPAN("sig"));
    adit_write_userauth_publickey(&w, &msg);
    assert_written(&w, SPAN(SIGNED));
}

/* U9: what is signed has TRUE, the algorithm and the key, and no signature. */
static void publickey_to_be_signed_leaves_the_signature_out(void **state)
{
    const struct adit_userauth_publickey msg = { true, SPAN("ssh-ed25519"), SPAN("blob"),
                                                 ADIT_SPAN_EMPTY, ADIT_SPAN_EMPTY };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    adit_write_userauth_publickey(&w, &msg);
    assert_written(&w, SPAN(TO_BE_SIGNED));
    assert_int_equal(publickey(SPAN(TO_BE_SIGNED)), ADIT_ERR_MALFORMED);
}

/* U10: the server's host key stands behind the user's, and before the signature. */
static void a_bound_key_is_as_drawn(void **state)
{
    const struct adit_span texts[] = { SPAN(BOUND), SPAN(BOUND_SIGNED) };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_userauth_publickey msg;

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(texts); i++) {
        assert_int_equal(adit_parse_userauth_host_bound(texts[i], &msg), ADIT_OK);
        assert_int_equal(msg.has_signature, i == 1);
        assert_span(msg.algorithm, SPAN("ssh-ed25519"));
        assert_span(msg.key_blob, SPAN("blob"));
        assert_span(msg.host_key, SPAN("host"));
        adit_write_userauth_publickey(&w, &msg);
        assert_written(&w, texts[i]);
    }
    assert_span(msg.signature, SPAN("sig"));
}

static void password_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_userauth_password msg;

    (void)state;
    assert_int_equal(adit_parse_userauth_password(SPAN(PASSWORD), &msg), ADIT_OK);
    assert_false(msg.is_change);
    assert_span(msg.password, SPAN("secret"));
    assert_span(msg.new_password, ADIT_SPAN_EMPTY);
    adit_write_userauth_password(&w, &msg);
    assert_written(&w, SPAN(PASSWORD));

    assert_int_equal(adit_parse_userauth_password(SPAN(CHANGE), &msg), ADIT_OK);
    assert_true(msg.is_change);
    assert_span(msg.password, SPAN("old"));
    assert_span(msg.new_password, SPAN("new"));
    adit_write_userauth_password(&w, &msg);
    assert_written(&w, SPAN(CHANGE));
}

static void answers_are_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_userauth_failure refused;
    struct adit_msg_userauth_pk_ok would_do;

    (void)state;
    assert_int_equal(adit_parse_userauth_failure(SPAN(FAILURE), &refused), ADIT_OK);
    assert_span(refused.can_continue, SPAN("publickey,password"));
    assert_true(refused.partial_success);
    adit_write_userauth_failure(&w, &refused);
    assert_written(&w, SPAN(FAILURE));

    assert_int_equal(adit_parse_userauth_pk_ok(SPAN(PK_OK), &would_do), ADIT_OK);
    assert_span(would_do.algorithm, SPAN("ssh-ed25519"));
    assert_span(would_do.key_blob, SPAN("blob"));
    adit_write_userauth_pk_ok(&w, &would_do);
    assert_written(&w, SPAN(PK_OK));

    adit_write_userauth_success(&w);
    assert_written(&w, SPAN(SUCCESS));
}

static void banner_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_userauth_banner msg;

    (void)state;
    assert_int_equal(adit_parse_userauth_banner(SPAN(BANNER), &msg), ADIT_OK);
    assert_span(msg.message, SPAN("Hello"));
    assert_span(msg.language_tag, SPAN("en"));
    adit_write_userauth_banner(&w, &msg);
    assert_written(&w, SPAN(BANNER));
}

static void failure_with_no_method_left_is_good(void **state)
{
    struct adit_msg_userauth_failure msg;

    (void)state;
    assert_int_equal(adit_parse_userauth_failure(SPAN("\x33\0\0\0\0\0"), &msg), ADIT_OK);
    assert_int_equal(msg.can_continue.len, 0);
    assert_false(msg.partial_success);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_truncation_and_length_is_judged),
        cmocka_unit_test(prompts_and_answers_are_as_drawn),
        cmocka_unit_test(request_is_as_drawn),
        cmocka_unit_test(publickey_is_as_drawn),
        cmocka_unit_test(a_bound_key_is_as_drawn),
        cmocka_unit_test(publickey_to_be_signed_leaves_the_signature_out),
        cmocka_unit_test(password_is_as_drawn),
        cmocka_unit_test(answers_are_as_drawn),
        cmocka_unit_test(banner_is_as_drawn),
        cmocka_unit_test(failure_with_no_method_left_is_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
