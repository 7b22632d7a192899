/* SPDX-License-Identifier: BSD-2-Clause */
#include "message_case.h"

#include "wire/numbers.h"
#include "wire/transport_messages.h"

/* clang-format off */
#define DISCONNECT    "\x01" "\0\0\0\x0b" "\0\0\0\x03" "bye" "\0\0\0\x02" "en"
#define DEBUG         "\x04" "\x01" "\0\0\0\x02" "hi" "\0\0\0\0"
#define UNIMPLEMENTED "\x03" "\x01\x02\x03\x04"
#define REQUEST       "\x05" "\0\0\0\x0c" "ssh-userauth"
#define ACCEPT        "\x06" "\0\0\0\x0c" "ssh-userauth"
#define COOKIE        "0123456789abcdef"
#define KEXINIT       "\x14" COOKIE "\0\0\0\x03" "k,l" "\0\0\0\x01" "h" "\0\0\0\x01" "c"      \
                      "\0\0\0\x01" "d" "\0\0\0\x01" "m" "\0\0\0\x01" "n" "\0\0\0\x04" "none" \
                      "\0\0\0\x04" "zlib" "\0\0\0\0" "\0\0\0\0" "\x01" "\0\0\0\0"
#define NEWKEYS       "\x15"
#define KEX_INIT      "\x1e" "\0\0\0\x04" "Q_C!"
#define KEX_REPLY     "\x1f" "\0\0\0\x03" "K_S" "\0\0\0\x03" "Q_S" "\0\0\0\x03" "sig"
#define GROUP_REQUEST "\x22" "\0\0\x08\0" "\0\0\x0c\0" "\0\0\x20\0"
#define GROUP         "\x1f" "\0\0\0\x03" "\0\xfb\x07" "\0\0\0\x01" "\x05"
#define EXT_INFO      "\x07" "\0\0\0\x02" "\0\0\0\x01" "a" "\0\0\0\x02" "xy"                  \
                      "\0\0\0\x01" "b" "\0\0\0\0"
#define PING          "\xc0" "\0\0\0\x04" "echo"
#define PONG          "\xc1" "\0\0\0\x04" "echo"
/* clang-format on */

static enum adit_err disconnect(struct adit_span payload)
{
    struct adit_msg_disconnect msg;

    return adit_parse_disconnect(payload, &msg);
}

static enum adit_err debug(struct adit_span payload)
{
    struct adit_msg_debug msg;

    return adit_parse_debug(payload, &msg);
}

static enum adit_err unimplemented(struct adit_span payload)
{
    uint32_t number;

    return adit_parse_unimplemented(payload, &number);
}

static enum adit_err service(struct adit_span payload)
{
    struct adit_span name;

    return adit_parse_service(payload, &name);
}

static enum adit_err kexinit(struct adit_span payload)
{
    struct adit_msg_kexinit msg;

    return adit_parse_kexinit(payload, &msg);
}

static enum adit_err kex_init(struct adit_span payload)
{
    struct adit_span init;

    return adit_parse_kex_init(payload, &init);
}

static enum adit_err kex_reply(struct adit_span payload)
{
    struct adit_msg_kex_reply msg;

    return adit_parse_kex_reply(payload, &msg);
}

static enum adit_err group_request(struct adit_span payload)
{
    struct adit_msg_kex_group_request msg;

    return adit_parse_kex_group_request(payload, &msg);
}

static enum adit_err group(struct adit_span payload)
{
    struct adit_msg_kex_group msg;

    return adit_parse_kex_group(payload, &msg);
}

static enum adit_err ext_info(struct adit_span payload)
{
    struct adit_msg_ext_info msg;

    return adit_parse_ext_info(payload, &msg);
}

static enum adit_err ping(struct adit_span payload)
{
    struct adit_span data;

    return adit_parse_ping(payload, &data);
}

