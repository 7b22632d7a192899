/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_case.h"

#include "wire/connection_messages.h"
#include "wire/numbers.h"

/* clang-format off */
#define GLOBAL       "\x50" "\0\0\0\x0d" "tcpip-forward" "\x01"
#define FORWARD      "\0\0\0\x09" "localhost" "\0\0\x0c\xea"
#define REPLY        "\x51" "\0\0\x0c\xea"
#define REFUSAL      "\x52"
#define OPEN         "\x5a" "\0\0\0\x0c" "direct-tcpip" "\0\0\0\x07" "\0\x20\0\0" "\0\0\x80\0"
#define TCPIP        "\0\0\0\x02" "db" "\0\0\x0c\xea" "\0\0\0\x09" "127.0.0.1" "\0\0\xff\xff"
#define CONFIRMATION "\x5b" "\0\0\0\x07" "\0\0\0\x03" "\0\x20\0\0" "\0\0\x80\0"
#define FAILURE      "\x5c" "\0\0\0\x07" "\0\0\0\x02" "\0\0\0\x07" "refused"
#define ADJUST       "\x5d" "\0\0\0\x07" "\0\x10\0\0"
#define DATA         "\x5e" "\0\0\0\x07" "\0\0\0\x05" "hello"
#define EXTENDED     "\x5f" "\0\0\0\x07" "\0\0\0\x01" "\0\0\0\x03" "err"
#define CLOSE        "\x61" "\0\0\0\x07"
#define REQUEST      "\x62" "\0\0\0\x07" "\0\0\0\x05" "shell" "\x01"
/* clang-format on */

static enum adit_err global_request(struct adit_span payload)
{
    struct adit_msg_global_request msg;

    return adit_parse_global_request(payload, &msg);
}

static enum adit_err request_success(struct adit_span payload)
{
    struct adit_span data;

    return adit_parse_request_success(payload, &data);
}

#define PATH "\0\0\0\6/run/s"

static enum adit_err tcpip_forward(struct adit_span data)
{
    struct adit_tcpip_forward msg;

    return adit_parse_tcpip_forward(data, &msg);
}

static enum adit_err channel_open(struct adit_span payload)
{
    struct adit_msg_channel_open msg;

    return adit_parse_channel_open(payload, &msg);
}

static enum adit_err tcpip_channel(struct adit_span type_data)
{
    struct adit_tcpip_channel msg;

    return adit_parse_tcpip_channel(type_data, &msg);
}

static enum adit_err direct_streamlocal(struct adit_span type_data)
{
    struct adit_span path;

    return adit_parse_streamlocal_channel(type_data, true, &path);
}

static enum adit_err forwarded_streamlocal(struct adit_span type_data)
{
    struct adit_span path;

    return adit_parse_streamlocal_channel(type_data, false, &path);
}

static enum adit_err streamlocal_forward(struct adit_span data)
{
    struct adit_span path;

    return adit_parse_streamlocal_forward(data, &path);
}

static enum adit_err open_confirmation(struct adit_span payload)
{
    struct adit_msg_channel_open_confirmation msg;

    return adit_parse_channel_open_confirmation(payload, &msg);
}

static enum adit_err open_failure(struct adit_span payload)
{
    struct adit_msg_channel_open_failure msg;

    return adit_parse_channel_open_failure(payload, &msg);
}

static enum adit_err window_adjust(struct adit_span payload)
{
    struct adit_msg_channel_window_adjust msg;

    return adit_parse_channel_window_adjust(payload, &msg);
}

static enum adit_err channel_data(struct adit_span payload)
{
    struct adit_msg_channel_data msg;

    return adit_parse_channel_data(payload, &msg);
}

static enum adit_err extended_data(struct adit_span payload)
{
    struct adit_msg_channel_extended_data msg;

    return adit_parse_channel_extended_data(payload, &msg);
}

static enum adit_err channel_only(struct adit_span payload)
{
    uint32_t recipient_channel;

    return adit_parse_channel_only(payload, &recipient_channel);
}

