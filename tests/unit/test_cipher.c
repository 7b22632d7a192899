/* SPDX-License-Identifier: BSD-2-Clause */
/* Every cipher with every MAC and library: both ways, altered in every bit, out of order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gcm_library.h"

#include "base/span.h"
#include "crypto/cipher.h"
#include "wire/writer.h"

#include <limits.h>

struct suite {
    const char *cipher;
    const char *mac; /* NULL for an AEAD */
    size_t tag_size, block_size, clear_size, head_size;
    bool libgcrypt;
};

static const struct suite suites[] = {
    { "aes128-gcm@openssh.com", NULL, 16, 16, 4, 4, false },
    { "aes256-gcm@openssh.com", NULL, 16, 16, 4, 4, false },
    { "aes128-gcm@openssh.com", NULL, 16, 16, 4, 4, true },
    { "aes256-gcm@openssh.com", NULL, 16, 16, 4, 4, true },
    { "chacha20-poly1305@openssh.com", NULL, 16, 8, 4, 4, false },
    { "aes128-ctr", "hmac-sha2-256", 32, 16, 0, 16, false },
    { "aes128-ctr", "hmac-sha2-512", 64, 16, 0, 16, false },
    { "aes128-ctr", "hmac-sha2-256-etm@openssh.com", 32, 16, 4, 4, false },
    { "aes128-ctr", "hmac-sha2-512-etm@openssh.com", 64, 16, 4, 4, false },
    { "aes192-ctr", "hmac-sha2-256", 32, 16, 0, 16, false },
    { "aes192-ctr", "hmac-sha2-512", 64, 16, 0, 16, false },
    { "aes192-ctr", "hmac-sha2-256-etm@openssh.com", 32, 16, 4, 4, false },
    { "aes192-ctr", "hmac-sha2-512-etm@openssh.com", 64, 16, 4, 4, false },
    { "aes256-ctr", "hmac-sha2-256", 32, 16, 0, 16, false },
    { "aes256-ctr", "hmac-sha2-512", 64, 16, 0, 16, false },
    { "aes256-ctr", "hmac-sha2-256-etm@openssh.com", 32, 16, 4, 4, false },
    { "aes256-ctr", "hmac-sha2-512-etm@openssh.com", 64, 16, 4, 4, false },
};

static const struct suite *const suites_end = suites + ADIT_ARRAY_LEN(suites);

static const uint8_t key[64] = "a key of which each algorithm takes what it needs, 64 at most..";
static const uint8_t mac_key[64] =
    "another key, for the MAC; its size goes up to 64 bytes as well.";
static const uint8_t iv[16] = "initial vector.";

static const struct adit_mac_algorithm *suite_mac(const struct suite *s)
{
    return s->mac ? adit_mac_find(adit_span_text(s->mac)) : NULL;
}

static struct adit_cipher *new_cipher(const struct suite *s, bool seals)
{
    struct adit_cipher *cipher = NULL;

    gcm_with_libgcrypt = s->libgcrypt;
    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text(s->cipher)), suite_mac(s),
                                     seals, key, iv, mac_key, &cipher),
                     ADIT_OK);
    return cipher;
}

/* `len` bytes of packet with room for the tag, in a block of exactly that size. */
static uint8_t *new_packet(const struct suite *s, size_t len)
{
    uint8_t *packet = malloc(len + s->tag_size);

    assert_non_null(packet);
    for (size_t i = 4; i < len + s->tag_size; i++)
        packet[i] = (uint8_t)(i * 31 + len);
    adit_put_uint32(packet, (uint32_t)(len - 4));
    return packet;
}

static void seal(struct adit_cipher *cipher, uint32_t number, uint8_t *packet, size_t len)
{
    assert_int_equal(adit_cipher_seal(cipher, number, packet, len), ADIT_OK);
}

/* What the transport does with a packet; the length that came out, whatever it is, is passed over. */
static enum adit_err open_packet(struct adit_cipher *cipher, uint32_t number, uint8_t *packet,
                                 size_t len, uint32_t *packet_length)
{
    assert_int_equal(adit_cipher_open_length(cipher, number, packet, packet_length), ADIT_OK);
    return adit_cipher_open(cipher, number, packet, len);
}

static void assert_opens(struct adit_cipher *cipher, uint32_t number, uint8_t *packet, size_t len)
{
    uint32_t packet_length = 0;

    assert_int_equal(open_packet(cipher, number, packet, len, &packet_length), ADIT_OK);
    assert_int_equal(packet_length, len - 4);
}