static const struct message_case cases[] = {
    { "DISCONNECT", BYTES(DISCONNECT), disconnect, 0, { { 5, BAD, BAD }, { 12, BAD, OK } }, 2 },
    { "DEBUG", BYTES(DEBUG), debug, 0, { { 2, BAD, BAD }, { 8, OK, OK } }, 2 },
    { "UNIMPLEMENTED", BYTES(UNIMPLEMENTED), unimplemented, 0, { { 0 } }, 0 },
    { "SERVICE_REQUEST", BYTES(REQUEST), service, 0, { { 1, BAD, OK } }, 1 },
    { "NEWKEYS", BYTES(NEWKEYS), adit_parse_newkeys, 0, { { 0 } }, 0 },
    { "KEX_ECDH_INIT", BYTES(KEX_INIT), kex_init, 0, { { 1, BAD, OK } }, 1 },
    { "KEX_ECDH_REPLY",
      BYTES(KEX_REPLY),
      kex_reply,
      0,
      { { 1, BAD, BAD }, { 8, BAD, BAD }, { 15, BAD, OK } },
      3 },
    { "KEX_DH_GEX_REQUEST", BYTES(GROUP_REQUEST), group_request, 0, { { 0 } }, 0 },
    { "KEX_DH_GEX_GROUP", BYTES(GROUP), group, 0, { { 1, BAD, BAD }, { 8, BAD, OK } }, 2 },
    { "EXT_INFO",
      BYTES(EXT_INFO),
      ext_info,
      0,
      { { 5, BAD, BAD }, { 10, BAD, BAD }, { 16, BAD, BAD }, { 21, OK, OK } },
      4 },
    { "PING", BYTES(PING), ping, 0, { { 1, BAD, OK } }, 1 },
    { "KEXINIT",
      BYTES(KEXINIT),
      kexinit,
      0,
      { { 17, BAD, BAD },
        { 24, BAD, BAD },
        { 29, BAD, BAD },
        { 34, BAD, BAD },
        { 39, BAD, BAD },
        { 44, BAD, BAD },
        { 49, BAD, BAD },
        { 57, BAD, BAD },
        { 65, OK, BAD },
        { 69, OK, BAD } },
      10 },
};

static void each_truncation_and_length_is_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        check_message(&cases[i]);
        check_nothing_may_follow(&cases[i]);
    }
}

static void disconnect_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_disconnect msg;

    (void)state;
    assert_int_equal(adit_parse_disconnect(SPAN(DISCONNECT), &msg), ADIT_OK);
    assert_int_equal(msg.reason_code, 11);
    assert_span(msg.description, SPAN("bye"));
    assert_span(msg.language_tag, SPAN("en"));
    adit_write_disconnect(&w, &msg);
    assert_written(&w, SPAN(DISCONNECT));
}

static void debug_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_debug msg;

    (void)state;
    assert_int_equal(adit_parse_debug(SPAN(DEBUG), &msg), ADIT_OK);
    assert_true(msg.always_display);
    assert_span(msg.message, SPAN("hi"));
    assert_span(msg.language_tag, ADIT_SPAN_EMPTY);
    adit_write_debug(&w, &msg);
    assert_written(&w, SPAN(DEBUG));
}

static void unimplemented_is_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    uint32_t number;

    (void)state;
    assert_int_equal(adit_parse_unimplemented(SPAN(UNIMPLEMENTED), &number), ADIT_OK);
    assert_int_equal(number, 0x01020304);
    adit_write_unimplemented(&w, number);
    assert_written(&w, SPAN(UNIMPLEMENTED));
}

static void service_messages_are_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_span name;

    (void)state;
    assert_int_equal(adit_parse_service(SPAN(REQUEST), &name), ADIT_OK);
    assert_span(name, SPAN("ssh-userauth"));
    assert_int_equal(adit_parse_service(SPAN(ACCEPT), &name), ADIT_OK);
    assert_span(name, SPAN("ssh-userauth"));
    adit_write_service_request(&w, "ssh-userauth");
    assert_written(&w, SPAN(REQUEST));
    adit_write_service_accept(&w, "ssh-userauth");
    assert_written(&w, SPAN(ACCEPT));
}

