/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "net/loop.h"
#include "net/signals.h"
#include "net/turn.h"
#include "net/watch.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct adit_loop *loop_new(void)
{
    struct adit_loop *loop;

    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    return loop;
}

static void run_ends_when_nothing_can_happen(void **state)
{
    struct adit_loop *loop = loop_new();

    (void)state;
    adit_loop_run(loop);
    adit_loop_run(loop);
    adit_loop_free(loop);
}

/* ---- tasks ---- */

struct job {
    struct adit_task task;
    struct adit_loop *loop;
    struct adit_task *cancels;
    unsigned again; /* how often it asks for itself */
    unsigned runs;
};

static void run_job(struct adit_task *task)
{
    struct job *job = ADIT_LIST_ENTRY(task, struct job, task);

    job->runs++;
    if (job->cancels)
        adit_task_cancel(job->cancels);
    if (job->again) {
        job->again--;
        adit_task_schedule(job->loop, task);
    }
}

static void a_task_runs_once_for_many_wishes(void **state)
{
    struct adit_loop *loop = loop_new();
    struct job job = { .loop = loop, .again = 2 };

    (void)state;
    adit_task_init(&job.task, run_job);
    for (unsigned i = 0; i < 5; i++)
        adit_task_schedule(loop, &job.task);
    adit_loop_run(loop); /* ends: a task is over when it has run */
    assert_int_equal(job.runs, 3);
    adit_loop_free(loop);
}

static void a_cancelled_task_does_not_run(void **state)
{
    struct adit_loop *loop = loop_new();
    struct job second = { .loop = loop };
    struct job first = { .loop = loop, .cancels = &second.task };

    (void)state;
    adit_task_init(&first.task, run_job);
    adit_task_init(&second.task, run_job);
    adit_task_schedule(loop, &first.task);
    adit_task_schedule(loop, &second.task);
    adit_loop_run(loop);
    assert_int_equal(first.runs, 1);
    assert_int_equal(second.runs, 0);
    adit_loop_free(loop);
}

/* ---- timers ---- */

struct alarm {
    struct adit_loop *loop;
    struct adit_timer *timer;
    uint64_t due_ms;
    unsigned calls;
    bool early;
    bool stops; /* the loop, when it rings */
};

static void on_alarm(void *arg)
{
    struct alarm *alarm = arg;

    alarm->calls++;
    alarm->early = adit_loop_now_ms(alarm->loop) < alarm->due_ms;
    if (alarm->stops)
        adit_loop_stop(alarm->loop);
}

static void set_alarm(struct alarm *alarm, uint64_t from_now_ms)
{
    alarm->due_ms = adit_loop_now_ms(alarm->loop) + from_now_ms;
    adit_timer_set(alarm->timer, alarm->due_ms);
}

static void a_timer_that_was_put_off_is_not_early(void **state)
{
    static const uint64_t plans[][3] = {
        { 5, 40, 90 }, { 90, 40, 5 }, { 20, 90, 40 }, { 7, 7, 7 }
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(plans); i++) {
        struct alarm alarm = { .loop = loop_new() };

        assert_int_equal(adit_timer_new(alarm.loop, on_alarm, &alarm, &alarm.timer), ADIT_OK);
        for (size_t k = 0; k < ADIT_ARRAY_LEN(plans[i]); k++)
            set_alarm(&alarm, plans[i][k]);
        adit_loop_run(alarm.loop);
        assert_int_equal(alarm.calls, 1);
        assert_false(alarm.early);
        adit_timer_free(alarm.timer);
        adit_loop_free(alarm.loop);
    }
}

static void a_timer_without_a_time_keeps_nobody_waiting(void **state)
{
    struct alarm alarm = { .loop = loop_new() };

    (void)state;
    assert_int_equal(adit_timer_new(alarm.loop, on_alarm, &alarm, &alarm.timer), ADIT_OK);
    set_alarm(&alarm, 3600000);
    adit_timer_set(alarm.timer, UINT64_MAX);
    adit_loop_run(alarm.loop);
    assert_int_equal(alarm.calls, 0);
    set_alarm(&alarm, 0);
    adit_loop_run(alarm.loop);
    assert_int_equal(alarm.calls, 1);
    adit_timer_free(alarm.timer);
    adit_timer_free(NULL);
    adit_loop_free(alarm.loop);
}

/* ---- posts ---- */

enum { POSTS = 2000, POSTERS = 3 };

struct poster {
    struct adit_loop *loop;
    unsigned *calls;
};

static void count_call(void *arg)
{
    const struct poster *poster = arg;

    if (++*poster->calls == POSTS * POSTERS)
        adit_loop_stop(poster->loop);
}

