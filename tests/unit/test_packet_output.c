/* SPDX-License-Identifier: BSD-2-Clause */
/* What packet.c sends: whole packets, what an exchange holds back, data in place, a key's end. */
#include "one_end.h"

static const size_t everything = SIZE_MAX;

/* T6: whole blocks, at least 4 bytes of padding and never a block more than is needed. */
static void what_is_sent_is_whole_blocks(void **state)
{
    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++) {
        const struct protection *how = &protections[p];
        uint32_t packets = 0;
        struct one_end e;

        one_end_init(&e, ADIT_CLIENT, how);
        for (size_t len = 1; len <= 200; len++) {
            struct adit_span payload;
            uint32_t length;
            size_t tag;

            send_number(&e, SSH_MSG_IGNORE, len, ADIT_OK);
            tag = adit_cipher_tag_size(e.transport.out.cipher);
            length = (uint32_t)(e.transport.output.size - tag - 4);
            assert_true(is_legal_length(how, length, 35000));
            payload = assert_sent(&e, SSH_MSG_IGNORE);
            assert_int_equal(payload.len, len);
            assert_int_equal(payload.data[len - 1], len == 1 ? SSH_MSG_IGNORE : (uint8_t)(len - 1));
            assert_in_range(payload.data[-1], 4, 3 + how->block);
            assert_int_equal(length, 1 + len + payload.data[-1]);
            assert_nothing_sent(&e);
            assert_int_equal(e.transport.out.sequence_number, ++packets);
        }
        one_end_clear(&e);
    }
}

/* T40, to the packet and to the byte. */
static void a_key_ends_after_so_many_packets_and_bytes(void **state)
{
    static const struct {
        uint64_t packets; /* before the packet that is sent, of 64 bytes */
        uint64_t bytes;
        enum adit_err wanted;
    } cases[] = {
        { 0, 0, ADIT_OK },
        { (UINT64_C(1) << 31) - 2, 0, ADIT_OK },
        { (UINT64_C(1) << 31) - 1, 0, ADIT_ERR_LIMIT },
        { 0, (UINT64_C(1) << 36) - 69, ADIT_OK },
        { 0, (UINT64_C(1) << 36) - 68, ADIT_ERR_LIMIT },
        { 0, UINT64_C(1) << 36, ADIT_ERR_LIMIT },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct one_end e;

        one_end_init(&e, ADIT_CLIENT, &protections[1]);
        e.transport.out.packets = cases[i].packets;
        e.transport.out.bytes = cases[i].bytes;
        send_number(&e, SSH_MSG_IGNORE, 50, cases[i].wanted);
        assert_int_equal(e.transport.out.bytes, cases[i].bytes + 68);
        adit_direction_switch(&e.transport.out, new_cipher(&protections[1], true), false);
        assert_int_equal(e.transport.out.sequence_number, 1);
        send_number(&e, SSH_MSG_IGNORE, 50, ADIT_OK); /* new keys, new life */
        adit_direction_switch(&e.transport.out, new_cipher(&protections[1], true), true);
        assert_int_equal(e.transport.out.sequence_number, 0);
        assert_int_equal(e.transport.out.packets, 0);
        one_end_clear(&e);
    }
}

/* T21, T44: from our KEXINIT to our NEWKEYS only the exchange's own goes out. */
static void messages_are_held_back_during_an_exchange(void **state)
{
    static const enum adit_kex_step steps[] = { ADIT_KEX_OFFERED, ADIT_KEX_EXCHANGING,
                                                ADIT_KEX_KEY_UNJUDGED };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(steps); i++)
        for (unsigned number = 1; number < 256; number++) {
            const bool passes = number <= 4 || (number >= 20 && number <= 49);
            struct one_end e;

            one_end_init(&e, ADIT_SERVER, &protections[3]);
            e.transport.kex.step = steps[i];
            assert_true(adit_transport_is_held(&e.transport));
            send_number(&e, (uint8_t)number, 7, ADIT_OK);
            if (passes)
                (void)assert_sent(&e, (uint8_t)number);
            assert_nothing_sent(&e);
            send_number(&e, 100, 9, ADIT_OK); /* held, behind it */
            e.transport.kex.step = ADIT_KEX_SWITCHING;
            assert_false(adit_transport_is_held(&e.transport));
            assert_int_equal(adit_transport_release_held(&e.transport), ADIT_OK);
            if (!passes)
                assert_int_equal(assert_sent(&e, (uint8_t)number).len, 7);
            assert_int_equal(assert_sent(&e, 100).len, 9);
            assert_nothing_sent(&e);
            (void)assert_told(&e, ADIT_EVENT_SENDING_RESUMED);
            assert_nothing_told(&e);
            one_end_clear(&e);
        }
}

