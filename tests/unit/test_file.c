/* SPDX-License-Identifier: BSD-2-Clause */
#include "adit/file.h"
#include "base/span.h"
#include "net/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_SIZE = 4096 };

/* Each test has a fresh folder of its own, below the working folder, as its working folder. */
static char start[PATH_SIZE];
static char folder[PATH_SIZE];

static int enter_folder(void **state)
{
    (void)state;
    if (getcwd(start, sizeof start) == NULL)
        return -1;
    (void)snprintf(folder, sizeof folder, "test_file.XXXXXX");
    return mkdtemp(folder) == NULL || chdir(folder) ? -1 : 0;
}

static int leave_folder(void **state)
{
    static const char *const names[] = {
        "file", "link", "fifo", "loop", "sub/file", "sub/deep/file"
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++)
        (void)unlink(names[i]);
    (void)rmdir("sub/deep");
    (void)rmdir("sub");
    return chdir(start) || rmdir(folder) ? -1 : 0;
}

static void make_file(const char *path, const char *content, mode_t mode)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

/* The content, when it is to be read; the error's sentence must name the path. */
static enum adit_err read_file(const char *path, enum adit_file_care care, const char *expected)
{
    struct adit_buffer out = adit_buffer_init(1000);
    char text[300] = "";
    enum adit_err err;

    assert_int_equal(adit_buffer_append(&out, adit_span_text("before ")), ADIT_OK);
    err = adit_file_read(path, care, &out, text, sizeof text);
    if (err == ADIT_OK) {
        const struct adit_span all = adit_buffer_span(&out);
        assert_true(all.len >= 7);
        assert_true(adit_span_is(adit_span_of(all.data + 7, all.len - 7), expected));
    } else {
        assert_int_equal(out.len, 7); /* as it was */
        assert_memory_equal(text, path, strlen(path));
    }
    adit_buffer_clear(&out);
    return err;
}

static void a_file_is_read_whole(void **state)
{
    (void)state;
    make_file("file", "some text\n", 0644);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "some text\n"), ADIT_OK);
    make_file("file", "", 0644);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, ""), ADIT_OK);
    assert_int_equal(read_file("sub/file", ADIT_FILE_ANY, ""), ADIT_ERR_NOT_FOUND);
    assert_int_equal(read_file("file/below", ADIT_FILE_ANY, ""), ADIT_ERR_NOT_FOUND);
    assert_int_equal(read_file("sub/file", ADIT_FILE_STRICT, ""), ADIT_ERR_NOT_FOUND);
}

static void the_limit_is_the_buffers(void **state)
{
    static const struct {
        size_t limit;
        enum adit_err err;
    } cases[] = { { 0, ADIT_ERR_LIMIT }, { 9, ADIT_ERR_LIMIT }, { 10, ADIT_OK }, { 11, ADIT_OK } };
    char text[300];

    (void)state;
    make_file("file", "0123456789", 0600);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct adit_buffer out = adit_buffer_init(cases[i].limit);

        assert_int_equal(adit_file_read("file", ADIT_FILE_ANY, &out, text, sizeof text),
                         cases[i].err);
        assert_int_equal(out.len, cases[i].err ? 0 : 10);
        adit_buffer_clear(&out);
    }
}

static void a_large_file_is_read_in_pieces(void **state)
{
    const size_t size = 100 * 1000 + 7;
    char *content = malloc(size + 1);
    struct adit_buffer out = adit_buffer_init_secret(size);
    char text[300];

    (void)state;
    assert_non_null(content);
    for (size_t i = 0; i < size; i++)
        content[i] = (char)('a' + i % 23);
    content[size] = '\0';
    make_file("file", content, 0600);
    assert_int_equal(adit_file_read("file", ADIT_FILE_PRIVATE, &out, text, sizeof text), ADIT_OK);
    assert_true(adit_span_is(adit_buffer_span(&out), content));
    adit_buffer_clear(&out);
    free(content);
}

/* CVE-2017-9079 and its kin: no waiting for a writer, no endless device. */
static void only_regular_files_are_read(void **state)
{
    static const enum adit_file_care cares[] = { ADIT_FILE_ANY, ADIT_FILE_PRIVATE, ADIT_FILE_OURS,
                                                 ADIT_FILE_STRICT };

    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(mkdir("sub", 0700), 0);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cares); i++) {
        assert_int_equal(read_file("fifo", cares[i], ""), ADIT_ERR_SYSTEM);
        assert_int_equal(read_file("sub", cares[i], ""), ADIT_ERR_SYSTEM);
        assert_int_equal(read_file("/dev/zero", cares[i], ""), ADIT_ERR_SYSTEM);
    }
}

