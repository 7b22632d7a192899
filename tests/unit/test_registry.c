/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry.h"

#include "exact.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static const struct adit_holder first = { .session = 1, .user = "a", .fingerprint = "SHA256:1" };
static const struct adit_holder old_self = { .session = 2, .user = "b", .fingerprint = "SHA256:1" };
static const struct adit_holder new_self = { .session = 4, .user = "b", .fingerprint = "SHA256:1" };
static const struct adit_holder asking = { .session = 3, .user = "b", .fingerprint = "SHA256:1" };

static struct adit_holding holding_of(const struct adit_holder *holder, const char *address,
                                      uint16_t port)
{
    return (struct adit_holding){ .address = address, .port = port, .holder = holder };
}

/* What somebody who wants the place is told; it is given back at once. */
static enum adit_claim claim(struct adit_registry *registry, const struct adit_holder *holder,
                             const char *address, uint16_t port, struct adit_holder *other)
{
    struct adit_holding wanted = holding_of(holder, address, port);
    enum adit_claim answer;

    adit_list_init(&wanted.node);
    answer = adit_registry_claim(registry, &wanted, other);
    if (answer != ADIT_CLAIM_GRANTED)
        assert_true(adit_list_is_empty(&wanted.node));
    adit_registry_remove(registry, &wanted);
    return answer;
}

static void holdings_conflict_when_a_connection_could_be_meant_for_either(void **state)
{
    static const struct {
        const char *held;
        const char *wanted;
        bool conflict;
    } cases[] = {
        { NULL, NULL, true },
        { NULL, "127.0.0.1", true },
        { "::1", NULL, true },
        { NULL, "", true },
        { "", "192.0.2.1", true },
        { "0.0.0.0", "::1", true },
        { "::", "192.0.2.1", true },
        { NULL, "192.0.2.1", false },
        { "127.0.0.1", "::1", false },
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "Gateway", "gateway", true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        const enum adit_claim wanted = cases[i].conflict ? ADIT_CLAIM_STRANGER : ADIT_CLAIM_GRANTED;
        struct adit_holding held = holding_of(&first, cases[i].held, 8080);
        struct adit_registry registry;
        struct adit_holder other = { .session = 0 };

        adit_registry_init(&registry);
        adit_list_init(&held.node);
        adit_registry_add(&registry, &held);
        if (claim(&registry, &asking, cases[i].wanted, 8080, &other) != wanted)
            fail_msg("case %zu", i);
        assert_int_equal(other.session, cases[i].conflict ? first.session : 0);
        /* Another port, in the same bucket and not. */
        assert_int_equal(claim(&registry, &asking, cases[i].wanted, 8081, &other),
                         ADIT_CLAIM_GRANTED);
        assert_int_equal(
            claim(&registry, &asking, cases[i].wanted, 8080 + ADIT_REGISTRY_BUCKETS, &other),
            ADIT_CLAIM_GRANTED);
        adit_registry_remove(&registry, &held);
        adit_registry_remove(&registry, &held); /* harmless */
        assert_int_equal(claim(&registry, &asking, cases[i].wanted, 8080, &other),
                         ADIT_CLAIM_GRANTED);
        adit_registry_clear(&registry);
    }
}

static void only_an_older_session_of_the_same_user_and_key_is_an_old_self(void **state)
{
    static const struct {
        uint64_t session;
        const char *user;
        const char *fingerprint;
        enum adit_claim claim;
    } cases[] = {
        { 2, "b", "SHA256:1", ADIT_CLAIM_OLD_SELF }, { 4, "b", "SHA256:1", ADIT_CLAIM_NEW_SELF },
        { 2, "c", "SHA256:1", ADIT_CLAIM_STRANGER }, { 2, "b", "SHA256:2", ADIT_CLAIM_STRANGER },
        { 2, "b", "", ADIT_CLAIM_STRANGER },         { 4, "c", "SHA256:1", ADIT_CLAIM_STRANGER },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_holder other = { .session = 0 };
        struct adit_holder holder = { .session = cases[i].session };
        struct adit_holding held = holding_of(&holder, "/run/s", 0);
        struct adit_registry registry;

        (void)snprintf(holder.user, sizeof holder.user, "%s", cases[i].user);
        (void)snprintf(holder.fingerprint, sizeof holder.fingerprint, "%s", cases[i].fingerprint);
        adit_registry_init(&registry);
        adit_list_init(&held.node);
        assert_int_equal(adit_registry_claim(&registry, &held, &other), ADIT_CLAIM_GRANTED);
        assert_int_equal(claim(&registry, &asking, "/run/s", 0, &other), cases[i].claim);
        assert_int_equal(other.session, cases[i].session);
        assert_int_equal(claim(&registry, &holder, "/run/s", 0, &other), ADIT_CLAIM_OWN);
        adit_registry_remove(&registry, &held);
        adit_registry_clear(&registry);
    }
}

