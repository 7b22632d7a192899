/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/output.h"

#include "exact.h"

/* An output and what should be in it: `total` bytes were put in, `sent` are gone. */
struct world {
    struct adit_buffers *buffers;
    struct adit_output output;
    size_t total;
    size_t sent;
};

static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 31 + i / 251);
}

static void world_init(struct world *w)
{
    *w = (struct world){ 0 };
    assert_int_equal(adit_buffers_new(&w->buffers), ADIT_OK);
}

static void world_clear(struct world *w)
{
    adit_output_clear(&w->output, w->buffers);
    assert_null(w->output.first);
    assert_null(w->output.last);
    assert_int_equal(w->output.size, 0);
    adit_buffers_free(w->buffers);
}

/* Asks for `room` bytes and fills the first `len`. */
static void put(struct world *w, size_t room, size_t len)
{
    uint8_t *at = adit_output_room(&w->output, w->buffers, room);

    assert_non_null(at);
    assert_true(adit_output_left(&w->output) >= room);
    for (size_t i = 0; i < len; i++)
        at[i] = byte_at(w->total + i);
    if (len)
        adit_output_filled(&w->output, len);
    w->total += len;
}

static void check(const struct world *w)
{
    struct adit_span spans[16];
    const size_t count = adit_output_spans(&w->output, spans, ADIT_ARRAY_LEN(spans));
    size_t at = w->sent;

    assert_int_equal(w->output.size, w->total - w->sent);
    for (size_t i = 0; i < count; i++) {
        assert_true(spans[i].len > 0);
        for (size_t k = 0; k < spans[i].len; k++, at++)
            if (spans[i].data[k] != byte_at(at))
                fail_msg("byte %zu is wrong", at);
    }
    assert_int_equal(at, w->total);
}

static void send_bytes(struct world *w, size_t len)
{
    adit_output_sent(&w->output, w->buffers, len);
    w->sent += len;
}

/* Messages that fit a small block exactly, leave gaps at its end, and need a large one. */
static void put_all(struct world *w)
{
    static const size_t rooms[] = {
        1, 7, 2040, 2048, 1000, 1047, 1, 3000, 2048, 1, 100, 2048, 2047
    };

    for (size_t i = 0; i < ADIT_ARRAY_LEN(rooms); i++)
        put(w, rooms[i], rooms[i]);
}

static void what_is_put_in_comes_out_wherever_it_is_cut(void **state)
{
    struct world w;
    size_t total;

    (void)state;
    world_init(&w);
    put_all(&w);
    total = w.total;
    world_clear(&w);
    for (size_t cut = 0; cut <= total; cut++) {
        world_init(&w);
        put_all(&w);
        send_bytes(&w, cut);
        check(&w);
        put(&w, 500, 500); /* and it goes on */
        check(&w);
        send_bytes(&w, w.total - w.sent);
        check(&w);
        assert_null(w.output.first); /* nothing waits: no block is held */
        world_clear(&w);
    }
}

static void any_steps_send_the_same_bytes(void **state)
{
    static const size_t steps[] = { 1, 2, 7, 100, 2047, 2048, 2049, 5000 };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(steps); i++) {
        struct world w;

        world_init(&w);
        put_all(&w);
        while (w.sent < w.total) {
            const size_t left = w.total - w.sent;

            send_bytes(&w, left < steps[i] ? left : steps[i]);
            check(&w);
        }
        assert_null(w.output.first);
        assert_null(w.output.last);
        world_clear(&w);
    }
}

static void room_is_in_one_piece_and_counts_when_it_is_filled(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(adit_output_left(&w.output), 0);
    put(&w, 300, 0); /* asked for, and not used */
    check(&w);
    put(&w, 300, 200);
    assert_int_equal(adit_output_left(&w.output), ADIT_BLOCK_SMALL - 200);
    put(&w, ADIT_BLOCK_SMALL - 200, 0); /* just what is left needs no other block */
    assert_ptr_equal(w.output.first, w.output.last);
    put(&w, ADIT_BLOCK_SMALL - 199, 0);
    assert_ptr_not_equal(w.output.first, w.output.last);
    check(&w);
    put(&w, ADIT_BLOCK_LARGE + 1, ADIT_BLOCK_LARGE + 1); /* a block between stays empty */
    check(&w);
    put(&w, 10, 10);
    check(&w);
    send_bytes(&w, w.total - 1);
    check(&w);
    world_clear(&w);
}

static void no_more_spans_are_given_than_there_is_place_for(void **state)
{
    struct adit_span spans[8];
    struct world w;

    (void)state;
    world_init(&w);
    for (size_t i = 0; i < 5; i++)
        put(&w, ADIT_BLOCK_SMALL, ADIT_BLOCK_SMALL);
    for (size_t max = 0; max <= ADIT_ARRAY_LEN(spans); max++)
        assert_int_equal(adit_output_spans(&w.output, spans, max), max < 5 ? max : 5);
    world_clear(&w);
}

/* Room that was asked for and never filled goes back too. */
static void clearing_gives_everything_back(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    adit_output_clear(&w.output, w.buffers); /* nothing was ever there */
    put(&w, ADIT_BLOCK_LARGE, 0);
    adit_output_clear(&w.output, w.buffers);
    assert_null(w.output.first);
    assert_int_equal(w.buffers->free_large_count, 1);
    put(&w, ADIT_BLOCK_LARGE, 10);
    put(&w, ADIT_BLOCK_LARGE, 0);
    adit_output_clear(&w.output, w.buffers);
    assert_int_equal(w.buffers->free_large_count, 2);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_in_comes_out_wherever_it_is_cut),
        cmocka_unit_test(any_steps_send_the_same_bytes),
        cmocka_unit_test(room_is_in_one_piece_and_counts_when_it_is_filled),
        cmocka_unit_test(no_more_spans_are_given_than_there_is_place_for),
        cmocka_unit_test(clearing_gives_everything_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