static enum adit_err channel_request(struct adit_span payload)
{
    struct adit_msg_channel_request msg;

    return adit_parse_channel_request(payload, &msg);
}

static const struct message_case strict_cases[] = {
    { "direct-tcpip", BYTES(TCPIP), tcpip_channel, 0, { { 0, BAD, BAD }, { 10, BAD, BAD } }, 2 },
    { "direct-streamlocal",
      BYTES(PATH "\0\0\0\1r\0\0\0\7"),
      direct_streamlocal,
      0,
      { { 0, BAD, BAD }, { 10, BAD, BAD } },
      2 },
    { "forwarded-streamlocal",
      BYTES(PATH "\0\0\0\1r"),
      forwarded_streamlocal,
      0,
      { { 0, BAD, BAD }, { 10, BAD, OK } },
      2 },
    /* Without its language tag, one byte more is the start of one. */
    { "OPEN_FAILURE", BYTES(FAILURE), open_failure, 0, { { 9, BAD, OK } }, 1 },
    { "WINDOW_ADJUST", BYTES(ADJUST), window_adjust, 0, { { 0 } }, 0 },
    { "CHANNEL_DATA", BYTES(DATA), channel_data, 0, { { 5, BAD, OK } }, 1 },
    { "EXTENDED_DATA", BYTES(EXTENDED), extended_data, 0, { { 9, BAD, OK } }, 1 },
    { "CHANNEL_CLOSE", BYTES(CLOSE), channel_only, 0, { { 0 } }, 0 },
};

/* Their end belongs to another parser, or is tolerated. */
static const struct message_case open_cases[] = {
    { "GLOBAL_REQUEST",
      BYTES(GLOBAL FORWARD),
      global_request,
      sizeof GLOBAL - 1,
      { { 1, OK, BAD } },
      1 },
    { "REQUEST_SUCCESS", BYTES(REPLY), request_success, 1, { { 0 } }, 0 },
    { "tcpip-forward",
      BYTES(FORWARD "+"),
      tcpip_forward,
      sizeof FORWARD - 1,
      { { 0, BAD, BAD } },
      1 },
    { "streamlocal-forward",
      BYTES(PATH "+"),
      streamlocal_forward,
      sizeof PATH - 1,
      { { 0, OK, OK } },
      1 },
    { "CHANNEL_OPEN", BYTES(OPEN TCPIP), channel_open, sizeof OPEN - 1, { { 1, OK, BAD } }, 1 },
    { "OPEN_CONFIRMATION",
      BYTES(CONFIRMATION "+"),
      open_confirmation,
      sizeof CONFIRMATION - 1,
      { { 0 } },
      0 },
    { "CHANNEL_REQUEST",
      BYTES(REQUEST "+"),
      channel_request,
      sizeof REQUEST - 1,
      { { 5, OK, BAD } },
      1 },
};

static void each_truncation_and_length_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(strict_cases); i++) {
        check_message(&strict_cases[i]);
        check_nothing_may_follow(&strict_cases[i]);
    }
    for (size_t i = 0; i < ADIT_ARRAY_LEN(open_cases); i++)
        check_message(&open_cases[i]);
}

static void global_request_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_global_request msg;

    (void)state;
    assert_int_equal(adit_parse_global_request(SPAN(GLOBAL FORWARD), &msg), ADIT_OK);
    assert_span(msg.request_name, SPAN("tcpip-forward"));
    assert_true(msg.want_reply);
    assert_span(msg.data, SPAN(FORWARD));
    adit_write_global_request(&w, &msg);
    assert_written(&w, SPAN(GLOBAL FORWARD));
}

static void request_answers_are_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_span data;

    (void)state;
    assert_int_equal(adit_parse_request_success(SPAN(REPLY), &data), ADIT_OK);
    assert_span(data, SPAN("\0\0\x0c\xea"));
    adit_write_request_success(&w, data);
    assert_written(&w, SPAN(REPLY));
    adit_write_request_failure(&w);
    assert_written(&w, SPAN(REFUSAL));
}

