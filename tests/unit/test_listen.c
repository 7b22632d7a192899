/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/span.h"
#include "net/listen.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CONNECTIONS = 200, DESCRIPTORS = 256 };

struct world {
    struct adit_loop *loop;
    struct adit_listener *listener;
    struct adit_log log;
    unsigned accepted;
    unsigned wanted;
    bool free_at_first;
    char peer[64];
    int last_fd;
    unsigned log_lines;
    char last_line[200];
    struct rlimit files; /* to go back to when the log has told of the shortage */
};

static void on_accepted(void *arg, int fd, const struct sockaddr *peer)
{
    struct world *w = arg;
    int no_delay = 0;
    socklen_t len = sizeof no_delay;
    uint16_t port;

    w->accepted++;
    adit_address_text(peer, w->peer, sizeof w->peer, &port);
    assert_true(port > 0);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &len), 0);
    assert_true(no_delay);
    (void)close(fd);
    if (w->free_at_first) {
        adit_listener_free(w->listener);
        w->listener = NULL;
    }
    if (w->accepted == w->wanted)
        adit_loop_stop(w->loop);
}

static void on_log(void *user, enum adit_log_level level, const char *line)
{
    struct world *w = user;

    (void)level;
    w->log_lines++;
    (void)snprintf(w->last_line, sizeof w->last_line, "%s", line);
    if (strstr(line, "cannot accept"))
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &w->files), 0);
}

static void world_start(struct world *w, const char *address, uint16_t port, int family)
{
    struct adit_listen_settings settings = { .address = address, .port = port, .family = family };
    char text[200];

    *w = (struct world){ .log = { ADIT_LOG_DEBUG3, on_log, w } };
    settings.log = &w->log;
    assert_int_equal(adit_loop_new(&w->loop), ADIT_OK);
    assert_int_equal(
        adit_listener_new(w->loop, &settings, on_accepted, w, text, sizeof text, &w->listener),
        ADIT_OK);
}

static void world_end(struct world *w)
{
    adit_listener_free(w->listener);
    adit_loop_free(w->loop);
}

/* -1 when nobody listens there. */
static int connect_to(const char *address, uint16_t port)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    const bool is_v6 = inet_pton(AF_INET, address, &in.sin_addr) != 1;
    const int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (is_v6)
        assert_int_equal(inet_pton(AF_INET6, address, &in6.sin6_addr), 1);
    if (connect(fd, is_v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
                is_v6 ? sizeof in6 : sizeof in) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool has_v6(void)
{
    const struct sockaddr_in6 own = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool good = bind(fd, (const struct sockaddr *)&own, sizeof own) == 0;

    (void)close(fd);
    return good;
}

/* F2: what the address stands for. */
static void an_address_listens_where_it_says(void **state)
{
    static const struct {
        const char *address;
        int family;
        bool loopback4, other4, loopback6;
    } cases[] = {
        { NULL, AF_UNSPEC, true, false, true },
        { "localhost", AF_UNSPEC, true, false, true },
        { "localhost", AF_INET, true, false, false },
        { "", AF_UNSPEC, true, true, true },
        { "*", AF_UNSPEC, true, true, true },
        { "*", AF_INET, true, true, false },
        { "*", AF_INET6, false, false, true },
        { "0.0.0.0", AF_UNSPEC, true, true, false },
        { "::", AF_UNSPEC, false, false, true },
        { "127.0.0.1", AF_UNSPEC, true, false, false },
        { "127.0.0.9", AF_UNSPEC, false, true, false },
        { "::1", AF_UNSPEC, false, false, true },
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(cases); i++) {
        struct world w;
        int fds[3];

        if (!has_v6() && !cases[i].loopback4 && !cases[i].other4)
            continue;
        world_start(&w, cases[i].address, 0, cases[i].family);
        assert_true(adit_listener_port(w.listener) > 0);
        fds[0] = connect_to("127.0.0.1", adit_listener_port(w.listener));
        fds[1] = connect_to("127.0.0.9", adit_listener_port(w.listener));
        fds[2] = connect_to("::1", adit_listener_port(w.listener));
        assert_int_equal(fds[0] >= 0, cases[i].loopback4);
        assert_int_equal(fds[1] >= 0, cases[i].other4);
        assert_int_equal(fds[2] >= 0, cases[i].loopback6 && has_v6());
        for (size_t k = 0; k < ADIT_ARRAY_LEN(fds); k++)
            if (fds[k] >= 0) {
                w.wanted++;
                (void)close(fds[k]);
            }
        adit_loop_run(w.loop);
        assert_int_equal(w.accepted, w.wanted);
        world_end(&w);
    }
}

static void a_port_in_use_is_told(void **state)
{
    struct world w;
    bool in_use = false;
    struct adit_listen_settings settings = { .address = "127.0.0.1", .in_use = &in_use };
    struct adit_listener *second;
    char text[200];
    char expected[200];

    (void)state;
    world_start(&w, "127.0.0.1", 0, AF_UNSPEC);
    settings.port = adit_listener_port(w.listener);
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &second),
        ADIT_ERR_SYSTEM);
    assert_null(second);
    (void)snprintf(expected, sizeof expected, "listen on 127.0.0.1 port %u: Address already in use",
                   settings.port);
    assert_string_equal(text, expected);
    assert_true(in_use);

    /* One of two addresses in use: neither listens, or a stranger could sit on the other. */
    settings.address = NULL;
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &second),
        ADIT_ERR_SYSTEM);
    assert_int_equal(connect_to("::1", settings.port), -1);
    world_end(&w);
}

