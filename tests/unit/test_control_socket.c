/* SPDX-License-Identifier: BSD-2-Clause */
/* Control sockets in a folder of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/control_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WHY_SIZE = ADIT_CONTROL_WHY_SIZE, SOON_MS = 50, LATE_MS = 20000 };

static char base[] = "/tmp/adit-control-XXXXXX";
static char folder[ADIT_CONTROL_PATH_SIZE];
static char path[ADIT_CONTROL_PATH_SIZE];

static int make_base(void **state)
{
    char why[WHY_SIZE];

    (void)state;
    memcpy(base + sizeof base - 7, "XXXXXX", 6); /* it is used again */
    if (mkdtemp(base) == NULL || setenv("XDG_RUNTIME_DIR", base, 1) != 0)
        return -1;
    if (adit_control_folder(0, true, folder, why) != ADIT_CONTROL_FOLDER_GOOD)
        return -1;
    return snprintf(path, sizeof path, "%.90s/1.sock", folder) > 0 ? 0 : -1;
}

static int remove_base(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)rmdir(folder);
    (void)unlink(folder);
    return rmdir(base);
}

static mode_t mode_of(const char *name)
{
    struct stat st;

    assert_int_equal(lstat(name, &st), 0);
    return st.st_mode & 07777;
}

/* ---- the folder ---- */

static void the_folder_is_for_its_owner_alone(void **state)
{
    char again[ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE] = "";

    (void)state;
    assert_int_equal(mode_of(folder), 0700);
    assert_int_equal(adit_control_folder(0, false, again, why), ADIT_CONTROL_FOLDER_GOOD);
    assert_string_equal(again, folder);
    assert_int_equal(chmod(folder, 0710), 0);
    assert_int_equal(adit_control_folder(0, true, again, why), ADIT_CONTROL_FOLDER_BAD);
    assert_non_null(strstr(why, "nobody else"));
}

static void a_link_or_a_file_is_no_folder(void **state)
{
    char again[ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE];
    int fd;

    (void)state;
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(adit_control_folder(0, false, again, why), ADIT_CONTROL_FOLDER_NONE);
    assert_int_equal(symlink("/tmp", folder), 0);
    assert_int_equal(adit_control_folder(0, true, again, why), ADIT_CONTROL_FOLDER_BAD);
    assert_int_equal(unlink(folder), 0);
    fd = open(folder, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(adit_control_folder(0, true, again, why), ADIT_CONTROL_FOLDER_BAD);
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    char long_base[200];
    char again[ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE];

    (void)state;
    memset(long_base, 'a', sizeof long_base);
    memcpy(long_base, base, sizeof base - 1);
    long_base[sizeof base - 1] = '/';
    long_base[sizeof long_base - 1] = '\0';
    assert_int_equal(mkdir(long_base, 0700), 0);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", long_base, 1), 0);
    for (size_t i = 0; i < ADIT_CONTROL_FOLDERS; i++)
        assert_int_equal(adit_control_folder(i, true, again, why), ADIT_CONTROL_FOLDER_NONE);
    assert_int_equal(rmdir(long_base), 0);
    assert_int_equal(adit_control_listen(long_base, why, sizeof why), -1);
    assert_int_equal(adit_control_connect(long_base), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

static void a_world_of_ones_own_has_no_other_folders(void **state)
{
    static const char *const nowhere[] = { "", "tmp", "/proc/none" };
    char other[ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE];

    (void)state;
    for (size_t i = 1; i < ADIT_CONTROL_FOLDERS; i++)
        assert_int_equal(adit_control_folder(i, true, other, why), ADIT_CONTROL_FOLDER_NONE);
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        assert_int_equal(setenv("XDG_RUNTIME_DIR", nowhere[i], 1), 0);
        other[0] = '\0';
        (void)adit_control_folder(ADIT_CONTROL_FOLDERS - 1, false, other, why);
        assert_non_null(strstr(other, "/.local/state/adit/run"));
        other[0] = '\0';
        (void)adit_control_folder(0, false, other, why);
        assert_true(other[0] == '\0' || strncmp(other, "/run/user/", 10) == 0);
    }
}

/* ---- sockets ---- */

static void a_socket_answers_its_own_user(void **state)
{
    char why[WHY_SIZE];
    const int listener = adit_control_listen(path, why, sizeof why);
    int client;
    int server;

    (void)state;
    assert_true(listener >= 0);
    assert_int_equal(mode_of(path), 0600);
    client = adit_control_connect(path);
    assert_true(client >= 0);
    server = accept(listener, NULL, NULL);
    assert_true(server >= 0);
    assert_true(adit_control_peer_is_trusted(server));
    assert_int_equal(close(server) | close(client) | close(listener), 0);
}

static void what_is_alive_or_no_socket_stays(void **state)
{
    char why[WHY_SIZE];
    const int listener = adit_control_listen(path, why, sizeof why);
    int fd;

    (void)state;
    assert_true(listener >= 0);
    assert_int_equal(adit_control_listen(path, why, sizeof why), -1);
    assert_non_null(strstr(why, "already exists"));
    fd = adit_control_connect(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd) | close(listener), 0);
    fd = adit_control_listen(path, why, sizeof why); /* nobody listens on it now */
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);

    assert_int_equal(unlink(path), 0);
    fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(adit_control_listen(path, why, sizeof why), -1);
    assert_int_equal(access(path, F_OK), 0);
}

