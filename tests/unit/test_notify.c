/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/notify.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Says it at a socket of that name, where '@' stands for an abstract one; what came, or "". */
static const char *said_at(const char *name, const char *state)
{
    static char heard[128];
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const size_t len = strlen(name);
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ssize_t n;

    assert_true(fd >= 0);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    adit_notify(state);
    n = recv(fd, heard, sizeof heard - 1, MSG_DONTWAIT);
    heard[n > 0 ? n : 0] = '\0';
    assert_int_equal(close(fd), 0);
    return heard;
}

static void a_manager_hears_at_a_path_and_at_an_abstract_name(void **state)
{
    char folder[] = "/tmp/adit-notify-XXXXXX";
    char path[64];
    char name[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/socket", folder);
    assert_string_equal(said_at(path, "READY=1"), "READY=1");
    assert_int_equal(unlink(path) | rmdir(folder), 0);
    (void)snprintf(name, sizeof name, "@adit-notify-%ld", (long)getpid());
    assert_string_equal(said_at(name, "STATUS=2 of 3"), "STATUS=2 of 3");
}

/* There is nothing to be seen but that it returns. */
static void nobody_to_be_told_is_no_trouble(void **state)
{
    static const char *const names[] = { "", "/", "relative", "/nowhere/at/all", "@" };
    char name[300];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(setenv("NOTIFY_SOCKET", names[i], 1), 0);
        adit_notify("READY=1");
    }
    memset(name, 'a', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    adit_notify("READY=1");
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    adit_notify("READY=1");
}

static void the_watchdog_is_fed_twice_as_often_as_it_looks(void **state)
{
    char own[32];
    const struct {
        const char *usec;
        const char *pid; /* NULL: not set */
        uint64_t ms;
    } rows[] = {
        { "30000000", NULL, 15000 }, { "30000000", own, 15000 }, { "30000000", "1", 0 },
        { "1999", NULL, 0 },         { "2000", NULL, 1 },        { "", NULL, 0 },
        { "3e7", NULL, 0 },          { "-1", NULL, 0 },          { " 30000000", NULL, 0 },
    };

    (void)state;
    (void)snprintf(own, sizeof own, "%ld", (long)getpid());
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(setenv("WATCHDOG_USEC", rows[i].usec, 1), 0);
        assert_int_equal(
            rows[i].pid ? setenv("WATCHDOG_PID", rows[i].pid, 1) : unsetenv("WATCHDOG_PID"), 0);
        assert_int_equal(adit_notify_watchdog_ms(), rows[i].ms);
    }
    assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
    assert_int_equal(adit_notify_watchdog_ms(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manager_hears_at_a_path_and_at_an_abstract_name),
        cmocka_unit_test(nobody_to_be_told_is_no_trouble),
        cmocka_unit_test(the_watchdog_is_fed_twice_as_often_as_it_looks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
