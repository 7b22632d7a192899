/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/work.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { JOBS = 6 };

struct world {
    struct adit_loop *loop;
    struct adit_work_line line;
    int gate[2]; /* a byte lets one job of the line end */
    atomic_uint running;
    unsigned ended;
    unsigned order[JOBS];
};

struct job {
    struct world *world;
    unsigned number;
    bool alone; /* no other of its line runs */
    bool ended;
    struct adit_work *work;
};

static void run_in_line(void *arg)
{
    struct job *job = arg;
    char byte;

    job->alone = atomic_fetch_add(&job->world->running, 1) == 0;
    if (read(job->world->gate[0], &byte, 1) != 1)
        job->alone = false;
    (void)atomic_fetch_sub(&job->world->running, 1);
}

static void ended(void *arg)
{
    struct job *job = arg;

    job->ended = true;
    job->world->order[job->world->ended++] = job->number;
}

static void run_aside(void *arg)
{
    (void)arg;
}

/* Only now may those in the line go on: they have kept nobody waiting. */
static void aside_ended(void *arg)
{
    struct job *job = arg;

    job->ended = true;
    assert_int_equal(write(job->world->gate[1], "123456", JOBS), JOBS);
}

static void world_init(struct world *w)
{
    *w = (struct world){ .ended = 0 };
    assert_int_equal(adit_loop_new(&w->loop), ADIT_OK);
    adit_work_line_init(&w->line, 1);
    assert_int_equal(pipe(w->gate), 0);
}

static void world_clear(struct world *w)
{
    adit_loop_free(w->loop);
    (void)close(w->gate[0]);
    (void)close(w->gate[1]);
}

static void start(struct job *job, struct world *w, unsigned number)
{
    *job = (struct job){ .world = w, .number = number };
    assert_int_equal(adit_work_start(w->loop, &w->line, run_in_line, ended, job, &job->work),
                     ADIT_OK);
}

static void a_line_keeps_no_other_work_waiting(void **state)
{
    struct job jobs[JOBS];
    struct job aside;
    struct world w;

    (void)state;
    world_init(&w);
    for (unsigned i = 0; i < JOBS; i++)
        start(&jobs[i], &w, i);
    aside = (struct job){ .world = &w };
    assert_int_equal(adit_work_start(w.loop, NULL, run_aside, aside_ended, &aside, &aside.work),
                     ADIT_OK);
    adit_loop_run(w.loop);
    assert_true(aside.ended);
    assert_int_equal(w.ended, JOBS);
    for (unsigned i = 0; i < JOBS; i++) {
        assert_true(jobs[i].alone);
        assert_int_equal(w.order[i], i);
    }
    assert_int_equal(w.line.running, 0);
    world_clear(&w);
}

static void what_waits_can_be_cancelled(void **state)
{
    struct job jobs[3];
    struct world w;

    (void)state;
    world_init(&w);
    for (unsigned i = 0; i < 3; i++)
        start(&jobs[i], &w, i);
    assert_false(adit_work_cancel(jobs[0].work));
    assert_true(adit_work_cancel(jobs[1].work));
    assert_int_equal(write(w.gate[1], "12", 2), 2);
    adit_loop_run(w.loop);
    assert_int_equal(w.ended, 2);
    assert_false(jobs[1].ended);
    assert_true(jobs[2].ended);
    world_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_keeps_no_other_work_waiting),
        cmocka_unit_test(what_waits_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
