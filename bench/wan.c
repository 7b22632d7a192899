/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A long line on one machine: every byte arrives ONEWAY_US microseconds later,
 * and no more than MBIT megabits a second pass (0: no bound).
 *
 *     wan PORT TO_PORT ONEWAY_US MBIT
 *
 * Each direction is a ring of bytes and a queue of marks: at the time of a mark
 * the bytes before its end are due. The ring holds more than any window here,
 * so that TCP's own flow control never shortens the line.
 */
#include "socket.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RING_SIZE ((size_t)128 << 20)
#define MARKS     16384 /* a power of two */
#define TAKE_MAX  ((size_t)256 * 1024)
#define MERGE_NS  UINT64_C(20000) /* what is due within this time of a mark joins it */

/* Positions count all bytes that ever passed; the ring is entered modulo its size. */
struct mark {
    uint64_t end;
    uint64_t due_ns;
};

struct way {
    int from, to;
    uint8_t *ring;
    uint64_t come, gone;
    struct mark marks[MARKS];
    uint64_t first_mark, mark_end;
    uint64_t free_at_ns; /* when the line has carried what came */
    bool eof_come, eof_gone;
};

static struct {
    uint16_t to_port;
    uint64_t delay_ns;
    double ns_per_byte;
} line;

struct connection {
    struct way ways[2];
};

static bool wants_bytes(const struct way *way)
{
    return !way->eof_come && way->come - way->gone < RING_SIZE &&
           way->mark_end - way->first_mark < MARKS;
}

static uint64_t due(const struct way *way)
{
    return way->first_mark == way->mark_end ? UINT64_MAX
                                            : way->marks[way->first_mark % MARKS].due_ns;
}

static void set_mark(struct way *way, uint64_t due_ns)
{
    struct mark *last = &way->marks[(way->mark_end - 1) % MARKS];

    if (way->mark_end > way->first_mark && due_ns < last->due_ns + MERGE_NS && !way->eof_come) {
        last->end = way->come;
        return;
    }
    way->marks[way->mark_end++ % MARKS] = (struct mark){ way->come, due_ns };
}

/* False when the connection broke. */
static bool take(struct way *way, uint64_t now)
{
    const size_t at = way->come % RING_SIZE;
    const size_t space = RING_SIZE - (size_t)(way->come - way->gone);
    size_t len = RING_SIZE - at < space ? RING_SIZE - at : space;
    ssize_t n;

    len = len < TAKE_MAX ? len : TAKE_MAX;
    n = recv(way->from, way->ring + at, len, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN;
    way->come += (uint64_t)n;
    way->eof_come = n == 0;
    way->free_at_ns =
        (way->free_at_ns > now ? way->free_at_ns : now) + (uint64_t)((double)n * line.ns_per_byte);
    set_mark(way, way->free_at_ns + line.delay_ns);
    return true;
}

static bool give(struct way *way, uint64_t now)
{
    while (due(way) <= now) {
        const struct mark *mark = &way->marks[way->first_mark % MARKS];
        const size_t at = way->gone % RING_SIZE;
        size_t len = (size_t)(mark->end - way->gone);
        ssize_t n;

        len = len < RING_SIZE - at ? len : RING_SIZE - at;
        n = len > 0 ? send(way->to, way->ring + at, len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        if (n < 0)
            return errno == EAGAIN;
        way->gone += (uint64_t)n;
        if (way->gone == mark->end)
            way->first_mark++;
    }
    if (way->eof_come && way->gone == way->come && way->first_mark == way->mark_end &&
        !way->eof_gone) {
        way->eof_gone = true;
        (void)shutdown(way->to, SHUT_WR);
    }
    return true;
}

/* Until a byte can be read or is due, or one that is due can be written. */
static void wait_for(const struct way ways[static 2], uint64_t now)
{
    struct pollfd pfds[4];
    nfds_t count = 0;
    uint64_t next = UINT64_MAX;
    struct timespec pause = { .tv_sec = 1 };

    for (int i = 0; i < 2; i++) {
        const uint64_t due_ns = due(&ways[i]);

        if (wants_bytes(&ways[i]))
            pfds[count++] = (struct pollfd){ .fd = ways[i].from, .events = POLLIN };
        if (due_ns <= now)
            pfds[count++] = (struct pollfd){ .fd = ways[i].to, .events = POLLOUT };
        else if (due_ns < next)
            next = due_ns;
    }
    if (next != UINT64_MAX && next - now < UINT64_C(1000000000))
        pause = (struct timespec){ 0, (long)(next - now) };
    (void)ppoll(pfds, count, &pause, NULL);
}

static void *carry(void *arg)
{
    struct connection *connection = arg;
    struct way *ways = connection->ways;
    bool lives = true;

    while (lives && !(ways[0].eof_gone && ways[1].eof_gone)) {
        uint64_t now = adit_bench_now_ns();

        wait_for(ways, now);
        now = adit_bench_now_ns();
        for (int i = 0; i < 2 && lives; i++)
            lives = (!wants_bytes(&ways[i]) || take(&ways[i], now)) && give(&ways[i], now);
    }
    for (int i = 0; i < 2; i++) {
        (void)close(ways[i].from);
        (void)munmap(ways[i].ring, RING_SIZE);
    }
    free(connection);
    return NULL;
}

static void open_way(struct way *way, int from, int to)
{
    way->from = from;
    way->to = to;
    way->ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (way->ring == MAP_FAILED)
        adit_bench_die("mmap");
    /* Fewer page faults while the ring is walked for the first time. */
    (void)madvise(way->ring, RING_SIZE, MADV_HUGEPAGE);
}

static void serve(int client)
{
    struct connection *connection = adit_bench_new(1, sizeof *connection);
    const int server = adit_bench_dial(line.to_port);
    pthread_t thread;

    open_way(&connection->ways[0], client, server);
    open_way(&connection->ways[1], server, client);
    if (pthread_create(&thread, NULL, carry, connection) != 0 || pthread_detach(thread) != 0)
        adit_bench_die("thread");
}

int main(int argc, char **argv)
{
    uint16_t port;
    uint64_t mbit;
    int listener;

    adit_bench_prepare();
    if (argc != 5)
        adit_bench_die("wan: see the head of wan.c");
    port = (uint16_t)adit_bench_number(argv[1], UINT16_MAX);
    line.to_port = (uint16_t)adit_bench_number(argv[2], UINT16_MAX);
    line.delay_ns = adit_bench_number(argv[3], 10000000) * 1000;
    mbit = adit_bench_number(argv[4], 1000000);
    line.ns_per_byte = mbit ? 8e3 / (double)mbit : 0;
    listener = adit_bench_listen(&port);
    for (;;)
        serve(adit_bench_accept(listener));
}