/* What cannot be had must not cost an old session its life. */
static void an_old_self_gives_way_where_nothing_else_is_in_the_way(void **state)
{
    /* What stands in the way of a port on all of loopback, and, in turn, most in the way. */
    static const struct adit_holder *const orders[][4] = {
        { &old_self, &first, &new_self, &asking },
        { &asking, &new_self, &old_self, &first },
        { &first, &asking, &new_self, &old_self },
    };
    static const struct {
        const struct adit_holder *most;
        enum adit_claim claim;
    } turns[] = {
        { &first, ADIT_CLAIM_STRANGER },
        { &new_self, ADIT_CLAIM_NEW_SELF },
        { &asking, ADIT_CLAIM_OWN },
        { &old_self, ADIT_CLAIM_OLD_SELF },
    };
    static const char *const addresses[] = { "127.0.0.1", "::1", "localhost", NULL };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(orders); i++) {
        struct adit_registry registry;
        struct adit_holding held[4];
        struct adit_holder other;

        adit_registry_init(&registry);
        for (size_t h = 0; h < ADIT_ARRAY_LEN(held); h++) {
            held[h] = holding_of(orders[i][h], addresses[h], 8080);
            adit_list_init(&held[h].node);
            adit_registry_add(&registry, &held[h]);
        }
        for (size_t t = 0; t < ADIT_ARRAY_LEN(turns); t++) {
            assert_int_equal(claim(&registry, &asking, NULL, 8080, &other), turns[t].claim);
            assert_int_equal(other.session, turns[t].most->session);
            for (size_t h = 0; h < ADIT_ARRAY_LEN(held); h++)
                if (held[h].holder == turns[t].most)
                    adit_registry_remove(&registry, &held[h]);
        }
        assert_int_equal(claim(&registry, &asking, NULL, 8080, &other), ADIT_CLAIM_GRANTED);
        adit_registry_clear(&registry);
    }
}

/* ---- threads ---- */

enum { ROUNDS = 20000, THREADS = 4 };

struct contender {
    struct adit_registry *registry;
    pthread_barrier_t *start;
    atomic_uint *inside;
    struct adit_holder who;
    unsigned granted;
    bool disturbed;
};

/* Holds the one port again and again, and looks whether somebody else holds it too. */
static void *contend(void *arg)
{
    struct contender *c = arg;
    struct adit_holding held = holding_of(&c->who, NULL, 8080);
    struct adit_holder other;

    adit_list_init(&held.node);
    (void)pthread_barrier_wait(c->start);
    while (c->granted < ROUNDS) {
        if (adit_registry_claim(c->registry, &held, &other) != ADIT_CLAIM_GRANTED) {
            (void)sched_yield();
            continue;
        }
        c->granted++;
        if (atomic_fetch_add(c->inside, 1) != 0)
            c->disturbed = true;
        (void)atomic_fetch_sub(c->inside, 1);
        adit_registry_remove(c->registry, &held);
    }
    return NULL;
}

static void a_port_has_one_holder_whoever_asks_at_the_same_time(void **state)
{
    struct contender contenders[THREADS];
    pthread_t threads[THREADS];
    struct adit_registry registry;
    pthread_barrier_t start;
    atomic_uint inside = 0;

    (void)state;
    adit_registry_init(&registry);
    assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++) {
        contenders[i] =
            (struct contender){ .registry = &registry, .start = &start, .inside = &inside };
        contenders[i].who.session = i;
        assert_int_equal(pthread_create(&threads[i], NULL, contend, &contenders[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_false(contenders[i].disturbed);
    }
    assert_int_equal(pthread_barrier_destroy(&start), 0);
    adit_registry_clear(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holdings_conflict_when_a_connection_could_be_meant_for_either),
        cmocka_unit_test(only_an_older_session_of_the_same_user_and_key_is_an_old_self),
        cmocka_unit_test(an_old_self_gives_way_where_nothing_else_is_in_the_way),
        cmocka_unit_test(a_port_has_one_holder_whoever_asks_at_the_same_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
