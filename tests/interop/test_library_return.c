/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnels of the library that lose their gateway and come back, at the system's sshd. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LONG_PAUSE_MS = 5000 };

/* The states that `changed` told of, as letters, and the reasons. */
struct course {
    struct world *w;
    char states[64];
    struct adit_failure last;
};

static struct course course; /* under the world's lock */

static void take_change(void *data, enum adit_tunnel_state state,
                        const struct adit_failure *failure)
{
    struct world *w = data;
    const size_t len = strlen(course.states);

    (void)pthread_mutex_lock(&w->lock);
    if (len < sizeof course.states - 1)
        course.states[len] = "CUWLE"[state];
    if (failure != NULL)
        course.last = *failure;
    (void)pthread_cond_broadcast(&w->changed);
    (void)pthread_mutex_unlock(&w->lock);
}

static void wait_for_state(struct world *w, char letter)
{
    (void)pthread_mutex_lock(&w->lock);
    while (strchr(course.states, letter) == NULL)
        (void)pthread_cond_wait(&w->changed, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
}

static int set_up(void **state)
{
    struct world *w = world_new("");

    memset(&course, 0, sizeof course);
    w->settings.changed = take_change;
    *state = w;
    return 0;
}

static struct adit_forward *forward(struct adit_tunnel *tunnel, struct world *w, bool is_remote)
{
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = w->echo.port };
    struct adit_forward *out = NULL;
    const enum adit_err err = is_remote
                                  ? adit_tunnel_forward_remote(tunnel, &settings, &out, &w->failure)
                                  : adit_tunnel_forward_local(tunnel, &settings, &out, &w->failure);

    if (err != ADIT_OK)
        fail_msg("%s", w->failure.text);
    return out;
}

static bool can_bind(uint16_t port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int failed = bind(fd, (const struct sockaddr *)&address, sizeof address);

    if (failed)
        assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(close(fd), 0);
    return failed == 0;
}

static void echo_through_port(uint16_t port)
{
    const int fd = loopback_connect(port);

    assert_true(fd >= 0);
    echo_to_the_end(fd);
}

static void a_tunnel_comes_back_with_its_ports(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_forward *local = forward(tunnel, w, false);
    struct adit_forward *remote = forward(tunnel, w, true);
    const uint16_t remote_port = adit_forward_port(remote);
    const int open_fd = world_dial(w, tunnel);
    struct adit_tunnel_status status;
    char byte;

    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    assert_int_equal(course.last.leg, ADIT_LEG_GATEWAY);
    assert_true(recv(open_fd, &byte, 1, 0) <= 0);
    assert_int_equal(close(open_fd), 0);
    assert_false(can_bind(adit_forward_port(local)));
    adit_tunnel_status(tunnel, &status);
    assert_true(status.state == ADIT_TUNNEL_WAITING || status.state == ADIT_TUNNEL_CONNECTING);
    assert_int_equal(status.outages, 1);
    assert_true(says(status.last_failure.text, "gateway: "));

    sshd_peer_restart(&w->sshd);
    wait_for_state(w, 'U');
    assert_false(can_bind(adit_forward_port(local)));
    echo_through_port(adit_forward_port(local));
    assert_int_equal(adit_forward_port(remote), remote_port);
    /* The answer to the request for the port may still be on its way. */
    adit_forward_remove(remote);
    adit_forward_remove(local);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_UP);
    assert_true(status.retry_in_ms == UINT64_MAX);
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
    assert_int_equal(w->end.err, ADIT_OK);
}

struct dialling {
    struct world *w;
    struct adit_tunnel *tunnel;
    uint64_t timeout_ms;
    int fd;
};

static void *dial(void *arg)
{
    struct dialling *d = arg;

    return adit_tunnel_dial(d->tunnel, "127.0.0.1", d->w->echo.port, d->timeout_ms, &d->fd, NULL) ==
                   ADIT_OK
               ? arg
               : NULL;
}

