/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary packet (RFC 4253, 6) under each kind of protection. The rules about
 * lengths are written down a second time, from the RFCs, in protections[].
 */
#include "one_end.h"

enum { PACKET_MAX = 300000 };

/* What a peer that has the keys would make: `len` bytes that say what they like. */
static size_t seal_packet(struct adit_cipher *cipher, uint32_t sequence_number, uint32_t length,
                          uint8_t padding, size_t len, uint8_t *packet)
{
    for (size_t i = 6; i < len; i++)
        packet[i] = (uint8_t)i;
    adit_put_uint32(packet, length);
    packet[4] = padding;
    packet[5] = SSH_MSG_IGNORE;
    assert_int_equal(adit_cipher_seal(cipher, sequence_number, packet, len), ADIT_OK);
    return len + adit_cipher_tag_size(cipher);
}

static void put_in(struct one_end *e, const uint8_t *bytes, size_t len)
{
    uint8_t *area;
    size_t cap;

    adit_transport_input_buffer(&e->transport, &area, &cap);
    assert_true(len <= cap);
    memcpy(area, bytes, len);
    adit_transport_input_filled(&e->transport, len);
}

/* Puts in as much as fits until all is there, as a socket's reader would. */
static enum adit_err put_all_in(struct one_end *e, const uint8_t *bytes, size_t len,
                                struct adit_span *payload)
{
    enum adit_err err = ADIT_OK;

    *payload = ADIT_SPAN_EMPTY;
    while (!err && len) {
        const size_t here = len < ADIT_READ_SIZE ? len : ADIT_READ_SIZE;

        assert_int_equal(payload->len, 0);
        put_in(e, bytes, here);
        bytes += here;
        len -= here;
        err = adit_transport_next_payload(&e->transport, payload);
    }
    return err;
}

/* In two pieces, the second of which is the last byte that the length can be read with. */
static void judge_length(const struct protection *p, enum adit_role role, bool logged_in,
                         uint32_t length, bool legal)
{
    struct adit_cipher *sealer = new_cipher(p, true);
    uint8_t packet[128];
    struct adit_span payload;
    struct one_end e;
    enum adit_err err;
    size_t head;

    one_end_init(&e, role, p);
    e.transport.logged_in = logged_in;
    head = adit_cipher_head_size(e.transport.in.cipher);
    (void)seal_packet(sealer, 0, length, 4, 64, packet);
    put_in(&e, packet, head - 1);
    assert_int_equal(adit_transport_next_payload(&e.transport, &payload), ADIT_OK);
    put_in(&e, packet + head - 1, 1);
    err = adit_transport_next_payload(&e.transport, &payload);
    if ((err == ADIT_OK) != legal)
        fail_msg("%s, length %u: %s", p->cipher, length, adit_err_text(err));
    if (!legal)
        assert_int_equal(err, p->cipher == NULL ? ADIT_ERR_MALFORMED : ADIT_ERR_INTEGRITY);
    assert_int_equal(payload.len, 0);
    one_end_clear(&e);
    adit_cipher_free(sealer);
}

/* T7: what a length may be, and that it is judged as soon as it can be read. */
static void lengths_are_judged_before_anything_is_waited_for(void **state)
{
    static const struct {
        enum adit_role role;
        bool logged_in;
        uint32_t most;
    } ends[] = {
        { ADIT_SERVER, true, 262144 },
        { ADIT_SERVER, false, 35000 }, /* anybody can send it */
        { ADIT_CLIENT, true, 262144 },
        { ADIT_CLIENT, false, 262144 },
    };
    static const uint32_t lengths[] = {
        0,        1,          2,          3,          4,          5,          6,      7,
        8,        11,         12,         13,         15,         16,         17,     20,
        24,       28,         32,         34988,      34992,      34996,      34999,  35000,
        35001,    35004,      35008,      35012,      131072,     262128,     262136, 262140,
        262143,   262144,     262145,     262148,     262152,     262156,     262160, 524288,
        1u << 30, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffc, UINT32_MAX,
    };

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++)
        for (size_t e = 0; e < ADIT_ARRAY_LEN(ends); e++)
            for (size_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++)
                judge_length(&protections[p], ends[e].role, ends[e].logged_in, lengths[i],
                             is_legal_length(&protections[p], lengths[i], ends[e].most));
}

/* The smallest ones, those about 35000 (RFC 4253, 6.1), and the largest that is taken. */
static void packets_of_every_legal_size_are_opened(void **state)
{
    static const uint32_t about[] = { 8, 32, 34960, 262128 };
    static uint8_t packet[PACKET_MAX];

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(about); i++)
            for (uint32_t length = about[i]; length <= about[i] + 64; length++) {
                struct adit_cipher *sealer;
                struct adit_span payload;
                struct one_end e;
                size_t len;

                if (!is_legal_length(&protections[p], length, 262144))
                    continue;
                sealer = new_cipher(&protections[p], true);
                one_end_init(&e, ADIT_CLIENT, &protections[p]);
                len = seal_packet(sealer, 0, length, 4, 4 + (size_t)length, packet);
                assert_int_equal(put_all_in(&e, packet, len, &payload), ADIT_OK);
                assert_int_equal(payload.len, length - 5);
                assert_int_equal(payload.data[0], SSH_MSG_IGNORE);
                for (size_t k = 1; k < payload.len; k++)
                    if (payload.data[k] != (uint8_t)(k + 5))
                        fail_msg("byte %zu of %zu", k, payload.len);
                assert_int_equal(e.transport.in.sequence_number, 1);
                assert_int_equal(e.transport.in.bytes, 4 + length);
                one_end_clear(&e);
                adit_cipher_free(sealer);
            }
}