static void kexinit_is_as_drawn(void **state)
{
    static const char *const lists[] = { "k,l", "h", "c", "d", "m", "n", "none", "zlib", "", "" };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_kexinit msg;

    (void)state;
    assert_int_equal(adit_parse_kexinit(SPAN(KEXINIT), &msg), ADIT_OK);
    assert_span(msg.cookie, SPAN(COOKIE));
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++)
        assert_span(msg.lists[i], adit_span_text(lists[i]));
    assert_true(msg.first_kex_packet_follows);
    adit_write_kexinit(&w, &msg);
    assert_written(&w, SPAN(KEXINIT));
}

/* T18: no empty name, US-ASCII only; the reserved number may be anything. */
static void kexinit_lists_are_checked(void **state)
{
    static const struct {
        char name[3];
        enum adit_err wanted;
    } names[] = {
        { "a,b", ADIT_OK },
        { ",ab", ADIT_ERR_MALFORMED },
        { "ab,", ADIT_ERR_MALFORMED },
        { "a\0b", ADIT_ERR_MALFORMED },
        { "a b", ADIT_ERR_MALFORMED },
        { "a\xc3\xa4", ADIT_ERR_MALFORMED },
        { ",,,", ADIT_ERR_MALFORMED },
    };
    uint8_t bytes[sizeof KEXINIT - 1];

    (void)state;
    memcpy(bytes, KEXINIT, sizeof bytes);
    adit_put_uint32(bytes + sizeof bytes - 4, UINT32_MAX);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        memcpy(bytes + 21, names[i].name, sizeof names[i].name);
        assert_int_equal(kexinit(adit_span_of(bytes, sizeof bytes)), names[i].wanted);
    }
}

/* A KEXINIT whose list number `longest` is `len` bytes, the others empty. */
static enum adit_err kexinit_with_list(size_t longest, size_t len)
{
    struct adit_msg_kexinit msg = { .cookie = SPAN(COOKIE) };
    struct adit_buffer out = adit_buffer_init(1 << 20);
    struct adit_writer w = adit_writer_init(&out);
    uint8_t *name = malloc(len);
    enum adit_err err;

    assert_non_null(name);
    memset(name, 'a', len);
    msg.lists[longest] = adit_span_of(name, len);
    adit_write_kexinit(&w, &msg);
    assert_int_equal(adit_writer_finish(&w), ADIT_OK);
    err = kexinit(adit_buffer_span(&out));
    adit_buffer_clear(&out);
    free(name);
    return err;
}

static void kexinit_list_over_16_kib_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_KEXINIT_LISTS; i++) {
        assert_int_equal(kexinit_with_list(i, (size_t)16 * 1024), ADIT_OK);
        assert_int_equal(kexinit_with_list(i, (size_t)16 * 1024 + 1), ADIT_ERR_MALFORMED);
    }
}

static void newkeys_is_a_number_alone(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);

    (void)state;
    adit_write_newkeys(&w);
    assert_written(&w, SPAN(NEWKEYS));
}

static void kex_messages_are_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_kex_reply reply;
    struct adit_span init;

    (void)state;
    assert_int_equal(adit_parse_kex_init(SPAN(KEX_INIT), &init), ADIT_OK);
    assert_span(init, SPAN("Q_C!"));
    adit_write_kex_init(&w, SSH_MSG_KEX_ECDH_INIT, init);
    assert_written(&w, SPAN(KEX_INIT));

    assert_int_equal(adit_parse_kex_reply(SPAN(KEX_REPLY), &reply), ADIT_OK);
    assert_span(reply.host_key, SPAN("K_S"));
    assert_span(reply.reply, SPAN("Q_S"));
    assert_span(reply.signature, SPAN("sig"));
    adit_write_kex_reply(&w, SSH_MSG_KEX_ECDH_REPLY, &reply);
    assert_written(&w, SPAN(KEX_REPLY));
}

