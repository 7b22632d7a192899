/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"
#include "net/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct world {
    struct adit_loop *loop;
    struct adit_process *process;
    struct adit_timer *timer;
    int fd;
};

static unsigned count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL) /* NOLINT(concurrency-mt-unsafe): a folder of our own */
        count++;
    (void)closedir(folder);
    return count;
}

static void start(struct world *world, const char *command)
{
    char why[ADIT_PROCESS_TEXT_SIZE];

    *world = (struct world){ 0 };
    assert_int_equal(adit_loop_new(&world->loop), ADIT_OK);
    assert_int_equal(adit_process_start(world->loop, command, &world->fd, &world->process, why),
                     ADIT_OK);
}

/* Nothing is left: no child to be waited for. */
static void finish(struct world *world)
{
    (void)close(world->fd);
    adit_loop_free(world->loop);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void stop_loop(void *arg)
{
    struct world *world = arg;

    adit_timer_free(world->timer);
    adit_loop_stop(world->loop);
}

static void run_for(struct world *world, uint64_t time_ms)
{
    assert_int_equal(adit_timer_new(world->loop, stop_loop, world, &world->timer), ADIT_OK);
    adit_timer_set(world->timer, adit_loop_now_ms(world->loop) + time_ms);
    adit_loop_run(world->loop);
}

/* Until the command has ended, which is the end of the stream too. */
static void run_to_end(struct world *world, char text[static ADIT_PROCESS_TEXT_SIZE])
{
    text[0] = '\0';
    for (int i = 0; i < 1000 && text[0] == '\0'; i++) {
        run_for(world, 10);
        adit_process_describe_end(world->process, text);
    }
}

static void the_command_has_the_other_end(void **state)
{
    struct world world;
    char text[32];

    (void)state;
    start(&world, "cat");
    assert_int_equal(write(world.fd, "hello", 5), 5);
    assert_true(fcntl(world.fd, F_GETFL) & O_NONBLOCK);
    assert_int_equal(fcntl(world.fd, F_SETFL, 0), 0);
    assert_int_equal(recv(world.fd, text, 5, MSG_WAITALL), 5);
    assert_memory_equal(text, "hello", 5);
    adit_process_describe_end(world.process, (char[ADIT_PROCESS_TEXT_SIZE]){ 0 });
    (void)close(world.fd);
    world.fd = -1;
    adit_process_end(world.process);
    finish(&world);
}

static void how_it_ended_is_known_when_the_stream_ends(void **state)
{
    static const struct {
        const char *command;
        const char *said;
        const char *end;
    } rows[] = {
        { "true", "", "ended with exit code 0" },
        { "sh -c 'echo bye; exit 7'", "bye\n", "ended with exit code 7" },
        { "sh -c 'kill -9 $$'", "", "was killed by signal 9" },
        { "kill_nothing_of_this_name 2>/dev/null", "", "ended with exit code 127" },
        { "sh -c 'kill -PIPE $$; exit 1'", "", "was killed by signal 13" },
    };

    (void)state;
    (void)signal(SIGPIPE, SIG_IGN); /* ours, and not the command's */
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        char text[ADIT_PROCESS_TEXT_SIZE];
        struct world world;
        char said[16];
        ssize_t len;

        start(&world, rows[i].command);
        run_to_end(&world, text);
        assert_string_equal(text, rows[i].end);
        len = recv(world.fd, said, sizeof said, MSG_DONTWAIT);
        assert_int_equal(len, strlen(rows[i].said));
        assert_memory_equal(said, rows[i].said, (size_t)len);
        if (len)
            assert_int_equal(recv(world.fd, said, sizeof said, MSG_DONTWAIT), 0);
        adit_process_end(world.process);
        finish(&world);
    }
}

static void while_it_runs_the_stream_is_open(void **state)
{
    char text[ADIT_PROCESS_TEXT_SIZE];
    struct world world;

    (void)state;
    start(&world, "sleep 30 >&- <&-");
    run_for(&world, 50);
    assert_int_equal(recv(world.fd, text, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    adit_process_describe_end(world.process, text);
    assert_string_equal(text, "");
    adit_process_end(world.process);
    finish(&world);
}

/* By the loop while it runs, by its end when it does not; with SIGHUP, and without its help. */
static void whoever_stays_is_ended(void **state)
{
    static const struct {
        const char *command;
        uint64_t run_ms;
    } rows[] = {
        { "sleep 30", 0 },
        { "sleep 30", 400 },
        { "sh -c 'trap \"\" HUP; exec sleep 30'", 0 },
        { "sh -c 'trap \"\" HUP; exec sleep 30'", 3000 },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(rows); i++) {
        struct world world;

        start(&world, rows[i].command);
        adit_process_end(world.process);
        if (rows[i].run_ms)
            run_for(&world, rows[i].run_ms);
        finish(&world);
    }
}

static void nobody_else_has_waited_for_it_in_vain(void **state)
{
    char text[ADIT_PROCESS_TEXT_SIZE];
    struct world world;

    (void)state;
    start(&world, "true");
    assert_true(waitpid(-1, NULL, 0) > 0); /* a program may have a handler that does this */
    run_to_end(&world, text);
    assert_string_equal(text, "has ended");
    adit_process_end(world.process);
    finish(&world);
}

static void a_shell_that_is_not_there_is_an_error(void **state)
{
    char why[ADIT_PROCESS_TEXT_SIZE];
    struct adit_process *process;
    struct adit_loop *loop;
    int fd;

    (void)state;
    assert_int_equal(setenv("SHELL", "/nowhere/sh", 1), 0);
    assert_int_equal(adit_loop_new(&loop), ADIT_OK);
    assert_int_equal(adit_process_start(loop, "true", &fd, &process, why), ADIT_ERR_SYSTEM);
    assert_string_equal(why, "the shell cannot be started: No such file or directory");
    assert_int_equal(fd, -1);
    adit_loop_free(loop);
    assert_int_equal(unsetenv("SHELL"), 0);
}

static void no_descriptor_is_left(void **state)
{
    const unsigned before = count_descriptors();

    the_command_has_the_other_end(state);
    a_shell_that_is_not_there_is_an_error(state);
    nobody_else_has_waited_for_it_in_vain(state);
    assert_int_equal(count_descriptors(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_has_the_other_end),
        cmocka_unit_test(how_it_ended_is_known_when_the_stream_ends),
        cmocka_unit_test(while_it_runs_the_stream_is_open),
        cmocka_unit_test(whoever_stays_is_ended),
        cmocka_unit_test(nobody_else_has_waited_for_it_in_vain),
        cmocka_unit_test(a_shell_that_is_not_there_is_an_error),
        cmocka_unit_test(no_descriptor_is_left),
    };

    (void)unsetenv("SHELL");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
