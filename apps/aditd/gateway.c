/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway.h"

#include "base/memory.h"
#include "base/span.h"
#include "client.h"
#include "crypto/random.h"
#include "endpoint_names.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    STOP_MS = 4000,
    NAMES_MS = 10000, /* for the look-ups of a reload */
    KEY_THREADS = 4,
};

/* ---- workers ---------------------------------------------------------------------- */

static size_t session_count(const struct adit_gateway *gateway)
{
    size_t count = 0;

    for (size_t i = 0; i < gateway->worker_count; i++)
        count += atomic_load(&gateway->workers[i].load);
    return count;
}

/* The one with the fewest sessions; of several the next in turn. */
static struct adit_worker *choose_worker(struct adit_gateway *gateway)
{
    size_t best = (gateway->last_worker + 1) % gateway->worker_count;

    for (size_t i = 2; i <= gateway->worker_count; i++) {
        const size_t other = (gateway->last_worker + i) % gateway->worker_count;

        if (atomic_load(&gateway->workers[other].load) < atomic_load(&gateway->workers[best].load))
            best = other;
    }
    gateway->last_worker = best;
    return &gateway->workers[best];
}

static void worker_idle(struct adit_post *post)
{
    const struct adit_worker *worker = ADIT_LIST_ENTRY(post, struct adit_worker, idle);
    struct adit_gateway *gateway = ADIT_LIST_ENTRY(worker->shared, struct adit_gateway, shared);

    if (++gateway->idle_workers == gateway->worker_count)
        adit_loop_stop(gateway->loop);
}

/* Threads for logins by key beside those that may all be at a password's hash. */
static void size_thread_pool(size_t workers)
{
    char size[24];

    (void)snprintf(size, sizeof size, "%zu", workers + KEY_THREADS);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is no other thread yet */
    (void)setenv("UV_THREADPOOL_SIZE", size, false);
}

static enum adit_err start_workers(struct adit_gateway *gateway)
{
    const struct adit_options *options = gateway->options;
    const bool alone = options->inetd || options->is_try || options->debug;
    const size_t count = alone ? 1 : gateway->settings->config.workers;
    enum adit_err err = ADIT_OK;

    size_thread_pool(count);
    gateway->workers = adit_new(count * sizeof gateway->workers[0]);
    if (gateway->workers == NULL)
        return ADIT_ERR_NO_MEMORY;
    for (size_t i = 0; i < count && !err; i++) {
        struct adit_worker *worker = &gateway->workers[i];

        adit_worker_init(worker, &gateway->shared, gateway->settings, gateway->log, gateway->loop,
                         worker_idle);
        gateway->worker_count++;
        if (count > 1)
            err = adit_worker_start(worker);
    }
    return err;
}

/* ---- connections that come ---------------------------------------------------- */

static void log_drops(struct adit_gateway *gateway)
{
    struct adit_startups *startups = &gateway->shared.startups;
    const uint64_t now = adit_loop_now_ms(gateway->loop);

    if (startups->dropped == 0 || now - gateway->drops_logged_ms < 1000)
        return;
    adit_log_line(gateway->log, ADIT_LOG_INFO,
                  "refused %llu connections: MaxStartups, %u are waiting for their login",
                  (unsigned long long)startups->dropped, atomic_load(&startups->pending));
    startups->dropped = 0;
    gateway->drops_logged_ms = now;
}

static void accepted(void *arg, int fd, const struct sockaddr *peer)
{
    struct adit_gateway *gateway = arg;
    const struct adit_client_socket socket = { .in = fd, .out = fd, .peer = peer };
    struct adit_startups *startups = &gateway->shared.startups;
    uint32_t random = 0;

    if (adit_random_bytes((uint8_t *)&random, sizeof random) == ADIT_OK &&
        adit_startups_admit(startups, &gateway->settings->config.max_startups, random))
        adit_worker_take(choose_worker(gateway), socket);
    else
        (void)close(fd);
    log_drops(gateway);
}

enum adit_err adit_gateway_listen(struct adit_gateway *gateway, char *text, size_t size)
{
    const enum adit_err err = adit_endpoints_renew(&gateway->endpoints, &gateway->settings->config,
                                                   gateway->options->any_port, text, size);

    if (err == ADIT_OK || adit_gateway_port(gateway) == 0)
        return err;
    adit_log_line(gateway->log, ADIT_LOG_ERROR, "%s", text);
    return ADIT_OK;
}