/* As ssh reads what -F names. */
static void a_named_file_may_be_a_device(void **state)
{
    (void)state;
    assert_int_equal(read_file("/dev/null", ADIT_FILE_NAMED, ""), ADIT_OK);
    assert_int_equal(read_file("/dev/null", ADIT_FILE_ANY, ""), ADIT_ERR_SYSTEM);
    assert_int_equal(read_file("/dev/zero", ADIT_FILE_NAMED, ""), ADIT_ERR_LIMIT);
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(read_file("sub", ADIT_FILE_NAMED, ""), ADIT_ERR_SYSTEM);
}

/* The folders above do not count, only the file itself. */
static void a_file_of_ours_cannot_be_written_by_others(void **state)
{
    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(chmod("sub", 0777), 0);
    make_file("sub/file", "x", 0644);
    assert_int_equal(read_file("sub/file", ADIT_FILE_OURS, "x"), ADIT_OK);
    assert_int_equal(chmod("sub/file", 0664), 0);
    assert_int_equal(read_file("sub/file", ADIT_FILE_OURS, ""), ADIT_ERR_SYSTEM);
    assert_int_equal(chmod("sub/file", 0646), 0);
    assert_int_equal(read_file("sub/file", ADIT_FILE_OURS, ""), ADIT_ERR_SYSTEM);
}

static void a_private_file_is_ours_alone(void **state)
{
    static const struct {
        mode_t mode;
        enum adit_err err;
    } cases[] = {
        { 0600, ADIT_OK },         { 0400, ADIT_OK },         { 0700, ADIT_OK },
        { 0640, ADIT_ERR_SYSTEM }, { 0604, ADIT_ERR_SYSTEM }, { 0610, ADIT_ERR_SYSTEM },
        { 0666, ADIT_ERR_SYSTEM },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        make_file("file", "key", cases[i].mode);
        assert_int_equal(read_file("file", ADIT_FILE_PRIVATE, "key"), cases[i].err);
        assert_int_equal(read_file("file", ADIT_FILE_ANY, "key"), ADIT_OK);
    }
}

/* Whether the folders above are as safe as the strict reading wants: it is the host's matter. */
static bool surroundings_are_safe(void)
{
    make_file("file", "x", 0600);
    return read_file("file", ADIT_FILE_STRICT, "x") == ADIT_OK;
}

static void a_strict_file_cannot_be_written_by_others(void **state)
{
    static const struct {
        mode_t mode;
        enum adit_err err;
    } cases[] = {
        { 0600, ADIT_OK },         { 0644, ADIT_OK },         { 0444, ADIT_OK },
        { 0620, ADIT_ERR_SYSTEM }, { 0602, ADIT_ERR_SYSTEM }, { 0666, ADIT_ERR_SYSTEM },
    };

    (void)state;
    if (!surroundings_are_safe())
        skip();
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        make_file("file", "keys", cases[i].mode);
        assert_int_equal(read_file("file", ADIT_FILE_STRICT, "keys"), cases[i].err);
    }
}

static void no_folder_above_a_strict_file_can_be_written_by_others(void **state)
{
    static const struct {
        mode_t outer, inner;
        enum adit_err err;
    } cases[] = {
        { 0700, 0700, ADIT_OK },         { 0755, 0755, ADIT_OK },
        { 0700, 0770, ADIT_ERR_SYSTEM }, { 0700, 0702, ADIT_ERR_SYSTEM },
        { 0720, 0700, ADIT_ERR_SYSTEM }, { 01777, 0700, ADIT_ERR_SYSTEM },
    };
    char path[2 * PATH_SIZE + 20];

    (void)state;
    if (!surroundings_are_safe())
        skip();
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(mkdir("sub/deep", 0700), 0);
    make_file("sub/deep/file", "keys", 0600);
    (void)snprintf(path, sizeof path, "%s/%s/sub/deep/file", start, folder);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        assert_int_equal(chmod("sub", cases[i].outer), 0);
        assert_int_equal(chmod("sub/deep", cases[i].inner), 0);
        assert_int_equal(read_file("sub/deep/file", ADIT_FILE_STRICT, "keys"), cases[i].err);
        assert_int_equal(read_file(path, ADIT_FILE_STRICT, "keys"), cases[i].err);
        assert_int_equal(read_file("sub/deep/file", ADIT_FILE_ANY, "keys"), ADIT_OK);
    }
}

static void a_strict_file_is_no_symbolic_link(void **state)
{
    (void)state;
    if (!surroundings_are_safe())
        skip();
    make_file("file", "keys", 0600);
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(read_file("link", ADIT_FILE_STRICT, "keys"), ADIT_ERR_SYSTEM);
    assert_int_equal(read_file("link", ADIT_FILE_ANY, "keys"), ADIT_OK);
    assert_int_equal(read_file("loop", ADIT_FILE_ANY, ""), ADIT_ERR_SYSTEM);
}

