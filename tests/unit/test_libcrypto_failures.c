/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes, digests, packets and key exchange with every call of libcrypto or
 * libgcrypt failing once: what is good fails with it, what is altered is never opened
 * (T16; CVE-2025-5372, CVE-2025-5987, CVE-2026-59847).
 */
#include "libcrypto_wrap.h"

#include "gcm_library.h"

#include "crypto/cipher.h"
#include "crypto/kex_group.h"
#include "crypto/random.h"
#include "wire/writer.h"

static enum adit_err draw_random(size_t len)
{
    uint8_t bytes[64];

    return adit_random_bytes(bytes, len);
}

static enum adit_err draw_padding(size_t len)
{
    struct adit_padding_pool pool = { .left = 3 };
    uint8_t bytes[300] = { 0 };
    const enum adit_err err = adit_random_padding(&pool, bytes, len);

    /* A pool that could not be filled has nothing to give. */
    if (err)
        assert_int_equal(pool.left, len > sizeof pool.bytes ? 3 : 0);
    return err;
}

static void randomness_is_told_to_be_missing(void **state)
{
    (void)state;
    assert_fails_at_every_call(draw_random, 64, ADIT_OK);
    assert_fails_at_every_call(draw_padding, 8, ADIT_OK);
    assert_fails_at_every_call(draw_padding, 300, ADIT_OK);
}

static enum adit_err digest(size_t which)
{
    const struct adit_span pieces[] = { adit_span_text("a"), adit_span_text("b") };
    uint8_t out[ADIT_HASH_MAX];

    return adit_hash_digest((enum adit_hash)which, pieces, 2, out);
}

static enum adit_err hmac(size_t which)
{
    uint8_t out[ADIT_HASH_MAX];

    return adit_hmac((enum adit_hash)which, adit_span_text("key"), adit_span_text("data"), out);
}

/* Of a key that could not be derived whole, nothing is left. */
static enum adit_err derive(size_t which)
{
    const struct adit_span text = adit_span_text("text");
    const uint8_t zeros[3 * ADIT_HASH_MAX] = { 0 };
    uint8_t out[3 * ADIT_HASH_MAX] = { 1 };
    const enum adit_err err =
        adit_derive_key((enum adit_hash)which, text, text, 'A', text, out, sizeof out);

    if (err)
        assert_memory_equal(out, zeros, sizeof out);
    return err;
}

static void digests_and_keys_are_told_to_be_missing(void **state)
{
    (void)state;
    for (size_t hash = ADIT_HASH_SHA1; hash <= ADIT_HASH_SHA512; hash++) {
        assert_fails_at_every_call(digest, hash, ADIT_OK);
        assert_fails_at_every_call(hmac, hash, ADIT_OK);
        assert_fails_at_every_call(derive, hash, ADIT_OK);
    }
}

enum { PACKET = 4 + 48, TAG_MAX = 64, PACKETS = 2 };

static const struct {
    const char *cipher, *mac;
    size_t len; /* a multiple of the block, behind what is in clear */
    bool libgcrypt;
} suites[] = {
    { "aes128-gcm@openssh.com", NULL, PACKET, false },
    { "aes256-gcm@openssh.com", NULL, PACKET, false },
    { "aes128-gcm@openssh.com", NULL, PACKET, true },
    { "aes256-gcm@openssh.com", NULL, PACKET, true },
    { "chacha20-poly1305@openssh.com", NULL, PACKET, false },
    { "aes128-ctr", "hmac-sha2-256", PACKET - 4, false },
    { "aes256-ctr", "hmac-sha2-512-etm@openssh.com", PACKET, false },
};

/*
 * Two packets of a stream: what a failure in the second leaves unset would
 * otherwise be set from the first.
 */
static uint8_t sealed[ADIT_ARRAY_LEN(suites)][PACKETS][PACKET + TAG_MAX];

static enum adit_err new_cipher(size_t which, bool seals, struct adit_cipher **out)
{
    static const uint8_t key[64] = "the key";
    const char *mac = suites[which].mac;

    gcm_with_libgcrypt = suites[which].libgcrypt;
    return adit_cipher_new(adit_cipher_find(adit_span_text(suites[which].cipher)),
                           mac ? adit_mac_find(adit_span_text(mac)) : NULL, seals, key, key, key,
                           out);
}

static void fill_clear(size_t which, uint8_t packet[static PACKET + TAG_MAX])
{
    memset(packet, 0x55, PACKET + TAG_MAX);
    adit_put_uint32(packet, (uint32_t)suites[which].len - 4);
}

/* Neither clear text to send by mistake nor any that was not verified. */
static void assert_wiped(size_t which, const uint8_t *packet)
{
    for (size_t i = 0; i < suites[which].len; i++)
        assert_int_equal(packet[i], 0);
}

static enum adit_err seal(size_t which)
{
    uint8_t packets[PACKETS][PACKET + TAG_MAX];
    struct adit_cipher *cipher = NULL;
    enum adit_err err = new_cipher(which, true, &cipher);

