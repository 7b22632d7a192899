/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two clients of one tunnel: between any two steps of the one, the other may do
 * something. The library's calls are wrapped, and so is the end of each lock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../apps/adit/member.h"

#include <stdlib.h>

enum { PORT = 3307, CHOSEN = 40001 };

static const struct adit_forward_spec spec = { .host = "db", .port = 3306 };
static struct adit_member member;
static bool other_removes; /* …what it finds, as soon as it can */
static unsigned alive;

/* In the place of the library's own. */
struct fake {
    uint16_t port;
};

/* These names are those that the linker gives with --wrap. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming) */
enum adit_err __wrap_adit_tunnel_forward_local(struct adit_tunnel *tunnel,
                                               const struct adit_forward_settings *settings,
                                               struct adit_forward **out,
                                               struct adit_failure *failure);
uint16_t __wrap_adit_forward_port(const struct adit_forward *forward);
void __wrap_adit_forward_remove(struct adit_forward *forward);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);

enum adit_err __wrap_adit_tunnel_forward_local(struct adit_tunnel *tunnel,
                                               const struct adit_forward_settings *settings,
                                               struct adit_forward **out,
                                               struct adit_failure *failure)
{
    struct fake *fake = calloc(1, sizeof *fake);

    (void)tunnel, (void)failure;
    assert_non_null(fake);
    fake->port = settings->bind_port ? settings->bind_port : CHOSEN;
    alive++;
    *out = (struct adit_forward *)(void *)fake;
    return ADIT_OK;
}

uint16_t __wrap_adit_forward_port(const struct adit_forward *forward)
{
    assert_int_not_equal(alive, 0);
    return ((const struct fake *)(const void *)forward)->port;
}

void __wrap_adit_forward_remove(struct adit_forward *forward)
{
    if (forward == NULL)
        return;
    alive--;
    free(forward);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    const int result = __real_pthread_mutex_unlock(mutex);

    if (other_removes && mutex == &member.lock && member.forward_count > 0) {
        other_removes = false;
        assert_int_equal(
            adit_member_remove_forward(&member, ADIT_FORWARD_SPEC_LOCAL, &member.forwards[0].spec),
            ADIT_OK);
    }
    return result;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming) */

static int make_member(void **state)
{
    (void)state;
    member = (struct adit_member){ .name = "db" };
    return pthread_mutex_init(&member.lock, NULL);
}

static int clear_member(void **state)
{
    (void)state;
    free(member.forwards);
    return pthread_mutex_destroy(&member.lock);
}

static void a_forward_is_added_once_and_removed_once(void **state)
{
    struct adit_failure failure;
    struct adit_forward_spec wanted = spec;
    uint16_t port = 0;

    (void)state;
    wanted.bind_port = PORT;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            adit_member_add_forward(&member, ADIT_FORWARD_SPEC_LOCAL, &wanted, &port, &failure),
            ADIT_OK);
        assert_int_equal(port, PORT);
        assert_int_equal(alive, 1);
    }
    assert_int_equal(adit_member_remove_forward(&member, ADIT_FORWARD_SPEC_LOCAL, &wanted),
                     ADIT_OK);
    assert_int_equal(alive, 0);
    assert_int_equal(adit_member_remove_forward(&member, ADIT_FORWARD_SPEC_LOCAL, &wanted),
                     ADIT_ERR_NOT_FOUND);
}

static void a_forward_that_another_client_removes_at_once_is_not_looked_at_again(void **state)
{
    struct adit_failure failure;
    uint16_t port = 0;

    (void)state;
    other_removes = true;
    assert_int_equal(
        adit_member_add_forward(&member, ADIT_FORWARD_SPEC_LOCAL, &spec, &port, &failure), ADIT_OK);
    assert_int_equal(port, CHOSEN);
    assert_false(other_removes);
    assert_int_equal(alive, 0);
    assert_int_equal(member.forward_count, 0);
}

#define WITH_MEMBER(test) cmocka_unit_test_setup_teardown(test, make_member, clear_member)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_MEMBER(a_forward_is_added_once_and_removed_once),
        WITH_MEMBER(a_forward_that_another_client_removes_at_once_is_not_looked_at_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
