/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels of the library when a request or a thread is not to be had; the calls are wrapped. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many of the next calls fail. */
static atomic_uint failing_requests;
static atomic_uint failing_threads;
/* While they are held, threads begin and then wait to be let go one by one. */
static atomic_bool threads_held;
static atomic_uint threads_begun;
static atomic_uint threads_let_go;

static bool fails(atomic_uint *left)
{
    unsigned n = atomic_load(left);

    while (n > 0)
        if (atomic_compare_exchange_weak(left, &n, n - 1))
            return true;
    return false;
}

/* These names are those that the linker gives with --wrap. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming) */
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

struct start {
    void *(*run)(void *arg);
    void *arg;
};

static void *run_later(void *arg)
{
    struct start start = *(struct start *)arg;

    free(arg);
    (void)atomic_fetch_add(&threads_begun, 1);
    while (atomic_load(&threads_held) && !fails(&threads_let_go))
        (void)poll(NULL, 0, 1);
    return start.run(start.arg);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg)
{
    struct start *later;

    if (fails(&failing_threads))
        return EAGAIN;
    if (!atomic_load(&threads_held))
        return __real_pthread_create(thread, attributes, start, arg);
    later = malloc(sizeof *later);
    assert_non_null(later);
    *later = (struct start){ start, arg };
    return __real_pthread_create(thread, attributes, run_later, later);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,readability-identifier-naming) */

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

static void wait_for_thread(void)
{
    while (!fails(&threads_begun))
        (void)poll(NULL, 0, 1);
}

static void *close_tunnel(void *arg)
{
    adit_tunnel_close(arg, 0);
    return NULL;
}

/* Somebody who takes connections in sshd's place and says nothing. */
static int listen_in_place_of(const struct world *w)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(w->settings.port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int one = 1;

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void a_jump_host_that_nobody_wants_any_more_is_not_dialled(void **state)
{
    struct world *w = *state;
    struct adit_tunnel_settings jump = w->settings;
    struct adit_tunnel_status status = { .state = ADIT_TUNNEL_UP };
    struct adit_tunnel *tunnel;
    pthread_t closer;
    int fd;

    w->settings.jump = &jump;
    tunnel = world_open(w);
    w->settings.jump = NULL;
    atomic_store(&threads_held, true);
    sshd_peer_kill(&w->sshd);
    for (int i = 0; i < 2; i++) { /* what leaves the old jump host, what reads the keys */
        wait_for_thread();
        (void)atomic_fetch_add(&threads_let_go, 1);
    }
    wait_for_thread(); /* what dials the new one */
    fd = listen_in_place_of(w);
    assert_int_equal(__real_pthread_create(&closer, NULL, close_tunnel, tunnel), 0);
    while (status.state != ADIT_TUNNEL_CLOSING)
        adit_tunnel_status(tunnel, &status);
    atomic_store(&threads_held, false);
    assert_int_equal(pthread_join(closer, NULL), 0);
    assert_int_equal(accept(fd, NULL, NULL), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(close(fd), 0);
    adit_tunnel_free(tunnel);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(a_forward_that_cannot_be_asked_for_again_is_tried_later),
        WITH_SSHD(a_jump_host_that_nobody_wants_any_more_is_not_dialled),
        WITH_SSHD(a_jump_host_is_left_without_a_thread_for_its_farewell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
