/* SPDX-License-Identifier: BSD-2-Clause */
/* How tunnels of the library end, at the system's sshd. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the end ---- */

static void close_waits_for_connections_until_its_deadline(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const int fd = world_dial(w, tunnel);
    struct adit_tunnel_status status;
    char byte;

    assert_true(echo_is_good(fd, 1));
    adit_tunnel_close(tunnel, 200);
    assert_true(recv(fd, &byte, 1, 0) <= 0);
    assert_int_equal(close(fd), 0);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_ENDED);
    assert_int_equal(status.connections, 0);
    adit_tunnel_close(tunnel, 0);
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
}

static void *finish_connection(void *arg)
{
    const int fd = *(const int *)arg;
    const bool good = echo_is_good(fd, 100000) && shutdown(fd, SHUT_WR) == 0;
    char byte;

    return good && recv(fd, &byte, 1, 0) == 0 ? arg : NULL;
}

static void close_lets_a_connection_finish(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    int fd = world_dial(w, tunnel);
    pthread_t thread;
    void *good;

    assert_int_equal(pthread_create(&thread, NULL, finish_connection, &fd), 0);
    adit_tunnel_close(tunnel, LONG_MS);
    assert_int_equal(pthread_join(thread, &good), 0);
    assert_ptr_equal(good, &fd);
    assert_int_equal(close(fd), 0);
    adit_tunnel_free(tunnel);
}

static void a_lost_gateway_ends_the_tunnel_with_a_reason(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    struct adit_tunnel_status status;
    char byte;
    int open_fd;
    int fd;

    w->settings.no_reconnect = true;
    tunnel = world_open(w);
    open_fd = world_dial(w, tunnel);
    sshd_peer_kill(&w->sshd);
    world_wait_for_end(w);
    assert_int_equal(w->end.leg, ADIT_LEG_GATEWAY);
    assert_true(says(w->end.text, "was lost"));
    assert_true(recv(open_fd, &byte, 1, 0) <= 0);
    assert_int_equal(close(open_fd), 0);
    assert_int_not_equal(adit_tunnel_dial(tunnel, "127.0.0.1", 1, LONG_MS, &fd, &w->failure),
                         ADIT_OK);
    assert_string_equal(w->failure.text, w->end.text);
    adit_tunnel_status(tunnel, &status);
    assert_string_equal(status.last_failure.text, w->end.text);
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
}

static void the_callback_of_the_end_may_free_the_tunnel(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;

    w->settings.no_reconnect = true;
    tunnel = world_open(w);
    (void)pthread_mutex_lock(&w->lock);
    w->free_when_ended = tunnel;
    (void)pthread_mutex_unlock(&w->lock);
    sshd_peer_kill(&w->sshd);
    world_wait_for_end(w);
}

static void a_tunnel_may_outlive_its_runtime(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_tunnel_status status;
    int fd;

    adit_runtime_free(w->runtime);
    w->runtime = NULL;
    assert_int_equal(w->ended, 1);
    assert_int_equal(adit_tunnel_dial(tunnel, "127.0.0.1", 1, LONG_MS, &fd, &w->failure),
                     ADIT_ERR_DISCONNECTED);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_ENDED);
    adit_tunnel_free(tunnel);
}

static void *open_in_thread(void *arg)
{
    struct world *w = arg;
    struct adit_tunnel *tunnel;

    return adit_tunnel_open(w->runtime, &w->settings, &tunnel, &w->failure) == ADIT_ERR_DISCONNECTED
               ? arg
               : NULL;
}

static void a_runtime_that_is_freed_ends_an_attempt(void **state)
{
    struct world *w = *state;
    struct echo_peer silent;
    pthread_t thread;
    void *good;

    echo_peer_start(&silent, "");
    w->settings.port = silent.port;
    w->settings.log_level = 3;
    assert_int_equal(pthread_create(&thread, NULL, open_in_thread, w), 0);
    world_wait_for_line(w, "then identifying");
    adit_runtime_free(w->runtime);
    w->runtime = NULL;
    assert_int_equal(pthread_join(thread, &good), 0);
    assert_ptr_equal(good, w);
    echo_peer_stop(&silent);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(close_waits_for_connections_until_its_deadline),
        WITH_SSHD(close_lets_a_connection_finish),
        WITH_SSHD(a_lost_gateway_ends_the_tunnel_with_a_reason),
        WITH_SSHD(the_callback_of_the_end_may_free_the_tunnel),
        WITH_SSHD(a_tunnel_may_outlive_its_runtime),
        WITH_SSHD(a_runtime_that_is_freed_ends_an_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
