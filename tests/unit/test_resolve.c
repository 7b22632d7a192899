/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/resolve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LOOK_UPS = 600 };

struct answers {
    unsigned found;
    unsigned failed;
};

static void on_resolved(void *arg, const struct adit_sockaddrs *addresses, const char *failure)
{
    struct answers *answers = arg;

    assert_int_equal(failure == NULL, addresses->count > 0);
    if (failure)
        answers->failed++;
    else
        answers->found++;
    for (size_t i = 0; i < addresses->count; i++)
        assert_int_equal(adit_sockaddr_port(&addresses->list[i]), 3306);
}

static struct adit_resolve *start(struct adit_loop *loop, const char *host, uint64_t asker,
                                  struct answers *answers)
{
    const struct adit_resolve_name name = {
        .host = host, .port = 3306, .family = AF_INET, .asker = asker
    };
    struct adit_resolve *resolve;

    assert_int_equal(adit_resolve_start(loop, &name, on_resolved, answers, &resolve), ADIT_OK);
    return resolve;
}

/* More than there are threads, and of each asker more than he may have. */
static void every_look_up_is_answered(void **state)
{
    struct answers answers = { 0 };
    struct adit_loop *loop;

    (void)state;
    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    for (unsigned i = 0; i < LOOK_UPS; i++)
        (void)start(loop, i % 2 ? "localhost" : "::1", i % 4, &answers); /* no IPv4 address */
    assert_int_equal(answers.found + answers.failed, 0);
    adit_loop_run(loop);
    assert_int_equal(answers.found, LOOK_UPS / 2);
    assert_int_equal(answers.failed, LOOK_UPS / 2);
    adit_loop_free(loop);
}

static void a_cancelled_look_up_is_silent(void **state)
{
    struct answers answers = { 0 };
    struct adit_resolve *resolves[LOOK_UPS];
    struct adit_loop *loop;

    (void)state;
    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    for (unsigned i = 0; i < LOOK_UPS; i++)
        resolves[i] = start(loop, "localhost", i % 3, &answers);
    for (unsigned i = 0; i < LOOK_UPS; i += 2)
        adit_resolve_cancel(resolves[i]);
    adit_resolve_cancel(NULL);
    adit_loop_run(loop);
    assert_int_equal(answers.found, LOOK_UPS / 2);
    adit_loop_free(loop);
}

/* Neither side may touch what the other one has freed; the sanitizers look on. */
static void the_loop_may_leave_look_ups_behind(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        struct answers answers = { 0 };
        struct adit_resolve *resolves[40];
        struct adit_loop *loop;

        assert_int_equal(adit_loop_new(&loop), ADIT_OK);
        for (unsigned k = 0; k < 40; k++)
            resolves[k] = start(loop, "no-such-host.invalid", k % 2, &answers);
        for (unsigned k = 0; k < 40; k++)
            adit_resolve_cancel(resolves[k]);
        adit_loop_free(loop);
        assert_int_equal(answers.failed, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_look_up_is_answered),
        cmocka_unit_test(a_cancelled_look_up_is_silent),
        cmocka_unit_test(the_loop_may_leave_look_ups_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