/* Refused, and nothing that was decrypted is left behind. */
static void assert_refused(struct adit_cipher *cipher, uint32_t number, uint8_t *packet, size_t len)
{
    uint32_t packet_length = 0;

    assert_int_equal(open_packet(cipher, number, packet, len, &packet_length), ADIT_ERR_INTEGRITY);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(packet[i], 0);
}

static void sizes_are_those_of_the_algorithms(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        struct adit_cipher *cipher = new_cipher(s, true);

        assert_int_equal(adit_cipher_tag_size(cipher), s->tag_size);
        assert_int_equal(adit_cipher_block_size(cipher), s->block_size);
        assert_int_equal(adit_cipher_clear_size(cipher), s->clear_size);
        assert_int_equal(adit_cipher_head_size(cipher), s->head_size);
        assert_false(adit_cipher_is_none(cipher));
        adit_cipher_free(cipher);
    }
}

/* T11, T15: one stream of packets of all sizes, over the end of the sequence numbers. */
static void packets_of_every_size_come_back(void **state)
{
    static const size_t blocks[] = { 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 64, 255, 256, 2048, 16384 };

    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        struct adit_cipher *sealer = new_cipher(s, true);
        struct adit_cipher *opener = new_cipher(s, false);
        uint32_t number = UINT32_MAX - 5;

        for (size_t i = 0; i < ADIT_ARRAY_LEN(blocks); i++, number++) {
            const size_t len = s->clear_size + s->block_size * blocks[i];
            uint8_t *packet = new_packet(s, len);
            uint8_t *wanted = new_packet(s, len);

            seal(sealer, number, packet, len);
            assert_memory_not_equal(packet + s->clear_size, wanted + s->clear_size, 8);
            assert_opens(opener, number, packet, len);
            assert_memory_equal(packet, wanted, len);
            free(packet);
            free(wanted);
        }
        adit_cipher_free(sealer);
        adit_cipher_free(opener);
    }
}

/* What one library seals the other opens. */
static void the_libraries_of_gcm_understand_each_other(void **state)
{
    static const size_t blocks[] = { 1, 2, 5, 16, 17, 2048 };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct suite *other = &suites[(i + 2) % 4];
        struct adit_cipher *sealer = new_cipher(&suites[i], true);
        struct adit_cipher *opener = new_cipher(other, false);

        assert_string_equal(suites[i].cipher, other->cipher);
        assert_true(suites[i].libgcrypt != other->libgcrypt);
        for (size_t k = 0; k < ADIT_ARRAY_LEN(blocks); k++) {
            const size_t len = 4 + 16 * blocks[k];
            uint8_t *packet = new_packet(other, len);
            uint8_t *wanted = new_packet(other, len);

            seal(sealer, 0, packet, len);
            assert_opens(opener, 0, packet, len);
            assert_memory_equal(packet, wanted, len);
            free(packet);
            free(wanted);
        }
        adit_cipher_free(sealer);
        adit_cipher_free(opener);
    }
}

/* T12, T13: in clear where the others expect it; T14: encrypted where they do not. */
static void the_length_is_in_clear_with_gcm_and_etm_only(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const bool is_chacha = strncmp(s->cipher, "chacha", 6) == 0;
        const size_t len = s->clear_size + 2 * s->block_size;
        struct adit_cipher *sealer = new_cipher(s, true);
        uint8_t *packet = new_packet(s, len);

        seal(sealer, 0, packet, len);
        if (s->clear_size == 4 && !is_chacha)
            assert_int_equal(adit_get_uint32(packet), len - 4);
        else
            assert_int_not_equal(adit_get_uint32(packet), len - 4);
        free(packet);
        adit_cipher_free(sealer);
    }
}

/* T12 to T16: each bit of length, text and tag. */
static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const size_t len = s->clear_size + 2 * s->block_size;
        const size_t all = len + s->tag_size;
        struct adit_cipher *sealer = new_cipher(s, true);
        uint8_t *sealed = new_packet(s, len);

        seal(sealer, 7, sealed, len);
        for (size_t bit = 0; bit < all * 8; bit++) {
            struct adit_cipher *opener = new_cipher(s, false);
            uint8_t *packet = malloc(all);

            assert_non_null(packet);
            memcpy(packet, sealed, all);
            packet[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_refused(opener, 7, packet, len);
            free(packet);
            adit_cipher_free(opener);
        }
        free(sealed);
        adit_cipher_free(sealer);
    }
}