static void an_address_that_is_not_ours_is_told(void **state)
{
    static const char *const addresses[] = { "192.0.2.1", "no-such-host.invalid", "\033[31m" };
    struct world w;

    (void)state;
    assert_int_equal(adit_loop_new(&w.loop), ADIT_OK);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(addresses); i++) {
        bool in_use = true;
        const struct adit_listen_settings settings = { .address = addresses[i], .in_use = &in_use };
        char text[200] = "";

        assert_int_equal(
            adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
            ADIT_ERR_SYSTEM);
        assert_null(w.listener);
        assert_memory_equal(text, "listen on ", 10);
        assert_false(in_use);
        assert_null(strchr(text, '\033'));
    }
    adit_loop_free(w.loop);
}

static void names_are_not_looked_up_for_who_cannot_wait(void **state)
{
    struct adit_listen_settings settings = { .address = "no-such-host.invalid",
                                             .no_look_up = true };
    struct world w;
    char text[200] = "";

    (void)state;
    assert_int_equal(adit_loop_new(&w.loop), ADIT_OK);
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
        ADIT_ERR_SYSTEM);
    assert_string_equal(text, "listen on no-such-host.invalid: not a numeric address");
    settings.address = "LocalHost";
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
        ADIT_OK);
    world_end(&w);
}

static void many_connections_are_all_accepted(void **state)
{
    struct world w;
    int fds[CONNECTIONS];

    (void)state;
    world_start(&w, "127.0.0.1", 0, AF_UNSPEC);
    w.wanted = CONNECTIONS;
    for (size_t i = 0; i < CONNECTIONS; i++)
        fds[i] = connect_to("127.0.0.1", adit_listener_port(w.listener));
    adit_loop_run(w.loop);
    assert_int_equal(w.accepted, CONNECTIONS);
    assert_string_equal(w.peer, "127.0.0.1");
    for (size_t i = 0; i < CONNECTIONS; i++)
        (void)close(fds[i]);
    world_end(&w);
}

static void a_listener_may_be_freed_by_its_callback(void **state)
{
    struct world w;
    int fds[3];

    (void)state;
    world_start(&w, "127.0.0.1", 0, AF_UNSPEC);
    w.free_at_first = true;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(fds); i++)
        fds[i] = connect_to("127.0.0.1", adit_listener_port(w.listener));
    adit_loop_run(w.loop);
    assert_int_equal(w.accepted, 1);
    for (size_t i = 0; i < ADIT_ARRAY_LEN(fds); i++)
        (void)close(fds[i]);
    world_end(&w);
}