/* F5 */
static void paths_are_written_as_they_are_read(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_span path;

    (void)state;
    adit_write_streamlocal_forward(&w, adit_span_text("/run/s"));
    assert_true(adit_span_equal(adit_buffer_span(&out), SPAN(PATH)));
    assert_int_equal(adit_parse_streamlocal_forward(adit_buffer_span(&out), &path), ADIT_OK);
    assert_true(adit_span_is(path, "/run/s"));
    adit_buffer_empty(&out);
    adit_write_streamlocal_channel(&w, true, path = adit_span_text("/run/s"));
    assert_true(adit_span_equal(adit_buffer_span(&out), SPAN(PATH "\0\0\0\0\0\0\0\0")));
    adit_buffer_empty(&out);
    adit_write_streamlocal_channel(&w, false, path);
    assert_true(adit_span_equal(adit_buffer_span(&out), SPAN(PATH "\0\0\0\0")));
    assert_int_equal(adit_parse_streamlocal_channel(adit_buffer_span(&out), false, &path), ADIT_OK);
    assert_true(adit_span_is(path, "/run/s"));
    adit_buffer_clear(&out);
}

static void tcpip_forward_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_tcpip_forward msg;

    (void)state;
    assert_int_equal(adit_parse_tcpip_forward(SPAN(FORWARD), &msg), ADIT_OK);
    assert_span(msg.address_to_bind, SPAN("localhost"));
    assert_int_equal(msg.port_to_bind, 3306);
    adit_write_tcpip_forward(&w, &msg);
    assert_written(&w, SPAN(FORWARD));
}

/* F1, F2: a port is refused rather than cut; only an originator's is let pass, as 0. */
static void ports_over_65535_are_not_cut(void **state)
{
    struct adit_tcpip_channel msg;

    (void)state;
    assert_int_equal(tcpip_forward(SPAN("\0\0\0\0\0\0\xff\xff")), ADIT_OK);
    assert_int_equal(tcpip_forward(SPAN("\0\0\0\0\0\1\0\0")), ADIT_ERR_MALFORMED);
    assert_int_equal(tcpip_forward(SPAN("\0\0\0\0\xff\xff\xff\xff")), ADIT_ERR_MALFORMED);
    assert_int_equal(tcpip_channel(SPAN("\0\0\0\0\0\1\0\x16\0\0\0\0\0\0\0\0")), ADIT_ERR_MALFORMED);
    assert_int_equal(adit_parse_tcpip_channel(SPAN("\0\0\0\0\0\0\0\x16\0\0\0\0\0\1\0\x16"), &msg),
                     ADIT_OK);
    assert_int_equal(msg.port, 22);
    assert_int_equal(msg.originator_port, 0);
}

static void channel_open_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_channel_open msg;
    struct adit_tcpip_channel tcpip;

    (void)state;
    assert_int_equal(adit_parse_channel_open(SPAN(OPEN TCPIP), &msg), ADIT_OK);
    assert_span(msg.channel_type, SPAN("direct-tcpip"));
    assert_int_equal(msg.sender_channel, 7);
    assert_int_equal(msg.initial_window_size, 0x200000);
    assert_int_equal(msg.maximum_packet_size, 0x8000);
    assert_span(msg.type_data, SPAN(TCPIP));
    adit_write_channel_open(&w, &msg);
    assert_written(&w, SPAN(OPEN TCPIP));

    assert_int_equal(adit_parse_tcpip_channel(SPAN(TCPIP), &tcpip), ADIT_OK);
    assert_span(tcpip.host, SPAN("db"));
    assert_int_equal(tcpip.port, 3306);
    assert_span(tcpip.originator, SPAN("127.0.0.1"));
    assert_int_equal(tcpip.originator_port, 65535);
    adit_write_tcpip_channel(&w, &tcpip);
    assert_written(&w, SPAN(TCPIP));
}

