/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: what any tunnel of two processes must spend. One reads, seals and
 * writes, the other reads, opens and writes: AES-128-GCM in place, and no
 * protocol, no windows, no channels, no loop.
 *
 *     floor seal PORT TO_PORT AES     from clients to the other relay
 *     floor open PORT TO_PORT AES     from there to the target
 *
 * AES is "libcrypto", or "adit" for the library that adit and aditd take here.
 * A record is a length, at most RECORD bytes and a tag; up to BATCH of them go
 * through one system call. Each direction of a connection has a thread.
 */
#include "socket.h"

#include "base/span.h"
#include "crypto/cipher.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    RECORD = 32768,
    BATCH = 8,
    HEADER = 4,
    TAG = 16,
    NONCE = 12,
    SLOT = HEADER + RECORD + TAG,
};

struct way {
    int from, to;
    bool is_seal;
    pthread_t thread;
};

static bool is_as_adit;

struct records {
    EVP_CIPHER_CTX *cipher; /* one of the two */
    struct adit_cipher *as_adit;
    uint8_t nonce[NONCE];
    uint8_t bytes[BATCH * SLOT];
};

/* One key for all: this is no protection, only its price. */
static void start_cipher(struct records *r, bool is_seal)
{
    static const uint8_t key[16] = { 1 };

    if (is_as_adit) {
        if (adit_cipher_new(adit_cipher_find(adit_span_text("aes128-gcm@openssh.com")), NULL,
                            is_seal, key, r->nonce, NULL, &r->as_adit))
            adit_bench_die("cipher");
        return;
    }
    r->cipher = EVP_CIPHER_CTX_new();
    if (r->cipher == NULL ||
        EVP_CipherInit_ex(r->cipher, EVP_aes_128_gcm(), NULL, key, r->nonce, is_seal) != 1)
        adit_bench_die("cipher");
}

static void next_nonce(struct records *r)
{
    uint64_t counter;

    memcpy(&counter, r->nonce + 4, sizeof counter);
    counter++;
    memcpy(r->nonce + 4, &counter, sizeof counter);
}

/* One record in place: its bytes lie behind the header. */
static void crypt_record(struct records *r, uint8_t *record, uint32_t len, bool is_seal)
{
    uint8_t *data = record + HEADER;
    int n;

    if (is_as_adit) {
        if (is_seal ? adit_cipher_seal(r->as_adit, 0, record, HEADER + len)
                    : adit_cipher_open(r->as_adit, 0, record, HEADER + len))
            adit_bench_die("record");
        return;
    }
    next_nonce(r);
    if (EVP_CipherInit_ex(r->cipher, NULL, NULL, NULL, r->nonce, is_seal) != 1 ||
        EVP_CipherUpdate(r->cipher, NULL, &n, record, HEADER) != 1 ||
        EVP_CipherUpdate(r->cipher, data, &n, data, (int)len) != 1 ||
        (!is_seal && EVP_CIPHER_CTX_ctrl(r->cipher, EVP_CTRL_GCM_SET_TAG, TAG, data + len) != 1) ||
        EVP_CipherFinal_ex(r->cipher, data + len, &n) != 1 ||
        (is_seal && EVP_CIPHER_CTX_ctrl(r->cipher, EVP_CTRL_GCM_GET_TAG, TAG, data + len) != 1))
        adit_bench_die("record");
}

static void seal_all(struct records *r, const struct way *way)
{
    struct iovec gaps[BATCH];
    ssize_t n;

    for (int i = 0; i < BATCH; i++)
        gaps[i] = (struct iovec){ r->bytes + (size_t)i * SLOT + HEADER, RECORD };
    while ((n = readv(way->from, gaps, BATCH)) > 0) {
        size_t left = (size_t)n;
        size_t out = 0;

        for (uint8_t *record = r->bytes; left > 0; record += SLOT) {
            const uint32_t len = left < RECORD ? (uint32_t)left : RECORD;

            memcpy(record, &len, sizeof len);
            crypt_record(r, record, len, true);
            left -= len;
            out += HEADER + len + TAG;
        }
        if (!adit_bench_send(way->to, r->bytes, out))
            return;
    }
}

