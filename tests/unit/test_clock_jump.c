/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clocks are the system's with something added, and the timer that is
 * cancelled when the wall clock is set is a counter of ours: these functions
 * stand before the system's, for libuv too, which must see them.
 */
#include "net/clock_jump.h"
#include "net/turn.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_int_least64_t added_running_s; /* to clocks that do not run while suspended */
static atomic_int_least64_t added_suspended_s;
static int clock_set = -1; /* written to, the wall clock was set */
static bool has_cancelled_timers = true;
static int timer_flags;

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system's are reserved */

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *now)
{
    const long failed = syscall(SYS_clock_gettime, id, now);

    if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_BOOTTIME)
        now->tv_sec += atomic_load(&added_running_s);
    if (id == CLOCK_BOOTTIME)
        now->tv_sec += atomic_load(&added_suspended_s);
    return (int)failed;
}

int timerfd_create(clockid_t id, int flags)
{
    assert_int_equal(id, CLOCK_REALTIME);
    assert_int_equal(flags, TFD_NONBLOCK | TFD_CLOEXEC);
    clock_set = has_cancelled_timers ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
    return clock_set;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
    (void)fd;
    (void)old;
    assert_true(value->it_value.tv_sec > 4000000000); /* not in this century */
    timer_flags = flags;
    return 0;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

struct sleeper {
    struct adit_loop *loop;
    struct adit_clock_watch *watch;
    struct adit_timer *end;
    uint64_t gone_ms;
    unsigned told;
};

static void jumped(void *arg, uint64_t gone_ms)
{
    struct sleeper *sleeper = arg;

    sleeper->gone_ms = gone_ms;
    sleeper->told++;
}

static void stop(void *arg)
{
    adit_loop_stop(arg);
}

static void begin(struct sleeper *sleeper)
{
    *sleeper = (struct sleeper){ .told = 0 };
    assert_int_equal(adit_loop_new(&sleeper->loop), ADIT_OK);
    assert_int_equal(adit_clock_watch_new(sleeper->loop, jumped, sleeper, &sleeper->watch),
                     ADIT_OK);
    assert_int_equal(adit_timer_new(sleeper->loop, stop, sleeper->loop, &sleeper->end), ADIT_OK);
}

static void run_for(struct sleeper *sleeper, uint64_t ms)
{
    adit_timer_set(sleeper->end, adit_loop_now_ms(sleeper->loop) + ms);
    adit_loop_run(sleeper->loop);
}

static void end(struct sleeper *sleeper)
{
    adit_timer_free(sleeper->end);
    adit_clock_watch_free(sleeper->watch);
    adit_loop_free(sleeper->loop);
}

static void set_clock(void)
{
    const uint64_t once = 1;

    assert_int_equal(write(clock_set, &once, sizeof once), sizeof once);
}

static void what_is_more_than_a_busy_machine_is_a_sleep(void **state)
{
    static const struct {
        uint64_t passed_ms;
        int meant_ms;
        bool interrupted;
        uint64_t excess_ms;
    } cases[] = {
        { 5000, 1000, false, 0 }, { 5001, 1000, false, 4001 },    { 3600000, 1000, false, 3599000 },
        { 4000, 0, false, 0 },    { 4001, 0, false, 4001 },       { 3600000, -1, false, 0 },
        { 4000, -1, true, 0 },    { 3600000, -1, true, 3600000 }, { 4001, 9000, true, 4001 },
        { 0, 0, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            adit_sleep_excess_ms(cases[i].passed_ms, cases[i].meant_ms, cases[i].interrupted),
            cases[i].excess_ms);
}

static void nobody_is_told_of_nothing(void **state)
{
    struct sleeper sleeper;

    (void)state;
    begin(&sleeper);
    assert_int_equal(timer_flags, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET);
    run_for(&sleeper, 20);
    end(&sleeper);
    adit_clock_watch_free(NULL);
    assert_int_equal(sleeper.told, 0);
}

static void a_suspension_is_told_each_time_and_a_set_clock_is_not(void **state)
{
    struct sleeper sleeper;

    (void)state;
    begin(&sleeper);
    set_clock();
    run_for(&sleeper, 20);
    assert_int_equal(sleeper.told, 0);
    for (unsigned i = 1; i <= 2; i++) {
        atomic_fetch_add(&added_suspended_s, 3600);
        set_clock();
        run_for(&sleeper, 20);
        assert_int_equal(sleeper.told, i);
        assert_in_range(sleeper.gone_ms, 3600000 - 1, 3600000 + 1);
    }
    end(&sleeper);
}

static void without_such_a_timer_the_clocks_are_looked_at(void **state)
{
    struct sleeper sleeper;

    (void)state;
    has_cancelled_timers = false;
    begin(&sleeper);
    has_cancelled_timers = true;
    atomic_fetch_add(&added_suspended_s, 3600);
    run_for(&sleeper, 1500);
    assert_int_equal(sleeper.told, 1);
    end(&sleeper);
}

/* ---- a process that was stopped ---- */

static void hour_passes(int number)
{
    (void)number;
    atomic_fetch_add(&added_running_s, 3600);
}

/* A signal's handler stands for the stop: both interrupt the sleep. */
static void interrupt_after_200_ms(int flags)
{
    const struct sigaction action = { .sa_handler = hour_passes, .sa_flags = flags };
    const struct itimerval soon = { .it_value = { .tv_usec = 200000 } };

    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

static void a_sleep_that_was_interrupted_after_long_is_told(void **state)
{
    struct sleeper sleeper;

    (void)state;
    begin(&sleeper);
    interrupt_after_200_ms(0);
    run_for(&sleeper, 3600000 + 30);
    assert_int_equal(sleeper.told, 1);
    assert_in_range(sleeper.gone_ms, 3600000, 3600000 + 1000);
    end(&sleeper);
}

static void *an_hour_passes_meanwhile(void *arg)
{
    const struct timespec pause = { .tv_nsec = 100000000 };

    (void)nanosleep(&pause, NULL);
    hour_passes(0);
    return arg;
}

static void a_timer_that_comes_late_is_told(void **state)
{
    struct sleeper sleeper;
    pthread_t thread;

    (void)state;
    begin(&sleeper);
    assert_int_equal(pthread_create(&thread, NULL, an_hour_passes_meanwhile, NULL), 0);
    run_for(&sleeper, 2000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(sleeper.told, 1);
    assert_in_range(sleeper.gone_ms, 3599000, 3600000 + 1000);
    end(&sleeper);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_more_than_a_busy_machine_is_a_sleep),
        cmocka_unit_test(nobody_is_told_of_nothing),
        cmocka_unit_test(a_suspension_is_told_each_time_and_a_set_clock_is_not),
        cmocka_unit_test(without_such_a_timer_the_clocks_are_looked_at),
        cmocka_unit_test(a_sleep_that_was_interrupted_after_long_is_told),
        cmocka_unit_test(a_timer_that_comes_late_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