static void a_dial_waits_for_the_tunnel(void **state)
{
    struct world *w = *state;
    struct dialling d = { .w = w, .timeout_ms = UINT64_MAX };
    pthread_t thread;
    void *good;

    w->settings.connect_wait_ms = UINT64_MAX - 1; /* the longest: one more is not at all */
    d.tunnel = world_open(w);
    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    assert_int_equal(pthread_create(&thread, NULL, dial, &d), 0);
    sshd_peer_restart(&w->sshd);
    assert_int_equal(pthread_join(thread, &good), 0);
    assert_ptr_equal(good, &d);
    echo_to_the_end(d.fd);
    adit_tunnel_free(d.tunnel);
}

/* Down for so long that the next try is a while away. */
static void wait_for_a_long_pause(struct adit_tunnel *tunnel)
{
    const struct timespec moment = { .tv_nsec = 50000000 };
    struct adit_tunnel_status status = { .retry_in_ms = 0 };

    while (status.retry_in_ms < LONG_PAUSE_MS || status.state != ADIT_TUNNEL_WAITING) {
        (void)nanosleep(&moment, NULL);
        adit_tunnel_status(tunnel, &status);
    }
}

/* The first try that it hurries is in vain: it does not wait for a minute after that either. */
static void a_dial_hurries_the_next_try_and_those_after_it(void **state)
{
    struct world *w = *state;
    struct dialling d = { .w = w, .timeout_ms = LONG_MS };
    pthread_t thread;
    void *good;

    w->settings.connect_wait_ms = LONG_PAUSE_MS;
    d.tunnel = world_open(w);
    sshd_peer_kill(&w->sshd);
    wait_for_a_long_pause(d.tunnel);
    (void)pthread_mutex_lock(&w->lock);
    memset(course.states, 0, sizeof course.states);
    (void)pthread_mutex_unlock(&w->lock);
    assert_int_equal(pthread_create(&thread, NULL, dial, &d), 0);
    wait_for_state(w, 'W');
    sshd_peer_restart(&w->sshd);
    assert_int_equal(pthread_join(thread, &good), 0);
    assert_ptr_equal(good, &d);
    echo_to_the_end(d.fd);
    adit_tunnel_free(d.tunnel);
}

static void a_dial_waits_for_so_long_only(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    int fd;

    w->settings.connect_wait_ms = 300;
    tunnel = world_open(w);
    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    assert_int_not_equal(
        adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, LONG_MS, &fd, &w->failure), ADIT_OK);
    assert_true(says(w->failure.text, "gateway: "));
    assert_int_equal(adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, 100, &fd, &w->failure),
                     ADIT_ERR_TIMEOUT);
    adit_tunnel_free(tunnel);
}

static void who_does_not_want_to_wait_is_refused_at_once(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    int fd;

    w->settings.connect_wait_ms = UINT64_MAX;
    tunnel = world_open(w);
    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    assert_int_not_equal(
        adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, LONG_MS, &fd, &w->failure), ADIT_OK);
    assert_true(says(w->failure.text, "gateway: "));
    adit_tunnel_free(tunnel);
}

static void *dial_in_vain(void *arg)
{
    struct adit_tunnel *tunnel = arg;
    int fd;

    return adit_tunnel_dial(tunnel, "127.0.0.1", 1, LONG_MS, &fd, NULL) == ADIT_ERR_DISCONNECTED
               ? arg
               : NULL;
}

static void a_tunnel_that_is_down_is_closed_at_once(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_forward *local = forward(tunnel, w, false);
    struct adit_forward *remote = forward(tunnel, w, true);
    struct adit_tunnel_status status;
    pthread_t thread;
    void *good;
    int queued;
    char byte;

    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    adit_forward_remove(remote);
    queued = loopback_connect(adit_forward_port(local));
    assert_true(queued >= 0);
    assert_int_equal(pthread_create(&thread, NULL, dial_in_vain, tunnel), 0);
    adit_tunnel_close(tunnel, LONG_MS);
    assert_int_equal(pthread_join(thread, &good), 0);
    assert_true(recv(queued, &byte, 1, 0) <= 0);
    assert_int_equal(close(queued), 0);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_ENDED);
    assert_ptr_equal(good, tunnel);
    adit_tunnel_free(tunnel);
}

