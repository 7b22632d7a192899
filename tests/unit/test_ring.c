/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "net/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { QUANTUM = 256 * 1024 };

struct sender {
    struct adit_ring_entry entry;
    size_t waiting; /* bytes */
    size_t sent;
};

static struct sender *sender_of(struct adit_ring_entry *entry)
{
    return ADIT_LIST_ENTRY(entry, struct sender, entry);
}

static void sender_init(struct sender *sender, struct adit_ring *ring, size_t waiting)
{
    *sender = (struct sender){ .waiting = waiting };
    adit_ring_entry_init(&sender->entry);
    if (waiting)
        adit_ring_add(ring, &sender->entry);
}

/* Lets the next one send at most `piece`; returns who it was, or NULL. */
static struct sender *step(struct adit_ring *ring, size_t piece)
{
    struct adit_ring_entry *entry = adit_ring_next(ring);
    struct sender *sender;
    size_t len;

    if (entry == NULL)
        return NULL;
    sender = sender_of(entry);
    assert_true(entry->credit > 0);
    len = sender->waiting < entry->credit ? sender->waiting : entry->credit;
    if (len > piece)
        len = piece;
    sender->waiting -= len;
    sender->sent += len;
    adit_ring_used(entry, len);
    if (sender->waiting == 0)
        adit_ring_emptied(ring, entry);
    return sender;
}

static void nobody_is_next_in_an_empty_ring(void **state)
{
    struct adit_ring ring;

    (void)state;
    adit_ring_init(&ring);
    assert_true(adit_ring_is_empty(&ring));
    assert_null(adit_ring_next(&ring));
}

static void bulk_senders_share_by_bytes(void **state)
{
    struct adit_ring ring;
    struct sender senders[3];
    static const size_t pieces[] = { 1000, 32768, QUANTUM };

    (void)state;
    adit_ring_init(&ring);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(senders); i++)
        sender_init(&senders[i], &ring, (size_t)1 << 30);
    /* Whoever is next sends in pieces of his own size. */
    for (unsigned n = 0; n < 3000; n++) {
        struct adit_ring_entry *entry = adit_ring_next(&ring);
        assert_non_null(entry);
        assert_non_null(step(&ring, pieces[sender_of(entry) - senders]));
    }
    for (size_t i = 1; i < ADIT_ARRAY_LEN(senders); i++) {
        assert_true(senders[i].sent + QUANTUM >= senders[0].sent);
        assert_true(senders[0].sent + QUANTUM >= senders[i].sent);
    }
}

static void a_short_question_overtakes_bulk(void **state)
{
    struct adit_ring ring;
    struct sender bulk[4];
    struct sender question;

    (void)state;
    adit_ring_init(&ring);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(bulk); i++)
        sender_init(&bulk[i], &ring, (size_t)1 << 30);
    for (unsigned n = 0; n < 9; n++)
        assert_non_null(step(&ring, QUANTUM));
    sender_init(&question, &ring, 100);
    assert_ptr_equal(step(&ring, QUANTUM), &question);
    assert_ptr_not_equal(step(&ring, QUANTUM), &question);
}

static void short_questions_without_end_do_not_starve_bulk(void **state)
{
    struct adit_ring ring;
    struct sender bulk;
    struct sender questions[8];

    (void)state;
    adit_ring_init(&ring);
    sender_init(&bulk, &ring, (size_t)1 << 30);
    assert_ptr_equal(step(&ring, QUANTUM), &bulk); /* no longer fresh */
    for (size_t i = 0; i < ADIT_ARRAY_LEN(questions); i++)
        sender_init(&questions[i], &ring, 100);
    for (unsigned n = 0; n < 1000; n++) {
        (void)step(&ring, QUANTUM);
        for (size_t i = 0; i < ADIT_ARRAY_LEN(questions); i++) {
            questions[i].waiting += 100; /* each asks again at once */
            adit_ring_add(&ring, &questions[i].entry);
        }
    }
    assert_true(bulk.sent >= 50 * (size_t)QUANTUM);
}

static void who_was_held_up_lines_up_behind_the_others(void **state)
{
    struct adit_ring ring;
    struct sender a;
    struct sender b;

    (void)state;
    adit_ring_init(&ring);
    sender_init(&a, &ring, (size_t)1 << 30);
    sender_init(&b, &ring, (size_t)1 << 30);
    assert_ptr_equal(step(&ring, QUANTUM), &a);
    adit_ring_remove(&a.entry);
    assert_ptr_equal(step(&ring, 1000), &b);
    adit_ring_add_again(&ring, &a.entry);
    adit_ring_add_again(&ring, &a.entry);
    assert_ptr_equal(step(&ring, QUANTUM), &b);
    assert_ptr_equal(step(&ring, QUANTUM), &a);
    adit_ring_remove(&a.entry);
    adit_ring_remove(&b.entry);
    assert_true(adit_ring_is_empty(&ring));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_next_in_an_empty_ring),
        cmocka_unit_test(bulk_senders_share_by_bytes),
        cmocka_unit_test(a_short_question_overtakes_bulk),
        cmocka_unit_test(short_questions_without_end_do_not_starve_bulk),
        cmocka_unit_test(who_was_held_up_lines_up_behind_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