    for (uint32_t i = 0; err == ADIT_OK && i < PACKETS; i++) {
        fill_clear(which, packets[i]);
        err = adit_cipher_seal(cipher, i, packets[i], suites[which].len);
        if (err)
            assert_wiped(which, packets[i]);
    }
    if (err == ADIT_OK)
        memcpy(sealed[which], packets, sizeof packets);
    adit_cipher_free(cipher);
    return err;
}

static enum adit_err open_packet(struct adit_cipher *cipher, size_t which, uint32_t number,
                                 uint8_t *packet)
{
    uint32_t packet_length = 0;
    enum adit_err err = adit_cipher_open_length(cipher, number, packet, &packet_length);

    if (err)
        return err;
    err = adit_cipher_open(cipher, number, packet, suites[which].len);
    if (err)
        assert_wiped(which, packet);
    return err;
}

enum { NONE = PACKET + TAG_MAX };

static size_t altered_byte; /* of the second packet */

static enum adit_err open_both(size_t which)
{
    uint8_t packets[PACKETS][PACKET + TAG_MAX];
    uint8_t clear[PACKET + TAG_MAX];
    struct adit_cipher *cipher = NULL;
    enum adit_err err = new_cipher(which, false, &cipher);

    memcpy(packets, sealed[which], sizeof packets);
    if (altered_byte != NONE)
        packets[1][altered_byte] ^= 1;
    fill_clear(which, clear);
    for (uint32_t i = 0; err == ADIT_OK && i < PACKETS; i++) {
        err = open_packet(cipher, which, i, packets[i]);
        if (err == ADIT_OK)
            assert_memory_equal(packets[i], clear, suites[which].len);
    }
    adit_cipher_free(cipher);
    return err;
}

static void no_altered_packet_is_ever_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(suites); i++) {
        const size_t altered[] = { 0, 3, 4, suites[i].len - 1, suites[i].len, suites[i].len + 15 };

        assert_fails_at_every_call(seal, i, ADIT_OK);
        altered_byte = NONE;
        assert_fails_at_every_call(open_both, i, ADIT_OK);
        for (size_t k = 0; k < ADIT_ARRAY_LEN(altered); k++) {
            altered_byte = altered[k];
            assert_fails_at_every_call(open_both, i, ADIT_ERR_INTEGRITY);
        }
    }
}

static const char *const methods[] = { "curve25519-sha256", "ecdh-sha2-nistp256",
                                       "diffie-hellman-group14-sha256", "mlkem768x25519-sha256",
                                       "sntrup761x25519-sha512" };

static struct adit_span peer; /* what the other side sent */

static enum adit_err start(size_t which)
{
    struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_kex_secret *secret = NULL;
    const enum adit_err err =
        adit_kex_start(adit_kex_find(adit_span_text(methods[which])), NULL, &init, &secret);

    assert_int_equal(secret != NULL, err == ADIT_OK);
    adit_kex_secret_free(secret);
    adit_buffer_clear(&init);
    return err;
}

static enum adit_err respond(size_t which)
{
    struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const enum adit_err err = adit_kex_respond(adit_kex_find(adit_span_text(methods[which])), NULL,
                                               peer, &reply, &shared);

    adit_buffer_clear(&reply);
    adit_buffer_clear(&shared);
    return err;
}

static struct adit_kex_secret *client;

static enum adit_err finish(size_t which)
{
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);
    const enum adit_err err = adit_kex_finish(client, peer, &shared);

    (void)which;
    if (err)
        assert_int_equal(shared.len, 0);
    adit_buffer_clear(&shared);
    return err;
}

/* What the client waits for; `init` is what it sent. */
static void answer(const char *method, struct adit_span init, struct adit_buffer *reply)
{
    struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);

    assert_int_equal(
        adit_kex_respond(adit_kex_find(adit_span_text(method)), NULL, init, reply, &shared),
        ADIT_OK);
    adit_buffer_clear(&shared);
}

static void no_secret_comes_of_a_failed_exchange(void **state)
{
    static const uint8_t low_order[32] = { 1 };
    static const uint8_t off_curve[65] = { 4, 1, 2, 3 };
    static const struct adit_span bad[] = { { low_order, 32 },
                                            { off_curve, 65 },
                                            { low_order, 1 } };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(methods); i++) {
        struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);

        assert_int_equal(
            adit_kex_start(adit_kex_find(adit_span_text(methods[i])), NULL, &init, &client),
            ADIT_OK);
        answer(methods[i], adit_buffer_span(&init), &reply);
        assert_fails_at_every_call(start, i, ADIT_OK);
        peer = adit_buffer_span(&init);
        assert_fails_at_every_call(respond, i, ADIT_OK);
        peer = adit_buffer_span(&reply);
        assert_fails_at_every_call(finish, i, ADIT_OK);
        if (i < ADIT_ARRAY_LEN(bad)) {
            peer = bad[i];
            assert_fails_at_every_call(respond, i, ADIT_ERR_PROTOCOL);
            assert_fails_at_every_call(finish, i, ADIT_ERR_PROTOCOL);
        }
        adit_kex_secret_free(client);
        adit_buffer_clear(&init);
        adit_buffer_clear(&reply);
    }
}