/* Before the first keys no channel waits for being told. */
static void the_first_exchange_resumes_nothing(void **state)
{
    struct one_end e;

    (void)state;
    one_end_init(&e, ADIT_SERVER, &protections[1]);
    e.transport.kex.first_done = false;
    assert_int_equal(adit_transport_release_held(&e.transport), ADIT_OK);
    assert_nothing_told(&e);
    one_end_clear(&e);
}

/* T42, to the byte: each message stands there with its length. */
static void what_is_held_back_is_bounded(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        struct one_end e;
        size_t left = ADIT_HELD_MAX;

        one_end_init(&e, ADIT_SERVER, &protections[1]);
        e.transport.kex.step = ADIT_KEX_OFFERED;
        for (; left > 60000; left -= 50004)
            send_number(&e, 94, 50000, ADIT_OK);
        send_number(&e, 94, left - 4 + over, over ? ADIT_ERR_LIMIT : ADIT_OK);
        assert_nothing_sent(&e);
        one_end_clear(&e);
    }
}

/* U13, and all that comes after the login. */
static void nothing_of_the_login_goes_out_before_there_are_keys(void **state)
{
    (void)state;
    for (unsigned number = 1; number < 256; number++) {
        struct one_end e;

        one_end_init(&e, ADIT_CLIENT, &protections[0]);
        send_number(&e, (uint8_t)number, 5, number < 50 ? ADIT_OK : ADIT_ERR_USAGE);
        if (number >= 50)
            assert_nothing_sent(&e);
        one_end_clear(&e);
    }
}

/* What the reader gets of `len` bytes that were committed to channel 77, in packets of at most `most`. */
static void check_data(struct one_end *e, size_t len, size_t most)
{
    size_t at = 0;

    while (at < len) {
        const struct adit_span payload = assert_sent(e, SSH_MSG_CHANNEL_DATA);
        const size_t here = len - at < most ? len - at : most;

        assert_int_equal(payload.len, 9 + here);
        assert_int_equal(adit_get_uint32(payload.data + 1), 77);
        assert_int_equal(adit_get_uint32(payload.data + 5), here);
        for (size_t k = 0; k < here; k++, at++)
            if (payload.data[9 + k] != (uint8_t)(at * 7 + at / 256))
                fail_msg("byte %zu of %zu", at, len);
    }
    assert_nothing_sent(e);
}

static size_t fill(const struct adit_room *rooms, size_t count, size_t len)
{
    size_t at = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < rooms[i].len && at < len; k++, at++)
            rooms[i].data[k] = (uint8_t)(at * 7 + at / 256);
    return at;
}

