/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways through a tunnel of the library to the system's sshd, and refusals with their legs. */
#include "library_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 8,
    DIALS = 50,
};

static int allow_little(void **state)
{
    *state = world_new("PermitOpen 127.0.0.1:9\nPermitListen 127.0.0.1:9");
    return 0;
}

/* ---- ways through ---- */

static void a_dialled_connection_carries_bytes_and_both_ends(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct adit_tunnel_status status;
    int fd;

    fd = world_dial(w, tunnel);
    assert_true(echo_is_good(fd, 1000));
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_UP);
    assert_int_equal(status.connections, 1);
    assert_int_equal(status.bytes_sent, 1000);
    assert_int_equal(status.bytes_received, 1000);
    echo_to_the_end(fd);
    adit_tunnel_close(tunnel, LONG_MS);
    adit_tunnel_status(tunnel, &status);
    assert_int_equal(status.state, ADIT_TUNNEL_ENDED);
    assert_int_equal(status.connections, 0);
    assert_int_equal(status.connections_total, 1);
    assert_int_equal(status.bytes_sent, 301000);
    assert_int_equal(status.bytes_received, 301000);
    adit_tunnel_free(tunnel);
    assert_int_equal(w->ended, 1);
    assert_int_equal(w->end.err, ADIT_OK);
}

static void whoever_has_time_without_end_waits_for_the_answer(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel;
    int fd;

    w->settings.connect_timeout_ms = UINT64_MAX;
    tunnel = world_open(w);
    assert_int_equal(
        adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, UINT64_MAX, &fd, &w->failure), ADIT_OK);
    echo_to_the_end(fd);
    adit_tunnel_free(tunnel);
}

static void a_local_forward_on_port_0_leads_to_the_target(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = w->echo.port };
    struct adit_forward *forward;
    uint16_t port;
    int fd;

    assert_int_equal(adit_tunnel_forward_local(tunnel, &settings, &forward, &w->failure), ADIT_OK);
    port = adit_forward_port(forward);
    echo_to_the_end(loopback_connect(port));
    fd = loopback_connect(port);
    assert_true(echo_is_good(fd, 1));
    adit_forward_remove(forward);
    assert_int_equal(loopback_connect(port), -1);
    echo_to_the_end(fd); /* what is open goes on */
    adit_tunnel_free(tunnel);
}

static void a_remote_forward_on_port_0_leads_back_here(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = w->echo.port };
    struct adit_forward *forward;
    uint16_t port;
    int fd;

    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &forward, &w->failure), ADIT_OK);
    port = adit_forward_port(forward);
    assert_int_not_equal(port, 0);
    echo_to_the_end(loopback_connect(port));
    fd = loopback_connect(port);
    assert_true(echo_is_good(fd, 1));
    adit_forward_remove(forward);
    assert_int_equal(loopback_connect(port), -1);
    echo_to_the_end(fd);
    adit_tunnel_free(tunnel);
}

static void two_forwards_may_be_held_until_the_tunnel_is_freed(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = w->echo.port };
    struct adit_forward *local;
    struct adit_forward *remote;

    assert_int_equal(adit_tunnel_forward_local(tunnel, &settings, &local, NULL), ADIT_OK);
    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &remote, NULL), ADIT_OK);
    adit_tunnel_close(tunnel, 0);
    assert_int_equal(loopback_connect(adit_forward_port(local)), -1);
    assert_int_not_equal(adit_forward_port(remote), 0);
    adit_forward_remove(local);
    adit_tunnel_free(tunnel);
}

struct dialler {
    struct world *world;
    struct adit_tunnel *tunnel;
    unsigned good;
};

static void *dial_many(void *arg)
{
    struct dialler *d = arg;
    struct adit_failure failure;

    for (unsigned i = 0; i < DIALS; i++) {
        int fd;

        if (adit_tunnel_dial(d->tunnel, "127.0.0.1", d->world->echo.port, LONG_MS, &fd, &failure) !=
            ADIT_OK)
            break;
        d->good += echo_is_good(fd, 1000 + i);
        (void)close(fd);
    }
    return NULL;
}

