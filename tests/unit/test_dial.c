/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "net/dial.h"
#include "net/dial_failure.h"
#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

struct result {
    struct adit_loop *loop;
    unsigned calls;
    unsigned asked; /* by `permitted` */
    bool permit;
    int fd;
    enum adit_err err;
    char text[ADIT_DIAL_TEXT_SIZE];
};

static void on_done(void *arg, int fd, enum adit_err err, const char *text)
{
    struct result *result = arg;

    result->calls++;
    result->fd = fd;
    result->err = err;
    (void)snprintf(result->text, sizeof result->text, "%s", text);
}

static bool permitted(void *arg, const struct sockaddr *address)
{
    struct result *result = arg;
    char host[64];
    uint16_t port;

    adit_address_text(address, host, sizeof host, &port);
    assert_true(port > 0);
    result->asked++;
    return result->permit;
}

/* A port on 127.0.0.1 that listens, or, when `listens` is false, one that refuses. */
static int local_port(bool listens, uint16_t *port)
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof own;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    if (listens)
        assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    *port = ntohs(own.sin_port);
    return fd;
}

static struct result dial(const struct adit_dial_settings *settings, bool permit)
{
    struct result result = { .fd = -2, .permit = permit };
    struct adit_dial *dial;

    assert_int_equal(adit_loop_new(&result.loop), ADIT_OK);
    assert_int_equal(adit_dial_start(result.loop, settings, on_done, &result, &dial), ADIT_OK);
    assert_int_equal(result.calls, 0); /* never from inside the call */
    adit_loop_run(result.loop);
    assert_int_equal(result.calls, 1);
    adit_loop_free(result.loop);
    return result;
}

/* F11: no delay, and closed by exec. */
static void a_connection_is_ready_to_be_used(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "localhost", "LocalHost" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(hosts); i++) {
        struct adit_dial_settings settings = { .host = hosts[i], .tcp_keepalive = true };
        const int listening = local_port(true, &settings.port);
        const struct result result = dial(&settings, true);
        int no_delay = 0;
        socklen_t len = sizeof no_delay;

        assert_int_equal(result.err, ADIT_OK);
        assert_true(result.fd >= 0);
        assert_true(fcntl(result.fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(result.fd, F_GETFD) & FD_CLOEXEC);
        assert_int_equal(getsockopt(result.fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &len), 0);
        assert_true(no_delay);
        (void)close(result.fd);
        (void)close(listening);
    }
}

static void a_refusal_names_host_port_and_addresses(void **state)
{
    uint16_t port;
    const int fd = local_port(false, &port);
    char expected[100];
    struct result result;

    (void)state;
    result = dial(&(struct adit_dial_settings){ .host = "127.0.0.1", .port = port }, true);
    (void)snprintf(expected, sizeof expected, "connect to 127.0.0.1:%u: Connection refused", port);
    assert_int_equal(result.err, ADIT_ERR_SYSTEM);
    assert_int_equal(result.fd, -1);
    assert_string_equal(result.text, expected);

    result = dial(
        &(struct adit_dial_settings){ .host = "localhost", .port = port, .family = AF_INET }, true);
    (void)snprintf(expected, sizeof expected,
                   "connect to localhost:%u (127.0.0.1): Connection refused", port);
    assert_string_equal(result.text, expected);
    (void)close(fd);
}

static void a_name_that_does_not_exist_is_not_found(void **state)
{
    const struct result result =
        dial(&(struct adit_dial_settings){ .host = "no-such-host.invalid", .port = 1 }, true);

    (void)state;
    assert_int_equal(result.err, ADIT_ERR_NOT_FOUND);
    assert_memory_equal(result.text, "look up no-such-host.invalid: ", 30);
}

static void an_address_of_the_other_family_is_not_found(void **state)
{
    const struct adit_dial_settings settings = { .host = "127.0.0.1",
                                                 .port = 1,
                                                 .family = AF_INET6 };

    (void)state;
    assert_int_equal(dial(&settings, true).err, ADIT_ERR_NOT_FOUND);
}

