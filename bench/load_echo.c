/* SPDX-License-Identifier: BSD-2-Clause */
/* Small things: round trips on one connection, and connections that make one round trip. */
#include "load.h"
#include "socket.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ECHO_SIZE = 64, SAMPLES_MAX = 1 << 20, WARM_UP = 100, RAMP_MS = 200 };

static const struct adit_load_request echo_request = { .service = ADIT_LOAD_ECHO };

static void round_trip(int fd)
{
    uint8_t bytes[ECHO_SIZE] = { 0 };

    if (!adit_bench_send(fd, bytes, sizeof bytes) || !adit_bench_receive(fd, bytes, sizeof bytes))
        adit_bench_die("echo");
}

static int by_size(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Fills `samples` with round trips in nanoseconds, sorted; returns how many. */
static size_t ping(int fd, uint64_t ms, uint32_t *samples)
{
    const uint64_t end = adit_bench_now_ns() + ms * 1000000;
    size_t count = 0;
    uint64_t now = adit_bench_now_ns();

    while (count < SAMPLES_MAX && (now < end || count == 0)) {
        const uint64_t sent = now;

        round_trip(fd);
        now = adit_bench_now_ns();
        samples[count++] = now - sent < UINT32_MAX ? (uint32_t)(now - sent) : UINT32_MAX;
    }
    qsort(samples, count, sizeof *samples, by_size);
    return count;
}

static void start_beside(pthread_t *thread, struct adit_load_bulk *bulk)
{
    const struct timespec ramp = { 0, RAMP_MS * 1000000L };

    if (pthread_create(thread, NULL, adit_load_bulk_run, bulk) != 0)
        adit_bench_die("thread");
    (void)nanosleep(&ramp, NULL);
}

void adit_load_ping(uint16_t port, uint64_t ms, const char *beside)
{
    atomic_bool stop = false;
    struct adit_load_bulk bulk = { .port = port, .bytes = UINT64_MAX, .stop = &stop };
    uint32_t *samples = adit_bench_new(SAMPLES_MAX, sizeof *samples);
    pthread_t thread;
    const int fd = adit_bench_dial(port);
    size_t count;
    uint32_t p50_ns;
    uint32_t p99_ns;

    if (!adit_bench_send(fd, &echo_request, sizeof echo_request))
        adit_bench_die("request");
    for (int i = 0; i < WARM_UP; i++)
        round_trip(fd);
    if (beside) {
        bulk.is_pull = strcmp(beside, "pull") == 0;
        start_beside(&thread, &bulk);
    }
    count = ping(fd, ms, samples);
    atomic_store(&stop, true);
    if (beside)
        (void)pthread_join(thread, NULL);
    p50_ns = samples[count / 2];
    p99_ns = samples[count * 99 / 100];
    (void)printf("%.1f %.1f %.2f\n", p50_ns / 1e3, p99_ns / 1e3,
                 beside ? adit_load_bulk_rate(&bulk) : 0);
    adit_bench_reset(fd);
    free(samples);
}

/* ---- connections ---- */

struct dialler {
    pthread_t thread;
    uint16_t port;
    unsigned count;
};

/* One message there, one back: the first echo goes with the request for echoes. */
static void *dial_in_turn(void *arg)
{
    const struct dialler *dialler = arg;
    uint8_t question[sizeof echo_request + ECHO_SIZE] = { 0 };
    uint8_t answer[ECHO_SIZE];

    memcpy(question, &echo_request, sizeof echo_request);
    for (unsigned i = 0; i < dialler->count; i++) {
        const int fd = adit_bench_dial(dialler->port);

        if (!adit_bench_send(fd, question, sizeof question) ||
            !adit_bench_receive(fd, answer, sizeof answer))
            adit_bench_die("echo");
        adit_bench_reset(fd);
    }
    return NULL;
}

void adit_load_conn(uint16_t port, unsigned count, unsigned parallel)
{
    struct dialler *diallers = adit_bench_new(parallel, sizeof *diallers);
    const uint64_t start = adit_bench_now_ns();
    const unsigned each = count / parallel;

    for (unsigned i = 0; i < parallel; i++) {
        diallers[i].port = port;
        diallers[i].count = each;
        if (pthread_create(&diallers[i].thread, NULL, dial_in_turn, &diallers[i]) != 0)
            adit_bench_die("thread");
    }
    for (unsigned i = 0; i < parallel; i++)
        (void)pthread_join(diallers[i].thread, NULL);
    (void)printf("%.1f\n", each * parallel * 1e9 / (double)(adit_bench_now_ns() - start));
    free(diallers);
}
