/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic for tunnels, and the judge of what came through. Client and server
 * compute every byte from a seed and compare each one, so that a byte that is
 * lost, doubled or changed is found, and so is a clean end that came too early.
 *
 *     traffic serve FILE           serves until killed; writes its three ports into FILE
 *     traffic push PORT BYTES      to the server            (pull: from it, both: at once)
 *     traffic halfclose PORT BYTES      our EOF first, then the server's bytes
 *     traffic halfclose-down PORT BYTES the server's EOF first, then our bytes
 *     traffic echo PORT COUNT      round trips
 *     traffic hold PORT FILE       round trips until SIGTERM; makes FILE after the first
 *     traffic many PORT CONNECTIONS BYTES   both ways on all connections at once
 *     traffic closed PORT          the target closes at once: an EOF and nothing before it
 *     traffic refused PORT         no target: an end without a byte, or no connection
 *
 * With TRAFFIC_IS_GREETED in the environment nothing is said before the server has said something,
 * which it does at its third port; at its second one it closes at once.
 */
#include "interop/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAGIC     UINT64_C(0x6164697474726166)
#define GREETING  'h'
#define RECALL_MS 120000
#define MANY_MAX  1000
#define RESULTS   1024

enum mode {
    MODE_FLOW,        /* both directions at once, then the server's verdict */
    MODE_CLIENT_ENDS, /* the server sends when it has seen the client's EOF */
    MODE_SERVER_ENDS, /* the client sends when it has seen the server's EOF; verdict by MODE_RESULT */
    MODE_RESULT,      /* how did the flow with this seed end? */
    MODE_ECHO,
};

/* In the order of bytes of this machine: both ends are on it. */
struct request {
    uint64_t magic;
    uint64_t mode;
    uint64_t seed;
    uint64_t up;   /* bytes from client to server */
    uint64_t down; /* and back */
};

struct verdict {
    uint64_t magic;
    uint64_t seed;
    uint64_t received;
};

/* ---- the server -------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    uint64_t seeds[RESULTS]; /* of the flows that ended well, the last ones */
    size_t count;
} good = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void remember(uint64_t seed)
{
    (void)pthread_mutex_lock(&good.lock);
    good.seeds[good.count++ % RESULTS] = seed;
    (void)pthread_mutex_unlock(&good.lock);
}

/* It may still be on its way through the tunnel: asks for a while. */
static bool recall(uint64_t seed)
{
    for (int i = 0; i < RECALL_MS / 10; i++) {
        bool found = false;

        (void)pthread_mutex_lock(&good.lock);
        for (size_t j = 0; j < RESULTS; j++)
            found = found || good.seeds[j] == seed;
        (void)pthread_mutex_unlock(&good.lock);
        if (found)
            return true;
        (void)poll(NULL, 0, 10);
    }
    return false;
}

static bool serve_echo(int fd)
{
    uint8_t buf[FLOW_CHUNK];
    short got;

    for (;;) {
        const ssize_t n = recv(fd, buf, sizeof buf, 0);

        if (n == 0)
            return true;
        if (n < 0 && errno != EAGAIN)
            return true; /* a client that was killed is no fault of the tunnel */
        if (n < 0)
            (void)adit_wait_for(fd, POLLIN, &got);
        else if (!adit_write_all(fd, buf, (size_t)n))
            return false;
    }
}

static bool serve_flow(int fd, const struct request *request)
{
    const struct verdict verdict = { MAGIC, request->seed, request->up };
    const bool ends = request->mode == MODE_SERVER_ENDS;
    struct adit_flow flow = { .fd = fd,
                              .out = adit_stream_init(request->seed, true),
                              .in = adit_stream_init(request->seed, false),
                              .to_send = request->down,
                              .to_come = request->up,
                              .ends_first = ends,
                              .waits_first = request->mode == MODE_CLIENT_ENDS };

    if (!adit_flow_run(&flow, request->mode != MODE_FLOW))
        return false;
    remember(request->seed);
    return ends || adit_write_all(fd, &verdict, sizeof verdict);
}

static void *serve_connection(void *arg)
{
    const int fd = *(int *)arg;
    struct request request = { .magic = 0 };
    bool ok = false;

    free(arg);
    if (adit_read_all(fd, &request, sizeof request) != sizeof request || request.magic != MAGIC) {
        (void)adit_fail("a connection without a request");
    } else if (request.mode == MODE_ECHO) {
        ok = serve_echo(fd);
    } else if (request.mode == MODE_RESULT) {
        const struct verdict verdict = { MAGIC, request.seed, 0 };

        ok = recall(request.seed) && adit_write_all(fd, &verdict, sizeof verdict);
    } else {
        ok = serve_flow(fd, &request);
    }
    if (!ok)
        (void)adit_fail("server: mode %llu failed", (unsigned long long)request.mode);
    (void)close(fd);
    return NULL;
}