/* F1: the policy judges each address, and what it refuses is never connected to. */
static void an_address_that_is_not_permitted_is_not_tried(void **state)
{
    struct adit_dial_settings settings = { .host = "localhost", .permitted = permitted };
    const int listening = local_port(true, &settings.port);
    struct result result;

    (void)state;
    result = dial(&settings, false);
    assert_int_equal(result.err, ADIT_ERR_REFUSED);
    assert_int_equal(result.asked, 2);
    assert_non_null(strstr(result.text, "(::1, 127.0.0.1): not permitted"));
    assert_int_equal(fcntl(listening, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(accept(listening, NULL, NULL), -1);

    result = dial(&settings, true);
    assert_int_equal(result.err, ADIT_OK);
    (void)close(result.fd);
    (void)close(listening);
}

static void the_source_address_is_the_one_asked_for(void **state)
{
    struct adit_dial_settings settings = { .host = "127.0.0.1", .bind_address = "127.0.0.77" };
    const int listening = local_port(true, &settings.port);
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    struct result result = dial(&settings, true);
    char host[64];
    uint16_t port;
    int fd;

    (void)state;
    assert_int_equal(result.err, ADIT_OK);
    fd = accept(listening, (struct sockaddr *)&peer, &len);
    assert_true(fd >= 0);
    adit_address_text((struct sockaddr *)&peer, host, sizeof host, &port);
    assert_string_equal(host, "127.0.0.77");
    (void)close(fd);
    (void)close(result.fd);

    settings.bind_address = NULL;
    settings.bind_interface = "lo";
    result = dial(&settings, true);
    assert_int_equal(result.err, ADIT_OK);
    (void)close(result.fd);
    settings.bind_interface = "nosuchinterface";
    assert_int_equal(dial(&settings, true).err, ADIT_ERR_SYSTEM);
    settings.bind_interface = NULL;
    settings.bind_address = "::1";
    assert_int_equal(dial(&settings, true).err, ADIT_ERR_SYSTEM);
    (void)close(listening);
}

/* A listener whose queue is full lets the next connection wait. */
static int full_port(uint16_t *port, int fillers[static 8])
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int listening = local_port(false, port);

    assert_int_equal(listen(listening, 0), 0);
    to.sin_port = htons(*port);
    for (unsigned i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fillers[i], (struct sockaddr *)&to, sizeof to);
    }
    return listening;
}

static void no_answer_in_time_is_a_timeout(void **state)
{
    struct adit_dial_settings settings = { .host = "127.0.0.1", .timeout_ms = 60 };
    int fillers[8];
    const int listening = full_port(&settings.port, fillers);
    const struct result result = dial(&settings, true);

    (void)state;
    assert_int_equal(result.err, ADIT_ERR_TIMEOUT);
    assert_non_null(strstr(result.text, "no answer in time"));
    for (unsigned i = 0; i < 8; i++)
        (void)close(fillers[i]);
    (void)close(listening);
}

struct acceptor {
    struct result result; /* the dial's arg */
    struct adit_timer *timer;
    int listening;
    int accepted[8];
    unsigned count;
};

static void accept_all(void *arg)
{
    struct acceptor *a = arg;

    while (a->count < 8 && (a->accepted[a->count] = accept(a->listening, NULL, NULL)) >= 0)
        a->count++;
    if (a->result.calls == 0)
        adit_timer_set(a->timer, adit_loop_now_ms(a->result.loop) + 20);
}

