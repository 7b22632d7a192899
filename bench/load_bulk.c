/* SPDX-License-Identifier: BSD-2-Clause */
#include "load.h"
#include "socket.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool is_stopped(const struct adit_load_bulk *bulk)
{
    return bulk->stop && atomic_load_explicit(bulk->stop, memory_order_relaxed);
}

static void push(struct adit_load_bulk *bulk, int fd)
{
    static const uint8_t chunk[ADIT_LOAD_CHUNK];
    uint64_t sent = 0;

    while (sent < bulk->bytes && !is_stopped(bulk)) {
        const uint64_t left = bulk->bytes - sent;
        const size_t len = left < sizeof chunk ? (size_t)left : sizeof chunk;

        if (!adit_bench_send(fd, chunk, len))
            adit_bench_die("push: send");
        sent += len;
    }
    if (shutdown(fd, SHUT_WR) != 0 || !adit_bench_receive(fd, &bulk->count, sizeof bulk->count))
        adit_bench_die("push: no count came back");
    errno = 0;
    if (bulk->count.bytes != sent)
        adit_bench_die("push: bytes were lost");
}

void *adit_load_bulk_run(void *arg)
{
    struct adit_load_bulk *bulk = arg;
    const struct adit_load_request request = { bulk->is_pull ? ADIT_LOAD_SOURCE : ADIT_LOAD_SINK,
                                               bulk->bytes, bulk->skip };
    const int fd = adit_bench_dial(bulk->port);

    if (!adit_bench_send(fd, &request, sizeof request))
        adit_bench_die("request");
    if (bulk->is_pull)
        bulk->count = adit_load_take(fd, bulk->bytes, bulk->skip, bulk->stop);
    else
        push(bulk, fd);
    errno = 0;
    if (bulk->count.bytes < bulk->bytes && !is_stopped(bulk))
        adit_bench_die("pull: the stream ended early");
    adit_bench_reset(fd);
    return NULL;
}

double adit_load_bulk_rate(const struct adit_load_bulk *bulk)
{
    const uint64_t skipped = bulk->count.bytes > bulk->skip ? bulk->skip : 0;

    return (double)(bulk->count.bytes - skipped) * 1e3 / (double)bulk->count.ns;
}

struct deadline {
    unsigned seconds;
    atomic_bool passed;
};

static void *wait_for_deadline(void *arg)
{
    struct deadline *deadline = arg;
    const struct timespec pause = { .tv_sec = deadline->seconds };

    (void)nanosleep(&pause, NULL);
    atomic_store(&deadline->passed, true);
    return NULL;
}

void adit_load_bulk(const struct adit_load_bulk *bulk, unsigned connections, unsigned seconds)
{
    static struct deadline deadline; /* its thread may outlive this call */
    struct adit_load_bulk *each = adit_bench_new(connections, sizeof *each);
    pthread_t *threads = adit_bench_new(connections, sizeof *threads);
    const uint64_t start = adit_bench_now_ns();
    pthread_t timer;
    double rate;

    deadline.seconds = seconds;
    if (seconds > 0 && pthread_create(&timer, NULL, wait_for_deadline, &deadline) != 0)
        adit_bench_die("thread");
    for (unsigned i = 0; i < connections; i++) {
        each[i] = *bulk;
        each[i].bytes = bulk->bytes / connections;
        each[i].skip = bulk->skip / connections;
        each[i].stop = seconds > 0 ? &deadline.passed : NULL;
        if (pthread_create(&threads[i], NULL, adit_load_bulk_run, &each[i]) != 0)
            adit_bench_die("thread");
    }
    for (unsigned i = 0; i < connections; i++)
        (void)pthread_join(threads[i], NULL);
    /* One connection has the receiver's clock; of several, the last one to end counts. */
    rate = (double)bulk->bytes * 1e3 / (double)(adit_bench_now_ns() - start);
    (void)printf("%.2f\n", connections == 1 ? adit_load_bulk_rate(&each[0]) : rate);
    free(each);
    free(threads);
}