static bool serve_one(int fd)
{
    int *arg = malloc(sizeof *arg);
    pthread_t thread;

    if (arg == NULL || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return adit_fail("cannot serve");
    *arg = fd;
    return pthread_create(&thread, NULL, serve_connection, arg) == 0 && pthread_detach(thread) == 0;
}

enum port { SERVING, CLOSING, GREETING_FIRST, PORTS };

static void take_one(int listener, enum port port)
{
    static const char greeting = GREETING;
    const int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return;
    if (port == CLOSING || (port == GREETING_FIRST && !adit_write_all(fd, &greeting, 1)) ||
        !serve_one(fd))
        (void)close(fd);
}

static bool serve(const char *path)
{
    uint16_t ports[PORTS] = { 0 };
    struct pollfd pfds[PORTS];
    FILE *file;

    for (int i = 0; i < PORTS; i++)
        pfds[i] = (struct pollfd){ .fd = adit_listen_on(&ports[i]), .events = POLLIN };
    file = fopen(path, "w");
    if (pfds[0].fd < 0 || pfds[1].fd < 0 || pfds[2].fd < 0 || file == NULL ||
        fprintf(file, "%u %u %u\n", ports[0], ports[1], ports[2]) < 0 || fclose(file) != 0)
        return adit_fail("%s: %s", path, strerror(errno));
    while (poll(pfds, PORTS, -1) > 0) {
        for (int i = 0; i < PORTS; i++)
            if (pfds[i].revents & POLLIN)
                take_one(pfds[i].fd, (enum port)i);
    }
    return adit_fail("poll: %s", strerror(errno));
}

/* ---- the clients -------------------------------------------------------------- */

static uint64_t fresh_seed(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec + ((uint64_t)getpid() << 40);
}

static bool is_greeted(int fd)
{
    char greeting = GREETING;

    if (getenv("TRAFFIC_IS_GREETED") != NULL && adit_read_all(fd, &greeting, 1) != 1)
        return adit_fail("no greeting");
    return greeting == GREETING || adit_fail("another greeting");
}

static int request_to(uint16_t port, const struct request *request)
{
    const int fd = adit_connect_to(port);

    if (fd < 0) {
        (void)adit_fail("port %u: %s", port, strerror(errno));
        return -1;
    }
    if (!is_greeted(fd) || !adit_write_all(fd, request, sizeof *request)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static bool expect_verdict(int fd, uint64_t seed, uint64_t received)
{
    struct verdict verdict;

    if (adit_read_all(fd, &verdict, sizeof verdict) != sizeof verdict)
        return adit_fail("the connection ended without the server's verdict");
    if (verdict.magic != MAGIC || verdict.seed != seed || verdict.received != received)
        return adit_fail("the server's verdict is of another flow");
    return adit_expect_end(fd);
}

static bool ask_result(uint16_t port, uint64_t seed)
{
    const struct request request = { MAGIC, MODE_RESULT, seed, 0, 0 };
    const int fd = request_to(port, &request);
    const bool ok = fd >= 0 && expect_verdict(fd, seed, 0);

    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool flow_over(int fd, const struct request *request)
{
    struct adit_flow flow = { .fd = fd,
                              .out = adit_stream_init(request->seed, false),
                              .in = adit_stream_init(request->seed, true),
                              .to_send = request->up,
                              .to_come = request->down,
                              .ends_first = request->mode == MODE_CLIENT_ENDS,
                              .waits_first = request->mode == MODE_SERVER_ENDS };

    if (!adit_flow_run(&flow, request->mode == MODE_SERVER_ENDS))
        return false;
    return request->mode == MODE_SERVER_ENDS || expect_verdict(fd, request->seed, request->up);
}

static bool run_flow(uint16_t port, enum mode mode, uint64_t up, uint64_t down)
{
    const struct request request = { MAGIC, mode, fresh_seed(), up, down };
    const int fd = request_to(port, &request);
    const bool ok = fd >= 0 && flow_over(fd, &request);

    if (fd >= 0)
        (void)close(fd);
    return ok && (mode != MODE_SERVER_ENDS || ask_result(port, request.seed));
}

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static bool round_trip(int fd, struct adit_stream *stream)
{
    uint8_t sent[64];
    uint8_t came[64];

    adit_stream_fill(stream, sent, sizeof sent);
    return adit_write_all(fd, sent, sizeof sent) &&
           adit_read_all(fd, came, sizeof came) == (ssize_t)sizeof came &&
           memcmp(sent, came, sizeof came) == 0;
}

static bool make_file(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    return fd >= 0 ? close(fd) == 0 : adit_fail("%s: %s", path, strerror(errno));
}

/* With a file to make it goes on until it is stopped, and not as fast as it can. */
static bool run_echo(uint16_t port, uint64_t count, const char *path)
{
    const struct request request = { MAGIC, MODE_ECHO, fresh_seed(), 0, 0 };
    const int fd = request_to(port, &request);
    struct adit_stream stream = adit_stream_init(request.seed, false);
    bool ok = fd >= 0;

    for (uint64_t i = 0; ok && i < count && !stopped; i++) {
        ok = round_trip(fd, &stream) || adit_fail("round trip %llu failed", (unsigned long long)i);
        if (path != NULL && ok && i == 0)
            ok = make_file(path);
        if (path != NULL)
            (void)poll(NULL, 0, 100);
    }
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

struct worker {
    pthread_t thread;
    pthread_barrier_t *all_connected;
    struct request request;
    uint16_t port;
    bool ok;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    const int fd = request_to(w->port, &w->request);

    (void)pthread_barrier_wait(w->all_connected);
    w->ok = fd >= 0 && flow_over(fd, &w->request);
    if (fd >= 0)
        (void)close(fd);
    return NULL;
}

static bool run_many(uint16_t port, unsigned count, uint64_t bytes)
{
    static struct worker workers[MANY_MAX];
    pthread_barrier_t all_connected;
    const uint64_t seed = fresh_seed();
    unsigned good_ones = 0;

    if (count == 0 || count > MANY_MAX || pthread_barrier_init(&all_connected, NULL, count) != 0)
        return adit_fail("at most %d connections", MANY_MAX);
    for (unsigned i = 0; i < count; i++) {
        workers[i] = (struct worker){ .all_connected = &all_connected,
                                      .request = { MAGIC, MODE_FLOW, seed + i, bytes, bytes },
                                      .port = port };
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            (void)adit_fail("no thread");
            exit(1); /* the ones before it wait at the barrier */
        }
    }
    for (unsigned i = 0; i < count; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        good_ones += workers[i].ok;
    }
    return good_ones == count || adit_fail("%u of %u connections failed", count - good_ones, count);
}

/* The end of a connection to which nothing was said. `is_clean`: it must be an EOF. */
static bool run_ending(uint16_t port, bool is_clean)
{
    const int fd = adit_connect_to(port);
    uint8_t byte;
    ssize_t n;

    if (fd < 0)
        return !is_clean || adit_fail("port %u: %s", port, strerror(errno));
    n = adit_read_all(fd, &byte, 1);
    (void)close(fd);
    if (n > 0)
        return adit_fail("a byte from a target that sent none");
    if (n < 0 && errno != ECONNRESET)
        return adit_fail("%s where the end was expected", strerror(errno));
    return n == 0 || !is_clean || adit_fail("reset where an EOF was expected");
}

static bool run(const char *command, uint16_t port, uint64_t n, uint64_t bytes)
{
    if (strcmp(command, "push") == 0)
        return run_flow(port, MODE_FLOW, n, 0);
    if (strcmp(command, "pull") == 0)
        return run_flow(port, MODE_FLOW, 0, n);
    if (strcmp(command, "both") == 0)
        return run_flow(port, MODE_FLOW, n, n);
    if (strcmp(command, "halfclose") == 0)
        return run_flow(port, MODE_CLIENT_ENDS, n, n);
    if (strcmp(command, "halfclose-down") == 0)
        return run_flow(port, MODE_SERVER_ENDS, n, n);
    if (strcmp(command, "echo") == 0)
        return run_echo(port, n, NULL);
    if (strcmp(command, "many") == 0)
        return run_many(port, (unsigned)n, bytes);
    if (strcmp(command, "closed") == 0)
        return run_ending(port, true);
    if (strcmp(command, "refused") == 0)
        return run_ending(port, false);
    return adit_fail("unknown command %s", command);
}

int main(int argc, char **argv)
{
    const struct sigaction on_term = { .sa_handler = stop };
    const char *command = argc > 1 ? argv[1] : "";
    const unsigned long long port = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    const uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    const uint64_t bytes = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;
    bool ok;

    if (strcmp(command, "serve") == 0 && argc > 2) {
        ok = serve(argv[2]);
    } else if (port > 0 && port < 65536 && strcmp(command, "hold") == 0 && argc > 3) {
        (void)sigaction(SIGTERM, &on_term, NULL);
        ok = run_echo((uint16_t)port, UINT64_MAX, argv[3]);
    } else if (port > 0 && port < 65536) {
        ok = run(command, (uint16_t)port, n, bytes);
    } else {
        ok = adit_fail("see the head of traffic.c");
    }
    return ok ? 0 : 1;
}
