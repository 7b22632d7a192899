/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic to measure a TCP tunnel by, from outside.
 *
 *     load serve FILE       serves until killed; writes its two ports into FILE: the second has
 *                           the small segments and buffers of a network, for `hold`
 *     load push PORT BYTES CONNECTIONS [SKIP SECONDS]   to the server: prints MB/s
 *     load pull PORT BYTES CONNECTIONS [SKIP SECONDS]   from it
 *     load ping PORT MS [push|pull]      echoes of 64 bytes for MS milliseconds, beside a bulk
 *                           transfer: prints p50 and p99 in microseconds, and the transfer's MB/s
 *     load conn PORT COUNT PARALLEL      connections with one echo each: prints how many a second
 *     load hold PORT COUNT push|pull     connections whose receivers never read, senders at full
 *                           speed: prints "held", stays until killed
 *     load ports COUNT      prints free ports
 *
 * SKIP bytes go ahead before the receiver's clock starts: a window may grow meanwhile. After SECONDS
 * the transfer ends with what it has.
 */
#include "load.h"
#include "socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 120, CONNECTIONS_MAX = 20000, PORTS_MAX = 64 };

static _Noreturn void usage(void)
{
    (void)fputs("load: see the head of load.c\n", stderr);
    _Exit(2);
}

/* Below the ports that the system gives to outgoing connections. All are held until the last. */
static void print_ports(unsigned count)
{
    uint64_t seed = adit_bench_now_ns() / 1000 + (uint64_t)getpid() * 7919;

    for (unsigned printed = 0; printed < count; seed += 7) {
        uint16_t port = (uint16_t)(12000 + seed % 20000);

        if (adit_bench_try_listen(&port) >= 0) {
            (void)printf("%u\n", port);
            printed++;
        }
    }
}

static bool is_pull(const char *word)
{
    if (strcmp(word, "push") != 0 && strcmp(word, "pull") != 0)
        usage();
    return word[2] == 'l';
}

static void run_bulk(int argc, char **argv, uint16_t port)
{
    struct adit_load_bulk bulk = { .port = port, .is_pull = is_pull(argv[1]) };

    unsigned seconds = 0;

    if (argc != 5 && argc != 7)
        usage();
    bulk.bytes = adit_bench_number(argv[3], UINT64_MAX);
    if (argc == 7) {
        bulk.skip = adit_bench_number(argv[5], bulk.bytes);
        seconds = (unsigned)adit_bench_number(argv[6], PATIENCE_S);
    }
    adit_load_bulk(&bulk, (unsigned)adit_bench_number(argv[4], CONNECTIONS_MAX), seconds);
}

static void run(int argc, char **argv)
{
    const char *command = argv[1];
    const uint16_t port = (uint16_t)adit_bench_number(argv[2], UINT16_MAX);

    if (strcmp(command, "ports") == 0 && port <= PORTS_MAX)
        print_ports(port);
    else if (strcmp(command, "push") == 0 || strcmp(command, "pull") == 0)
        run_bulk(argc, argv, port);
    else if (strcmp(command, "ping") == 0 && (argc == 4 || argc == 5))
        adit_load_ping(port, adit_bench_number(argv[3], 60000), argc == 5 ? argv[4] : NULL);
    else if (strcmp(command, "conn") == 0 && argc == 5)
        adit_load_conn(port, (unsigned)adit_bench_number(argv[3], UINT32_MAX),
                       (unsigned)adit_bench_number(argv[4], CONNECTIONS_MAX));
    else if (strcmp(command, "hold") == 0 && argc == 5)
        adit_load_hold(port, (unsigned)adit_bench_number(argv[3], CONNECTIONS_MAX),
                       is_pull(argv[4]));
    else
        usage();
}

int main(int argc, char **argv)
{
    adit_bench_prepare();
    if (argc < 3)
        usage();
    if (strcmp(argv[1], "serve") == 0)
        adit_load_serve(argv[2]);
    if (strcmp(argv[1], "hold") != 0)
        (void)alarm(PATIENCE_S); /* nothing here hangs for ever */
    run(argc, argv);
    return 0;
}