/* T8: at least 4, at most what leaves a payload of one byte. */
static void paddings_leave_a_payload(void **state)
{
    static const uint32_t about[] = { 32, 272 };
    static uint8_t packet[PACKET_MAX];

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(about); i++) {
            const uint32_t length = about[i] - (protections[p].length_counted ? 4 : 0);

            for (uint32_t padding = 0; padding < 256; padding++) {
                const bool legal = padding >= 4 && padding + 1 < length;
                struct adit_cipher *sealer = new_cipher(&protections[p], true);
                struct adit_span payload;
                struct one_end e;
                enum adit_err err;
                size_t len;

                one_end_init(&e, ADIT_SERVER, &protections[p]);
                len = seal_packet(sealer, 0, length, (uint8_t)padding, 4 + (size_t)length, packet);
                err = put_all_in(&e, packet, len, &payload);
                if (err != (legal ? ADIT_OK : ADIT_ERR_MALFORMED))
                    fail_msg("%s, length %u, padding %u: %s", protections[p].cipher, length,
                             padding, adit_err_text(err));
                assert_int_equal(payload.len, legal ? length - 1 - padding : 0);
                one_end_clear(&e);
                adit_cipher_free(sealer);
            }
        }
}

/*
 * T5: three packets, cut at every byte; what is left over between two reads is
 * kept in a block of its size.
 */
static void bytes_may_be_cut_anywhere(void **state)
{
    static const uint32_t lengths[] = { 32, 48, 96 };
    static uint8_t bytes[1024];

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++) {
        struct adit_cipher *sealer = new_cipher(&protections[p], true);
        const uint32_t less = protections[p].length_counted ? 4 : 0;
        size_t len = 0;

        for (uint32_t i = 0; i < ADIT_ARRAY_LEN(lengths); i++)
            len +=
                seal_packet(sealer, i, lengths[i] - less, 10, 4 + lengths[i] - less, bytes + len);
        for (size_t cut = 0; cut <= len; cut++) {
            const size_t ends[] = { cut, len };
            struct adit_span payload;
            struct one_end e;
            size_t at = 0;
            size_t got = 0;

            one_end_init(&e, ADIT_SERVER, &protections[p]);
            for (size_t i = 0; i < ADIT_ARRAY_LEN(ends); i++) {
                put_in(&e, bytes + at, ends[i] - at);
                at = ends[i];
                do {
                    assert_int_equal(adit_transport_next_payload(&e.transport, &payload), ADIT_OK);
                    if (payload.len)
                        assert_int_equal(payload.len, lengths[got++] - less - 11);
                } while (payload.len);
                assert_int_equal(adit_transport_keep_rest(&e.transport), ADIT_OK);
                memset(e.buffers->input, 0xee, ADIT_INPUT_SIZE); /* another session reads */
            }
            assert_int_equal(got, ADIT_ARRAY_LEN(lengths));
            assert_null(e.transport.kept); /* an idle session keeps nothing */
            adit_transport_forget_spent(&e.transport);
            assert_null(e.transport.spent);
            one_end_clear(&e);
        }
        adit_cipher_free(sealer);
    }
}

static void a_packet_that_was_altered_is_not_looked_at(void **state)
{
    static uint8_t bytes[1024];

    (void)state;
    for (size_t p = 1; p < ADIT_ARRAY_LEN(protections); p++) {
        const uint32_t length = 32 - (protections[p].length_counted ? 4 : 0);
        size_t len = 64;

        for (size_t at = 4; at < len; at++) {
            struct adit_cipher *sealer = new_cipher(&protections[p], true);
            struct adit_span payload;
            struct one_end e;

            one_end_init(&e, ADIT_SERVER, &protections[p]);
            len = seal_packet(sealer, 0, length, 4, 4 + (size_t)length, bytes);
            bytes[at] ^= 0x10;
            put_in(&e, bytes, len);
            assert_int_equal(adit_transport_next_payload(&e.transport, &payload),
                             ADIT_ERR_INTEGRITY);
            assert_int_equal(payload.len, 0);
            assert_int_equal(e.transport.in.packets, 0);
            one_end_clear(&e);
            adit_cipher_free(sealer);
        }
    }
}