static void a_file_beside_the_socket_stays(void **state)
{
    char beside[2][ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE];
    int fd;

    (void)state;
    assert_true(snprintf(beside[0], sizeof beside[0], "%.90s.new", path) > 0);
    assert_true(snprintf(beside[1], sizeof beside[1], "%.90s.%ld", path, (long)getpid()) > 0);
    for (size_t i = 0; i < 2; i++) {
        fd = open(beside[i], O_CREAT | O_EXCL | O_WRONLY, 0600);
        assert_true(fd >= 0);
        assert_int_equal(close(fd), 0);
        fd = adit_control_listen(path, why, sizeof why);
        assert_int_equal(fd >= 0, i == 0);
        assert_int_equal(mode_of(beside[i]), 0600);
        if (fd >= 0)
            assert_int_equal(close(fd), 0);
        assert_int_equal(unlink(beside[i]), 0);
    }
    /* What one of our number has left there when it was killed is in nobody's way. */
    fd = adit_control_listen(beside[1], why, sizeof why);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    fd = adit_control_listen(path, why, sizeof why);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(access(beside[1], F_OK), -1);
}

/* One of two who want the place of a dead one at the same time; tells whether it has it. */
static void compete(int start, int told, int end)
{
    char why[WHY_SIZE];
    char byte;
    int fd;

    if (read(start, &byte, 1) != 1)
        _exit(1);
    fd = adit_control_listen(path, why, sizeof why);
    byte = fd >= 0 ? 'y' : 'n';
    if (write(told, &byte, 1) != 1 || read(end, &byte, 1) != 0)
        _exit(1);
    _exit(0);
}

static void two_who_come_at_once_do_not_take_each_others_place(void **state)
{
    enum { ROUNDS = 300, COMPETITORS = 2 };
    char why[WHY_SIZE];

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        int start[2];
        int told[2];
        int end[2];
        char answers[COMPETITORS];
        int fd = adit_control_listen(path, why, sizeof why);
        int status;

        assert_true(fd >= 0);
        assert_int_equal(close(fd), 0);
        assert_int_equal(pipe(start) | pipe(told) | pipe(end), 0);
        for (int i = 0; i < COMPETITORS; i++) {
            const pid_t child = fork();

            assert_true(child >= 0);
            if (child == 0) {
                (void)close(end[1]);
                compete(start[0], told[1], end[0]);
            }
        }
        assert_int_equal(write(start[1], "ab", COMPETITORS), COMPETITORS);
        for (int i = 0; i < COMPETITORS; i++)
            assert_int_equal(read(told[0], &answers[i], 1), 1);
        assert_int_not_equal(answers[0], answers[1]);
        fd = adit_control_connect(path);
        assert_true(fd >= 0);
        assert_int_equal(close(fd) | close(end[1]), 0);
        for (int i = 0; i < COMPETITORS; i++) {
            assert_true(wait(&status) > 0);
            assert_int_equal(status, 0);
        }
        assert_int_equal(close(start[0]) | close(start[1]) | close(told[0]), 0);
        assert_int_equal(close(told[1]) | close(end[0]), 0);
    }
}

