/* SPDX-License-Identifier: BSD-2-Clause */
#include "tunnel/passphrases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static int set_up(void **state)
{
    static struct adit_passphrases passphrases;

    adit_passphrases_init(&passphrases);
    *state = &passphrases;
    return 0;
}

static int tear_down(void **state)
{
    adit_passphrases_clear(*state);
    return 0;
}

static void assert_kept(struct adit_passphrases *passphrases, const char *path, const char *wanted)
{
    char found[64];

    assert_int_equal(adit_passphrases_find(passphrases, path, found, sizeof found), wanted != NULL);
    if (wanted != NULL)
        assert_string_equal(found, wanted);
}

static void each_key_has_its_own_and_the_last_one(void **state)
{
    struct adit_passphrases *passphrases = *state;

    assert_kept(passphrases, "/a", NULL);
    adit_passphrases_keep(passphrases, "/a", "one");
    adit_passphrases_keep(passphrases, "/b", "two");
    adit_passphrases_keep(passphrases, "/a", "three");
    assert_kept(passphrases, "/a", "three");
    assert_kept(passphrases, "/b", "two");
    assert_kept(passphrases, "/c", NULL);
    assert_int_equal(passphrases->count, 2);
}

static void no_more_is_kept_than_there_are_keys_to_mean(void **state)
{
    struct adit_passphrases *passphrases = *state;
    char path[16];

    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(path, sizeof path, "%u", i);
        adit_passphrases_keep(passphrases, path, path);
    }
    assert_kept(passphrases, "63", "63");
    assert_kept(passphrases, "64", NULL);
    adit_passphrases_keep(passphrases, "0", "anew");
    assert_kept(passphrases, "0", "anew");
}

static void what_is_known_is_found_while_somebody_asks(void **state)
{
    struct adit_passphrases *passphrases = *state;

    adit_passphrases_keep(passphrases, "/a", "one");
    adit_passphrases_take_turn(passphrases);
    assert_kept(passphrases, "/a", "one");
    assert_int_not_equal(pthread_mutex_trylock(&passphrases->turn), 0);
    adit_passphrases_end_turn(passphrases);
    assert_int_equal(pthread_mutex_trylock(&passphrases->turn), 0);
    (void)pthread_mutex_unlock(&passphrases->turn);
}

static void without_a_place_nothing_is_kept(void **state)
{
    (void)state;
    adit_passphrases_take_turn(NULL);
    adit_passphrases_keep(NULL, "/a", "one");
    assert_kept(NULL, "/a", NULL);
    adit_passphrases_end_turn(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_key_has_its_own_and_the_last_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_more_is_kept_than_there_are_keys_to_mean, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_known_is_found_while_somebody_asks, set_up,
                                        tear_down),
        cmocka_unit_test(without_a_place_nothing_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
