/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread has of the scheduler, before and after it asked for short slices. */
#include "net/slice.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

enum { SHORTEST_NS = 100 * 1000, NICEST = 19 };

/* The first version of sched_setattr(2)'s argument. */
struct scheduling {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns;
    uint64_t deadline_ns;
    uint64_t period_ns;
};

static struct scheduling scheduling(void)
{
    struct scheduling now = { .size = sizeof now };

    assert_int_equal(syscall(SYS_sched_getattr, 0, &now, sizeof now, 0), 0);
    return now;
}

static void set_policy(int policy)
{
    const struct sched_param none = { 0 };

    assert_int_equal(sched_setscheduler(0, policy, &none), 0);
}

static void only_the_slice_becomes_short(void **state)
{
    struct scheduling before;
    struct scheduling after;

    (void)state;
    assert_int_equal(setpriority(PRIO_PROCESS, 0, NICEST), 0);
    before = scheduling();
    adit_slice_shorten();
    after = scheduling();
    /* A kernel before 6.12 has no slices of a thread, and tells none. */
    assert_int_equal(after.runtime_ns, before.runtime_ns ? SHORTEST_NS : 0);
    after.runtime_ns = before.runtime_ns;
    assert_memory_equal(&after, &before, sizeof after);
}

/* Somebody chose it for the whole process. */
static void another_policy_is_left_alone(void **state)
{
    struct scheduling before;
    struct scheduling after;

    (void)state;
    set_policy(SCHED_BATCH);
    before = scheduling();
    adit_slice_shorten();
    after = scheduling();
    assert_memory_equal(&after, &before, sizeof after);
    set_policy(SCHED_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_policy_is_left_alone),
        cmocka_unit_test(only_the_slice_becomes_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