/* False when the target is gone. */
static bool write_all(int fd, struct iovec *parts, int count)
{
    while (count > 0) {
        ssize_t n = writev(fd, parts, count);

        if (n < 0)
            return false;
        for (; count > 0 && (size_t)n >= parts->iov_len; count--, parts++)
            n -= (ssize_t)parts->iov_len;
        if (count > 0) {
            parts->iov_base = (uint8_t *)parts->iov_base + n;
            parts->iov_len -= (size_t)n;
        }
    }
    return true;
}

/* Opens the whole records at the front and writes their bytes; -1 when the target is gone. */
static ssize_t open_records(struct records *r, size_t have, int to)
{
    struct iovec parts[BATCH];
    size_t used = 0;
    int count = 0;

    while (count < BATCH && have - used >= HEADER) {
        uint8_t *record = r->bytes + used;
        uint32_t len;

        memcpy(&len, record, sizeof len);
        if (len > RECORD)
            adit_bench_die("record");
        if (have - used < HEADER + len + TAG)
            break;
        crypt_record(r, record, len, false);
        parts[count++] = (struct iovec){ record + HEADER, len };
        used += HEADER + len + TAG;
    }
    return write_all(to, parts, count) ? (ssize_t)used : -1;
}

static void open_all(struct records *r, const struct way *way)
{
    size_t have = 0;
    ssize_t n;

    while ((n = recv(way->from, r->bytes + have, sizeof r->bytes - have, 0)) > 0) {
        ssize_t used;

        have += (size_t)n;
        used = open_records(r, have, way->to);
        if (used < 0)
            return;
        have -= (size_t)used;
        memmove(r->bytes, r->bytes + used, have);
    }
}

static void *carry(void *arg)
{
    const struct way *way = arg;
    struct records *r = adit_bench_new(1, sizeof *r);

    start_cipher(r, way->is_seal);
    if (way->is_seal)
        seal_all(r, way);
    else
        open_all(r, way);
    (void)shutdown(way->to, SHUT_WR);
    EVP_CIPHER_CTX_free(r->cipher);
    adit_cipher_free(r->as_adit);
    free(r);
    return NULL;
}

static void *serve(void *arg)
{
    struct way *ways = arg;

    if (pthread_create(&ways[1].thread, NULL, carry, &ways[1]) != 0)
        adit_bench_die("thread");
    (void)carry(&ways[0]);
    (void)pthread_join(ways[1].thread, NULL);
    (void)close(ways[0].from);
    (void)close(ways[0].to);
    free(ways);
    return NULL;
}

int main(int argc, char **argv)
{
    const bool is_seal = argc > 1 && strcmp(argv[1], "seal") == 0;
    uint16_t port;
    uint16_t to_port;
    int listener;

    adit_bench_prepare();
    if (argc != 5)
        adit_bench_die("floor: see the head of floor.c");
    is_as_adit = strcmp(argv[4], "adit") == 0;
    port = (uint16_t)adit_bench_number(argv[2], UINT16_MAX);
    to_port = (uint16_t)adit_bench_number(argv[3], UINT16_MAX);
    listener = adit_bench_listen(&port);
    for (;;) {
        struct way *ways = adit_bench_new(2, sizeof *ways);
        const int from = adit_bench_accept(listener);
        const int to = adit_bench_dial(to_port);

        ways[0] = (struct way){ .from = from, .to = to, .is_seal = is_seal };
        ways[1] = (struct way){ .from = to, .to = from, .is_seal = !is_seal };
        if (pthread_create(&ways[0].thread, NULL, serve, ways) != 0 ||
            pthread_detach(ways[0].thread) != 0)
            adit_bench_die("thread");
    }
}