static void *post_all(void *arg)
{
    struct poster *poster = arg;

    for (unsigned i = 0; i < POSTS; i++)
        if (adit_loop_post(poster->loop, count_call, poster))
            abort();
    return NULL;
}

static void posts_of_all_threads_are_called(void **state)
{
    unsigned calls = 0;
    struct poster poster = { loop_new(), &calls };
    pthread_t threads[POSTERS];

    (void)state;
    adit_loop_hold(poster.loop, true);
    for (unsigned i = 0; i < POSTERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_all, &poster), 0);
    adit_loop_run(poster.loop);
    for (unsigned i = 0; i < POSTERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(calls, POSTS * POSTERS);
    adit_loop_free(poster.loop);
}

static void a_post_before_run_is_called(void **state)
{
    unsigned calls = 0;
    struct poster poster = { loop_new(), &calls };

    (void)state;
    assert_int_equal(adit_loop_post(poster.loop, count_call, &poster), ADIT_OK);
    adit_loop_run(poster.loop);
    assert_int_equal(calls, 1);
    adit_loop_free(poster.loop);
}

/* ---- watches ---- */

struct watcher {
    struct adit_watch watch;
    struct adit_loop *loop;
    unsigned reads;
    unsigned want_after; /* what it wants when it was told once */
    bool closed;
};

static void on_watcher_ready(struct adit_watch *watch, unsigned events)
{
    struct watcher *watcher = ADIT_LIST_ENTRY(watch, struct watcher, watch);

    assert_int_equal(events, ADIT_WATCH_READ);
    watcher->reads++;
    adit_watch_want(watch, watcher->want_after);
    if (watcher->want_after)
        adit_loop_stop(watcher->loop);
}

static void on_watcher_closed(struct adit_watch *watch)
{
    ADIT_LIST_ENTRY(watch, struct watcher, watch)->closed = true;
}

static void what_is_not_wanted_is_not_told(void **state)
{
    struct watcher watcher = { .loop = loop_new() };
    struct alarm alarm = { .loop = watcher.loop };
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(
        adit_watch_open(&watcher.watch, watcher.loop, fds[0], ADIT_WATCH_READ, on_watcher_ready),
        ADIT_OK);
    assert_int_equal(adit_timer_new(alarm.loop, on_alarm, &alarm, &alarm.timer), ADIT_OK);

    alarm.stops = true;
    set_alarm(&alarm, 20);
    adit_loop_run(watcher.loop);
    assert_int_equal(watcher.reads, 1); /* the byte is still there */

    watcher.want_after = ADIT_WATCH_READ;
    adit_watch_want(&watcher.watch, ADIT_WATCH_READ);
    adit_loop_run(watcher.loop);
    assert_int_equal(watcher.reads, 2);

    adit_watch_close(&watcher.watch, on_watcher_closed);
    (void)close(fds[0]);
    (void)close(fds[1]);
    adit_timer_free(alarm.timer);
    adit_loop_free(watcher.loop);
    assert_true(watcher.closed);
}

static void on_signal(void *arg, int number)
{
    assert_int_equal(number, SIGUSR1);
    adit_loop_stop(arg);
}

static void a_signal_comes_though_only_a_descriptor_keeps_the_loop(void **state)
{
    struct watcher watcher = { .loop = loop_new() };
    struct adit_signal *signal_watch;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(
        adit_watch_open(&watcher.watch, watcher.loop, fds[0], ADIT_WATCH_READ, on_watcher_ready),
        ADIT_OK);
    assert_int_equal(adit_signal_new(watcher.loop, SIGUSR1, on_signal, watcher.loop, &signal_watch),
                     ADIT_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(raise(SIGUSR1), 0);
        adit_loop_run(watcher.loop);
    }
    assert_int_equal(watcher.reads, 0);
    adit_signal_free(signal_watch);
    adit_watch_close(&watcher.watch, on_watcher_closed);
    (void)close(fds[0]);
    (void)close(fds[1]);
    adit_loop_free(watcher.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_ends_when_nothing_can_happen),
        cmocka_unit_test(a_task_runs_once_for_many_wishes),
        cmocka_unit_test(a_cancelled_task_does_not_run),
        cmocka_unit_test(a_timer_that_was_put_off_is_not_early),
        cmocka_unit_test(a_timer_without_a_time_keeps_nobody_waiting),
        cmocka_unit_test(posts_of_all_threads_are_called),
        cmocka_unit_test(a_post_before_run_is_called),
        cmocka_unit_test(what_is_not_wanted_is_not_told),
        cmocka_unit_test(a_signal_comes_though_only_a_descriptor_keeps_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