static void a_runtime_may_be_freed_while_a_tunnel_is_down(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);

    (void)forward(tunnel, w, false);
    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    adit_runtime_free(w->runtime);
    w->runtime = NULL;
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
}

/* sshd leaves the file of a socket behind, and does not listen where there is one. */
static void the_file_that_sshd_leaves_behind_is_named(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_forward *remote = NULL;
    char path[SSHD_PEER_PATH_SIZE];
    const struct adit_forward_settings settings = { .bind = path,
                                                    .host = "127.0.0.1",
                                                    .port = w->echo.port };

    sshd_peer_write(&w->sshd, "remote.socket", "", path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &remote, &w->failure), ADIT_OK);
    sshd_peer_kill(&w->sshd);
    wait_for_state(w, 'W');
    sshd_peer_restart(&w->sshd);
    world_wait_for_line(w, "sshd has left its file behind: remove it there, or set "
                           "StreamLocalBindUnlink yes in its sshd_config; asking until it listens");
    assert_true(says(w->log, path));
    assert_int_equal(unlink(path), 0);
    world_wait_for_line(w, "listens at the gateway again after ");
    adit_tunnel_free(tunnel);
}

/* Asked for while the tunnel is down, refused when it is up, and granted in the end. */
static void what_listens_for_the_first_time_does_not_listen_again(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    struct adit_forward *remote;
    char path[SSHD_PEER_PATH_SIZE];
    const struct adit_forward_settings settings = { .bind = path,
                                                    .host = "127.0.0.1",
                                                    .port = w->echo.port };

    sshd_peer_kill(&w->sshd);
    sshd_peer_write(&w->sshd, "remote.socket", "", path);
    w->settings.keep_trying = true;
    tunnel = world_open(w);
    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &remote, &w->failure), ADIT_OK);
    sshd_peer_restart(&w->sshd);
    world_wait_for_line(w, "asking until it says yes");
    assert_int_equal(unlink(path), 0);
    world_wait_for_line(w, "listens at the gateway");
    adit_tunnel_free(tunnel);
    assert_true(says(w->log, "remote.socket: a file may be there already"));
    assert_true(says(w->log, "listens at the gateway after "));
}

static void a_refusal_is_told_of_as_an_error(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    char path[SSHD_PEER_PATH_SIZE];

    sshd_peer_kill(&w->sshd);
    sshd_peer_write(&w->sshd, "authorized_keys", "", path);
    sshd_peer_restart(&w->sshd);
    world_wait_for_line(w, "0 gateway: login as ");
    adit_tunnel_free(tunnel);
}

static void a_passphrase_is_asked_for_once(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    char path[SSHD_PEER_PATH_SIZE];
    char command[1024];

    (void)snprintf(path, sizeof path, "%s/locked", w->sshd.folder);
    (void)snprintf(command, sizeof command,
                   "ssh-keygen -q -t ed25519 -N 'open sesame' -f %s && "
                   "cat %s.pub >%s/authorized_keys",
                   path, path, w->sshd.folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
    w->settings.identity_files[0] = path;
    w->settings.identity_file_count = 1;
    w->settings.prompt = world_answer;
    w->answer = "open sesame";
    tunnel = world_open(w);
    assert_int_equal(w->prompts, 1);
    sshd_peer_kill(&w->sshd);
    sshd_peer_restart(&w->sshd);
    wait_for_state(w, 'U');
    assert_int_equal(w->prompts, 1);
    adit_tunnel_free(tunnel);
}

/* Nobody is there at first; its forwards are asked for all the same. */
static void a_tunnel_that_keeps_trying_begins_before_its_gateway(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    struct adit_forward *local;
    struct adit_forward *remote;
    struct adit_forward_status of_forward;
    struct adit_tunnel_status status;
    int early;

    sshd_peer_kill(&w->sshd);
    w->settings.keep_trying = true;
    tunnel = world_open(w);
    local = forward(tunnel, w, false);
    remote = forward(tunnel, w, true);
    assert_int_equal(adit_forward_port(remote), 0);
    early = loopback_connect(adit_forward_port(local));
    assert_true(early >= 0);
    wait_for_state(w, 'W');
    adit_forward_status(local, &of_forward);
    assert_true(of_forward.listens);
    assert_int_equal(of_forward.connections_total, 0);
    adit_forward_status(remote, &of_forward);
    assert_false(of_forward.listens);
    adit_tunnel_status(tunnel, &status);
    assert_true(status.last_failure_ms != UINT64_MAX);
    assert_int_equal(status.last_failure.leg, ADIT_LEG_GATEWAY);

    sshd_peer_restart(&w->sshd);
    wait_for_state(w, 'U');
    echo_to_the_end(early);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.outages, 0);
    assert_string_equal(status.agreement.host_key, "ssh-ed25519");
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
}

