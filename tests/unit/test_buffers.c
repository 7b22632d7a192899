/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/buffers.h"

#include "exact.h"

enum { MANY = 20 };

static void a_block_is_as_large_as_what_it_is_needed_for(void **state)
{
    static const struct {
        size_t need;
        size_t capacity;
    } cases[] = {
        { 0, ADIT_BLOCK_SMALL },
        { 1, ADIT_BLOCK_SMALL },
        { ADIT_BLOCK_SMALL, ADIT_BLOCK_SMALL },
        { ADIT_BLOCK_SMALL + 1, ADIT_BLOCK_LARGE },
        { ADIT_BLOCK_LARGE, ADIT_BLOCK_LARGE },
        { ADIT_BLOCK_LARGE + 1, ADIT_BLOCK_LARGE + 1 },
        { 1000000, 1000000 },
    };
    struct adit_buffers *buffers;

    (void)state;
    assert_int_equal(adit_buffers_new(&buffers), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_block *block = adit_block_take(buffers, cases[i].need);

        assert_non_null(block);
        assert_int_equal(block->capacity, cases[i].capacity);
        memset(block->bytes, 0xff, block->capacity); /* it is there */
        adit_block_give_back(buffers, block);
    }
    adit_buffers_free(buffers);
}

static void a_block_is_empty_when_it_is_taken(void **state)
{
    static const size_t needs[] = { ADIT_BLOCK_SMALL, ADIT_BLOCK_LARGE, ADIT_BLOCK_LARGE + 1 };
    struct adit_buffers *buffers;

    (void)state;
    assert_int_equal(adit_buffers_new(&buffers), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(needs); i++)
        for (unsigned round = 0; round < 3; round++) {
            struct adit_block *block = adit_block_take(buffers, needs[i]);

            assert_non_null(block);
            assert_null(block->next);
            assert_int_equal(block->head, 0);
            assert_int_equal(block->tail, 0);
            block->next = block; /* as used as can be */
            block->head = 7;
            block->tail = block->capacity;
            adit_block_give_back(buffers, block);
        }
    adit_buffers_free(buffers);
}

/* A bulk transfer allocates nothing; what thousands of sessions have used goes back to the heap. */
static void a_few_large_blocks_are_kept_and_no_others(void **state)
{
    struct adit_block *blocks[MANY];
    struct adit_buffers *buffers;
    struct adit_block *last;
    size_t kept;

    (void)state;
    assert_int_equal(adit_buffers_new(&buffers), ADIT_OK);
    assert_int_equal(buffers->free_large_count, 0);
    for (size_t need = 1; need <= ADIT_BLOCK_LARGE + 1; need *= ADIT_BLOCK_LARGE + 1)
        adit_block_give_back(buffers, adit_block_take(buffers, need));
    assert_int_equal(buffers->free_large_count, 0);

    for (size_t i = 0; i < MANY; i++)
        blocks[i] = adit_block_take(buffers, ADIT_BLOCK_LARGE);
    for (size_t i = 0; i < MANY; i++)
        adit_block_give_back(buffers, blocks[i]);
    kept = buffers->free_large_count;
    assert_in_range(kept, 1, MANY - 1);

    last = buffers->free_large;
    blocks[0] = adit_block_take(buffers, 1); /* a small one takes none of them */
    assert_int_equal(buffers->free_large_count, kept);
    blocks[1] = adit_block_take(buffers, ADIT_BLOCK_LARGE);
    assert_ptr_equal(blocks[1], last);
    assert_int_equal(buffers->free_large_count, kept - 1);
    adit_block_give_back(buffers, blocks[0]);
    adit_block_give_back(buffers, blocks[1]);
    assert_int_equal(buffers->free_large_count, kept);
    adit_buffers_free(buffers);
    adit_buffers_free(NULL);
}

/* What came before of a packet and the next read stand in one area. */
static void the_input_area_holds_a_packet_and_a_read(void **state)
{
    struct adit_buffers *buffers;

    (void)state;
    assert_int_equal(adit_buffers_new(&buffers), ADIT_OK);
    memset(buffers->input, 0xff, ADIT_INPUT_SIZE);
    assert_true(ADIT_INPUT_SIZE >= ADIT_READ_SIZE + 4 + 256 * 1024 + 64);
    adit_buffers_free(buffers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_as_large_as_what_it_is_needed_for),
        cmocka_unit_test(a_block_is_empty_when_it_is_taken),
        cmocka_unit_test(a_few_large_blocks_are_kept_and_no_others),
        cmocka_unit_test(the_input_area_holds_a_packet_and_a_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