uint16_t adit_gateway_port(const struct adit_gateway *gateway)
{
    return adit_endpoints_port(&gateway->endpoints);
}

/* ---- one session on stdin and stdout --------------------------------------------- */

/* A copy of a standard descriptor, with /dev/null in its place. -1: failed. */
static int take_standard(int fd)
{
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0) {
        (void)dup2(null, fd);
        (void)close(null);
    }
    return copy;
}

static bool same_socket(int a, int b)
{
    struct stat sa;
    struct stat sb;

    return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && S_ISSOCK(sa.st_mode) &&
           sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

enum adit_err adit_gateway_serve_stdio(struct adit_gateway *gateway)
{
    struct adit_worker *worker = &gateway->workers[0];
    const bool one = same_socket(STDIN_FILENO, STDOUT_FILENO);
    struct adit_client_socket socket = { .in = take_standard(STDIN_FILENO) };
    const int out = take_standard(STDOUT_FILENO);
    struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof peer;

    if (socket.in < 0 || out < 0)
        return ADIT_ERR_SYSTEM;
    socket.out = one ? socket.in : out;
    if (one)
        (void)close(out);
    if (getpeername(socket.in, (struct sockaddr *)&peer, &len) == 0 &&
        (peer.ss_family == AF_INET || peer.ss_family == AF_INET6))
        socket.peer = (const struct sockaddr *)&peer;
    adit_startups_take(&gateway->shared.startups); /* whoever started us has admitted it */
    adit_worker_take(worker, socket);
    return atomic_load(&worker->load) ? ADIT_OK : ADIT_ERR_SYSTEM;
}

/* ---- signals ------------------------------------------------------------------------ */

static void give_up(void *arg)
{
    struct adit_gateway *gateway = arg;

    gateway->gave_up = true;
    adit_loop_stop(gateway->loop);
}

static void forget_names(struct adit_gateway *gateway)
{
    adit_endpoint_names_free(gateway->endpoints.names);
    gateway->endpoints.names = NULL;
}

/* The loop stops when the last worker is idle. */
static void stop(struct adit_gateway *gateway)
{
    if (gateway->stopping)
        return;
    gateway->stopping = true;
    adit_log_line(gateway->log, ADIT_LOG_INFO, "stopping, %zu sessions", session_count(gateway));
    forget_names(gateway);
    adit_endpoints_close(&gateway->endpoints);
    adit_timer_set(gateway->stop_timer, adit_loop_now_ms(gateway->loop) + STOP_MS);
    for (size_t i = 0; i < gateway->worker_count; i++)
        adit_worker_end_sessions(&gateway->workers[i]);
}

/* Every worker has them. */
static void reloaded(struct adit_shared *shared)
{
    const struct adit_gateway *gateway = ADIT_LIST_ENTRY(shared, struct adit_gateway, shared);

    adit_log_line(gateway->log, ADIT_LOG_INFO, "settings reloaded");
}

static void listen_anew(void *arg)
{
    struct adit_gateway *gateway = arg;
    char text[300];

    if (adit_endpoints_renew(&gateway->endpoints, &gateway->settings->config,
                             gateway->options->any_port, text, sizeof text) != ADIT_OK)
        adit_log_line(gateway->log, ADIT_LOG_ERROR, "%s; what was listened on before stays open",
                      text);
    forget_names(gateway);
}

static void look_up_and_listen(struct adit_gateway *gateway)
{
    enum adit_err err;

    forget_names(gateway); /* of a reload before this one */
    err = adit_endpoint_names_start(&gateway->endpoints, &gateway->settings->config, NAMES_MS,
                                    listen_anew, gateway, &gateway->endpoints.names);
    if (err)
        adit_log_line(gateway->log, ADIT_LOG_ERROR,
                      "listen: %s; what was listened on before stays open", adit_err_text(err));
    else if (gateway->endpoints.names == NULL)
        listen_anew(gateway);
}

/*
 * New sessions get the new settings; those that are there keep their host keys
 * and timers, and what they open or listen on from now is judged anew. There
 * are as many workers as before.
 */
static void reload(struct adit_gateway *gateway)
{
    struct adit_settings *settings = NULL;
    char text[640] = "";
    enum adit_err err;

    adit_gateway_log_reopen(gateway->sink);
    if (gateway->stopping)
        return;
    err = adit_settings_read(gateway->options, gateway->log, &settings, text, sizeof text);
    if (!err)
        err = adit_settings_read_keys(settings, text, sizeof text);
    if (!err)
        err = adit_workers_renew(
            gateway->workers, gateway->worker_count, settings,
            adit_gateway_log_raised(settings->config.log_level, gateway->options->debug), reloaded);
    if (err) {
        adit_settings_unref(settings);
        adit_log_line(gateway->log, ADIT_LOG_ERROR, "reload failed, the old settings stay: %s",
                      text[0] ? text : adit_err_text(err));
        return;
    }
    adit_settings_log_missing_keys(settings);
    adit_settings_unref(gateway->settings);
    gateway->settings = settings;
    adit_window_memory_set_max(gateway->shared.window_memory, settings->config.window_memory);
    adit_gateway_log_level(gateway->sink, settings->config.log_level, gateway->options->debug);
    look_up_and_listen(gateway);
}

static void signalled(void *arg, int number)
{
    struct adit_gateway *gateway = arg;

    if (number == SIGHUP && !gateway->options->inetd)
        reload(gateway);
    else
        stop(gateway);
}

static enum adit_err watch_signals(struct adit_gateway *gateway)
{
    static const int numbers[ADIT_SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

    for (size_t i = 0; i < ADIT_SIGNALS; i++) {
        const enum adit_err err =
            adit_signal_new(gateway->loop, numbers[i], signalled, gateway, &gateway->signals[i]);
        if (err)
            return err;
    }
    return ADIT_OK;
}

/* ---- life ---------------------------------------------------------------------------- */

enum adit_err adit_gateway_new(const struct adit_options *options, struct adit_settings *settings,
                               struct adit_gateway_log *sink, struct adit_gateway **out)
{
    struct adit_gateway *gateway = adit_new(sizeof *gateway);
    enum adit_err err = ADIT_ERR_NO_MEMORY;

    *out = NULL;
    if (gateway == NULL) {
        adit_settings_unref(settings);
        return err;
    }
    gateway->options = options;
    gateway->settings = settings;
    gateway->sink = sink;
    gateway->log = &sink->log;
    gateway->shared.options = options;
    gateway->endpoints.log = gateway->log;
    gateway->endpoints.accepted = accepted;
    gateway->endpoints.arg = gateway;
    adit_registry_init(&gateway->shared.registry);
    adit_user_sessions_init(&gateway->shared.user_sessions);
    err = adit_random_bytes(gateway->shared.delay_secret, sizeof gateway->shared.delay_secret);
    if (!err)
        err =
            adit_window_memory_new(settings->config.window_memory, &gateway->shared.window_memory);
    if (!err)
        err = adit_loop_new(&gateway->loop);
    gateway->endpoints.loop = gateway->loop;
    if (!err)
        err = adit_timer_new(gateway->loop, give_up, gateway, &gateway->stop_timer);
    if (!err)
        err = watch_signals(gateway);
    if (!err)
        err = start_workers(gateway);
    if (err)
        adit_gateway_free(gateway);
    else
        *out = gateway;
    return err;
}

void adit_gateway_run(struct adit_gateway *gateway)
{
    adit_loop_run(gateway->loop);
}

void adit_gateway_free(struct adit_gateway *gateway)
{
    if (gateway == NULL)
        return;
    for (size_t i = 0; i < gateway->worker_count; i++)
        adit_worker_join(&gateway->workers[i]);
    if (gateway->gave_up)
        return; /* sessions that would not end in time end with the process */
    forget_names(gateway);
    adit_endpoints_close(&gateway->endpoints);
    for (size_t i = 0; i < ADIT_SIGNALS; i++)
        adit_signal_free(gateway->signals[i]);
    adit_timer_free(gateway->stop_timer);
    for (size_t i = 0; i < gateway->worker_count; i++)
        adit_worker_clear(&gateway->workers[i]);
    if (gateway->loop)
        adit_loop_free(gateway->loop);
    free(gateway->workers);
    adit_window_memory_free(gateway->shared.window_memory);
    adit_settings_unref(gateway->settings);
    adit_registry_clear(&gateway->shared.registry);
    adit_user_sessions_clear(&gateway->shared.user_sessions);
    adit_wipe(&gateway->shared.delay_secret, sizeof gateway->shared.delay_secret);
    free(gateway);
}
