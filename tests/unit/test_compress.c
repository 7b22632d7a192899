/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/compress.h"

#include "exact.h"
#include "transport/transport.h"

#include <zlib.h>

enum { PAYLOAD_MAX = ADIT_DATA_PER_PACKET + 9 };

static struct adit_buffers *buffers;
static struct adit_deflate *deflater;
static struct adit_inflate *inflater;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(adit_buffers_new(&buffers), ADIT_OK);
    assert_int_equal(adit_deflate_new(&deflater), ADIT_OK);
    assert_int_equal(adit_inflate_new(&inflater), ADIT_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    adit_deflate_free(deflater);
    adit_inflate_free(inflater);
    adit_buffers_free(buffers);
    return 0;
}

/* Text when `kind` is 0, noise when it is 1: smaller, and larger than it was. */
static void fill(uint8_t *bytes, size_t len, unsigned kind, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = kind ? (uint8_t)(seed >> 24) : (uint8_t)('a' + i % 7 + (seed >> 31));
    }
}

/* In a block that has room for exactly what it may grow by. */
static struct adit_span packed(const uint8_t *bytes, size_t len)
{
    uint8_t *block = malloc(len + adit_deflate_growth(len));

    assert_non_null(block);
    memcpy(block, bytes, len);
    assert_int_equal(adit_deflate_payload(deflater, buffers, block, &len), ADIT_OK);
    return adit_span_of(block, len);
}

static void payloads_come_out_as_they_went_in(void **state)
{
    static const size_t lens[] = { 1, 2, 9, 100, 4096, 16383, 16384, 32768, PAYLOAD_MAX };
    uint8_t bytes[PAYLOAD_MAX];

    (void)state;
    for (unsigned round = 0; round < 100; round++)
        for (size_t i = 0; i < ADIT_ARRAY_LEN(lens); i++) {
            struct adit_span block;
            struct adit_span payload;

            fill(bytes, lens[i], (round + (unsigned)i) & 1, round);
            block = packed(bytes, lens[i]);
            payload = block;
            assert_int_equal(adit_inflate_payload(inflater, buffers, &payload), ADIT_OK);
            assert_int_equal(payload.len, lens[i]);
            assert_memory_equal(payload.data, bytes, lens[i]);
            exact_free(block);
        }
}

/* What is told of at once stays, whatever comes and goes between. */
static void what_is_told_of_at_once_stays(void **state)
{
    enum { TOLD = ADIT_TOLD_MAX / PAYLOAD_MAX };
    uint8_t bytes[PAYLOAD_MAX];
    struct adit_span told[TOLD];

    (void)state;
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < TOLD; i++) {
            struct adit_span block;

            fill(bytes, PAYLOAD_MAX, 1, round * TOLD + i);
            block = packed(bytes, PAYLOAD_MAX);
            told[i] = block;
            assert_int_equal(adit_inflate_payload(inflater, buffers, &told[i]), ADIT_OK);
            adit_inflate_keep(buffers);
            exact_free(block);
            fill(bytes, 100 * round + 1, 1, 0); /* …and some other message to the peer */
            exact_free(packed(bytes, 100 * round + 1));
            adit_inflate_free(inflater);
            adit_deflate_free(deflater);
            assert_int_equal(adit_deflate_new(&deflater), ADIT_OK);
            assert_int_equal(adit_inflate_new(&inflater), ADIT_OK);
        }
        for (uint32_t i = 0; i < TOLD; i++) {
            fill(bytes, PAYLOAD_MAX, 1, round * TOLD + i);
            assert_int_equal(told[i].len, PAYLOAD_MAX);
            assert_memory_equal(told[i].data, bytes, PAYLOAD_MAX);
        }
    }
}