/* T11: 2^32 - 1 is followed by 0, but not before there are keys. */
static void sequence_numbers_wrap_under_keys_only(void **state)
{
    static uint8_t bytes[256];

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++) {
        const bool has_keys = protections[p].cipher != NULL;
        const uint32_t length = 32 - (protections[p].length_counted ? 4 : 0);
        struct adit_cipher *sealer = new_cipher(&protections[p], true);
        struct adit_span payload;
        struct one_end e;

        one_end_init(&e, ADIT_CLIENT, &protections[p]);
        e.transport.in.sequence_number = UINT32_MAX - 1;
        e.transport.out.sequence_number = e.reader.sequence_number = UINT32_MAX - 1;
        for (uint32_t i = 0; i < 4; i++) {
            const uint32_t number = UINT32_MAX - 1 + i;
            const enum adit_err wanted =
                number == UINT32_MAX && !has_keys ? ADIT_ERR_PROTOCOL : ADIT_OK;

            put_in(&e, bytes, seal_packet(sealer, number, length, 4, 4 + (size_t)length, bytes));
            assert_int_equal(adit_transport_next_payload(&e.transport, &payload), wanted);
            send_number(&e, SSH_MSG_IGNORE, 10, wanted);
            (void)assert_sent(&e, SSH_MSG_IGNORE);
            if (wanted)
                break;
        }
        assert_int_equal(e.transport.in.sequence_number, has_keys ? 2 : 0);
        assert_int_equal(e.transport.out.sequence_number, has_keys ? 2 : 0);
        one_end_clear(&e);
        adit_cipher_free(sealer);
    }
}

static void new_keys_are_due_at_each_of_the_limits(void **state)
{
    static const struct {
        uint64_t packets;
        uint64_t bytes;
        uint64_t age_ms;
        bool due;
    } cases[] = {
        { 0, 0, 0, false },
        { 1, (UINT64_C(1) << 30) - 1, 0, false },
        { 1, UINT64_C(1) << 30, 0, true },
        { 0, UINT64_C(1) << 30, 0, false }, /* T41: a packet passes under each key */
        { (UINT64_C(1) << 28) - 1, 1, 0, false },
        { UINT64_C(1) << 28, 1, 0, true },
        { 1, 1, 3600 * 1000 - 1, false },
        { 1, 1, 3600 * 1000, true },
        { 0, 0, 3600 * 1000, true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++)
        for (int is_out = 0; is_out < 2; is_out++) {
            struct adit_direction *way;
            struct one_end e;

            one_end_init(&e, ADIT_CLIENT, &protections[1]);
            way = is_out ? &e.transport.out : &e.transport.in;
            way->packets = cases[i].packets;
            way->bytes = cases[i].bytes;
            e.transport.kex.done_ms = 500;
            e.transport.now_ms = 500 + cases[i].age_ms;
            assert_int_equal(adit_transport_rekey_due(&e.transport), cases[i].due);
            e.transport.kex.step = ADIT_KEX_SWITCHING; /* one runs already */
            assert_false(adit_transport_rekey_due(&e.transport));
            e.transport.kex.step = ADIT_KEX_IDLE;
            e.transport.kex.first_done = false; /* T39 */
            assert_false(adit_transport_rekey_due(&e.transport));
            one_end_clear(&e);
        }
}

/* T2 and T5: the lines before the identification, to the last one that is allowed. */
static void the_identification_comes_after_1024_lines_at_most(void **state)
{
    (void)state;
    for (size_t lines = 1023; lines <= 1025; lines++) {
        struct adit_span payload;
        struct one_end e;
        enum adit_err err = ADIT_OK;

        one_end_init(&e, ADIT_CLIENT, &protections[0]);
        free(e.transport.peer_identification);
        e.transport.peer_identification = NULL;
        for (size_t i = 0; i < lines && !err; i++) {
            put_in(&e, (const uint8_t *)"come in\r\n", 9);
            err = adit_transport_next_payload(&e.transport, &payload);
        }
        assert_int_equal(err, lines > 1024 ? ADIT_ERR_PROTOCOL : ADIT_OK);
        if (!err) {
            put_in(&e, (const uint8_t *)"SSH-2.0-x\r\n\0\0", 13);
            assert_int_equal(adit_transport_next_payload(&e.transport, &payload), ADIT_OK);
            assert_int_equal(payload.len, 0);
            assert_span_is(assert_told(&e, ADIT_EVENT_IDENTIFIED).text, "SSH-2.0-x");
            assert_int_equal(e.transport.len - e.transport.at, 2); /* the next packet's */
        }
        one_end_clear(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_judged_before_anything_is_waited_for),
        cmocka_unit_test(packets_of_every_legal_size_are_opened),
        cmocka_unit_test(paddings_leave_a_payload),
        cmocka_unit_test(bytes_may_be_cut_anywhere),
        cmocka_unit_test(a_packet_that_was_altered_is_not_looked_at),
        cmocka_unit_test(sequence_numbers_wrap_under_keys_only),
        cmocka_unit_test(new_keys_are_due_at_each_of_the_limits),
        cmocka_unit_test(the_identification_comes_after_1024_lines_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