/* GCM counts by itself; with the others the number of the packet decides. */
static void a_packet_replayed_or_skipped_is_refused(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const size_t len = s->clear_size + 4 * s->block_size;
        const size_t all = len + s->tag_size;
        struct adit_cipher *sealer = new_cipher(s, true);
        struct adit_cipher *replayed = new_cipher(s, false);
        struct adit_cipher *skipped = new_cipher(s, false);
        uint8_t *first = new_packet(s, len);
        uint8_t *again = new_packet(s, len);
        uint8_t *second = new_packet(s, len);

        seal(sealer, 0, first, len);
        memcpy(again, first, all);
        seal(sealer, 1, second, len);
        assert_opens(replayed, 0, first, len);
        assert_refused(replayed, 1, again, len);
        assert_refused(skipped, 0, second, len);
        free(first);
        free(again);
        free(second);
        adit_cipher_free(sealer);
        adit_cipher_free(replayed);
        adit_cipher_free(skipped);
    }
}

static void a_wrong_sequence_number_is_refused(void **state)
{
    static const uint32_t wrong[] = { 0, 4, 6, 5 + 256, 5 + (1U << 31), UINT32_MAX };

    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const size_t len = s->clear_size + 2 * s->block_size;

        if (strstr(s->cipher, "gcm"))
            continue; /* RFC 5647, 7.1: the number is not part of it */
        for (size_t i = 0; i < ADIT_ARRAY_LEN(wrong); i++) {
            struct adit_cipher *sealer = new_cipher(s, true);
            struct adit_cipher *opener = new_cipher(s, false);
            uint8_t *packet = new_packet(s, len);

            seal(sealer, 5, packet, len);
            assert_refused(opener, wrong[i], packet, len);
            free(packet);
            adit_cipher_free(sealer);
            adit_cipher_free(opener);
        }
    }
}

/* A sealed packet comes back as another one, or not at all. */
static void assert_does_not_come_back(const struct suite *s, uint8_t other[3][64])
{
    const size_t len = s->clear_size + 2 * s->block_size;
    struct adit_cipher *sealer = new_cipher(s, true);
    struct adit_cipher *opener = NULL;
    uint8_t *packet = new_packet(s, len);
    uint8_t *clear = new_packet(s, len);
    uint32_t packet_length = 0;
    enum adit_err err;

    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text(s->cipher)), suite_mac(s),
                                     false, other[0], other[1], other[2], &opener),
                     ADIT_OK);
    seal(sealer, 0, packet, len);
    err = open_packet(opener, 0, packet, len, &packet_length);
    assert_true(err == ADIT_OK || err == ADIT_ERR_INTEGRITY);
    assert_false(err == ADIT_OK && packet_length == len - 4 && memcmp(packet, clear, len) == 0);
    free(packet);
    free(clear);
    adit_cipher_free(sealer);
    adit_cipher_free(opener);
}

static void every_byte_of_key_and_iv_counts(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const struct adit_cipher_algorithm *algorithm = adit_cipher_find(adit_span_text(s->cipher));
        const struct adit_mac_algorithm *mac = suite_mac(s);
        const size_t sizes[3] = { algorithm->key_size, algorithm->iv_size,
                                  mac ? mac->key_size : 0 };

        for (size_t which = 0; which < 3; which++) {
            for (size_t byte = 0; byte < sizes[which]; byte++) {
                uint8_t other[3][64] = { { 0 } };

                memcpy(other[0], key, sizes[0]);
                memcpy(other[1], iv, sizes[1]);
                memcpy(other[2], mac_key, sizes[2]);
                other[which][byte] ^= (uint8_t)(1U << byte % 8);
                assert_does_not_come_back(s, other);
            }
        }
    }
}

/* Sizes that no transport asks for, but a wrong one might. */
static void a_packet_without_text_or_too_large_is_refused(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        struct adit_cipher *sealer = new_cipher(s, true);
        struct adit_cipher *opener = new_cipher(s, false);
        uint8_t packet[16 + 64] = { 0 };

        for (size_t len = 0; len < s->head_size || len <= 4; len++) {
            assert_int_equal(adit_cipher_seal(sealer, 0, packet, len), ADIT_ERR_USAGE);
            assert_int_equal(adit_cipher_open(opener, 0, packet, len), ADIT_ERR_INTEGRITY);
        }
        assert_int_equal(adit_cipher_seal(sealer, 0, packet, (size_t)INT_MAX + 1), ADIT_ERR_USAGE);
        assert_int_equal(adit_cipher_open(opener, 0, packet, (size_t)INT_MAX + 1),
                         ADIT_ERR_INTEGRITY);
        adit_cipher_free(sealer);
        adit_cipher_free(opener);
    }
}