static void assert_mode(const char *path, mode_t mode)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, mode);
}

static void writing_replaces_a_file(void **state)
{
    char text[300];

    (void)state;
    make_file("file", "old", 0600);
    assert_int_equal(adit_file_write("file", adit_span_text("new"), 0640, text, sizeof text),
                     ADIT_OK);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "new"), ADIT_OK);
    assert_mode("file", 0640);
    assert_int_equal(adit_file_write("sub/file", adit_span_text("x"), 0600, text, sizeof text),
                     ADIT_ERR_SYSTEM);
    assert_memory_equal(text, "sub/file: ", 10);
}

static enum adit_err create(const char *path, bool replace, char text[static 300])
{
    return adit_file_create(path, adit_span_text("new"), 0600, replace, text, 300);
}

static void a_new_file_takes_nobodys_place(void **state)
{
    char text[300];

    (void)state;
    assert_int_equal(create("file", false, text), ADIT_OK);
    assert_mode("file", 0600);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "new"), ADIT_OK);
    make_file("file", "old", 0644);
    assert_int_equal(create("file", false, text), ADIT_ERR_REFUSED);
    assert_string_equal(text, "file: is there already");
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "old"), ADIT_OK);
    assert_int_equal(create("file", true, text), ADIT_OK);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "new"), ADIT_OK);
    assert_mode("file", 0600);
    assert_int_equal(create("none/file", false, text), ADIT_ERR_SYSTEM);
    assert_memory_equal(text, "none/file: ", 11);
}

/* A link that leads nowhere is seen only when the name is given. */
static void what_is_no_regular_file_is_never_replaced(void **state)
{
    struct stat st;
    char text[300];

    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(create("sub", true, text), ADIT_ERR_REFUSED);
    assert_string_equal(text, "sub: is no regular file");
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_int_equal(create("link", false, text), ADIT_ERR_REFUSED);
    assert_string_equal(text, "link: is there already");
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

/* Nothing is left beside it: leave_folder() would fail. */
static void a_file_that_cannot_be_replaced_stays(void **state)
{
    char text[300];

    (void)state;
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(adit_file_write("sub", adit_span_text("x"), 0600, text, sizeof text),
                     ADIT_ERR_SYSTEM);
    assert_memory_equal(text, "sub: rename: ", 13);
}

static void rewriting_keeps_mode_and_link(void **state)
{
    char text[300];
    struct stat st;

    (void)state;
    make_file("file", "old", 0640);
    assert_int_equal(symlink("file", "link"), 0);
    assert_int_equal(adit_file_rewrite("link", adit_span_text("new"), text, sizeof text), ADIT_OK);
    assert_int_equal(read_file("file", ADIT_FILE_ANY, "new"), ADIT_OK);
    assert_mode("file", 0640);
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(unlink("link"), 0);
    assert_int_equal(adit_file_rewrite("none", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM);
    assert_memory_equal(text, "none: ", 6);
    assert_int_equal(mkdir("sub", 0700), 0);
    assert_int_equal(adit_file_rewrite("sub", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM);
    if (geteuid() != 0 || chown("file", 1, 1) != 0)
        return;
    assert_int_equal(adit_file_rewrite("file", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM); /* it would become ours */
}

static void appending_makes_the_file_and_its_folder(void **state)
{
    char text[300];

    (void)state;
    assert_int_equal(adit_file_append("sub/file", adit_span_text("one\n"), text, sizeof text),
                     ADIT_OK);
    assert_int_equal(adit_file_append("sub/file", adit_span_text("two\n"), text, sizeof text),
                     ADIT_OK);
    assert_int_equal(read_file("sub/file", ADIT_FILE_PRIVATE, "one\ntwo\n"), ADIT_OK);
    assert_mode("sub", 0700);
    assert_mode("sub/file", 0600);
    assert_int_equal(adit_file_append("sub", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM);
    assert_int_equal(adit_file_append("no/such/file", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM);
    assert_memory_equal(text, "no/such/file: ", 14);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(adit_file_append("fifo", adit_span_text("x"), text, sizeof text),
                     ADIT_ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_read_whole, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(the_limit_is_the_buffers, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_large_file_is_read_in_pieces, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(only_regular_files_are_read, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_named_file_may_be_a_device, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_file_of_ours_cannot_be_written_by_others, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_private_file_is_ours_alone, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_strict_file_cannot_be_written_by_others, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(no_folder_above_a_strict_file_can_be_written_by_others,
                                        enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_strict_file_is_no_symbolic_link, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(writing_replaces_a_file, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(a_new_file_takes_nobodys_place, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_never_replaced, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(a_file_that_cannot_be_replaced_stays, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(rewriting_keeps_mode_and_link, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(appending_makes_the_file_and_its_folder, enter_folder,
                                        leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