static void open_confirmation_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_channel_open_confirmation msg;

    (void)state;
    assert_int_equal(adit_parse_channel_open_confirmation(SPAN(CONFIRMATION), &msg), ADIT_OK);
    assert_int_equal(msg.recipient_channel, 7);
    assert_int_equal(msg.sender_channel, 3);
    assert_int_equal(msg.initial_window_size, 0x200000);
    assert_int_equal(msg.maximum_packet_size, 0x8000);
    adit_write_channel_open_confirmation(&w, &msg);
    assert_written(&w, SPAN(CONFIRMATION));
}

static void open_failure_may_lack_its_language_tag(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_channel_open_failure msg;

    (void)state;
    assert_int_equal(adit_parse_channel_open_failure(SPAN(FAILURE), &msg), ADIT_OK);
    assert_int_equal(msg.recipient_channel, 7);
    assert_int_equal(msg.reason_code, SSH_OPEN_CONNECT_FAILED);
    assert_span(msg.description, SPAN("refused"));
    assert_span(msg.language_tag, ADIT_SPAN_EMPTY);

    assert_int_equal(adit_parse_channel_open_failure(SPAN(FAILURE "\0\0\0\x02"
                                                                  "en"),
                                                     &msg),
                     ADIT_OK);
    assert_span(msg.language_tag, SPAN("en"));
    adit_write_channel_open_failure(&w, &msg);
    assert_written(&w, SPAN(FAILURE "\0\0\0\x02"
                                    "en"));
}

static void window_adjust_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_channel_window_adjust msg;

    (void)state;
    assert_int_equal(adit_parse_channel_window_adjust(SPAN(ADJUST), &msg), ADIT_OK);
    assert_int_equal(msg.recipient_channel, 7);
    assert_int_equal(msg.bytes_to_add, 0x100000);
    adit_write_channel_window_adjust(&w, &msg);
    assert_written(&w, SPAN(ADJUST));
}

static void data_messages_are_as_drawn(void **state)
{
    struct adit_msg_channel_data data;
    struct adit_msg_channel_extended_data extended;

    (void)state;
    assert_int_equal(adit_parse_channel_data(SPAN(DATA), &data), ADIT_OK);
    assert_int_equal(data.recipient_channel, 7);
    assert_span(data.data, SPAN("hello"));

    assert_int_equal(adit_parse_channel_extended_data(SPAN(EXTENDED), &extended), ADIT_OK);
    assert_int_equal(extended.recipient_channel, 7);
    assert_int_equal(extended.data_type_code, 1);
    assert_span(extended.data, SPAN("err"));
}

static void close_is_a_number_and_a_channel(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    uint32_t recipient_channel;

    (void)state;
    assert_int_equal(adit_parse_channel_only(SPAN(CLOSE), &recipient_channel), ADIT_OK);
    assert_int_equal(recipient_channel, 7);
    adit_write_channel_only(&w, SSH_MSG_CHANNEL_CLOSE, recipient_channel);
    assert_written(&w, SPAN(CLOSE));
}

static void channel_request_is_as_drawn(void **state)
{
    struct adit_msg_channel_request msg;

    (void)state;
    assert_int_equal(adit_parse_channel_request(SPAN(REQUEST "+"), &msg), ADIT_OK);
    assert_int_equal(msg.recipient_channel, 7);
    assert_span(msg.request_type, SPAN("shell"));
    assert_true(msg.want_reply);
    assert_span(msg.data, SPAN("+"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_truncation_and_length_is_judged),
        cmocka_unit_test(global_request_is_as_drawn),
        cmocka_unit_test(request_answers_are_as_drawn),
        cmocka_unit_test(tcpip_forward_is_as_drawn),
        cmocka_unit_test(paths_are_written_as_they_are_read),
        cmocka_unit_test(ports_over_65535_are_not_cut),
        cmocka_unit_test(channel_open_is_as_drawn),
        cmocka_unit_test(open_confirmation_is_as_drawn),
        cmocka_unit_test(open_failure_may_lack_its_language_tag),
        cmocka_unit_test(window_adjust_is_as_drawn),
        cmocka_unit_test(data_messages_are_as_drawn),
        cmocka_unit_test(close_is_a_number_and_a_channel),
        cmocka_unit_test(channel_request_is_as_drawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