/* The queue is emptied when the dial has begun; the kernel asks again a second later. */
static void a_connection_that_takes_a_while_is_waited_for(void **state)
{
    struct adit_dial_settings settings = { .host = "127.0.0.1", .timeout_ms = UINT64_MAX };
    struct acceptor a = { .result = { .fd = -2 } };
    struct adit_dial *dial_out;
    int fillers[8];

    (void)state;
    a.listening = full_port(&settings.port, fillers);
    assert_int_equal(fcntl(a.listening, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(adit_loop_new(&a.result.loop), ADIT_OK);
    assert_int_equal(adit_timer_new(a.result.loop, accept_all, &a, &a.timer), ADIT_OK);
    assert_int_equal(adit_dial_start(a.result.loop, &settings, on_done, &a.result, &dial_out),
                     ADIT_OK);
    adit_timer_set(a.timer, adit_loop_now_ms(a.result.loop) + 20);
    adit_loop_run(a.result.loop);
    assert_int_equal(a.result.err, ADIT_OK);
    assert_true(fcntl(a.result.fd, F_GETFL) & O_NONBLOCK);
    (void)close(a.result.fd);
    while (a.count)
        (void)close(a.accepted[--a.count]);
    for (unsigned i = 0; i < 8; i++)
        (void)close(fillers[i]);
    (void)close(a.listening);
    adit_timer_free(a.timer);
    adit_loop_free(a.result.loop);
}

/* RFC 8305: the other address is tried meanwhile. Skipped on a host without IPv6. */
static void an_address_that_does_not_answer_is_overtaken(void **state)
{
    struct adit_dial_settings settings = { .host = "localhost", .timeout_ms = 20000 };
    const int listening = local_port(true, &settings.port);
    struct sockaddr_in6 own = { .sin6_family = AF_INET6,
                                .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                .sin6_port = htons(settings.port) };
    const int silent = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int fillers[8];
    struct result result;

    (void)state;
    if (bind(silent, (struct sockaddr *)&own, sizeof own) || listen(silent, 0))
        skip();
    for (unsigned i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(fillers[i], (struct sockaddr *)&own, sizeof own);
    }
    result = dial(&settings, true);
    assert_int_equal(result.err, ADIT_OK);
    assert_int_equal(getpeername(result.fd, (struct sockaddr *)&peer, &len), 0);
    assert_int_equal(peer.ss_family, AF_INET);
    for (unsigned i = 0; i < 8; i++)
        (void)close(fillers[i]);
    (void)close(result.fd);
    (void)close(silent);
    (void)close(listening);
}

static void cancel(void *arg)
{
    adit_dial_cancel(arg);
}

static void a_cancelled_dial_is_silent(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "no-such-host.invalid" };
    struct adit_dial_settings settings = { .timeout_ms = 5000 };
    int fillers[8];
    const int listening = full_port(&settings.port, fillers);

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(hosts); i++) {
        struct result result = { 0 };
        struct adit_dial *early;
        struct adit_dial *late;

        settings.host = hosts[i];
        assert_int_equal(adit_loop_new(&result.loop), ADIT_OK);
        assert_int_equal(adit_dial_start(result.loop, &settings, on_done, &result, &late), ADIT_OK);
        assert_int_equal(adit_dial_start(result.loop, &settings, on_done, &result, &early),
                         ADIT_OK);
        adit_dial_cancel(early);
        if (i == 0) /* it is connecting by then */
            assert_int_equal(adit_loop_post(result.loop, cancel, late), ADIT_OK);
        else
            adit_dial_cancel(late);
        adit_loop_run(result.loop);
        assert_int_equal(result.calls, 0);
        adit_loop_free(result.loop);
    }
    for (unsigned i = 0; i < 8; i++)
        (void)close(fillers[i]);
    (void)close(listening);
}

/* Row 13 of the faults. */
static void without_descriptors_a_dial_fails_by_itself(void **state)
{
    const struct adit_dial_settings settings = { .host = "127.0.0.1", .port = 9 };
    struct result result = { .permit = true };
    struct adit_dial *dial_out;
    struct rlimit limit;
    struct rlimit none;

    (void)state;
    assert_int_equal(adit_loop_new(&result.loop), ADIT_OK);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 3;
    assert_int_equal(adit_dial_start(result.loop, &settings, on_done, &result, &dial_out), ADIT_OK);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    adit_loop_run(result.loop);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result.calls, 1);
    assert_int_equal(result.err, ADIT_ERR_LIMIT);
    adit_loop_free(result.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_is_ready_to_be_used),
        cmocka_unit_test(a_refusal_names_host_port_and_addresses),
        cmocka_unit_test(a_name_that_does_not_exist_is_not_found),
        cmocka_unit_test(an_address_of_the_other_family_is_not_found),
        cmocka_unit_test(an_address_that_is_not_permitted_is_not_tried),
        cmocka_unit_test(the_source_address_is_the_one_asked_for),
        cmocka_unit_test(no_answer_in_time_is_a_timeout),
        cmocka_unit_test(a_connection_that_takes_a_while_is_waited_for),
        cmocka_unit_test(an_address_that_does_not_answer_is_overtaken),
        cmocka_unit_test(a_cancelled_dial_is_silent),
        cmocka_unit_test(without_descriptors_a_dial_fails_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
