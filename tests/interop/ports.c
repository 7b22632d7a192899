/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports for a test, which nobody else on this machine gets meanwhile: a block of
 * them belongs to whoever has bound its first one, whatever user or folder that
 * is, and only as long as that process lives. They lie below those that the
 * system gives to outgoing connections.
 *
 *     ports keep FILE   takes a block, writes it into FILE, keeps it until killed
 *     ports draw FILE   prints a port of the block that is free at every address
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_PORT = 12000,
    BLOCK = 400,
    BLOCKS = 50,
};

struct block {
    unsigned first; /* keeps the others */
    unsigned drawn; /* from the second one on, over and over */
};

static bool fail(const char *what)
{
    (void)fprintf(stderr, "ports: %s: %s\n", what, strerror(errno));
    return false;
}

/* Without SO_REUSEADDR: what a connection has left behind counts, too. */
static int bind_to(int family, const void *address, socklen_t size)
{
    const int both = 0;
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof both);
    if (bind(fd, address, size) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static int bind_everywhere(uint16_t port)
{
    const struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    const struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    const int fd = bind_to(AF_INET6, &v6, sizeof v6);

    return fd >= 0 || errno == EADDRINUSE ? fd : bind_to(AF_INET, &v4, sizeof v4);
}

static bool is_free(uint16_t port)
{
    const int fd = bind_everywhere(port);

    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static bool write_block(const char *path, const struct block *block)
{
    FILE *file = fopen(path, "w");

    return file != NULL && fwrite(block, sizeof *block, 1, file) == 1 && fclose(file) == 0;
}

static bool read_block(const char *path, struct block *block)
{
    FILE *file = fopen(path, "r");
    const bool ok = file != NULL && fread(block, sizeof *block, 1, file) == 1;

    if (file != NULL)
        (void)fclose(file);
    return ok;
}

/* Each begins elsewhere, so that what one has left behind has time to go. */
static bool keep(const char *path)
{
    const unsigned begin = (unsigned)getpid();

    for (unsigned i = 0; i < BLOCKS; i++) {
        const struct block block = { FIRST_PORT + (begin + i) % BLOCKS * BLOCK, 0 };

        if (bind_everywhere((uint16_t)block.first) < 0)
            continue;
        if (!write_block(path, &block))
            return fail(path);
        for (;;)
            (void)pause();
    }
    return fail("no block is free");
}

static bool draw(const char *path)
{
    struct block block = { 0, 0 };

    if (!read_block(path, &block))
        return fail(path);
    for (unsigned i = 1; i < BLOCK; i++) {
        const uint16_t port = (uint16_t)(block.first + 1 + block.drawn % (BLOCK - 1));

        block.drawn++;
        if (is_free(port))
            return write_block(path, &block) ? printf("%u\n", port) > 0 : fail(path);
    }
    return fail("none is free");
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "keep") == 0)
        return keep(argv[2]) ? 0 : 1;
    if (argc == 3 && strcmp(argv[1], "draw") == 0)
        return draw(argv[2]) ? 0 : 1;
    (void)fputs("ports: see the head of ports.c\n", stderr);
    return 1;
}