/* F50: nor do messages between touch it, however large and however many they come out. */
static void large_messages_between_do_not_touch_the_data(void **state)
{
    enum { TOLD = ADIT_TOLD_MAX / PAYLOAD_MAX };
    static const uint8_t ignored[250000];
    uint8_t bytes[PAYLOAD_MAX];
    struct adit_span told[TOLD];
    struct adit_deflate *answerer;

    (void)state;
    assert_int_equal(adit_deflate_new(&answerer), ADIT_OK);
    for (uint32_t round = 0; round < 5; round++) {
        for (uint32_t i = 0; i < TOLD; i++) {
            struct adit_span block;

            fill(bytes, PAYLOAD_MAX, 1, round * TOLD + i);
            block = packed(bytes, PAYLOAD_MAX);
            told[i] = block;
            assert_int_equal(adit_inflate_payload(inflater, buffers, &told[i]), ADIT_OK);
            adit_inflate_keep(buffers);
            exact_free(block);
            for (uint32_t j = 0; j < (i + round) % 6; j++) {
                uint8_t answer[1000 + 200] = { 0 };
                size_t answer_len = 1000;
                struct adit_span payload = packed(ignored, sizeof ignored - 5000 * (size_t)j);

                block = payload;
                assert_int_equal(adit_inflate_payload(inflater, buffers, &payload), ADIT_OK);
                exact_free(block);
                /* An answer is made while it is looked at: that leaves it as it is. */
                assert_int_equal(adit_deflate_payload(answerer, buffers, answer, &answer_len),
                                 ADIT_OK);
                assert_memory_equal(payload.data, ignored, payload.len);
            }
        }
        for (uint32_t i = 0; i < TOLD; i++) {
            fill(bytes, PAYLOAD_MAX, 1, round * TOLD + i);
            assert_memory_equal(told[i].data, bytes, PAYLOAD_MAX);
        }
    }
    adit_deflate_free(answerer);
}

/* `len` zeros, deflated with a plain flush. */
static size_t bomb(size_t len, int flush, uint8_t *out, size_t size)
{
    z_stream z = { 0 };
    uint8_t *zeros = calloc(1, len);

    assert_non_null(zeros);
    assert_int_equal(deflateInit(&z, 9), Z_OK);
    z.next_in = zeros;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)size;
    (void)deflate(&z, flush);
    assert_int_equal(z.avail_in, 0);
    (void)deflateEnd(&z);
    free(zeros);
    return size - z.avail_out;
}

/* F50: 1000 to 1, and the largest that may be. */
static void a_bomb_goes_no_further_than_a_payload(void **state)
{
    static uint8_t small[64 * 1024];
    const size_t most = ADIT_PACKET_LENGTH_MAX;

    (void)state;
    for (size_t len = most - 1; len <= 64 * most; len = len < most ? most : len * 4) {
        const size_t small_len = bomb(len, Z_PARTIAL_FLUSH, small, sizeof small);
        struct adit_span block = exact_copy(small, small_len);
        struct adit_span payload = block;

        assert_int_equal(adit_inflate_payload(inflater, buffers, &payload),
                         len < most ? ADIT_OK : ADIT_ERR_LIMIT);
        exact_free(block);
        (void)tear_down(state);
        (void)set_up(state);
    }
}

/* F50: what is no stream, what is the end of one, and what has only a part of one. */
static void what_is_not_valid_is_refused(void **state)
{
    uint8_t out[256];
    const size_t len = bomb(100, Z_FINISH, out, sizeof out);
    const struct {
        const void *bytes;
        size_t len;
    } rows[] = {
        { "", 0 },
        { "x", 1 },
        { "\x78", 1 },
        { "\x78\x9c", 2 },
        { "\x78\x9c\xff\xff", 4 },
        { "\x78\xbb\x00\x00\x00\x00", 6 }, /* wants a dictionary */
        { "\0\0\0\0", 4 },
        { out, len },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct adit_span block = exact_copy(rows[i].bytes, rows[i].len);
        struct adit_span payload = block;

        assert_int_equal(adit_inflate_payload(inflater, buffers, &payload), ADIT_ERR_MALFORMED);
        exact_free(block);
        (void)tear_down(state);
        (void)set_up(state);
    }
}

/* F50: a context that the peer began anew in mid-stream. */
static void a_new_stream_in_the_middle_is_refused(void **state)
{
    uint8_t bytes[1000];
    struct adit_span block;
    struct adit_span payload;

    (void)state;
    fill(bytes, sizeof bytes, 0, 1);
    block = packed(bytes, sizeof bytes);
    payload = block;
    assert_int_equal(adit_inflate_payload(inflater, buffers, &payload), ADIT_OK);
    exact_free(block);
    adit_deflate_free(deflater);
    assert_int_equal(adit_deflate_new(&deflater), ADIT_OK);
    block = packed(bytes, sizeof bytes);
    payload = block;
    assert_int_equal(adit_inflate_payload(inflater, buffers, &payload), ADIT_ERR_MALFORMED);
    exact_free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(payloads_come_out_as_they_went_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_told_of_at_once_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_messages_between_do_not_touch_the_data, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_bomb_goes_no_further_than_a_payload, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_valid_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_stream_in_the_middle_is_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