static void data_is_written_where_it_will_be_sealed(void **state)
{
    static const struct {
        size_t want;
        size_t per_packet;
        size_t max;
        size_t commit; /* how much of it, at most */
    } cases[] = {
        { 1, 1, 16, 1 },
        { 10, 1, 16, 10 },
        { 10, 1, 4, everything },
        { 1000, 1000, 1, 1 },
        { 1000, 1000, 1, 999 },
        { 32768, 32768, 16, everything },
        { 32769, 32768, 16, everything },
        { 65536, 32768, 16, 32768 },
        { 65536, 32768, 16, 32769 },
        { 1000000, 32768, 16, everything },
        { 1000000, 100, 16, 101 },
        { 1000000, 32768, 1, everything },
    };

    (void)state;
    for (size_t p = 0; p < ADIT_ARRAY_LEN(protections); p++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
            struct adit_room rooms[16];
            struct one_end e;
            size_t count;
            size_t room = 0;
            size_t len;

            one_end_init(&e, ADIT_CLIENT, &protections[p]);
            assert_int_equal(adit_transport_reserve_data(&e.transport, cases[i].want,
                                                         cases[i].per_packet, rooms, cases[i].max,
                                                         &count),
                             ADIT_OK);
            assert_in_range(count, 1, cases[i].max);
            for (size_t k = 0; k < count; k++) {
                assert_in_range(rooms[k].len, 1, cases[i].per_packet);
                room += rooms[k].len;
            }
            assert_true(room <= cases[i].want);
            if (cases[i].want <= cases[i].per_packet)
                assert_int_equal(room, cases[i].want);
            len = fill(rooms, count, cases[i].commit);
            assert_int_equal(adit_transport_commit_data(&e.transport, 77, len), ADIT_OK);
            check_data(&e, len, cases[i].per_packet);
            one_end_clear(&e);
        }
}

static void room_that_is_not_used_goes_back(void **state)
{
    struct adit_room rooms[4];
    struct one_end e;
    size_t count;

    (void)state;
    one_end_init(&e, ADIT_CLIENT, &protections[1]);
    assert_int_equal(adit_transport_reserve_data(&e.transport, 1000, 1000, rooms, 4, &count),
                     ADIT_OK);
    assert_int_equal(adit_transport_commit_data(&e.transport, 77, 0), ADIT_OK);
    assert_null(e.transport.output.first); /* an idle session holds no buffer */
    send_number(&e, SSH_MSG_IGNORE, 10, ADIT_OK);
    assert_int_equal(adit_transport_reserve_data(&e.transport, 1000, 1000, rooms, 4, &count),
                     ADIT_OK);
    assert_int_equal(adit_transport_commit_data(&e.transport, 77, 0), ADIT_OK);
    (void)assert_sent(&e, SSH_MSG_IGNORE); /* and what waited still does */
    assert_nothing_sent(&e);
    one_end_clear(&e);
}

static void a_full_output_has_no_room_for_data(void **state)
{
    struct adit_room rooms[16];
    struct one_end e;
    size_t count;
    size_t rounds = 0;

    (void)state;
    one_end_init(&e, ADIT_CLIENT, &protections[1]);
    for (; rounds < 1000; rounds++) {
        assert_int_equal(
            adit_transport_reserve_data(&e.transport, 100000, 32768, rooms, 16, &count), ADIT_OK);
        if (count == 0)
            break;
        assert_true(e.transport.output.size < ADIT_OUTPUT_FULL);
        assert_int_equal(
            adit_transport_commit_data(&e.transport, 77, fill(rooms, count, everything)), ADIT_OK);
    }
    assert_in_range(rounds, 1, 999);
    assert_true(e.transport.output.size >= ADIT_OUTPUT_FULL);
    (void)assert_sent(&e, SSH_MSG_CHANNEL_DATA);
    while (e.transport.output.size >= ADIT_OUTPUT_FULL)
        (void)assert_sent(&e, SSH_MSG_CHANNEL_DATA);
    assert_int_equal(adit_transport_reserve_data(&e.transport, 1, 32768, rooms, 16, &count),
                     ADIT_OK);
    assert_int_equal(count, 1); /* it goes on when some of it was sent */
    one_end_clear(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_whole_blocks),
        cmocka_unit_test(a_key_ends_after_so_many_packets_and_bytes),
        cmocka_unit_test(messages_are_held_back_during_an_exchange),
        cmocka_unit_test(the_first_exchange_resumes_nothing),
        cmocka_unit_test(what_is_held_back_is_bounded),
        cmocka_unit_test(nothing_of_the_login_goes_out_before_there_are_keys),
        cmocka_unit_test(data_is_written_where_it_will_be_sealed),
        cmocka_unit_test(room_that_is_not_used_goes_back),
        cmocka_unit_test(a_full_output_has_no_room_for_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
