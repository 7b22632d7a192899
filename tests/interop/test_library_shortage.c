/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels of the library when a request or a thread is not to be had; the calls are wrapped. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

/* How many of the next calls fail. */
static atomic_uint failing_requests;
static atomic_uint failing_threads;

static bool fails(atomic_uint *left)
{
    unsigned n = atomic_load(left);

    while (n > 0)
        if (atomic_compare_exchange_weak(left, &n, n - 1))
            return true;
    return false;
}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's --wrap wants these names */
enum adit_err __real_adit_session_forward(struct adit_session *s, const char *address,
                                          uint16_t port, bool cancel, void *user_data);
enum adit_err __wrap_adit_session_forward(struct adit_session *s, const char *address,
                                          uint16_t port, bool cancel, void *user_data);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);

enum adit_err __wrap_adit_session_forward(struct adit_session *s, const char *address,
                                          uint16_t port, bool cancel, void *user_data)
{
    return fails(&failing_requests)
               ? ADIT_ERR_NO_MEMORY
               : __real_adit_session_forward(s, address, port, cancel, user_data);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg)
{
    return fails(&failing_threads) ? EAGAIN : __real_pthread_create(thread, attributes, start, arg);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

static void *dial(void *arg)
{
    struct adit_tunnel *tunnel = arg;
    static int fd;

    return adit_tunnel_dial(tunnel, "127.0.0.1", 1, LONG_MS, &fd, NULL) == ADIT_ERR_REFUSED ? &fd
                                                                                            : NULL;
}

static void a_forward_that_cannot_be_asked_for_again_is_tried_later(void **state)
{
    struct world *w = *state;
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = w->echo.port };
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_forward *forwards[2];
    pthread_t thread;
    void *answered;
    int fd;

    for (size_t i = 0; i < 2; i++)
        assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &forwards[i], &w->failure),
                         ADIT_OK);
    sshd_peer_kill(&w->sshd);
    world_wait_for_line(w, "trying again");
    assert_int_equal(pthread_create(&thread, NULL, dial, tunnel), 0);
    atomic_store(&failing_requests, 1);
    sshd_peer_restart(&w->sshd);
    assert_int_equal(pthread_join(thread, &answered), 0);
    assert_non_null(answered);
    for (size_t i = 0; i < 2; i++) {
        /* The gateway answers in order: what is asked later has been answered later. */
        fd = world_dial(w, tunnel);
        assert_int_equal(close(fd), 0);
        fd = loopback_connect(adit_forward_port(forwards[i]));
        assert_true(fd >= 0);
        echo_to_the_end(fd);
    }
    adit_tunnel_free(tunnel);
}

static void a_jump_host_is_left_without_a_thread_for_its_farewell(void **state)
{
    struct world *w = *state;
    struct adit_tunnel_settings jump = w->settings;
    struct adit_tunnel *tunnel;

    w->settings.jump = &jump;
    w->settings.log_level = 4;
    tunnel = world_open(w);
    w->settings.jump = NULL;
    atomic_store(&failing_threads, 2);
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
    assert_int_equal(atomic_load(&failing_threads), 0);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(a_forward_that_cannot_be_asked_for_again_is_tried_later),
        WITH_SSHD(a_jump_host_is_left_without_a_thread_for_its_farewell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
