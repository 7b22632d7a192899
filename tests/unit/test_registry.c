/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry.h"

#include "exact.h"

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
        struct adit_registry registry;
        struct adit_holding held = { .address = cases[i].held, .port = 8080 };

        adit_registry_init(&registry);
        adit_list_init(&held.node);
        adit_registry_add(&registry, &held);
        if ((adit_registry_conflict(&registry, cases[i].wanted, 8080, NULL) != NULL) !=
            cases[i].conflict)
            fail_msg("case %zu", i);
        /* Another port, in the same bucket and not. */
        assert_null(adit_registry_conflict(&registry, cases[i].wanted, 8081, NULL));
        assert_null(
            adit_registry_conflict(&registry, cases[i].wanted, 8080 + ADIT_REGISTRY_BUCKETS, NULL));
        adit_registry_remove(&held);
        assert_null(adit_registry_conflict(&registry, cases[i].wanted, 8080, NULL));
    }
}

static void every_conflict_is_found_in_turn(void **state)
{
    struct adit_registry registry;
    struct adit_holding held[3] = {
        { .address = "127.0.0.1", .port = 8080 },
        { .address = "192.0.2.1", .port = 8080 },
        { .address = "::1", .port = 8080 },
    };
    const struct adit_holding *at = NULL;

    (void)state;
    adit_registry_init(&registry);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(held); i++) {
        adit_list_init(&held[i].node);
        adit_registry_add(&registry, &held[i]);
    }
    at = adit_registry_conflict(&registry, NULL, 8080, NULL);
    assert_ptr_equal(at, &held[0]);
    at = adit_registry_conflict(&registry, NULL, 8080, at);
    assert_ptr_equal(at, &held[2]);
    assert_null(adit_registry_conflict(&registry, NULL, 8080, at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holdings_conflict_when_a_connection_could_be_meant_for_either),
        cmocka_unit_test(every_conflict_is_found_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