/* Row 12 of the faults. */
static void out_of_descriptors_it_pauses_and_says_so_once(void **state)
{
    struct world w;
    struct rlimit none;
    int fds[2];

    (void)state;
    world_start(&w, "127.0.0.1", 0, AF_UNSPEC);
    w.wanted = 2;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &w.files), 0);
    fds[0] = connect_to("127.0.0.1", adit_listener_port(w.listener));
    fds[1] = connect_to("127.0.0.1", adit_listener_port(w.listener));
    none = w.files;
    none.rlim_cur = 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    adit_loop_run(w.loop);
    assert_int_equal(w.accepted, 2);
    assert_int_equal(w.log_lines, 2);
    assert_non_null(strstr(w.last_line, "accepting again"));
    (void)close(fds[0]);
    (void)close(fds[1]);
    world_end(&w);
}

/* What all pollers of this process watch, as the kernel has it. */
static unsigned watched_descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        char path[64];
        char line[200];
        FILE *info;

        (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        info = fopen(path, "r");
        while (info && fgets(line, sizeof line, info))
            count += strncmp(line, "tfd:", 4) == 0;
        if (info)
            (void)fclose(info);
    }
    return count;
}

static void stop_loop(void *arg)
{
    struct world *w = arg;

    adit_loop_stop(w->loop);
}

/* A program that was started by fork() alone has it, and connections still come. */
static void a_freed_listener_is_not_polled_though_another_process_has_it(void **state)
{
    struct adit_listen_settings settings = { .address = "127.0.0.1" };
    struct world w = { .wanted = 1 };
    struct adit_timer *timer;
    unsigned watched;
    char text[200];
    uint16_t port;
    pid_t child;
    int fd;

    (void)state;
    assert_int_equal(adit_loop_new(&w.loop), ADIT_OK);
    assert_int_equal(adit_timer_new(w.loop, stop_loop, &w, &timer), ADIT_OK);
    watched = watched_descriptors();
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
        ADIT_OK);
    assert_int_equal(watched_descriptors(), watched + 1);
    port = adit_listener_port(w.listener);
    child = fork();
    if (child == 0) {
        (void)alarm(60); /* at the latest */
        for (;;)
            (void)pause();
    }
    assert_true(child > 0);
    adit_listener_free(w.listener);
    fd = connect_to("127.0.0.1", port);
    assert_int_equal(watched_descriptors(), watched);
    for (int turns = 0; turns < 2; turns++) {
        adit_timer_set(timer, adit_loop_now_ms(w.loop) + 10);
        adit_loop_run(w.loop);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(fd >= 0); /* it came to the child's socket */
    assert_int_equal(w.accepted, 0);
    (void)close(fd);
    adit_timer_free(timer);
    adit_loop_free(w.loop);
}

static void a_path_has_its_mode_and_goes_with_its_listener(void **state)
{
    char folder[] = "/tmp/adit-listen-XXXXXX";
    char path[64];
    struct adit_listen_settings settings = { .address = path, .socket_mode = 0666 };
    const mode_t before = umask(0077);
    struct stat status;
    struct world w;
    char text[200];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/socket", folder);
    assert_int_equal(adit_loop_new(&w.loop), ADIT_OK);
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
        ADIT_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode, S_IFSOCK | 0666);
    adit_listener_free(w.listener);
    assert_int_equal(lstat(path, &status), -1);

    /* A link is no socket to take the place of, nor is it followed. */
    assert_int_equal(symlink("elsewhere", path), 0);
    settings.unlink_first = true;
    assert_int_equal(
        adit_listener_new(w.loop, &settings, on_accepted, &w, text, sizeof text, &w.listener),
        ADIT_ERR_SYSTEM);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    adit_loop_free(w.loop);
    (void)umask(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_listens_where_it_says),
        cmocka_unit_test(a_port_in_use_is_told),
        cmocka_unit_test(an_address_that_is_not_ours_is_told),
        cmocka_unit_test(names_are_not_looked_up_for_who_cannot_wait),
        cmocka_unit_test(many_connections_are_all_accepted),
        cmocka_unit_test(a_listener_may_be_freed_by_its_callback),
        cmocka_unit_test(out_of_descriptors_it_pauses_and_says_so_once),
        cmocka_unit_test(a_freed_listener_is_not_polled_though_another_process_has_it),
        cmocka_unit_test(a_path_has_its_mode_and_goes_with_its_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