/* The tag is there and right, but the packet is said to be shorter or longer than it was. */
static void a_wrong_packet_size_is_refused(void **state)
{
    (void)state;
    for (const struct suite *s = suites; s < suites_end; s++) {
        const size_t len = s->clear_size + 4 * s->block_size;

        for (size_t wrong = s->head_size > 4 ? s->head_size : 5; wrong <= len + s->block_size;
             wrong++) {
            struct adit_cipher *sealer = new_cipher(s, true);
            struct adit_cipher *opener = new_cipher(s, false);
            uint8_t *packet = new_packet(s, len + s->block_size);

            if (wrong != len) {
                adit_put_uint32(packet, (uint32_t)(len - 4));
                seal(sealer, 0, packet, len);
                assert_refused(opener, 0, packet, wrong);
            }
            free(packet);
            adit_cipher_free(sealer);
            adit_cipher_free(opener);
        }
    }
}

static void a_cipher_and_a_mac_must_belong_together(void **state)
{
    const struct adit_mac_algorithm *mac = adit_mac_find(adit_span_text("hmac-sha2-256"));
    struct adit_cipher *cipher;

    (void)state;
    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text("aes128-ctr")), NULL, true,
                                     key, iv, NULL, &cipher),
                     ADIT_ERR_USAGE);
    assert_null(cipher);
    assert_int_equal(adit_cipher_new(adit_cipher_find(adit_span_text("aes128-gcm@openssh.com")),
                                     mac, true, key, iv, mac_key, &cipher),
                     ADIT_ERR_USAGE);
    assert_null(cipher);
}

static void no_cipher_changes_nothing(void **state)
{
    static const uint8_t clear[16] = { 0, 0, 0, 12, 10, 21 };
    struct adit_cipher *cipher = NULL;
    uint8_t packet[16];
    uint32_t packet_length = 0;

    (void)state;
    assert_int_equal(adit_cipher_new_none(&cipher), ADIT_OK);
    assert_true(adit_cipher_is_none(cipher));
    assert_int_equal(adit_cipher_tag_size(cipher), 0);
    assert_int_equal(adit_cipher_block_size(cipher), 8);
    assert_int_equal(adit_cipher_clear_size(cipher), 0);
    assert_int_equal(adit_cipher_head_size(cipher), 4);
    memcpy(packet, clear, sizeof packet);
    seal(cipher, 0, packet, sizeof packet);
    assert_memory_equal(packet, clear, sizeof packet);
    assert_int_equal(open_packet(cipher, 0, packet, sizeof packet, &packet_length), ADIT_OK);
    assert_int_equal(packet_length, 12);
    assert_memory_equal(packet, clear, sizeof packet);
    adit_cipher_free(cipher);
    adit_cipher_free(NULL);
}

static void unknown_names_are_not_found(void **state)
{
    static const char *const names[] = {
        "", "aes128-gcm", "aes128-gcm@openssh.com ", "aes128-ct", "hmac-sha2-256-etm", "none"
    };

    (void)state;
    for (size_t i = 0; i < ADIT_ARRAY_LEN(names); i++) {
        assert_null(adit_cipher_find(adit_span_text(names[i])));
        assert_null(adit_mac_find(adit_span_text(names[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_the_algorithms),
        cmocka_unit_test(packets_of_every_size_come_back),
        cmocka_unit_test(the_libraries_of_gcm_understand_each_other),
        cmocka_unit_test(the_length_is_in_clear_with_gcm_and_etm_only),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(a_packet_replayed_or_skipped_is_refused),
        cmocka_unit_test(a_wrong_sequence_number_is_refused),
        cmocka_unit_test(every_byte_of_key_and_iv_counts),
        cmocka_unit_test(a_packet_without_text_or_too_large_is_refused),
        cmocka_unit_test(a_wrong_packet_size_is_refused),
        cmocka_unit_test(a_cipher_and_a_mac_must_belong_together),
        cmocka_unit_test(no_cipher_changes_nothing),
        cmocka_unit_test(unknown_names_are_not_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