static bool count(void *arg, int fd)
{
    assert_int_equal(close(fd), 0);
    return ++*(int *)arg < 100;
}

static void dead_sockets_are_removed_and_others_are_found(void **state)
{
    char dead[ADIT_CONTROL_PATH_SIZE];
    char why[WHY_SIZE];
    const int listener = adit_control_listen(path, why, sizeof why);
    int found = 0;
    int fd;

    (void)state;
    assert_true(listener >= 0);
    assert_true(snprintf(dead, sizeof dead, "%.90s/2.sock", folder) > 0);
    fd = adit_control_listen(dead, why, sizeof why);
    assert_true(fd >= 0);
    assert_true(adit_control_each(folder, count, &found));
    assert_int_equal(found, 2);
    assert_int_equal(close(fd), 0);
    found = 99; /* enough after one */
    assert_false(adit_control_each(folder, count, &found));
    found = 0;
    assert_true(adit_control_each(folder, count, &found));
    assert_int_equal(found, 1);
    assert_int_equal(access(dead, F_OK), -1);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(close(listener), 0);
}

/* ---- reading and writing ---- */

static void reading_has_a_limit_an_end_and_a_time(void **state)
{
    static const char line[] = "line\nrest";
    char bytes[sizeof line];
    size_t len;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_true(adit_control_write(ends[0], line, sizeof line - 1, LATE_MS));
    assert_true(adit_control_read(ends[1], bytes, sizeof bytes, &len, '\n', LATE_MS));
    assert_int_equal(len, 5);

    assert_true(adit_control_write(ends[0], line, 4, LATE_MS)); /* no newline comes */
    assert_false(adit_control_read(ends[1], bytes, 4, &len, '\n', LATE_MS));
    assert_int_equal(len, 4);
    assert_false(adit_control_read(ends[1], bytes, 4, &len, '\n', SOON_MS));
    assert_int_equal(len, 0);

    assert_true(adit_control_write(ends[0], line, 4, LATE_MS));
    assert_int_equal(close(ends[0]), 0);
    assert_true(adit_control_read(ends[1], bytes, sizeof bytes, &len, -1, LATE_MS));
    assert_int_equal(len, 4);
    assert_false(adit_control_read(ends[1], bytes, sizeof bytes, &len, '\n', LATE_MS));
    assert_int_equal(close(ends[1]), 0);
}

static void writing_to_who_does_not_read_ends_in_time(void **state)
{
    static const char much[1 << 20];
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_false(adit_control_write(ends[0], much, sizeof much, SOON_MS));
    assert_int_equal(close(ends[1]), 0);
    assert_false(adit_control_write(ends[0], much, sizeof much, LATE_MS));
    assert_int_equal(close(ends[0]), 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_base, remove_base)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(the_folder_is_for_its_owner_alone),
        WITH_FOLDER(a_link_or_a_file_is_no_folder),
        WITH_FOLDER(a_path_that_is_too_long_is_refused),
        WITH_FOLDER(a_world_of_ones_own_has_no_other_folders),
        WITH_FOLDER(a_socket_answers_its_own_user),
        WITH_FOLDER(what_is_alive_or_no_socket_stays),
        WITH_FOLDER(a_file_beside_the_socket_stays),
        WITH_FOLDER(two_who_come_at_once_do_not_take_each_others_place),
        WITH_FOLDER(dead_sockets_are_removed_and_others_are_found),
        cmocka_unit_test(reading_has_a_limit_an_end_and_a_time),
        cmocka_unit_test(writing_to_who_does_not_read_ends_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