static void many_threads_dial_through_one_tunnel(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    struct dialler diallers[THREADS];
    pthread_t threads[THREADS];

    for (unsigned i = 0; i < THREADS; i++) {
        diallers[i] = (struct dialler){ .world = w, .tunnel = tunnel };
        assert_int_equal(pthread_create(&threads[i], NULL, dial_many, &diallers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(diallers[i].good, DIALS);
    }
    adit_tunnel_free(tunnel);
}

/* ---- refusals, each with its leg ---- */

static void a_target_that_does_not_listen_is_the_server_sides_fault(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    int fd;

    assert_int_equal(adit_tunnel_dial(tunnel, "127.0.0.1", 1, LONG_MS, &fd, &w->failure),
                     ADIT_ERR_REFUSED);
    assert_int_equal(w->failure.leg, ADIT_LEG_SERVER);
    assert_true(says(w->failure.text, "server side: "));
    assert_true(says(w->failure.text, "127.0.0.1:1"));
    assert_int_equal(fd, -1);
    echo_to_the_end(world_dial(w, tunnel));
    adit_tunnel_free(tunnel);
}

static void what_the_gateway_does_not_permit_is_the_gateways_fault(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = { .bind_port = 23432,
                                                    .host = "127.0.0.1",
                                                    .port = w->echo.port };
    struct adit_forward *forward;
    int fd;

    assert_int_equal(adit_tunnel_dial(tunnel, "127.0.0.1", w->echo.port, LONG_MS, &fd, &w->failure),
                     ADIT_ERR_REFUSED);
    assert_int_equal(w->failure.leg, ADIT_LEG_GATEWAY);
    assert_true(says(w->failure.text, "gateway: connections to 127.0.0.1:"));
    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &forward, &w->failure),
                     ADIT_ERR_REFUSED);
    assert_null(forward);
    assert_true(says(w->failure.text, "gateway: refused to listen on port 23432"));
    adit_tunnel_free(tunnel);
}

static void a_local_port_in_use_is_the_clients_fault(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = {
        .bind = "127.0.0.1", .bind_port = w->echo.port, .host = "127.0.0.1", .port = w->echo.port
    };
    struct adit_forward *forward;

    assert_int_equal(adit_tunnel_forward_local(tunnel, &settings, &forward, &w->failure),
                     ADIT_ERR_SYSTEM);
    assert_true(says(w->failure.text, "client side: "));
    assert_true(says(w->failure.text, "in use"));
    adit_tunnel_free(tunnel);
}

static void a_dead_target_of_a_remote_forward_is_the_clients_fault(void **state)
{
    struct world *w = *state;
    struct adit_tunnel *tunnel = world_open(w);
    const struct adit_forward_settings settings = { .host = "127.0.0.1", .port = 1 };
    struct adit_forward *forward;
    char byte;
    int fd;

    assert_int_equal(adit_tunnel_forward_remote(tunnel, &settings, &forward, &w->failure), ADIT_OK);
    fd = loopback_connect(adit_forward_port(forward));
    assert_true(recv(fd, &byte, 1, 0) <= 0);
    assert_int_equal(close(fd), 0);
    adit_tunnel_free(tunnel);
    assert_true(says(w->log, "1 client side: "));
}

static void an_unreachable_gateway_is_told_at_once(void **state)
{
    struct world *w = *state;

    w->settings.port = 1;
    assert_true(says(world_refused(w, ADIT_ERR_SYSTEM), "gateway: "));
    assert_true(says(w->failure.text, "refused"));
    w->settings.host = "no-such-host.invalid";
    assert_true(says(world_refused(w, ADIT_ERR_NOT_FOUND), "no-such-host.invalid"));
}

static void a_server_that_does_not_speak_ssh_is_named_as_such(void **state)
{
    struct world *w = *state;
    struct echo_peer other;
    struct adit_tunnel *tunnel;

    echo_peer_start(&other, "HTTP/1.0 400 Bad\r\n\r\n");
    w->settings.port = other.port;
    assert_int_not_equal(adit_tunnel_open(w->runtime, &w->settings, &tunnel, &w->failure), ADIT_OK);
    assert_true(says(w->failure.text, "does not answer as an SSH server"));
    echo_peer_stop(&other);
    echo_peer_start(&other, "");
    w->settings.port = other.port;
    w->settings.connect_timeout_ms = 300;
    assert_true(says(world_refused(w, ADIT_ERR_TIMEOUT), "does not answer as an SSH server"));
    echo_peer_stop(&other);
}

#define WITH_SSHD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SSHD(a_dialled_connection_carries_bytes_and_both_ends),
        WITH_SSHD(whoever_has_time_without_end_waits_for_the_answer),
        WITH_SSHD(a_local_forward_on_port_0_leads_to_the_target),
        WITH_SSHD(a_remote_forward_on_port_0_leads_back_here),
        WITH_SSHD(two_forwards_may_be_held_until_the_tunnel_is_freed),
        WITH_SSHD(many_threads_dial_through_one_tunnel),
        WITH_SSHD(a_target_that_does_not_listen_is_the_server_sides_fault),
        cmocka_unit_test_setup_teardown(what_the_gateway_does_not_permit_is_the_gateways_fault,
                                        allow_little, world_tear_down),
        WITH_SSHD(a_local_port_in_use_is_the_clients_fault),
        WITH_SSHD(a_dead_target_of_a_remote_forward_is_the_clients_fault),
        WITH_SSHD(an_unreachable_gateway_is_told_at_once),
        WITH_SSHD(a_server_that_does_not_speak_ssh_is_named_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
