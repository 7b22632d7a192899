/* SPDX-License-Identifier: BSD-2-Clause */
#include "askpass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ANSWER_SIZE = 64 };

/* Asks a program of this text; the answer is its first line. */
static bool ask(const char *script, char answer[static ANSWER_SIZE])
{
    char folder[] = "/tmp/adit-askpass-XXXXXX";
    char path[64];
    FILE *file;
    bool answered;

    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/askpass", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(script, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
    answered = adit_askpass_ask(path, "Password: ", answer, ANSWER_SIZE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return answered;
}

static void the_first_line_is_the_answer(void **state)
{
    char answer[ANSWER_SIZE];

    (void)state;
    assert_true(ask("#!/bin/sh\necho \"$1\"; echo more\n", answer));
    assert_string_equal(answer, "Password: ");
    assert_false(ask("#!/bin/sh\necho secret; exit 1\n", answer));
    assert_string_equal(answer, "");
    assert_false(ask("#!/bin/sh\nprintf %0100d 0\n", answer));
    assert_false(adit_askpass_ask("/nowhere/askpass", "Password: ", answer, sizeof answer));
}

/* The one is not asked of a shell, nor the other of awk: they may set it by themselves. */
static const char print_blocked[] = "#!/usr/bin/awk -f\n"
                                    "BEGIN { while (getline <\"/proc/self/status\") "
                                    "if ($1 == \"SigBlk:\") print $2 }\n";
static const char print_ignored[] = "#!/bin/sh\n"
                                    "sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status\n";

/* It is asked for on a thread that takes none, by a program that does without SIGPIPE. */
static void the_program_takes_signals(void **state)
{
    char answer[ANSWER_SIZE];
    sigset_t all;
    sigset_t before;

    (void)state;
    (void)sigfillset(&all);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &all, &before), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    assert_true(ask(print_blocked, answer));
    assert_string_equal(answer, "0000000000000000");
    assert_true(ask(print_ignored, answer));
    assert_int_equal(strtoull(answer, NULL, 16) & 1ULL << (SIGPIPE - 1), 0);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_is_the_answer),
        cmocka_unit_test(the_program_takes_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