static void group_messages_are_as_drawn(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_kex_group_request request;
    struct adit_msg_kex_group msg;

    (void)state;
    assert_int_equal(adit_parse_kex_group_request(SPAN(GROUP_REQUEST), &request), ADIT_OK);
    assert_int_equal(request.min, 2048);
    assert_int_equal(request.n, 3072);
    assert_int_equal(request.max, 8192);
    adit_write_kex_group_request(&w, &request);
    assert_written(&w, SPAN(GROUP_REQUEST));

    assert_int_equal(adit_parse_kex_group(SPAN(GROUP), &msg), ADIT_OK);
    assert_span(msg.p, SPAN("\xfb\x07"));
    assert_span(msg.g, SPAN("\x05"));
}

static void ext_info_is_as_drawn(void **state)
{
    const struct adit_extension pairs[] = { { SPAN("a"), SPAN("xy") },
                                            { SPAN("b"), ADIT_SPAN_EMPTY } };
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_msg_ext_info msg;
    struct adit_extension one;

    (void)state;
    assert_int_equal(adit_parse_ext_info(SPAN(EXT_INFO), &msg), ADIT_OK);
    assert_int_equal(msg.extension_count, ADIT_ARRAY_LEN(pairs));
    for (size_t i = 0; i < ADIT_ARRAY_LEN(pairs); i++) {
        assert_true(adit_ext_info_next(&msg.extensions, &one));
        assert_span(one.name, pairs[i].name);
        assert_span(one.value, pairs[i].value);
    }
    assert_false(adit_ext_info_next(&msg.extensions, &one));
    assert_false(adit_ext_info_next(&msg.extensions, &one));
    adit_write_ext_info(&w, pairs, ADIT_ARRAY_LEN(pairs));
    assert_written(&w, SPAN(EXT_INFO));
}

/* The count may be 0, and must be that of the pairs. */
static void ext_info_count_is_checked(void **state)
{
    static const struct {
        size_t count;
        size_t pairs;
        enum adit_err wanted;
    } counts[] = {
        { 0, 0, ADIT_OK },
        { 1, 0, ADIT_ERR_MALFORMED },
        { 0, 1, ADIT_ERR_MALFORMED },
        { 1024, 1024, ADIT_OK },
        { 1025, 1025, ADIT_ERR_MALFORMED },
        { UINT32_MAX, 2, ADIT_ERR_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(counts); i++) {
        const size_t len = 5 + counts[i].pairs * 8; /* pairs of empty strings */
        uint8_t *bytes = calloc(1, len);

        assert_non_null(bytes);
        bytes[0] = 7;
        adit_put_uint32(bytes + 1, (uint32_t)counts[i].count);
        assert_int_equal(ext_info(adit_span_of(bytes, len)), counts[i].wanted);
        free(bytes);
    }
}

static void ping_and_pong_carry_their_data(void **state)
{
    struct adit_buffer out = adit_buffer_init(1024);
    struct adit_writer w = adit_writer_init(&out);
    struct adit_span data;

    (void)state;
    assert_int_equal(adit_parse_ping(SPAN(PING), &data), ADIT_OK);
    assert_span(data, SPAN("echo"));
    adit_write_pong(&w, data);
    assert_written(&w, SPAN(PONG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_truncation_and_length_is_judged),
        cmocka_unit_test(disconnect_is_as_drawn),
        cmocka_unit_test(debug_is_as_drawn),
        cmocka_unit_test(unimplemented_is_as_drawn),
        cmocka_unit_test(service_messages_are_as_drawn),
        cmocka_unit_test(kexinit_is_as_drawn),
        cmocka_unit_test(kexinit_lists_are_checked),
        cmocka_unit_test(kexinit_list_over_16_kib_is_malformed),
        cmocka_unit_test(newkeys_is_a_number_alone),
        cmocka_unit_test(kex_messages_are_as_drawn),
        cmocka_unit_test(group_messages_are_as_drawn),
        cmocka_unit_test(ext_info_is_as_drawn),
        cmocka_unit_test(ext_info_count_is_checked),
        cmocka_unit_test(ping_and_pong_carry_their_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
