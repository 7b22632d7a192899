/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../apps/adit/password_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    char folder[32];
    char path[64];
};

static int make_folder(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    if (place == NULL)
        return -1;
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/adit-password-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    (void)snprintf(place->path, sizeof place->path, "%s/password", place->folder);
    *state = place;
    return 0;
}

static int remove_folder(void **state)
{
    struct place *place = *state;

    (void)unlink(place->path);
    (void)rmdir(place->folder);
    free(place);
    return 0;
}

static bool read_file(const struct place *place, const char *content, size_t len, mode_t mode,
                      char *password)
{
    char why[512] = "";
    FILE *file = fopen(place->path, "w");
    bool good;

    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(place->path, mode), 0);
    good = adit_password_file_read(place->path, password, why, sizeof why);
    assert_int_equal(good, why[0] == '\0');
    if (!good)
        assert_string_equal(password, "");
    return good;
}

static void first_line_is_the_password(void **state)
{
    static const char *const contents[] = { "two words", "two words\n", "two words\r\n",
                                            "two words\nand more\n" };
    char password[ADIT_PASSWORD_SIZE];

    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        assert_true(read_file(*state, contents[i], strlen(contents[i]), 0600, password));
        assert_string_equal(password, "two words");
    }
    assert_true(read_file(*state, "x", 1, 0400, password));
}

static void file_that_others_may_use_is_refused(void **state)
{
    static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0777 };
    char password[ADIT_PASSWORD_SIZE];

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        assert_false(read_file(*state, "x\n", 2, modes[i], password));
}

static void line_that_is_no_password_is_refused(void **state)
{
    char password[ADIT_PASSWORD_SIZE];

    assert_false(read_file(*state, "", 0, 0600, password));
    assert_false(read_file(*state, "\nx\n", 3, 0600, password));
    assert_false(read_file(*state, "\r\n", 2, 0600, password));
    assert_false(read_file(*state, "a\0b\n", 4, 0600, password));
}

static void line_that_does_not_fit_is_refused(void **state)
{
    char content[ADIT_PASSWORD_SIZE + 1];
    char password[ADIT_PASSWORD_SIZE];

    memset(content, 'a', sizeof content);
    assert_true(read_file(*state, content, ADIT_PASSWORD_SIZE - 1, 0600, password));
    assert_int_equal(strlen(password), ADIT_PASSWORD_SIZE - 1);
    assert_false(read_file(*state, content, ADIT_PASSWORD_SIZE, 0600, password));
    assert_false(read_file(*state, content, ADIT_PASSWORD_SIZE + 1, 0600, password));
    content[ADIT_PASSWORD_SIZE - 1] = '\n';
    assert_true(read_file(*state, content, ADIT_PASSWORD_SIZE + 1, 0600, password));
}

static void only_regular_files_are_read(void **state)
{
    const struct place *place = *state;
    char password[ADIT_PASSWORD_SIZE];
    char why[512];

    assert_false(adit_password_file_read(place->folder, password, why, sizeof why));
    (void)unlink(place->path);
    assert_false(adit_password_file_read(place->path, password, why, sizeof why));
    assert_int_equal(mkfifo(place->path, 0600), 0);
    assert_false(adit_password_file_read(place->path, password, why, sizeof why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_line_is_the_password),
        cmocka_unit_test(file_that_others_may_use_is_refused),
        cmocka_unit_test(line_that_is_no_password_is_refused),
        cmocka_unit_test(line_that_does_not_fit_is_refused),
        cmocka_unit_test(only_regular_files_are_read),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
