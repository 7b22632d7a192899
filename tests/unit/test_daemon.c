/* SPDX-License-Identifier: BSD-2-Clause */
#include "daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_null_device(int fd)
{
    struct stat null;
    struct stat is;

    return stat("/dev/null", &null) == 0 && fstat(fd, &is) == 0 && is.st_rdev == null.st_rdev;
}

/* In a process of its own, which lets go of more than the test can spare. Its exit status is 0. */
_Noreturn static void be_daemon(int ready)
{
    char folder[PATH_MAX] = "";
    bool good;

    adit_daemon_raise_limits();
    adit_daemon_ready(ready);
    good = fcntl(ready, F_GETFD) < 0 && errno == EBADF;
    good = good && getcwd(folder, sizeof folder) != NULL && strcmp(folder, "/") == 0;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        good = good && is_null_device(fd);
    _exit(good ? 0 : 1);
}

static void assert_lets_go(int ready)
{
    const pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0)
        be_daemon(ready);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_starter_is_told_once_and_let_go(void **state)
{
    int ends[2];
    char bytes[4];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_lets_go(ends[1]);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read(ends[0], bytes, sizeof bytes), 1);
    assert_int_equal(read(ends[0], bytes, sizeof bytes), 0);
    assert_int_equal(close(ends[0]), 0);
}

static void a_starter_that_is_gone_is_let_go_too(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_lets_go(ends[1]);
    assert_int_equal(close(ends[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_starter_is_told_once_and_let_go),
        cmocka_unit_test(a_starter_that_is_gone_is_let_go_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
