/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search reads the memory where it is, without a copy, and asks a filter of
 * bits first: nearly every byte of a process is the beginning of nothing.
 */
#include "sim/residue.h"

#include "base/span.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MASK UINT64_C(0x5bd1e995a7c3f261)

enum {
    PIECE = 8,
    TABLE_BITS = 18,
    TABLE_SIZE = 1 << TABLE_BITS,
    FILTER_BITS = 24,
    MAPS_SIZE = 256 * 1024,
    SHOWN_MAX = 40,
};

struct piece {
    uint64_t masked; /* 0: none */
    enum residue_kind kind;
    unsigned at; /* in its secret */
};

static struct piece table[TABLE_SIZE];
static unsigned piece_count;
static uint8_t filter[(1 << FILTER_BITS) / 8];
static unsigned known[RESIDUE_KINDS];
static char maps[MAPS_SIZE];

static uint64_t spread(uint64_t masked)
{
    return masked * UINT64_C(0x9e3779b97f4a7c15);
}

static bool passes_filter(uint64_t masked)
{
    const uint64_t bit = spread(masked) >> (64 - FILTER_BITS);

    return filter[bit / 8] >> (bit % 8) & 1;
}

/* Where the piece stands, or the free place for it. */
static struct piece *place_of(uint64_t masked)
{
    size_t i = spread(masked) >> (64 - TABLE_BITS);

    while (table[i].masked != 0 && table[i].masked != masked)
        i = (i + 1) % TABLE_SIZE;
    return &table[i];
}

static void know_piece(enum residue_kind kind, const uint8_t bytes[static PIECE], unsigned at)
{
    struct piece *place;
    uint64_t bit;
    uint64_t masked;

    memcpy(&masked, bytes, sizeof masked);
    masked ^= MASK;
    place = place_of(masked);
    if (place->masked != 0)
        return;
    assert_true(++piece_count < TABLE_SIZE / 2);
    *place = (struct piece){ masked, kind, at };
    bit = spread(masked) >> (64 - FILTER_BITS);
    filter[bit / 8] |= (uint8_t)(1U << (bit % 8));
}

void residue_know(enum residue_kind kind, struct adit_span secret)
{
    uint8_t turned[PIECE];

    for (size_t at = 0; at + PIECE <= secret.len; at += PIECE) {
        const uint8_t *piece = secret.data + at;

        know_piece(kind, piece, (unsigned)at);
        for (size_t i = 0; i < PIECE; i++)
            turned[i] = piece[PIECE - 1 - i];
        know_piece(kind, turned, (unsigned)at); /* as libcrypto's big numbers have it */
    }
    memset(turned, 0, sizeof turned);
    __asm__ __volatile__("" : : "r"(turned) : "memory");
    known[kind]++;
}

unsigned residue_known(enum residue_kind kind)
{
    return known[kind];
}

static const char *name_of(enum residue_kind kind)
{
    static const char *const names[] = {
        [RESIDUE_KEY] = "private key",         [RESIDUE_PASSPHRASE] = "passphrase",
        [RESIDUE_PASSWORD] = "password",       [RESIDUE_SHARED] = "shared secret",
        [RESIDUE_SESSION_KEY] = "session key", [RESIDUE_CHACHA_KEY] = "ChaCha20 key",
    };

    return names[kind];
}

bool residue_can_search(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#elif defined(__has_feature)
    return !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
    return true;
#endif
}

static unsigned search_mapping(const uint8_t *begin, const uint8_t *end, const char *mapping)
{
    const bool is_stack = strstr(mapping, "[stack") != NULL;
    unsigned found = 0;

    for (const uint8_t *at = begin; end - at >= PIECE; at++) {
        const struct piece *place;
        uint64_t masked;

        memcpy(&masked, at, sizeof masked);
        masked ^= MASK;
        if (!passes_filter(masked))
            continue;
        place = place_of(masked);
        if (place->masked == 0 || (is_stack && place->kind == RESIDUE_CHACHA_KEY))
            continue;
        if (found++ < SHOWN_MAX)
            print_error("left: byte %u of a %s, at %p of %s\n", place->at, name_of(place->kind),
                        (const void *)at, mapping);
    }
    return found;
}

static void read_maps(void)
{
    const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    size_t len = 0;
    ssize_t n;

    assert_true(fd >= 0);
    while ((n = read(fd, maps + len, sizeof maps - 1 - len)) > 0)
        len += (size_t)n;
    assert_int_equal(n, 0);
    assert_true(len < sizeof maps - 1);
    maps[len] = '\0';
    assert_int_equal(close(fd), 0);
}

static unsigned search(bool stacks_only)
{
    unsigned found = 0;

    read_maps();
    for (char *line = maps; *line != '\0';) {
        char *end = strchr(line, '\n');
        char *rest;
        uintptr_t from;
        uintptr_t to;

        assert_non_null(end);
        *end = '\0';
        from = (uintptr_t)strtoull(line, &rest, 16);
        to = (uintptr_t)strtoull(rest + 1, &rest, 16);
        if (strncmp(rest, " rw", 3) == 0 && (!stacks_only || strstr(rest, "[stack") != NULL))
            found += search_mapping((const uint8_t *)from, (const uint8_t *)to, rest);
        line = end + 1;
    }
    return found;
}

unsigned residue_search(void)
{
    return search(false);
}

unsigned residue_search_stack(void)
{
    return search(true);
}
