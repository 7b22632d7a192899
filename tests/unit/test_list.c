/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/list.h"

#include "exact.h"

struct item {
    int number;
    struct adit_list node;
};

static int number_of(struct adit_list *node)
{
    return node ? ADIT_LIST_ENTRY(node, struct item, node)->number : -1;
}

static void nodes_come_out_in_the_order_of_appending(void **state)
{
    struct adit_list head;
    struct item items[4] = { 0 };

    (void)state;
    adit_list_init(&head);
    assert_true(adit_list_is_empty(&head));
    for (int i = 0; i < 4; i++) {
        items[i].number = i;
        adit_list_init(&items[i].node);
        adit_list_append(&head, &items[i].node);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(number_of(adit_list_take_first(&head)), i);
    assert_true(adit_list_is_empty(&head));
    assert_null(adit_list_take_first(&head));
}

static void a_node_can_be_taken_out_of_the_middle_and_twice(void **state)
{
    struct adit_list head;
    struct item items[3] = { 0 };

    (void)state;
    adit_list_init(&head);
    for (int i = 0; i < 3; i++) {
        items[i].number = i;
        adit_list_append(&head, &items[i].node);
    }
    adit_list_remove(&items[1].node);
    adit_list_remove(&items[1].node);
    assert_true(adit_list_is_empty(&items[1].node));
    assert_int_equal(number_of(head.next), 0);
    assert_int_equal(number_of(head.prev), 2);
    assert_ptr_equal(head.next->next, head.prev);

    adit_list_append(&head, &items[1].node);
    assert_int_equal(number_of(head.prev), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_come_out_in_the_order_of_appending),
        cmocka_unit_test(a_node_can_be_taken_out_of_the_middle_and_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