/* A point of low order behind a good KEM's part. */
static void no_secret_comes_of_half_a_hybrid(void **state)
{
    (void)state;
    for (size_t i = 3; i < ADIT_ARRAY_LEN(methods); i++) {
        struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);

        assert_int_equal(
            adit_kex_start(adit_kex_find(adit_span_text(methods[i])), NULL, &init, &client),
            ADIT_OK);
        answer(methods[i], adit_buffer_span(&init), &reply);
        memset(init.data + init.len - 32, 0, 32);
        memset(reply.data + reply.len - 32, 0, 32);
        peer = adit_buffer_span(&init);
        assert_fails_at_every_call(respond, i, ADIT_ERR_PROTOCOL);
        peer = adit_buffer_span(&reply);
        assert_fails_at_every_call(finish, i, ADIT_ERR_PROTOCOL);
        adit_kex_secret_free(client);
        adit_buffer_clear(&init);
        adit_buffer_clear(&reply);
    }
}

static enum adit_err choose_group(size_t bits)
{
    struct adit_buffer text = adit_buffer_init(4096);
    struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
    struct adit_kex_secret *secret = NULL;
    struct adit_kex_group *group = NULL;
    enum adit_err err = adit_kex_group_choose((uint32_t)bits, (uint32_t)bits, 8192, &group);

    if (err == ADIT_OK)
        err = adit_kex_group_write(group, &text);
    if (err == ADIT_OK)
        err = adit_kex_start(adit_kex_find(adit_span_text("diffie-hellman-group-exchange-sha256")),
                             group, &init, &secret);
    adit_kex_secret_free(secret);
    adit_kex_group_free(group);
    adit_buffer_clear(&init);
    adit_buffer_clear(&text);
    return err;
}

static struct adit_span modulus;

static enum adit_err import_group(size_t generator)
{
    const uint8_t g = (uint8_t)generator;
    struct adit_kex_group *group = NULL;
    const enum adit_err err = adit_kex_group_import(modulus, adit_span_of(&g, 1), &group);

    assert_int_equal(group != NULL, err == ADIT_OK);
    adit_kex_group_free(group);
    return err;
}

static void no_group_comes_of_a_failure(void **state)
{
    uint8_t odd[256];

    (void)state;
    memset(odd, 0xff, sizeof odd);
    modulus = adit_span_of(odd, sizeof odd);
    assert_fails_at_every_call(choose_group, 2048, ADIT_OK);
    assert_fails_at_every_call(import_group, 2, ADIT_OK);
    assert_fails_at_every_call(import_group, 1, ADIT_ERR_PROTOCOL);
}

/* T29: libcrypto refuses points of low order by itself; if it did not, we would. */
static void a_secret_of_zeros_is_refused(void **state)
{
    static const char *const with_x25519[] = { "curve25519-sha256", "mlkem768x25519-sha256",
                                               "sntrup761x25519-sha512" };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(with_x25519); i++) {
        const struct adit_kex_algorithm *method = adit_kex_find(adit_span_text(with_x25519[i]));
        struct adit_buffer init = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer reply = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer other = adit_buffer_init(ADIT_KEX_PUBLIC_MAX);
        struct adit_buffer shared = adit_buffer_init_secret(ADIT_KEX_SHARED_MAX);

        assert_int_equal(adit_kex_start(method, NULL, &init, &client), ADIT_OK);
        answer(with_x25519[i], adit_buffer_span(&init), &reply);
        libcrypto_derives_zeros = true;
        assert_int_not_equal(
            adit_kex_respond(method, NULL, adit_buffer_span(&init), &other, &shared), ADIT_OK);
        assert_int_not_equal(adit_kex_finish(client, adit_buffer_span(&reply), &shared), ADIT_OK);
        libcrypto_derives_zeros = false;
        assert_int_equal(adit_kex_finish(client, adit_buffer_span(&reply), &shared), ADIT_OK);
        adit_kex_secret_free(client);
        adit_buffer_clear(&init);
        adit_buffer_clear(&reply);
        adit_buffer_clear(&other);
        adit_buffer_clear(&shared);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(randomness_is_told_to_be_missing),
        cmocka_unit_test(digests_and_keys_are_told_to_be_missing),
        cmocka_unit_test(no_altered_packet_is_ever_opened),
        cmocka_unit_test(no_secret_comes_of_a_failed_exchange),
        cmocka_unit_test(a_secret_of_zeros_is_refused),
        cmocka_unit_test(no_secret_comes_of_half_a_hybrid),
        cmocka_unit_test(no_group_comes_of_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