static void a_tunnel_that_keeps_trying_ends_when_it_is_told_to(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;

    sshd_peer_kill(&w->sshd);
    w->settings.keep_trying = true;
    tunnel = world_open(w);
    (void)forward(tunnel, w, true);
    wait_for_state(w, 'W');
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 0); /* it never was up */
}

static void each_forward_counts_what_it_carries(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_forward *forwards[] = { forward(tunnel, w, false), forward(tunnel, w, true) };
    struct adit_forward_status counts[2];
    struct adit_tunnel_status status;
    int fd;

    echo_through_port(adit_forward_port(forwards[0]));
    echo_through_port(adit_forward_port(forwards[1]));
    echo_through_port(adit_forward_port(forwards[1]));
    fd = loopback_connect(adit_forward_port(forwards[0]));
    assert_true(fd >= 0 && echo_is_good(fd, 1000));
    for (size_t i = 0; i < 2; i++)
        adit_forward_status(forwards[i], &counts[i]);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(counts[0].connections_total, 2);
    assert_int_equal(counts[1].connections_total, 2);
    assert_true(counts[0].connections >= 1);
    assert_true(counts[0].bytes_sent >= 1000 && counts[0].bytes_received >= 1000);
    assert_int_equal(counts[0].port, adit_forward_port(forwards[0]));
    assert_int_equal(status.bytes_sent, counts[0].bytes_sent + counts[1].bytes_sent);
    assert_int_equal(status.bytes_received, counts[0].bytes_received + counts[1].bytes_received);

    adit_forward_remove(forwards[0]); /* what is open goes on, and is the tunnel's alone */
    assert_true(echo_is_good(fd, 1000));
    assert_int_equal(close(fd), 0);
    adit_tunnel_free(tunnel);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(a_tunnel_comes_back_with_its_ports),
        WITH_SSHD(a_dial_waits_for_the_tunnel),
        WITH_SSHD(a_dial_hurries_the_next_try_and_those_after_it),
        WITH_SSHD(a_dial_waits_for_so_long_only),
        WITH_SSHD(who_does_not_want_to_wait_is_refused_at_once),
        WITH_SSHD(a_tunnel_that_is_down_is_closed_at_once),
        WITH_SSHD(a_runtime_may_be_freed_while_a_tunnel_is_down),
        WITH_SSHD(the_file_that_sshd_leaves_behind_is_named),
        WITH_SSHD(what_listens_for_the_first_time_does_not_listen_again),
        WITH_SSHD(a_refusal_is_told_of_as_an_error),
        WITH_SSHD(a_passphrase_is_asked_for_once),
        WITH_SSHD(a_tunnel_that_keeps_trying_begins_before_its_gateway),
        WITH_SSHD(a_tunnel_that_keeps_trying_ends_when_it_is_told_to),
        WITH_SSHD(each_forward_counts_what_it_carries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
